"""The UI controller: an answer as typed events, in the order a screen shows them. Pure.

What a screen does comes from events alone, never from prose: no text of an answer opens, confirms or links anything.
The shape of each event is in `schemas/ui_events.v1.schema.json`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from backend.core import quick_json

Event = dict[str, Any]

_SENTENCE: Final = re.compile(r".+?(?:[.!?…](?=\s|$)|$)\s*", re.DOTALL)
_ABBREVIATED: Final = re.compile(r"(?:^|\s)(?:[A-Z]|No|Nr|St|Mr|Mrs|Ms|Dr|approx|ca|c|e\.g|i\.e|z\.B)\.\s*$")


def events(body: Mapping[str, Any], *, turn: int = 0) -> tuple[Event, ...]:
    """The events of an answer as it is kept; `turn` counts from 1."""
    return tuple(_events(body, turn))


def _events(body: Mapping[str, Any], turn: int) -> Iterator[Event]:
    pieces = sentences(str(body.get("reply", "")))
    for number, piece in enumerate(pieces):
        yield {"type": "text", "text": piece, "part": number, "last": number == len(pieces) - 1}
    if body.get("note"):
        yield {"type": "note", "text": body["note"]}
    yield {"type": "chips", "chips": list(body.get("chips", ()))}
    yield {"type": "tiles", "tiles": list(body.get("tiles", ())), "matches": int(body.get("matches", 0))}
    if body.get("claims"):
        yield {"type": "claims", "claims": list(body["claims"])}
    if body.get("comparison"):
        yield {"type": "comparison", "comparison": dict(body["comparison"])}
    for confirmation in body.get("confirmations", ()):
        yield {"type": "confirmation", **confirmation}
    if body.get("withdrawn"):
        yield {"type": "withdrawn", "withdrawn": list(body["withdrawn"])}
    for done in body.get("executed", ()):
        yield {"type": "executed", **done}
    if body.get("loosenings"):
        yield {"type": "loosenings", "loosenings": list(body["loosenings"])}
    if body.get("handoff"):
        yield {"type": "handoff", **body["handoff"]}
    for suggestion in body.get("suggestions", ()):
        yield {"type": "suggestion", **suggestion}
    if body.get("survey"):
        yield {"type": "survey", **body["survey"]}
    yield from _asking(body)
    yield {"type": "actions", "actions": list(body.get("actions", ()))}
    yield {
        "type": "done",
        "turn": turn,
        "stance": body.get("stance", "answer_safely"),
        "language": body.get("language", "en"),
        "matches": int(body.get("matches", 0)),
    }


def _asking(body: Mapping[str, Any]) -> Iterator[Event]:
    question = body.get("question")
    if question:
        yield {"type": "question", **question}
    elif body.get("quick_replies"):
        yield {"type": "question", "field": "", "text": "", "options": list(body["quick_replies"])}


def sentences(text: str) -> list[str]:
    """A text in pieces that join to it again, each a sentence where that can be told."""
    pieces: list[str] = []
    for found in _SENTENCE.finditer(text):
        piece = found.group()
        if pieces and _ABBREVIATED.search(pieces[-1]):
            pieces[-1] += piece
        elif piece:
            pieces.append(piece)
    return pieces


def with_events(body: Mapping[str, Any], *, turn: int = 0) -> dict[str, Any]:
    """An answer as it is given: as it is kept, and the same as events."""
    return {**body, "events": list(events(body, turn=turn))}


def server_sent(event: Event, number: int | None = None) -> str:
    """An event in the wire format of server-sent events; its number in the answer is its id."""
    place = "" if number is None else f"id: {number}\n"
    return f"event: {event['type']}\n{place}data: {quick_json.dumps(event).decode()}\n\n"
