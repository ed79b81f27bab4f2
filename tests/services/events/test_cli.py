"""`mpax event publish`, `list` and `versions` against the real database."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from backend.cli import wiring
from backend.cli.events import event
from backend.core.db import Database
from backend.core.errors import NotFound
from backend.core.ports import Ports
from backend.core.settings import Settings
from tests.factories import World

SALE = "extends: platform_defaults\nid: summer-sale\nname: Summer Sale\nconversion: {hold_minutes: %d}\n"


@pytest.fixture(autouse=True)
def at_the_test_database(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, ports: Ports, world: World
) -> None:
    @asynccontextmanager
    async def open_database() -> AsyncIterator[Database]:
        database = Database(settings, ports)
        await database.open()
        yield database
        await database.close()

    monkeypatch.setattr(wiring, "open_database", open_database)


@pytest.fixture
def sale(tmp_path: Path) -> Path:
    file = tmp_path / "sale.yaml"
    file.write_text(SALE % 30)
    return file


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(event, [str(argument) for argument in arguments])


def test_publish_list_versions(sale: Path) -> None:
    done = call("publish", sale, "--organization", "seller", "--message", "First")
    assert done.exit_code == 0, done.output
    assert done.output.startswith("summer-sale version 1 published (")
    assert "is in force already" in call("publish", sale).output
    sale.write_text(SALE % 45)
    second = json.loads(call("publish", sale, "--json").output)
    assert (second["number"], second["is_new"], second["author_id"]) == (2, True, None)
    assert "summer-sale" in call("list").output
    listed = {item["slug"]: item for item in json.loads(call("list", "--json").output)}
    assert (listed["summer-sale"]["status"], listed["summer-sale"]["current_number"]) == ("live", 2)
    lines = call("versions", "summer-sale").output.splitlines()
    assert [line.split()[0] for line in lines] == ["*", "1"]
    assert [item["number"] for item in json.loads(call("versions", "summer-sale", "--json").output)] == [2, 1]


def test_an_event_needs_an_organization_the_first_time(sale: Path) -> None:
    assert isinstance(call("publish", sale).exception, NotFound)  # `mpax` says it in one sentence
    assert isinstance(call("publish", sale, "--organization", "nobody").exception, NotFound)


def test_a_bad_document_is_refused_with_its_place(sale: Path) -> None:
    sale.write_text("id: summer-sale\nconversion:\n  hold_minute: 3\n")
    done = call("publish", sale, "--organization", "seller")
    assert done.exit_code == 1
    assert f"{sale}:3:3 /conversion/hold_minute: " in done.output
    told = json.loads(call("publish", sale, "--json").output)
    assert told["code"] == "events.invalid_document"
    assert json.loads(call("list", "--json").output)[0]["slug"] == "spring-sale"
