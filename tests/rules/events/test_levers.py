"""Levers: weights stay a whole whatever is moved, ranges hold, and a move can be taken back."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backend.core.errors import NotAllowed
from backend.domains.events import service as events
from backend.domains.events.levers import Bounds, Move, balance, levers_of, moved, reach, undone
from backend.domains.events.model import Source

TEXT = "extends: platform_defaults\nid: spring-sale\nname: Spring Sale\n"
WEIGHT = ("ranking_weights", "individual_match")


def document(more: str = "") -> dict[str, Any]:
    compiled = events.check(Source(TEXT + more), events.shipped_templates()).compiled
    assert compiled is not None
    return dict(compiled.document)


def with_values(base: dict[str, Any], values: dict[tuple[str, ...], Any]) -> dict[str, Any]:
    changed = {name: dict(value) if isinstance(value, dict) else value for name, value in base.items()}
    for (section, name), value in values.items():
        changed[section][name] = value
    return changed


@st.composite
def rooms(draw: st.DrawFn) -> tuple[dict[str, Decimal], dict[str, Bounds]]:
    """Weights of four decimals that sum to 1, each with room around it."""
    cuts = sorted(draw(st.lists(st.integers(0, 10_000), min_size=1, max_size=5)))
    parts = [b - a for a, b in zip([0, *cuts], [*cuts, 10_000], strict=True)]
    weights = {f"w{n}": Decimal(part) / 10_000 for n, part in enumerate(parts)}
    spread = st.integers(0, 3_000).map(lambda n: Decimal(n) / 10_000)
    return weights, {
        n: Bounds(max(w - draw(spread), Decimal(0)), w + draw(spread)) for n, w in weights.items()
    }


@given(rooms(), st.integers(0, 10_000))
def test_weights_sum_to_one_and_stay_in_their_rooms(
    given_rooms: tuple[dict[str, Decimal], dict[str, Bounds]], place: int
) -> None:
    weights, limits = given_rooms
    far = reach(limits, "w0")
    assert far.low <= weights["w0"] <= far.high
    value = (far.low + (far.high - far.low) * place / 10_000).quantize(Decimal("0.0001"))
    assume(far.low <= value <= far.high)
    balanced = balance(weights, limits, "w0", value)
    assert balanced["w0"] == value
    assert sum(balanced.values()) == 1
    for name, weight in balanced.items():
        assert limits[name].low <= weight <= limits[name].high


def test_the_others_keep_their_proportions() -> None:
    weights = {"a": Decimal("0.5"), "b": Decimal("0.3"), "c": Decimal("0.2")}
    limits = {name: Bounds(Decimal(0), Decimal(1)) for name in weights}
    balanced = balance(weights, limits, "a", Decimal("0.6"))
    assert balanced == {"a": Decimal("0.6"), "b": Decimal("0.24"), "c": Decimal("0.16")}


@given(st.floats(0.56, 0.64))
def test_a_moved_weight_of_a_document_leaves_a_valid_one(value: float) -> None:
    base = document()
    changed = with_values(base, moved(base, base, WEIGHT, round(value, 4)))
    assert sum(Decimal(str(w)) for w in changed["ranking_weights"].values()) == 1
    again = "ranking_weights: " + str(dict(changed["ranking_weights"])) + "\n"
    assert document(again)["ranking_weights"] == changed["ranking_weights"]


@pytest.mark.parametrize("value", [0.5, 0.7, "0.6", True, None, float("nan"), float("inf")])
def test_what_is_outside_is_refused(value: Any) -> None:
    base = document()
    with pytest.raises(NotAllowed) as refused:
        moved(base, base, WEIGHT, value)
    assert refused.value.code == "events.outside_lever"
    assert (refused.value.facts["low"], refused.value.facts["high"]) == (0.56, 0.64)


def test_moving_away_in_small_steps_does_not_move_the_range() -> None:
    baseline = document()
    current = with_values(baseline, moved(baseline, baseline, WEIGHT, 0.64))
    with pytest.raises(NotAllowed):
        moved(current, baseline, WEIGHT, 0.65)


def test_switches_and_numbers_of_other_sections() -> None:
    base = document()
    views = {view.path: view for view in levers_of(base, base)}
    hold = views["/conversion/hold_minutes"]
    assert (hold.kind, hold.low, hold.high, hold.unit) == ("number", 12, 60, "minutes")
    off = views["/safety/ai_off"]
    assert (off.kind, off.value, off.options, off.reload) == ("toggle", False, (False, True), "kill")
    assert moved(base, base, ("safety", "ai_off"), True) == {("safety", "ai_off"): True}
    with pytest.raises(NotAllowed):
        moved(base, base, ("safety", "ai_off"), 1)


def test_every_lever_stands_inside_its_range_to_begin_with() -> None:
    base = document()
    views = levers_of(base, base)
    assert len(views) > 10
    for view in views:
        assert view.label
        assert view.help
        if view.kind == "number":
            assert view.low is not None
            assert view.high is not None
            assert view.low <= view.value <= view.high
        else:
            assert view.value in view.options


def test_the_last_move_is_taken_back_alone_or_with_its_weights() -> None:
    first = document()
    second = with_values(first, moved(first, first, WEIGHT, 0.58))
    third = with_values(second, {("conversion", "hold_minutes"): 30})
    now = datetime(2026, 11, 21, tzinfo=UTC)
    moves = [Move(second, third, now, "b@example.com"), Move(first, second, now, "a@example.com")]
    assert undone(moves, None) == {("conversion", "hold_minutes"): 24}
    weights = undone(moves, ("ranking_weights", "scarcity"))
    assert with_values(second, weights) == first
    assert undone(moves, ("sdme", "badges")) == {}
    assert undone([], None) == {}
    view = next(v for v in levers_of(third, first, moves) if v.path == "/ranking_weights/individual_match")
    assert (view.previous, view.moved_by, view.may_undo) == (0.6, "a@example.com", True)
