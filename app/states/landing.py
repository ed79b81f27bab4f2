"""The events that are open to everybody."""

from __future__ import annotations

import reflex as rx

from app import bridge, formats
from app.views import EventRow
from backend.domains.events.model import Bundle


class Landing(rx.State):
    """Read from what this process serves; no database is asked."""

    ready: bool = False
    events: list[EventRow] = []

    @rx.event
    def load(self) -> None:
        self.events = [_row(bundle) for bundle in bridge.runtime().bundles.all() if bundle.is_open]
        self.ready = True


def _row(bundle: Bundle) -> EventRow:
    branding = bundle.document.get("branding") or {}
    return EventRow(
        slug=bundle.slug,
        name=bundle.document["name"],
        dates=formats.event_dates(bundle.document),
        tagline=branding.get("tagline") or "",
        photo=branding.get("hero") or "",
        state=bundle.status,
        version=str(bundle.number),
        since=bundle.created_at.isoformat(),
    )
