"""Every benchmark runs on tiny sizes, and what it says can be written and read. No time is asserted."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator

import pytest
from click.testing import CliRunner
from rich.console import Console

from backend.cli.bench import bench
from backend.core.settings import Settings
from benchmarks import report
from benchmarks.ground import TINY, Ground, stand_on
from benchmarks.measure import Findings, Goal, Spread
from benchmarks.runner import BENCHMARKS, run_all


@pytest.fixture
async def ground(settings: Settings) -> AsyncIterator[Ground]:
    async with stand_on(settings, TINY) as ground:
        yield ground


@pytest.mark.parametrize("name", [name for name in BENCHMARKS if name != "memory"])
async def test_it_runs_and_its_figures_are_whole(ground: Ground, name: str) -> None:
    run = await run_all(ground, [name], sizes="tiny")
    (found,) = json.loads(json.dumps(run))["benchmarks"]
    assert not found["failed"], found["skipped"]
    assert found["figures"]
    for figure in found["figures"]:
        assert figure["own"]["n"] > 0
        assert 0 <= figure["own"]["p50"] <= figure["own"]["p95"]
        assert not figure["floor_name"] or figure["ratio"] > 0
    assert name.capitalize() in report.page(run)


async def test_a_race_for_one_unit_has_one_winner(ground: Ground) -> None:
    run = await run_all(ground, ["holds"], sizes="tiny")
    winners = next(f for f in run["benchmarks"][0]["figures"] if f["name"] == "winners per round")
    assert (winners["own"]["p50"], winners["own"]["p95"]) == (1, 1)


async def test_memory_says_when_there_is_nothing_to_see(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MPAX_HOME", str(ground.settings.home))
    run = await run_all(ground, ["memory"], sizes="tiny")
    assert "no stack" in run["benchmarks"][0]["skipped"]


async def test_one_that_breaks_says_so_and_the_next_still_runs(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_: Ground) -> Findings:
        raise ValueError("no such thing")

    monkeypatch.setattr("benchmarks.holds.run", broken)
    run = await run_all(ground, ["holds", "documents"], sizes="tiny")
    first, second = run["benchmarks"]
    assert first["failed"]
    assert "no such thing" in first["skipped"]
    assert second["figures"]
    out = io.StringIO()
    report.show(run, Console(file=out, width=160))
    assert "failed: ValueError: no such thing" in out.getvalue()


def test_a_goal_is_judged_by_the_ratio_or_by_the_time() -> None:
    found = Findings("some")
    found.add("fast", [2.0, 2.0], floor=("floor", [1.0, 1.0]), goal=Goal("ratio", "<=", 2.2))
    found.add("rare", [2.0], "/s", floor=("floor", [10.0]), goal=Goal("ratio", ">=", 0.5))
    found.add("late", [1.0, 90.0], goal=Goal("p95", "<=", 10))
    assert [figure.to_json()["goal"]["met"] for figure in found.figures] == [True, False, False]
    assert Spread.of([1, 2, 3, 4, 5]) == Spread(5, 3.0, 4.8)


def test_an_unknown_name_is_refused_with_those_there_are() -> None:
    answer = CliRunner().invoke(bench, ["--help"])
    assert answer.exit_code == 0
    assert all(name in answer.output for name in BENCHMARKS)
