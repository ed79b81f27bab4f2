"""What an inventory is like: prices, years, spread of each attribute, rarity. One pass over its rows, flat in memory.

Knows no category and proposes nothing: that is `behavior`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol, TypeAlias, cast

from backend.kit.money import Money, major_units

Kind: TypeAlias = Literal["number", "enum", "boolean", "list", "text", "date"]

#: Different values that are counted per attribute, numbers that quantiles are read from, listings that are told apart.
MOST_VALUES: Final = 5_000
_MOST_NUMBERS: Final = 4_096
_MOST_ALIKE: Final = 200_000
_TOP: Final = 60
CORE_ENUMS: Final = frozenset({
    "make", "model", "trim", "condition", "color_exterior", "color_interior", "location_city", "location_region",
    "location_country", "seller", "status",
})  # fmt: skip
_TYPES: Final[Mapping[str, Kind]] = {
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "date": "date",
    "enum": "enum",
    "list": "list",
}
_NORMALIZERS: Final[Mapping[str, Kind]] = {
    "money": "number",
    "measure": "number",
    "number": "number",
    "percent": "number",
    "integer": "number",
    "year": "number",
    "score": "number",
    "boolean": "boolean",
    "date": "date",
    "month": "date",
    "enum": "enum",
    "list": "list",
}


class Row(Protocol):
    """A record as an import would store it, such as `PreviewRow`: target → value."""

    @property
    def values(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Spread:
    """Numbers in order: the least, quartiles, the most."""

    count: int
    low: float
    q1: float
    median: float
    q3: float
    high: float


@dataclass(frozen=True, slots=True)
class AttributeFacts:
    """One target over all rows. `filled` is a share; `entropy` says how much knowing the value tells.

    `top` are the commonest values as they are written, with their counts; `is_whole` is false where not all were counted.
    Unit: entropy in bits.
    """

    target: str
    kind: Kind
    filled: float
    distinct: int
    entropy: float
    top: tuple[tuple[str, int], ...] = ()
    spread: Spread | None = None
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class InventoryFacts:
    """`singles`: share of listings with no other like them. `with_photos`: share that has a picture's address.

    `price` is in major units of `currency`, the commonest one; amounts in others are not in it.
    """

    rows: int
    price: Spread | None
    currency: str | None
    currencies: tuple[tuple[str, int], ...]
    year: Spread | None
    attributes: tuple[AttributeFacts, ...]
    singles: float
    with_photos: float
    mean_description: float = 0.0
    kinds_of: int = 0

    def find(self, target: str) -> AttributeFacts | None:
        return next((each for each in self.attributes if each.target == target), None)

    def missing(self) -> Mapping[str, float]:
        """Target → share of rows without a value, for those that have any."""
        return {each.target: 1 - each.filled for each in self.attributes if each.filled < 1}


def inventory_of(rows: Iterable[Row], *mappings: Mapping[str, Any]) -> InventoryFacts:
    """The facts of rows that were read by these source mappings."""
    count = _Count(_kinds(mappings))
    for row in rows:
        count.add(row.values)
    return count.facts()


def _kinds(mappings: Sequence[Mapping[str, Any]]) -> dict[str, Kind]:
    """What the mappings say of their targets; where they say nothing, values decide."""
    found: dict[str, Kind] = dict.fromkeys(CORE_ENUMS, "enum")
    for mapping in mappings:
        for column in mapping.get("columns", {}).values():
            if isinstance(column, str) or "target" not in column:
                continue
            said = _TYPES.get(column.get("type", "")) or _NORMALIZERS.get(column.get("normalizer", ""))
            if said:
                found.setdefault(column["target"], said)
    return found


@dataclass(slots=True)
class _Count:
    """Everything that is counted while rows pass."""

    kinds: Mapping[str, Kind]
    rows: int = 0
    photos: int = 0
    letters: int = 0
    columns: dict[str, _Column] = field(default_factory=dict[str, "_Column"])
    prices: dict[str, _Numbers] = field(default_factory=dict[str, "_Numbers"])
    alike: Counter[int] = field(default_factory=Counter[int])
    alone: int = 0

    def add(self, values: Mapping[str, Any]) -> None:
        self.rows += 1
        self.photos += bool(values.get("image_urls"))
        self.letters += len(str(values.get("description") or ""))
        likeness = _likeness(values)
        if likeness is None:
            self.alone += 1
        elif likeness in self.alike or len(self.alike) < _MOST_ALIKE:
            self.alike[likeness] += 1
        for target, value in values.items():
            if value is not None and value != "" and value != []:
                self._add_value(target, value, values)

    def _add_value(self, target: str, value: Any, values: Mapping[str, Any]) -> None:
        if target == "price":
            currency, amount = _amount(value, values)
            self.prices.setdefault(currency, _Numbers()).add(amount)
            value = amount
        if target not in self.columns:
            self.columns[target] = _Column(self.kinds.get(target) or _kind_of(value))
        self.columns[target].add(value)

    def facts(self) -> InventoryFacts:
        named = Counter({name: numbers.count for name, numbers in self.prices.items()})
        currencies = tuple(sorted(named.items(), key=lambda item: (-item[1], item[0])))
        common = currencies[0][0] if currencies else ""
        year = self.columns.get("year")
        counted = sum(self.alike.values())
        single = self.alone + sum(1 for count in self.alike.values() if count == 1)
        rows = max(self.rows, 1)
        return InventoryFacts(
            rows=self.rows,
            price=self.prices[common].spread() if currencies else None,
            currency=common or None,
            currencies=tuple((name, n) for name, n in currencies if name),
            year=year.numbers.spread() if year else None,
            attributes=tuple(column.facts(target, rows) for target, column in self.columns.items()),
            singles=round(single / max(self.alone + counted, 1), 4),
            with_photos=round(self.photos / rows, 4),
            mean_description=round(self.letters / rows, 1),
            kinds_of=len(self.alike) + self.alone,
        )


def _likeness(values: Mapping[str, Any]) -> int | None:
    """What a listing is like, for telling apart those that are the only one of their kind; None where nothing says."""
    parts = tuple(str(values.get(name) or "").casefold() for name in ("make", "model", "trim"))
    if any(parts[1:]):
        return hash(parts)
    title = str(values.get("title") or "").casefold()
    return hash((parts[0], title)) if title else None


def _amount(value: Any, values: Mapping[str, Any]) -> tuple[str, float]:
    if isinstance(value, Money):
        return value.currency or "", float(major_units(value.minor, value.currency))
    return str(values.get("currency") or ""), float(value)


def _kind_of(value: Any) -> Kind:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "list" if isinstance(value, list | tuple) else "text"


class _Numbers:
    """Numbers of a stream, thinned out evenly once they are many: quantiles stay, memory does not grow."""

    __slots__ = ("count", "high", "kept", "low", "step")

    def __init__(self) -> None:
        self.kept: list[float] = []
        self.count, self.step = 0, 1
        self.low, self.high = math.inf, -math.inf

    def add(self, value: float) -> None:
        if self.count % self.step == 0:
            self.kept.append(value)
        self.count += 1
        self.low, self.high = min(self.low, value), max(self.high, value)
        if len(self.kept) >= _MOST_NUMBERS:
            self.kept, self.step = self.kept[::2], self.step * 2

    def spread(self) -> Spread | None:
        if not self.count:
            return None
        ordered = sorted(self.kept)
        q1, median, q3 = (_quantile(ordered, share) for share in (0.25, 0.5, 0.75))
        return Spread(self.count, self.low, q1, median, q3, self.high)


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Source: Hyndman and Fan (1996), type 7."""
    at = (len(ordered) - 1) * share
    low = math.floor(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


class _Column:
    """One target while rows pass."""

    __slots__ = ("counts", "filled", "is_whole", "kind", "numbers", "shown")

    def __init__(self, kind: Kind) -> None:
        self.kind: Kind = kind
        self.filled = 0
        self.is_whole = True
        self.counts: Counter[str] = Counter()
        self.shown: dict[str, str] = {}
        self.numbers = _Numbers()

    def add(self, value: Any) -> None:
        self.filled += 1
        if isinstance(value, int | float) and not isinstance(value, bool):
            self.numbers.add(float(value))
        for one in cast("Sequence[Any]", value) if isinstance(value, list | tuple) else (value,):
            self._count(_written(one))

    def _count(self, text: str) -> None:
        key = text.casefold()
        if key in self.counts or len(self.counts) < MOST_VALUES:
            self.counts[key] += 1
            self.shown.setdefault(key, text)
        else:
            self.is_whole = False

    def facts(self, target: str, rows: int) -> AttributeFacts:
        total = sum(self.counts.values())
        entropy = -sum(n / total * math.log2(n / total) for n in self.counts.values()) if total else 0.0
        ordered = sorted(self.counts.items(), key=lambda item: (-item[1], item[0]))[:_TOP]
        return AttributeFacts(
            target=target,
            kind=self.kind,
            filled=round(self.filled / rows, 4),
            distinct=len(self.counts),
            entropy=round(abs(entropy), 3),
            top=tuple((self.shown[key], n) for key, n in ordered),
            spread=self.numbers.spread() if self.kind == "number" else None,
            is_whole=self.is_whole,
        )


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)[:200]
