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

LIBRARY = events.shipped_templates()
SALE = (
    "extends: platform_defaults\nid: spring-sale\nname: Spring Sale\nconversion: {hold_minutes: %s} # note\n"
)


async def publish(
    database: Database, world: World, text: str, persona: str = "operator", **more: Any
) -> EventVersion:
    async with database.as_actor(world.actor(persona)) as ctx:
        return await events.publish(ctx, source=Source(text, "sale.yaml"), library=LIBRARY, **more)


async def test_publishing_stores_a_version_and_puts_it_in_force(
    database: Database, owner: psycopg.Connection[Any], world: World
) -> None:
    version = await publish(database, world, SALE % 30, message="  Longer holds ")
    assert (version.number, version.is_new, version.message) == (2, True, "Longer holds")
    assert version.author_id == world.users["operator"]
    assert version.source == SALE % 30
    assert version.document["conversion"]["hold_minutes"] == 30
    columns = "current_version_id, status, hold_ttl_s"
    row = owner.execute(f"select {columns} from public.events where id = %s", (world.event,)).fetchone()
    assert row == {"current_version_id": version.id, "status": "live", "hold_ttl_s": 1800}
    said = owner.execute(
        "select topic from realtime.messages where event = 'version_published' and payload ->> 'number' = '2'"
    )
    assert {row["topic"] for row in said} == {
        "versions",
        f"event:{world.event}",
        f"organization:{world.seller}",
    }
    published = "kind = 'event.published' and facts ->> 'number' = '2'"
    fact = owner.execute(f"select facts from public.journal where {published}").fetchone()
    assert fact is not None
    assert fact["facts"]["message"] == "Longer holds"


async def test_an_equal_document_is_not_published_again(database: Database, world: World) -> None:
    first = await publish(database, world, SALE % 30)
    again = await publish(database, world, "# other words\n" + SALE % "30.0")
    assert (again.id, again.number, again.is_new) == (first.id, first.number, False)
    assert again.document == first.document


async def test_going_back_is_a_new_version(database: Database, world: World) -> None:
    first = await publish(database, world, SALE % 30)
    await publish(database, world, SALE % 40)
    third = await publish(database, world, SALE % 30)
    assert third.sha256 == first.sha256
    assert (third.number, third.is_new) == (first.number + 2, True)


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
    version = await publish(database, world, text, organization_id=world.seller)
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


async def test_publishing_at_once_gives_numbers_without_gap_or_twin(database: Database, world: World) -> None:
    versions = await asyncio.gather(*(publish(database, world, SALE % minutes) for minutes in range(10, 22)))
    assert sorted(version.number for version in versions) == list(range(2, 14))
    async with database.as_actor(world.actor("operator")) as ctx:
        history = await events.list_versions(ctx, slug=world.slug)
        assert [head.number for head in history] == list(range(13, 0, -1))
        assert [head.number for head in history if head.is_current] == [13]
        page = await events.list_versions(ctx, slug=world.slug, limit=3, before=13)
        assert [head.number for head in page] == [12, 11, 10]


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


async def test_what_processes_serve(database: Database, world: World) -> None:
    version = await publish(database, world, SALE % 30)
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
