"""How messages feel, in four languages, and where a conversation goes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domains.discovery.sentiment import mood, sentiment


@pytest.mark.parametrize(
    "text",
    [
        "this is useless", "I already told you twice, this does not work", "not good at all", "what a waste of time",
        "das nervt", "Das ist nicht gut", "c'est nul", "j'en ai marre", "esto no funciona", "estoy harto", "I am not happy",
        "THIS IS NOT WHAT I ASKED FOR!!",
    ],
)  # fmt: skip
def test_bad_is_felt(text: str) -> None:
    assert sentiment(text) < -0.2


@pytest.mark.parametrize(
    "text",
    [
        "I love it",
        "perfect, thank you",
        "not bad",
        "das ist perfekt",
        "c'est parfait",
        "me encanta",
        "sounds good",
        "gefällt mir sehr gut",
    ],
)
def test_good_is_felt(text: str) -> None:
    assert sentiment(text) > 0.2


@pytest.mark.parametrize(
    "text", ["", "a white SUV under 40k", "no sunroof", "ein Kombi bis 20000", "sans toit ouvrant"]
)
def test_plain_wishes_feel_like_nothing(text: str) -> None:
    assert sentiment(text) == 0


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([], "steady"), ([0.0, 0.0], "steady"), ([-0.5, -0.4, -0.6], "frustrated"), ([0.4, 0.0, -0.5], "falling"),
        ([-0.8], "falling"), ([0.5, 0.6], "pleased"), ([-0.5, -0.5, -0.5, 0.5], "steady"),
    ],
)  # fmt: skip
def test_the_mood_is_the_way_it_goes(scores: list[float], expected: str) -> None:
    assert mood(scores) == expected


@given(st.text(max_size=300))
def test_a_feeling_is_between_minus_one_and_one(text: str) -> None:
    assert -1 <= sentiment(text) <= 1
