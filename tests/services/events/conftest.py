"""An event with a whole document in force, and the people who change it: one writes, another agrees, the first publishes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from backend.core.context import Context
from backend.core.db import Database
from backend.domains.events import drafts
from backend.domains.events import service as events
from backend.domains.events.lifecycle import Draft, SavedDraft
from backend.domains.events.model import EventVersion, Source
from tests.factories import World

LIBRARY = events.shipped_templates()
#: What hold minutes say is of class live and medium risk: one other person has to agree.
SALE = (
    "extends: platform_defaults\nid: spring-sale\nname: Spring Sale\nconversion: {hold_minutes: %s} # note\n"
)


@dataclass(slots=True)
class Desk:
    """What people of the seller do to the event `spring-sale`."""

    database: Database
    owner: psycopg.Connection[Any]
    world: World

    @asynccontextmanager
    async def unit(self, persona: str) -> AsyncIterator[Context]:
        async with self.database.as_actor(self.world.actor(persona)) as ctx:
            yield ctx

    async def in_force(self) -> EventVersion:
        async with self.unit("admin") as ctx:
            return await events.get_in_force(ctx, slug=self.world.slug)

    async def force(self, text: str) -> EventVersion:
        """Past the gate, as the machine's operator may."""
        async with self.database.as_system("a test puts a document in force") as ctx:
            return await events.publish(ctx, source=Source(text, "sale.yaml"), library=LIBRARY)

    async def publish(self, text: str, persona: str = "operator", **more: Any) -> EventVersion:
        """Without a draft: only what needs nobody's approval."""
        async with self.unit(persona) as ctx:
            return await events.publish(ctx, source=Source(text, "sale.yaml"), library=LIBRARY, **more)

    async def save(self, text: str, persona: str = "operator", **more: Any) -> SavedDraft:
        async with self.unit(persona) as ctx:
            return await drafts.save_draft(ctx, slug=self.world.slug, source_text=text, **more)

    async def submit(self, draft: Draft, persona: str = "operator", message: str = "Longer holds") -> Draft:
        async with self.unit(persona) as ctx:
            return await drafts.submit(ctx, draft_id=draft.id, revision=draft.revision, message=message)

    async def review(
        self, draft: Draft, verdict: str = "approve", persona: str = "admin", reason: str = "seen"
    ) -> Draft:
        async with self.unit(persona) as ctx:
            return await drafts.review(
                ctx, draft_id=draft.id, revision=draft.revision, verdict=verdict, reason=reason
            )

    async def put_in_force(self, draft: Draft, persona: str = "operator", **more: Any) -> EventVersion:
        async with self.unit(persona) as ctx:
            return await drafts.publish_draft(ctx, draft_id=draft.id, revision=draft.revision, **more)

    async def through_the_gate(self, text: str, author: str = "operator") -> EventVersion:
        """Written by one, agreed to by another, put in force by the first."""
        draft = await self.submit((await self.save(text, author)).draft, author)
        if draft.status == "in_review":
            draft = await self.review(draft, persona="admin" if author != "admin" else "operator")
        return await self.put_in_force(draft, author)

    async def get(self, draft_id: UUID, persona: str = "admin") -> Draft:
        async with self.unit(persona) as ctx:
            return await drafts.get_draft(ctx, draft_id=draft_id)

    def allow(self, persona: str, **permissions: Any) -> None:
        """Gives or takes permissions of a member, past the rules for doing so."""
        self.owner.execute(
            "update public.members set permissions = permissions || %s where user_id = %s",
            (Jsonb(permissions), self.world.users[persona]),
        )

    def hire(self, persona: str, role: str) -> None:
        """One more member of the seller."""
        user = uuid4()
        self.world.users[persona] = user
        self.owner.execute(
            "insert into auth.users (id, email, email_confirmed_at) values (%s, %s, now())",
            (user, f"{persona}@example.com"),
        )
        self.owner.execute(
            "insert into public.members (organization_id, user_id, role) values (%s, %s, %s)",
            (self.world.seller, user, role),
        )

    def facts(self, kind: str) -> list[dict[str, Any]]:
        rows = self.owner.execute("select facts from public.journal where kind = %s order by id", (kind,))
        return [row["facts"] for row in rows]


@pytest.fixture
async def desk(database: Database, owner: psycopg.Connection[Any], world: World) -> Desk:
    """Version 1 is what the factory made, version 2 a whole document with holds of 24 minutes."""
    desk = Desk(database, owner, world)
    await desk.force(SALE % 24)
    return desk
