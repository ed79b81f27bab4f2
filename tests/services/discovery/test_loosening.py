"""What is offered where nothing fits is true: each change gives exactly as many listings as it says."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from backend.domains.discovery import finding, rules
from backend.domains.discovery.model import Filter, Loosening, State
from tests.services.discovery.conftest import Shop


async def _found(shop: Shop, ctx: Any, filters: tuple[Filter, ...]) -> finding.Found:
    return await finding.search(
        ctx,
        event_id=shop.bundle.event_id,
        document=shop.bundle.document,
        state=State(filters=filters),
        index=shop.index,
        vector=None,
    )


def _changed(filters: tuple[Filter, ...], loosening: Loosening) -> tuple[Filter, ...]:
    changes = {one.filter.id: one.to for one in (loosening, *loosening.also)}
    kept = [changes.get(f.id, f) for f in filters]
    return tuple(f for f in kept if f is not None)


def _limits(shop: Shop, rng: random.Random) -> tuple[Filter, ...]:
    """A handful of limits that hardly anything meets together."""
    values = {name: [f.display for f in shop.index.values[name]] for name in ("model", "color_exterior", "specs.trim")
              if name in shop.index.values}  # fmt: skip
    limits = [
        Filter("price", "lte", rng.randint(14, 40) * 1000),
        Filter("mileage", "lte", rng.randint(2, 30) * 1000),
        Filter("year", "gte", rng.randint(2020, 2025)),
        Filter("price", "between", [30_000, rng.randint(31, 50) * 1000]),
        Filter("specs.heat_pump", "eq", True),
        Filter("specs.tow_hitch", "eq", True),
        *(Filter(name, "in", rng.sample(known, min(2, len(known)))) for name, known in values.items()),
    ]
    chosen = {f.field: f for f in rng.sample(limits, rng.randint(3, 6))}
    return tuple(replace(f, turn=n) for n, f in enumerate(chosen.values()))


async def test_every_change_gives_what_it_says(shop: Shop) -> None:
    rng, offered = random.Random(11), 0
    async with shop.database.as_system("a test looks for loosenings") as ctx:
        for _ in range(80):
            filters = _limits(shop, rng)
            found = await _found(shop, ctx, filters)
            if found.matches > 3:
                assert found.loosenings == ()
                continue
            for loosening in found.loosenings:
                offered += 1
                changed = _changed(filters, loosening)
                assert loosening.matches > found.matches
                assert loosening.matches == await finding.count(
                    ctx, event_id=shop.bundle.event_id, filters=changed, index=shop.index
                ), (filters, loosening)
            alone = [
                await finding.count(
                    ctx, event_id=shop.bundle.event_id, filters=rules.without(filters, (f,)), index=shop.index
                )
                for f in filters
            ]
            if found.matches == 0 and any(alone):
                assert found.loosenings
                assert all(not one.also for one in found.loosenings)
    assert offered > 60


async def test_near_misses_are_shown_where_nothing_fits(shop: Shop) -> None:
    filters = (Filter("price", "lte", 9_000), Filter("model", "in", ["Model 3"]))
    async with shop.database.as_system("a test looks for near misses") as ctx:
        found = await _found(shop, ctx, filters)
    assert found.matches == 0
    assert found.hits
    assert found.relaxation is not None
    assert found.relaxation.filters == (filters[0],)
