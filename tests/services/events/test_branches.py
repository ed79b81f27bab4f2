"""Branches against the real database: beside what is in force, and back into it through the gate."""

from __future__ import annotations

from typing import Any

import pytest

from backend.core.errors import AppError, NotFound
from backend.domains.events import branches, drafts
from backend.domains.events.lifecycle import MergeOutcome
from tests.services.events.conftest import SALE, Desk

SLUG = "spring-sale"
WARM = SALE % 24 + "branding: {tagline: Come in}\n"


async def call(desk: Desk, verb: str, persona: str = "operator", **values: Any) -> Any:
    async with desk.unit(persona) as ctx:
        return await getattr(branches, verb)(ctx, slug=SLUG, **values)


async def refusal(work: Any) -> AppError:
    with pytest.raises(AppError) as refused:
        await work
    return refused.value


async def staging(desk: Desk, text: str) -> None:
    await call(desk, "open_branch", name="staging", description="To be tried")
    await call(desk, "add_commit", name="staging", source_text=text, message="Warmer")


async def test_a_branch_begins_as_what_is_in_force_and_serves_nobody(desk: Desk) -> None:
    await staging(desk, WARM)
    branch = await call(desk, "get_branch", name="staging")
    assert (branch.base_number, branch.head_number, branch.status) == (2, 2, "active")
    commits = await call(desk, "list_commits", name="staging")
    assert [(c.number, c.message) for c in commits] == [(2, "Warmer"), (1, "As version 2")]
    found = await call(desk, "branch_diff", name="staging")
    assert [change.path for change in found.changes] == [("branding", "tagline")]
    assert (await desk.in_force()).number == 2


async def test_a_branch_may_begin_earlier(desk: Desk) -> None:
    await desk.force(SALE % 30)
    branch = await call(desk, "open_branch", name="older", base=2)
    assert branch.base_number == 2
    assert (await refusal(call(desk, "open_branch", name="odd", base=9))).code == "events.no_such_version"


async def test_what_nobody_has_to_agree_to_is_in_force_after_the_merge(desk: Desk) -> None:
    await staging(desk, WARM)
    await desk.force(SALE % 30)  # main has moved on, elsewhere
    outcome: MergeOutcome = await call(desk, "merge_branch", name="staging", message="Warmer words")
    assert outcome.version is not None
    document = outcome.version.document
    assert (document["conversion"]["hold_minutes"], document["branding"]["tagline"]) == (30, "Come in")
    assert "# note" in outcome.version.source
    assert (await call(desk, "get_branch", name="staging")).status == "merged"
    assert (await refusal(call(desk, "merge_branch", name="staging"))).code == "events.branch_over"


async def test_what_others_have_to_agree_to_is_a_draft_in_review(desk: Desk) -> None:
    await staging(desk, SALE % 90)
    outcome: MergeOutcome = await call(desk, "merge_branch", name="staging")
    assert outcome.version is None
    assert outcome.draft is not None
    assert (outcome.draft.status, outcome.draft.origin, outcome.draft.branch) == (
        "in_review",
        "merge",
        "staging",
    )
    assert (await call(desk, "get_branch", name="staging")).status == "active"
    agreed = await desk.review(outcome.draft)
    assert (await desk.put_in_force(agreed)).document["conversion"]["hold_minutes"] == 90
    assert (await call(desk, "get_branch", name="staging")).status == "merged"


async def test_conflicts_write_nothing_until_each_has_a_choice(desk: Desk) -> None:
    await staging(desk, SALE % 90)
    await desk.force(SALE % 45)
    outcome: MergeOutcome = await call(desk, "merge_branch", name="staging")
    assert (outcome.draft, outcome.version) == (None, None)
    (conflict,) = outcome.conflicts
    assert (conflict.path, conflict.base, conflict.ours, conflict.theirs) == (
        ("conversion", "hold_minutes"),
        24,
        45,
        90,
    )
    async with desk.unit("operator") as ctx:
        assert await drafts.list_drafts(ctx) == []
    chosen: MergeOutcome = await call(
        desk, "merge_branch", name="staging", resolutions={"/conversion/hold_minutes": {"value": 120}}
    )
    assert chosen.draft is not None
    assert chosen.draft.document is not None
    assert chosen.draft.document["conversion"]["hold_minutes"] == 120


async def test_a_branch_without_a_change_merges_to_nothing(desk: Desk) -> None:
    await call(desk, "open_branch", name="staging")
    assert (await refusal(call(desk, "merge_branch", name="staging"))).code == "events.nothing_changed"


async def test_who_commits_second_is_told(desk: Desk) -> None:
    await staging(desk, WARM)
    late = await refusal(
        call(desk, "add_commit", name="staging", source_text=SALE % 90, message="Late", based_on=1)
    )
    assert (late.code, late.facts["number"]) == ("events.branch_moved", 2)
    same = await refusal(call(desk, "add_commit", name="staging", source_text=WARM))
    assert same.code == "events.nothing_changed"
    bad = await refusal(call(desk, "add_commit", name="staging", source_text="id: spring-sale\nno_such: 1\n"))
    assert bad.code == "events.invalid_document"


async def test_names(desk: Desk) -> None:
    await call(desk, "open_branch", name="staging")
    assert (await refusal(call(desk, "open_branch", name="staging"))).code == "events.branch_exists"
    for name in ("main", "Staging", "../x", ""):
        assert (await refusal(call(desk, "open_branch", name=name))).code == "events.bad_branch_name"
    await call(desk, "close_branch", name="staging")
    again = await call(desk, "open_branch", name="staging")
    assert again.status == "active"
    assert [b.status for b in await call(desk, "list_branches")] == ["active", "closed", "closed"]


@pytest.mark.parametrize("persona", ["stranger", "other_admin", "dealer"])
async def test_branches_of_others_are_not_there(desk: Desk, persona: str) -> None:
    await call(desk, "open_branch", name="staging")
    for verb, values in (
        ("open_branch", {"name": "mine"}),
        ("get_branch", {"name": "staging"}),
        ("list_branches", {}),
        ("add_commit", {"name": "staging", "source_text": WARM}),
        ("merge_branch", {"name": "staging"}),
        ("close_branch", {"name": "staging"}),
    ):
        assert isinstance(await refusal(call(desk, verb, persona, **values)), NotFound)


async def test_branches_are_a_permission(desk: Desk) -> None:
    await call(desk, "open_branch", name="staging")
    desk.allow("operator", manage_branches=False)
    for verb, values in (
        ("open_branch", {"name": "mine"}),
        ("add_commit", {"name": "staging", "source_text": WARM}),
        ("close_branch", {"name": "staging"}),
    ):
        assert (await refusal(call(desk, verb, **values))).facts == {"permission": "manage_branches"}


async def test_what_was_committed_while_merging_is_not_taken_for_merged(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await staging(desk, WARM)
    save = drafts.save_draft

    async def overtaken(*args: Any, **values: Any) -> Any:
        later = WARM.replace("Come in", "Welcome")
        await call(desk, "add_commit", persona="admin", name="staging", source_text=later)
        return await save(*args, **values)

    monkeypatch.setattr(drafts, "save_draft", overtaken)
    outcome: MergeOutcome = await call(desk, "merge_branch", name="staging")
    assert outcome.version is not None
    assert outcome.version.document["branding"]["tagline"] == "Come in"
    branch = await call(desk, "get_branch", name="staging")
    assert (branch.status, branch.head_number) == ("active", 3)


async def test_lists_leave_texts_out(desk: Desk) -> None:
    await staging(desk, WARM)
    await desk.save(WARM)
    async with desk.unit("operator") as ctx:
        (draft,) = await drafts.list_drafts(ctx)
    (newest, _) = await call(desk, "list_commits", name="staging")
    assert draft.is_valid
    assert not hasattr(draft, "source")
    assert not hasattr(newest, "source")
