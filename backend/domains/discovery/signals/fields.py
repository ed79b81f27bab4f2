"""Which attribute of the event a number speaks of, and its value in that attribute's unit.

Order of evidence: the attribute's name beside the number, its currency or unit, the form of a year, then the budget.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from math import inf, log
from typing import Final

from backend.domains.discovery.signals import comparators
from backend.domains.discovery.signals.mentions import Mention
from backend.domains.discovery.signals.quantities import Quantity
from backend.domains.discovery.signals.reader import Reader
from backend.kit.units import convert, convertible

# Units that the kit does not convert: factor to the base of their kind. Source: international acre, hectare.
_AREAS: Final = {"acre": 4046.8564224, "ha": 10_000.0, "sqm": 1.0, "sqft": 0.09290304, "km2": 1e6}
_VOLUMES: Final = {"cl": 0.01, "l": 1.0, "ml": 0.001}
_SAME: Final = {
    "h": ("hours", "hrs"),
    "year": ("years", "yr", "yrs"),
    "hp": ("ps", "cv", "ch", "bhp"),
    "point": ("points",),
}
# of several attributes in one unit, the one that is meant without its name
_MAIN: Final = (
    "loa",
    "length",
    "living_area",
    "case_diameter",
    "operating_weight",
    "engine_capacity",
    "battery_capacity",
)
_TIMES: Final = frozenset({"month", "day", "week"})
_THOUSAND: Final = 1000
_BEYOND: Final = 20  # times the most that anything has


def convert_to(value: float, unit: str, target: str | None) -> float | None:
    """The value in the attribute's unit; None where the two do not measure the same."""
    unit, to = unit.lower(), (target or "").lower()
    if not unit or unit == to or to in _SAME.get(unit, ()):
        return value
    for table in (_AREAS, _VOLUMES):
        if unit in table and to in table:
            return value * table[unit] / table[to]
    if to and convertible(unit, to):
        return round(float(convert(Decimal(repr(value)), unit, to)), 4)
    return None


def field_of(reader: Reader, q: Quantity, found: Sequence[Quantity]) -> tuple[str | None, Quantity]:
    if q.unit in ("mi", "km") and reader.lex.patterns["trip_after"].match(reader.text.after(q.end)):
        return None, q
    if q.currency and reader.lex.patterns["rate_after"].match(reader.text.after(q.end)):
        return None, q
    if q.unit == "lb" and not any(
        convert_to(1, "lb", a.unit) for a in reader.terms.attributes.values() if a.unit
    ):
        q = replace(q, unit="", currency="GBP")  # `ten thousand pounds` where nothing is weighed
    noun, q = _noun(reader, q, found)
    if noun is not None and _is_beyond(reader, noun, q):
        noun = None
    q = _in_seconds(reader, q, noun)
    year = reader.terms.find("year")
    if (
        q.unit == "year"
        and not q.op
        and reader.lex.patterns["person_age"].search(reader.text.before(q.first))
    ):
        return None, q  # `my son is 18 years old`
    if q.unit == "year" and (age := _age(reader)) is not None:
        return age, q
    if q.unit == "year":
        return (year if q.age or q.newer or q.older else None), q
    if noun is not None and noun != "price" and not (noun == year and not _is_year(reader, q)):
        return noun, q
    if q.monthly or q.unit in _TIMES:
        return None, q
    if q.currency:
        return reader.terms.find("price"), q
    if q.unit or (q.letter == "m" and _is_length(reader, q)):
        return _by_unit(reader, q), q
    if (own := _own_unit(reader, q)) is not None:
        return own
    if not q.currency and q.scale == 1 and reader.lex.patterns["sized"].search(reader.text.before(q.first)):
        sizes = (field for name in _MAIN if (field := reader.terms.find(name)))
        return next(sizes, None), q
    if year and (q.decade or _is_year(reader, q)):
        return year, q
    return _by_money(reader, q, noun), q


def _is_beyond(reader: Reader, noun: str, q: Quantity) -> bool:
    """Whether a bare figure is of another size than anything of that name: `longest range under 40k` is money."""
    most = reader.stat(noun, "max")
    return noun != "price" and not q.unit and most is not None and q.value * q.scale > _BEYOND * most > 0


def _in_seconds(reader: Reader, q: Quantity, noun: str | None) -> Quantity:
    """`10s` beside an attribute in seconds is no decade."""
    if not q.decade or noun is None or reader.terms.attributes[noun].unit != "s":
        return q
    return replace(q, value=float(reader.text.tokens[q.end - 1].text.rstrip("s")), unit="s", decade=False)


def _own_unit(reader: Reader, q: Quantity) -> tuple[str | None, Quantity] | None:
    """A figure with a unit that only this event knows, or beside figures that are a name: neither is money."""
    following = reader.text.tokens[q.end].text if q.end < len(reader.text.tokens) else ""
    for attribute in reader.terms.attributes.values():
        unit = attribute.unit or ""
        if (
            attribute.kind == "number"
            and following not in reader.lex.units
            and unit.casefold() == following != ""
        ):
            return attribute.name, replace(q, unit=unit, end=q.end + 1)
    clause = reader.clause(q.first)
    for first, end, _ in reader.text.find(reader.lex.figures):
        inside = clause is not None and clause.first <= first < clause.end
        if inside and q.scale == 1 and (0 <= q.first - end <= 4 or 0 <= first - q.end <= 2):
            return None, q
    return None


def _noun(reader: Reader, q: Quantity, found: Sequence[Quantity]) -> tuple[str | None, Quantity]:
    """The numeric attribute named beside a figure."""
    best: tuple[int, str, int] | None = None
    clause = reader.clause(q.first)
    for mention in reader.mentions:
        fields = [
            t.field for t in mention.terms if t.kind in ("noun", "zero") and reader.terms.is_number(t.field)
        ]
        if not fields or clause is None or not clause.first <= mention.first < max(clause.end, q.end + 2):
            continue
        if (
            q.first <= mention.first <= q.end + 1
            and _fits(reader, q, fields[0])
            and _only_filler(reader, q.end, mention.first)
        ):
            distance = 0
        elif (
            mention.end <= q.first
            and q.first - mention.end <= 6
            and reader.text.tokens[q.first].text not in reader.lex.words["one"]  # `the white one`
            and not _is_another(reader, q, mention, found)
        ):
            distance = 1 + q.first - mention.end
        else:
            continue
        field = next((f for f in fields if _fits(reader, q, f)), None)
        if field and (best is None or distance < best[0]):
            best = (distance, field, mention.end)
    if best is None:
        return None, q
    if best[0] == 0 and best[2] > q.end - 1:
        q = replace(q, end=max(q.end, best[2]), op=q.op or comparators.tail(reader.text, reader.lex, best[2]))
    return best[1], q


def _is_another(reader: Reader, q: Quantity, noun: Mention, found: Sequence[Quantity]) -> bool:
    """Whether a name before a figure belongs to another one: `2 bath under 450k`."""
    return any(
        noun.end <= o.first < q.first
        or (0 <= noun.first - o.end <= 1 and _only_filler(reader, o.end, noun.first))
        for o in found
        if o.first != q.first
    )


def _only_filler(reader: Reader, first: int, end: int) -> bool:
    return all(t.text in reader.lex.words["figure_links"] for t in reader.text.tokens[first:end])


def _fits(reader: Reader, q: Quantity, field: str) -> bool:
    unit = reader.terms.attributes[field].unit
    if field == "price":
        return not q.unit
    if q.currency:
        return bool(unit and len(unit) == 3 and unit.isupper()) or "fee" in field or "cost" in field
    return (
        not q.unit
        or q.unit in ("point", "year")
        or convert_to(1, q.unit, unit) is not None
        or (not unit and q.unit == "h")
    )


def _is_length(reader: Reader, q: Quantity) -> bool:
    has = any(
        a.unit and convert_to(1, "m", a.unit) is not None
        for a in reader.terms.attributes.values()
        if a.name != "mileage"
    )
    return has and q.value >= 4 and not q.budget


def _by_unit(reader: Reader, q: Quantity) -> str | None:
    unit = q.unit or "m"
    if unit == "s" and not q.op:  # `two 3s`
        return None
    fields = [
        a.name
        for a in reader.terms.attributes.values()
        if a.kind == "number" and a.unit and convert_to(1, unit, a.unit) is not None
    ]
    if unit == "point" and not fields:
        rated = (f for f in reader.terms.attributes if f.endswith(("score", "rating", "points", "grade")))
        return next((f for f in rated if reader.terms.is_number(f)), None)
    fields = [f for f in fields if (f == "mileage") == (unit in ("mi", "km")) or _is_range(reader, f, unit)]
    before = [f.field for f in reader.state.filters if f.field in fields]
    if len(fields) <= 1 or (before and (reader.corrects or not q.op)):
        return before[0] if before and reader.corrects else (fields[0] if fields else None)
    ranged = next((f for f in fields if reader.terms.tail(f) == "range"), None)
    if ranged and "mileage" in fields:
        return ranged if q.op == "gte" else "mileage" if q.op == "lte" and q.value * q.scale >= 1000 else None
    if same := [f for f in fields if (reader.terms.attributes[f].unit or "").lower() == unit]:
        fields = same
    return next((f for name in _MAIN for f in fields if reader.terms.tail(f) == name), fields[0])


def _is_range(reader: Reader, field: str, unit: str) -> bool:
    return unit in ("mi", "km") and reader.terms.attributes[field].unit in ("mi", "km")


def _is_year(reader: Reader, q: Quantity) -> bool:
    values = [q.value] if q.high is None else [q.value, q.high]
    figures = [t.text for t in reader.text.tokens[q.first : q.end] if t.text[0].isdigit()]
    shaped = all(v == int(v) and 1800 <= v <= reader.today.year + 2 for v in values) and all(
        len(f) == 4 or f[4:] in reader.lex.words["decade_ends"] for f in figures
    )
    if not shaped or q.scale != 1 or q.unit or q.currency or q.letter or (q.op == "about" and q.budget):
        return False
    if q.op != "lte" or q.newer or q.older or q.high is not None:
        return True
    cheapest = reader.stat("price", "min")
    if cheapest is not None:
        return cheapest > max(values)
    return reader.lex.patterns["until"].search(reader.text.before(q.first, 10)) is not None


def _by_money(reader: Reader, q: Quantity, noun: str | None) -> str | None:
    price = reader.terms.find("price")
    clause = reader.clause(q.first)
    if clause and reader.terms.find("mileage") and q.scale > 1:
        end = min(clause.end, q.end + 5)
        if reader.lex.patterns["mileage_words"].search(
            " ".join(t.text for t in reader.text.tokens[q.end : end])
        ):
            return "mileage"
    if (
        q.scale > 1
        or q.letter == "m"
        or noun == "price"
        or q.budget
        or q.op in ("lte", "about")
        or q.high is not None
    ):
        return price if _plausible(reader, q) else None
    if reader.corrects:
        return _nearest(reader, q)
    return price if q.op == "gte" and q.value >= _THOUSAND else None


def _age(reader: Reader) -> str | None:
    """The attribute in years, for goods that have an age and no year."""
    fields = (a.name for a in reader.terms.attributes.values() if (a.unit or "").lower().startswith("year"))
    return None if reader.terms.find("year") else next(fields, reader.terms.find("age"))


def _nearest(reader: Reader, q: Quantity) -> str | None:
    """The limit whose figure a bare one comes nearest to: `make it 4` after `sleeps 6`."""
    distances: dict[str, float] = {}
    for f in reader.state.filters:
        if not reader.terms.is_number(f.field) or not isinstance(f.value, int | float) or f.value <= 0:
            continue
        meant = [q.value * q.scale] + ([q.value * _THOUSAND] if f.field == "price" else [])
        distances[f.field] = min((abs(log(m / f.value)) for m in meant if m > 0), default=inf)
    return min(distances, key=lambda field: (distances[field], field != "price")) if distances else None


def _plausible(reader: Reader, q: Quantity) -> bool:
    """Small bare figures (`up to 4`, `about 2`) are amounts only where something else says so."""
    if q.scale > 1 or q.letter == "m" or q.currency or q.budget or q.value >= 10:
        return True
    return any(f.field == "price" for f in reader.state.filters) and reader.corrects
