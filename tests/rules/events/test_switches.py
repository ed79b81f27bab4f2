"""An organization's kill switches lie over every document it has, and end what no document ended."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backend.domains.events.switches import SWITCHES, with_switches

flags = st.dictionaries(st.sampled_from([*SWITCHES, "sharing"]), st.booleans())


@given(own=st.dictionaries(st.sampled_from(SWITCHES), st.booleans()), said=flags)
def test_off_is_what_either_says_is_off(own: dict[str, bool], said: dict[str, bool]) -> None:
    document = {"name": "Spring Sale", "safety": {**own, "claims_review": ["title"]}}
    laid = with_switches(document, said)
    for name in SWITCHES:
        assert bool(laid["safety"].get(name)) == (own.get(name, False) or said.get(name, False))
    assert laid["safety"]["claims_review"] == ["title"]
    assert "sharing" not in laid["safety"]
    assert document["safety"] == {**own, "claims_review": ["title"]}


def test_without_a_switch_it_is_the_document_itself() -> None:
    document = {"safety": {"ai_off": True}}
    assert with_switches(document, {"sharing": False, "ai_off": False}) is document
    assert with_switches({}, {"force_strict": True}) == {"safety": {"force_strict": True}}
