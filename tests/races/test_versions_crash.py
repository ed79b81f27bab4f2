"""Killed with -9 at any step of publish, merge or rollback: the state afterwards is before or after, never between.

The victim speaks to Postgres through a proxy, which kills it as it sends its n-th message: before the message goes on,
or right after, so that the server does what nobody waits for any more. The same request is then made again.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import conninfo

from backend.core.settings import Settings
from backend.domains.events import branches
from backend.flows.runtime import Runtime
from tests.races.victim import runtime_on, work
from tests.services.events.conftest import SALE, Desk

ROOT = Path(__file__).resolve().parents[2]
STATE = """
select jsonb_build_object(
  'versions', (select count(*) from public.event_versions), 'in_force', (select max(number) from public.event_versions v
               join public.events e on e.current_version_id = v.id),
  'restored', (select count(*) from public.event_versions where restores is not null),
  'drafts', (select count(*) from public.drafts),
  'drafts_published', (select count(*) from public.drafts where published_version_id is not null),
  'merged', (select count(*) from public.branches where status = 'merged'),
  'facts', (select count(*) from public.journal), 'told', (select count(*) from realtime.messages),
  'answered', (select count(*) from private.answers where body is not null),
  'claimed', (select count(*) from private.answers)) as state
"""
#: Of a unit of work, the first message that says for whom it is; what comes before it only opens the connection.
BEGINNING = b"request.jwt.claims"

State = dict[str, int]


@dataclass(slots=True)
class Proxy:
    """Passes on what a victim and Postgres say, and kills the victim at the message it was told."""

    host: str
    port: int
    own_port: int = 0
    at: int = -1
    is_sent: bool = False
    seen: int = 0
    killed: bool = False
    victim: asyncio.Future[int] = field(default_factory=asyncio.Future[int])

    def plan(self, at: int, *, is_sent: bool) -> None:
        """`is_sent`: whether the message still reaches Postgres."""
        self.at, self.is_sent, self.seen, self.killed = at, is_sent, 0, False
        self.victim = asyncio.get_running_loop().create_future()

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        up_reader, up_writer = await asyncio.open_connection(self.host, self.port)
        back = asyncio.create_task(self._back(up_reader, writer))
        with suppress(ConnectionError):
            while data := await reader.read(1 << 20):
                if self.killed:
                    break
                is_last = self.seen == self.at and (self.seen or BEGINNING in data)
                self.seen += bool(self.seen or BEGINNING in data)
                if not is_last or self.is_sent:
                    up_writer.write(data)
                    await up_writer.drain()
                if is_last:
                    os.kill(await self.victim, signal.SIGKILL)
                    self.killed = True
        up_writer.close()
        await back

    async def _back(self, reader: StreamReader, writer: StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(1 << 20):
                writer.write(data)
                await writer.drain()
        writer.close()


@dataclass(slots=True)
class Scene:
    """An event that is published to, people who do it, and a victim."""

    desk: Desk
    runtime: Runtime
    settings: Settings
    proxy: Proxy
    zygote: Process
    written: int = 24

    def state(self) -> State:
        row = self.desk.owner.execute(STATE).fetchone()
        assert row is not None
        return row["state"]

    def _text(self) -> str:
        """One that differs from every other."""
        self.written += 1
        return SALE % self.written

    async def order(self, verb: str) -> dict[str, Any]:
        """Everything there is to do before the verb itself."""
        system_dsn = self.settings.system_dsn.get_secret_value()
        app_dsn = conninfo.make_conninfo(
            self.settings.app_dsn.get_secret_value(), host="127.0.0.1", port=self.proxy.own_port,
            sslmode="disable", gssencmode="disable",
        )  # fmt: skip
        user = str(self.desk.world.users["operator"])
        order: dict[str, Any] = {
            "verb": verb, "user": user, "email": "operator@example.com", "slug": self.desk.world.slug,
            "key": str(uuid4()), "app_dsn": app_dsn, "system_dsn": system_dsn, "home": str(self.settings.home),
        }  # fmt: skip
        if verb == "publish":
            draft = await self.desk.submit((await self.desk.save(self._text())).draft)
            draft = await self.desk.review(draft)
            return order | {"draft": str(draft.id), "revision": draft.revision}
        if verb == "merge":
            name = f"idea-{uuid4().hex[:8]}"
            text = re.sub("(?m)^name: .*", f"name: {name}", (await self.desk.in_force()).source)
            async with self.desk.unit("operator") as ctx:
                await branches.open_branch(ctx, slug=self.desk.world.slug, name=name)
                await branches.add_commit(ctx, slug=self.desk.world.slug, name=name, source_text=text)
            return order | {"branch": name}
        if verb == "rollback":
            current = await self.desk.force(self._text())
            return order | {"target": current.number - 1}
        return order | {"text": self._text()}

    async def attempt(self, order: dict[str, Any], at: int, *, is_sent: bool) -> bool:
        """Whether the victim was killed; otherwise it finished first."""
        known = self._backends()
        self.proxy.plan(at, is_sent=is_sent)
        assert self.zygote.stdin is not None
        assert self.zygote.stdout is not None
        self.zygote.stdin.write(json.dumps(order).encode() + b"\n")
        self.proxy.victim.set_result(int(await self.zygote.stdout.readline()))
        ended = await asyncio.wait_for(self.zygote.stdout.readline(), 20)
        assert ended.strip() == (b"ended 9" if self.proxy.killed else b"ended 0")
        while self._backends() - known:  # what was sent is still being done
            await asyncio.sleep(0.005)
        return self.proxy.killed

    async def again(self, order: dict[str, Any]) -> None:
        """The same request once more, by somebody who got no answer."""
        await work(self.runtime, order)

    def _backends(self) -> set[int]:
        rows = self.desk.owner.execute(
            "select pid from pg_stat_activity where datname = current_database() and usename = 'app_api'"
        )
        return {row["pid"] for row in rows}


@pytest.fixture
async def scene(
    desk: Desk, settings: Settings, owner: psycopg.Connection[Any], tmp_path: Path
) -> AsyncIterator[Scene]:
    owner.execute("update public.approval_policies set medium = 0")  # a merge puts a version in force at once
    dsn = settings.app_dsn.get_secret_value()
    server = conninfo.conninfo_to_dict(dsn)
    proxy = Proxy(str(server["host"]), int(str(server["port"])))
    listening = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.own_port = listening.sockets[0].getsockname()[1]
    command = [sys.executable, "-m", "tests.races.victim"]
    zygote = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=PIPE, stdout=PIPE)
    runtime = runtime_on(dsn, settings.system_dsn.get_secret_value(), str(tmp_path))
    await runtime.database.open()
    try:
        yield Scene(desk, runtime, settings, proxy, zygote)
    finally:
        zygote.kill()
        await zygote.wait()
        await runtime.database.close()
        listening.close()


def change(before: State, after: State) -> State:
    return {name: after[name] - before[name] for name in before if after[name] != before[name]}


async def outcomes(scene: Scene, verb: str, whole: State) -> list[tuple[int, bool, State]]:
    """What was changed when the victim was killed at each message, until it makes no difference any more, or is torn."""
    found: list[tuple[int, bool, State]] = []
    for at in range(200):
        for is_sent in (False, True):
            order = await scene.order(verb)
            before = scene.state()
            if not await scene.attempt(order, at, is_sent=is_sent):
                return found
            found.append((at, is_sent, change(before, scene.state())))
            if found[-1][2] not in ({}, whole):
                return found
            if verb != "torn":
                await scene.again(order)
                assert change(before, scene.state()) == whole, (at, is_sent, "asked twice, done twice")
        if found[-2][2] == whole:
            return found
    raise AssertionError("it never came to an end")


async def whole_change(scene: Scene, verb: str) -> State:
    order = await scene.order(verb)
    before = scene.state()
    assert not await scene.attempt(order, 10_000, is_sent=True)
    return change(before, scene.state())


@pytest.mark.parametrize("verb", ["publish", "merge", "rollback"])
async def test_a_kill_at_any_step_leaves_before_or_after(scene: Scene, verb: str) -> None:
    whole = await whole_change(scene, verb)
    assert (whole["versions"], whole["in_force"], whole["answered"]) == (1, 1, 1)
    found = await outcomes(scene, verb, whole)
    assert [one for one in found if one[2] not in ({}, whole)] == []
    assert sum(not changed for _, _, changed in found) > 8  # it was killed while it worked,
    assert sum(changed == whole for _, _, changed in found) >= 2  # at the commit, and behind it
    rows = scene.desk.owner.execute("select number from public.event_versions order by number").fetchall()
    assert [row["number"] for row in rows] == list(range(1, len(rows) + 1))


async def test_work_of_two_transactions_is_found_to_be_torn(scene: Scene) -> None:
    """The twin: were this to find nothing, the test above would prove nothing."""
    whole = await whole_change(scene, "torn")
    found = await outcomes(scene, "torn", whole)
    assert any(changed not in ({}, whole) for _, _, changed in found)
