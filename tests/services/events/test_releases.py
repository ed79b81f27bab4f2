"""What is or was in force, against the real database: comparing, going back, levers, history, clones, flags."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from backend.core.errors import AppError, NotFound
from backend.domains.events import drafts, releases
from backend.domains.events import service as events
from backend.domains.events.levers import LeverView
from backend.domains.events.lifecycle import AuthorType, Consequences
from tests.services.events.conftest import SALE, Desk

SLUG = "spring-sale"


async def call(desk: Desk, verb: str, persona: str = "operator", **values: Any) -> Any:
    async with desk.unit(persona) as ctx:
        return await getattr(releases, verb)(ctx, **values)


async def refusal(work: Any) -> AppError:
    with pytest.raises(AppError) as refused:
        await work
    return refused.value


def weights(document: Any) -> dict[str, Decimal]:
    return {name: Decimal(str(value)) for name, value in document["ranking_weights"].items()}


async def test_two_versions_compared(desk: Desk) -> None:
    await desk.force(SALE % 30)
    found = await call(desk, "compare", slug=SLUG, before=2, after=3)
    assert [change.text for change in found.changes] == ["hold length 24 → 30 minutes"]
    assert found.risk == "medium"
    back = await call(desk, "compare", slug=SLUG, before=3, after=2)
    assert [change.text for change in back.changes] == ["hold length 30 → 24 minutes"]
    assert (
        await refusal(call(desk, "compare", slug=SLUG, before=2, after=9))
    ).code == "events.no_such_version"


async def test_going_back_is_a_new_version_equal_to_the_old(desk: Desk) -> None:
    second = await desk.in_force()
    third = await desk.force(SALE % 30)
    version = await call(desk, "roll_back", slug=SLUG, target=2, reason="Too long", current=third.id)
    assert (version.number, version.kind, version.sha256) == (4, "rollback", second.sha256)
    assert (version.restores, version.message) == (second.id, "Back to version 2: Too long")
    async with desk.unit("viewer") as ctx:
        heads = await events.list_versions(ctx, slug=SLUG)
    assert [(h.number, h.is_current, h.is_rolled_back, h.restores) for h in heads[:3]] == [
        (4, True, False, 2),
        (3, False, True, None),
        (2, False, False, None),
    ]


async def test_going_back_is_refused_from_a_version_that_is_no_longer_in_force(desk: Desk) -> None:
    seen = await desk.in_force()
    await desk.force(SALE % 30)
    late = await refusal(call(desk, "roll_back", slug=SLUG, target=2, reason="Back", current=seen.id))
    assert late.code == "events.version_taken"
    assert (
        await refusal(call(desk, "roll_back", slug=SLUG, target=2, reason=" "))
    ).code == "events.reason_needed"
    assert (
        await refusal(call(desk, "roll_back", slug=SLUG, target=3, reason="Back"))
    ).code == "events.nothing_changed"
    assert (
        await refusal(call(desk, "roll_back", slug=SLUG, target=9, reason="Back"))
    ).code == "events.no_such_version"


async def test_what_going_back_would_mean(desk: Desk) -> None:
    found: Consequences = await call(desk, "consequences", "viewer", slug=SLUG, target=1)
    assert (found.current, found.versions_undone, found.conversations, found.holds) == (2, (2,), 0, ())
    desk.owner.execute(
        "update public.sessions set version_id = (select max(id::text)::uuid from public.event_versions where number = 2)"
    )
    desk.owner.execute(
        "update public.holds set version_id = (select max(id::text)::uuid from public.event_versions where number = 2)"
    )
    found = await call(desk, "consequences", "viewer", slug=SLUG, target=1)
    assert found.conversations == 2
    (hold,) = found.holds
    assert (hold.title, hold.version, found.money_minor) == ("2022 Tesla Model 3 No. 0", 2, 3_500_000)


async def test_a_lever_moves_at_once_and_the_other_weights_follow(desk: Desk) -> None:
    before = await desk.in_force()
    version = await call(desk, "move_lever", slug=SLUG, path="/ranking_weights/individual_match", value=0.57)
    after = weights(version.document)
    assert (version.number, version.kind, version.baseline_id) == (3, "lever", before.id)
    assert after["individual_match"] == Decimal("0.57")
    assert sum(after.values()) == 1
    assert "# note" in version.source
    assert "0.57" in version.message
    views: list[LeverView] = await call(desk, "levers", slug=SLUG)
    view = next(v for v in views if v.path == "/ranking_weights/individual_match")
    assert (view.value, view.baseline, view.previous, view.moved_by) == (
        0.57,
        0.6,
        0.6,
        "operator@example.com",
    )


async def test_a_lever_that_is_moved_is_undone_with_one_call_and_that_too(desk: Desk) -> None:
    before = await desk.in_force()
    moved = await call(desk, "move_lever", slug=SLUG, path="/ranking_weights/individual_match", value=0.57)
    undone = await call(desk, "undo_lever", slug=SLUG)
    assert undone.document == before.document
    redone = await call(desk, "undo_lever", slug=SLUG, path="/ranking_weights/individual_match")
    assert redone.document == moved.document


async def test_ranges_are_measured_from_the_last_version_that_passed_the_gate(desk: Desk) -> None:
    path = "/ranking_weights/individual_match"
    for value in (0.58, 0.56):
        await call(desk, "move_lever", slug=SLUG, path=path, value=value)
    outside = await refusal(call(desk, "move_lever", slug=SLUG, path=path, value=0.55))
    assert outside.code == "events.outside_lever"
    # 0.54 to 0.66 are its own; the others, 0.4 together, can make up for a tenth of that
    assert (outside.facts["low"], outside.facts["high"]) == (0.56, 0.64)
    for path, value in (("/conversion/no_such", 1), ("/name", "Another"), ("/ranking_weights", 1)):
        assert (
            await refusal(call(desk, "move_lever", slug=SLUG, path=path, value=value))
        ).code == "events.outside_lever"


async def test_the_database_refuses_what_is_more_than_a_lever(desk: Desk) -> None:
    current = await desk.in_force()
    compiled = events.compiled_for(*source_of(SALE % 90), SLUG)
    with pytest.raises(AppError) as refused:
        async with desk.unit("admin") as ctx:
            await ctx.conn.execute(
                "select private.move_lever(%s, 3, %s, %s, %s, '')",
                (current.event_id, compiled.canonical, compiled.source, compiled.sha256),
            )
    assert refused.value.code == "events.outside_lever"
    assert refused.value.facts["paths"] == ["conversion.hold_minutes"]


def source_of(text: str) -> Any:
    return events.Source(text), events.shipped_templates()


async def test_nothing_to_undo(desk: Desk) -> None:
    assert (await refusal(call(desk, "undo_lever", slug=SLUG))).code == "events.nothing_to_undo"


async def test_history_says_who_what_and_with_whose_approval(desk: Desk) -> None:
    await desk.through_the_gate(SALE % 130)
    await call(desk, "move_lever", slug=SLUG, path="/ranking_weights/individual_match", value=0.57)
    lines, total = await call(desk, "history", "viewer", slug=SLUG)
    assert (total, [line.number for line in lines]) == (4, [4, 3, 2, 1])
    assert (lines[0].kind, lines[0].sections, lines[0].author_email) == (
        "lever",
        ("ranking_weights",),
        "operator@example.com",
    )
    assert (lines[1].sections, [a["email"] for a in lines[1].approvals]) == (
        ("conversion",),
        ["admin@example.com"],
    )
    assert [line.author_type for line in lines[:3]] == [
        AuthorType.MEMBER,
        AuthorType.MEMBER,
        AuthorType.SYSTEM,
    ]
    members, count = await call(desk, "history", slug=SLUG, author_type="member", limit=1, offset=1)
    assert (count, [line.number for line in members]) == (3, [3])
    assert (
        await refusal(call(desk, "history", slug=SLUG, author_type="cat"))
    ).code == "events.no_such_choice"


async def test_what_the_assistant_wrote_says_so(desk: Desk) -> None:
    saved = await desk.save(SALE % 24 + "branding: {tagline: Hello}\n", origin="assistant")
    await desk.put_in_force(await desk.submit(saved.draft))
    lines, _ = await call(desk, "history", slug=SLUG, author_type="assistant")
    assert [line.number for line in lines] == [3]


async def test_a_clone_is_a_draft_of_a_new_event(desk: Desk) -> None:
    saved = await call(desk, "clone_event", slug=SLUG, new_slug="autumn-sale", name="Autumn Sale")
    assert (saved.draft.slug, saved.draft.origin, saved.problems) == ("autumn-sale", "clone", ())
    assert "# note" in saved.draft.source
    async with desk.unit("admin") as ctx:
        event = await events.get_event(ctx, slug="autumn-sale")
        assert (event.status, event.current_version_id) == ("draft", None)
        version = await drafts.publish_draft(ctx, draft_id=saved.draft.id, revision=1)
    assert (version.number, version.document["name"]) == (1, "Autumn Sale")
    taken = await refusal(call(desk, "clone_event", slug=SLUG, new_slug="autumn-sale", name="Again"))
    assert taken.code == "events.slug_taken"
    bad = await refusal(call(desk, "clone_event", slug=SLUG, new_slug="Autumn Sale!", name="Again"))
    assert bad.code == "events.invalid_document"


async def test_flags_of_the_organization(desk: Desk) -> None:
    seller = desk.world.seller
    flags = await call(desk, "set_flag", organization_id=seller, name="comparison", is_on=False, note="Soon")
    flag = flags[0]
    assert (flag.name, flag.is_on, flag.note, flag.updated_by) == (
        "comparison",
        False,
        "Soon",
        "operator@example.com",
    )
    assert desk.facts("flag.set") == [{"name": "comparison", "is_on": False, "note": "Soon"}]
    assert await call(desk, "list_flags", "other_admin", organization_id=seller) == []


PERMISSIONS: list[tuple[str, str, dict[str, Any]]] = [
    ("rollback_versions", "roll_back", {"slug": SLUG, "target": 1, "reason": "Back"}),
    ("move_levers", "move_lever", {"slug": SLUG, "path": "/ranking_weights/individual_match", "value": 0.57}),
    ("move_levers", "set_flag", {"name": "comparison", "is_on": False}),
]


@pytest.mark.parametrize(("permission", "verb", "values"), PERMISSIONS)
async def test_each_verb_is_a_permission(
    desk: Desk, permission: str, verb: str, values: dict[str, Any]
) -> None:
    if verb == "set_flag":
        values = values | {"organization_id": desk.world.seller}
    desk.allow("operator", **{permission: False})
    assert (await refusal(call(desk, verb, **values))).facts == {"permission": permission}
    assert (await refusal(call(desk, verb, "viewer", **values))).facts == {"permission": permission}
    assert isinstance(await refusal(call(desk, verb, "other_admin", **values)), NotFound)


async def test_cloning_needs_the_right_to_deploy(desk: Desk) -> None:
    desk.allow("operator", deploy_to_production=False)
    values = {"slug": SLUG, "new_slug": "autumn-sale", "name": "Autumn"}
    assert (await refusal(call(desk, "clone_event", **values))).status == 403


@pytest.mark.parametrize("persona", ["stranger", "other_admin", "dealer"])
async def test_releases_of_others_are_not_there(desk: Desk, persona: str) -> None:
    for verb, values in (
        ("compare", {"before": 1, "after": 2}),
        ("consequences", {"target": 1}),
        ("levers", {}),
        ("undo_lever", {}),
        ("history", {}),
        ("clone_event", {"new_slug": "mine", "name": "Mine"}),
    ):
        assert isinstance(await refusal(call(desk, verb, persona, slug=SLUG, **values)), NotFound)


async def test_a_harmless_publication_between_two_moves_does_not_move_the_range(desk: Desk) -> None:
    path = "/ranking_weights/individual_match"
    moved = await call(desk, "move_lever", slug=SLUG, path=path, value=0.64)
    await desk.publish(moved.source + "branding: {tagline: Come in}\n")
    further = await refusal(call(desk, "move_lever", slug=SLUG, path=path, value=0.66))
    assert further.code == "events.outside_lever"
    approved = await desk.through_the_gate(moved.source.replace("24}", "240}"))
    assert approved.baseline_id == approved.id
    assert (await call(desk, "move_lever", slug=SLUG, path=path, value=0.66)).number == 6


async def test_going_back_to_a_moved_lever_does_not_move_the_range(desk: Desk) -> None:
    path = "/ranking_weights/individual_match"
    moved = await call(desk, "move_lever", slug=SLUG, path=path, value=0.64)
    await call(desk, "undo_lever", slug=SLUG)
    back = await call(desk, "roll_back", slug=SLUG, target=moved.number, reason="Rather so")
    assert back.baseline_id == moved.baseline_id
    further = await refusal(call(desk, "move_lever", slug=SLUG, path=path, value=0.66))
    assert further.code == "events.outside_lever"
