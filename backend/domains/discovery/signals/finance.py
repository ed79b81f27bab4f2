"""How the buyer wants to pay: cash, loan, monthly payments, trade-in. A monthly payment is no price."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from backend.domains.discovery.model import Signal
from backend.domains.discovery.signals import comparators
from backend.domains.discovery.signals.quantities import Quantity
from backend.domains.discovery.signals.reader import Found, Reader


def read(reader: Reader, taken: Collection[int]) -> Found:
    """FINANCING_NEED, and the tokens of its amounts."""
    need, cash = reader.says("need_finance"), reader.says("no_finance")
    trade = reader.says("trade_in")
    value: dict[str, Any] = {}
    used: set[int] = set()
    income: set[int] = set()
    for q in comparators.find(reader.text, reader.lex, taken):
        if _is_income(reader, q, max(income, default=-1) + 1):
            income |= set(range(q.first, q.end + _tail(reader, q)))
            continue
        if q.monthly and not _has_noun(reader, q.first):
            value["monthly_max"] = _plain(q.value * q.scale)
        elif q.down:
            value["down_payment"] = _plain(q.value * q.scale)
        elif q.unit == "month" and (need or value) and q.value >= 6:
            value["term_months"] = _plain(q.value)
        else:
            continue
        used |= set(range(q.first, q.end))
    if trade:
        value["trade_in"] = True
    signal = _signal(reader, value, used, need=need, cash=cash)
    return Found(signals=(signal,) if signal else (), taken=frozenset(used | income))


def _signal(
    reader: Reader, value: dict[str, Any], used: Collection[int], *, need: bool, cash: bool
) -> Signal | None:
    if cash and not value:
        return reader.signal("FINANCING_NEED", {"need": False}, _words(reader, "no_finance"), 0.9)
    if not (need or value) or (need and cash):
        return None
    wants = need or bool({"monthly_max", "down_payment", "trade_in"} & value.keys())
    source = _words(reader, "need_finance") or (
        reader.text.words(min(used), max(used) + 1) if used else _words(reader, "trade_in")
    )
    return reader.signal("FINANCING_NEED", {"need": wants, **value}, source, 0.85)


def _is_income(reader: Reader, q: Quantity, used: int) -> bool:
    """Money that the buyer earns, has or owes: no amount to spend. `used` is the first token no other such has taken."""
    if q.unit or (q.scale == 1 and not q.currency and q.value < 1000):
        return False
    before = reader.text.before(q.first)
    match = reader.lex.income.search(before)
    if match and reader.text.offsets[q.first] - len(before) + match.start() >= reader.text.offsets[used]:
        return True
    tail = _tail(reader, q)
    return tail > 0 and not _has_noun(reader, q.first, range(q.end, q.end + tail))


def _tail(reader: Reader, q: Quantity) -> int:
    """How many words right after a figure say that it is an income."""
    match = reader.lex.income_after.match(reader.text.after(q.end))
    return match.group().count(" ") + 1 if match else 0


def _has_noun(reader: Reader, token: int, but: Collection[int] = ()) -> bool:
    """Whether the event has an attribute of its own for this monthly amount: `HOA under $200 a month`."""
    clause = reader.clause(token)
    return clause is not None and any(
        clause.first <= m.first < clause.end
        and m.first not in but
        and any(t.kind == "noun" and t.field != "price" and reader.terms.is_number(t.field) for t in m.terms)
        for m in reader.mentions
    )


def _words(reader: Reader, pattern: str) -> str:
    return next(
        (reader.text.words(first, end) for first, end, _ in reader.text.find(reader.lex.patterns[pattern])),
        "",
    )


def _plain(value: float) -> float:
    return int(value) if float(value).is_integer() else value
