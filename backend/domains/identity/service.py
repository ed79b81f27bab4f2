"""Verbs of identity: who signed in, where they belong, who is invited. Passwords are Supabase Auth's business."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from backend.core.context import Actor, Context
from backend.core.errors import InvalidInput, NotAllowed, NotFound, NotSignedIn
from backend.domains.identity import queries
from backend.domains.identity.model import Invited, Member, Membership, OpenedSession, Role
from backend.domains.identity.tokens import hash_of, new_token


async def open_session(ctx: Context, *, hours: int) -> OpenedSession:
    """Opens a staff sign-in for the actor, whom the identity provider has just verified."""
    if ctx.actor.user_id is None:
        raise NotSignedIn("identity.not_signed_in")
    token = new_token()
    expires_at = await queries.open_web_session(ctx.conn, token_sha256=hash_of(token), hours=hours)
    return OpenedSession(token, ctx.actor.user_id, ctx.actor.email or "", expires_at)


async def actor_of(ctx: Context, *, token: str) -> Actor:
    """The person a sign-in cookie speaks for. Raises: NotSignedIn `identity.session_over`."""
    row = await queries.find_web_session(ctx.conn, token_sha256=hash_of(token))
    if row is None:
        raise NotSignedIn("identity.session_over")
    return Actor.user(row["user_id"], row["email"])


async def close_session(ctx: Context, *, token: str) -> None:
    """Ends a sign-in at once, wherever its cookie still lies."""
    await queries.close_web_session(ctx.conn, token_sha256=hash_of(token))


async def list_memberships(ctx: Context) -> list[Membership]:
    """Organizations of the actor, sellers first."""
    return [_membership(row) for row in await queries.memberships(ctx.conn)]


async def list_members(ctx: Context, *, organization_id: UUID) -> list[Member]:
    """Members with what each may do, admins first. Raises: NotFound `identity.no_such_organization` for who is none."""
    rows = await queries.list_members(ctx.conn, organization_id=organization_id)
    if not rows:
        raise NotFound("identity.no_such_organization", organization_id=str(organization_id))
    return [_member(row) for row in rows]


async def get_member(ctx: Context, *, organization_id: UUID, user_id: UUID) -> Member:
    """Raises: NotFound `identity.no_such_member`."""
    for member in await list_members(ctx, organization_id=organization_id):
        if member.user_id == user_id:
            return member
    raise NotFound("identity.no_such_member", user_id=str(user_id))


async def my_permissions(ctx: Context, *, organization_id: UUID) -> dict[str, Any]:
    """What the actor may do in an organization; empty for who does not belong to it. The database decides again."""
    return await queries.my_permissions(ctx.conn, organization_id=organization_id) or {}


async def my_permissions_to_read(ctx: Context, *, organization_id: UUID) -> dict[str, Any]:
    """The same for who may read configuration. Raises: NotFound `identity.no_such_organization` for all others."""
    mine = await my_permissions(ctx, organization_id=organization_id)
    if not mine.get("view_config"):
        raise NotFound("identity.no_such_organization", organization_id=str(organization_id))
    return mine


async def presets(ctx: Context) -> dict[str, dict[str, Any]]:
    """What each role may do before anything is given or taken."""
    return {role.value: await queries.role_preset(ctx.conn, role=role) for role in Role}


async def set_permissions(
    ctx: Context, *, organization_id: UUID, user_id: UUID, overrides: dict[str, Any]
) -> Member:
    """Lays permissions over a member's role; what equals the role's own is no override.

    Raises: NotFound `identity.no_such_member`; NotAllowed `identity.needs_permission`, `identity.above_yourself`;
    InvalidInput `identity.unknown_permission`; Conflict `identity.last_manager`.
    """
    await queries.set_permissions(
        ctx.conn, organization_id=organization_id, user_id=user_id, overrides=overrides
    )
    return await get_member(ctx, organization_id=organization_id, user_id=user_id)


async def change_role(ctx: Context, *, organization_id: UUID, user_id: UUID, role: Role) -> Member:
    """Gives a member another role; admins only, by row-level security.

    Raises: NotFound `identity.no_such_member`; NotAllowed `core.not_allowed`; Conflict `identity.last_admin`.
    """
    await get_member(ctx, organization_id=organization_id, user_id=user_id)
    changed = await queries.set_role(ctx.conn, organization_id=organization_id, user_id=user_id, role=role)
    if changed is None:
        raise NotAllowed("core.not_allowed")
    return await get_member(ctx, organization_id=organization_id, user_id=user_id)


async def invite(ctx: Context, *, organization_id: UUID, email: str, role: Role) -> Invited:
    """Invites an address. Admins only, by row-level security; the token leaves by mail."""
    address = email.strip().lower()
    if "@" not in address[1:-1] or len(address) > 320:
        raise InvalidInput("identity.bad_email", email=email)
    token = new_token()
    invitation_id = await queries.add_invitation(
        ctx.conn,
        organization_id=organization_id,
        email=address,
        role=role,
        token_sha256=hash_of(token),
        invited_by=ctx.actor.user_id,
    )
    return Invited(invitation_id, address, role, token)


async def accept_invitation(ctx: Context, *, token: str) -> UUID:
    """Makes the actor a member. Shape: the organization's id. Raises: NotFound, Gone."""
    return await queries.accept_invitation(ctx.conn, token_sha256=hash_of(token))


def _membership(row: dict[str, Any]) -> Membership:
    values: dict[str, Any] = {**row, "role": Role(row["role"])}
    return Membership(**values)


def _member(row: dict[str, Any]) -> Member:
    values: dict[str, Any] = {**row, "role": Role(row["role"])}
    return Member(**values)


async def ensure_demo(ctx: Context, *, plan: dict[str, Any], users: dict[str, UUID]) -> None:
    """Organizations, members and partnerships of the demo; what is there already stays as it is."""
    organizations = {
        item["slug"]: await queries.ensure_organization(
            ctx.conn, slug=item["slug"], name=item["name"], kind=item["kind"]
        )
        for item in plan["organizations"]
    }
    for person in plan["people"]:
        await queries.ensure_member(
            ctx.conn,
            organization_id=organizations[person["organization"]],
            user_id=users[person["email"]],
            role=person["role"],
        )
    for item in plan["dealers"]:
        await queries.ensure_dealer(
            ctx.conn,
            seller_id=organizations[item["seller"]],
            dealer_id=organizations[item["dealer"]],
            code=item["code"],
        )
