"""Publishing against the real database: who may, what it leaves behind, and that numbers never clash."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from backend.core.db import Database
from backend.core.errors import Conflict, Gone, InvalidInput, NotAllowed, NotFound
from backend.domains.events import service as events
from backend.domains.events.model import EventStatus, EventVersion, Source
from backend.domains.events.templates import SEEDS
from tests.factories import World
from tests.services.events.conftest import LIBRARY, SALE, Desk

#: A change that nobody has to agree to.
GREETED = SALE + "branding: {tagline: Tagline %s}\n"


async def publish(
    database: Database, world: World, text: str, persona: str = "operator", **more: Any
) -> EventVersion:
    async with database.as_actor(world.actor(persona)) as ctx:
        return await events.publish(ctx, source=Source(text, "sale.yaml"), library=LIBRARY, **more)


async def test_publishing_stores_a_version_and_puts_it_in_force(
    desk: Desk, owner: psycopg.Connection[Any], world: World
) -> None:
    version = await desk.through_the_gate(SALE % 130)
    assert (version.number, version.is_new, version.message) == (3, True, "Longer holds")
    assert version.author_id == world.users["operator"]
    assert version.source == SALE % 130
    assert version.document["conversion"]["hold_minutes"] == 130
    columns = "current_version_id, status, hold_ttl_s"
    row = owner.execute(f"select {columns} from public.events where id = %s", (world.event,)).fetchone()
    assert row == {"current_version_id": version.id, "status": "live", "hold_ttl_s": 7800}
    said = owner.execute(
        "select topic from realtime.messages where event = 'version_published' and payload ->> 'number' = '3'"
    )
    assert {row["topic"] for row in said} == {
        "versions",
        f"event:{world.event}",
        f"organization:{world.seller}",
    }
    (fact,) = [facts for facts in desk.facts("event.published") if facts["number"] == 3]
    assert (fact["message"], fact["risk"]) == ("Longer holds", "medium")


async def test_a_change_of_low_risk_needs_nobody(desk: Desk) -> None:
    version = await desk.publish(GREETED % (24, "one"), message="  Another line ")
    assert (version.number, version.risk, version.message) == (3, "low", "Another line")


async def test_a_change_that_others_have_to_agree_to_is_not_published_past_them(desk: Desk) -> None:
    for persona in ("operator", "admin"):
        with pytest.raises(Conflict) as refused:
            await desk.publish(SALE % 130, persona)
        assert refused.value.code == "events.needs_approval"
        assert (refused.value.facts["risk"], refused.value.facts["needed"]) == ("medium", 1)
    assert (await desk.in_force()).number == 2


async def test_an_equal_document_is_not_published_again(desk: Desk) -> None:
    first = await desk.through_the_gate(SALE % 130)
    again = await desk.publish("# other words\n" + SALE % "130.0")
    assert (again.id, again.number, again.is_new) == (first.id, first.number, False)
    assert again.document == first.document


async def test_a_bad_document_says_what_is_wrong_and_leaves_nothing(
    database: Database, owner: psycopg.Connection[Any], world: World
) -> None:
    with pytest.raises(InvalidInput) as refused:
        await publish(
            database, world, "extends: platform_defaults\nid: spring-sale\nconversion: {hold_minute: 3}\n"
        )
    assert refused.value.code == "events.invalid_document"
    (problem,) = refused.value.facts["problems"]
    assert problem | {"message": ""} == {
        "path": "/conversion/hold_minute",
        "code": "unknown_field",
        "message": "",
        "file": "sale.yaml",
        "line": 3,
        "column": 14,
        "found": "hold_minute",
        "expected": problem["expected"],
        "nearest": "hold_minutes",
        "severity": "error",
    }
    json.dumps(refused.value.facts)
    assert owner.execute("select count(*) as n from public.event_versions").fetchone() == {"n": 1}


@pytest.mark.parametrize("persona", ["viewer", "specialist"])
async def test_members_without_the_right_may_not_publish(
    database: Database, world: World, persona: str
) -> None:
    with pytest.raises(NotAllowed):
        await publish(database, world, SALE % 30, persona)


@pytest.mark.parametrize("persona", ["stranger", "other_admin", "dealer"])
async def test_others_do_not_even_see_the_event(database: Database, world: World, persona: str) -> None:
    with pytest.raises(NotFound):
        await publish(database, world, SALE % 30, persona)
    async with database.as_actor(world.actor(persona)) as ctx:
        assert await events.list_events(ctx) == []
        with pytest.raises(NotFound):
            await events.get_event(ctx, slug=world.slug)
        with pytest.raises(NotFound):
            await events.get_version(ctx, version_id=world.version)


async def test_an_event_is_made_for_the_organization_that_is_named(database: Database, world: World) -> None:
    text = (SEEDS / "tesla_q1_2026" / "event.yaml").read_text("utf-8")
    with pytest.raises(NotFound):
        await publish(database, world, text)
    with pytest.raises(NotAllowed):  # deposits and data sources are for an admin to begin with
        await publish(database, world, text, organization_id=world.seller)
    version = await publish(database, world, text, "admin", organization_id=world.seller)
    assert (version.number, version.organization_id) == (1, world.seller)
    async with database.as_actor(world.actor("viewer")) as ctx:
        event = await events.get_event(ctx, slug="tesla-q1-2026")
        assert (event.status, event.current_number, event.name) == (EventStatus.LIVE, 1, "Tesla Q1 2026")
        assert [item.slug for item in await events.list_events(ctx)] == ["spring-sale", "tesla-q1-2026"]
        assert [item.slug for item in await events.list_events(ctx, limit=1, after="spring-sale")] == [
            "tesla-q1-2026"
        ]


async def test_nobody_takes_the_slug_of_another(database: Database, world: World) -> None:
    with pytest.raises(Conflict, match="slug_taken"):
        await publish(database, world, SALE % 30, "other_admin", organization_id=world.other_seller)
    with pytest.raises(NotAllowed):
        await publish(database, world, "id: new-sale\n", "other_admin", organization_id=world.seller)


@pytest.mark.parametrize(
    ("text", "slug"),
    [("id: platform_defaults\n", None), ("id: x\n", None), ("id: other-sale\n", "spring-sale")],
)
async def test_an_id_that_cannot_be_the_events(
    database: Database, world: World, text: str, slug: str | None
) -> None:
    with pytest.raises(InvalidInput) as refused:
        await publish(database, world, text, slug=slug)
    assert refused.value.facts["problems"][0]["path"] == "/id"


async def test_publishing_at_once_gives_numbers_without_gap_or_twin(desk: Desk, world: World) -> None:
    texts = [GREETED % (24, letter) for letter in "abcdefghijkl"]
    versions = await asyncio.gather(*(desk.publish(text) for text in texts))
    assert sorted(version.number for version in versions) == list(range(3, 15))
    async with desk.unit("operator") as ctx:
        history = await events.list_versions(ctx, slug=world.slug)
        assert [head.number for head in history] == list(range(14, 0, -1))
        assert [head.number for head in history if head.is_current] == [14]
        page = await events.list_versions(ctx, slug=world.slug, limit=3, before=14)
        assert [head.number for head in page] == [13, 12, 11]


async def test_a_local_operator_publishes_without_an_author(database: Database, world: World) -> None:
    async with database.as_system("a test publishes as a local operator") as ctx:
        assert await events.get_organization_id(ctx, slug="seller") == world.seller
        with pytest.raises(NotFound):
            await events.get_organization_id(ctx, slug="nobody")
        version = await events.publish(
            ctx, source=Source(SALE % 30), library=LIBRARY, organization_id=world.seller
        )
    assert version.author_id is None


async def test_status_changes_and_a_closed_event_takes_no_version(
    database: Database, owner: psycopg.Connection[Any], world: World
) -> None:
    async with database.as_actor(world.actor("operator")) as ctx:
        assert (
            await events.change_status(ctx, slug=world.slug, status=EventStatus.PAUSED)
        ).status is EventStatus.PAUSED
        assert (
            await events.change_status(ctx, slug=world.slug, status=EventStatus.CLOSED)
        ).status is EventStatus.CLOSED
    with pytest.raises(Gone, match="closed"):
        await publish(database, world, SALE % 30)
    with pytest.raises(NotAllowed):
        async with database.as_actor(world.actor("viewer")) as ctx:
            await events.change_status(ctx, slug=world.slug, status=EventStatus.LIVE)
    facts = owner.execute(
        "select facts ->> 'to' as status from public.journal where kind = 'event.status_changed' order by id"
    )
    assert [row["status"] for row in facts] == ["live", "paused", "closed"]


async def test_a_draft_has_no_status_to_change(database: Database, world: World) -> None:
    async with database.as_actor(world.actor("admin")) as ctx:
        draft = await events.create_event(
            ctx, organization_id=world.seller, slug="autumn-sale", name="Autumn Sale"
        )
        assert (draft.status, draft.current_version_id) == (EventStatus.DRAFT, None)
        with pytest.raises(Conflict, match="never_published"):
            await events.change_status(ctx, slug="autumn-sale", status=EventStatus.LIVE)
        with pytest.raises(Conflict, match="slug_taken"):
            await events.create_event(ctx, organization_id=world.seller, slug="autumn-sale", name="Again")


async def test_what_processes_serve(database: Database, world: World, desk: Desk) -> None:
    version = await desk.in_force()
    async with database.as_actor(world.actor("anon")) as ctx:
        (bundle,) = await events.list_served(ctx)
        assert (bundle.version_id, bundle.slug, bundle.number) == (version.id, world.slug, 2)
        assert bundle.document == version.document
        assert bundle.is_open
        assert await events.list_served(ctx, event_id=uuid4()) == []
        (head,) = await events.list_served_heads(ctx)
        assert (head.event_id, head.version_id) == (world.event, version.id)
        pinned = await events.find_pinned(ctx, version_id=world.version)
        assert pinned is not None
        assert pinned.number == 1
        assert await events.find_pinned(ctx, version_id=UUID(int=0)) is None
