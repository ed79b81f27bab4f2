"""Which locales, currencies and time zones there are. Asks Babel and the time zone database."""

from __future__ import annotations

from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale, UnknownLocaleError
from babel.core import get_global

_OFTEN_MEANT = ("USD", "EUR", "GBP", "CHF", "CAD", "AUD", "JPY", "CNY")


@cache
def known_currencies() -> tuple[str, ...]:
    """Codes of ISO 4217, those most often meant first. Source: Unicode CLDR."""
    return tuple(dict.fromkeys((*_OFTEN_MEANT, *sorted(get_global("all_currencies")))))


@cache
def known_timezones() -> tuple[str, ...]:
    return tuple(sorted(available_timezones()))


@lru_cache(1024)
def is_locale(tag: str) -> bool:
    """Whether the tag names a locale whose words and forms are known. Source: BCP 47, Unicode CLDR."""
    try:
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError, TypeError):
        return False
    return True


@lru_cache(1024)
def zone(name: str) -> ZoneInfo | None:
    """The time zone of that name, or None."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return None
