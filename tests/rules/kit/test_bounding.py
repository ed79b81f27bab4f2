"""Values of strangers are cut down to what can be stored."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from backend.kit.bounding import bounded

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner), max_leaves=40
)


@given(st.dictionaries(st.text(), VALUES))
def test_what_is_left_can_be_stored(given_: dict[str, Any]) -> None:
    text = json.dumps(bounded(given_), ensure_ascii=False, allow_nan=False)
    assert "\\u0000" not in text
    text.encode()


def test_length_depth_count_and_numbers_are_bounded() -> None:
    deep: Any = 1
    for _ in range(50):
        deep = [deep]
    found = bounded(
        {
            "long": "x" * 200_000,
            "deep": deep,
            "many": [[0] * 1000] * 1000,
            "huge": 10**40,
            "nan": float("nan"),
        }
    )
    assert len(found["long"]) == 2000
    assert found["deep"] == [[[[[None]]]]]
    assert len(json.dumps(found["many"])) < 2000
    assert found.get("huge") is None
    assert found.get("nan") is None
    assert bounded(["no map"]) == {}
    assert bounded({"text": "a\0b\ud800"}) == {"text": "a b?"}
    assert bounded({"ok": True, "n": 3, "f": 1.5, "l": [1, "a"]}) == {
        "ok": True,
        "n": 3,
        "f": 1.5,
        "l": [1, "a"],
    }
