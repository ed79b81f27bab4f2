"""Search: the ranked search of the catalogue beside brute force in numpy with the same score, and how exact it is.

The floor holds the whole inventory as float32 arrays in one process and writes nothing: what a search costs when there
is no database at all. Recall counts those of the true best 24 that came back, by score, without the words of the text.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg
from psycopg.types.json import Jsonb

from backend.core.context import Actor
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.model import CompiledFilters, Filter, Weights, Wish
from benchmarks.corpus import KINDS
from benchmarks.ground import Ground, Owner
from benchmarks.measure import Findings, Goal, Spread, timed, timed_async
from benchmarks.stock import Arrays, Query, Stock, stock_of

K = 24
WEIGHTS = Weights()
_WARM = 6
_FLOOR = "brute force in numpy"
_GOALS = dict(zip(KINDS, (2.2, 1.2, 2.5), strict=True))
_SEARCH = "select listing_id, score from private.search_listings(%s, %s, %s, %s, %s::extensions.halfvec, %s, %s, %s)"
_SAYINGS = (
    "quiet and comfortable for long trips with the family",
    "something to tow a small boat",
    "a first car for a student, cheap to run",
    "quick off the line, sharp in corners",
    "full service history and winter wheels",
)


async def run(ground: Ground) -> Findings:
    found = Findings("search")
    for listings in ground.sizes.listings:
        stock = await stock_of(ground, listings)
        await _measure(ground, found, stock)
        if told := stock.imported:
            rate, peak = told["rows"] / told["took_s"], told["rss_peak"] / 2**20
            found.notes.append(
                f"{listings:,} rows came in at {rate:,.0f} a second, with a peak of {peak:.0f} MB."
            )
    return found


async def _measure(ground: Ground, found: Findings, stock: Stock) -> None:
    arrays, buyer = Arrays.of(ground, stock), stock.new_buyer(ground)
    times: dict[tuple[str, str], list[float]] = defaultdict(list)
    checks: dict[str, list[_Check]] = defaultdict(list)
    random = np.random.default_rng(5)
    with psycopg.connect(ground.owner_dsn, autocommit=True) as owner:
        for at in range(-_WARM, ground.sizes.turns):
            for kind in KINDS:
                asked = _ask(ground, stock, kind, random)
                took = {
                    "numpy": timed(asked.query.brute_force, arrays, WEIGHTS, K),
                    "sql": timed(by_sql, owner, asked.arguments(ground, stock)),
                    "service": await timed_async(_by_service, ground, stock, buyer, asked),
                }
                if at >= 0:
                    checks[kind].append(_check(owner, ground, stock, arrays, asked))
                    for name, value in took.items():
                        times[kind, name].append(value)
    _report(found, stock, times, checks)


def _report(
    found: Findings,
    stock: Stock,
    times: dict[tuple[str, str], list[float]],
    checks: dict[str, list[_Check]],
) -> None:
    for kind in KINDS:
        name, sql = f"{stock.listings:,} listings, {kind}", times[kind, "sql"]
        share = Spread.of([check.matches for check in checks[kind]]).p50 / stock.listings
        found.add(
            f"{name}: in SQL",
            sql,
            floor=(_FLOOR, times[kind, "numpy"]),
            goal=Goal("ratio", "<=", _GOALS[kind]),
            note=f"{share:.1%} of the stock fits",
        )
        found.add(f"{name}: by the service, as a buyer", times[kind, "service"], floor=("the SQL alone", sql))
        missing = [1 - check.recall for check in checks[kind]]
        short = sum(check.short for check in checks[kind])
        found.add(
            f"{name}: missing of the true best {K}",
            missing,
            "",
            goal=Goal("p95", "<=", 0.01),
            note=f"mean recall {1 - np.mean(missing):.4f}, worst {1 - max(missing):.3f}, {short} short answers",
        )


@dataclass(frozen=True, slots=True)
class _Check:
    """How right one answer was."""

    recall: float
    short: bool
    matches: int


@dataclass(frozen=True, slots=True)
class Asked:
    """One search, in the terms of both sides."""

    query: Query
    filters: CompiledFilters
    wishes: list[Wish]

    def arguments(self, ground: Ground, stock: Stock, *, words: bool = True) -> tuple[Any, ...]:
        shares = {name: getattr(WEIGHTS, name) for name in ("individual", "spec", "scarcity", "social")}
        vector = f"[{','.join(f'{value:.5g}' for value in self.query.vector.tolist())}]"
        wanted = Jsonb(catalogue.compile_wishes(self.wishes, stock.index))
        where, model = Jsonb(dict(self.filters.where)), ground.ports.embedder.model
        text = self.query.text if words else None
        return (stock.event, where, wanted, Jsonb(shares), vector, model, text, K)


def by_sql(owner: Owner, arguments: tuple[Any, ...]) -> list[Any]:
    return owner.execute(_SEARCH, arguments).fetchall()


async def _by_service(ground: Ground, stock: Stock, buyer: Actor, asked: Asked) -> None:
    async with ground.database.as_actor(buyer) as ctx:
        await catalogue.search(
            ctx,
            event_id=stock.event,
            filters=asked.filters,
            wishes=asked.wishes,
            weights=WEIGHTS,
            text=asked.query.text,
            index=stock.index,
            limit=K,
        )


def _check(owner: Owner, ground: Ground, stock: Stock, arrays: Arrays, asked: Asked) -> _Check:
    rows = by_sql(owner, asked.arguments(ground, stock, words=False))
    _, best = asked.query.brute_force(arrays, WEIGHTS, K)
    selected = asked.query.selected(arrays)
    matches = len(arrays.ids) if selected is None else len(selected)
    return _Check(recall_of([row[1] for row in rows], best), len(rows) < len(best), matches)


def recall_of(scores: list[float], best: np.ndarray[Any, Any]) -> float:
    """Listings of equal score are as good as each other; the query is rounded to halves on one side only."""
    return sum(score >= best[-1] - 2e-4 for score in scores) / len(best) if len(best) else 1.0


def _ask(ground: Ground, stock: Stock, kind: str, random: np.random.Generator) -> Asked:
    text = _SAYINGS[random.integers(len(_SAYINGS))]
    low = int(random.integers(20, 32)) * 1000
    limits: dict[str, Any] = {}
    filters: list[Filter] = []
    if kind != "without a hard filter":
        limits = {"price": (low, int(low * 1.3)), "year": 2024}
        filters = [Filter("price", "between", [low, int(low * 1.3)]), Filter("year", "gte", 2024)]
    if kind == "price, year and make":
        make = ("tesla", "hyundai", "ford", "chevrolet", "kia", "volkswagen")[random.integers(6)]
        limits["make"] = stock.index.facet("make", make)
        filters.append(Filter("make", "in", [make]))
    features = [f for f in stock.vocabulary.facets if f.value == "true" and f.bit is not None]
    chosen = [features[at] for at in random.choice(len(features), 2, replace=False)]
    mask = np.zeros(256, np.uint8)
    mask[[facet.bit for facet in chosen]] = 1
    # the first bit of bit(256) is the highest of the first byte, which is how packbits counts
    words = np.frombuffer(np.packbits(mask).tobytes(), ">u8").astype(np.uint64)
    vector = ground.ports.embedder.embed([text])[0]
    wishes = [Wish(facet.attribute, True) for facet in chosen]
    query = Query(text, vector, limits, words, len(wishes))
    return Asked(query, catalogue.compile_filters(filters, stock.index), wishes)
