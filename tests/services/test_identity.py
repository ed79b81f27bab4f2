"""Sign-ins, memberships, invitations and buyers' tokens, each with its refusal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import psycopg
import pytest

from backend.core.context import Actor
from backend.core.db import Database
from backend.core.errors import AppError, Gone, NotAllowed, NotFound, NotSignedIn
from backend.domains.identity import service as identity
from backend.domains.identity.model import Role
from backend.domains.identity.tokens import mint_buyer_token, read_buyer_token
from tests.factories import World

SECRET = "s" * 40


async def test_a_cookie_speaks_for_its_person_until_signed_out(database: Database, world: World) -> None:
    async with database.as_actor(world.actor("operator")) as ctx:
        opened = await identity.open_session(ctx, hours=1)
    async with database.as_actor(Actor.anonymous()) as ctx:
        actor = await identity.actor_of(ctx, token=opened.token)
        assert actor == world.actor("operator")
        await identity.close_session(ctx, token=opened.token)
        with pytest.raises(NotSignedIn):
            await identity.actor_of(ctx, token=opened.token)


async def test_a_cookie_ends_by_the_databases_clock(
    database: Database, owner: psycopg.Connection[Any], world: World
) -> None:
    async with database.as_actor(world.actor("operator")) as ctx:
        opened = await identity.open_session(ctx, hours=1)
    owner.execute("update private.web_sessions set expires_at = now() - interval '1 second'")
    async with database.as_actor(Actor.anonymous()) as ctx:
        with pytest.raises(NotSignedIn):
            await identity.actor_of(ctx, token=opened.token)


async def test_nobody_opens_a_sign_in_for_nobody(database: Database, world: World) -> None:
    with pytest.raises(NotSignedIn):
        async with database.as_actor(Actor.anonymous()) as ctx:
            await identity.open_session(ctx, hours=1)


async def test_memberships_are_ones_own(database: Database, world: World) -> None:
    async with database.as_actor(world.actor("operator")) as ctx:
        assert [(m.slug, m.role) for m in await identity.list_memberships(ctx)] == [("seller", Role.OPERATOR)]
    async with database.as_actor(world.actor("stranger")) as ctx:
        assert await identity.list_memberships(ctx) == []


async def invite(database: Database, world: World, persona: str) -> str:
    async with database.as_actor(world.actor(persona)) as ctx:
        invited = await identity.invite(
            ctx, organization_id=world.seller, email="Stranger@example.com", role=Role.VIEWER
        )
    return invited.token


async def test_an_invitation_is_taken_up_once_by_its_address(database: Database, world: World) -> None:
    token = await invite(database, world, "admin")
    for persona, refusal in (("other_admin", NotFound), ("stranger", None), ("stranger", Gone)):
        if refusal is None:
            async with database.as_actor(world.actor(persona)) as ctx:
                assert await identity.accept_invitation(ctx, token=token) == world.seller
        else:
            with pytest.raises(refusal):
                async with database.as_actor(world.actor(persona)) as ctx:
                    await identity.accept_invitation(ctx, token=token)


async def test_an_address_that_nobody_confirmed_takes_up_no_invitation(
    database: Database, owner: psycopg.Connection[Any], world: World
) -> None:
    token = await invite(database, world, "admin")
    owner.execute("update auth.users set email_confirmed_at = null where id = %s", (world.users["stranger"],))
    with pytest.raises(NotFound):
        async with database.as_actor(world.actor("stranger")) as ctx:
            await identity.accept_invitation(ctx, token=token)


@pytest.mark.parametrize("persona", ["operator", "viewer", "other_admin", "dealer"])
async def test_only_the_organizations_admins_invite(database: Database, world: World, persona: str) -> None:
    with pytest.raises(NotAllowed):
        await invite(database, world, persona)


async def test_the_last_admin_stays(database: Database, world: World) -> None:
    with pytest.raises(AppError) as refused:
        async with database.as_actor(world.actor("admin")) as ctx:
            await ctx.conn.execute("update public.members set role = 'viewer' where user_id = auth.uid()")
    assert refused.value.code == "identity.last_admin"


def test_a_buyers_token_round_trips() -> None:
    session, event = uuid4(), uuid4()
    token = mint_buyer_token(SECRET, session_id=session, event_id=event, now=datetime.now(UTC))
    assert read_buyer_token(SECRET, token) == Actor.buyer(session, event)


@pytest.mark.parametrize(
    "claims",
    [
        {"role": "anon", "aud": "anon", "exp": 1},
        {
            "role": "anon",
            "aud": "authenticated",
            "exp": 9999999999,
            "session_id": str(uuid4()),
            "event_id": str(uuid4()),
        },
        {"role": "anon", "aud": "anon", "exp": 9999999999, "session_id": "x", "event_id": str(uuid4())},
        {"role": "anon", "aud": "anon", "session_id": str(uuid4()), "event_id": str(uuid4())},
        {"role": "anon", "aud": "anon", "exp": 9999999999},
    ],
)
def test_anything_else_is_no_buyers_token(claims: dict[str, Any]) -> None:
    with pytest.raises(NotSignedIn):
        read_buyer_token(SECRET, jwt.encode(claims, SECRET, "HS256"))


def test_a_token_of_another_secret_or_algorithm_is_refused() -> None:
    now = datetime.now(UTC) - timedelta(seconds=1)
    token = mint_buyer_token("t" * 40, session_id=uuid4(), event_id=uuid4(), now=now)
    unsigned = jwt.encode({"role": "anon", "aud": "anon", "exp": 9999999999}, None, algorithm="none")
    for bad in (token, unsigned, "", "a.b.c"):
        with pytest.raises(NotSignedIn):
            read_buyer_token(SECRET, bad)
