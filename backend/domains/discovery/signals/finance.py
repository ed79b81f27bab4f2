"""How the buyer wants to pay: cash, loan, monthly payments, trade-in. A monthly payment is no price."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from backend.domains.discovery.signals import quantities
from backend.domains.discovery.signals.reader import Found, Reader


def read(reader: Reader, taken: Collection[int]) -> Found:
    """FINANCING_NEED, and the tokens of its amounts."""
    need, cash = reader.says("need_finance"), reader.says("no_finance")
    trade = reader.says("trade_in")
    value: dict[str, Any] = {}
    used: set[int] = set()
    for q in quantities.find(reader.text, reader.lex, taken):
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
    if cash and not value:
        return Found(
            signals=(reader.signal("FINANCING_NEED", {"need": False}, _words(reader, "no_finance"), 0.9),)
        )
    if not (need or value) or (need and cash):
        return Found(taken=frozenset(used))
    wants = need or bool({"monthly_max", "down_payment"} & value.keys()) or trade
    source = _words(reader, "need_finance") or (
        reader.text.words(min(used), max(used) + 1) if used else _words(reader, "trade_in")
    )
    return Found(
        signals=(reader.signal("FINANCING_NEED", {"need": wants, **value}, source, 0.85),),
        taken=frozenset(used),
    )


def _has_noun(reader: Reader, token: int) -> bool:
    """Whether the event has an attribute of its own for this monthly amount: `HOA under $200 a month`."""
    clause = reader.clause(token)
    return clause is not None and any(
        clause.first <= m.first < clause.end
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
