"""Values into words by locale: money, dates, numbers. Pure; Babel does the work."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_interval
from babel.numbers import format_decimal

_FALLBACK = "en_US"


def babel_locale(tag: str | None) -> str:
    """The Babel name of a BCP 47 tag; an unknown one becomes American English."""
    name = (tag or _FALLBACK).replace("-", "_")
    try:
        return str(Locale.parse(name))
    except (UnknownLocaleError, ValueError):
        return _FALLBACK


def day_range(opens_at: str | None, closes_at: str | None, *, locale: str, timezone: str) -> str:
    """From when to when, in the event's own zone."""
    zone, name = ZoneInfo(timezone), babel_locale(locale)
    opens, closes = (
        datetime.fromisoformat(at).astimezone(zone) if at else None for at in (opens_at, closes_at)
    )
    if opens and closes:
        return format_interval(opens, closes, skeleton="yMMMMd", locale=name)
    if opens:
        return f"from {format_date(opens, 'long', locale=name)}"
    if closes:
        return f"until {format_date(closes, 'long', locale=name)}"
    return ""


def event_dates(document: Mapping[str, Any]) -> str:
    """The dates of an event's document, or nothing where it has none."""
    dates = document.get("dates") or {}
    if not dates:
        return ""
    return day_range(
        dates.get("opens_at"),
        dates.get("closes_at"),
        locale=document["locale"],
        timezone=document["timezone"],
    )


def number(value: int, locale: str = _FALLBACK) -> str:
    """`2,340`."""
    return format_decimal(value, locale=babel_locale(locale))


def count(value: int, one: str, many: str, locale: str = _FALLBACK) -> str:
    """`1 car`, `2,340 cars`."""
    return f"{number(value, locale)} {one if value == 1 else many}"


def points(value: float, locale: str = _FALLBACK) -> str:
    """Points of a score, to one digit: `41.3`."""
    return format_decimal(round(value, 1), format="0.0", locale=babel_locale(locale))


def percent(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f} %"


def seconds(value: float | None) -> str:
    """A short span: `38 s`, `4 min`, `2 h`; a dash where there is none."""
    if value is None:
        return "—"
    if value < 90:
        return f"{value:.0f} s"
    return f"{value / 60:.0f} min" if value < 5400 else f"{value / 3600:.0f} h"
