"""The whole of the search with the product's own embedder, beside brute force: no time is measured."""

from __future__ import annotations

from dataclasses import replace

from backend.core.settings import Settings
from benchmarks import recall
from benchmarks.ground import TINY, stand_on


async def test_hardly_any_of_the_true_best_is_missed_at_any_selectivity(settings: Settings) -> None:
    async with stand_on(settings, replace(TINY, turns=6, listings=(3000,))) as ground:
        found = await recall.run(ground)
    assert len(found.figures) == 2 * 2 * len(recall.KINDS)
    missed = [(f.name, f.own.p50, f.note) for f in found.figures if f.goal is None or not f.goal.met(f)]
    assert missed == []
