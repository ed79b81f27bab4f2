"""What an answer says and offers, as values of the screen: its statements with their sources, ways out, what a match is
made of. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app import formats
from app.views import EventHead, Loosening, Piece, Share, Turn

Answer = Mapping[str, Any]
#: What a button for a limit does: chip, change, value.
Way = tuple[str, str, Any]

_PARTS = {
    "individual": "Your wishes",
    "spec": "Your own words",
    "scarcity": "How rare it is",
    "social": "How sought after it is",
}


def said(key: str, reply: str, claims: Iterable[Answer]) -> Turn:
    """A turn of the guide. Statements that have a source are stretches of their own."""
    return Turn(key, "guide", reply, pieces(reply, claims))


def pieces(text: str, claims: Iterable[Answer]) -> list[Piece]:
    """The text cut where statements begin and end; joined they are the text again. None where nothing has a source."""
    found: dict[tuple[int, int], list[Answer]] = {}
    for claim in claims:
        at = text.find(words) if (words := str(claim["text"]).strip()) else -1
        if at >= 0 and claim.get("source"):
            found.setdefault((at, at + len(words)), []).append(claim)
    cut: list[Piece] = []
    done = 0
    for (begin, end), same in sorted(found.items()):
        if begin < done:
            continue  # within a statement that is marked already
        cut += [Piece(text[done:begin])] if begin > done else []
        cut.append(
            Piece(text[begin:end], "; ".join(dict.fromkeys(map(source, same))), int(same[0]["listing_id"]))
        )
        done = end
    return [*cut, *([Piece(text[done:])] if done < len(text) else [])] if cut else []


def source(claim: Answer) -> str:
    """Where a statement comes from, and how sure that is where it is less than certain."""
    sure = float(claim.get("confidence", 1.0))
    return f"{claim['source']}, {round(sure * 100)}% sure" if sure < 0.995 else str(claim["source"])


def why(words: str, confidence: float | None) -> str:
    """Which words something was understood from, and how sure that is; nothing where nobody said it."""
    if not words:
        return ""
    if confidence is None or confidence >= 0.9:
        return f"You said “{words}”."
    return f"You said “{words}”. {'We are fairly sure of it.' if confidence >= 0.6 else 'This is a guess.'}"


def loosenings(items: Iterable[Answer], head: EventHead) -> tuple[list[Loosening], list[Way]]:
    """Ways out of too few, best first: `Up to $42,000: 3 cars`. Buttons, and what each of them changes."""
    shown: list[Loosening] = []
    ways: list[Way] = []
    for item in items:
        limit, to = item["filter"], item.get("to")
        chip_id = f"{limit['field']}:{limit['op']}:{limit['group']}"
        change = "remove" if to is None else "value"
        many = formats.count(int(item["matches"]), head.noun, head.nouns)
        shown.append(Loosening(chip_id, change, f"{item['text']}: {many}"))
        ways.append((chip_id, change, None if to is None else to["value"]))
    return shown, ways


def shares(parts: Mapping[str, float]) -> list[Share]:
    """The parts of a score in points, the known ones in a fixed order; lengths are relative to the longest."""
    known = [(label, float(parts[name])) for name, label in _PARTS.items() if name in parts]
    longest = max((points for _, points in known), default=0.0)
    return [
        Share(label, formats.points(points), round(100 * max(0.0, points) / longest) if longest > 0 else 0)
        for label, points in known
    ]
