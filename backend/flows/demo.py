"""Makes the demo: organizations, people with known passwords, partner dealers, events with their inventory.

Safe to repeat. Refuses any Supabase that is not on this machine, because everybody knows the passwords.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ruamel.yaml import YAML

from backend.adapters.supabase_admin import SupabaseAdmin
from backend.core.context import Actor
from backend.core.db import Database
from backend.core.errors import NotAllowed
from backend.core.settings import PROJECT, Settings
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.model import ImportReport
from backend.domains.events import service as events
from backend.domains.events.model import EventVersion, Source
from backend.domains.identity import service as identity

SEEDS = PROJECT / "seeds"
_LOCAL = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True)
class SignIn:
    """One way into the demo."""

    role: str
    email: str
    password: str
    page: str


def demo_plan() -> dict[str, Any]:
    """What `seeds/demo.yaml` says."""
    plan: dict[str, Any] = YAML(typ="safe").load((SEEDS / "demo.yaml").read_text("utf-8"))
    return plan


def sign_ins() -> list[SignIn]:
    """One per person of the demo, for the start-up message."""
    plan = demo_plan()
    kinds = {item["slug"]: item["kind"] for item in plan["organizations"]}
    return [
        SignIn(
            "dealer" if kinds[person["organization"]] == "dealer" else person["role"],
            person["email"],
            plan["password"],
            "/dealer" if kinds[person["organization"]] == "dealer" else "/cockpit",
        )
        for person in plan["people"]
    ]


async def is_there(database: Database) -> bool:
    """Whether any event is served already; then a start leaves the data alone."""
    async with database.as_actor(Actor.anonymous()) as ctx:
        return bool(await events.list_served_heads(ctx))


async def seed(settings: Settings, database: Database, *, tell: Callable[[str], None]) -> None:
    """Makes or completes the demo; `tell` gets one line per step."""
    if urlsplit(settings.supabase_url).hostname not in _LOCAL:
        raise NotAllowed("core.demo_is_local", supabase_url=settings.supabase_url)
    plan = demo_plan()
    tell("people and organizations")
    async with SupabaseAdmin(settings.supabase_url, settings.secret_key.get_secret_value()) as admin:
        users = {
            person["email"]: await admin.ensure_person(person["email"], plan["password"])
            for person in plan["people"]
        }
    async with database.as_system("seed the demo's organizations and people") as ctx:
        await identity.ensure_demo(ctx, plan=plan, users=users)
    for item in plan["events"]:
        version = await _publish(database, item)
        tell(f"{version.document['id']} version {version.number}")
        report = await _import(database, item, str(version.document["id"]))
        tell(
            f"{item['inventory']}: {report.added} added, {report.unchanged} unchanged, {report.rejected} rejected"
        )


async def _publish(database: Database, item: dict[str, Any]) -> EventVersion:
    path = SEEDS / item["document"]
    async with database.as_system("publish a demo event") as ctx:
        organization_id = await events.get_organization_id(ctx, slug=item["organization"])
        source = Source(await asyncio.to_thread(path.read_bytes), item["document"])
        return await events.publish(
            ctx,
            source=source,
            library=events.shipped_templates(),
            message="Demo",
            organization_id=organization_id,
        )


async def _import(database: Database, item: dict[str, Any], slug: str) -> ImportReport:
    mapping = catalogue.read_mapping(SEEDS / item["mapping"])
    async with database.as_system("import a demo inventory") as ctx:
        return await catalogue.import_file(ctx, event=slug, path=SEEDS / item["inventory"], mapping=mapping)
