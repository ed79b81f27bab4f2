"""A new key in front: everything is still read, is sealed anew, and then the old key is not needed any more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import psycopg.types.json
import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet
from pydantic import SecretStr

from backend.adapters.sealing import Sealer
from backend.cli import keys, wiring
from backend.core.db import Database
from backend.core.errors import Busy, Conflict
from backend.core.ports import Ports
from backend.core.settings import Settings
from backend.flows import auditing, resealing
from backend.flows.resealing import rotate
from tests.factories import World, policy

Owner = psycopg.Connection[Any]
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def sealer(*of: str) -> Sealer:
    return Sealer(SecretStr(",".join(of)))


PLACES = {
    "credentials": "select sealed from private.connector_secrets",
    "facts": "select convert_from(sealed_facts, 'UTF8') as sealed from public.policy_snapshots where sealed_facts is not null",
    "message": "select sealed_message as sealed from public.turns where sealed_message is not null",
    "exchange": "select sealed from public.model_exchanges",
}


@pytest.fixture
def sealed(owner: Owner, world: World) -> World:
    """One text of each kind, under the old key."""
    old = sealer(OLD)
    owner.execute(
        "insert into private.connector_secrets (connector_id, sealed) select id, %s from public.connectors",
        (old.seal("credentials", {"is": "credentials"}),),
    )
    owner.execute(
        """
        select private.keep_snapshot(s, %s, jsonb_build_object('sealed', %s::text), 'sealed') from public.sessions s
        where s.id = %s
        """,
        (psycopg.types.json.Jsonb(policy()), old.seal("facts", {"is": "facts"}), world.session),
    )
    owner.execute("update public.turns set sealed_message = %s", (old.seal("message", {"is": "message"}),))
    owner.execute(
        "update public.model_exchanges set sealed = %s", (old.seal("exchange", {"is": "exchange"}),)
    )
    return world


def texts(owner: Owner) -> dict[str, str]:
    return {kind: row["sealed"] for kind, sql in PLACES.items() for row in owner.execute(sql).fetchall()}  # type: ignore[arg-type]


async def test_after_a_rotation_only_the_new_key_is_needed(
    database: Database, owner: Owner, sealed: World
) -> None:
    both = sealer(NEW, OLD)
    assert all(both.open(kind, text) == {"is": kind} for kind, text in texts(owner).items())
    with pytest.raises(Conflict):
        sealer(NEW).open("facts", texts(owner)["facts"])
    done = await rotate(database, both)
    assert (done.seen, done.lost, dict(done.renewed)) == (4, [], dict.fromkeys(PLACES, 1))
    assert all(sealer(NEW).open(kind, text) == {"is": kind} for kind, text in texts(owner).items())
    again = await rotate(database, sealer(NEW))
    assert (again.seen, dict(again.renewed)) == (4, {})
    assert (await auditing.verify(database)).broken == []


async def test_pages_follow_each_other(
    database: Database, owner: Owner, sealed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resealing, "_AT_ONCE", 1)
    told: list[int] = []
    await rotate(database, sealer(NEW, OLD), tell=lambda done: told.append(done.seen))
    assert told == [1, 2, 3, 4]


async def test_what_fits_no_key_is_named_and_left(database: Database, owner: Owner, sealed: World) -> None:
    before = texts(owner)
    done = await rotate(database, sealer(NEW))
    assert {one.kind for one in done.lost} == set(PLACES)
    assert texts(owner) == before
    with pytest.raises(Busy):
        await rotate(database, sealer(""))


def test_nothing_else_of_a_snapshot_can_be_changed(owner: Owner, sealed: World) -> None:
    with pytest.raises(psycopg.Error) as refused, owner.transaction():
        owner.execute("update public.policy_snapshots set sealed_facts = sealed_facts, reason = 'other'")
    assert refused.value.sqlstate == "MX409"


def test_the_command_says_what_it_did(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, ports: Ports, owner: Owner, sealed: World
) -> None:
    @asynccontextmanager
    async def here() -> AsyncIterator[Database]:
        database = Database(settings, ports)
        await database.open()
        try:
            yield database
        finally:
            await database.close()

    monkeypatch.setattr(wiring, "open_database", here)

    def called(*of: str) -> Any:
        monkeypatch.setattr(
            keys, "load_settings", lambda: settings.model_copy(update={"seal_keys": SecretStr(",".join(of))})
        )
        return CliRunner().invoke(keys.keys, ["rotate"])

    lost = called(NEW)
    assert lost.exit_code == 1
    assert "no key fits: exchange" in lost.output
    done = called(NEW, OLD)
    assert done.exit_code == 0, done.output
    assert "4 sealed texts: 1 credentials, 1 exchange, 1 facts, 1 message sealed anew" in done.output
