"""Text of strangers: nothing unseen stays, and no quotation can be left from inside."""

from __future__ import annotations

import json
import sys
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from backend.kit.quoting import quoted, visible


def test_every_sign_of_the_unseen_categories_goes() -> None:
    for point in range(sys.maxunicode + 1):
        sign = chr(point)
        if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co") and sign not in "\t\n":
            assert visible(f"a{sign}b") in ("ab", "a\nb"), hex(point)


@given(st.text())
def test_seeing_twice_changes_nothing(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@given(st.text(st.characters(categories=["L", "N"], exclude_characters="\u115f\u1160\u3164\uffa0")))
def test_letters_of_all_scripts_stay(text: str) -> None:
    assert visible(text) == unicodedata.normalize("NFC", text)


@given(st.text())
def test_a_quotation_is_one_line_without_mark_up_and_reads_back(text: str) -> None:
    seen = visible(text)
    line = quoted(seen)
    assert len(line.splitlines()) == 1
    assert "<" not in line
    assert ">" not in line
    assert json.loads(line) == seen
