"""When the buyer needs it: deadlines in words, as dates counted from a given day."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Final, TypeAlias

from backend.domains.discovery.signals.lexicon import Lexicon
from backend.domains.discovery.signals.reader import Found, Reader

_IMMEDIATE_DAYS, _SOON_DAYS = 14, 92
# one word each, at most four: longer choices would overlap, and take exponential time on text made for it
_LEAD: Final = (
    r"(?:(?:by|before|until|till|on|in|this|next|at|the|starts?|starting|from|for|around|come)\s){0,4}"
)


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
    for pattern, when in _patterns(reader.lex):
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
_BY_LANGUAGE: dict[int, tuple[tuple[re.Pattern[str], When], ...]] = {}


def _patterns(lex: Lexicon) -> tuple[tuple[re.Pattern[str], When], ...]:
    """Compiled once per language."""
    if id(lex) not in _BY_LANGUAGE:
        _BY_LANGUAGE[id(lex)] = _compiled(lex)
    return _BY_LANGUAGE[id(lex)]


def _compiled(lex: Lexicon) -> tuple[tuple[re.Pattern[str], When], ...]:
    months, days = _choice(lex.months), _choice(lex.weekdays)
    numbers = _choice([w for w, n in lex.numbers.items() if 1 <= n <= 12 and n == int(n)])
    year = r"(?: ,)?(?: (?P<year>20\d\d)| (?P<next>next year))?"
    day = r"(?P<day>\d\d?(?:st|nd|rd|th)?)"
    written: tuple[tuple[str, When], ...] = (
        (rf"{_LEAD}{day}(?: of)? (?P<month>{months}){year}", _on_day),
        (rf"{_LEAD}(?P<month>{months}) {day}(?!\d){year}", _on_day),
        (
            rf"(?:in|by|before|until|till|next|this|from|end of|early|late|mid|come|for) (?P<month>{months}){year}",
            _in_month,
        ),
        (rf"(?:before|by|for|until|in time for|at|this) (?P<name>{_choice(lex.holidays)})", _holiday),
        (rf"(?:(?:on|by|before|this|next|until|starts|is|for|come|from) )?(?P<day>{days})", _weekday),
        (
            rf"(?:in|within|next|in the next|within the next|in about) (?P<n>\d+|a|an|{numbers})"
            r" (?P<unit>day|week|month|year)s?(?! old)",
            _within,
        ),
        (r"(?:end of the month|months end|month end|the end of this month)", _month_end),
        (r"(?:end of the year|years end|year end|by year end|the end of this year)", _year_end),
        (r"tomorrow", _tomorrow),
    )
    return tuple((re.compile(rf"(?<!\S){pattern}(?!\S)"), when) for pattern, when in written)


def _choice(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


def _on_day(today: date, lex: Lexicon, match: re.Match[str]) -> tuple[date, bool]:
    day = int(re.sub(r"\D", "", match["day"]))
    return _calendar(today, lex.months[match["month"]], day, match.groupdict()), True


def _in_month(today: date, lex: Lexicon, match: re.Match[str]) -> tuple[date, bool]:
    return _calendar(today, lex.months[match["month"]], 1, match.groupdict()), False


def _holiday(today: date, lex: Lexicon, match: re.Match[str]) -> tuple[date, bool]:
    return _calendar(today, *lex.holidays[match["name"]], {}), True


def _weekday(today: date, lex: Lexicon, match: re.Match[str]) -> tuple[date, bool]:
    ahead = (lex.weekdays[match["day"]] - today.weekday() - 1) % 7 + 1
    return today + timedelta(days=ahead), True


def _within(today: date, lex: Lexicon, match: re.Match[str]) -> tuple[date, bool]:
    n = int(match["n"][:4]) if match["n"].isdigit() else int(lex.numbers.get(match["n"], 1))
    days_each = {"day": 1, "week": 7, "month": 30, "year": 365}[match["unit"]]
    return today + timedelta(days=min(n, 1000) * days_each), match["unit"] in ("day", "week")


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
