# ruff: noqa: E501 (recorded answers, one line each)
"""`mpax connector` as an operator types it: plan, add, secret, sync, list, and what it says when something is wrong."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result
from cryptography.fernet import Fernet
from pydantic import SecretStr

from backend.cli import connectors, wiring
from backend.cli.feed_fixture import import_fixture
from backend.core.db import Database
from backend.core.ports import Ports
from backend.core.settings import Settings
from backend.domains.blueprints.connecting.proposing import propose_feed
from tests.factories import World
from tests.fakes import HashEmbedder
from tests.feed_server import FeedServer, Reply, Seen, serve, things

RECORDS = things(7)
CURL = """curl -H 'X-Api-Key: ****' 'https://watches.example/v1/watches?page=1&per_page=3'

{"watches": [
  {"ref": "W-0000", "brand": "Aster", "model": "M0", "year": 1990, "price": 1000},
  {"ref": "W-0001", "brand": "Aster", "model": "M1", "year": 1991, "price": 1001}
], "total": 7}
"""


@pytest.fixture
def description(tmp_path: Path) -> Path:
    file = tmp_path / "watches.txt"
    file.write_text(CURL)
    return file


@pytest.fixture
def server() -> Iterator[FeedServer]:
    def route(seen: Seen) -> Reply:
        if seen.headers.get("x-api-key") != "k-1":
            return Reply({}, 403)
        at = (int(seen.query["page"]) - 1) * 3
        return Reply({"watches": RECORDS[at : at + 3], "total": len(RECORDS)})

    with serve() as feed:
        feed.on("/v1/watches", route)
        yield feed


@pytest.fixture
def at_the_test_database(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, ports: Ports, world: World
) -> World:
    keyed = settings.model_copy(
        update={"seal_keys": SecretStr(Fernet.generate_key().decode()), "feed_networks": "127.0.0.0/8"}
    )

    @asynccontextmanager
    async def open_database() -> AsyncIterator[Database]:
        database = Database(settings, ports)
        await database.open()
        yield database
        await database.close()

    monkeypatch.setattr(wiring, "open_database", open_database)
    monkeypatch.setattr(connectors, "load_settings", lambda: keyed)
    return world


def call(*arguments: str | Path, typed: str | None = None) -> Result:
    return CliRunner().invoke(connectors.connector, [str(argument) for argument in arguments], input=typed)


def row_of(name: str, done: Result) -> str:
    return next(line for line in done.output.splitlines() if line.startswith(name))


def test_a_plan_is_shown_without_a_database(description: Path, tmp_path: Path) -> None:
    shown = json.loads(call("plan", description).output)
    assert shown["plan"]["pagination"]["style"] == "page"
    assert shown["mapping"]["columns"]["ref"]["target"] == "external_id"
    assert call("plan", description, "--out", tmp_path / "out").exit_code == 0
    assert json.loads((tmp_path / "out" / "plan.json").read_text()) == shown["plan"]


def test_a_feed_from_its_description_to_listings(
    at_the_test_database: World, server: FeedServer, description: Path, tmp_path: Path, dsn: str
) -> None:
    event = ("--event", at_the_test_database.slug)
    assert "is kept" in call("add", "watches", *event, "--from", description).output
    early = call("sync", "watches", *event, "--base-url", server.url)
    assert (early.exit_code, "credentials" in early.stderr) == (1, True)
    assert call("secret", "watches", *event, typed='{"value": "k-1"}').output == "Sealed.\n"
    done = call("sync", "watches", *event, "--base-url", server.url, "--json")
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert (report["records"], report["report"]["added"]) == (7, 7)
    with psycopg.connect(dsn) as conn:
        count = conn.execute("select count(*) from public.listings where external_id like 'W-%'").fetchone()
    assert count == (7,)
    assert "7 unchanged" in call("sync", "watches", *event, "--base-url", server.url).output
    assert "sealed" in row_of("watches", call("list", *event))
    assert call("secret", "watches", *event, "--forget").output == "Forgotten.\n"
    assert "none" in row_of("watches", call("list", *event))


def test_what_is_wrong_is_said_in_a_sentence(
    at_the_test_database: World, description: Path, tmp_path: Path
) -> None:
    event = ("--event", at_the_test_database.slug)
    unknown = call("sync", "nothing", *event)
    assert (unknown.exit_code, unknown.stderr) == (
        1,
        'There is no connector "nothing" of this event. Try `mpax connector list`.\n',
    )
    assert call("add", "watches", *event).exit_code == 2
    call("add", "watches", *event, "--from", description)
    for typed in ("no json", "[]", '{"other": "x"}'):
        wrong = call("secret", "watches", *event, typed=typed)
        assert (wrong.exit_code, "credentials" in wrong.stderr) == (1, True)
    assert call("add", "watches", "--event", "nowhere", "--from", description).exit_code == 1


FIXTURE: dict[str, Any] = {
    "host": "watches.example",
    "require_headers": {"X-Api-Key": "test-key"},
    "require_query": {},
    "auth_failure_status": 401,
    "routes": [
        {"method": "GET", "path": "/v1/watches", "query": {"page": "1", "per_page": "3"}, "status": 429, "headers": {"Retry-After": "0"}, "body": {}, "once": True},
        *(
            {
                "method": "GET", "path": "/v1/watches", "query": {"page": str(page), "per_page": "3"}, "status": 200, "headers": {},
                "body": {"watches": RECORDS[page * 3 - 3 : page * 3], "total": 7},
            }
            for page in (1, 2, 3)
        ),
    ],
}  # fmt: skip


async def test_recorded_answers_are_imported_on_loopback(tmp_path: Path) -> None:
    path = tmp_path / "fixture.json"
    path.write_text(json.dumps(FIXTURE))
    found = await import_fixture(propose_feed("watches.txt", CURL, embedder=HashEmbedder()), path)
    assert found["result"] == {"record_count": 7, "first_external_id": "W-0000", "last_external_id": "W-0006"}
    assert found["operations_called"] == []


async def test_recorded_answers_that_refuse_yield_nothing(tmp_path: Path) -> None:
    path = tmp_path / "fixture.json"
    path.write_text(json.dumps({**FIXTURE, "routes": []}))
    found = await import_fixture(propose_feed("watches.txt", CURL, embedder=HashEmbedder()), path)
    assert (found["result"]["record_count"], found["problem"]) == (0, "blueprints.feed_refused")


async def test_recorded_answers_ask_for_a_token_like_the_api(tmp_path: Path) -> None:
    route = {
        "method": "GET",
        "path": "/v1/watches",
        "query": {},
        "status": 200,
        "headers": {},
        "body": {"watches": RECORDS},
    }
    token = {"path": "/token", "response": {"access_token": "t", "expires_in": 60}}
    path = tmp_path / "fixture.json"
    path.write_text(
        json.dumps(
            {**FIXTURE, "token": token, "require_headers": {"Authorization": "Bearer t"}, "routes": [route]}
        )
    )
    pasted = (
        "curl -X POST https://login.example/token -d grant_type=client_credentials\n{}\n\n"
        "curl -H 'Authorization: Bearer $T' https://watches.example/v1/watches\n"
        + json.dumps({"watches": RECORDS[:2]})
    )
    found = await import_fixture(propose_feed("watches.txt", pasted, embedder=HashEmbedder()), path)
    assert found["result"]["record_count"] == 7
