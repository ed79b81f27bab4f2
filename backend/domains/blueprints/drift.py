"""The next file of the same seller: what differs from the list that was confirmed, so that only that is asked. Pure.

Compares profiles: what is kept of a file's columns once its rows are gone. Source of the similarity of distributions:
Kolmogorov-Smirnov distance over quantiles.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from scipy.optimize import linear_sum_assignment

from backend.domains.blueprints.model import FieldProposal, SheetProposal

Profile = Mapping[str, Any]

_TOP: Final = 60  # commonest values that are kept of a column
_QUANTILES: Final = 11
_ALIKE: Final = 0.6  # columns that share this much are one column under another name
_SAME_LIST: Final = 0.5  # share of headers that two files of one list have in common
_NEW_VALUES: Final = 0.05  # share of cells with values never seen before that is worth a word
_MORE_REJECTS: Final = 0.02
_SHAPES: Final = ((re.compile(r"[A-Z]"), "A"), (re.compile(r"[a-z]"), "a"), (re.compile(r"\d"), "9"))
_RUN: Final = re.compile(r"(.)\1+")


class DriftKind(StrEnum):
    """What can be different; all but `gone` and `currency` are about one column."""

    ADDED = "added"
    GONE = "gone"
    RENAMED = "renamed"
    TYPE = "type"
    UNIT = "unit"
    CURRENCY = "currency"
    DATES = "dates"
    VALUES = "values"
    REJECTS = "rejects"


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference in words, and in values: `field` is the column as the new file names it, empty for the whole file."""

    kind: DriftKind
    field: str
    text: str
    before: Any = None
    after: Any = None

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": str(self.kind), "field": self.field, "text": self.text, "before": self.before, "after": self.after
        }  # fmt: skip


def profile_of(survey: Any, proposal: SheetProposal) -> dict[str, Any]:
    """What is kept of a surveyed file to compare the next one with. Shape: `{rows, currency, mileage_unit, dates, columns}`."""
    fields = {one.key: one for one in proposal.fields}
    columns = [_column(one, fields.get(one.key)) for one in survey.columns]
    return {
        "file": proposal.file,
        "rows": proposal.row_count,
        "currency": proposal.currency,
        "mileage_unit": proposal.mileage_unit,
        "dates": proposal.mapping.get("file", {}).get("dates"),
        "columns": columns,
    }


def _column(one: Any, field: FieldProposal | None) -> dict[str, Any]:
    common = Counter(dict(one.values)).most_common(_TOP)
    numbers = sorted(float(v) for v in one.values if isinstance(v, int | float) and not isinstance(v, bool))
    shapes = Counter[str]()
    for value, count in one.values.items():
        shapes[shape_of(str(value))] += count
    return {
        "key": one.key,
        "targets": list(field.targets) if field else [],
        "left": str(field.left) if field and field.left else None,
        "type": field.type if field else "text",
        "unit": field.unit if field else None,
        "filled": one.filled,
        "distinct": len(one.values),
        "is_whole": one.is_whole and len(one.values) <= _TOP,
        "values": [[str(value)[:80], count] for value, count in common],
        "shapes": [[shape, count] for shape, count in shapes.most_common(8)],
        "quantiles": _quantiles(numbers),
    }


def _quantiles(numbers: Sequence[float]) -> list[float]:
    if len(numbers) < _QUANTILES:
        return []
    return [numbers[round(at * (len(numbers) - 1) / (_QUANTILES - 1))] for at in range(_QUANTILES)]


def shape_of(text: str) -> str:
    """`WDB-2041` as `A-9`: runs of letters and digits, each as one."""
    shape = text[:40]
    for pattern, letter in _SHAPES:
        shape = pattern.sub(letter, shape)
    return _RUN.sub(r"\1", shape)


def closest(before: Sequence[Profile], now: Profile) -> Profile | None:
    """The newest of the lists that share most headers with this one; None where none is this list."""
    best, score = None, 0.0
    for profile in before:
        shared = _overlap(_keys(profile), _keys(now))
        if shared >= _SAME_LIST and shared > score:
            best, score = profile, shared
    return best


def _keys(profile: Profile) -> set[str]:
    return {" ".join(column["key"].split()).casefold() for column in profile["columns"]}


def _overlap(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(min(len(one), len(other)), 1)


def compare(before: Profile, now: Profile) -> tuple[Drift, ...]:
    """Every difference worth a word, columns in the order of the new file."""
    old = {_plain(column): column for column in before["columns"]}
    new = {_plain(column): column for column in now["columns"]}
    gone = [column for key, column in old.items() if key not in new]
    added = [column for key, column in new.items() if key not in old]
    renamed = _renamed(gone, added)
    pairs = [(old[key], new[key]) for key in new if key in old]
    found = [*_of_file(before, now)]
    for column in added:
        was = renamed.get(column["key"])
        found.append(_renaming(was, column) if was else _adding(column))
        pairs += [(was, column)] if was else []
    was_renamed = {column["key"] for column in renamed.values()}
    found += [_going(column) for column in gone if column["key"] not in was_renamed]
    found += [drift for was, column in pairs for drift in _of_column(was, column)]
    return tuple(found)


def asked_about(drifts: Sequence[Mapping[str, Any]]) -> set[str]:
    """The columns somebody should look at; all the others are as they were confirmed."""
    return {one["field"] for one in drifts if one["kind"] not in (DriftKind.GONE, DriftKind.VALUES)}


def _plain(column: Mapping[str, Any]) -> str:
    return " ".join(column["key"].split()).casefold()


def _renamed(
    gone: Sequence[Mapping[str, Any]], added: Sequence[Mapping[str, Any]]
) -> dict[str, Mapping[str, Any]]:
    """New name → the column it was, as one assignment over how alike their values are."""
    if not gone or not added:
        return {}
    costs = [[1 - likeness(was, column) for column in added] for was in gone]
    rows, columns = linear_sum_assignment(costs)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return {added[at]["key"]: gone[row] for row, at in pairs if 1 - costs[row][at] >= _ALIKE}


def likeness(one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    """How much two columns hold the same, 0..1: shared values, else shared shapes and spread."""
    values = _weighted(one["values"], other["values"])
    shapes = _weighted(one["shapes"], other["shapes"])
    if one["quantiles"] and other["quantiles"]:
        return max(values, 0.4 * shapes + 0.6 * (1 - _distance(one["quantiles"], other["quantiles"])))
    if bool(one["quantiles"]) != bool(other["quantiles"]):
        return 0.5 * values
    unique = min(one["distinct"] / max(one["filled"], 1), other["distinct"] / max(other["filled"], 1)) > 0.9
    return max(values, 0.8 * shapes) if unique else max(values, 0.5 * shapes)


def _weighted(one: Sequence[Sequence[Any]], other: Sequence[Sequence[Any]]) -> float:
    """Shared weight of two counted lists."""
    first, second = ({str(value): int(count) for value, count in pairs} for pairs in (one, other))
    total_one, total_other = sum(first.values()) or 1, sum(second.values()) or 1
    shared = sum(min(first[v] / total_one, second[v] / total_other) for v in first.keys() & second.keys())
    return min(shared, 1.0)


def _distance(one: Sequence[float], other: Sequence[float]) -> float:
    """The largest gap between two cumulative distributions given by their quantiles."""
    points = sorted({*one, *other})
    return max(abs(_share(one, at) - _share(other, at)) for at in points)


def _share(quantiles: Sequence[float], at: float) -> float:
    return sum(q <= at for q in quantiles) / len(quantiles)


def _of_file(before: Profile, now: Profile) -> Iterator[Drift]:
    if before["currency"] and now["currency"] and before["currency"] != now["currency"]:
        text = f"Prices were in {before['currency']} and are in {now['currency']} now."
        yield Drift(DriftKind.CURRENCY, "", text, before["currency"], now["currency"])
    if before["dates"] and now["dates"] and before["dates"] != now["dates"]:
        text = f"Dates were written {before['dates']} and are written {now['dates']} now."
        yield Drift(DriftKind.DATES, "", text, before["dates"], now["dates"])
    was, share = before.get("rejected", 0.0), now.get("rejected", 0.0)
    if share - was > _MORE_REJECTS:
        text = f"{share:.0%} of the rows cannot be used; it was {was:.0%}."
        yield Drift(DriftKind.REJECTS, "", text, was, share)


def _adding(column: Mapping[str, Any]) -> Drift:
    return Drift(DriftKind.ADDED, column["key"], f"“{column['key']}” is new.", None, column["targets"])


def _going(column: Mapping[str, Any]) -> Drift:
    meant = f", which was {', '.join(column['targets'])}," if column["targets"] else ""
    return Drift(
        DriftKind.GONE, column["key"], f"“{column['key']}”{meant} is no longer there.", column["targets"]
    )


def _renaming(was: Mapping[str, Any], column: Mapping[str, Any]) -> Drift:
    text = f"“{was['key']}” seems to be called “{column['key']}” now."
    return Drift(DriftKind.RENAMED, column["key"], text, was["key"], column["key"])


def _of_column(was: Mapping[str, Any], column: Mapping[str, Any]) -> Iterator[Drift]:
    key = column["key"]
    if was["type"] != column["type"] and {was["type"], column["type"]} not in (
        {"enum", "text"},
        {"integer", "number"},
    ):
        text = f"“{key}” held {was['type']} values and holds {column['type']} values now."
        yield Drift(DriftKind.TYPE, key, text, was["type"], column["type"])
    if was["unit"] and column["unit"] and was["unit"] != column["unit"]:
        text = f"“{key}” was in {was['unit']} and is in {column['unit']} now."
        yield Drift(DriftKind.UNIT, key, text, was["unit"], column["unit"])
    new = _new_values(was, column)
    if new:
        shown = ", ".join(f"“{value}”" for value in new[:5])
        yield Drift(DriftKind.VALUES, key, f"“{key}” has values it never had: {shown}.", None, new)


def _new_values(was: Mapping[str, Any], column: Mapping[str, Any]) -> list[str]:
    """Values of a list of choices that were not among them; none where the choices were never few."""
    if (
        not was["is_whole"]
        or was["type"] not in ("enum", "boolean", "text")
        or column["type"] not in ("enum", "boolean")
    ):
        return []
    known = {str(value).casefold() for value, _ in was["values"]}
    new = [(value, count) for value, count in column["values"] if value.casefold() not in known]
    share = sum(count for _, count in new) / max(sum(count for _, count in column["values"]), 1)
    return [value for value, _ in new] if share >= _NEW_VALUES or len(new) > 2 else []
