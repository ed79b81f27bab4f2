"""Drafts against the real database: kept, changed, put forward, judged, put in force; and every way that is refused."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from backend.core.errors import AppError, Conflict, Gone, InvalidInput, NotAllowed, NotFound
from backend.domains.events import drafts
from backend.domains.events.editing import Edit
from backend.domains.events.lifecycle import DraftStatus, SavedDraft
from tests.services.events.conftest import SALE, Desk

BROKEN = "extends: platform_defaults\nid: spring-sale\nconversion: {hold_minute: 3}\n"
#: Of high risk: an admin has to agree.
DEPOSIT = (SALE % 24).replace("24}", "24, deposit_required: true}")


async def refusal(work: object) -> AppError:
    with pytest.raises(AppError) as refused:
        await work  # type: ignore[misc]
    return refused.value


async def test_a_draft_is_kept_with_what_it_changes_in_words(desk: Desk) -> None:
    saved = await desk.save(SALE % 90, title="  Longer holds ")
    assert saved.problems == ()
    assert saved.diff is not None
    assert [change.text for change in saved.diff.changes] == ["hold length 24 → 90 minutes"]
    draft = saved.draft
    assert (draft.title, draft.revision, draft.status, draft.base_number) == ("Longer holds", 1, "open", 2)
    assert draft.author_email == "operator@example.com"
    assert draft.expires_at - draft.created_at == timedelta(days=7)
    assert (await desk.in_force()).number == 2


async def test_a_text_with_errors_is_kept_and_cannot_be_put_forward(desk: Desk) -> None:
    saved = await desk.save(BROKEN)
    assert [problem.path for problem in saved.problems] == ["/conversion/hold_minute"]
    assert (saved.diff, saved.draft.document) == (None, None)
    assert (await refusal(desk.submit(saved.draft))).code == "events.draft_invalid"
    assert (await refusal(desk.put_in_force(saved.draft))).code == "events.draft_invalid"


async def test_the_document_of_another_event_is_an_error_of_the_draft(desk: Desk) -> None:
    saved = await desk.save((SALE % 24).replace("spring-sale", "autumn-sale"))
    assert [problem.path for problem in saved.problems] == ["/id"]
    assert saved.draft.sha256 is None


async def test_who_comes_second_is_told_the_difference_and_nothing_is_lost(desk: Desk) -> None:
    first = (await desk.save(SALE % 30)).draft
    await desk.save(SALE % 40, "admin", draft_id=first.id, revision=1)
    late = await refusal(desk.save(SALE % 50, draft_id=first.id, revision=1))
    assert isinstance(late, Conflict)
    assert late.code == "events.draft_stale"
    assert late.facts["revision"] == 2
    assert late.facts["updated_by"] == "admin@example.com"
    assert [change["text"] for change in late.facts["changes"]] == ["hold length 40 → 50 minutes"]
    assert "+conversion: {hold_minutes: 50} # note" in late.facts["lines"]
    kept = await desk.get(first.id)
    assert (kept.source, kept.revision) == (SALE % 40, 2)


async def test_of_many_who_save_at_once_one_wins_and_the_others_are_told(desk: Desk) -> None:
    draft = (await desk.save(SALE % 30)).draft
    texts = [SALE % minutes for minutes in range(31, 43)]
    saves = (desk.save(text, draft_id=draft.id, revision=1) for text in texts)
    done = await asyncio.gather(*saves, return_exceptions=True)
    won = [one for one in done if isinstance(one, SavedDraft)]
    told = [one for one in done if isinstance(one, Conflict)]
    assert (len(won), len(told)) == (1, len(texts) - 1)
    assert {one.code for one in told} == {"events.draft_stale"}
    assert all(one.facts["changes"] for one in told)
    assert (await desk.get(draft.id)).source == won[0].draft.source


async def test_a_form_change_keeps_comments_and_order(desk: Desk) -> None:
    draft = (await desk.save("# ours\n" + SALE % 24)).draft
    async with desk.unit("operator") as ctx:
        edits = [Edit("set", ("conversion", "hold_minutes"), 45)]
        saved = await drafts.edit_draft(ctx, draft_id=draft.id, revision=1, edits=edits)
    assert saved.draft.source == "# ours\n" + SALE % 45
    late = await refusal(edit_again(desk, draft.id))
    assert (late.code, late.facts["revision"]) == ("events.draft_stale", 2)


async def edit_again(desk: Desk, draft_id: object) -> None:
    async with desk.unit("operator") as ctx:
        edits = [Edit("set", ("conversion", "hold_minutes"), 50)]
        await drafts.edit_draft(ctx, draft_id=draft_id, revision=1, edits=edits)  # type: ignore[arg-type]


async def test_one_writes_another_agrees_the_first_publishes(desk: Desk) -> None:
    draft = await desk.submit((await desk.save(SALE % 90)).draft)
    assert (draft.status, draft.risk, draft.message) == (DraftStatus.IN_REVIEW, "medium", "Longer holds")
    async with desk.unit("admin") as ctx:
        assert [waiting.id for waiting in await drafts.list_waiting(ctx)] == [draft.id]
    assert (await refusal(desk.put_in_force(draft))).code == "events.needs_approval"
    agreed = await desk.review(draft)
    assert agreed.status is DraftStatus.APPROVED
    async with desk.unit("admin") as ctx:
        assert await drafts.list_waiting(ctx) == []
        (review,) = await drafts.list_reviews(ctx, draft_id=draft.id)
        assert (review.email, review.verdict, review.is_current) == ("admin@example.com", "approve", True)
        needs = await drafts.needs(ctx, draft.id)
        assert needs is not None
        assert (needs.needed, needs.given, needs.met) == (1, 1, True)
    version = await desk.put_in_force(agreed)
    assert (version.number, version.kind, version.risk, version.draft_id) == (
        3,
        "publish",
        "medium",
        draft.id,
    )
    assert [approval["email"] for approval in version.approvals] == ["admin@example.com"]
    assert (await desk.get(draft.id)).status is DraftStatus.PUBLISHED
    assert (await refusal(desk.save(SALE % 70, draft_id=draft.id, revision=1))).code == "events.draft_over"


async def test_a_changed_text_needs_its_approvals_anew(desk: Desk) -> None:
    draft = await desk.submit((await desk.save(SALE % 90)).draft)
    agreed = await desk.review(draft)
    changed = (await desk.save(SALE % 91, draft_id=draft.id, revision=agreed.revision)).draft
    assert changed.status is DraftStatus.OPEN
    again = await desk.submit(changed)
    assert again.status is DraftStatus.IN_REVIEW
    assert (await refusal(desk.put_in_force(again))).code == "events.needs_approval"
    async with desk.unit("admin") as ctx:
        assert [review.is_current for review in await drafts.list_reviews(ctx, draft_id=draft.id)] == [False]


async def test_whoever_worked_on_a_draft_has_no_verdict_on_it(desk: Desk) -> None:
    first = (await desk.save(SALE % 90)).draft
    both = await desk.submit((await desk.save(SALE % 91, "admin", draft_id=first.id, revision=1)).draft)
    for persona in ("operator", "admin"):
        assert (await refusal(desk.review(both, persona=persona))).code == "events.own_draft"
        async with desk.unit(persona) as ctx:
            assert await drafts.list_waiting(ctx) == []


async def test_high_risk_needs_somebody_who_may_judge_it(desk: Desk) -> None:
    desk.hire("colleague", "operator")
    draft = await desk.submit((await desk.save(DEPOSIT)).draft)
    assert draft.risk == "high"
    assert (await refusal(desk.review(draft, persona="colleague"))).code == "events.above_your_risk"
    agreed = await desk.review(draft, persona="admin")
    assert (await refusal(desk.put_in_force(agreed))).code == "events.above_your_risk"
    assert (await desk.put_in_force(agreed, "admin")).risk == "high"


async def test_high_risk_of_an_admin_needs_two_others_one_of_them_an_admin(desk: Desk) -> None:
    for persona, role in (("second_admin", "admin"), ("senior", "operator")):
        desk.hire(persona, role)
    desk.allow("senior", max_risk_level="high")
    draft = await desk.submit((await desk.save(DEPOSIT, "admin")).draft, "admin")
    one = await desk.review(draft, persona="senior")
    assert one.status is DraftStatus.IN_REVIEW
    two = await desk.review(draft, persona="second_admin")
    assert two.status is DraftStatus.APPROVED


async def test_edits_can_be_asked_for_and_a_draft_be_turned_down_with_a_reason(desk: Desk) -> None:
    draft = await desk.submit((await desk.save(SALE % 90)).draft)
    without = await refusal(desk.review(draft, "reject", reason="  "))
    assert isinstance(without, InvalidInput)
    assert without.code == "events.reason_needed"
    asked = await desk.review(draft, "request_edits", reason="Rather 45")
    assert asked.status is DraftStatus.OPEN
    again = await desk.submit(asked)
    turned_down = await desk.review(again, "reject", reason="No")
    assert turned_down.status is DraftStatus.REJECTED
    assert (await refusal(desk.put_in_force(turned_down))).code == "events.not_in_review"


async def test_a_verdict_that_there_is_not(desk: Desk) -> None:
    draft = await desk.submit((await desk.save(SALE % 90)).draft)
    wrong = await refusal(desk.review(draft, "perhaps"))
    assert (wrong.code, wrong.facts["expected"]) == (
        "events.no_such_choice",
        ["approve", "request_edits", "reject"],
    )


async def test_recalled_by_who_wrote_it_and_by_nobody_else(desk: Desk) -> None:
    draft = await desk.submit((await desk.save(SALE % 90)).draft)
    assert (await refusal(step(desk, "recall", draft.id, "admin"))).code == "events.not_your_draft"
    await step(desk, "recall", draft.id, "operator")
    assert (await desk.get(draft.id)).status is DraftStatus.OPEN


async def test_discarded_for_good_and_still_readable(desk: Desk) -> None:
    draft = (await desk.save(SALE % 90)).draft
    desk.hire("colleague", "operator")
    assert (await refusal(step(desk, "discard", draft.id, "colleague"))).code == "events.not_your_draft"
    await step(desk, "discard", draft.id, "operator")
    kept = await desk.get(draft.id)
    assert (kept.status, kept.source) == (DraftStatus.DISCARDED, SALE % 90)
    async with desk.unit("operator") as ctx:
        assert await drafts.list_drafts(ctx, slug="spring-sale") == []
        assert (await drafts.list_drafts(ctx, status="discarded"))[0].id == draft.id
    assert (await refusal(desk.submit(kept))).code == "events.draft_over"


async def step(desk: Desk, name: str, draft_id: object, persona: str) -> None:
    async with desk.unit(persona) as ctx:
        await getattr(drafts, name)(ctx, draft_id=draft_id)


async def test_a_draft_lives_seven_days_and_warns_before(desk: Desk) -> None:
    draft = (await desk.save(SALE % 90)).draft
    assert not draft.expires_soon(draft.created_at)
    assert draft.expires_soon(draft.expires_at - timedelta(hours=23))
    desk.owner.execute("update public.drafts set expires_at = now() - interval '1 second'")
    over = await refusal(desk.submit(draft))
    assert isinstance(over, Gone)
    assert over.code == "events.draft_expired"
    assert (await refusal(desk.save(SALE % 91, draft_id=draft.id, revision=1))).code == "events.draft_expired"
    assert (await desk.get(draft.id)).is_expired(draft.expires_at + timedelta(days=1))


async def test_both_sides_changes_stay_when_a_draft_is_brought_up_to_date(desk: Desk) -> None:
    draft = (await desk.save("# a comment of ours\n" + SALE % 90)).draft
    await desk.force(SALE % 24 + "branding: {tagline: Come in}\n")
    behind = await desk.get(draft.id)
    assert behind.is_behind
    assert (await refusal(desk.submit(behind))).code == "events.base_moved"
    async with desk.unit("operator") as ctx:
        saved = await drafts.bring_up_to_date(ctx, draft_id=draft.id, revision=1)
    assert saved.draft.source.startswith("# a comment of ours\n")
    document = saved.draft.document
    assert document is not None
    assert (document["conversion"]["hold_minutes"], document["branding"]["tagline"]) == (90, "Come in")
    assert not saved.draft.is_behind
    assert saved.diff is not None
    assert [change.path for change in saved.diff.changes] == [("conversion", "hold_minutes")]


async def test_what_both_sides_changed_waits_for_a_choice(desk: Desk) -> None:
    draft = (await desk.save(SALE % 90)).draft
    await desk.force(SALE % 45)

    async def update(resolutions: dict[str, object]) -> object:
        async with desk.unit("operator") as ctx:
            return await drafts.bring_up_to_date(ctx, draft_id=draft.id, revision=1, resolutions=resolutions)

    refused = await refusal(update({}))
    assert refused.code == "events.merge_conflicts"
    (conflict,) = refused.facts["conflicts"]
    assert (conflict["path"], conflict["base"], conflict["ours"], conflict["theirs"]) == (
        "/conversion/hold_minutes",
        24,
        90,
        45,
    )
    assert (await desk.get(draft.id)).revision == 1
    await update({"/conversion/hold_minutes": "ours"})
    assert (await desk.get(draft.id)).source == SALE % 90


async def test_a_document_without_a_change_is_not_put_forward(desk: Desk) -> None:
    assert (
        await refusal(desk.submit((await desk.save("# words\n" + SALE % 24)).draft))
    ).code == "events.nothing_changed"


@pytest.mark.parametrize("persona", ["stranger", "other_admin", "dealer"])
async def test_a_draft_of_others_is_not_there(desk: Desk, persona: str) -> None:
    draft = (await desk.save(SALE % 90)).draft
    attempts = [
        desk.get(draft.id, persona),
        desk.save(SALE % 70, persona),
        desk.save(SALE % 70, persona, draft_id=draft.id, revision=1),
        desk.submit(draft, persona),
        desk.review(draft, persona=persona),
        desk.put_in_force(draft, persona),
        step(desk, "recall", draft.id, persona),
        step(desk, "discard", draft.id, persona),
    ]
    for attempt in attempts:
        assert isinstance(await refusal(attempt), NotFound)
    async with desk.unit(persona) as ctx:
        assert await drafts.list_drafts(ctx) == []


async def test_a_draft_that_nobody_made(desk: Desk) -> None:
    assert (await refusal(desk.get(uuid4()))).code == "events.no_such_draft"


async def test_without_view_config_there_are_no_drafts(desk: Desk) -> None:
    draft = (await desk.save(SALE % 90)).draft
    assert (await desk.get(draft.id, "viewer")).id == draft.id
    desk.allow("viewer", view_config=False)
    assert (await refusal(desk.get(draft.id, "viewer"))).code == "events.no_such_draft"


EDITS = {
    "edit_document": SALE % 90,
    "edit_system_prompt": SALE % 24 + "persona: {name: Robin}\n",
    "add_remove_tools": SALE % 24
    + "agent: {tools: {$append: [{name: book_a_call, description: Books a call}]}}\n",
    "modify_integrations": SALE % 24 + "search_defaults: {data_sources: [inventory]}\n",
    "change_voice_params": SALE % 24 + "voice: {model_settings: {speed: 0.9}}\n",
}


@pytest.mark.parametrize("permission", EDITS)
async def test_who_may_not_change_a_part_does_not_put_it_forward(desk: Desk, permission: str) -> None:
    desk.allow("operator", **{permission: True})
    draft = (await desk.save(EDITS[permission])).draft
    desk.allow("operator", **{permission: False})
    refused = await refusal(desk.submit(draft))
    assert isinstance(refused, NotAllowed)
    assert refused.facts == {"permission": permission}
    desk.allow("operator", **{permission: True})
    assert (await desk.submit(draft)).status is not DraftStatus.OPEN


@pytest.mark.parametrize("persona", ["viewer", "specialist"])
async def test_who_may_change_nothing_keeps_no_draft(desk: Desk, persona: str) -> None:
    assert (await refusal(desk.save(SALE % 90, persona))).code == "identity.needs_permission"


async def test_approving_and_deploying_are_permissions(desk: Desk) -> None:
    draft = await desk.submit((await desk.save(SALE % 90)).draft)
    desk.allow("admin", approve_changes=False)
    assert (await refusal(desk.review(draft))).facts == {"permission": "approve_changes"}
    desk.allow("admin", approve_changes=True)
    agreed = await desk.review(draft)
    desk.allow("operator", deploy_to_production=False)
    assert (await refusal(desk.put_in_force(agreed))).facts == {"permission": "deploy_to_production"}
    assert (await desk.put_in_force(agreed, "admin")).number == 3
