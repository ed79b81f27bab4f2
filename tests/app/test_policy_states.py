"""What the handlers of the tab Policy, of transcripts, of the inbox and of the switches do with what reaches them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from app import bridge, policy_edits
from app.config_views import OrganizationStop
from app.document_rows import found_rows
from app.document_views import Found
from app.lever_showing import organization_stops
from app.policy_showing import form
from app.states.document import Document
from app.states.document_editing import problems_in
from app.states.flags import rows as flag_rows
from app.states.inbox import Inbox
from app.states.policy import Policy, own_draft, plain_profile, where
from app.states.replaying import is_id
from app.states.stopping import Stopping
from app.states.transcript import GONE, Transcript
from backend.core.errors import NotAllowed, NotFound
from backend.domains.events.lifecycle import DraftStatus, Flag
from tests.services.events.conftest import SALE

NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
ME = uuid4()


@pytest.fixture(autouse=True)
def bridged(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Somebody signed in; what is called is written down."""
    made = SimpleNamespace(called=[], refuse=None, problems=[])

    async def count(state: Any, group: str) -> None:
        return None

    async def staff(state: Any) -> str:
        return "me"

    async def call(runtime: Any, actor: Any, **given: Any) -> Any:
        made.called.append(given)
        if made.refuse:
            raise made.refuse
        return {}

    async def check(runtime: Any, actor: Any, **given: Any) -> Any:
        made.called.append(given)
        return list(made.problems)

    monkeypatch.setattr(bridge, "limit", count)
    monkeypatch.setattr(bridge, "staff", staff)
    monkeypatch.setattr(bridge, "runtime", lambda: None)
    monkeypatch.setattr("app.states.policy.policies.save_profile", call)
    monkeypatch.setattr("app.states.policy.profile_checks.check_profile", check)
    monkeypatch.setattr("app.states.inbox.answering.end_request", call)
    monkeypatch.setattr("app.states.stopping.oversight.set_switch", call)
    monkeypatch.setattr("app.states.transcript.transcripts.transcript", call)
    return made


async def run(state: Any, of: type[Any], name: str, *args: Any) -> Any:
    """A handler as Reflex runs it. Shape: what it yields, or what it gives back."""
    result = of.event_handlers[name].fn(state, *args)
    if hasattr(result, "__aiter__"):
        return [step async for step in result]
    return await result if hasattr(result, "__await__") else result


def screen(of: type[Any], *methods: str, **values: Any) -> Any:
    made = SimpleNamespace(slug="sale", busy=False, failure="", **values)
    for name in methods:
        setattr(made, name, vars(of)[name].__get__(made))
    return made


def editor(**values: Any) -> Any:
    profile = {**policy_edits.BLANK, "key": "vip"}
    given = {
        "may_edit": True, "is_open": True, "is_changed": False, "saved": "", "_profile": profile, "_tools": [], "_draft_id": "",
        "_revision": 0, "_slug": "sale", "_profiles": [{"key": "vip"}], "form": form(profile, [], is_new=False),
    } | values  # fmt: skip
    return screen(Policy, "_change", "_check", **given)


# --- a profile


async def test_a_change_is_shown_at_once_and_checked_after(bridged: SimpleNamespace) -> None:
    state = editor()
    following = await run(state, Policy, "set_list", "utm_source", ["partner"])
    assert following is Policy.check
    assert state.form.whom == "Buyers who came with source partner."
    assert (state.is_changed, bridged.called) == (True, [])
    bridged.problems = [{"path": "/priority", "message": "Too high.", "blocks": True}]
    await run(state, Policy, "check")
    assert state.form.problems == {"priority": "Too high."}
    assert bridged.called[0]["profile"]["match"] == {"utm": {"source": ["partner"]}}


async def test_who_may_only_read_changes_nothing() -> None:
    state = editor(may_edit=False)
    for name, args in (("set_text", ("priority", "1")), ("set_tool", ("hold_listing", "allowed", True))):
        assert await run(state, Policy, name, *args) is None
    assert state._profile == {**policy_edits.BLANK, "key": "vip"}


async def test_names_that_are_no_fields_are_left_alone() -> None:
    state = editor()
    for name, args in (
        ("set_text", ("__class__", "x")),
        ("set_list", ("key", ["x"])),
        ("tick", ("key", "x", True)),
        ("set_tool", ("hold_listing", "owned", True)),
    ):
        assert await run(state, Policy, name, *args) is None
    assert not state.is_changed


async def test_a_profile_with_mistakes_is_not_saved(bridged: SimpleNamespace) -> None:
    state = editor(is_changed=True)
    bridged.problems = [{"path": "/priority", "message": "Too high.", "blocks": True}]
    await run(state, Policy, "save")
    assert len(bridged.called) == 1  # the check alone
    assert not state.busy


async def test_a_refused_save_says_so_and_keeps_what_was_written(bridged: SimpleNamespace) -> None:
    state = editor(is_changed=True)
    bridged.refuse = NotAllowed("identity.needs_permission", permission="add_remove_tools")
    await run(state, Policy, "save")
    assert (state.is_changed, state.busy, bool(state.failure)) == (True, False, True)
    assert bridged.called[-1]["is_new"] is False


async def test_a_new_profile_needs_a_key_of_its_own(bridged: SimpleNamespace) -> None:
    state = editor()
    state.form = form(state._profile, [], is_new=True)
    state.is_changed = True
    await run(state, Policy, "check")
    assert state.form.problems == {"key": "There is such a profile already."}
    assert state.form.blocks


def test_the_readers_own_open_draft_is_gone_on_with() -> None:
    def draft(status: DraftStatus, *, mine: bool = True, branch: Any = None, is_over: bool = False) -> Any:
        return SimpleNamespace(
            status=status, contributors=[ME] if mine else [], branch_id=branch, is_expired=lambda now: is_over
        )  # fmt: skip

    wanted = draft(DraftStatus.REJECTED)
    others = [
        draft(DraftStatus.OPEN, mine=False), draft(DraftStatus.OPEN, branch=uuid4()), draft(DraftStatus.OPEN, is_over=True),
        draft(DraftStatus.IN_REVIEW),
    ]  # fmt: skip
    assert own_draft([*others, wanted], ME, NOW) is wanted
    assert own_draft(others, ME, NOW) is None


def test_where_one_is_is_said_with_the_way_to_the_gate() -> None:
    assert where("d1", None, "").gate == "?tab=document&draft=d1"
    assert (where("", 3, "").words, where("", 3, "").gate) == ("Version 3, as it is live.", "")
    assert "has problems" in where("", 3, "d2").words
    assert plain_profile({"key": "a", "caught": 1, "comes_to": {}, "outranked": 0}) == {"key": "a"}
    assert is_id(str(ME))
    assert not is_id("mine")


async def test_a_draft_with_errors_says_where_to_mend_them() -> None:
    text = (
        SALE % 30
        + """policy:
  profiles:
    - {key: everybody, priority: 5000, tool_policy: {allowed: [no_such_tool]}}
no_such_section: {}
"""
    )
    problems = found_rows(problems_in(text, "spring-sale"))
    shown = where("", 3, "d2", problems)
    by_place = {one.place: one for one in shown.mends}
    high = by_place["Policy › Profiles › no. 1 › Priority"]
    assert "1000" in high.text
    assert high.address == "?tab=document&draft=d2&at=%2Fpolicy%2Fprofiles%2F0%2Fpriority"
    assert "?tab=document&draft=d2&at=%2Fno_such_section" in {one.address for one in shown.mends}
    assert not any("allowed" in one.address for one in shown.mends), "a warning keeps nobody from it"
    many = where("", 3, "d2", [replace(problems[0], blocks=True)] * 9)
    assert (len(many.mends), many.more) == (5, "4 more")
    assert where("", 3, "d2").mends == []
    (broken, *_) = where("", 3, "d2", found_rows(problems_in("- a list", "spring-sale"))).mends
    assert broken.address.endswith("&at=%2F")


@pytest.mark.parametrize(
    ("at", "led_to"),
    [("/policy/profiles/0/priority", ("/policy/profiles/0/priority", 7, 3)), ("/", ("", 2, 1)), ("/a", None), ("", None)],
)  # fmt: skip
async def test_an_address_leads_to_a_problem_of_the_document(
    monkeypatch: pytest.MonkeyPatch, at: str, led_to: tuple[str, int, int] | None
) -> None:
    @asynccontextmanager
    async def unit(state: Any) -> AsyncIterator[None]:
        yield

    async def nothing(*_: Any) -> None:
        return None

    monkeypatch.setattr(bridge, "unit", unit)
    problems = [
        Found("/policy/profiles/0/priority", 7, 3, "Priority", "Too high.", "", True),
        Found("", 2, 1, "The whole document", "Not YAML.", "", True),
    ]
    router = SimpleNamespace(url=SimpleNamespace(query_parameters={"at": at} if at else {}))
    state = screen(Document, router=router, problems=problems, _load=nothing, _draw=nothing)
    following = await run(state, Document, "load")
    assert state.ready
    if led_to is None:
        assert following is None
    else:
        assert following.handler == Document.go_to
        assert tuple(json.loads(str(value)) for _, value in following.args) == led_to


# --- conversations, requests, switches


@pytest.mark.parametrize("refusal", [NotFound("discovery.no_such_session"), None])
async def test_a_conversation_of_another_event_or_of_nobody_is_not_there(
    bridged: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, refusal: Any
) -> None:
    async def told(runtime: Any, actor: Any, **given: Any) -> Any:
        if refusal:
            raise refusal
        return {"event_id": "another"}

    monkeypatch.setattr("app.states.transcript.transcripts.transcript", told)
    state = screen(Transcript, "_read", missing="", ready=False)
    for asked in (str(uuid4()), "no id"):
        state.missing = ""
        await state._read(asked)
        assert (state.missing, state.ready) == (GONE, False)


async def test_a_request_is_ended_once_and_read_again(bridged: SimpleNamespace) -> None:
    read: list[int] = []

    async def again() -> None:
        read.append(1)

    state = screen(Inbox, _read=again)
    request = uuid4()
    await run(state, Inbox, "end", str(request), "done")
    assert (bridged.called[0]["request_id"], bridged.called[0]["status"], read) == (request, "done", [1])
    await run(state, Inbox, "end", str(request), "burned")
    assert len(bridged.called) == 1


async def test_a_switch_of_the_organization_turns_only_after_the_second_click(
    bridged: SimpleNamespace,
) -> None:
    rows = organization_stops([], "me@example.com")
    state = screen(Stopping, rows=rows, asked=OrganizationStop())
    await run(state, Stopping, "ask", "ai_off")
    assert (state.asked.name, bridged.called) == ("ai_off", [])
    await run(state, Stopping, "stop", {"note": " Odd answers "})
    given = bridged.called[0]
    assert (given["name"], given["is_on"], given["whole_organization"], given["note"]) == (
        "ai_off", True, True, "Odd answers",
    )  # fmt: skip
    assert state.asked.name == ""


def test_who_turned_a_switch_and_when_is_said() -> None:
    flags = [
        Flag("ai_off", True, "Odd answers", "pat@example.com", NOW),
        Flag("force_strict", False, "", None, NOW - timedelta(days=1)),
        Flag("sharing", False, "", None, NOW),
    ]
    assert [row.name for row in flag_rows({}, flags)] == ["sharing"]  # the switches are no flags on screen
    found = {stop.name: stop for stop in organization_stops(flags, "pat@example.com")}
    assert set(found) == {"ai_off", "mutating_tools_off", "force_strict"}
    assert (found["ai_off"].on, found["ai_off"].who) == (True, "Turned on by you")
    assert found["force_strict"].who == "Turned off by the command line"
    assert (found["mutating_tools_off"].on, found["mutating_tools_off"].at) == (False, "")
