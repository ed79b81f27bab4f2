"""Limits that something be absent, and words that give them up: `accidents are fine`, `I do not care about accidents`.

What such a limit keeps out is no attribute where the event knows only its absence (`No accidents`), so it is looked for
by its own name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from backend.domains.discovery.model import Filter
from backend.domains.discovery.signals.mentions import Clause
from backend.domains.discovery.signals.reader import Reader
from backend.domains.discovery.signals.text import fold, words_of

_DENYING: Final = ("no ", "without ")
_AS_A_TITLE: Final = 3  # words: `accidents, I do not mind`


def yielded(reader: Reader) -> frozenset[str]:
    """Fields of which the buyer says that what their limit keeps out may be."""
    kept_out = {f.field: names for f in reader.state.filters if (names := frozenset(_names(reader, f)))}
    if not kept_out:
        return frozenset()
    places = [at for clause in _letting(reader) for at in range(clause.first, clause.end)]
    return frozenset(
        field
        for field, names in kept_out.items()
        if any(_is_named(reader, field, name, at) for name in names for at in places)
    )


def _names(reader: Reader, f: Filter) -> Iterator[tuple[str, ...]]:
    """What a limit keeps out, as stems of its names; nothing where it keeps out nothing."""
    attribute, tail = reader.terms.attributes.get(f.field), reader.terms.tail(f.field)
    label = fold(attribute.label if attribute else tail.replace("_", " "))
    if f.value is True:
        denying = next((word for word in _DENYING if label.startswith(word)), None)
        if denying is None:
            return
        label, tail = label.removeprefix(denying), ""  # its other names say the absence, too
    elif f.value != 0 or f.op not in ("eq", "lte"):
        return
    key = label.replace(" ", "_")
    known = [name for one in {tail, key, f"{key}s"} for name in reader.lex.nouns.get(one, ())]
    known += reader.lex.flags.get(tail, ())  # of a feature that there should not be
    yield from (words_of(name, reader.lex.stem) for name in (label, *known))


def _letting(reader: Reader) -> Iterator[Clause]:
    """Clauses that let something be; `accidents, I do not mind` says what in the one before."""
    allowed = [
        at
        for at, _, _ in reader.text.find(reader.lex.patterns["let_be"])
        if not any(end == at for _, end in reader.nos)
    ]
    before: Clause | None = None
    for clause in reader.clauses:
        lets = clause.removes or any(clause.first <= at < clause.end for at in allowed)
        if lets and not clause.question:
            yield clause
            if before and before.sentence == clause.sentence and before.end - before.first <= _AS_A_TITLE:
                yield before
        before = clause


def _is_named(reader: Reader, field: str, name: tuple[str, ...], at: int) -> bool:
    """Whether a name stands here, and not in words for its absence: `no accidents is fine`."""
    tokens = reader.text.tokens
    if tuple(t.stem for t in tokens[at : at + len(name)]) != name:
        return False
    denied = at > 0 and tokens[at - 1].text in reader.lex.words["none"]
    return not denied and not any(
        m.first < at < m.end and any(t.field == field and t.kind in ("flag", "zero") for t in m.terms)
        for m in reader.mentions
    )
