"""What the guide says of actions: what would happen, what is asked first, what was declined. Facts in, words out; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from backend.domains.discovery.signals.agreeing import Disagreement
from backend.domains.discovery.wording import Words, chip_text, listed
from backend.kit.money import format_money

#: What a verb does, as it follows “I can …”.
_WOULD: Final[Mapping[str, str]] = {
    "hold": "hold {title} for you{length}",
    "release": "release your hold on {title}",
    "deposit": "start the deposit for {title}",
    "book": "request an appointment{about}{when}",
    "info": "ask the seller for more{about}",
    "message": "pass your message on to the seller{about}",
    "offer": "pass your offer of {amount} for {title} on to the seller",
    "remind": "set a reminder{about}",
    "share": "share your wishes with partners, without your name",
    "withdraw": "take back what you shared",
    "reveal": "show your contact details to the seller{about}",
    "hand_off": "ask a person to take over",
}
_DONE: Final[Mapping[str, str]] = {
    "hold": "{title} is on hold for you{length}.",
    "release": "Your hold on {title} is released.",
    "hand_off": "I have asked a person to take over.",
}
_DECLINED: Final[Mapping[str, str]] = {
    "actions_off": "Nothing of the kind can be started here just now.",
    "mutating_tools_off": "Nothing of the kind can be started here just now.",
    "not_in_policy": "That is not something I can do in this event.",
    "too_fast": "That was asked for too often in a short time. Please wait a minute.",
}



def did_you_mean(words: Words, disagreements: Sequence[Disagreement]) -> dict[str, Any] | None:
    """The question about a limit that was read in two ways: nobody guesses. Shape: `{field, text, options}`."""
    if not disagreements:
        return None
    one = disagreements[0]
    sides = [" and ".join(chip_text(words, f) for f in side) for side in (one.ours, one.theirs)]
    options = [side for side in sides if side] + (
        [] if all(sides) else [f"Any {words.spoken_label(one.field)}"]
    )
    spoken = listed([f"“{option}”" for option in options])
    return {"field": one.field, "text": f"Did you mean {spoken}?", "options": options}


def would(words: Words, verb: str, title: str, terms: Mapping[str, Any], arguments: Mapping[str, Any]) -> str:
    """What a confirmation is for: `I can hold the 2021 Honda CR-V for you for 24 minutes.`"""
    return f"I can {_WOULD.get(verb, verb).format(**_parts(words, title, terms, arguments))}."


def asks_for_yes() -> str:
    """Said after what would happen; nothing has happened yet."""
    return "Nothing is done until you confirm it."


def done(words: Words, verb: str, title: str, terms: Mapping[str, Any]) -> str:
    """That something was done."""
    told = _DONE.get(verb)
    return told.format(**_parts(words, title, terms, {})) if told else ""


def which(titles: Sequence[str], verb: str) -> str:
    """Asks which one is meant; with nothing to choose from, for a name or number."""
    if not titles:
        return "Which one do you mean? Its stock number, or its name as it stands here, is enough."
    return f"Which one do you mean: {listed([f'the {title}' for title in titles])}?"


def not_found(words: Words, said: str) -> str:
    """That nothing here is called so; what was said is repeated only where it is a plain word."""
    plain = "".join(c for c in said if c.isalnum() or c in " -./").strip()[:40]
    return f"I find no {words.one} called “{plain}” here." if plain else f"I find no such {words.one} here."


def declined(reasons: Sequence[str]) -> str:
    """Why something the buyer may ask for cannot be prepared."""
    return next((_DECLINED[r] for r in reasons if r in _DECLINED), "I cannot do that here.")


def handed_off(unavailable: Sequence[str]) -> str:
    """Said when a person was asked for. Honest: nobody has answered yet."""
    offers = {
        "schedule_callback": "book a call",
        "email_support": "leave a question for the team",
        "continue_with_ai": "go on with me meanwhile",
    }
    known = [offers[u] for u in unavailable if u in offers]
    more = f" Until somebody answers you can {listed(known)}." if known else ""
    return f"I have asked the seller's team to join; they see this conversation.{more}"


def _parts(
    words: Words, title: str, terms: Mapping[str, Any], arguments: Mapping[str, Any]
) -> dict[str, str]:
    seconds = terms.get("hold_seconds")
    minutes = round(float(seconds) / 60) if isinstance(seconds, int | float) else 0
    details = arguments.get("details")
    said: Mapping[str, Any] = details if isinstance(details, Mapping) else {}  # pyright: ignore[reportUnknownVariableType]
    amount, when = said.get("amount"), said.get("when")
    return {
        "title": f"the {title}" if title else "it",
        "about": f" about the {title}" if title else "",
        "length": f" for {words.number(minutes)} minutes" if minutes else "",
        "when": f" ({when})" if isinstance(when, str) and when else "",
        "amount": words.money(float(amount), said.get("currency"))
        if isinstance(amount, int | float)
        else "that amount",
    }


def price_text(words: Words, terms: Mapping[str, Any]) -> str:
    """The price a confirmation is bound to."""
    minor, currency = terms.get("price_minor"), terms.get("currency")
    return format_money(minor, currency or words.currency, words.locale) if isinstance(minor, int) else ""
