"""Whether regions, signals and flags of a document are known by those names. Pure. Listing fields: `field_rules`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from backend.domains.events import schema
from backend.domains.events.model import Document, Severity
from backend.domains.events.regions import is_locale, known_currencies, known_timezones, zone
from backend.domains.events.table_rules import Steps, places
from backend.domains.events.violations import Finding, nearest, shown

SIGNALS: Final = frozenset(
    (
        *("BUDGET_RANGE", "TIMELINE_URGENCY", "USE_CASE", "FEATURE_PRIORITY", "DESIGN_AESTHETIC"),
        *("RISK_TOLERANCE", "EMOTIONAL_DRIVER", "GEO_RADIUS", "BODY_STYLE", "DRIVETRAIN", "FEATURES"),
        *("MILEAGE_CAP", "BRAND_FLEXIBILITY", "FINANCING_NEED"),
    )
)
EXTRACTED: Final[Steps] = ("preference_extraction", "signals", "*")
#: How alike a name must be to one of the product's to count as an error. Unit: percent.
_MISSPELLED: Final = 85
SELLING: Final[Steps] = ("agent", "cross_sell", "products", "*", "signals", "*")


def region_is_known(doc: Document) -> Iterator[Finding]:
    if not is_locale(doc["locale"]):
        message = f"{shown(doc['locale'])} is no locale."
        yield Finding(("locale",), "unknown_locale", message, doc["locale"], "such as en-US")
    if doc["currency"] not in known_currencies():
        guess = nearest(doc["currency"], known_currencies())
        message = f"{shown(doc['currency'])} is no currency."
        yield Finding(("currency",), "unknown_currency", message, doc["currency"], "an ISO 4217 code", guess)
    if zone(doc["timezone"]) is None:
        guess = nearest(doc["timezone"], known_timezones())
        message = f"{shown(doc['timezone'])} is no time zone."
        yield Finding(("timezone",), "unknown_timezone", message, doc["timezone"], "an IANA name", guess)


def extracted_signals_are_known(doc: Document) -> Iterator[Finding]:
    yield from _known_signals(doc, EXTRACTED)


def selling_signals_are_known(doc: Document) -> Iterator[Finding]:
    yield from _known_signals(doc, SELLING)


def _known_signals(doc: Document, at: Steps) -> Iterator[Finding]:
    for path, name in places(doc, at):
        if name not in SIGNALS:
            message, guess = f"Nothing extracts the signal {name}.", nearest(name, sorted(SIGNALS))
            yield Finding(path, "unknown_signal", message, name, None, guess, Severity.WARNING)


def flags_are_spelled(doc: Document) -> Iterator[Finding]:
    """A name of the author's own is fine; one that only just misses a flag of the product is probably an error."""
    known = schema.resolved()["properties"]["flags"]["properties"]
    for name in doc["flags"]:
        guess = None if name in known else nearest(name, known, _MISSPELLED)
        if guess:
            message = f"“{name}” is no flag of the product."
            yield Finding(("flags", name), "unknown_flag", message, name, None, guess, Severity.WARNING)
