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
from backend.core.errors import AppError, Gone, InvalidInput, NotAllowed, NotFound, NotSignedIn
from backend.domains.identity import service as identity
from backend.domains.identity import tokens
from backend.domains.identity.model import Permission, Role
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


def test_a_token_that_was_good_is_refused_once_it_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC)
    token = mint_buyer_token(SECRET, session_id=uuid4(), event_id=uuid4(), now=now)
    read_buyer_token(SECRET, token)
    monkeypatch.setattr(tokens, "time", lambda: (now + timedelta(days=31)).timestamp())
    with pytest.raises(NotSignedIn):
        read_buyer_token(SECRET, token)


async def set_permissions(
    database: Database, world: World, member: str, actor: str = "admin", **overrides: Any
) -> dict[str, Any]:
    async with database.as_actor(world.actor(actor)) as ctx:
        found = await identity.set_permissions(
            ctx, organization_id=world.seller, user_id=world.users[member], overrides=overrides
        )
        return dict(found.permissions)


async def test_members_with_what_each_may_do(database: Database, world: World) -> None:
    async with database.as_actor(world.actor("viewer")) as ctx:
        members = await identity.list_members(ctx, organization_id=world.seller)
        presets = await identity.presets(ctx)
        mine = await identity.my_permissions(ctx, organization_id=world.seller)
        assert await identity.my_permissions(ctx, organization_id=world.other_seller) == {}
    assert [m.role for m in members] == [Role.ADMIN, Role.OPERATOR, Role.SPECIALIST, Role.VIEWER]
    names = {*(permission.value for permission in Permission), "max_risk_level"}
    for member in members:
        assert member.permissions == presets[member.role]
        assert member.permissions.keys() == names
    assert mine == presets["viewer"]


@pytest.mark.parametrize("persona", ["stranger", "other_admin", "dealer"])
async def test_the_members_of_others_are_not_there(database: Database, world: World, persona: str) -> None:
    with pytest.raises(NotFound):
        async with database.as_actor(world.actor(persona)) as ctx:
            await identity.list_members(ctx, organization_id=world.seller)
    with pytest.raises(NotFound):
        await set_permissions(database, world, "viewer", persona, edit_document=True)


async def test_what_differs_from_the_role_is_kept_and_the_rest_follows_the_role(
    database: Database, world: World
) -> None:
    given = await set_permissions(database, world, "viewer", view_config=True, edit_document=True)
    assert given["edit_document"] is True
    async with database.as_actor(world.actor("admin")) as ctx:
        member = await identity.get_member(ctx, organization_id=world.seller, user_id=world.users["viewer"])
        assert member.overrides == {"edit_document": True}
        changed = await identity.change_role(
            ctx, organization_id=world.seller, user_id=member.user_id, role=Role.OPERATOR
        )
    assert changed.permissions["deploy_to_production"] is True


async def test_permissions_are_given_by_who_may_and_has_them(database: Database, world: World) -> None:
    for persona in ("operator", "viewer", "specialist"):
        with pytest.raises(NotAllowed) as refused:
            await set_permissions(database, world, "viewer", persona, edit_document=True)
        assert refused.value.facts == {"permission": "manage_permissions"}
    await set_permissions(database, world, "operator", manage_permissions=True)
    with pytest.raises(NotAllowed) as above:
        await set_permissions(database, world, "viewer", "operator", max_risk_level="high")
    assert above.value.code == "identity.above_yourself"
    with pytest.raises(NotAllowed) as stronger:
        await set_permissions(database, world, "admin", "operator", edit_document=False)
    assert stronger.value.code == "identity.above_yourself"


@pytest.mark.parametrize("wrong", [{"fly": True}, {"max_risk_level": "huge"}, {"move_levers": "yes"}])
async def test_there_is_no_such_permission(database: Database, world: World, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        await set_permissions(database, world, "viewer", **wrong)
    assert refused.value.code == "identity.unknown_permission"


async def test_somebody_stays_who_may_manage_permissions(database: Database, world: World) -> None:
    with pytest.raises(AppError) as refused:
        await set_permissions(database, world, "admin", manage_permissions=False)
    assert refused.value.code == "identity.last_manager"


async def test_roles_are_changed_by_admins(database: Database, world: World) -> None:
    with pytest.raises(NotAllowed):
        async with database.as_actor(world.actor("operator")) as ctx:
            await identity.change_role(
                ctx, organization_id=world.seller, user_id=world.users["viewer"], role=Role.ADMIN
            )
