"""Up to four listings side by side: what they share, where they differ, which is best where that can be said. Pure.

Only numbers whose better end nobody would dispute have a best (`directions`). What a listing does not state is said,
and takes no part in it: nobody is better for having said nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from backend.core.errors import InvalidInput
from backend.domains.catalogue.model import Listing
from backend.domains.discovery import ownership
from backend.domains.discovery.directions import better
from backend.domains.discovery.explaining import Scene
from backend.domains.discovery.model import plain
from backend.domains.discovery.wording import on_request, price_of, shown_value, value_of
from backend.domains.events.model import field_name

MOST: Final = 4
Group: TypeAlias = Literal["facts", "verified", "costs"]
_COMMON: Final = ("year", "mileage")


@dataclass(frozen=True, slots=True)
class Cell:
    """One fact of one listing. `value` is None where it is not stated."""

    text: str
    value: Any = None
    is_best: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One fact of all: a cell for each, in their order."""

    field: str
    label: str
    group: Group
    cells: tuple[Cell, ...]
    differs: bool


@dataclass(frozen=True, slots=True)
class Head:
    """Whose column it is."""

    listing_id: int
    title: str
    price_text: str
    state: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """`rows` come in the event's order; `summary` is one sentence of what tells them apart."""

    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    summary: str

    def to_json(self) -> dict[str, Any]:
        return plain(self)


def compare(scene: Scene, listings: Sequence[Listing]) -> Comparison:
    """Two to four listings side by side. Raises: InvalidInput `discovery.compare_count`."""
    if not 2 <= len(listings) <= MOST or len({listing.id for listing in listings}) < len(listings):
        raise InvalidInput("discovery.compare_count", given=len(listings), most=MOST)
    rows = tuple(row for row in _rows(scene, listings) if any(cell.value is not None for cell in row.cells))
    heads = tuple(
        Head(listing.id, listing.title, _price_text(scene, listing), listing.state) for listing in listings
    )
    return Comparison(heads, rows, _summary(scene, listings, rows))


def _rows(scene: Scene, listings: Sequence[Listing]) -> Iterator[Row]:
    verified = {field_name(name) for name in scene.document.get("safety", {}).get("claims_review", ())}
    for field in fields_of(scene):
        if field == "ownership_costs":
            yield from _cost_rows(scene, listings)
        else:
            yield _row(scene, listings, field, "verified" if field in verified else "facts")


def fields_of(scene: Scene) -> list[str]:
    """What the event compares by: its groups spelled out, each field once, the price first."""
    contract = scene.document.get("ui_contract", {})
    tiles = [field_name(name) for name in contract.get("tile_specs", ())]
    groups = {
        "key_specs": [*(name for name in _COMMON if name in scene.words.attributes), *tiles],
        "verifications": [field_name(n) for n in scene.document.get("safety", {}).get("claims_review", ())],
        "ownership_costs": ["ownership_costs"],
    }
    named: list[str] = ["price"]
    for name in contract.get("comparison_fields") or ("key_specs", "verifications", "ownership_costs"):
        named += groups.get(str(name), [field_name(str(name))])
    return list(dict.fromkeys(named))


def _row(scene: Scene, listings: Sequence[Listing], field: str, group: Group) -> Row:
    values = [value_of(listing, field) for listing in listings]
    best = _best(values, better(field, scene.words.attributes))
    if field == "price" and len({listing.currency for listing in listings}) > 1:
        best = frozenset()  # amounts of two currencies are not compared
    cells = tuple(
        Cell(_text(scene, listing, field, value), value, at in best)
        for at, (listing, value) in enumerate(zip(listings, values, strict=True))
    )
    return Row(field, scene.words.label(field), group, cells, len({str(v).casefold() for v in values}) > 1)


def _text(scene: Scene, listing: Listing, field: str, value: Any) -> str:
    if field == "price":
        return _price_text(scene, listing)
    return _not_stated(scene) if value in (None, "") else shown_value(scene.words, field, value)


def _price_text(scene: Scene, listing: Listing) -> str:
    price = price_of(listing)
    return on_request(scene.words) if price is None else scene.words.money(price, listing.currency)


def _not_stated(scene: Scene) -> str:
    return scene.words.say("value.not_stated")


def _best(values: Sequence[Any], direction: str | None) -> frozenset[int]:
    """Where the best stands; nowhere if it is not a number, all are alike, or fewer than two are known."""
    known = [(v, at) for at, v in enumerate(values) if isinstance(v, int | float) and not isinstance(v, bool)]
    if direction is None or len({v for v, _ in known}) < 2:
        return frozenset()
    best = (min if direction == "lower" else max)(v for v, _ in known)
    return frozenset(at for v, at in known if v == best)


def _cost_rows(scene: Scene, listings: Sequence[Listing]) -> Iterator[Row]:
    """What owning costs, where the event shows that; the lines of those that have a price."""
    contract, words = scene.document.get("ui_contract", {}), scene.words
    lines = [
        {
            line["label"]: line["text"]
            for line in ownership.costs(words, contract, price_of(item), item.currency or words.currency)
        }
        for item in listings
    ]
    for label in dict.fromkeys(label for each in lines for label in each):
        texts = [each.get(label) for each in lines]
        cells = tuple(Cell(text or _not_stated(scene), text) for text in texts)
        yield Row("ownership_costs", label, "costs", cells, len(set(texts)) > 1)


def _summary(scene: Scene, listings: Sequence[Listing], rows: Sequence[Row]) -> str:
    """What each alone is best at, then how many facts are the same."""
    words, told = scene.words, list[str]()
    for at, listing in enumerate(listings):
        alone = [
            row for row in rows if row.cells[at].is_best and sum(cell.is_best for cell in row.cells) == 1
        ]
        if alone:
            names = [f"{words.spoken_label(row.field)} ({row.cells[at].text})" for row in alone[:3]]
            told.append(words.say("comparison.best", title=listing.title, names=words.all_of(names)))
    same = sum(1 for row in rows if not row.differs)
    unknown = sum(1 for row in rows for cell in row.cells if cell.value is None)
    all_same = same == len(rows)
    told.append(
        words.say("comparison.all") if all_same else words.counted("comparison.same", same, of=len(rows))
    )
    told += [words.counted("comparison.unknown", unknown)] if unknown else []
    return " ".join(told)
