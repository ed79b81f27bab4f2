"""What stands around a figure: `under`, `or more`, `-ish`, `a month`; and what figures side by side share."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection
from dataclasses import replace

from backend.domains.discovery.signals import quantities
from backend.domains.discovery.signals.lexicon import Lexicon
from backend.domains.discovery.signals.quantities import Quantity
from backend.domains.discovery.signals.text import Text


def find(text: Text, lex: Lexicon, taken: Collection[int]) -> list[Quantity]:
    """Quantities from left to right, ranges joined, with their comparators."""
    return _shared(text, lex, _with_comparators(text, lex, quantities.figures(text, lex, taken)))


def _with_comparators(text: Text, lex: Lexicon, found: list[Quantity]) -> list[Quantity]:
    made: list[Quantity] = []
    used = 0
    for q in found:
        compared, used = _compared(text, lex, q, used)
        made.append(compared)
    return made


def _shared(text: Text, lex: Lexicon, found: list[Quantity]) -> list[Quantity]:
    """What two figures side by side have in common."""
    made = list(found)
    for i in range(len(made) - 1):
        made[i], made[i + 1] = _pair(text, lex, made[i], made[i + 1])
    return made


def _pair(text: Text, lex: Lexicon, a: Quantity, b: Quantity) -> tuple[Quantity, Quantity]:
    """`at least 2,000 but no more than 2,800 sq ft` shares a unit; `from 2015 or 2018` is no range."""
    between = [t.text for t in text.tokens[a.end : b.said]]
    words = lex.words
    if b.unit == "year" and a.op and not b.op and between and words["range_ands"].issuperset(between):
        return a, replace(b, op=a.op, age=True)  # `no more than 30,000 km and 4 years`
    if a.scale != b.scale or len(between) > 2 or a.decade or b.decade:
        return a, b
    origin = a.first > 0 and text.tokens[a.first - 1].text in words["origins"]
    if (
        origin
        and a.op == "gte"
        and not (b.op or b.unit)
        and between
        and words["alternatives"].issuperset(between)
    ):
        return replace(a, op="", said=a.first), b
    joins = words["range_ands"] | words["turns"] | words["refusing"] | {","}
    if {a.op, b.op} == {"lte", "gte"} and joins.issuperset(between):
        if not a.unit and not a.currency:
            return replace(a, unit=b.unit, currency=b.currency), b
        if not b.unit and not b.currency:
            return a, replace(b, unit=a.unit, currency=a.currency)
    return a, b


def _compared(text: Text, lex: Lexicon, q: Quantity, used: int) -> tuple[Quantity, int]:
    """Reads the words right before and right after; `used` is the first token that no earlier quantity has taken."""
    each = lex.patterns["each_after"].match(text.after(q.end))  # `twenty a bottle max`
    end = q.end + (each.group().count(" ") + 1 if each else 0)
    before, after = text.before(q.first), text.after(end)
    floor = text.offsets[used] if 0 < used < len(text.offsets) else 0
    base = text.offsets[q.first] - len(before)
    hits = {
        name: m
        for name in ("lte", "gte", "about", "exact", "newer", "older", "age", "old")
        if (m := lex.patterns[name].search(before)) and base + m.start() >= floor
    }
    tails = {
        name: m
        for name in (
            "lte_after",
            "gte_after",
            "about_after",
            "exact_after",
            "newer_after",
            "older_after",
            "month_after",
            "down_after",
            "old_after",
        )
        if (m := lex.patterns[name].match(after))
    }
    if "newer_after" in tails and "older_after" in tails:  # `ou plus ancien` begins with `ou plus`
        tails.pop(min(("newer_after", "older_after"), key=lambda name: tails[name].end()))
    op = _op(hits, tails, q.op)
    nearest = max((m.start() for m in hits.values()), default=None)
    negated = bool(lex.patterns["negated"].search(before if nearest is None else before[:nearest]))
    if negated and op in ("lte", "gte") and not _holds_negation(lex, hits, op):
        op = {"lte": "gte", "gte": "lte"}[op]
    newer, older = "newer" in hits or "newer_after" in tails, "older" in hits or "older_after" in tails
    if negated and ("newer" in hits or "older" in hits):
        newer, older = older, newer
    end += max(
        (
            m.group().count(" ") + 1
            for n, m in tails.items()
            if n in ("lte_after", "gte_after", "newer_after", "older_after")
        ),
        default=0,
    )
    start = (
        None
        if nearest is None or (op == "" and not (newer or older))
        else bisect_right(text.offsets, base + nearest) - 1
    )
    return replace(
        q, said=q.first if start is None else start, op=op, newer=newer, older=older, negated=negated,
        monthly="month_after" in tails or q.monthly, down="down_after" in tails,
        age="old_after" in tails or ("age" in hits and q.unit == "year"),
        budget=each is not None or bool(lex.patterns["budget"].search(before)), vague=bool(lex.patterns["vague"].search(before)),
        owned="lte" in hits and hits["lte"].group().split()[0] in lex.words["owning"],
        switch=bool(lex.patterns["switch"].search(before)) and not hits,
    ), end  # fmt: skip


def _op(hits: dict[str, re.Match[str]], tails: dict[str, re.Match[str]], given: str) -> str:
    if "about_after" in tails or given == "about":
        return "about"
    if "lte_after" in tails:
        return "lte"
    if given == "gte" or ("gte_after" in tails and "lte" not in hits):
        return "gte"
    if "exact_after" in tails and not hits:
        return "exact"
    ranked = sorted((m.start(), name) for name, m in hits.items() if name in ("lte", "gte", "about", "exact"))
    # "no more than" begins before the "more than" within it
    return ranked[0][1] if ranked else ""


def _holds_negation(lex: Lexicon, hits: dict[str, re.Match[str]], op: str) -> bool:
    """Whether the phrase already says "not": "no more than"."""
    match = hits.get(op)
    return match is not None and match.group().split()[0] in lex.words["refusing"]


def tail(text: Text, lex: Lexicon, at: int) -> str:
    """The comparator that begins at a token, for figures whose noun stands between: `4 cabins minimum`."""
    after = text.after(at)
    return next(
        (
            op
            for op, name in (
                ("lte", "lte_after"),
                ("gte", "gte_after"),
                ("about", "about_after"),
                ("exact", "exact_after"),
            )
            if lex.patterns[name].match(after)
        ),
        "",
    )
