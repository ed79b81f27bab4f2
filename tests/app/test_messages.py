"""Words for errors are for people."""

from __future__ import annotations

import re

from app.messages import UNKNOWN, WORDS, words, words_for
from backend.core.errors import Conflict, TooMany


def test_facts_are_filled_in() -> None:
    assert "hold 2." in words(TooMany("transactions.hold_limit", limit=2))


def test_a_missing_fact_or_an_unknown_code_still_gives_a_sentence() -> None:
    assert words(TooMany("transactions.hold_limit")) == UNKNOWN
    assert words_for("nobody.knows_this") == UNKNOWN
    assert words_for("transactions.hold_limit", {"limit": "{evil}"}).startswith("You already hold {evil}")


def test_every_text_is_one_or_more_whole_sentences_without_jargon() -> None:
    for code, text in WORDS.items():
        assert re.match(r"^[A-Z{`“].*[.!?]$", text), code
        assert not re.search(r"\b(null|None|exception|traceback|SQL|HTTP|\d{3})\b", text), code


def test_nothing_of_an_errors_facts_leaks_unasked() -> None:
    assert "4711" not in words(Conflict("transactions.already_held", listing_id=4711))
