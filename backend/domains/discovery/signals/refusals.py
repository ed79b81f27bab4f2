"""How far a "no" reaches: over the first thing named after it, and over the list of its kind that this begins.

A "no" that is part of a name (`no accidents` as a feature), or that something else has taken up (`no rush`,
`never smoked and …`), reaches nothing more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from backend.domains.discovery.signals.mentions import Mention
from backend.domains.discovery.signals.reader import Reader

_NAME: Final = ("make", "model", "trim")


@dataclass(frozen=True, slots=True)
class Said:
    """A mention with what it means here: a field of its values, of a yes/no attribute, or of a number."""

    mention: Mention
    field: str
    is_flag: bool = False


@dataclass(frozen=True, slots=True)
class Refusals:
    """First tokens of the mentions that are refused, and of those that only name a part of one: `no Tesla Model 3`."""

    refused: frozenset[int]
    unsaid: frozenset[int]


def find(reader: Reader, said: Sequence[Said]) -> Refusals:
    """What the message refuses of the things it names; they come from left to right."""
    lists = list(_lists(reader, said)) if reader.nos or reader.nos_after else []
    wide = list(_lists(reader, said, wide=True)) if reader.nos else []
    refused: set[int] = set()
    unsaid: set[int] = set()
    for no in reader.nos:
        at = next((i for i, s in enumerate(said) if s.mention.first >= no[1]), None)
        if at is None or not reader.reaches(no, said[at].mention.first):
            continue
        while at + 1 < len(said) and _is_one_name(said[at], said[at + 1]):
            unsaid.add(said[at].mention.first)
            at += 1
        spurned = {t.text for t in reader.text.tokens[no[0] : no[1]]} & reader.lex.words["spurning"]
        group = next(g for g in (wide if spurned else lists) if said[at] in g)
        refused |= {s.mention.first for s in group[group.index(said[at]) :]}
    for start in reader.nos_after:
        last = next((s for s in reversed(said) if reader.is_refused_after(s.mention.end, start)), None)
        if last is not None:
            group = next(g for g in lists if last in g)
            refused |= {s.mention.first for s in group[: group.index(last) + 1]}
    return Refusals(frozenset(refused), frozenset(unsaid))


def _is_one_name(a: Said, b: Said) -> bool:
    """`Tesla Model 3`, `Model 3 Long Range`: the later word says which one is meant."""
    return (
        a.mention.end == b.mention.first
        and a.field in _NAME
        and b.field in _NAME
        and _NAME.index(a.field) < _NAME.index(b.field)
    )


def _lists(reader: Reader, said: Sequence[Said], *, wide: bool = False) -> Iterator[list[Said]]:
    """Things of one kind in a row; `wide`: of any kind, as after "avoid".

    A comma joins only where "or" or "and" comes later: `red, blue or gray`.
    """
    group: list[Said] = []
    pending: list[Said] = []
    for s in said:
        before = pending[-1] if pending else group[-1] if group else None
        join = _join(reader, before, s, wide=wide) if before is not None else None
        if join == ",":
            pending.append(s)
            continue
        if join is not None:
            group = [*group, *pending, s]
        else:
            if group:
                yield group
            yield from ([p] for p in pending)
            group = [s]
        pending = []
    if group:
        yield group
    yield from ([p] for p in pending)


def _join(reader: Reader, a: Said, b: Said, *, wide: bool) -> str | None:
    """The word that makes two mentions a list; features of different kinds are one only as alternatives."""
    words = [t.text for t in reader.text.tokens[a.mention.end : b.mention.first]]
    said = reader.lex.words
    links = (said["links"] | said["things"] | said["joins"]) - said["adverbs"]
    nouns = {
        reader.text.tokens[i].text
        for m in reader.mentions
        if a.mention.end <= m.first and m.end <= b.mention.first and all(t.kind == "noun" for t in m.terms)
        for i in range(m.first, m.end)
    }
    if any(w not in links and w not in nouns for w in words):
        return None
    if a.field == b.field or wide:
        return next((w for w in words if w in said["joins"]), "," if "," in words else None)
    return next((w for w in words if w in said["alternatives"]), None)
