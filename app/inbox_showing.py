"""Requests of buyers as the inbox shows them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.inbox_views import RequestRow
from app.showing import masked
from app.views import Labelled
from backend.domains.transactions.inbox import Asked

#: A kind: what it is called in the list, and its icon.
KINDS = {
    "book": "Wants a call or a visit",
    "info": "Asks for information",
    "message": "Wrote a message",
    "offer": "Makes an offer",
    "deposit": "Wants to pay a deposit",
    "reveal": "Wants to be known",
    "remind": "Wants to be told",
    "hand_off": "Wants to talk to a person",
}
STATUSES = {"open": "Open", "done": "Done", "declined": "Declined", "withdrawn": "Taken back"}
TONES = {"open": "accent", "done": "good", "declined": "warn", "withdrawn": "plain"}
#: Details in the order people look for them; the rest follows.
FIRST = (
    "words",
    "text",
    "message",
    "question",
    "when",
    "time",
    "amount",
    "contact",
    "name",
    "phone",
    "email",
)
LABELS = {"words": "In their words"}


def request_row(asked: Asked) -> RequestRow:
    """Who may answer reads it as it was written; anybody else without addresses and numbers."""
    return RequestRow(
        id=str(asked.id),
        kind=asked.kind,
        title=KINDS.get(asked.kind, asked.kind),
        event=asked.event,
        listing=asked.listing or "",
        status=STATUSES.get(asked.status, asked.status),
        tone=TONES.get(asked.status, "plain"),
        is_open=asked.status == "open",
        at=asked.created_at.isoformat(),
        ended_at=asked.ended_at.isoformat() if asked.ended_at else "",
        may_end=asked.may_end,
        talk=f"/cockpit/events/{asked.slug}?tab=live&session={asked.session_id}",
        details=details(asked.details, is_plain=asked.may_end),
    )


def details(given: Mapping[str, Any], *, is_plain: bool) -> list[Labelled]:
    """What the buyer added, label by label."""
    named = sorted(given, key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), name))
    found = [(name, _text(given[name])) for name in named]
    return [
        Labelled(LABELS.get(name, name.replace("_", " ").capitalize()), text if is_plain else masked(text))
        for name, text in found
        if text
    ]


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{str(k).replace('_', ' ')} {_text(v)}" for k, v in value.items() if _text(v))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_text(one) for one in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
