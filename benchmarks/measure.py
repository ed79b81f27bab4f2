"""Timings and what is said of them: percentiles, ratio to a floor, goal. No I/O."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np


@dataclass(frozen=True, slots=True)
class Spread:
    """What is kept of many values of one kind."""

    n: int
    p50: float
    p95: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        p50, p95 = np.percentile(np.asarray(values, dtype=float), [50, 95])
        return cls(len(values), float(p50), float(p95))


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure should reach: `Goal("ratio", "<=", 2.2)`."""

    of: Literal["ratio", "p50", "p95"]
    sign: Literal["<=", ">="]
    value: float

    def met(self, figure: Figure) -> bool | None:
        found = figure.ratio if self.of == "ratio" else getattr(figure.own, self.of)
        if found is None:
            return None
        return found <= self.value if self.sign == "<=" else found >= self.value

    def words(self, unit: str) -> str:
        mark = "≤" if self.sign == "<=" else "≥"
        return f"{mark} {self.value:g}×" if self.of == "ratio" else f"{self.of} {mark} {self.value:g} {unit}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of a report. `ratio` is own median by floor median, whichever way is better."""

    bench: str
    name: str
    unit: str
    own: Spread
    floor_name: str = ""
    floor: Spread | None = None
    goal: Goal | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return self.own.p50 / self.floor.p50 if self.floor and self.floor.p50 else None

    def to_json(self) -> dict[str, Any]:
        goal = {"words": self.goal.words(self.unit), "met": self.goal.met(self)} if self.goal else None
        return {**asdict(self), "goal": goal, "ratio": self.ratio}


@dataclass(slots=True)
class Findings:
    """What one benchmark found; `skipped` says why there is nothing."""

    bench: str
    figures: list[Figure] = field(default_factory=list)
    tables: list[tuple[str, list[str], list[list[str]]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    skipped: str = ""
    failed: bool = False
    took_s: float = 0

    def add(
        self,
        name: str,
        values: Sequence[float],
        unit: str = "ms",
        *,
        floor: tuple[str, Sequence[float]] | None = None,
        goal: Goal | None = None,
        note: str = "",
    ) -> None:
        spread = Spread.of(floor[1]) if floor and len(floor[1]) else None
        title = floor[0] if floor else ""
        self.figures.append(Figure(self.bench, name, unit, Spread.of(values), title, spread, goal, note))

    def to_json(self) -> dict[str, Any]:
        return {
            "bench": self.bench,
            "figures": [figure.to_json() for figure in self.figures],
            "tables": [{"title": t, "columns": c, "rows": r} for t, c, r in self.tables],
            "notes": self.notes,
            "skipped": self.skipped,
            "failed": self.failed,
            "took_s": round(self.took_s, 1),
        }


def timed(work: Callable[..., object], *arguments: Any) -> float:
    """Milliseconds of one call."""
    began = time.perf_counter()
    work(*arguments)
    return (time.perf_counter() - began) * 1e3


async def timed_async(work: Callable[..., Awaitable[object]], *arguments: Any) -> float:
    """Milliseconds of one awaited call."""
    began = time.perf_counter()
    await work(*arguments)
    return (time.perf_counter() - began) * 1e3


def interleaved(rounds: int, warm: int = 2, **works: Callable[[], object]) -> dict[str, list[float]]:
    """Times several things turn by turn, so that whatever else the machine does meets them alike."""
    seen: dict[str, list[float]] = {name: [] for name in works}
    for at in range(-warm, rounds):
        for name, work in works.items():
            took = timed(work)
            if at >= 0:
                seen[name].append(took)
    return seen
