"""Flags: what an event says, what the organization says for all its events, and what buyers get."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import reflex as rx

from app import bridge
from app.config_views import FlagRow
from app.lever_showing import STOPS
from app.states.acting import acting, key
from app.states.event_page import EventPage
from backend.domains.events import releases
from backend.domains.events import service as events
from backend.domains.events.lifecycle import Flag
from backend.domains.events.model import Document
from backend.flows import configs, membership

KNOWN = {
    "comparison": "Buyers put up to four listings beside each other.",
    "sharing": "Buyers may share their wishes with dealers, without their name.",
}


class Flags(rx.State):
    """Every flag of the document and of the organization."""

    rows: list[FlagRow] = []
    busy: bool = False

    failure: str = ""

    @rx.event
    async def load(self) -> None:
        await bridge.limit(self, "read")
        page = await self.get_state(EventPage)
        async with bridge.unit(self) as ctx:
            event = await events.get_event(ctx, slug=self.slug)
            said = await releases.list_flags(ctx, organization_id=event.organization_id)
            document = (
                (await events.get_version(ctx, version_id=event.current_version_id)).document
                if event.current_version_id
                else {}
            )
        page._organization_id = str(event.organization_id)
        self.rows = rows(document, said)

    @rx.event
    async def set_for_event(self, name: str, value: str):
        self.busy = True
        yield
        async with acting(self) as actor:
            await configs.move_lever(
                bridge.runtime(),
                actor,
                slug=self.slug,
                path=f"/flags/{name}",
                value=value == "true",
                key=key(),
            )
            yield rx.toast.success(f"{name} is {'on' if value == 'true' else 'off'} in this event.")
        yield [rx.toast.error(self.failure) if self.failure else EventPage.refresh, Flags.load]

    @rx.event
    async def set_for_organization(self, name: str, value: str):
        if value not in {"on", "off"}:
            return
        self.busy = True
        yield
        page = await self.get_state(EventPage)
        async with acting(self) as actor:
            await membership.set_flag(
                bridge.runtime(),
                actor,
                organization_id=UUID(page._organization_id),
                name=name,
                is_on=value == "on",
                note="",
                key=key(),
            )
            yield rx.toast.success(f"{name} is {value} in every event.")
        yield [rx.toast.error(self.failure) if self.failure else Flags.load]


def rows(document: Document, said: Sequence[Flag]) -> list[FlagRow]:
    """What the organization says goes before what an event says. Stop switches have a place of their own."""
    own = {flag.name: flag for flag in said if flag.name not in STOPS}
    here = dict(document.get("flags") or {})
    return [_row(name, bool(here.get(name, False)), own.get(name)) for name in sorted({*here, *own})]


def _row(name: str, event_on: bool, flag: Flag | None) -> FlagRow:
    return FlagRow(
        name=name,
        help=KNOWN.get(name, ""),
        on=flag.is_on if flag else event_on,
        own="" if flag is None else "on" if flag.is_on else "off",
        note=f"{flag.note} {f'({flag.updated_by})' if flag.updated_by else ''}".strip() if flag else "",
        event_on=event_on,
    )
