"""Twelve tiles are not one car: each further listing like those already chosen is put a little behind. Pure.

Source: maximal marginal relevance (Carbonell and Goldstein 1998), with a penalty that grows with each like one chosen
instead of the nearest alone, so that of fifty equal rows the fifth already gives way. The best always stays first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from backend.domains.catalogue.model import Hit
from backend.domains.catalogue.service import Index, Share

# Where a listing is and in what state it is does not make it another kind of thing.
_NOT_KIND: Final = frozenset(
    {"condition", "location_city", "location_region", "location_country", "color_interior"}
)
_SHARE_OF_SPREAD: Final = 0.15
_LEAST, _MOST = 0.002, 0.02  # of a score of 1: what one equal listing before costs
_STEEP: Final = 4


def diversified(hits: Sequence[Hit], like: Share, index: Index, limit: int) -> list[Hit]:
    """The best hits in the order they are shown; `diversity` says what each was put behind by.

    `like` has a row for each hit, in the order of their ids. Equal scores keep their order.
    """
    if not hits or like.rows != len(hits):
        return list(hits[:limit])
    order = np.argsort(np.argsort([hit.listing_id for hit in hits]))
    alike = likeness(like, index)[np.ix_(order, order)] ** _STEEP
    scores = np.array([hit.score for hit in hits])
    cost = float(np.clip(_SHARE_OF_SPREAD * (scores.max() - scores.min()), _LEAST, _MOST))
    behind = np.zeros(len(hits))
    chosen: list[Hit] = []
    is_left = np.ones(len(hits), np.bool_)
    for _ in range(min(limit, len(hits))):
        at = int(np.argmax(np.where(is_left, scores - behind, -np.inf)))
        chosen.append(replace(hits[at], diversity=-float(behind[at])))
        is_left[at] = False
        behind += cost * alike[at]
    return chosen


def likeness(share: Share, index: Index) -> NDArray[np.float64]:
    """How alike each two rows are: 1 for the same kind of thing at the same price. Shape: (rows, rows), 0..1.

    The mean over the enum attributes (equal or not), and over price and year (how near), of what either of the two states.
    """
    alike = np.zeros((share.rows, share.rows))
    told = np.zeros_like(alike)
    for name, attribute in index.attributes.items():
        bits = index.bits.get(name, ())
        if attribute.kind == "enum" and name not in _NOT_KIND and len(bits) > 1:
            had = share.bits[:, bits]
            value = np.where(had.any(axis=1), had.argmax(axis=1), -1)
            is_told = (value[:, None] >= 0) | (value[None, :] >= 0)
            alike += (value[:, None] == value[None, :]) & is_told
            told += is_told
    for slot, reach in (("price", 0.25), ("year", 0.002)):
        column = share.numbers[slot].astype(np.float64)
        is_told = ~(np.isnan(column)[:, None] & np.isnan(column)[None, :])
        unit = np.maximum(reach * np.maximum(np.abs(column[:, None]), np.abs(column[None, :])), 1e-9)
        near = 1 - np.minimum(np.abs(column[:, None] - column[None, :]) / unit, 1)
        alike += np.where(is_told, np.nan_to_num(near), 0)
        told += is_told
    return np.divide(alike, told, out=np.ones_like(alike), where=told > 0)
