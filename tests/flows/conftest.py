"""One process of the product on a real database: an event with the shipped inventory, and a way to publish another document."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from ruamel.yaml import YAML

from backend.core.context import Actor
from backend.core.ports import Ports
from backend.core.settings import Settings
from backend.domains.catalogue import service as catalogue
from backend.domains.events import service as events
from backend.domains.events.model import EventVersion, Source
from backend.domains.events.templates import SEEDS
from backend.flows import storefront
from backend.flows.runtime import Runtime
from tests.factories import World, make_world
from tests.fakes import fake_ports
from tests.postgres import Filled, TestPostgres, make_settings

SLUG = "tesla-q1-2026"
FOLDER = SEEDS / "tesla_q1_2026"


@dataclass(slots=True)
class House:
    """A process and its one event."""

    runtime: Runtime
    seller: UUID

    async def publish(self, **sections: dict[str, Any]) -> EventVersion:
        """The shipped document with changes laid over it, past the gate, and served here."""
        yaml = YAML(typ="safe", pure=True)
        document = yaml.load((FOLDER / "event.yaml").read_text("utf-8"))
        document.pop("dates", None)
        for name, values in sections.items():
            document[name] = {**document.get(name, {}), **values}
        out = io.StringIO()
        yaml.dump(document, out)
        async with self.runtime.database.as_system("a test publishes") as ctx:
            version = await events.publish(
                ctx,
                source=Source(out.getvalue()),
                library=events.shipped_templates(),
                organization_id=self.seller,
            )
        await self.runtime.bundles.refresh()
        return version

    async def start(self) -> tuple[Actor, dict[str, Any]]:
        """A new conversation. Shape: who speaks in it, and its first screen."""
        started = await storefront.start(self.runtime, slug=SLUG, key=str(uuid4()))
        return self.runtime.buyer(started["session_token"]), started["ui"]

    async def say(self, buyer: Actor, message: str) -> dict[str, Any]:
        return await storefront.say(self.runtime, buyer, message=message, key=str(uuid4()))


@pytest.fixture(scope="session")
def stocked(postgres: TestPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled[World]]:
    """Fresh databases with one of everything and the shipped event, published and full."""
    home = tmp_path_factory.mktemp("stocked")

    def fill(dsn: str) -> World:
        world = make_world(dsn)
        with ThreadPoolExecutor(1) as beside:  # the event loop of the tests is not for this
            beside.submit(asyncio.run, _stock(make_settings(postgres, dsn, home), world)).result()
        return world

    filled = Filled(postgres, fill)
    yield filled
    filled.drop()


@pytest.fixture
def worlds(request: pytest.FixtureRequest, worlds: Filled[World]) -> Filled[World]:
    """The world a test begins in: with the event in it where it asks for the house."""
    return request.getfixturevalue("stocked") if "house" in request.fixturenames else worlds


async def _stock(settings: Settings, world: World) -> None:
    house = House(Runtime(settings, fake_ports()), world.seller)
    await house.runtime.database.open()
    try:
        await house.publish()
        async with house.runtime.database.as_system("a test fills an inventory") as ctx:
            await catalogue.import_file(
                ctx,
                event=SLUG,
                path=FOLDER / "inventory.csv",
                mapping=catalogue.read_mapping(FOLDER / "mapping.yaml"),
            )
    finally:
        await house.runtime.database.close()


@pytest.fixture
async def house(settings: Settings, ports: Ports, world: World) -> AsyncIterator[House]:
    runtime = Runtime(settings, ports)
    await runtime.database.open()
    try:
        await runtime.bundles.refresh()
        yield House(runtime, world.seller)
    finally:
        await runtime.database.close()
