"""The two doors to Postgres. Nothing else opens a connection for the product.

`as_actor` runs a transaction under the actor's own role and claims, so that row-level security decides;
`as_system` runs past it, demands a written reason and leaves a fact in the journal.
"""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import Any, TypeAlias

import psycopg
from psycopg import AsyncConnection, sql
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import set_json_loads
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from backend.core import quick_json
from backend.core.context import Actor, Context
from backend.core.errors import BY_STATUS, AppError, Busy, Conflict, InvalidInput, NotAllowed
from backend.core.ports import Ports
from backend.core.settings import Settings

log = logging.getLogger(__name__)

Connection: TypeAlias = AsyncConnection[DictRow]
Pool: TypeAlias = AsyncConnectionPool[Connection]

# Begun and entered in one round trip: several statements in one text take no parameters, so the values stand in it quoted.
_AS_ACTOR = sql.SQL("""
begin;
select set_config('role', {role}, true), set_config('request.jwt.claims', {claims}, true),
       set_config('request.jwt.claim.sub', {sub}, true), set_config('request.jwt.claim.role', {role}, true)
""")
_AS_SYSTEM = sql.SQL("begin; select private.enter_as_system({reason})")


class Database:
    """Both doors, each with a pool of its own."""

    def __init__(self, settings: Settings, ports: Ports) -> None:
        self._ports = ports
        self._app = _pool(settings.app_dsn.get_secret_value(), settings)
        self._system = _pool(settings.system_dsn.get_secret_value(), settings)

    async def open(self) -> None:
        for pool in (self._app, self._system):
            try:
                await pool.open(wait=True, timeout=15)
            except PoolTimeout as error:
                raise Busy("core.database_unreachable") from error

    async def close(self) -> None:
        await self._app.close()
        await self._system.close()

    @asynccontextmanager
    async def as_actor(self, actor: Actor) -> AsyncIterator[Context]:
        """One transaction that sees and changes what the actor may. Commits at the end, rolls back on an error."""
        values = {
            "role": actor.role,
            "claims": json.dumps(actor.claims()),
            "sub": str(actor.user_id or ""),
        }
        with translated_errors():
            async with _begun(self._app, _AS_ACTOR, values) as conn:
                yield Context(conn, actor, datetime.now(UTC), self._ports)

    @asynccontextmanager
    async def as_system(self, reason: str) -> AsyncIterator[Context]:
        """One transaction past row-level security. `reason` goes into the journal; callers are listed in a test."""
        with translated_errors():
            async with _begun(self._system, _AS_SYSTEM, {"reason": reason}) as conn:
                yield Context(conn, Actor("system"), datetime.now(UTC), self._ports)

    async def ping(self) -> None:
        """Raises: Busy when Postgres does not answer."""
        with translated_errors():
            async with _begun(self._app, sql.SQL("begin"), {}, patience_s=2):
                pass


def _pool(dsn: str, settings: Settings) -> Pool:
    # A connection of a transaction pooler cannot keep prepared statements: psycopg would meet its own names again.
    prepare = 5 if settings.prepared_statements else None

    async def configure(conn: Connection) -> None:
        conn.prepare_threshold = prepare
        set_json_loads(quick_json.loads, conn)

    return AsyncConnectionPool(
        dsn,
        connection_class=AsyncConnection[DictRow],
        kwargs={"row_factory": dict_row, "application_name": "mpax", "autocommit": True},
        min_size=1,
        max_size=settings.pool_size,
        max_waiting=500,
        timeout=10,
        open=False,
        configure=configure,
    )


@asynccontextmanager
async def _begun(
    pool: Pool, statement: sql.SQL, values: Mapping[str, str], *, patience_s: float | None = None
) -> AsyncIterator[Connection]:
    """A connection within the transaction that the statement begins: leaving commits it, an error rolls it back."""
    begin = statement.format(**{name: sql.Literal(value) for name, value in values.items()})
    conn = await _first_alive(pool, begin, patience_s)
    try:
        async with conn:
            yield conn
    finally:
        await pool.putconn(conn)


async def _first_alive(pool: Pool, begin: sql.Composed, patience_s: float | None) -> Connection:
    """After a restart of Postgres every connection of the pool may be dead. The first statement finds that out and has
    done nothing then; the pool replaces what comes back dead.
    """
    tried = 0
    while True:
        conn = await pool.getconn(patience_s)
        try:
            await conn.execute(begin, prepare=False)
            return conn
        except BaseException as error:
            tried += 1
            was_dead = conn.closed and isinstance(error, psycopg.OperationalError)
            await pool.putconn(conn)
            if not was_dead or tried > pool.max_size:
                raise


async def one_row(cursor: Any) -> dict[str, Any]:
    """The row of a statement that always gives one."""
    row = await cursor.fetchone()
    assert row is not None
    return row


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turns what Postgres raises into the product's errors; SQLSTATE class MX carries a code and its facts."""
    try:
        yield
    except (psycopg.Error, PoolTimeout) as error:
        raise app_error(error) from error


def app_error(error: Exception) -> AppError:
    """The product's error for one of Postgres or its pool."""
    state = getattr(error, "sqlstate", None) or ""
    diag = getattr(error, "diag", None)
    if state.startswith("MX") and diag is not None:
        facts: dict[str, Any] = json.loads(diag.message_detail or "{}")
        return BY_STATUS[int(state[2:])](diag.message_primary or "core.unknown", **facts)
    if state == "42501":
        return NotAllowed("core.not_allowed")
    if state == "23505":
        return Conflict("core.already_exists", constraint=diag.constraint_name if diag else None)
    if state.startswith(("22", "23")):
        log.warning(
            "Postgres refused a value: %s", error
        )  # a check that should have come earlier, or a bug of ours
        return InvalidInput("core.refused_value", constraint=diag.constraint_name if diag else None)
    if state in {"40001", "40P01"}:
        return Busy("core.try_again")
    if isinstance(error, psycopg.DataError):  # refused before it was sent, such as a NUL in a text
        return InvalidInput("core.refused_value")
    if isinstance(error, PoolTimeout | psycopg.OperationalError) or state.startswith(("57", "08", "53")):
        return Busy("core.database_unreachable")
    raise error
