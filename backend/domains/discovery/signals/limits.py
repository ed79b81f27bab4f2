"""From quantities to limits: in which direction, how firm, and the signals that follow."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from backend.domains.discovery.model import Filter, Signal
from backend.domains.discovery.signals import comparators
from backend.domains.discovery.signals.fields import convert_to, field_of
from backend.domains.discovery.signals.quantities import Quantity
from backend.domains.discovery.signals.reader import Found, Reader

_THOUSAND: Final = 1000
_FEW: Final = 12
_BREATH: Final = 32  # how many letters lie between a figure and its correction


def read(reader: Reader, taken: Collection[int]) -> Found:
    """Limits, and the budget and mileage signals that follow from them."""
    found = comparators.find(reader.text, reader.lex, taken)
    if reader.corrects or any(q.switch for q in found):
        kept = [q for q in found if not q.switch]
        found = kept or found
    filters: list[Filter] = []
    signals: list[Signal] = []
    tokens: set[int] = set()
    last: tuple[Quantity, str] | None = None
    for q in _meant(reader, found):
        clause = reader.clause(q.first)
        if (clause and clause.question and not q.currency) or q.down:
            continue
        if clause and (not q.op or q.owned) and not q.currency and reader.is_story(clause):
            continue
        field, q = (q.field, q) if q.field else field_of(reader, q, found)
        if last and _is_other_end(reader, last[0], q):
            field = last[1]
        if field is None:
            continue
        q = _shifted(reader, q, field)
        last = (q, field)
        if q.owned and q.op == "lte" and field != "price":
            q = replace(q, op="")
        soft = bool(clause and clause.soft and not q.vague)
        made, said = _limits(reader, q, field, soft)
        filters += made
        signals += said
        tokens |= _tokens(reader, q, field) if made else set()
    kept = (*_settled(filters), *_extremes(reader, filters))
    return Found(kept, tuple(_budget(signals)), taken=frozenset(tokens))


def _meant(reader: Reader, found: Sequence[Quantity]) -> list[Quantity]:
    """Without figures that the buyer takes back in the same breath: `three bedrooms, actually four`."""
    kept: list[Quantity] = []
    for q in found:
        last = kept[-1] if kept else None
        between = reader.text.between(last.end, q.first) if last else ""
        if last and last.decade and q.decade and last.high is None and _is_joined(reader, between):
            kept[-1] = replace(last, high=q.value, end=q.end)
            continue
        if last and _is_either(reader, last, q, between):
            kept[-1] = replace(q, value=last.value, first=last.first, said=last.said)
            continue
        if last and len(between) < _BREATH and reader.lex.patterns["correct"].search(between):
            kept.pop()
            field, _ = field_of(reader, last, found)
            if field and field != "price" and not (q.unit or q.currency or q.scale > 1):
                q = replace(q, unit=last.unit, op=q.op or last.op, field=field)
        kept.append(q)
    return kept


def _is_other_end(reader: Reader, a: Quantity, b: Quantity) -> bool:
    """`at least 3 bedrooms but no more than 5`: the second figure is of what the first one is of."""
    words = reader.lex.words
    between = reader.text.between(a.end, b.said).split()
    bare = not (b.unit or b.currency or b.scale > 1 or b.letter or b.high) and b.value <= _FEW >= a.value
    return (
        bare
        and {a.op, b.op} == {"lte", "gte"}
        and (words["range_ands"] | words["turns"] | words["refusing"] | {","}).issuperset(between)
    )


def _shifted(reader: Reader, q: Quantity, field: str) -> Quantity:
    """`raise it from 20 to 25 thousand`: what holds is where it goes."""
    before = reader.text.before(q.first).split()
    known = any(f.field == field for f in reader.state.filters)
    moves = known and q.high is not None and not reader.lex.words["origins"].isdisjoint(before[-1:])
    if not moves or reader.lex.words["orders"].isdisjoint(before):
        return q
    return replace(q, value=q.high or 0, high=None, op="")


def _is_either(reader: Reader, a: Quantity, b: Quantity, between: str) -> bool:
    """`two or three cabins`: at least the fewer."""
    plain = not (a.op or a.unit or a.currency or a.decade or a.high) and a.scale == b.scale == 1
    return plain and not b.op and a.value < b.value <= _FEW and between in reader.lex.words["alternatives"]


def _is_joined(reader: Reader, between: str) -> bool:
    words = reader.lex.words
    return bool(between) and (words["alternatives"] | words["range_ands"] | words["range_joins"]).issuperset(
        between.split()
    )


def _tokens(reader: Reader, q: Quantity, field: str) -> set[int]:
    """Where a limit stands: its figure, and its name in the same clause."""
    clause = reader.clause(q.first)
    tokens = set(range(q.said, q.end))
    for mention in reader.mentions:
        if (
            clause
            and clause.first <= mention.first < clause.end
            and any(t.field == field for t in mention.terms)
        ):
            tokens |= set(range(mention.first, mention.end))
    return tokens


def _extremes(reader: Reader, limits: Sequence[Filter]) -> list[Filter]:
    """`low mileage`, `longest range`: near the best the inventory has, without a limit."""
    wished: list[Filter] = []
    for mention in reader.mentions:
        field = next(
            (t.field for t in mention.terms if t.kind == "noun" and reader.terms.is_number(t.field)), None
        )
        clause = reader.clause(mention.first)
        if (
            field is None
            or mention.first == 0
            or any(f.field == field for f in limits)
            or clause is None
            or clause.question
            or clause.removes
        ):
            continue
        word, tail = reader.text.tokens[mention.first - 1].text, reader.terms.tail(field)
        low = word in reader.lex.words["low"] and (field == "price" or tail in reader.lex.less_is_better)
        high = word in reader.lex.words["high"] and tail in reader.lex.more_is_better
        side = "min" if low else "max" if high else ""
        best = reader.stat(field, side) if side else None
        if best is not None:
            wished.append(
                reader.filter(
                    field, "eq", _plain(best), reader.text.words(mention.first - 1, mention.end), nice=True
                )
            )
    return wished


def _limits(reader: Reader, q: Quantity, field: str, soft: bool) -> tuple[list[Filter], list[Signal]]:
    if field == reader.terms.find("year"):
        return _years(reader, q, field, soft), []
    low, high = (
        _amount(reader, q, field, q.value),
        None if q.high is None else _amount(reader, q, field, q.high),
    )
    if low is None or (q.high is not None and high is None):
        return [], []
    source = reader.text.words(q.said, q.end)
    op = q.op or _direction(reader, q, field)
    if field == "price":
        return _price(reader, q, low, high, op, soft, source)
    filters = _numeric(reader, field, low, high, op, soft, source)
    signals: list[Signal] = []
    top = high if high is not None else low if op == "lte" else None
    if field == "mileage" and top is not None and filters:
        said = (q.high if q.high is not None else q.value) * q.scale
        unit = q.unit if q.unit in ("mi", "km") else reader.settings.mileage_unit
        signals.append(reader.signal("MILEAGE_CAP", {"max": _plain(said), "unit": unit}, source))
    return filters, signals


def _numeric(
    reader: Reader, field: str, low: float, high: float | None, op: str, soft: bool, source: str
) -> list[Filter]:
    if high is not None:
        return [
            reader.filter(field, "gte", low, source, nice=soft),
            reader.filter(field, "lte", high, source, nice=soft),
        ]
    if op in ("about", "near"):
        return (
            [reader.filter(field, "eq", low, source, nice=True)]
            if op == "about" and field != "mileage"
            else []
        )
    if op == "":
        return []
    return [reader.filter(field, {"exact": "eq"}.get(op, op), low, source, nice=soft)]


def _direction(reader: Reader, q: Quantity, field: str) -> str:
    """What a bare number means: the limit it corrects, at least so many rooms, at most so many owners, at most so much money."""
    kept = [f.op for f in reader.state.filters if f.field == field and f.op in ("lte", "gte", "eq")]
    if kept and (reader.corrects or len(kept) == 1):
        return "exact" if kept[-1] == "eq" else kept[-1]
    tail = reader.terms.tail(field)
    if tail in reader.lex.more_is_better or tail in reader.lex.counted:
        return "lte" if tail in reader.lex.less_is_better else "gte"
    if tail in reader.lex.amounts:  # of a few sizes: `1.5 liter bottles`
        return "exact"
    return "lte" if field == "price" or tail in reader.lex.less_is_better else ""


def _kept(reader: Reader, field: str) -> str:
    """The one direction in which an attribute is limited so far."""
    ops = {f.op for f in reader.state.filters if f.field == field and f.group == "must"}
    return next(iter(ops)) if len(ops) == 1 and ops <= {"lte", "gte"} else ""


def _price(
    reader: Reader, q: Quantity, low: float, high: float | None, op: str, soft: bool, source: str
) -> tuple[list[Filter], list[Signal]]:
    currency = {"currency": q.currency or reader.settings.currency}
    if high is not None:
        signal = reader.signal("BUDGET_RANGE", {"min": low, "max": high, **currency}, source)
        return _numeric(reader, "price", low, high, "", soft, source), [signal]
    if op == "about" or (soft and op == "lte" and not q.op):
        wish = reader.filter("price", "eq", low, source, nice=True)
        return [wish], [reader.signal("BUDGET_RANGE", {"target": low, "approx": True, **currency}, source)]
    side = {"lte": "max", "gte": "min"}.get(op, "target")
    return _numeric(reader, "price", low, None, op, soft, source), [
        reader.signal("BUDGET_RANGE", {side: low, **currency}, source)
    ]


def _amount(reader: Reader, q: Quantity, field: str, value: float) -> float | None:
    """The figure in the attribute's unit; thousands that were left out of a price are put back."""
    value *= q.scale
    if field == "price":
        return _plain(value * 1_000_000 if q.letter == "m" else value * _left_out(reader, q, value))
    unit = q.unit or ("m" if q.letter == "m" else "")
    if unit in ("point", "year"):
        return _plain(value)
    converted = convert_to(value, unit, reader.terms.attributes[field].unit)
    if converted is None:
        return None if reader.terms.attributes[field].unit else _plain(value)
    return _plain(converted if unit == "" or abs(converted) < 100 else round(converted))


def _left_out(reader: Reader, q: Quantity, value: float) -> int:
    if value >= _THOUSAND or q.scale > 1 or q.currency:
        return 1
    earlier = [
        f.value for f in reader.state.filters if f.field == "price" and isinstance(f.value, int | float)
    ]
    typical = earlier[0] if earlier else reader.typical("price")
    if typical is not None:
        return _THOUSAND if value * 20 < typical else 1
    return 1 if reader.terms.find("bottle_size") else _THOUSAND


def _years(reader: Reader, q: Quantity, field: str, soft: bool) -> list[Filter]:
    source = reader.text.words(q.said, q.end)

    def made(op: str, value: float) -> Filter:
        return reader.filter(field, op, int(value), source, nice=soft)

    if q.unit == "year":
        limit = reader.today.year - int(q.value)
        upper = (q.older or q.op == "gte") and not q.newer
        return [made("lte" if upper else "gte", limit)]
    if q.decade:
        return [made(op, year) for op, year in _decades(reader, q)]
    if q.high is not None:
        return [made("gte", q.value), made("lte", q.high)]
    before, patterns = reader.text.before(q.first), reader.lex.patterns
    if q.newer:
        return [made("gte", q.value + (bool(patterns["strict_newer"].search(before)) and not q.negated))]
    if q.older:
        return [made("lte", q.value - (bool(patterns["strict_older"].search(before)) and not q.negated))]
    if q.op == "gte" and reader.says("birth_year"):  # `from 1986, her birth year`
        return [made("in", q.value)]
    if q.op in ("lte", "gte"):
        sign = before.rstrip()[-1:]
        return [made(q.op, q.value + {"<": -1, ">": 1}.get(sign, 0))]
    if q.op == "about":
        return [reader.filter(field, "eq", int(q.value), source, nice=True)]
    if reader.corrects and (kept := _kept(reader, field)):
        return [made(kept, q.value)]
    if q.value > reader.today.year + 1:
        return []
    return [made("in", q.value)] if not q.negated else []


def _decades(reader: Reader, q: Quantity) -> list[tuple[str, float]]:
    """`the seventies`, `nineties or newer`, `before the sixties`: the ends of what is meant."""
    first, last = q.value, (q.high if q.high is not None else q.value) + 9
    before, patterns = reader.text.before(q.first), reader.lex.patterns
    if q.high is None and q.newer and not q.older:
        strict = bool(patterns["strict_newer"].search(before)) and not q.negated
        return [("gte", last + 1 if strict else first)]
    if q.high is None and q.older and not q.newer:
        strict = bool(patterns["strict_older"].search(before)) and not q.negated
        return [("lte", first - 1 if strict else last)]
    return [("gte", first), ("lte", last)]


def _settled(filters: Sequence[Filter]) -> list[Filter]:
    """One limit per field and direction; bare years said together are a list."""
    kept: dict[tuple[str, str, str], Filter] = {}
    for f in filters:
        key = (f.field, f.op, f.group)
        if f.op == "in" and isinstance(f.value, int):
            values = [*(kept[key].value if key in kept else []), f.value]
            kept[key] = replace(f, value=sorted(set(values)))
        else:
            kept[key] = f
    return [_single(f) for f in kept.values()]


def _single(f: Filter) -> Filter:
    return replace(f, op="eq", value=f.value[0]) if f.op == "in" and len(f.value) == 1 else f


def _budget(signals: Sequence[Signal]) -> list[Signal]:
    """The budget as one signal; of two ceilings the later one holds."""
    merged: dict[str, Signal] = {}
    for signal in signals:
        earlier = merged.get(signal.type)
        merged[signal.type] = replace(signal, value={**earlier.value, **signal.value}) if earlier else signal
    return list(merged.values())


def _plain(value: float) -> float:
    return int(value) if float(value).is_integer() else round(value, 4)
