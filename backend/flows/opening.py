"""What a storefront is told of an event before anybody speaks, and making a version ready for its first request.

A version that cannot be made ready raises here what its first conversation would have met.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from backend.domains.discovery import service as discovery
from backend.domains.discovery.wording import Words
from backend.domains.events import service as events
from backend.domains.events.model import Bundle, Document
from backend.flows.loading import Vocabularies


def shown_event(bundle: Bundle, arms: Mapping[str, str]) -> dict[str, Any]:
    """The public part of a document, as a conversation with these arms gets it."""
    document = events.document_for(bundle.document, arms)
    safety = document.get("safety", {})
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
        "flags": bundle.flags(document),
        "ai_off": bool(safety.get("ai_off")),
        "actions_off": bool(safety.get("mutating_tools_off")),
    }


async def make_ready(vocabularies: Vocabularies, bundle: Bundle) -> None:
    """Reads and arranges the inventory's vocabulary, and goes through the document as every arm of it is first seen."""
    vocabulary = await vocabularies.warmed(bundle)
    for arms in _each_arm(bundle.document):
        shown_event(bundle, arms)
        document = events.document_for(bundle.document, arms)
        discovery.imagined(replace(bundle, document=document))
        Words.of(document, vocabulary)


def _each_arm(document: Document) -> Iterator[dict[str, str]]:
    yield {}
    for experiment in document.get("experiments", ()):
        yield from ({experiment["key"]: arm["key"]} for arm in experiment["arms"] if arm["patch"])
