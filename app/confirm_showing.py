"""What a card to confirm says: what will happen in two sentences, the terms, until when it can be confirmed. Pure.

The words are the product's own and the figures those that the database bound to the confirmation; no text of a model,
a seller or a buyer decides what a card says it does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from app import formats
from app.views import Confirmation, EventHead, Labelled, Listing
from backend.kit.money import format_money, minor_units

#: Verb → title, what happens, what it does not mean, the button, what is said afterwards.
_WORDS: Mapping[str, tuple[str, str, str, str, str]] = {
    "hold": (
        "Hold it for you?",
        "We keep it for you alone for {minutes}.",
        "Nothing is charged, and if you do nothing it is simply free again.",
        "Hold it for me",
        "It is yours for now.",
    ),
    "release": (
        "Give it back?",
        "Your hold ends, and it is free for everybody at once.",
        "You can hold it again as long as nobody else is faster.",
        "Give it back",
        "It is free again.",
    ),
    "deposit": (
        "Go ahead with the deposit?",
        "We tell the seller's team that you want to place the deposit{deposit}.",
        "Nothing is charged here; they come back to you with the way to pay.",
        "Ask for it",
        "The seller's team has your request for the deposit.",
    ),
    "book": (
        "Ask for an appointment?",
        "We pass your wish for an appointment to the seller's team.",
        "They read it with this conversation and propose a time; it binds you to nothing.",
        "Ask for it",
        "The seller's team has your wish for an appointment.",
    ),
    "info": (
        "Ask for more about it?",
        "We pass your question to the seller's team, together with this conversation.",
        "They learn no more about you than you write.",
        "Ask them",
        "The seller's team has your question.",
    ),
    "message": (
        "Send this message?",
        "The seller's team reads these words as they stand.",
        "They learn no more about you than you write.",
        "Send it",
        "The seller's team has your message.",
    ),
    "offer": (
        "Pass on this offer?",
        "The seller's team gets your offer and answers it.",
        "It commits nobody until both sides have agreed in writing.",
        "Pass it on",
        "The seller's team has your offer.",
    ),
    "remind": (
        "Remind you of it?",
        "We note that you want to be reminded, for the seller's team to do.",
        "It is about this alone, and you can take it back at any moment.",
        "Remind me",
        "The seller's team has noted it.",
    ),
    "share": (
        "Share your wishes with dealers?",
        "Dealers whose inventory fits see what you are looking for.",
        "They see neither your name nor your messages, and you can take it back at any moment.",
        "Share anonymously",
        "Fitting dealers can see your wishes now.",
    ),
    "withdraw": (
        "Stop sharing your wishes?",
        "From now on no dealer sees them.",
        "What a dealer has read before cannot be unread.",
        "Stop sharing",
        "No dealer sees your wishes any more.",
    ),
    "reveal": (
        "Show who you are?",
        "The seller's team is asked to give the dealer your name and how to reach you.",
        "Once given, it cannot be taken back; no other dealer gets it.",
        "Go ahead",
        "The seller's team has your consent.",
    ),
    "hand_off": (
        "Bring in a person?",
        "Somebody of the seller's team is told and can read this conversation.",
        "{guide} goes on answering until they join.",
        "Ask for a person",
        "The seller's team has been told. Nobody has joined yet.",
    ),
}

#: Refusals after which the same card cannot be confirmed, and what may be said in its place.
OVER = frozenset(
    {
        "policy.confirmation_stale",
        "policy.confirmation_used",
        "policy.confirmation_mismatch",
        "policy.terms_changed",
        "policy.refresh_needed",
    }
)


def is_known(verb: str) -> bool:
    return verb in _WORDS


def waiting(turns: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What was prepared in a conversation and waits still: of the same thing the latest, in the order it was offered."""
    latest = {_about(one): one for turn in turns for one in turn["confirmations"]}
    return [dict(one) for one in latest.values()]


def is_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two confirmations are for the same thing, so that one takes the other's place."""
    return _about(one) == _about(other)


def has_run_out(prepared: Mapping[str, Any], now: datetime) -> bool:
    """Whether it is too late to confirm it."""
    until = str(prepared.get("until") or "")
    return bool(until) and datetime.fromisoformat(until) <= now


def _about(one: Mapping[str, Any]) -> tuple[str, str]:
    return str(one["verb"]), json.dumps(one.get("arguments") or {}, sort_keys=True)


def confirmation(
    prepared: Mapping[str, Any], head: EventHead, item: Listing | None, key: str
) -> Confirmation:
    """The card for something prepared. `item` is the listing it is about, where the screen knows it."""
    verb = str(prepared["verb"])
    title, happens, means, do, _ = _WORDS[verb]
    terms: Mapping[str, Any] = prepared.get("terms") or {}
    details: Mapping[str, Any] = (prepared.get("arguments") or {}).get("details") or {}
    known = {
        "minutes": _minutes(float(terms.get("hold_seconds") or head.hold_minutes * 60)),
        "guide": head.guide,
        "deposit": f" of {deposit}" if (deposit := _deposit(terms)) else "",
    }
    if verb == "hold" and terms.get("deposit_required"):
        means = "A deposit confirms it later; nothing is charged now, and if you do nothing it is simply free again."
    return Confirmation(
        key=key,
        verb=verb,
        title=title,
        text=f"{happens} {means}".format(**known),
        terms=[*_terms(terms), *_details(details)],
        until=str(prepared.get("until") or ""),
        do=do,
        item=item.title if item else str(prepared.get("title") or ""),
        photo=item.photos[0].url if item and item.photos else "",
    )


def done(verb: str) -> str:
    """What is said when it has happened."""
    return _WORDS[verb][4]


def person(status: str) -> str:
    """How far bringing in a person has come, as it is."""
    return {
        "open": "The seller's team has been told. Nobody has joined yet.",
        "done": "Somebody of the seller's team has taken this conversation up.",
        "declined": "Nobody of the seller's team can join just now.",
    }.get(status, "")


def denied(reasons: Iterable[str]) -> str:
    """Why something cannot be done here, as far as a buyer needs to know."""
    known = set(reasons)
    if "mutating_tools_off" in known:
        return "This is paused for the moment. You can go on looking; please try again a little later."
    if "ai_off" in known:
        return "The guide is taking a break. Whatever you choose yourself still works."
    return "This is not offered in this event. A person of the seller's team can help you further."


def _minutes(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes and minutes % 60 == 0:
        return formats.count(minutes // 60, "hour", "hours")
    return (
        formats.count(minutes, "minute", "minutes")
        if minutes
        else formats.count(round(seconds), "second", "seconds")
    )


def _terms(terms: Mapping[str, Any]) -> list[Labelled]:
    price, currency = terms.get("price_minor"), terms.get("currency")
    shown = (
        [Labelled("Price", format_money(int(price), str(currency)))] if price is not None and currency else []
    )
    return [*shown, *([Labelled("Deposit", deposit)] if (deposit := _deposit(terms)) else [])]


def _deposit(terms: Mapping[str, Any]) -> str:
    """How much, and whether it is paid back: `$500, refundable`."""
    asked = terms.get("deposit")
    if not asked or asked.get("amount") is None:
        return ""
    price, currency = terms.get("price_minor"), terms.get("currency")
    if asked.get("kind") == "percent":
        amount = f"{asked['amount']:g}%"
        if price is not None and currency:
            amount = format_money(round(int(price) * asked["amount"] / 100), str(currency))
    else:
        code = str(currency or "USD")
        amount = format_money(minor_units(Decimal(str(asked["amount"])), code), code)
    return f"{amount}, {'refundable' if asked.get('is_refundable') else 'not refundable'}"


def _details(details: Mapping[str, Any]) -> list[Labelled]:
    """What is passed on with it, as it will be read."""
    return [
        Labelled(str(name).replace("_", " ").capitalize(), str(value))
        for name, value in details.items()
        if value
    ]
