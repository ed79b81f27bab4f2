"""Two proportions: published numbers, an independent formula, and what must hold for all counts."""

from __future__ import annotations

import json
from dataclasses import asdict
from math import erfc, isclose, sqrt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, chisquare

from backend.domains.experiments import stats
from backend.domains.experiments.model import Counts, Interval, RatioVerdict, Verdict

NAMES = ("control", "variant")


@st.composite
def counts(draw: st.DrawFn, least: int = 1, most: int = 5_000) -> Counts:
    exposed = draw(st.integers(least, most))
    return Counts(exposed, draw(st.integers(0, exposed)))


def mirrored(interval: Interval) -> Interval:
    return Interval(-interval.high, -interval.low)


def near(one: Interval, other: Interval, tolerance: float = 1e-9) -> bool:
    return abs(one.low - other.low) <= tolerance and abs(one.high - other.high) <= tolerance


# Newcombe 1998, Statistics in Medicine 17:857-872, table I, method 3.
@pytest.mark.parametrize(
    ("x", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_published_intervals(x: int, n: int, low: float, high: float) -> None:
    assert near(stats.wilson(Counts(n, x)), Interval(low, high), 5e-5)


# Newcombe 1998, Statistics in Medicine 17:873-890, table II, method 10: p1 - p2.
@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_newcombe_gives_the_published_intervals(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    interval = stats.newcombe(Counts(second[1], second[0]), Counts(first[1], first[0]))
    assert interval is not None
    assert near(interval, Interval(low, high), 5e-5)


def test_z_and_p_are_those_of_statsmodels() -> None:
    """The example of `statsmodels.stats.proportion.proportions_ztest`: counts 5 and 12 of 83 and 99."""
    found = stats.compare(Counts(99, 12), Counts(83, 5), names=NAMES)
    assert found.z == pytest.approx(-1.4078304151258787, abs=1e-12)
    assert found.p == pytest.approx(0.15918129181156992, abs=1e-12)


@given(counts(), counts())
def test_z_squared_is_pearsons_chi_squared(control: Counts, variant: Counts) -> None:
    z = stats.pooled_z(control, variant)
    assume(z is not None)
    table = [[arm.converted, arm.exposed - arm.converted] for arm in (control, variant)]
    independent = chi2_contingency(table, correction=False)
    assert z is not None
    assert isclose(z * z, independent.statistic, rel_tol=1e-7, abs_tol=1e-9)
    p = stats.compare(control, variant, names=NAMES).p
    assert p is not None
    assert isclose(p, erfc(abs(z) / sqrt(2)), rel_tol=1e-9, abs_tol=1e-300)


@given(counts())
def test_wilson_solves_its_own_equation(arm: Counts) -> None:
    """Both bounds are rates that lie exactly 1.95996 of their own standard errors from what was seen."""
    interval = stats.wilson(arm)
    assert arm.rate is not None
    assert 0.0 <= interval.low <= arm.rate <= interval.high <= 1.0
    for bound in (interval.low, interval.high):
        if bound not in (0.0, 1.0):
            score = abs(arm.rate - bound) / sqrt(bound * (1 - bound) / arm.exposed)
            assert isclose(score, 1.959963984540054, rel_tol=1e-6)


@given(counts())
def test_failures_mirror_successes(arm: Counts) -> None:
    interval = stats.wilson(arm)
    failures = stats.wilson(Counts(arm.exposed, arm.exposed - arm.converted))
    assert near(failures, Interval(1 - interval.high, 1 - interval.low))


@given(counts(), counts())
def test_exchanged_arms_change_only_the_sign(control: Counts, variant: Counts) -> None:
    one = stats.compare(control, variant, names=NAMES)
    other = stats.compare(variant, control, names=NAMES)
    assert one.interval is not None
    assert other.interval is not None
    assert near(other.interval, mirrored(one.interval))
    assert one.difference == -(other.difference or 0.0)
    assert (one.p, one.enough) == (other.p, other.enough)
    assert one.z is None or one.z == -(other.z or 0.0)


@given(counts(), counts())
def test_the_interval_contains_the_difference(control: Counts, variant: Counts) -> None:
    found = stats.compare(control, variant, names=NAMES)
    assert found.interval is not None
    assert found.difference is not None
    assert -1.0 <= found.interval.low <= found.difference <= found.interval.high <= 1.0
    assert found.p is None or 0.0 <= found.p <= 1.0


@given(counts(most=500), st.integers(2, 20))
def test_more_data_at_the_same_rate_says_more(arm: Counts, times: int) -> None:
    few, many = stats.wilson(arm), stats.wilson(Counts(arm.exposed * times, arm.converted * times))
    assert many.high - many.low < few.high - few.low


@given(counts(), counts(), st.floats(0.5, 0.95))
def test_more_confidence_takes_a_wider_interval(control: Counts, variant: Counts, confidence: float) -> None:
    narrow, wide = stats.newcombe(control, variant, confidence), stats.newcombe(control, variant, 0.99)
    assert narrow is not None
    assert wide is not None
    assert wide.low <= narrow.low <= narrow.high <= wide.high


@given(counts(), counts())
def test_one_more_conversion_moves_everything_up(control: Counts, variant: Counts) -> None:
    assume(variant.converted < variant.exposed)
    more = Counts(variant.exposed, variant.converted + 1)
    before, after = stats.newcombe(control, variant), stats.newcombe(control, more)
    assert before is not None
    assert after is not None
    assert after.low >= before.low
    assert after.high >= before.high


def test_nothing_seen_gives_no_number_and_no_error() -> None:
    found = stats.compare(Counts(0, 0), Counts(10, 3), names=NAMES)
    assert (found.difference, found.interval, found.z, found.p) == (None, None, None, None)
    assert not found.enough
    assert stats.wilson(Counts(0, 0)) == Interval(0.0, 1.0)
    json.dumps(asdict(found), allow_nan=False)


@pytest.mark.parametrize("converted", [0, 50])
def test_equal_certainty_in_both_arms_has_no_z(converted: int) -> None:
    found = stats.compare(Counts(50, converted), Counts(50, converted), names=NAMES)
    assert (found.difference, found.z, found.p) == (0.0, None, None)


@pytest.mark.parametrize(
    ("control", "variant", "reason"),
    [
        (Counts(100, 10), Counts(100, 90), ""),
        (Counts(100, 9), Counts(100, 50), "each arm needs at least 10 conversions"),
        (Counts(100, 50), Counts(100, 91), "each arm needs at least 10 sessions without a conversion"),
        (Counts(0, 0), Counts(0, 0), "each arm needs at least 10 conversions"),
    ],
)
def test_ten_of_each_are_enough(control: Counts, variant: Counts, reason: str) -> None:
    found = stats.compare(control, variant, names=NAMES)
    assert (found.enough, found.reason) == (not reason, reason)


def test_a_sample_ratio_mismatch_is_suspect() -> None:
    """Kohavi, Tang, Xu 2020: 821,588 against 815,482 users of an even split has p = 1.8e-6."""
    found = stats.sample_ratio_check([821_588, 815_482], [0.5, 0.5])
    assert found.p == pytest.approx(1.8e-6, rel=0.02)
    assert found.verdict is RatioVerdict.SUSPECT
    assert found.expected == (818_535, 818_535)


@given(st.lists(st.tuples(st.integers(0, 10_000), st.floats(0.05, 1)), min_size=2, max_size=6))
def test_the_ratio_check_is_pearsons_test(arms: list[tuple[int, float]]) -> None:
    observed, weights = [n for n, _ in arms], [w for _, w in arms]
    assume(sum(observed))
    found = stats.sample_ratio_check(observed, weights)
    independent = chisquare(observed, [sum(observed) * w / sum(weights) for w in weights])
    assert isclose(found.chi2, independent.statistic, rel_tol=1e-6, abs_tol=1e-9)
    assert isclose(found.p, independent.pvalue, rel_tol=1e-6, abs_tol=1e-12)
    assert (found.verdict is RatioVerdict.SUSPECT) == (found.p < 0.001)


def test_a_split_of_nobody_is_ok() -> None:
    assert stats.sample_ratio_check([0, 0], [0.5, 0.5]).verdict is RatioVerdict.OK


def test_an_arm_without_weight_that_was_seen_is_suspect() -> None:
    assert stats.sample_ratio_check([100, 1], [1.0, 0.0]).verdict is RatioVerdict.SUSPECT
    assert stats.sample_ratio_check([100, 0], [1.0, 0.0]).verdict is RatioVerdict.OK


@pytest.mark.parametrize(
    ("control", "variant", "verdict"),
    [
        (Counts(1000, 100), Counts(1000, 160), Verdict.VARIANT_BETTER),
        (Counts(1000, 160), Counts(1000, 100), Verdict.CONTROL_BETTER),
        (Counts(1000, 100), Counts(1000, 102), Verdict.NO_DIFFERENCE),
        (Counts(30, 2), Counts(30, 9), Verdict.NOT_ENOUGH),
        (Counts(2000, 100), Counts(1000, 160), Verdict.SUSPECT_SPLIT),
    ],
)
def test_the_verdict_says_no_more_than_the_figures(
    control: Counts, variant: Counts, verdict: Verdict
) -> None:
    comparison = stats.compare(control, variant, names=NAMES)
    ratio = stats.sample_ratio_check([control.exposed, variant.exposed], [0.5, 0.5])
    assert stats.verdict_of(comparison, ratio) is verdict
