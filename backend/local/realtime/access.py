"""Who somebody is, and what the policies on `realtime.messages` let them do on a private channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import jwt
import psycopg
from psycopg import AsyncConnection
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from backend.local.realtime.protocol import dumps

Claims: TypeAlias = dict[str, Any]
Pool: TypeAlias = AsyncConnectionPool[AsyncConnection[TupleRow]]

ROLES = frozenset({"anon", "authenticated", "service_role"})
EXTENSIONS = ("broadcast", "presence")


class Refused(Exception):
    """The key or token is not ours, has expired, or names a role that may not come here."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Turns API keys and tokens into claims."""

    publishable_key: str
    secret_key: str
    jwt_secret: str

    def claims(self, token: str | None) -> Claims:
        """Clients send their API key where they have no token.

        Raises: Refused.
        """
        if token == self.publishable_key:
            return {"role": "anon"}
        if token == self.secret_key:
            return {"role": "service_role"}
        try:
            claims = jwt.decode(
                token or "",
                self.jwt_secret,
                algorithms=["HS256"],
                options={"verify_aud": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError as error:
            raise Refused(f"InvalidJWTToken: {error}") from error
        if claims.get("role") not in ROLES:
            raise Refused("InvalidJWTToken: the role is not one of anon, authenticated, service_role")
        return claims


@dataclass(frozen=True, slots=True)
class Rights:
    """What a client may hear and say on a channel: names of extensions."""

    hears: frozenset[str]
    says: frozenset[str]


EVERYTHING = Rights(frozenset(EXTENSIONS), frozenset(EXTENSIONS))

_PROBES = """
insert into realtime.messages (topic, extension, event, private)
values (%(topic)s, 'broadcast', '', true), (%(topic)s, 'presence', '', true) returning id
"""
_BECOME = """
select set_config('role', %(role)s, true), set_config('request.jwt.claims', %(claims)s, true),
       set_config('request.jwt.claim.sub', %(sub)s, true), set_config('request.jwt.claim.role', %(role)s, true),
       set_config('realtime.topic', %(topic)s, true)
"""
_HEARS = "select extension from realtime.messages where id = any(%s)"
_SAYS = "insert into realtime.messages (topic, extension, event, private) values (%s, %s, '', true)"


async def rights_on(pool: Pool, claims: Claims, topic: str) -> Rights:
    """Asks the policies as hosted does: what of two sample rows does the role see, and may it write such rows?

    Everything is rolled back.
    """
    who = {
        "role": claims["role"],
        "claims": dumps(claims),
        "sub": str(claims.get("sub") or ""),
        "topic": topic,
    }
    async with pool.connection() as conn, conn.transaction(force_rollback=True):
        ids = [row[0] for row in await (await conn.execute(_PROBES, {"topic": topic})).fetchall()]
        await conn.execute(_BECOME, who)
        hears = await _visible(conn, ids)
        says = [extension for extension in EXTENSIONS if await _may_write(conn, topic, extension)]
    return Rights(frozenset(hears), frozenset(says))


async def _visible(conn: AsyncConnection[TupleRow], ids: list[Any]) -> list[str]:
    try:
        async with conn.transaction():
            return [row[0] for row in await (await conn.execute(_HEARS, (ids,))).fetchall()]
    except (psycopg.errors.InsufficientPrivilege, psycopg.DataError):
        return []


async def _may_write(conn: AsyncConnection[TupleRow], topic: str, extension: str) -> bool:
    try:
        async with conn.transaction():
            await conn.execute(_SAYS, (topic, extension))
    except (psycopg.errors.InsufficientPrivilege, psycopg.DataError):
        return False
    return True
