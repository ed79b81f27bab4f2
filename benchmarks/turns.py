"""Turns: one message of a buyer, read, searched, ranked, answered and written down; in this process and over HTTP.

Beside it stand the very search that the turn made, alone, and brute force in numpy with the same filters and score.
Each message begins a conversation of its own, so that no limits of the one before remain.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import numpy as np
import psycopg
from psycopg.types.json import Jsonb

from backend.core.context import Actor
from backend.domains.catalogue.model import Weights
from backend.domains.catalogue.queries import listings as search_queries
from backend.domains.discovery import service as discovery
from backend.domains.events import service as events
from backend.domains.events.model import Bundle
from benchmarks.corpus import KINDS, Question, questions
from benchmarks.ground import Ground, Owner
from benchmarks.measure import Findings, Goal, Spread, timed, timed_async
from benchmarks.stock import Arrays, Query, Stock, stock_of
from benchmarks.web import Web, run_web

_WARM = 4
_SQL, _NUMPY = "its search alone, in SQL", "brute force in numpy"
_STATEMENT = "select * from private.find_listings(%s, %s, %s, %s, %s::extensions.halfvec, %s, %s, %s, %s, %s)"
_CLIENTS = 8


async def run(ground: Ground) -> Findings:
    found = Findings("turns")
    stocks = [await stock_of(ground, listings) for listings in ground.sizes.listings]
    with run_web(ground, stocks[0].slug) as web:
        if web is None:
            found.notes.append("HTTP was not measured: the application does not start here yet.")
        for stock in stocks:
            await _measure(ground, found, stock, web)
        if web is not None:
            await _crowd(ground, found, stocks[0], web)
            found.notes.append(f"Memory of the HTTP process at the end: {web.memory_mb()} MB.")
    return found


async def _measure(ground: Ground, found: Findings, stock: Stock, web: Web | None) -> None:
    arrays, bundle = Arrays.of(ground, stock), await _bundle(ground, stock)
    times: dict[tuple[str, str], list[float]] = defaultdict(list)
    matches: dict[str, list[int]] = defaultdict(list)
    asked = questions(ground.sizes.turns + _WARM)
    with psycopg.connect(ground.owner_dsn, autocommit=True) as owner, _recorded() as calls:
        for at, question in enumerate(asked):
            one = _Turn(ground, stock, bundle, question)
            await one.begin()
            calls.clear()
            took = {"service": await timed_async(one.take)}
            call = calls[0]
            brute_force = _query(stock, call).brute_force
            took["sql"] = timed(_search_alone, owner, call)
            took["numpy"] = timed(brute_force, arrays, Weights(**call["weights"]), call["limit"])
            if web is not None:
                session = web.start(stock.slug)
                took["http"] = timed(web.say, session, question.text)
            if at < _WARM * len(KINDS):
                continue
            for name, value in took.items():
                times[question.kind, name].append(value)
            matches[question.kind].append(one.answer["matches"])
    _report(found, stock, times, matches)


def _report(
    found: Findings,
    stock: Stock,
    times: dict[tuple[str, str], list[float]],
    matches: dict[str, list[int]],
) -> None:
    small = stock.listings <= 10_000
    for kind in KINDS:
        name = f"{stock.listings:,} listings, {kind}"
        filtered = kind != "without a hard filter"
        limit = (3 if filtered else 8) if small else (10 if filtered else 35)
        floor = times[kind, "sql"]
        note = f"median {Spread.of(matches[kind]).p50:,.0f} listings fit"
        found.add(
            f"{name}: a turn",
            times[kind, "service"],
            floor=(_SQL, floor),
            goal=Goal("p95", "<=", limit),
            note=note,
        )
        if times[kind, "http"]:
            found.add(f"{name}: a turn over HTTP", times[kind, "http"], floor=(_SQL, floor))
        found.add(f"{name}: its search alone", floor, floor=(_NUMPY, times[kind, "numpy"]))


class _Turn:
    """One message in a conversation of its own."""

    def __init__(self, ground: Ground, stock: Stock, bundle: Bundle, question: Question) -> None:
        self._ground, self._stock, self._bundle, self._question = ground, stock, bundle, question
        self._actor = Actor.anonymous()
        self.answer: dict[str, Any] = {}

    async def begin(self) -> None:
        async with self._ground.database.as_actor(Actor.anonymous()) as ctx:
            session = await discovery.start(ctx, bundle=self._bundle, visitor=uuid4())
        self._actor = Actor.buyer(session.id, self._stock.event)

    async def take(self) -> None:
        async with self._ground.database.as_actor(self._actor) as ctx:
            self.answer = await discovery.take_turn(
                ctx,
                message=self._question.text,
                key="1",
                bundle=self._bundle,
                vocabulary=self._stock.vocabulary,
                index=self._stock.index,
            )


@contextmanager
def _recorded() -> Iterator[list[dict[str, Any]]]:
    """Writes down what the catalogue asks the database for, so that the same can be asked again alone."""
    calls: list[dict[str, Any]] = []
    find = search_queries.find

    async def recording(conn: Any, **values: Any) -> Any:
        calls.append(values)
        return await find(conn, **values)

    search_queries.find = recording
    try:
        yield calls
    finally:
        search_queries.find = find


def _search_alone(owner: Owner, call: dict[str, Any]) -> None:
    wanted = (Jsonb(dict(call[name])) for name in ("where", "wishes", "weights"))
    rest = (call["embedding"], call["model"], call["text"], call["limit"], call["sample"], call["like"])
    owner.execute(_STATEMENT, (call["event_id"], *wanted, *rest)).fetchall()


def _query(stock: Stock, call: dict[str, Any]) -> Query:
    """The recorded search in numpy's terms: price, year and make; wishes that have a bit. The rest is left out."""
    where, limits = call["where"], {}
    if "price" in where:
        price = where["price"]
        limits = {
            "price": (price.get("gte", 0), price.get("lte", np.inf)),
            "year": where.get("year", {}).get("gte", 0),
        }
    makes = {facet.id for facet in stock.vocabulary.facets if facet.attribute == "make"}
    named = [ids[0] for ids in where.get("any", []) if ids[0] in makes]
    if limits and named:
        limits["make"] = named[0]
    bit_of = {facet.id: facet.bit for facet in stock.vocabulary.facets}
    groups = call["wishes"].get("groups", [])
    mask = np.zeros(256, np.uint8)
    mask[[bit for ids in groups if (bit := bit_of[ids[0]]) is not None]] = 1
    words = np.frombuffer(np.packbits(mask).tobytes(), ">u8").astype(np.uint64)
    spoken = call["embedding"]
    vector = np.array(
        [float(part) for part in spoken[1:-1].split(",")] if spoken else [0.0] * 256, np.float32
    )
    return Query(call["text"] or "", vector, limits, words, len(groups))


async def _bundle(ground: Ground, stock: Stock) -> Bundle:
    async with ground.database.as_system("read versions for a benchmark") as ctx:
        return (await events.list_served(ctx, event_id=stock.event))[0]


async def _crowd(ground: Ground, found: Findings, stock: Stock, web: Web) -> None:
    """Eight buyers at once, each with one message after the other."""
    texts = [question.text for question in questions(max(1, ground.sizes.turns // 3), seed=23)]

    def one(_: int) -> list[float]:
        own = web.another()
        try:
            return [timed(lambda text: own.say(own.start(stock.slug), text), text) for text in texts]
        finally:
            own.close()

    took: list[list[float]] = []

    async def all_of_them() -> None:
        took.extend(await asyncio.gather(*(asyncio.to_thread(one, n) for n in range(_CLIENTS))))

    wall = await timed_async(all_of_them)
    rate = _CLIENTS * len(texts) / wall * 1e3
    found.add(
        f"{stock.listings:,} listings, {_CLIENTS} buyers at once: begin and say, over HTTP",
        [value for each in took for value in each],
        note=f"{rate:.0f} conversations begun and answered per second by one process",
    )
