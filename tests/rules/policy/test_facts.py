"""What a browser says of a visit: bounded, of a known form, and harmless."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.errors import InvalidInput
from backend.domains.policy.facts import LONGEST, MOST_ANSWERS, facts_from
from backend.domains.policy.model import CONSENTS, UTM, SessionFacts

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=150),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
    max_leaves=8,
)
PARTS = ("utm", "consent", "segments", "answers", "locale", "channel", "other")


def test_what_fits_is_taken() -> None:
    found = facts_from(
        {
            "utm": {"utm_source": " News\u200bletter ", "medium": "email", "gclid": "x"},
            "consent": ["personalization"],
            "segments": ["vip", "vip"],
            "answers": {"use": "  fleet\ncars ", "none": " "},
            "locale": "de-CH",
            "channel": "voice",
        }
    )
    assert found == SessionFacts(
        utm={"medium": "email", "source": "Newsletter"},
        consent=frozenset({"personalization"}),
        segments=frozenset({"vip"}),
        answers={"use": "fleet cars"},
        locale="de-CH",
        channel="voice",
    )
    assert facts_from(found.to_json()) == found
    assert facts_from(None) == facts_from({}) == SessionFacts()


def test_campaign_words_nobody_could_ask_for_are_left_out() -> None:
    assert facts_from({"utm": {"source": "x" * (LONGEST + 1), "medium": 7, "term": ""}}).utm == {}


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ({"utm": [1]}, "/utm"),
        ({"utm": "x"}, "/utm"),
        ({"consent": ["tracking"]}, "/consent/0"),
        ({"consent": "analytics"}, "/consent"),
        ({"consent": [*CONSENTS, "analytics"]}, "/consent"),
        ({"segments": ["ok", "Not A Key"]}, "/segments/1"),
        ({"segments": [1]}, "/segments"),
        ({"segments": ["a"] * 51}, "/segments"),
        ({"answers": {"use": "x" * (LONGEST + 1)}}, "/answers/use"),
        ({"answers": {"Use It": "x"}}, "/answers"),
        ({"answers": {f"q{n}": "x" for n in range(MOST_ANSWERS + 1)}}, "/answers"),
        ({"locale": "<script>"}, "/locale"),
        ({"channel": "telex"}, "/channel"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_place(said: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        facts_from(said)
    assert (refused.value.code, refused.value.facts["path"]) == ("policy.bad_facts", path)


@given(st.dictionaries(st.sampled_from(PARTS), ANYTHING, max_size=6))
def test_whatever_comes_is_bounded_or_refused(said: dict[str, Any]) -> None:
    try:
        found = facts_from(said)
    except InvalidInput:
        return
    assert set(found.utm) <= set(UTM)
    assert found.consent <= set(CONSENTS)
    assert all(
        len(value) <= LONGEST and "\n" not in value
        for value in (*found.utm.values(), *found.answers.values())
    )
    assert facts_from(found.to_json()) == found
