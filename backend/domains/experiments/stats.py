"""Two proportions beside each other, and whether the split was as promised. Pure.

Made for one look at a planned size: who looks every day and stops at the first p below 0.05 is wrong more often
than one time in twenty. Does not correct for many arms, so it compares exactly two.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Final

from scipy.special import chdtrc, ndtr, ndtri

from backend.domains.experiments.model import (
    Comparison,
    Counts,
    Interval,
    RatioCheck,
    RatioVerdict,
    Verdict,
)

CONFIDENCE: Final = 0.95
SUSPECT_BELOW: Final = 0.001
FEWEST: Final = 10


def wilson(counts: Counts, confidence: float = CONFIDENCE) -> Interval:
    """The score interval of a rate; from 0 to 1 while nobody was exposed.

    Source: Wilson 1927, JASA 22:209-212; method 3 of Newcombe 1998, Statistics in Medicine 17:857-872.
    """
    n, x = counts.exposed, counts.converted
    if n == 0:
        return Interval(0.0, 1.0)
    z = _quantile(confidence)
    center = (x + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * sqrt(x * (n - x) / n + z * z / 4)
    return Interval(0.0 if x == 0 else center - half, 1.0 if x == n else center + half)


def newcombe(control: Counts, variant: Counts, confidence: float = CONFIDENCE) -> Interval | None:
    """The hybrid score interval of the difference variant - control. None while an arm is empty.

    Source: method 10 of Newcombe 1998, Statistics in Medicine 17:873-890.
    """
    if control.rate is None or variant.rate is None:
        return None
    c, v = wilson(control, confidence), wilson(variant, confidence)
    difference = variant.rate - control.rate
    down = sqrt((variant.rate - v.low) ** 2 + (c.high - control.rate) ** 2)
    up = sqrt((v.high - variant.rate) ** 2 + (control.rate - c.low) ** 2)
    return Interval(max(-1.0, difference - down), min(1.0, difference + up))


def pooled_z(control: Counts, variant: Counts) -> float | None:
    """The z of variant - control under one common rate. None where that rate is 0, 1 or unknown.

    Source: Fleiss, Levin, Paik 2003, Statistical Methods for Rates and Proportions, 3rd ed., section 3.1, without
    the continuity correction.
    """
    if control.rate is None or variant.rate is None:
        return None
    n = control.exposed + variant.exposed
    x = control.converted + variant.converted
    if x in (0, n):
        return None
    common = x / n
    spread = sqrt(common * (1 - common) * (1 / control.exposed + 1 / variant.exposed))
    return (variant.rate - control.rate) / spread


def compare(
    control: Counts, variant: Counts, *, names: tuple[str, str], confidence: float = CONFIDENCE
) -> Comparison:
    """Difference, its interval, z and the two-sided p. `names` are those of the control and of the variant."""
    difference = None
    if control.rate is not None and variant.rate is not None:
        difference = variant.rate - control.rate
    z = pooled_z(control, variant)
    reason = lack(control, variant)
    return Comparison(
        control=names[0],
        variant=names[1],
        difference=difference,
        interval=newcombe(control, variant, confidence),
        z=z,
        p=None if z is None else float(2 * ndtr(-abs(z))),
        enough=not reason,
        reason=reason,
    )


def lack(*arms: Counts) -> str:
    """What is missing before the normal approximation may be trusted; empty when nothing is.

    Source: the rule of 10 successes and 10 failures in each sample; Moore, McCabe, Craig, Introduction to the
    Practice of Statistics, chapter 8.
    """
    if any(arm.converted < FEWEST for arm in arms):
        return f"each arm needs at least {FEWEST} conversions"
    if any(arm.exposed - arm.converted < FEWEST for arm in arms):
        return f"each arm needs at least {FEWEST} sessions without a conversion"
    return ""


def sample_ratio_check(observed: Sequence[int], weights: Sequence[float]) -> RatioCheck:
    """Pearson's chi-squared test of how often each arm was seen against its weight.

    A suspect split means that sessions got lost on one side: no figure of the experiment can be trusted.
    Source: Kohavi, Tang, Xu 2020, Trustworthy Online Controlled Experiments, chapter 21, p below 0.001.
    """
    shown, total = sum(observed), sum(weights)
    expected = tuple(shown * weight / total for weight in weights) if total else (0.0,) * len(weights)
    if any(seen and not wanted for seen, wanted in zip(observed, expected, strict=True)):
        # an arm without weight was seen: impossible under the plan, whatever the size
        return RatioCheck(0.0, 0, 0.0, RatioVerdict.SUSPECT, expected)
    degrees = max(0, sum(weight > 0 for weight in weights) - 1)
    pairs = [(seen, wanted) for seen, wanted in zip(observed, expected, strict=True) if wanted]
    chi2 = float(sum((seen - wanted) ** 2 / wanted for seen, wanted in pairs))
    p = float(chdtrc(degrees, chi2)) if degrees and shown else 1.0
    verdict = RatioVerdict.SUSPECT if p < SUSPECT_BELOW else RatioVerdict.OK
    return RatioCheck(chi2, degrees, p, verdict, expected)


def verdict_of(comparison: Comparison | None, ratio: RatioCheck, confidence: float = CONFIDENCE) -> Verdict:
    """What may be said. A winner needs both the test and the interval on its side."""
    if ratio.verdict is RatioVerdict.SUSPECT:
        return Verdict.SUSPECT_SPLIT
    if comparison is None:
        return Verdict.NOT_COMPARED
    if not comparison.enough or comparison.p is None or comparison.interval is None:
        return Verdict.NOT_ENOUGH
    if comparison.p >= 1 - confidence or 0.0 in comparison.interval:
        return Verdict.NO_DIFFERENCE
    return Verdict.VARIANT_BETTER if comparison.interval.low > 0 else Verdict.CONTROL_BETTER


def _quantile(confidence: float) -> float:
    """The two-sided normal quantile: 1.95996 at 95 %."""
    return float(ndtri(0.5 + confidence / 2))
