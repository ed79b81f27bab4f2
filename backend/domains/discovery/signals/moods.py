"""Signals that words give by themselves: what it is for, what matters, how it should look, what moves the buyer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from backend.domains.discovery.model import Signal
from backend.domains.discovery.signals.reader import Found, Reader


def read(reader: Reader, limited: Collection[int] = ()) -> Found:
    """USE_CASE, FEATURE_PRIORITY, DESIGN_AESTHETIC, RISK_TOLERANCE, EMOTIONAL_DRIVER. They never limit what is shown.

    `limited`: tokens that are a limit already (`at least 100 horsepower`), and so no mere wish.
    """
    entries: dict[str, list[Any]] = defaultdict(list)
    sources: dict[str, str] = {}
    slots: dict[str, str] = {}
    confidence: dict[str, float] = {}
    spoken = {
        i for m in reader.mentions if any(t.kind != "noun" for t in m.terms) for i in range(m.first, m.end)
    }
    spoken |= set(limited)
    for cue in reader.lex.cues:
        for first, end, _ in reader.text.find(cue.pattern):
            if set(range(first, end)) <= spoken or _is_denied(reader, first):
                continue
            entries[cue.type].append((first, cue.entry))
            sources.setdefault(cue.type, reader.text.words(first, end))
            slots[cue.type], confidence[cue.type] = cue.slot, cue.confidence
            break
    return Found(
        signals=tuple(
            _signal(reader, kind, slots[kind], found, sources[kind], confidence[kind])
            for kind, found in entries.items()
        )
    )


def _is_denied(reader: Reader, first: int) -> bool:
    """`I do not need speed`: said, and not wanted."""
    clause = reader.clause(first)
    if clause is not None and clause.removes:
        return True
    words = reader.text.before(first, 20).split()
    denied, links = reader.lex.words["denied"], reader.lex.words["denied_links"]
    if words and words[-1] in links:
        words.pop()
    return bool(words) and words[-1] in denied


def _signal(reader: Reader, kind: str, slot: str, found: list[Any], source: str, confidence: float) -> Signal:
    ordered = list(dict.fromkeys(entry for _, entry in sorted(found, key=lambda pair: pair[0])))
    value = ordered[0] if kind == "RISK_TOLERANCE" else ordered
    return reader.signal(kind, {slot: value}, source, confidence)
