"""Whether days, holds and deposits of a document fit each other. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from backend.domains.events.model import Document, Path, Severity
from backend.domains.events.regions import zone
from backend.domains.events.violations import Finding


def dates_are_in_order(doc: Document) -> Iterator[Finding]:
    opens, closes = _instant(doc, "opens_at"), _instant(doc, "closes_at")
    if opens and closes and opens >= closes:
        message = "The event closes before it opens."
        yield Finding(
            ("dates", "closes_at"), "closes_first", message, doc["dates"]["closes_at"], "after opens_at"
        )


def drops_are_inside(doc: Document) -> Iterator[Finding]:
    """Days are those of the event's own time zone: a drop on the closing day is inside."""
    place = zone(doc["timezone"]) or ZoneInfo("UTC")
    opens, closes = _instant(doc, "opens_at"), _instant(doc, "closes_at")
    first = opens.astimezone(place).date() if opens else date.min
    last = closes.astimezone(place).date() if closes else date.max
    for index, day in enumerate(doc["sdme"]["drop_calendar"]):
        if not first <= date.fromisoformat(day) <= last:
            message = f"The drop on {day} is outside the event, which runs from {first} to {last}."
            yield Finding(
                ("sdme", "drop_calendar", index), "drop_outside", message, day, f"{first} to {last}"
            )


def _instant(doc: Document, name: str) -> datetime | None:
    text = doc["dates"][name]
    return datetime.fromisoformat(text) if text else None


def hold_fits_deposit(doc: Document) -> Iterator[Finding]:
    conversion = doc["conversion"]
    minutes, needed = conversion["hold_minutes"], conversion["deposit"]["pay_within_minutes"]
    if conversion["deposit_required"] and minutes < needed:
        message = f"A deposit is asked for, and {minutes:g} minutes may be too short to pay it."
        path: Path = ("conversion", "hold_minutes")
        yield Finding(
            path, "hold_too_short", message, f"{minutes:g}", f"at least {needed:g}", None, Severity.WARNING
        )


def deposit_is_a_share(doc: Document) -> Iterator[Finding]:
    deposit = doc["conversion"]["deposit"]
    if deposit["kind"] == "percent" and deposit["amount"] > 100:
        message = f"A deposit of {deposit['amount']:g} % is more than the price."
        yield Finding(
            ("conversion", "deposit", "amount"),
            "more_than_all",
            message,
            f"{deposit['amount']:g}",
            "at most 100",
        )
