"""What tests of `mpax event` share: the command at the test's database, and a sale to publish."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from backend.cli import wiring
from backend.cli.events import event
from backend.core.db import Database
from backend.core.ports import Ports
from backend.core.settings import Settings
from tests.factories import World

SALE = """\
extends: platform_defaults
id: summer-sale
name: Summer Sale # as on the posters
conversion:
  hold_minutes: {minutes}
ui_contract:
  chips: [{chips}]
"""


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
    return write(tmp_path / "sale.yaml")


def write(file: Path, minutes: int = 30, chips: str = "Budget, Condition") -> Path:
    file.write_text(SALE.format(minutes=minutes, chips=chips), "utf-8")
    return file


def call(*arguments: str | Path | int, typed: str | None = None) -> Result:
    return CliRunner().invoke(event, [str(argument) for argument in arguments], input=typed)


def said(*arguments: str | Path | int) -> Any:
    """What a command says with `--json`, done."""
    done = call(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def published(file: Path, *arguments: str | Path) -> int:
    """Publishes a document and says which number it got."""
    return said("publish", file, "--organization", "seller", *arguments)["number"]
