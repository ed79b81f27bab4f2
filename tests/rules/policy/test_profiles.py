"""Which profile a conversation gets: all parts hold, priority decides, order and strangers do not count."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domains.events.compiling import compile_document
from backend.domains.events.model import Source
from backend.domains.events.templates import Folder
from backend.domains.policy.model import (
    ACTING,
    READING,
    RIGHTS,
    Outcome,
    SessionFacts,
    verb_of,
    verb_of_action,
)
from backend.domains.policy.profiles import resolve
from backend.kit.canonical_json import canonical

_CAMPAIGNS = ["spring", "Spring", "winter", "drop"]
_SEGMENTS = ["vip", "returning", "new"]


def document(profiles: str = "[]", rest: str = "") -> dict[str, Any]:
    text = (
        "extends: platform_defaults\nid: sale\nagent:\n  tools:\n"
        "    - { name: compare_things, description: Compares., needs_confirmation: false }\n"
        "    - { name: hold_thing, description: Holds., is_mutating: true, needs_confirmation: false }\n"
        "    - { name: frobnicate, description: Nobody knows., is_mutating: true }\n"
        f"  escalation: {{ rules: [] }}\npolicy: {{ profiles: {profiles} }}\n{rest}"
    )
    found = compile_document(Source(text), Folder())
    assert found.compiled is not None, found.errors
    return dict(found.compiled.document)


def profile(key: str, priority: int = 100, **rest: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"key": key, "name": "", "status": "active", "priority": priority, "match": {}}
    made["context_policy"] = {"sources": ["listings"], "retrieval_limit": 3, "citations": "all"}
    made["tool_policy"] = {"allowed": ["hold_thing"], "confirm": [], "idempotent": []}
    return made | {"autonomy": "balanced", "compliance": "standard"} | rest


PLAIN = document()


def with_profiles(profiles: list[dict[str, Any]]) -> dict[str, Any]:
    made = deepcopy(PLAIN)
    made["policy"]["profiles"] = profiles
    return made


matches = st.fixed_dictionaries(
    {},
    optional={
        "utm": st.fixed_dictionaries(
            {}, optional={"campaign": st.lists(st.sampled_from(_CAMPAIGNS), max_size=2, unique=True)}
        ),
        "consent_required": st.lists(
            st.sampled_from(["analytics", "personalization"]), max_size=2, unique=True
        ),
        "cookie_segments": st.lists(st.sampled_from(_SEGMENTS), max_size=2, unique=True),
        "qualifiers": st.lists(
            st.fixed_dictionaries(
                {
                    "question": st.just("use"),
                    "answers": st.lists(st.sampled_from(["fleet", "own"]), min_size=1),
                }
            ),
            max_size=1,
        ),
    },
)
profiles = st.lists(
    st.builds(
        lambda key, priority, match, status: profile(key, priority, match=match, status=status),
        st.sampled_from("abcdefgh"),
        st.integers(0, 3),
        matches,
        st.sampled_from(["active", "active", "paused"]),
    ),
    max_size=6,
    unique_by=lambda made: made["key"],
)
facts = st.builds(
    SessionFacts,
    utm=st.dictionaries(st.just("campaign"), st.sampled_from(_CAMPAIGNS)),
    consent=st.frozensets(st.sampled_from(["analytics", "personalization"])),
    segments=st.frozensets(st.sampled_from(_SEGMENTS)),
    answers=st.dictionaries(st.just("use"), st.sampled_from(["fleet", "own", "?"])),
)


@given(profiles, facts, st.randoms(use_true_random=False))
def test_the_order_of_the_list_does_not_count(listed: list[Any], known: SessionFacts, random: Any) -> None:
    shuffled = listed[:]
    random.shuffle(shuffled)
    first, second = resolve(with_profiles(listed), known), resolve(with_profiles(shuffled), known)
    assert canonical(first.to_json()) == canonical(second.to_json())


@given(profiles, facts)
def test_the_chosen_one_is_the_highest_of_those_that_hold(listed: list[Any], known: SessionFacts) -> None:
    found = resolve(with_profiles(listed), known)
    holding = [step for step in found.trace if step.outcome in (Outcome.CHOSEN, Outcome.OUTRANKED)]
    assert len(found.trace) == len(listed)
    if not holding:
        assert found.profile == "default"
        return
    assert found.profile == holding[0].profile
    assert [step.outcome for step in holding] == [Outcome.CHOSEN] + [Outcome.OUTRANKED] * (len(holding) - 1)
    assert [(-s.priority, s.profile) for s in found.trace] == sorted(
        (-s.priority, s.profile) for s in found.trace
    )
    assert all(reason.holds for step in holding for reason in step.reasons)


@given(profiles, facts)
def test_a_profile_that_does_not_match_changes_nothing(listed: list[Any], known: SessionFacts) -> None:
    stranger = profile("zz", 1000, match={"utm": {"source": ["nowhere"]}})
    before, after = resolve(with_profiles(listed), known), resolve(with_profiles([*listed, stranger]), known)
    assert before.policy == after.policy


@given(profiles, facts)
def test_nothing_is_allowed_that_nobody_allowed(listed: list[Any], known: SessionFacts) -> None:
    found = resolve(with_profiles(listed), known)
    verbs = {tool["verb"] for tool in found.policy["tools"]}
    if found.profile != "default":
        assert verbs & ACTING <= {"hold", *RIGHTS}
    assert verbs >= set(RIGHTS)
    if found.policy["autonomy"] == "strict":
        assert all(t["confirm"] for t in found.policy["tools"] if t["verb"] in ACTING - set(RIGHTS))


@pytest.mark.parametrize(
    ("match", "known", "profile_key"),
    [
        ({"utm": {"source": ["x", "Mail"]}}, SessionFacts(utm={"source": " mail "}), "p"),
        ({"utm": {"source": ["mail"], "medium": ["cpc"]}}, SessionFacts(utm={"source": "mail"}), "default"),
        ({"utm": {"source": []}}, SessionFacts(), "p"),
        (
            {"consent_required": ["analytics", "marketing"]},
            SessionFacts(consent=frozenset({"analytics"})),
            "default",
        ),
        ({"cookie_segments": ["vip"]}, SessionFacts(segments=frozenset({"vip"})), "default"),
        (
            {"cookie_segments": ["vip", "new"]},
            SessionFacts(segments=frozenset({"vip"}), consent=frozenset({"personalization"})),
            "p",
        ),
        (
            {"qualifiers": [{"question": "use", "answers": ["fleet"]}]},
            SessionFacts(answers={"use": "Fleet"}),
            "p",
        ),
        ({"qualifiers": [{"question": "use", "answers": ["fleet"]}]}, SessionFacts(), "default"),
    ],
)
def test_every_part_that_is_given_must_hold(
    match: dict[str, Any], known: SessionFacts, profile_key: str
) -> None:
    assert resolve(with_profiles([profile("p", match=match)]), known).profile == profile_key


def test_the_trace_says_which_part_did_not_hold() -> None:
    match = {"utm": {"campaign": ["spring"]}, "consent_required": ["marketing"]}
    step = resolve(
        with_profiles([profile("p", match=match)]), SessionFacts(utm={"campaign": "spring"})
    ).trace[0]
    assert step.outcome is Outcome.MISSED
    assert [(r.on, r.holds, r.wanted) for r in step.reasons] == [
        ("utm.campaign", True, ("spring",)),
        ("consent", False, ("marketing",)),
    ]


def test_a_paused_profile_is_named_and_not_used() -> None:
    found = resolve(with_profiles([profile("p", status="paused")]), SessionFacts())
    assert (found.profile, found.trace[0].outcome) == ("default", Outcome.PAUSED)


def test_without_a_profile_only_what_the_buttons_offer_and_each_with_a_yes() -> None:
    policy = resolve(document(rest="flags: { sharing: false }"), SessionFacts()).policy
    acting = {
        t["verb"]: t["confirm"] for t in policy["tools"] if t["is_mutating"] and t["verb"] not in RIGHTS
    }
    assert acting == {"hold": True, "book": True, "info": True}
    assert (policy["autonomy"], policy["compliance"]) == ("strict", "strict")
    assert policy["context"]["sources"] == ["listings", "store"]


def test_a_tool_of_unknown_effect_is_never_allowed() -> None:
    allowed = {"allowed": ["frobnicate"], "confirm": [], "idempotent": []}
    policy = resolve(with_profiles([profile("p", tool_policy=allowed)]), SessionFacts()).policy
    assert "frobnicate" not in {tool["name"] for tool in policy["tools"]}


def test_a_document_cannot_call_a_hold_harmless() -> None:
    made = with_profiles([profile("p")])
    made["agent"]["tools"] = [{"name": "hold_thing", "is_mutating": False, "needs_confirmation": False}]
    tool = next(t for t in resolve(made, SessionFacts()).policy["tools"] if t["name"] == "hold_thing")
    assert (tool["is_mutating"], tool["idempotent"], tool["confirm"]) == (True, True, False)


def test_a_verb_is_as_careful_as_its_most_careful_tool() -> None:
    allowed = {"allowed": ["hold_thing", "keep_it"], "confirm": ["keep_it"], "idempotent": []}
    made = with_profiles([profile("p", tool_policy=allowed)])
    made["agent"]["tools"] = [
        {"name": "hold_thing", "needs_confirmation": False},
        {"name": "keep_it", "needs_confirmation": False},
    ]
    tools = resolve(made, SessionFacts()).policy["tools"]
    assert [t["confirm"] for t in tools if t["verb"] == "hold"] == [True, True]


@pytest.mark.parametrize(
    ("name", "verb"),
    [
        *(("hold_car", "hold"), ("book_test_drive", "book"), ("message_dealer", "message")),
        *(("hand_over", "hand_off"), ("share_lead", "share"), ("frobnicate", None), ("", None)),
    ],
)
def test_what_a_tool_does_follows_from_its_name(name: str, verb: str | None) -> None:
    assert verb_of({"name": name}) == verb
    assert verb_of({"name": name, "verb": "remind"}) == "remind"


@pytest.mark.parametrize(
    ("label", "verb"),
    [
        *(("Reserve", "hold"), ("Schedule Video Walkthrough", "book"), ("Request Viewing", "book")),
        *(("Request Info", "info"), ("Message Dealer", "message"), ("Make an Offer", "offer")),
        *(
            ("Compare", "compare"),
            ("Pay Deposit", "deposit"),
            ("Talk to a Person", "hand_off"),
            ("Wow", None),
        ),
    ],
)
def test_what_a_button_is_for_follows_from_its_words(label: str, verb: str | None) -> None:
    assert verb_of_action(label) == verb


def test_verbs_either_look_or_act() -> None:
    assert not READING & ACTING
