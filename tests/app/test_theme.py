"""The design tokens can be read in both modes, whatever accent an event brings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.theme import (
    COLORS,
    CONTROL_CONTRAST,
    CONTROL_PAIRS,
    STYLESHEET,
    TEXT_CONTRAST,
    TEXT_PAIRS,
    Mode,
    accent_style,
    contrast,
    corrected_accent,
    stylesheet,
)

MODES: tuple[Mode, ...] = ("light", "dark")
colors = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06X}")


def test_contrast_has_the_values_of_the_standard() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(
        4.478, abs=0.001
    )  # the usual example of a near miss


@pytest.mark.parametrize("mode", MODES)
def test_all_text_pairs_can_be_read(mode: Mode) -> None:
    tokens = COLORS[mode]
    weak = {pair: contrast(tokens[pair[0]], tokens[pair[1]]) for pair in TEXT_PAIRS}
    assert {pair: value for pair, value in weak.items() if value < TEXT_CONTRAST} == {}


@pytest.mark.parametrize("mode", MODES)
def test_controls_can_be_recognized(mode: Mode) -> None:
    tokens = COLORS[mode]
    weak = {pair: contrast(tokens[pair[0]], tokens[pair[1]]) for pair in CONTROL_PAIRS}
    assert {pair: value for pair, value in weak.items() if value < CONTROL_CONTRAST} == {}


def test_both_modes_define_the_same_tokens() -> None:
    assert COLORS["light"].keys() == COLORS["dark"].keys()


@pytest.mark.parametrize("mode", MODES)
@given(wish=colors)
def test_any_accent_is_corrected_until_it_can_be_read(mode: Mode, wish: str) -> None:
    found = corrected_accent(wish, mode)
    grounds = (COLORS[mode]["paper"], COLORS[mode]["surface"], found.accent_soft)
    assert all(contrast(found.accent, ground) >= TEXT_CONTRAST for ground in grounds)
    assert contrast(found.on_accent, found.accent) >= TEXT_CONTRAST


def test_a_readable_accent_stays_as_it_is() -> None:
    assert corrected_accent("#0F5C5C", "light").accent == "#0F5C5C"


@pytest.mark.parametrize("wish", ["", "red", "#12", "#GGGGGG", "url(javascript:1)", "#0F5C5C; color: red"])
def test_what_is_no_color_never_reaches_the_page(wish: str) -> None:
    style = accent_style(wish)
    assert style == accent_style("")
    assert wish not in style.values() or not wish


def test_the_stylesheet_is_written_from_the_tokens() -> None:
    assert STYLESHEET.read_text() == stylesheet()
