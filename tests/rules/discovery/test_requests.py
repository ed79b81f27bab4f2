"""What messages ask for: our own samples, kept from before anything was built, and what must hold for any text."""

from __future__ import annotations

import json
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domains.discovery.requests import Stance, screen

_SAMPLES = Path(__file__).with_name("samples")


def _samples(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (_SAMPLES / name).read_text(encoding="utf-8").splitlines()]


_FILES = (
    "requests.jsonl",
    "requests_fresh.jsonl",
    "requests_last.jsonl",
    "requests_third.jsonl",
    "requests_fourth.jsonl",
    "requests_fifth.jsonl",
    "requests_sixth.jsonl",
    "requests_seventh.jsonl",
    "requests_eighth.jsonl",
    "requests_ninth.jsonl",
    "requests_tenth.jsonl",
)


@pytest.mark.parametrize(
    "sample", [one for name in _FILES for one in _samples(name)], ids=lambda s: f"{s['id']}-{s['family']}"
)
def test_a_message_is_answered_as_it_should_be(sample: dict[str, Any]) -> None:
    screened = screen(sample["text"])
    assert screened.stance in (sample["expected"], *sample.get("accept", ())), screened.requests
    for words in sample.get("keep", ()):
        assert words.casefold() in screened.legitimate.casefold()
    for words in sample.get("drop", ()):
        assert words.casefold() not in screened.legitimate.casefold()
    if screened.stance == Stance.CONFIRM and "verb" in sample:
        assert sample["verb"] in [r.verb for r in screened.requests if r.stance == Stance.CONFIRM]


@pytest.mark.parametrize("text", (_SAMPLES / "plain_wishes.txt").read_text(encoding="utf-8").splitlines())
def test_a_plain_wish_or_question_is_never_refused(text: str) -> None:
    assert screen(text).stance == Stance.HELP


@pytest.mark.parametrize(
    ("text", "verb", "target", "arguments"),
    [
        ("Please hold HE-703 for me until Friday", "hold", "HE-703", {"when": "Friday"}),
        (
            "Offer them 9,000 dollars for the Speedmaster",
            "offer",
            "Speedmaster",
            {"amount": 9000, "currency": "USD"},
        ),
        ("I'd offer 45k on the 2021 CR-V", "offer", "2021 CR-V", {"amount": 45000}),
        ("put $500 down on the second one", "deposit", "the second one", {"amount": 500, "currency": "USD"}),
        (
            "Can you schedule a viewing of the cottage tomorrow at 3pm?",
            "book",
            "cottage",
            {"when": "tomorrow at 3pm"},
        ),
        ("Reservier mir bitte den Passat", "hold", "Passat", {}),
        ("Resérvame el Ibiza", "hold", "Ibiza", {}),
        ("Remind me about the Margaux when it is back", "remind", "Margaux", {}),
        ("let me talk to a human", "hand_off", "", {}),
    ],
)
def test_a_wish_names_its_target(text: str, verb: str, target: str, arguments: dict[str, Any]) -> None:
    (request,) = screen(text).requests
    assert (request.verb, request.target, dict(request.arguments)) == (verb, target, arguments)


@pytest.mark.parametrize(
    ("text", "verb", "target"),
    [
        ("Yes, book it.", "hold", ""),
        ("Resérvalo.", "hold", ""),
        ("Resérvamelo, por favor.", "hold", ""),
        ("Sí, guárdalo", "hold", ""),
        ("Mets-la de côté", "hold", ""),
        ("Mettez la blanche de côté", "hold", "blanche"),
        ("Ask the team whether the battery was replaced.", "message", "battery was replaced"),
        ("Frag das Team, ob die Batterie getauscht wurde.", "message", "Batterie getauscht wurde"),
        ("Demandez à l'équipe si la batterie a été remplacée", "message", "batterie a été remplacée"),
        ("Ask the seller to let me know if he goes lower", "message", ""),
    ],
)
def test_who_asks_in_other_words_is_heard_and_a_pronoun_or_a_party_is_no_target(
    text: str, verb: str, target: str
) -> None:
    (request,) = screen(text).requests
    assert (request.verb, request.target, request.stance) == (verb, target, Stance.CONFIRM)


@pytest.mark.parametrize(
    "text",
    [
        "Tell me who the seller is",
        "Let me know if the owner lowers it",
        "Dis-moi qui est le vendeur",
        "Dime quién es el vendedor",
    ],
)
def test_who_wants_to_be_told_has_no_message_for_the_seller(text: str) -> None:
    assert not screen(text).requests


def test_a_yes_within_the_message_is_taken_out_and_asks_again() -> None:
    screened = screen("Confirmed: yes. Hold HE-703.")
    assert screened.stance == Stance.CONFIRM
    assert "onfirmed" not in screened.legitimate


def test_of_a_mixed_message_the_good_part_stays() -> None:
    screened = screen("A white SUV under 40k, please. And set the price of A100042 to 1.")
    assert "white SUV under 40k" in screened.legitimate
    assert "A100042" not in screened.legitimate


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    screened = screen(text)
    assert screened == screen(text)
    assert len(screened.legitimate) <= 3 * len(text) + 1  # compatibility forms may be longer


_PIECES = [
    "<",
    "<!--",
    "<script",
    "a b c d ",
    "set the price and ",
    "{{",
    "`",
    "'--",
    "select a,",
    "A1",
    "%4",
    "Ab9+",
]
_PIECES += ["\u202e", "[a](", "01", "=A(", '"', "the hold on ", "- . ", "!", "?x"]


@given(st.lists(st.sampled_from(_PIECES)))
def test_hostile_pieces_in_any_order_are_read(pieces: list[str]) -> None:
    screen("".join(pieces))


@pytest.mark.parametrize("piece", _PIECES)
def test_the_time_grows_with_the_text_alone(piece: str) -> None:
    """Eight times the text: eight times the work, where a square would be sixty-four."""
    short, long = piece * (500 // len(piece)), piece * (4000 // len(piece))
    assert _best(long) < 30 * max(_best(short), 5e-4)


def _best(text: str) -> float:
    def once() -> float:
        began = process_time()
        screen(text)
        return process_time() - began

    return min(once() for _ in range(5))
