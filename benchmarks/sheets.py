"""Labelled spreadsheets of many trades and seven languages, as messy as sellers' own. Written from `sheets.yaml` alone.

The same seed gives the same sheets. Knows nothing of the engine that is measured on them.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from benchmarks.sheet_cells import Maker, Manner, maker_of, manner, money, with_gaps

_FILE: Final = Path(__file__).with_name("sheets.yaml")
LANGUAGES: Final = ("en", "de", "fr", "es", "it", "nl", "pt")
_VEHICLE: Final[Mapping[str, str]] = {
    "en": "Vehicle", "de": "Fahrzeug", "fr": "Véhicule", "es": "Vehículo", "it": "Veicolo", "nl": "Voertuig", "pt": "Veículo",
}  # fmt: skip
_PLACE: Final[Mapping[str, str]] = {
    "en": "Location", "de": "Standort", "fr": "Localisation", "es": "Ubicación", "it": "Ubicazione", "nl": "Locatie",
    "pt": "Localização",
}  # fmt: skip
_ROLLING: Final = frozenset({"used_cars", "electric", "motorcycles", "rvs", "trucks"})


@dataclass(frozen=True, slots=True)
class Truth:
    """What a column is. `also` are further right targets; `why` names the reason where it must stay out."""

    targets: tuple[str, ...] = ()
    also: frozenset[str] = frozenset()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file with what is true of it. `header_row` is 1-based; `truth` is by the column's key."""

    name: str
    category: str
    language: str
    content: bytes
    header_row: int
    row_count: int
    truth: Mapping[str, Truth]


@dataclass(frozen=True, slots=True)
class _Column:
    header: str
    truth: Truth
    make: Maker


@cache
def vocabulary() -> Mapping[str, Any]:
    return yaml.safe_load(_FILE.read_text("utf-8"))


def categories() -> tuple[str, ...]:
    return tuple(vocabulary()["categories"])


def sheets(count: int, *, seed: int) -> Iterator[Sheet]:
    """`count` sheets, all trades and languages in turn."""
    names = categories()
    for at in range(count):
        rng = random.Random(f"{seed}/{at}")
        language = LANGUAGES[(at // len(names)) % len(LANGUAGES)]
        yield _sheet(names[at % len(names)], language, rng)


def _sheet(category: str, language: str, rng: random.Random) -> Sheet:
    known = vocabulary()
    trade = known["categories"][category]
    how = manner(language, known["said"], [each for each in trade["makes"].split("|") if each], rng)
    columns = _columns(category, trade, how)
    count = rng.randint(12, 48)
    records = [[column.make() for column in columns] for _ in range(count)]
    above = _above(how, len(columns))
    lines = [*above, [column.header for column in columns]]
    for at, record in enumerate(records):
        lines.append(record)
        if at in (count // 3, count // 2) and rng.random() < 0.1:
            lines.append([])
    if rng.random() < 0.4:
        lines += [[], _total(columns, how)] if rng.random() < 0.5 else [_total(columns, how)]
    mark = rng.choice(",;\t" if language == "en" else ";;,\t")
    return Sheet(
        name=f"{trade['file'].replace(' ', rng.choice(' _-'))}.{'tsv' if mark == chr(9) else 'csv'}",
        category=category,
        language=language,
        content=_written(lines, mark, rng),
        header_row=len(above) + 1,
        row_count=count,
        truth={_key(column, at): column.truth for at, column in enumerate(columns)},
    )


def _key(column: _Column, at: int) -> str:
    return " ".join(column.header.split()) or f"#{at + 1}"


def _columns(category: str, trade: Mapping[str, Any], how: Manner) -> list[_Column]:
    rng, known = how.rng, vocabulary()
    may = trade["may"].split()
    wanted = trade["has"].split() + rng.sample(may, rng.randint(min(3, len(may)), len(may)))
    dropped = [name for name in wanted if name != "price" and rng.random() < 0.06]
    wanted = [name for name in wanted if name not in dropped]
    manners = rng.choice(("plain", "plain", "plain", "upper", "snake", "typo", "lower"))
    made: list[_Column] = []
    if category in _ROLLING and rng.random() < 0.15:
        wanted = [name for name in wanted if name not in {"year", "make", "model", "trim"}]
        made.append(_vehicle(how))
    if {"city", "state"} <= set(wanted) and rng.random() < 0.3:
        wanted = [name for name in wanted if name not in {"city", "state"}]
        made.append(_place(how))
    made += [_column(known["fields"][name], how, manners) for name in wanted]
    kept = rng.sample(list(known["kept"].values()), rng.choice((0, 1, 2, 2, 3)))
    made += [_column(each, how, manners) for each in kept]
    body = _ordered(made, rng)
    if rng.random() < 0.15:
        body.insert(0, _counter(rng.choice(("#", "No.", "Nr."))))
    if rng.random() < 0.08:
        body.insert(rng.randrange(1, len(body)), _Column("", Truth(why="empty"), lambda: ""))
    return _once(body)


def _ordered(made: Sequence[_Column], rng: random.Random) -> list[_Column]:
    """As sellers order them: what names a thing first, the rest as it came."""
    body = list(made)
    for _ in range(len(body) // 3):
        one, other = rng.randrange(len(body)), rng.randrange(len(body))
        body[one], body[other] = body[other], body[one]
    return body


def _once(columns: Sequence[_Column]) -> list[_Column]:
    seen: set[str] = set()
    out: list[_Column] = []
    for column in columns:
        if column.header.casefold() not in seen:
            seen.add(column.header.casefold())
            out.append(column)
    return out


def _column(entry: Mapping[str, Any], how: Manner, manners: str) -> _Column:
    header = how.rng.choice([each.strip() for each in entry[how.language].split(";")])
    also = frozenset(str(entry.get("also", "")).split())
    truth = Truth((entry["to"],), also) if "to" in entry else Truth(why=entry["why"])
    gaps = how.rng.choice((0.0, 0.0, 0.05, 0.2))
    if entry.get("to") in {"external_id", "price", "make"}:
        gaps = 0.0
    make = with_gaps(maker_of(entry["what"], how), gaps, how.rng)
    return _Column(_in_manner(header, manners, how.rng), truth, make)


def _in_manner(header: str, manners: str, rng: random.Random) -> str:
    if manners == "upper":
        return header.upper()
    if manners == "lower":
        return header.lower()
    if manners == "snake" and "/" not in header:
        words = "".join(letter if letter.isalnum() or letter == " " else " " for letter in header).split()
        return "_".join(words).lower() or header
    if manners == "typo" and len(header) > 6 and header.isalpha() and rng.random() < 0.25:
        at = rng.randrange(2, len(header) - 2)
        return header[:at] + header[at + 1] + header[at] + header[at + 2 :]
    return header


def _vehicle(how: Manner) -> _Column:
    trims = ("", " SE", " Limited", " GT")

    def make() -> str:
        return f"{how.rng.randint(2008, 2025)} {how.rng.choice(how.makes)} {how.pick('words')}{how.rng.choice(trims)}"

    return _Column(_VEHICLE[how.language], Truth(("title", "year", "make", "model", "trim")), make)


def _place(how: Manner) -> _Column:
    truth = Truth(("location_city", "location_region"))
    return _Column(_PLACE[how.language], truth, lambda: f"{how.pick('city')}, {how.pick('region')}")


def _counter(header: str) -> _Column:
    count = iter(range(1, 10_000))
    return _Column(header, Truth(why="row_counter"), lambda: str(next(count)))


def _above(how: Manner, width: int) -> list[list[str]]:
    if how.rng.random() < 0.6:
        return []
    title = [how.pick("titles")] + [""] * (width - 1)
    return [title, []] if how.rng.random() < 0.5 else [title]


def _total(columns: Sequence[_Column], how: Manner) -> list[str]:
    cells = [""] * len(columns)
    cells[0] = how.pick("totals")
    for at, column in enumerate(columns[1:], 1):
        if column.truth.targets == ("price",):
            cells[at] = money(how.rng.randint(1_000_000, 9_000_000), how)
    return cells


def _written(lines: Sequence[Sequence[str]], mark: str, rng: random.Random) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=mark, lineterminator="\r\n").writerows(lines)
    encoding = rng.choice(("utf-8", "utf-8", "utf-8-sig", "cp1252"))
    try:
        return text.getvalue().encode(encoding)
    except UnicodeEncodeError:
        return text.getvalue().encode("utf-8")
