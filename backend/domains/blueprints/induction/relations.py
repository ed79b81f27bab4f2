"""What columns say of each other: doubles, amounts below the price, a counter beside real numbers. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median
from typing import Final

from backend.domains.blueprints.induction.scoring import Option
from backend.domains.blueprints.induction.traits import Traits
from backend.domains.blueprints.model import Evidence, Left
from backend.domains.catalogue.model import ColumnProfile
from backend.domains.catalogue.normalizers import Cell
from backend.kit.units import parse_measure

_ROWS: Final = 8  # listings from which a relation counts
_BELOW: Final = 0.97
_UNSAID: Final = (Left.INTERNAL, Left.PERSONAL)


def related(
    options: Sequence[list[Option]],
    columns: Sequence[ColumnProfile],
    traits: Sequence[Traits],
    rows: Sequence[Sequence[Cell]],
) -> list[list[Option]]:
    """The options with what the other columns speak for."""
    out = [list(each) for each in options]
    _doubles(out, columns, traits, rows)
    _below_price(out, columns, traits, rows)
    _counters(out, traits)
    for each in out:
        each.sort(key=lambda option: -option.score)
    return out


def _doubles(
    options: list[list[Option]],
    columns: Sequence[ColumnProfile],
    traits: Sequence[Traits],
    rows: Sequence[Sequence[Cell]],
) -> None:
    """A column that says in every row what an earlier one says."""
    if len(rows) < _ROWS:
        return
    seen: dict[tuple[str, ...], int] = {}
    for at, trait in enumerate(traits):
        cells = tuple(
            str(row[at]).strip().casefold() if at < len(row) and row[at] is not None else "" for row in rows
        )
        first = seen.setdefault(cells, at)
        if first != at and trait.distinct >= 5:
            # the double of what is kept back is kept back for the same reason
            reasons = (each[0].left for each in (options[first], options[at]) if each)
            left = next((reason for reason in reasons if reason in _UNSAID), Left.DUPLICATE)
            text = Evidence("neighbors", f"The same cells as “{columns[first].key}”.", 1.0)
            options[at].append(Option(f"left:{at}", 1.2, left=left, fits=1.0, named=1.0, evidence=(text,)))


def _amount(cell: Cell) -> float | None:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell)
    if not isinstance(cell, str):
        return None
    digits = "".join(mark for mark in cell if mark.isdigit() or mark in ".,kKmM ")
    read = parse_measure(digits.strip()) if any(map(str.isdigit, digits)) else None
    return float(read.value) if read else None


def _below_price(
    options: list[list[Option]],
    columns: Sequence[ColumnProfile],
    traits: Sequence[Traits],
    rows: Sequence[Sequence[Cell]],
) -> None:
    """Amounts of no clear name that are below the price in every row: what it cost, or the least it may go for."""
    prices = [at for at, each in enumerate(options) if each and each[0].slot == "price"]
    if not prices:
        return
    price = max(prices, key=lambda at: options[at][0].score)
    for at, trait in enumerate(traits):
        top = options[at][0]
        is_amount = bool(trait.currencies and trait.currencies[0][1] > 0.5) or (trait.middle or 0) > 500
        clear = top.concept is not None and top.left is None and top.named > 0.9
        if at == price or clear or not is_amount or trait.share("number") < 0.6 or top.slot == "mileage":
            continue
        pairs = [
            (own, asked)
            for row in rows
            if len(row) > max(at, price)
            and (own := _amount(row[at])) is not None
            and (asked := _amount(row[price])) is not None
            and asked > 0
        ]
        if len(pairs) < _ROWS or sum(own <= asked for own, asked in pairs) / len(pairs) < _BELOW:
            continue
        if 0.25 <= median(own / asked for own, asked in pairs) < 1.0:
            text = f"At or below “{columns[price].key}” in every row: like a cost, a reserve or a wholesale price."
            evidence = (Evidence("neighbors", text, 0.8),)
            options[at].append(
                Option(f"left:{at}", 0.86, left=Left.INTERNAL, fits=0.8, named=0.5, evidence=evidence)
            )


def _counters(options: list[list[Option]], traits: Sequence[Traits]) -> None:
    """1, 2, 3 … counts rows where another column tells the listings apart, and tells them apart where none does."""
    ids = [
        at for at, each in enumerate(options) if any(o.slot == "external_id" and o.score > 0.6 for o in each)
    ]
    for at, each in enumerate(options):
        others = [other for other in ids if other != at]
        if not traits[at].rises:
            continue
        for place, option in enumerate(each):
            if option.left is Left.COUNTER:
                named = option.named > 0.9
                each[place] = replace(
                    option, score=option.score + (0.15 if others else 0.1 if named else -0.5)
                )


#: What every listing should have: a column that could be it is, before it is something special.
_WANTED: Final = ("external_id", "price", "make", "model", "year", "identifier", "location_city")
_ENOUGH: Final = 0.5


def wanted(options: Sequence[list[Option]]) -> list[list[Option]]:
    """Where no column is the first choice for something every listing has, the nearest one takes it."""
    out = [list(each) for each in options]
    for slot in _WANTED:
        if any(
            each[0].slot == slot or (len(each[0].targets) > 1 and slot in each[0].targets) for each in out
        ):
            continue
        near = [
            (option.score, at, place)
            for at, each in enumerate(out)
            for place, option in enumerate(each)
            if option.slot == slot
            and option.score >= _ENOUGH
            and each[0].left is None
            and each[0].slot not in _WANTED
            and option.fits >= each[0].fits - 0.3  # cells that say plainly what they are are not bent
        ]
        if near:
            _, at, place = max(near)
            option = out[at][place]
            out[at][place] = replace(option, score=max(option.score, out[at][0].score + 0.05))
            out[at].sort(key=lambda option: -option.score)
    return out


def at_home(options: Sequence[list[Option]], domain: str) -> list[list[Option]]:
    """Meanings that are at home among these goods come first, those of others step back."""
    out: list[list[Option]] = []
    for each in options:
        moved = [replace(o, score=o.score + _homely(o, domain)) for o in each]
        out.append(sorted(moved, key=lambda option: -option.score))
    return out


def _homely(option: Option, domain: str) -> float:
    domains = option.concept.domains if option.concept else ()
    if not domains or domain == "general":
        return 0.0
    return 0.08 if domain in domains else -0.08
