"""The words of experiments: counts of an arm, what they say, and how far to trust it. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

#: One entry of `experiments` in a compiled event document.
Experiment: TypeAlias = Mapping[str, Any]


class Verdict(StrEnum):
    """What the figures allow to be said at 95 %."""

    SUSPECT_SPLIT = "suspect_split"
    NOT_ENOUGH = "not_enough"
    NO_DIFFERENCE = "no_difference"
    VARIANT_BETTER = "variant_better"
    CONTROL_BETTER = "control_better"
    NOT_COMPARED = "not_compared"


class RatioVerdict(StrEnum):
    OK = "ok"
    SUSPECT = "suspect"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many saw an arm, and how many of them did what was hoped for."""

    exposed: int
    converted: int

    @property
    def rate(self) -> float | None:
        """Unit: share from 0 to 1. None while nobody saw it."""
        return self.converted / self.exposed if self.exposed else None


@dataclass(frozen=True, slots=True)
class Interval:
    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Comparison:
    """A variant beside the control. Everything counts variant minus control; None is what cannot be computed.

    `reason` says what `enough` lacks, else it is empty.
    """

    control: str
    variant: str
    difference: float | None
    interval: Interval | None
    z: float | None
    p: float | None
    enough: bool
    reason: str


@dataclass(frozen=True, slots=True)
class RatioCheck:
    """Whether the arms were seen as often as their weights promise. `expected` in the order of the arms."""

    chi2: float
    degrees: int
    p: float
    verdict: RatioVerdict
    expected: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ArmResult:
    """One arm: what it was to get, what came. `interval` is that of the rate."""

    key: str
    title: str
    weight: float
    exposed: int
    converted: int
    rate: float | None
    interval: Interval


@dataclass(frozen=True, slots=True)
class ExperimentResult:
    """One experiment so far. `comparison` only where there are exactly two arms; the first is the control."""

    key: str
    title: str
    hypothesis: str
    primary_metric: str
    confidence: float
    arms: tuple[ArmResult, ...]
    comparison: Comparison | None
    ratio_check: RatioCheck
    verdict: Verdict
