"""An arm is for ever: golden values, fairness, independence, speed."""

from __future__ import annotations

import timeit
from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, chisquare

from backend.domains.experiments.rules import BUCKETS, assign, assign_all, bucket, outcome_of

KEY = "pricing_cards_vs_ownership_cost_cards_v1"
IDS = [UUID(int=n * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128) for n in range(40_000)]


def experiment(*weights: float, key: str = KEY) -> dict[str, Any]:
    return {"key": key, "arms": [{"key": "abcdef"[i], "weight": w} for i, w in enumerate(weights)]}


# Computed once, kept for ever: a change here would move buyers to another arm in the middle of an experiment.
GOLDEN = [
    (KEY, 0, 7942),
    (KEY, 1, 8851),
    (KEY, 2, 2812),
    (KEY, 3, 4927),
    ("greeting_v2", 0, 5674),
    ("greeting_v2", 1, 2844),
    ("greeting_v2", 2, 3835),
    ("greeting_v2", 3, 9997),
]


@pytest.mark.parametrize(("key", "number", "expected"), GOLDEN)
def test_buckets_never_change(key: str, number: int, expected: int) -> None:
    assert bucket(key, UUID(int=number)) == expected


def test_arms_never_change() -> None:
    arms = "".join(assign(experiment(0.5, 0.5), UUID(int=n)) for n in range(16))
    assert arms == "bbaabbaaabaaaabb"


def test_buckets_are_uniform() -> None:
    seen = Counter(bucket(KEY, one) // 100 for one in IDS)
    assert chisquare([seen[i] for i in range(BUCKETS // 100)]).pvalue > 0.001


@pytest.mark.parametrize("weights", [(0.5, 0.5), (0.1, 0.9), (0.2, 0.3, 0.5)])
def test_arms_are_seen_as_often_as_their_weights_say(weights: tuple[float, ...]) -> None:
    seen = Counter(assign(experiment(*weights), one) for one in IDS)
    observed = [seen["abcdef"[i]] for i in range(len(weights))]
    assert chisquare(observed, [w * len(IDS) for w in weights]).pvalue > 0.001


def test_two_experiments_do_not_know_of_each_other() -> None:
    table = Counter(
        (assign(experiment(0.5, 0.5), one), assign(experiment(0.5, 0.5, key="other"), one)) for one in IDS
    )
    assert chi2_contingency([[table[x, y] for y in "ab"] for x in "ab"]).pvalue > 0.001


@given(st.uuids(), st.floats(0.01, 0.98), st.floats(0.0, 0.01))
def test_a_larger_share_only_lets_buyers_in(unit: UUID, share: float, more: float) -> None:
    before = assign(experiment(share, 1 - share), unit)
    after = assign(experiment(share + more, 1 - share - more), unit)
    assert not (before == "a" and after == "b")


@given(st.uuids(), st.lists(st.floats(0, 1), min_size=2, max_size=6))
def test_an_arm_without_weight_gets_nobody(unit: UUID, weights: list[float]) -> None:
    plan = experiment(*weights)
    chosen = next(arm for arm in plan["arms"] if arm["key"] == assign(plan, unit))
    assert chosen["weight"] > 0 or (not any(weights) and chosen is plan["arms"][0])


def test_every_experiment_of_a_document_gives_one_arm() -> None:
    document = {"experiments": [experiment(0.5, 0.5), experiment(0.0, 1.0, key="other")]}
    assert assign_all(document, UUID(int=2)) == {KEY: "a", "other": "b"}


def test_an_event_without_experiments_gives_no_arm() -> None:
    off = {"analytics": {"ab_enabled": False}, "experiments": [experiment(0.5, 0.5)]}
    assert assign_all(off, UUID(int=2)) == {}
    assert assign_all({}, UUID(int=2)) == {}


@pytest.mark.parametrize(
    ("metric", "outcome"),
    [
        ("hold_placed", ("hold.placed", None)),
        ("first_match", ("turn.first_match", None)),
        ("lead_shared", ("lead.opened", None)),
        ("call_requested", ("action.chosen", "call_requested")),
    ],
)
def test_a_metric_names_the_fact_it_counts(metric: str, outcome: tuple[str, str | None]) -> None:
    assert outcome_of(metric) == outcome


def test_an_assignment_takes_at_most_five_microseconds() -> None:
    plan, unit = experiment(0.2, 0.3, 0.5), UUID(int=7)
    best = min(timeit.repeat(lambda: assign(plan, unit), number=500, repeat=40)) / 500
    assert best <= 5e-6
