"""Recall: how much of the true best 24 the search finds, at every selectivity, with several tenants' events in one table.

The truth is brute force in numpy over the whole vectors with the same weights, without the words of the text. Filters
are drawn at random: none, and bands of price, year and make that leave about a tenth, a hundredth and a thousandth.
Beside recall stand the answers that are shorter than they could be, and listings of another tenant; both have to be 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from backend.domains.catalogue.model import Filter, Wish
from benchmarks.ground import Ground
from benchmarks.measure import Findings, Goal
from benchmarks.search import WEIGHTS, Asked, K, by_sql, recall_of
from benchmarks.stock import Arrays, Query, Stock, stock_of

#: Kind of filter → how wide its band of prices is, and whether a make is named. None: no filter.
KINDS: Final[Mapping[str, tuple[float, bool] | None]] = {
    "no filter": None,
    "about a tenth": (1.3, False),
    "about a hundredth": (1.3, True),
    "about a thousandth": (1.03, True),
}
_TENANTS = 1000  # listings of a second, small event in the same table
_SAYINGS = (
    "quiet and comfortable for long trips with the family",
    "something to tow a small boat",
    "a first car for a student, cheap to run",
    "quick off the line, sharp in corners",
)


async def run(ground: Ground) -> Findings:
    found = Findings("recall")
    sizes = sorted({min(_TENANTS, ground.sizes.listings[0]), *ground.sizes.listings})
    stocks = [await stock_of(ground, size) for size in sizes]
    for stock in stocks:
        _measure(ground, found, stock)
    found.notes.append(
        f"{len(stocks)} events of {', '.join(f'{s.listings:,}' for s in stocks)} listings in one table."
    )
    return found


def _measure(ground: Ground, found: Findings, stock: Stock) -> None:
    arrays, random = Arrays.of(ground, stock), np.random.default_rng(17)
    own = set(arrays.ids.tolist())
    with ground.owner() as owner:
        for kind, band in KINDS.items():
            recalls: list[float] = []
            short = foreign = 0
            shares: list[float] = []
            for _ in range(ground.sizes.turns):
                asked = _ask(ground, stock, band, random)
                rows = by_sql(owner, asked.arguments(ground, stock, words=False))
                _, best = asked.query.brute_force(arrays, WEIGHTS, K)
                recalls.append(recall_of([row[1] for row in rows], best))
                short += len(rows) < len(best)
                foreign += len({row[0] for row in rows} - own)
                selected = asked.query.selected(arrays)
                shares.append(1.0 if selected is None else len(selected) / stock.listings)
            name = f"{stock.listings:,} listings, {kind}"
            note = f"{np.mean(shares):.2%} fit; worst {min(recalls):.3f}; {short} short answers, {foreign} foreign"
            found.add(
                f"{name}: recall@{K}", [float(np.mean(recalls))], "", goal=Goal("p50", ">=", 0.99), note=note
            )
            found.add(f"{name}: short or foreign", [float(short + foreign)], "", goal=Goal("p50", "<=", 0))


def _ask(ground: Ground, stock: Stock, band: tuple[float, bool] | None, random: np.random.Generator) -> Asked:
    """A search at random: a wish in words, two features that would be nice, and the filters of its kind."""
    text = _SAYINGS[random.integers(len(_SAYINGS))]
    limits: dict[str, Any] = {}
    filters: list[Filter] = []
    if band is not None:
        low = int(random.integers(18, 40)) * 1000
        high = int(low * band[0])
        limits = {"price": (low, high), "year": 2023}
        filters = [Filter("price", "between", [low, high]), Filter("year", "gte", 2023)]
    if band is not None and band[1]:
        makes = [f for f in stock.vocabulary.facets if f.attribute == "make"][:6]
        make = makes[random.integers(len(makes))]
        limits["make"] = make.id
        filters.append(Filter("make", "in", [make.value]))
    features = [f for f in stock.vocabulary.facets if f.value == "true" and f.bit is not None]
    chosen = [features[at] for at in random.choice(len(features), 2, replace=False)]
    mask = np.zeros(256, np.uint8)
    mask[[facet.bit for facet in chosen]] = 1
    words = np.frombuffer(np.packbits(mask).tobytes(), ">u8").astype(np.uint64)
    query = Query(text, ground.ports.embedder.embed([text])[0], limits, words, len(chosen))
    return Asked(query, stock.compiled(filters), [Wish(facet.attribute, True) for facet in chosen])
