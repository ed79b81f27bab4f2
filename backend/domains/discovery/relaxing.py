"""When too little fits: each limit loosened just as far as it takes, and how many that gives. Pure.

What each change would give comes in one round trip from the catalogue (`try_filters`); here it is decided what to ask
for, and read what came back. A number moves to the nearest value there is, rounded to one that somebody would say; a
set takes in the value most like it; a feature is left out. Pairs are tried only where nothing alone helps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import ceil, floor, log10
from typing import Any, Final, Literal

from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.model import CompiledFilters, Tried, Try
from backend.domains.catalogue.model import Filter as Limit
from backend.domains.catalogue.service import Index
from backend.domains.discovery import phrasing
from backend.domains.discovery.model import Filter, Loosening, plain
from backend.domains.discovery.rules import candidates, without
from backend.domains.discovery.wording import Words, chip_text, wish_text

#: How alike one value is to others of its attribute, in words: 0..1 each.
Alike = Callable[[str, Sequence[str]], Sequence[float]]

MOST: Final = 4
FEW: Final = 3  # up to so many, one is told what a little more room would give
_MOST_ALONE, _MOST_PAIRED = 10, 5
_NEAR: Final = 200  # how many values `try_filters` names
_MOST_VALUES: Final = 40
# What a change costs the buyer, beside how far a number moves: to give up a make is much, one color more is little.
_LEFT_OUT: Final = {"boolean": 0.35, "enum": 0.6, "number": 0.7}
_WHAT_IT_IS: Final = frozenset({"make", "model"})


@dataclass(frozen=True, slots=True)
class Attempt:
    """One limit, or two, without which is asked what fits. `one` is the side of it that is loosened."""

    filters: tuple[Filter, ...]
    one: Filter
    asked: Try


def compiled(filters: Iterable[Filter], index: Index) -> CompiledFilters:
    """The limits among filters, in the form search takes."""
    limits = [Limit(f.field, f.op, f.value) for f in filters if f.group == "must" and f.op != "within"]
    return catalogue.compile_filters(limits, index)


def alone(filters: Sequence[Filter], index: Index) -> list[Attempt]:
    """Each limit by itself; of a range each end."""
    made = [
        _attempt(filters, (f,), side, index)
        for f in candidates(filters)
        for side in (_ends(f) if f.op == "between" else (f,))
    ]
    return [attempt for attempt in made if attempt is not None][:_MOST_ALONE]


def paired(filters: Sequence[Filter], index: Index) -> list[Attempt]:
    """Each two of the latest limits: the second left out, the first loosened."""
    made = [
        _attempt(filters, pair, pair[0], index)
        for pair in combinations(candidates(filters)[:_MOST_PAIRED], 2)
        if pair[0].op != "between"
    ]
    return [attempt for attempt in made if attempt is not None]


def _ends(f: Filter) -> tuple[Filter, Filter]:
    low, high = f.value
    return replace(f, op="lte", value=high), replace(f, op="gte", value=low)


def _attempt(filters: Sequence[Filter], out: tuple[Filter, ...], one: Filter, index: Index) -> Attempt | None:
    kept: list[Filter] = list(without(filters, out))
    if out[0].op == "between":  # the other end stays
        low, high = _ends(out[0])
        kept.append(high if one.op == "gte" else low)
    where = compiled(kept, index)
    attribute = index.attribute(one.field)
    if where.impossible or attribute is None:
        return None
    if one.op in ("lte", "gte") and attribute.slot and _is_number(one.value):
        side: Literal["lte", "gte"] = "lte" if one.op == "lte" else "gte"
        return Attempt(out, one, Try(where, attribute.slot, side))
    if one.op == "in" and attribute.kind == "enum":
        wanted = {str(v).casefold() for v in one.value}
        others = [f.id for f in index.values.get(attribute.name, ()) if f.value not in wanted]
        return Attempt(out, one, Try(where, facets=tuple(others[:400])))
    return Attempt(out, one, Try(where))


def read(
    attempts: Sequence[Attempt], tried: Sequence[Tried], index: Index, alike: Alike, now: int
) -> list[Loosening]:
    """What helps, best first: those that give more than the `now` that fit already; at most four."""
    found: list[tuple[float, Loosening]] = []
    for attempt, gave in zip(attempts, tried, strict=True):
        loosened = _loosened(attempt, gave, index, alike, now)
        if loosened is not None and loosened.matches > now:
            found.append((cost(loosened, index, alike), loosened))
    found.sort(key=lambda pair: (pair[0], -pair[1].matches, pair[1].filter.id))
    by_limit = {loosening.filter.id: loosening for _, loosening in reversed(found)}
    return sorted(by_limit.values(), key=[loosening for _, loosening in found].index)[:MOST]


def _loosened(attempt: Attempt, gave: Tried, index: Index, alike: Alike, now: int) -> Loosening | None:
    if not gave.matches:
        return None
    also = tuple(Loosening(f, None, gave.matches) for f in attempt.filters[1:])
    whole, one = attempt.filters[0], attempt.one
    if attempt.asked.slot:
        if (bound := nearest(one, gave.near)) is not None:
            return Loosening(whole, _moved(whole, one, bound[0]), bound[1], also)
        if whole.op == "between" or gave.matches <= now:
            return None
    if attempt.asked.facets and gave.counts:
        more = _most_alike(one, gave, index, alike)
        wider = replace(one, value=[*one.value, more[0]], default=False)
        return Loosening(whole, wider, now + more[1], also)
    return Loosening(whole, None, gave.matches, also)


def nearest(f: Filter, near: Sequence[float]) -> tuple[float, int] | None:
    """The bound that lets in the nearest value beyond a limit, said in a round figure, and how many then fit.

    `near` are the values from the near side, at most 200: where a round figure would take in more, the value itself
    is the bound.
    """
    upper = f.op == "lte"
    beyond = [v for v in near if (v > f.value if upper else v < f.value)]
    if not beyond:
        return None
    whole = f.field in ("year", "mileage", "price")
    for bound in (sayable(beyond[0], upper=upper, whole=whole), _exact(beyond[0])):
        fit = sum(1 for v in near if (v <= bound if upper else v >= bound))
        if fit < len(near) or len(near) < _NEAR:
            return bound, fit
    return None


def sayable(value: float, *, upper: bool, whole: bool = False) -> float:
    """The next figure outward that somebody would say: two leading digits, the last of them in halves.

    Years and numbers below a hundred stay whole; what is not whole goes to halves.
    """
    outward = ceil if upper else floor
    if value == 0:
        return 0
    digits = floor(log10(abs(value)))
    if abs(value) < 100 or (1800 <= value <= 2200 and float(value).is_integer()):
        step = 1.0 if whole or float(value).is_integer() else 0.5 if abs(value) >= 1 else 10.0 ** (digits - 1)
    else:
        step = 5 * 10.0 ** (digits - 2)
    bound = outward(round(value / step, 6)) * step
    return _exact(bound)


def _exact(value: float) -> float:
    return int(value) if float(value).is_integer() else round(float(value), 6)


def _moved(whole: Filter, one: Filter, bound: float) -> Filter:
    if whole.op != "between":
        return replace(whole, value=bound, default=False)
    low, high = whole.value
    return replace(whole, value=[low, bound] if one.op == "lte" else [bound, high], default=False)


def _most_alike(f: Filter, gave: Tried, index: Index, alike: Alike) -> tuple[str, int]:
    """The value most like those wanted among what there is, and how many have it."""
    there = [v for v in index.values.get(_name(f, index), ()) if gave.counts.get(v.id)]
    there = sorted(there, key=lambda v: (-gave.counts[v.id], v.value))[:_MOST_VALUES]
    near = [
        max(each) for each in zip(*(alike(str(w), [v.display for v in there]) for w in f.value), strict=True)
    ]
    best = max(zip(near, there, strict=True), key=lambda pair: (round(pair[0], 3), gave.counts[pair[1].id]))[
        1
    ]
    return best.display, gave.counts[best.id]


def _name(f: Filter, index: Index) -> str:
    attribute = index.attribute(f.field)
    return attribute.name if attribute else f.field


def cost(loosening: Loosening, index: Index, alike: Alike) -> float:
    """What a change asks of the buyer. What the event began with is given up before the buyer's own words."""
    f, to = loosening.filter, loosening.to
    own = 0.0 if f.default else 0.3
    attribute = index.attribute(f.field)
    if to is None:
        price = _LEFT_OUT.get(attribute.kind if attribute else "enum", 0.6) + (
            0.3 if f.field in _WHAT_IT_IS else 0
        )
    elif f.op == "in":
        price = 0.25 + 0.3 * (1 - max(alike(str(to.value[-1]), [str(v) for v in f.value])))
    else:
        price = _moved_by(f, to)
    return own + price + sum(cost(other, index, alike) for other in loosening.also)


def _moved_by(f: Filter, to: Filter) -> float:
    """How far a number goes, as a share of what it was; years count a twentieth each."""
    pairs = list(zip(f.value, to.value, strict=True)) if f.op == "between" else [(f.value, to.value)]
    if f.field == "year":
        return sum(abs(new - old) / 20 for old, new in pairs)
    return sum(abs(new - old) / max(abs(old), 1e-9) for old, new in pairs)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


# --- in words and as data ----------------------------------------------------------------------------------------


def text_of(words: Words, loosening: Loosening) -> str:
    """`Up to $24,000`, `White, Gray or Silver`, `Without heat pump`; of a pair both."""
    first, *rest = (loosening, *loosening.also)
    told = [chip_text(words, first.to) if first.to else _without(words, first)]
    told += [wish_text(words, one.to) if one.to else phrasing.uncapital(_without(words, one)) for one in rest]
    return words.all_of(told)


def _without(words: Words, one: Loosening) -> str:
    return words.say("without", was=chip_text(words, one.filter))


def to_json(words: Words, loosening: Loosening) -> dict[str, Any]:
    """A button for the screen: {chip_id, change, value, text, matches, also}; `also` is what changes with it."""
    whole = {"text": text_of(words, loosening), "matches": loosening.matches}
    return {**_change(loosening), **whole, "also": [_change(one) for one in loosening.also]}


def _change(one: Loosening) -> dict[str, Any]:
    change = "value" if one.to else "remove"
    return {"chip_id": one.filter.id, "change": change, "value": plain(one.to.value) if one.to else None}
