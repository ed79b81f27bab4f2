"""Dates of a document are kept by the database's clock, wherever a conversation or a hold begins."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from backend.core.context import Actor
from backend.core.db import Database
from backend.core.errors import AppError
from backend.domains.transactions import service as transactions
from tests.factories import DOCUMENT, World, add_version, confirmed

PAST, FUTURE = "2020-01-01T00:00:00+00:00", "2999-01-01T00:00:00+00:00"


async def enter(database: Database, world: World, version: Any) -> str:
    try:
        async with database.as_actor(Actor.anonymous()) as ctx:
            await ctx.conn.execute(
                "select private.open_session(%s, %s, %s, %s)", (world.slug, version, Jsonb({}), Jsonb({}))
            )
        return "in"
    except AppError as error:
        return error.code


@pytest.mark.parametrize(
    ("dates", "outcome"),
    [
        ({}, "in"),
        ({"opens_at": PAST, "closes_at": FUTURE}, "in"),
        ({"opens_at": FUTURE}, "events.not_open_yet"),
        ({"closes_at": PAST}, "events.closed"),
    ],
)
async def test_conversations_begin_between_the_dates(
    database: Database, owner: psycopg.Connection[Any], world: World, dates: dict[str, str], outcome: str
) -> None:
    version = add_version(owner, world, {**DOCUMENT, "dates": dates}, number=2)
    assert await enter(database, world, version) == outcome


async def test_after_the_end_nothing_is_held(
    database: Database, owner: psycopg.Connection[Any], world: World
) -> None:
    async with database.as_actor(world.actor("other_buyer")) as ctx:
        token = await confirmed(ctx, "hold", listing_id=world.listings[1])
    add_version(owner, world, {**DOCUMENT, "dates": {"closes_at": PAST}}, number=2)
    with pytest.raises(AppError) as refused:
        async with database.as_actor(world.actor("other_buyer")) as ctx:
            await transactions.place_hold(
                ctx, listing_id=world.listings[1], key=str(uuid4()), confirmation=token
            )
    assert refused.value.code == "events.closed"
