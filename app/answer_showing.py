"""What an answer says and offers, as values of the screen: its statements with their sources, ways out, what a match is
made of. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app import formats
from app.views import Asked, EventHead, Loosening, Piece, Share, Turn
from backend.domains.discovery.origins import with_confidence
from backend.domains.discovery.screen import sentences
from backend.kit.text import storable

LONGEST_WORDS = 1000

Answer = Mapping[str, Any]
#: What a button for a limit does: chip, change, value.
Way = tuple[str, str, Any]

_PARTS = {
    "individual": "How well it fits your words",
    "spec": "What it has of your nice-to-haves",
    "scarcity": "How rare it is",
    "social": "How sought after it is",
}


def said(key: str, reply: str, claims: Iterable[Answer]) -> Turn:
    """A turn of the guide. Statements that have a source are stretches of their own."""
    return Turn(key, "guide", reply, pieces(reply, claims))


REMEMBERED = "I remember what you wished for last time; you can change or remove any of it."


def greeting(session: Answer) -> str:
    """The first words, and that earlier wishes stand where that is so."""
    return " ".join([session["greeting"], *([REMEMBERED] if session.get("remembered") else [])])


def pieces(text: str, claims: Iterable[Answer]) -> list[Piece]:
    """The text in sentences, each with the source of what it states; joined they are the text again. None where nothing
    has a source. A question states nothing."""
    known = [claim for claim in claims if claim.get("source") and str(claim["text"]).strip()]
    cut: list[Piece] = []
    for sentence in sentences(text):
        words = sentence.rstrip()
        stated = [] if words.endswith("?") else [one for one in known if str(one["text"]).strip() in words]
        told = _of_one(stated)
        cut.append(Piece(words, source(told), int(told[0]["listing_id"])) if told else Piece(words))
        cut += [Piece(sentence[len(words) :])] if len(sentence) > len(words) else []
    return cut if any(piece.source for piece in cut) else []


def _of_one(claims: Sequence[Answer]) -> list[Answer]:
    """Those about the listing that most of them are about: several may have the same trim, one has this price."""
    if not claims:
        return []
    about = Counter(claim["listing_id"] for claim in claims).most_common(1)[0][0]
    return [claim for claim in claims if claim["listing_id"] == about]


def source(claims: Sequence[Answer]) -> str:
    """Where statements come from, and how sure that is where it is less than certain."""
    told = {str(claim["text"]).strip(): _source(claim) for claim in claims}
    if len(set(told.values())) == 1:
        return next(iter(told.values()))
    return "; ".join(f"{words}: {where}" for words, where in told.items())


def _source(claim: Answer) -> str:
    return with_confidence(str(claim["source"]), float(claim.get("confidence", 1.0)))


def why(words: str, confidence: float | None) -> str:
    """Which words something was understood from, and how sure that is; nothing where nobody said it."""
    if not words:
        return ""
    if confidence is None or confidence >= 0.9:
        return f"You said “{words}”."
    return f"You said “{words}”. {'We are fairly sure of it.' if confidence >= 0.6 else 'This is a guess.'}"


def loosenings(items: Iterable[Answer], head: EventHead) -> tuple[list[Loosening], list[list[Way]]]:
    """Ways out of too few, best first: `Up to $42,000: 3 cars`. Buttons, and the changes each of them makes."""
    shown: list[Loosening] = []
    ways: list[list[Way]] = []
    for item in items:
        many = formats.count(int(item["matches"]), head.noun, head.nouns)
        shown.append(Loosening(item["chip_id"], item["change"], f"{item['text']}: {many}"))
        changes = [item, *(item.get("also") or ())]
        ways.append([(one["chip_id"], one["change"], one.get("value")) for one in changes])
    return shown, ways


def aside(found: Answer, title: str, head: EventHead, *, cheaper: bool) -> str:
    """What the shelf shows when it shows what resembles one listing: `8 cars like the 2022 Model 3, but cheaper`."""
    one = f"the {title}" if title else "this one"
    if found.get("missing") and not found.get("limits"):
        return f"The price of {one} is not stated, so nothing can be called cheaper."
    if not found["tiles"]:
        return f"Within your limits there is nothing like {one}{' that costs less' if cheaper else ''}."
    many = formats.count(len(found["tiles"]), head.noun, head.nouns)
    return f"{many} like {one}{', but cheaper' if cheaper else ''}"


def hints(answer: Answer) -> list[str]:
    """How many each suggested answer would leave, beside it: `12`, `about 12`; empty where nobody counted."""
    options = list(answer.get("quick_replies") or ())
    question = answer.get("question") or {}
    counts = list(question.get("counts") or ())
    if list(question.get("options") or ()) != options or len(counts) != len(options):
        return [""] * len(options)
    about = "" if question.get("is_exact", True) else "about "
    return [f"{about}{formats.number(int(count))}" for count in counts]


#: Events of a turn that hold a part of the answer under their own name.
_WHOLE = frozenset({"chips", "tiles", "claims", "comparison", "withdrawn", "loosenings", "actions", "done"})
_SINGLE = frozenset({"handoff", "survey"})
_SEVERAL = {"confirmation": "confirmations", "executed": "executed", "suggestion": "suggestions"}


def folded(body: Answer, event: Answer) -> dict[str, Any]:
    """An answer with one more event of its turn; from `{}` on, all of them give the answer as it is kept."""
    kind = event["type"]
    said = {name: value for name, value in event.items() if name != "type"}
    if kind == "text":
        return {**body, "reply": body.get("reply", "") + event["text"]}
    if kind == "note":
        return {**body, "note": event["text"]}
    if kind in _WHOLE:
        return {**body, **said}
    if kind == "question":
        options = list(event["options"])
        return {**body, "quick_replies": options, **({"question": said} if event.get("text") else {})}
    if kind in _SINGLE:
        return {**body, kind: said}
    if kind in _SEVERAL:
        name = _SEVERAL[kind]
        return {**body, name: [*body.get(name, ()), said]}
    return dict(body)


def survey(questions: Iterable[Answer]) -> list[Asked]:
    """Questions with what can be chosen: a scale is a row of numbers."""
    return [_asked(question) for question in questions]


def _asked(question: Answer) -> Asked:
    kind = str(question["kind"])
    key, text = str(question["key"]), str(question["question"])
    if kind == "nps_scale":
        return Asked(key, text, "scale", [str(n) for n in range(11)], "Not likely", "Very likely")
    if kind == "rating":
        return Asked(key, text, "scale", [str(n) for n in range(1, 6)], "Poor", "Very good")
    return Asked(key, text, kind, [str(option) for option in question.get("options") or ()])


def answers(questions: Iterable[Asked], form: Mapping[str, Any]) -> dict[str, Any]:
    """What was answered, by question: a number of a scale, a choice, several, or words. What was left out is left out."""
    given: dict[str, Any] = {}
    for asked in questions:
        if asked.kind == "multiple_choice":
            said: Any = [option for at, option in enumerate(asked.options) if form.get(f"{asked.key}.{at}")]
        else:
            said = storable(str(form.get(asked.key) or "")).strip()[:LONGEST_WORDS]
        if said:
            given[asked.key] = int(said) if asked.kind == "scale" and said.isdigit() else said
    return given


def shares(parts: Mapping[str, float]) -> list[Share]:
    """The parts of a score in points, the known ones in a fixed order; lengths are relative to the longest."""
    known = [(label, float(parts[name])) for name, label in _PARTS.items() if name in parts]
    longest = max((points for _, points in known), default=0.0)
    return [
        Share(label, formats.points(points), round(100 * max(0.0, points) / longest) if longest > 0 else 0)
        for label, points in known
    ]
