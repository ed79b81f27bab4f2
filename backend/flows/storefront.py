"""What a buyer does in an event: enter, say something, change a chip, come back. Shared by the API and the storefront.

A conversation keeps the version it began with; stock and holds are always those of now.
"""

from __future__ import annotations

from typing import Any

from backend.core.errors import Gone
from backend.domains.events.model import Bundle, EventStatus
from backend.flows.runtime import Runtime


def bootstrap(runtime: Runtime, slug: str) -> dict[str, Any]:
    """What a storefront needs before anybody says a word. Nothing of how listings are ranked or dealers paid.

    Raises: NotFound `events.not_found`.
    """
    return shown_event(runtime.bundles.current(slug))


def shown_event(bundle: Bundle) -> dict[str, Any]:
    """The public part of a document."""
    document = bundle.document
    return {
        "event_id": bundle.slug,
        "name": document["name"],
        "status": bundle.status.value,
        "version": bundle.number,
        "sha256": bundle.sha256,
        "locale": document["locale"],
        "currency": document["currency"],
        "timezone": document["timezone"],
        "dates": document.get("dates", {}),
        "branding": document["branding"],
        "persona": document["persona"],
        "noun": document["catalogue"]["noun"],
        "ui": document["ui_contract"],
        "conversion": document["conversion"],
        "privacy": document["privacy"],
    }


def require_open(bundle: Bundle) -> None:
    """Raises: Gone `events.paused`, `events.closed`."""
    if bundle.status is not EventStatus.LIVE:
        raise Gone(f"events.{bundle.status.value}", slug=bundle.slug)
