"""Holds: what one costs beside the cheapest commit there is, and whether a race has one winner.

The SQL function is driven by pgbench, a client that costs little; the service by this process, beside a floor that
pays for the same Python client.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import LiteralString
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from backend.core.context import Actor
from backend.core.db import Database
from backend.core.errors import AppError
from backend.domains.transactions import service as transactions
from backend.local.postgres import installation
from benchmarks.ground import Ground, Owner, scalar
from benchmarks.measure import Findings, Goal

CLIENTS = 16
BUYERS = 200
_FLOOR = "update one row by primary key; commit"

_MAKE = """
create schema if not exists bench;
create table if not exists bench.floor (id int primary key, n int not null default 0) with (fillfactor = 70);
insert into bench.floor select g from generate_series(1, 100000) g on conflict do nothing;
grant usage on schema bench to app_api, anon;
grant select, update on bench.floor to app_api, anon;
"""
_UNITS = """
insert into public.listings (organization_id, event_id, external_id, title, price_minor, currency, content_sha256)
select e.organization_id, e.id, 'H-' || g, 'Unit ' || g, 1000000, 'USD', '0'
from public.events e, generate_series(1::int, %(count)s) g where e.id = %(event)s
"""
_SESSIONS = """
insert into public.sessions (id, event_id, organization_id, version_id)
select ('00000000-0000-4000-8000-' || lpad(to_hex(g), 12, '0'))::uuid, e.id, e.organization_id, e.current_version_id
from public.events e, generate_series(1::int, %(count)s) g where e.id = %(event)s
"""
# What a buyer has before a hold: a policy, and the token of a yes to exactly this unit, named by the same number.
_YESES = """
insert into private.confirmations (id, session_id, verb, inputs_sha256, terms, origin, expires_at)
select ('00000000-0000-4000-9000-' || lpad(to_hex(g), 12, '0'))::uuid, s.id, 'hold',
       private.inputs_sha256('hold', jsonb_build_object('listing_id', %(unit)s + g)),
       private.terms_of(s, e, 'hold', jsonb_build_object('listing_id', %(unit)s + g)), 'buyer', now() + interval '1 day'
from generate_series(1::int, %(count)s) g
join public.sessions s on s.id = ('00000000-0000-4000-8000-' || lpad(to_hex(g), 12, '0'))::uuid
join public.events e on e.id = s.event_id
"""
_POLICIES = """
select count(private.keep_snapshot(s, %(policy)s, null, 'benchmark')) from public.sessions s where s.event_id = %(event)s
"""
_POLICY = json.dumps(
    {"autonomy": "strict", "compliance": "strict",
     "tools": [{"name": "hold", "verb": "hold", "is_mutating": True, "confirm": True, "idempotent": True}]}
)  # fmt: skip
# The claims are set first: the select list is evaluated for the row that the FROM clause gives.
_HOLD_SCRIPT = """
\\set k :k + 1
\\set i :first + :k * {clients} + :client_id
select (private.place_hold(:unit::bigint + :i::bigint, 'k',
                           ('00000000-0000-4000-9000-' || lpad(to_hex(:i::int), 12, '0'))::uuid)).id
from (select set_config('request.jwt.claims', format(
  '{{"role":"anon","session_id":"00000000-0000-4000-8000-%s","event_id":"{event}"}}', lpad(to_hex(:i::int), 12, '0')), true)) c;
"""
_FLOOR_SCRIPT = "\\set i random(1, 100000)\nupdate bench.floor set n = n + 1 where id = :i;\n"


@dataclass(slots=True)
class _Stock:
    """Fresh units, and as many conversations that hold nothing yet."""

    event: UUID
    unit: int  # listing number 1 is `unit + 1`
    left: int
    taken: int = 0

    def take(self, count: int) -> int:
        """The number before the first of `count` fresh ones."""
        first, self.taken = self.taken, self.taken + count
        assert self.taken <= self.left, "the stock of fresh units is too small"
        return first


async def run(ground: Ground) -> Findings:
    found = Findings("holds")
    version = await ground.publish("bench-holds", conversion={"hold_limit": 2})
    with ground.owner() as owner:
        stock = _prepare(owner, ground, version.event_id)
        _by_function(ground, owner, stock, found)
        _one_after_the_other(ground, stock, found)
        await _by_service(ground, stock, found)
        await _races(ground, owner, stock, found)
    return found


def _prepare(owner: Owner, ground: Ground, event: UUID) -> _Stock:
    sizes = ground.sizes
    by_function = sizes.holds * CLIENTS * sizes.hold_rounds * len(_VARIANTS)
    by_service = (sizes.holds // 3 + 1) * CLIENTS * (sizes.hold_rounds + 1)
    count = by_function + by_service + sizes.holds * CLIENTS + sizes.races * BUYERS
    values = {"count": count, "event": event}
    owner.execute(_MAKE)
    owner.execute(_UNITS, values)
    owner.execute(_SESSIONS, values)
    for table in ("public.listings", "public.listing_units", "public.sessions", "bench.floor"):
        owner.execute(sql.SQL("vacuum analyze {}").format(sql.SQL(table)))
    unit = scalar(owner, "select min(id) - 1 from public.listings where event_id = %s", event)
    owner.execute(_POLICIES, {"policy": _POLICY, "event": event})
    owner.execute(_YESES, {"count": count, "unit": unit})
    for table in ("public.sessions", "private.confirmations", "public.receipts", "public.policy_snapshots"):
        owner.execute(sql.SQL("vacuum analyze {}").format(sql.SQL(table)))
    return _Stock(event, unit, count)


@contextmanager
def _as_is(_owner: Owner) -> Iterator[None]:
    yield


@contextmanager
def _without(owner: Owner, table: LiteralString, trigger: LiteralString) -> Iterator[None]:
    owner.execute(f"alter table {table} disable trigger {trigger}")
    try:
        yield
    finally:
        owner.execute(f"alter table {table} enable trigger {trigger}")


@contextmanager
def _unguarded(owner: Owner) -> Iterator[None]:
    """Nothing is asked and nothing is written down: what the guard costs."""
    kept = scalar(owner, "select pg_get_functiondef('private.guard'::regproc)")
    owner.execute(
        """
        create or replace function private.guard(
          p_verb text, p_arguments jsonb, p_confirmation uuid default null, p_origin text default 'buyer',
          p_standing boolean default false
        ) returns int language sql security definer set search_path = '' as $$ select 0 $$
        """
    )
    try:
        yield
    finally:
        owner.execute(kept)


# What a hold is made of: the same function with a part of its company taken away.
_VARIANTS: dict[str, Callable[[Owner], object]] = {
    "private.place_hold": _as_is,
    "… its broadcasts written but not notified": lambda owner: _without(
        owner, "realtime.messages", "local_notify"
    ),
    "… without the guard": _unguarded,
    "… without its broadcasts": lambda owner: _without(owner, "public.listing_units", "tell_unit"),
}


def _by_function(ground: Ground, owner: Owner, stock: _Stock, found: Findings) -> None:
    """Holds per second by pgbench, round by round with the floor."""
    if not (installation() / "bin" / "pgbench").exists():
        found.notes.append("pgbench is not installed: the SQL function was not measured alone.")
        return
    rates: dict[str, list[float]] = {name: [] for name in ("floor", *_VARIANTS)}
    per_round = ground.sizes.holds * CLIENTS
    hold = _HOLD_SCRIPT.format(clients=CLIENTS, event=stock.event)
    for _ in range(ground.sizes.hold_rounds):
        rates["floor"].append(_pgbench(ground, _FLOOR_SCRIPT, {}))
        for name, prepared in _VARIANTS.items():
            first = stock.take(per_round)
            with prepared(owner):  # type: ignore[attr-defined]
                values = {"k": -1, "first": first + 1, "unit": stock.unit}
                rates[name].append(_pgbench(ground, hold, values))
        placed = scalar(owner, "select count(*) from public.holds where event_id = %s", stock.event)
        assert placed == stock.taken, (placed, stock.taken)
    for name in _VARIANTS:
        goal = Goal("ratio", ">=", 0.75) if name == "private.place_hold" else None
        found.add(f"{name}, {CLIENTS} clients", rates[name], "/s", floor=(_FLOOR, rates["floor"]), goal=goal)


def _pgbench(ground: Ground, script: str, values: dict[str, int]) -> float:
    """Transactions per second."""
    server = conninfo_to_dict(ground.app_dsn)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "script.sql"
        path.write_text(script)
        command = [str(installation() / "bin" / "pgbench"), "--no-vacuum", "--protocol=prepared"]
        command += [f"--client={CLIENTS}", "--jobs=2", f"--transactions={ground.sizes.holds}"]
        command += [f"--file={path}", *(f"--define={name}={value}" for name, value in values.items())]
        command += ["-h", str(server["host"]), "-p", str(server.get("port", 5432)), "-U", str(server["user"])]
        env = os.environ | {"PGPASSWORD": str(server.get("password", "")), "PGOPTIONS": "-c role=anon"}
        done = subprocess.run(
            [*command, str(server["dbname"])], env=env, capture_output=True, text=True, check=False
        )
    if done.returncode or "ERROR" in done.stderr:
        raise RuntimeError(f"pgbench: {done.stderr[-2000:]}")
    return next(float(line.split()[2]) for line in done.stdout.splitlines() if line.startswith("tps"))


def _one_after_the_other(ground: Ground, stock: _Stock, found: Findings) -> None:
    """A buyer who asks what a hold means and then says yes: each call alone, nobody else there."""
    count = ground.sizes.holds * CLIENTS
    first = stock.take(count)
    times: dict[str, list[float]] = {"prepare": [], "hold": []}
    with psycopg.connect(ground.app_dsn, autocommit=True, options="-c role=anon") as conn:
        for buyer in range(first + 1, first + 1 + count):
            claims = {
                "role": "anon",
                "session_id": f"00000000-0000-4000-8000-{buyer:012x}",
                "event_id": str(stock.event),
            }
            conn.execute("select set_config('request.jwt.claims', %s, false)", (json.dumps(claims),))
            unit, began = stock.unit + buyer, time.perf_counter()
            row = conn.execute(
                "select private.prepare_action('hold', jsonb_build_object('listing_id', %s::bigint)) ->> 'confirmation'",
                (unit,),
            ).fetchone()
            times["prepare"].append((time.perf_counter() - began) * 1e3)
            assert row is not None
            began = time.perf_counter()
            conn.execute("select private.place_hold(%s, 'k', %s::uuid)", (unit, row[0]))
            times["hold"].append((time.perf_counter() - began) * 1e3)
    found.add("private.prepare_action, one client", times["prepare"])
    found.add("… and the hold it was for", times["hold"])


async def _by_service(ground: Ground, stock: _Stock, found: Findings) -> None:
    """Through the door of an actor: role, claims, function, commit, from one Python process."""
    holds = ground.sizes.holds // 3 + 1
    rates: dict[str, list[float]] = {"floor": [], "service": []}
    times: dict[str, list[float]] = {"floor": [], "service": []}
    database = _wide(ground)
    await database.open()
    floors = [
        await psycopg.AsyncConnection.connect(ground.app_dsn, autocommit=True, options="-c role=anon")
        for _ in range(CLIENTS)
    ]

    async def floor(client: int, at: int) -> None:
        await floors[client].execute(
            "update bench.floor set n = n + 1 where id = %s", (client * 1000 + at + 1,)
        )

    async def hold(client: int, at: int) -> None:
        await _hold(database, stock, first + client * holds + at + 1, first + client * holds + at + 1)

    try:
        for at in range(ground.sizes.hold_rounds + 1):
            first = stock.take(holds * CLIENTS)
            for name, work in (("floor", floor), ("service", hold)):
                rate, each = await _together(work, holds)
                if at:  # the first round opens the pool's connections
                    rates[name].append(rate)
                    times[name] += each
    finally:
        await database.close()
        for conn in floors:
            await conn.close()
    floor_rates, floor_times = ("the same from Python", rates["floor"]), (_FLOOR, times["floor"])
    found.add(
        f"service place_hold, {CLIENTS} tasks of one process", rates["service"], "/s", floor=floor_rates
    )
    found.add("… how long one takes under that load", times["service"], floor=floor_times)


async def _together(work: Callable[[int, int], Awaitable[None]], count: int) -> tuple[float, list[float]]:
    """Holds per second and milliseconds of each, by `CLIENTS` tasks at once."""
    times: list[float] = []

    async def one(client: int) -> None:
        for at in range(count):
            began = time.perf_counter()
            await work(client, at)
            times.append((time.perf_counter() - began) * 1e3)

    began = time.perf_counter()
    await asyncio.gather(*(one(client) for client in range(CLIENTS)))
    return CLIENTS * count / (time.perf_counter() - began), times


async def _races(ground: Ground, owner: Owner, stock: _Stock, found: Findings) -> None:
    """Two hundred buyers reach for one unit at the same moment, again and again."""
    database = _wide(ground)
    await database.open()
    walls: list[float] = []
    winners: list[int] = []
    try:
        for _ in range(ground.sizes.races):
            first = stock.take(BUYERS)
            began = time.perf_counter()
            buyers = range(first + 1, first + 1 + BUYERS)
            answers = await asyncio.gather(*(_try(database, stock, buyer, first + 1) for buyer in buyers))
            walls.append((time.perf_counter() - began) * 1e3)
            winners.append(answers.count("won"))
            refused = answers.count("transactions.already_held")
            assert refused + winners[-1] == BUYERS, set(answers)
            held = "select count(*) from public.holds where listing_id = %s and status = 'active'"
            assert scalar(owner, held, stock.unit + first + 1) == winners[-1]
    finally:
        await database.close()
    found.add(
        f"{BUYERS} buyers, one unit: until all have their answer",
        walls,
        note=f"winners per round: {min(winners)} to {max(winners)} in {len(winners)} rounds",
        goal=None,
    )
    found.add("winners per round", winners, "", goal=Goal("p95", "<=", 1))


def _wide(ground: Ground) -> Database:
    """The product's doors with as many connections as there are clients."""
    return Database(ground.settings.model_copy(update={"pool_size": CLIENTS}), ground.ports)


async def _hold(database: Database, stock: _Stock, buyer: int, unit: int) -> None:
    session = UUID(f"00000000-0000-4000-8000-{buyer:012x}")
    yes = UUID(f"00000000-0000-4000-9000-{buyer:012x}") if buyer == unit else None
    async with database.as_actor(Actor.buyer(session, stock.event)) as ctx:
        if yes is None:
            asked = await transactions.prepare(ctx, verb="hold", arguments={"listing_id": stock.unit + unit})
            yes = asked.confirmation
        await transactions.place_hold(ctx, listing_id=stock.unit + unit, key="k", confirmation=yes)


async def _try(database: Database, stock: _Stock, buyer: int, unit: int) -> str:
    try:
        await _hold(database, stock, buyer, unit)
    except AppError as error:
        return error.code
    return "won"
