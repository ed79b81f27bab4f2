"""Rules of one form each, with the places they hold for in tables: sums, bounds, keys, references. Pure.

A new list with keys, or a new name that must exist, is a line here and no new function.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final, TypeAlias

from backend.domains.events.model import Document, Path
from backend.domains.events.violations import Finding, nearest

Rule: TypeAlias = Callable[[Document], Iterator[Finding]]
Steps: TypeAlias = tuple[str, ...]

#: Sums of shares may be off by this much. Source: decimal fractions in binary, IEEE 754.
SUM_TOLERANCE: Final = 1e-9

#: Maps of weights that share out a whole.
_SUMS: Final[tuple[tuple[Steps, str], ...]] = (
    (("ranking_weights",), "ranking weights"),
    (("lead_scoring", "weights"), "weights of lead scoring"),
    (("offer", "arv", "weights"), "weights of comparable sales"),
    (("outreach", "channel_weights"), "weights of the choice of channel"),
)

#: Section, the value that must not be above the other, and whether they may be equal.
_ORDERS: Final[tuple[tuple[str, Steps, Steps, bool], ...]] = (
    ("lead_scoring", ("bands", "warm"), ("bands", "hot"), False),
    ("offer", ("arv", "least_comparables"), ("arv", "most_comparables"), True),
    ("offer", ("range", "min_percent"), ("range", "max_percent"), True),
    ("outreach", ("caps", "per_day"), ("caps", "per_week"), True),
    ("outreach", ("business_hours", "begin"), ("business_hours", "end"), False),
)

#: Lists (`*`: each element), the member by which their elements are known, and what they are.
_KEYS: Final[tuple[tuple[Steps, str, str], ...]] = (
    (("experiments",), "key", "experiments"),
    (("experiments", "*", "arms"), "key", "arms"),
    (("policy", "profiles"), "key", "profiles"),
    (("policy", "profiles", "*", "match", "qualifiers"), "question", "qualifiers"),
    (("agent", "tools"), "name", "tools"),
    (("agent", "survey", "questions"), "key", "questions"),
    (("agent", "cross_sell", "products"), "key", "products"),
    (("personalization", "cohorts"), "key", "cohorts"),
    (("personalization", "lifecycle"), "key", "lifecycle steps"),
    (("outreach", "templates"), "key", "templates"),
    (("outreach", "follow_ups"), "key", "follow-ups"),
)

_TOOLS: Final = ("agent", "tools", "*", "name")
#: Where a name is said, where it must be declared, and what it is a name of.
_REFERENCES: Final[tuple[tuple[Steps, Steps, str], ...]] = (
    (("policy", "profiles", "*", "tool_policy", "allowed", "*"), _TOOLS, "tool"),
    (("policy", "profiles", "*", "tool_policy", "confirm", "*"), _TOOLS, "tool"),
    (("policy", "profiles", "*", "tool_policy", "idempotent", "*"), _TOOLS, "tool"),
    (("agent", "escalation", "rules", "*", "tool"), _TOOLS, "tool"),
    (("agent", "tools", "*", "fallback"), _TOOLS, "tool"),
    (("personalization", "lifecycle", "*", "cohort"), ("personalization", "cohorts", "*", "key"), "cohort"),
    (
        ("outreach", "follow_ups", "*", "steps", "*", "template"),
        ("outreach", "templates", "*", "key"),
        "message",
    ),
)


def places(value: Any, steps: Steps, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The places of a document that a pattern stands for, with their values."""
    if not steps:
        yield path, value
        return
    first, *rest = steps
    for step, within in enumerate(value) if first == "*" else ((first, value[first]),):
        yield from places(within, tuple(rest), (*path, step))


def table_rules() -> Iterator[tuple[Rule, frozenset[str]]]:
    """Every line of the tables as a rule, with the sections it reads."""
    for at, what in _SUMS:
        yield partial(_sums_to_one, at=at, what=what), frozenset({at[0]})
    for section, low, high, may_be_equal in _ORDERS:
        rule = partial(_is_in_order, section=section, low=low, high=high, may_be_equal=may_be_equal)
        yield rule, frozenset({section})
    for lists, key, what in _KEYS:
        yield partial(_are_unique, lists=lists, key=key, what=what), frozenset({lists[0]})
    for said, declared, what in _REFERENCES:
        yield partial(_exist, said=said, declared=declared, what=what), frozenset({said[0], declared[0]})


def _sums_to_one(doc: Document, *, at: Steps, what: str) -> Iterator[Finding]:
    for path, weights in places(doc, at):
        total = math.fsum(weights.values())
        if abs(total - 1) > SUM_TOLERANCE:
            message = f"The {what} sum to {total:.12g}; they must sum to 1."
            yield Finding(path, "sum_not_one", message, f"{total:.12g}", "1")


def _is_in_order(
    doc: Document, *, section: str, low: Steps, high: Steps, may_be_equal: bool
) -> Iterator[Finding]:
    ((path, small),) = places(doc, (section, *low))
    ((_, large),) = places(doc, (section, *high))
    if small > large or (small == large and not may_be_equal):
        than = f"{'at most' if may_be_equal else 'less than'} {'.'.join(high)}"
        yield Finding(
            path, "out_of_order", f"{'.'.join(low)} must be {than}, which is {large}.", str(small), than
        )


def _are_unique(doc: Document, *, lists: Steps, key: str, what: str) -> Iterator[Finding]:
    for path, elements in places(doc, lists):
        seen: set[str] = set()
        for index, element in enumerate(elements):
            name = element[key]
            if name in seen:
                yield Finding((*path, index, key), "twice", f"Two {what} are called “{name}”.", name)
            seen.add(name)


def _exist(doc: Document, *, said: Steps, declared: Steps, what: str) -> Iterator[Finding]:
    known = [name for _, name in places(doc, declared)]
    for path, name in places(doc, said):
        if name is not None and name not in known:
            where = ".".join(declared[:-2])
            message = f"There is no {what} “{name}” in `{where}`."
            yield Finding(
                path, f"no_such_{what}", message, name, f"a {what} of {where}", nearest(name, known)
            )
