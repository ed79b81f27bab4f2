"""How an organization approves, and documents tried out, against the real database."""

from __future__ import annotations

from typing import Any

import pytest

from backend.core.errors import AppError, Gone, InvalidInput, NotFound
from backend.domains.events import approvals, drafts
from tests.services.events.conftest import SALE, Desk

RESULTS = {"test_results": []}


async def change(desk: Desk, persona: str = "admin", **changes: Any) -> approvals.ApprovalPolicy:
    async with desk.unit(persona) as ctx:
        return await approvals.set_policy(ctx, organization_id=desk.world.seller, changes=changes)


async def test_an_organization_may_ask_for_nobody_or_for_more(desk: Desk) -> None:
    draft = await desk.submit((await desk.save(SALE % 90)).draft)
    assert draft.status == "in_review"
    policy = await change(desk, medium=0)
    assert (policy.low, policy.medium, policy.high) == (0, 0, 2)
    assert (await desk.put_in_force(draft)).number == 3
    await change(desk, low=1, medium=2)
    desk.hire("second_admin", "admin")
    more = await desk.submit((await desk.save(SALE % 200)).draft)
    one = await desk.review(more)
    assert one.status == "in_review"
    assert (await desk.review(more, persona="second_admin")).status == "approved"


async def test_a_change_that_reaches_many_conversations_counts_one_level_higher(desk: Desk) -> None:
    await change(desk, escalate_conversations=2)
    saved = await desk.save(SALE % 90)  # a live path of medium risk
    async with desk.unit("operator") as ctx:
        needs = await drafts.needs(ctx, saved.draft.id)
    assert needs is not None
    assert (needs.leaf_risk, needs.risk, needs.needs_admin) == ("medium", "high", True)
    assert "reaches_open_conversations" in needs.reasons
    pinned = await desk.save(SALE % 24 + "persona: {name: Robin}\n")
    async with desk.unit("operator") as ctx:
        calm = await drafts.needs(ctx, pinned.draft.id)
    assert calm is not None
    assert calm.risk == "medium"


async def test_drafts_live_as_long_as_the_organization_says(desk: Desk) -> None:
    await change(desk, draft_days=30)
    draft = (await desk.save(SALE % 90)).draft
    assert (draft.expires_at - draft.created_at).days == 30


@pytest.mark.parametrize(
    "wrong",
    [
        {"low": 2},
        {"high": 9},
        {"medium": True},
        {"high_needs_admin": 1},
        {"draft_days": 0},
        {"no_such": 1},
        {"escalate_holds": "20"},
    ],
)
async def test_what_cannot_be_a_policy(desk: Desk, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        await change(desk, **wrong)
    assert refused.value.code == "events.bad_policy"
    assert refused.value.facts["problem"]


async def test_the_policy_belongs_to_who_manages_permissions(desk: Desk) -> None:
    for persona in ("operator", "viewer"):
        with pytest.raises(AppError) as refused:
            await change(desk, persona, medium=0)
        assert refused.value.facts == {"permission": "manage_permissions"}
    with pytest.raises(NotFound):
        await change(desk, "other_admin", medium=0)


async def test_a_preview_is_kept_for_an_hour(desk: Desk) -> None:
    version = await desk.in_force()
    async with desk.unit("viewer") as ctx:
        kept = await approvals.keep_preview(
            ctx, slug=desk.world.slug, document=version.document, sha256=version.sha256, results=RESULTS
        )
    assert (kept.expires_at - kept.created_at).seconds == 3600
    async with desk.unit("operator") as ctx:
        assert (await approvals.get_preview(ctx, preview_id=kept.id)).document == version.document
    for persona in ("stranger", "other_admin", "dealer"):
        with pytest.raises(NotFound):
            async with desk.unit(persona) as ctx:
                await approvals.get_preview(ctx, preview_id=kept.id)
    desk.owner.execute("update public.previews set expires_at = now() - interval '1 second'")
    with pytest.raises(Gone):
        async with desk.unit("operator") as ctx:
            await approvals.get_preview(ctx, preview_id=kept.id)


async def test_a_preview_of_others_is_not_made(desk: Desk) -> None:
    version = await desk.in_force()
    values = {"document": version.document, "sha256": version.sha256, "results": RESULTS}
    with pytest.raises(NotFound):
        async with desk.unit("other_admin") as ctx:
            await approvals.keep_preview(ctx, slug=desk.world.slug, **values)
    with pytest.raises(AppError) as refused:
        async with desk.unit("operator") as ctx:
            await approvals.keep_preview(
                ctx, slug=desk.world.slug, draft_id=desk.world.users["admin"], **values
            )
    assert refused.value.code == "events.no_such_draft"
