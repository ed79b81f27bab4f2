"""What of a message may narrow the search: wishes, and never the words of a request about a certain listing."""

from __future__ import annotations

import pytest

from backend.domains.discovery.hearing import hear


@pytest.mark.parametrize(
    ("message", "wished"),
    [
        ("hold the blue SUV", ""),
        ("offer 9000 for the Submariner", ""),
        ("Reservieren Sie bitte den blauen Golf", ""),
        ("Hago una oferta de 9000 por el rojo", ""),
        ("book a test drive for the red Model 3 on Saturday", ""),
        ("SUVs under 30k, and hold the second one", "SUVs under 30k"),
        ("I need a 7 seater. Hold the first one.", "I need a 7 seater"),
        ("I'd offer $9,000 for the Submariner. Anything under 12k?", "Anything under 12k"),
        ("hold me a blue SUV under 30k", "hold me a blue SUV under 30k"),
        (
            "remind me when a white Model 3 under 30k comes in",
            "remind me when a white Model 3 under 30k comes in",
        ),
        ("Model 3 under 40k, white.", "Model 3 under 40k, white."),
        ("can I talk to a person about the blue one", "can I talk to a person about the blue one"),
    ],
)
def test_a_requests_own_words_limit_nothing(message: str, wished: str) -> None:
    assert hear(message).wished == wished


def test_what_is_wished_is_masked_as_well() -> None:
    heard = hear("white SUV under 30k, mail me at robin@example.com. Hold the first one.")
    assert "robin@example.com" not in heard.wished
    assert "white SUV" in heard.wished
