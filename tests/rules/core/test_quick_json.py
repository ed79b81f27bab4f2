"""Quick JSON: what the standard library would have read and written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core import quick_json

_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()), inner),
)


@given(_VALUES)
def test_what_was_written_is_read_again(value: Any) -> None:
    assert quick_json.loads(quick_json.dumps(value)) == value
    assert json.loads(quick_json.dumps(value)) == value


@given(_VALUES)
def test_what_the_standard_library_wrote_is_read_the_same(value: Any) -> None:
    text = json.dumps(value)
    read = quick_json.loads(text)
    assert read == json.loads(text)
    assert repr(read) == repr(json.loads(text))  # whole numbers stay whole


@pytest.mark.parametrize(
    "text", ["123456789012345678901234567890", "-9223372036854775809", "1e400", "-0", '"\\ud800"']
)
def test_numbers_and_halves_of_characters_beyond_the_usual_are_read_the_same(text: str) -> None:
    assert repr(quick_json.loads(text)) == repr(json.loads(text))


@pytest.mark.parametrize("text", ["", "{", "{'a': 1}", "01", "[1,]"])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        quick_json.loads(text)


def test_what_has_no_form_in_json_is_refused() -> None:
    with pytest.raises(TypeError):
        quick_json.dumps({"a": object()})
