"""The library: shipped templates, and a new event from one."""

from __future__ import annotations

import asyncio
import json

import reflex as rx

from app import bridge
from app.config_views import Option, TemplateRow
from app.states.acting import acting, key
from app.states.desk import permissions
from app.states.versions import id_for
from backend.domains.events import templates
from backend.domains.events.templates import Template
from backend.domains.identity import service as identity
from backend.flows import publishing


class Library(rx.State):
    """`picked` is the template that an event is about to be made from."""

    ready: bool = False
    rows: list[TemplateRow] = []
    organizations: list[Option] = []
    picked: TemplateRow = TemplateRow()
    name: str = ""
    new_id: str = ""
    busy: bool = False
    failure: str = ""

    @rx.event
    async def load(self) -> None:
        self.picked = TemplateRow()
        await bridge.limit(self, "read")
        async with bridge.unit(self) as ctx:
            sellers = [m for m in await identity.list_memberships(ctx) if not m.is_dealer]
            rights = [(m, await permissions(ctx, m.organization_id)) for m in sellers]
        self.rows = [_row(template) for template in await asyncio.to_thread(templates.list_templates)]
        self.organizations = [Option(m.slug, m.name) for m, may in rights if may.get("deploy_to_production")]
        self.ready = True

    @rx.event
    def pick(self, name: str) -> None:
        self.picked = next((row for row in self.rows if row.name == name), TemplateRow())
        self.name, self.new_id, self.failure = "", "", ""

    @rx.event
    def leave(self) -> None:
        self.picked, self.failure = TemplateRow(), ""

    @rx.event
    def suggest(self, name: str) -> None:
        """The id follows the name."""
        if name.strip() and name != self.name:
            self.name, self.new_id = name, id_for(name)

    @rx.event
    async def make(self, form: dict[str, str]):
        """Publishes the first version: the template, and the name and id that are the event's own."""
        self.busy = True
        yield
        async with acting(self) as actor:
            answer = await publishing.publish(
                bridge.runtime(),
                actor,
                document=first_source(
                    self.picked.name, form.get("new_id", "").strip(), form.get("name", "").strip()
                ),
                organization=form.get("organization") or self._organization(),
                message=f"From the template {self.picked.title}",
                key=key(),
            )
            self.picked = TemplateRow()
            yield rx.redirect(f"/cockpit/events/{answer['event_id']}?tab=document")

    def _organization(self) -> str | None:
        return self.organizations[0].value if self.organizations else None


def _row(template: Template) -> TemplateRow:
    domain = template.domain.replace("_", " ")
    facts = [f"For {domain}"] if template.domain != "general" else []
    return TemplateRow(
        name=template.name,
        title=template.title,
        description=template.description,
        facts=[*facts, *(["With sample inventory"] if template.has_inventory else [])],
        initial=template.title[:1].upper(),
    )


def first_source(template: str, new_id: str, name: str) -> str:
    """The document of an event that says no more than its template."""
    return (
        "# What this event says beyond its template.\n"
        f"extends: {template}\nid: {json.dumps(new_id)}\nname: {json.dumps(name, ensure_ascii=False)}\n"
    )
