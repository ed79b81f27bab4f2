"""When the buyer needs it: deadlines in words, as dates counted from a given day."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Final, TypeAlias

from backend.domains.discovery.signals.languages import Languages
from backend.domains.discovery.signals.lexicon import Lexicon, lexicon
from backend.domains.discovery.signals.reader import Found, Reader

_IMMEDIATE_DAYS, _SOON_DAYS = 14, 92
_DAYS_EACH: Final = {"day": 1, "week": 7, "month": 30, "year": 365}


def read(reader: Reader) -> Found:
    """TIMELINE_URGENCY, and the tokens that are dates and no amounts."""
    deadline, taken, source = _deadline(reader)
    level = None
    if reader.says("no_rush"):
        level, deadline = "no_rush", None
    elif deadline is not None:
        level = _level(reader.today, deadline[0])
    else:
        level, source = _spoken(reader, source)
    if level is None:
        return Found(taken=taken)
    value: dict[str, str] = {"level": level}
    if deadline is not None and deadline[1]:
        value["deadline"] = deadline[0].isoformat()
    return Found(signals=(reader.signal("TIMELINE_URGENCY", value, source, 0.8),), taken=taken)


def _level(today: date, deadline: date) -> str:
    days = (deadline - today).days
    return "immediate" if days <= _IMMEDIATE_DAYS else "soon" if days <= _SOON_DAYS else "later"


def _spoken(reader: Reader, source: str) -> tuple[str | None, str]:
    for level, pattern in (("immediate", "now"), ("soon", "soon"), ("later", "later")):
        for first, end, _ in reader.text.find(reader.lex.patterns[pattern]):
            clause = reader.clause(first)
            if not (clause and clause.question):
                return level, reader.text.words(first, end)
    return None, source


def _deadline(reader: Reader) -> tuple[tuple[date, bool] | None, frozenset[int], str]:
    """The earliest stated date (and whether it is exact to the day), the tokens of all, and its words."""
    best: tuple[date, bool] | None = None
    taken: set[int] = set()
    source = ""
    for pattern, when in patterns(reader.lex.languages):
        for first, end, match in reader.text.find(pattern):
            clause = reader.clause(end - 1)
            if taken & set(range(first, end)) or (clause and clause.question):
                continue
            taken |= set(range(first, end))
            found = when(reader.today, reader.lex, match)
            if best is None or found[0] < best[0]:
                best, source = found, reader.text.words(first, end)
    return best, frozenset(taken), source


When: TypeAlias = Callable[[date, Lexicon, re.Match[str]], tuple[date, bool]]


@cache
def patterns(languages: Languages) -> tuple[tuple[re.Pattern[str], When], ...]:
    """The forms of dates in these languages, compiled once."""
    lex = lexicon(languages)
    ways: tuple[tuple[str, When], ...] = (
        ("on_day", _on_day),
        ("in_month", _in_month),
        ("end_of_month", _end_of_month),
        ("holiday", _holiday),
        ("weekday", _weekday),
        ("within", _within),
        ("month_end", _month_end),
        ("year_end", _year_end),
        ("tomorrow", _tomorrow),
    )
    blanks = _blanks(lex)
    return tuple(
        (re.compile(rf"(?<!\S){_filled(pattern, blanks)}(?!\S)"), when)
        for name, when in ways
        for pattern in lex.dates[name]
    )


def _filled(pattern: str, blanks: Mapping[str, str]) -> str:
    for name, choice in blanks.items():
        pattern = pattern.replace(f"{{{name}}}", choice)
    return pattern


def _blanks(lex: Lexicon) -> dict[str, str]:
    """What stands for the blanks of a pattern."""
    numbers = [w for w, n in lex.numbers.items() if 1 <= n <= 12 and n == int(n)]
    units = [w for w, unit in lex.units.items() if unit in _DAYS_EACH and len(w) > 2]
    return {
        # one word each, at most four: longer choices would overlap, and take exponential time on text made for it
        "lead": rf"(?:(?:{_choice(lex.words['leads'])})\s){{0,4}}",
        "day": r"(?P<day>\d\d?(?:st|nd|rd|th|er)?)(?: \.)?",
        "month": f"(?P<month>{_choice(lex.months)})",
        "year": rf"(?: ,)?(?: (?P<year>20\d\d)| (?P<next>{_choice(lex.dates['next_year'])}))?",
        "holiday": f"(?P<name>{_choice(lex.holidays)})",
        "weekday": f"(?P<weekday>{_choice(lex.weekdays)})",
        "n": rf"(?P<n>\d+|{_choice([*lex.words['articles'], *numbers])})",
        "unit": f"(?P<unit>{_choice(units)})",
    }


def _choice(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


def _on_day(today: date, lex: Lexicon, match: re.Match[str]) -> tuple[date, bool]:
    day = int(re.sub(r"\D", "", match["day"]))
    return _calendar(today, lex.months[match["month"]], day, match.groupdict()), True


def _in_month(today: date, lex: Lexicon, match: re.Match[str]) -> tuple[date, bool]:
    return _calendar(today, lex.months[match["month"]], 1, match.groupdict()), False


def _end_of_month(today: date, lex: Lexicon, match: re.Match[str]) -> tuple[date, bool]:
    first = _calendar(today, lex.months[match["month"]], 28, match.groupdict())
    return first.replace(day=monthrange(first.year, first.month)[1]), True


def _holiday(today: date, lex: Lexicon, match: re.Match[str]) -> tuple[date, bool]:
    return _calendar(today, *lex.holidays[match["name"]], {}), True


def _weekday(today: date, lex: Lexicon, match: re.Match[str]) -> tuple[date, bool]:
    ahead = (lex.weekdays[match["weekday"]] - today.weekday() - 1) % 7 + 1
    return today + timedelta(days=ahead), True


def _within(today: date, lex: Lexicon, match: re.Match[str]) -> tuple[date, bool]:
    n = int(match["n"][:4]) if match["n"].isdigit() else int(lex.numbers.get(match["n"], 1))
    unit = lex.units[match["unit"]]
    return today + timedelta(days=min(n, 1000) * _DAYS_EACH[unit]), unit in ("day", "week")


def _month_end(today: date, _: Lexicon, __: re.Match[str]) -> tuple[date, bool]:
    return today.replace(day=monthrange(today.year, today.month)[1]), True


def _year_end(today: date, _: Lexicon, __: re.Match[str]) -> tuple[date, bool]:
    return date(today.year, 12, 31), True


def _tomorrow(today: date, _: Lexicon, __: re.Match[str]) -> tuple[date, bool]:
    return today + timedelta(days=1), True


def _calendar(today: date, month: int, day: int, said: Mapping[str, str | None]) -> date:
    """The next such day, or the one in the year that was said."""
    year = int(said["year"] or 0) if said.get("year") else today.year + (1 if said.get("next") else 0)
    day = min(max(day, 1), monthrange(max(year, 1), month)[1])
    found = date(year, month, day)
    if not said.get("year") and not said.get("next") and found < today:
        return date(year + 1, month, min(day, monthrange(year + 1, month)[1]))
    return found
