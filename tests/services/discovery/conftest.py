"""A live event with the shipped inventory, and a buyer who has just come in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.core.context import Actor
from backend.core.db import Database
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.model import ImportReport, Vocabulary
from backend.domains.discovery import service as discovery
from backend.domains.discovery.model import Answer, Session
from backend.domains.events import service as events
from backend.domains.events.model import Bundle, Source
from backend.domains.events.templates import SEEDS
from tests.factories import World

VISITOR = UUID(int=7)


@dataclass(slots=True)
class Shop:
    """What a process would hold for the event, and the way a test speaks to it."""

    database: Database
    bundle: Bundle
    vocabulary: Vocabulary
    index: catalogue.Index

    async def enter(self, visitor: UUID = VISITOR) -> Buyer:
        async with self.database.as_actor(Actor.anonymous()) as ctx:
            session = await discovery.start(ctx, bundle=self.bundle, visitor=visitor)
        return Buyer(self, session, Actor.buyer(session.id, session.event_id))

    @property
    def serving(self) -> dict[str, Any]:
        return {"bundle": self.bundle, "vocabulary": self.vocabulary, "index": self.index}


@dataclass(slots=True)
class Buyer:
    shop: Shop
    session: Session
    actor: Actor

    async def says(self, message: str, key: str | None = None) -> dict[str, Any]:
        async with self.shop.database.as_actor(self.actor) as ctx:
            return await discovery.take_turn(
                ctx, message=message, key=key or str(uuid4()), **self.shop.serving
            )

    async def changes(
        self, chip_id: str, change: str, value: Any = None, key: str | None = None
    ) -> dict[str, Any]:
        async with self.shop.database.as_actor(self.actor) as ctx:
            return await discovery.change_filters(
                ctx, chip_id=chip_id, change=change, value=value, key=key or str(uuid4()), **self.shop.serving
            )

    async def sees(self) -> Answer:
        async with self.shop.database.as_actor(self.actor) as ctx:
            session = await discovery.get_session(ctx)
            return await discovery.present(ctx, session=session, **self.shop.serving)


async def open_shop(database: Database, world: World, template: str) -> tuple[Shop, ImportReport]:
    """Publishes a shipped template and fills its inventory, as the demo does."""
    seller, folder = world.actor("admin"), SEEDS / template
    async with database.as_actor(seller) as ctx:
        version = await events.publish(
            ctx,
            source=Source((folder / "event.yaml").read_text("utf-8"), "event.yaml"),
            library=events.shipped_templates(),
            organization_id=world.seller,
        )
    async with database.as_system("a test fills an inventory") as ctx:
        report = await catalogue.import_file(
            ctx,
            event=version.document["id"],
            path=folder / "inventory.csv",
            mapping=catalogue.read_mapping(folder / "mapping.yaml"),
        )
    async with database.as_actor(Actor.anonymous()) as ctx:
        bundle = next(b for b in await events.list_served(ctx) if b.event_id == version.event_id)
    async with database.as_actor(seller) as ctx:
        vocabulary = await catalogue.vocabulary(ctx, event_id=bundle.event_id)
    return Shop(database, bundle, vocabulary, catalogue.Index(vocabulary)), report


@pytest.fixture
async def shop(database: Database, world: World) -> Shop:
    opened, _ = await open_shop(database, world, "tesla_q1_2026")
    return opened


@pytest.fixture
async def buyer(shop: Shop) -> Buyer:
    return await shop.enter()
