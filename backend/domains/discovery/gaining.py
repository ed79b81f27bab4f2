"""How much an answer would tell: the expected information gain of asking for one attribute. Pure.

Source: mutual information of the listing looked for and the answer, as for decision trees (Quinlan 1986, ID3), over
what is left. Each listing is as likely as another; who looks for one with value v names v, and n_v of N remain: the
gain is the mean of log2(N / n_v). An answer that leaves all in place (a feature that is not needed, a value that is
not stated) gains nothing, so that what few listings state is not worth asking for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log2
from typing import Final

import numpy as np
from numpy.typing import NDArray

from backend.domains.catalogue.model import FacetValue
from backend.domains.catalogue.service import Index, Share
from backend.domains.discovery.directions import Direction, asked
from backend.domains.discovery.relaxing import sayable


@dataclass(frozen=True, slots=True)
class Bound:
    """A numeric answer: `low` and `high` are None where open. `rows` of the share are within."""

    low: float | None
    high: float | None
    rows: int


@dataclass(frozen=True, slots=True)
class Split:
    """What asking for one attribute would tell. Unit of `gain`: bits. Values are most frequent first."""

    field: str
    gain: float
    values: tuple[tuple[FacetValue, int], ...] = ()
    bounds: tuple[Bound, ...] = ()
    known: int = 0
    low: float = 0.0
    high: float = 0.0


def gain(answers: Sequence[tuple[int, int]], rows: int) -> float:
    """The mean of log2(rows / left), for answers as pairs (how many would give it, how many it leaves). Unit: bits."""
    return sum(n / rows * log2(rows / left) for n, left in answers if n and left) if rows else 0.0


_SPLITS: dict[int, tuple[Share, Index, dict[str, Split]]] = {}
_MOST_SHARES: Final = 64


def split(share: Share, index: Index, field: str) -> Split:
    """What an attribute would tell of the share; nothing where it cannot be filtered by. Kept while the share is."""
    held = _SPLITS.get(id(share))
    if held is None or held[0] is not share or held[1] is not index:
        while len(_SPLITS) >= _MOST_SHARES:
            _SPLITS.pop(next(iter(_SPLITS)), None)
        held = _SPLITS[id(share)] = (share, index, {})
    told = held[2].get(field)
    if told is None:
        told = held[2][field] = _split(share, index, field)
    return told


def _split(share: Share, index: Index, field: str) -> Split:
    attribute = index.attributes.get(field)
    if attribute is None or not share.rows:
        return Split(field, 0.0)
    if attribute.kind == "number":
        return _numeric(share, field, attribute.slot) if attribute.slot else Split(field, 0.0)
    counted = [(f, share.count(f)) for f in index.values.get(field, ())]
    values = sorted(((f, n) for f, n in counted if n), key=lambda pair: (-pair[1], pair[0].value))
    known = sum(n for _, n in values)
    return Split(field, gain([(n, n) for _, n in values], share.rows), tuple(values), known=known)


def _numeric(share: Share, field: str, slot: str) -> Split:
    """A number is asked for by a bound near a third and two thirds of what there is."""
    known = share.known(slot)
    if len(known) < 2 or known[0] == known[-1]:
        return Split(field, 0.0, known=len(known))
    direction = asked(field)
    cuts = _cuts(known, upper=direction != "higher", whole=field in ("price", "mileage", "year"))
    bounds = _bounds(known, cuts, direction)
    answers = _answers(known, cuts, direction)
    return Split(field, gain(answers, share.rows), (), bounds, len(known), float(known[0]), float(known[-1]))


def _cuts(known: NDArray[np.float32], *, upper: bool, whole: bool) -> list[float]:
    """One or two figures somebody would say, between the least and the greatest."""
    at = [float(known[len(known) * n // 3]) for n in (1, 2)]
    said = sorted({sayable(v, upper=upper, whole=whole) for v in at})
    return [v for v in said if (known[0] <= v < known[-1] if upper else known[0] < v <= known[-1])]


def _below(known: NDArray[np.float32], cut: float, *, inclusive: bool) -> int:
    return int(np.searchsorted(known, np.float32(cut), side="right" if inclusive else "left"))


def _answers(
    known: NDArray[np.float32], cuts: Sequence[float], direction: Direction | None
) -> list[tuple[int, int]]:
    """Per part between the cuts: how many lie there, and how many the bound that takes them in leaves."""
    ends = [0, *(_below(known, cut, inclusive=direction != "higher") for cut in cuts), len(known)]
    parts = [later - earlier for earlier, later in pairwise(ends)]
    if direction == "lower":  # who needs none of the bounds leaves all in place
        return list(zip(parts[:-1], ends[1:-1], strict=True))
    if direction == "higher":
        return list(zip(parts[1:], [len(known) - end for end in ends[1:-1]], strict=True))
    return [(n, _between(known, low, high)) for n, (low, high) in zip(parts, _edges(cuts), strict=True)]


def _edges(cuts: Sequence[float]) -> list[tuple[float | None, float | None]]:
    return list(pairwise([None, *cuts, None]))


def _between(known: NDArray[np.float32], low: float | None, high: float | None) -> int:
    """How many lie between two figures, both included, as one would say it."""
    least = 0 if low is None else _below(known, low, inclusive=False)
    return (len(known) if high is None else _below(known, high, inclusive=True)) - least


def _bounds(
    known: NDArray[np.float32], cuts: Sequence[float], direction: Direction | None
) -> tuple[Bound, ...]:
    if direction == "lower":
        return tuple(Bound(None, cut, _below(known, cut, inclusive=True)) for cut in cuts)
    if direction == "higher":
        return tuple(
            Bound(cut, None, len(known) - _below(known, cut, inclusive=False)) for cut in reversed(cuts)
        )
    every = [Bound(low, high, _between(known, low, high)) for low, high in _edges(cuts)]
    return tuple(bound for bound in every if 0 < bound.rows < len(known))
