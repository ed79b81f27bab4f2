"""A lead is opened, refreshed and withdrawn; what was withdrawn stays withdrawn."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import psycopg
import pytest

from backend.core.db import Database
from backend.core.errors import NotFound
from backend.domains.leads import service as leads
from backend.domains.leads.model import Contact, DealerMatch, Understood
from tests.factories import World, confirmed


async def share(
    database: Database, world: World, *, refresh: bool = False, contact: Contact | None = None
) -> int:
    wish = {"field": "price", "op": "lte", "value": 38_990, "default": False}
    async with database.as_actor(world.actor("other_buyer")) as ctx:
        told = None if contact is None else asdict(contact)
        token = None if refresh else await confirmed(ctx, "share", contact=told)
        _, dealers = await leads.open_lead(
            ctx,
            event_name="Spring Sale",
            understood=Understood([wish], [], {"price": "Price"}, {}),
            contact=contact,
            matches=[DealerMatch(world.dealer, 1.0, 2)],
            alignment_min=0.65,
            most=5,
            refresh=refresh,
            confirmation=token,
        )
    return dealers


async def seen(database: Database, world: World, persona: str) -> list[dict[str, Any]]:
    async with database.as_actor(world.actor(persona)) as ctx:
        return [p.portrait for p in await leads.list_prospects(ctx) if p.portrait.get("event")]


async def test_a_lead_shows_the_wishes_and_never_the_contact(database: Database, world: World) -> None:
    contact = Contact("Robin Sample", "robin@example.com", "555-0100", "12 Sample Street")
    assert await share(database, world, contact=contact) == 1
    portraits = await seen(database, world, "dealer")
    assert portraits == [
        {
            "event": "Spring Sale",
            "wishes": [{"label": "Price", "text": "up to 39,000"}],
            "timeline": "not said",
        }
    ]
    for persona in ("other_admin", "stranger", "admin"):
        assert await seen(database, world, persona) == []


async def test_a_refresh_opens_nothing_that_was_withdrawn(database: Database, world: World) -> None:
    with pytest.raises(NotFound):
        await share(database, world, refresh=True)
    await share(database, world)
    assert await share(database, world, refresh=True) == 1
    async with database.as_actor(world.actor("other_buyer")) as ctx:
        await leads.withdraw_lead(ctx)
    with pytest.raises(NotFound):
        await share(database, world, refresh=True)
    assert await seen(database, world, "dealer") == []


async def test_a_suspended_partnership_sees_nothing_at_once(
    database: Database, owner: psycopg.Connection[Any], world: World
) -> None:
    await share(database, world)
    owner.execute("update public.dealers set status = 'suspended' where id = %s", (world.dealer,))
    assert await seen(database, world, "dealer") == []
