"""The next list of an event that is live is read as the ones before it: what was confirmed of its source holds. Pure.

Induction says only what new columns are, and what must be kept back now. Where the file plainly says otherwise of its
currency, its dates or its decimal mark, the file is right.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, Final

from backend.domains.blueprints.deciding import remapped, yielding
from backend.domains.blueprints.induction.settings import order_of
from backend.domains.blueprints.induction.sheets import names_of
from backend.domains.blueprints.model import Evidence, FieldProposal, Left, SheetProposal
from backend.domains.catalogue.model import ColumnProfile, header_key

_SAME_LIST: Final = 0.5  # share of columns that two files of one list have in common
_MOST_CELLS: Final = 2_000  # of a column, to see the order of its dates
_GUARDED: Final = (Left.INTERNAL, Left.PERSONAL)
_SAID: Final = "It is so in the lists of this event."


def predecessor(
    columns: Sequence[str] | Mapping[str, Any], known: Sequence[Mapping[str, Any]]
) -> Mapping[str, Any] | None:
    """The source mapping that a list with these columns is the next file of."""
    own = {header_key(name) for name in columns}
    best, most = None, _SAME_LIST
    for one in known:
        theirs = {header_key(name) for name in one["columns"]}
        shared = len(own & theirs) / max(min(len(own), len(theirs)), 1)
        if shared > most:
            best, most = one, shared
    return best


def continued(
    proposal: SheetProposal, columns: Sequence[ColumnProfile], known: Sequence[Mapping[str, Any]]
) -> SheetProposal:
    """The proposal as the confirmed mapping of its source has it, where one of `known` is that."""
    before = predecessor([one.key for one in proposal.fields], known)
    if before is None:
        return proposal
    fields = _fields(proposal.fields, before)
    currency = proposal.currency or before.get("currency")
    mapping = {**remapped(proposal.mapping, fields), "source": before["source"]}
    mapping["file"] = _reading(proposal.mapping["file"], before.get("file", {}), columns)
    for name in ("currency", "mileage_unit", "title", "id", "defaults"):
        mapping.pop(name, None)
    mapping |= _names(fields, before)
    unit = _mileage_unit(proposal, fields, before)
    rest = {"currency": currency, "mileage_unit": unit, "defaults": before.get("defaults")}
    mapping |= {name: value for name, value in rest.items() if value}
    return replace(proposal, fields=fields, mapping=mapping, currency=currency, mileage_unit=unit)


def _fields(fields: Sequence[FieldProposal], before: Mapping[str, Any]) -> tuple[FieldProposal, ...]:
    """Each column as it was confirmed; a new one keeps what induction says, unless that is taken."""
    entries = {header_key(name): entry for name, entry in before["columns"].items()}
    left = {header_key(name): reason for name, reason in before.get("ignore", {}).items()}
    settled = tuple(_settled(one, entries.get(header_key(one.key)), left) for one in fields)
    confirmed = {new.key for new, old in zip(settled, fields, strict=True) if new is not old}
    claimed = {target: one.key for one in settled if one.key in confirmed for target in one.targets}
    return tuple(yielding(one, claimed, confirmed) for one in settled)


def _settled(
    one: FieldProposal, entry: str | Mapping[str, Any] | None, left: Mapping[str, str]
) -> FieldProposal:
    if one.left in _GUARDED:
        return one
    said = {"confidence": 1.0, "question": "", "evidence": (Evidence("memory", _SAID, 1.0), *one.evidence)}
    if entry is not None:
        column: dict[str, Any] = {"target": entry} if isinstance(entry, str) else dict(entry)
        targets = tuple(column.get("targets") or (column["target"],))
        kept = one if targets == one.targets else replace(one, unit=None, normalizer=None)
        return replace(
            kept, targets=targets, left=None, column=column, type=column.get("type", one.type),
            unit=column.get("unit", kept.unit), normalizer=column.get("normalizer", kept.normalizer), **said,
        )  # fmt: skip
    reason = left.get(header_key(one.key))
    return replace(one, targets=(), left=Left(reason), column={}, **said) if reason else one


def _reading(
    own: Mapping[str, Any], before: Mapping[str, Any], columns: Sequence[ColumnProfile]
) -> dict[str, Any]:
    """Where the rows stand is for the file to say; how dates and numbers are written was confirmed."""
    cells = [cell for column in columns for cell in islice(column.values, _MOST_CELLS)]
    dates, _ = order_of(cells, before.get("dates", "mdy"))
    told = {**own, "dates": dates}
    mark = before.get("decimal", "auto")
    if mark == "auto" or "decimal" not in own:
        told["decimal"] = mark
    return told


def _names(fields: Sequence[FieldProposal], before: Mapping[str, Any]) -> dict[str, str]:
    """Title and number as they were made, as long as the columns they are made of are there."""
    targets = {target for one in fields for target in one.targets}
    made = names_of(fields)
    if "title" in before and "title" not in made:
        made["title"] = before["title"]
    for name in ("title", "id"):
        is_wanted = name in made and name in before
        if is_wanted and set(re.findall(r"\{([\w.]+)\}", before[name])) <= {*targets, "row"}:
            made[name] = before[name]
    return made


def _mileage_unit(
    proposal: SheetProposal, fields: Sequence[FieldProposal], before: Mapping[str, Any]
) -> str | None:
    known = {header_key(name) for name in before["columns"]}
    driven = next((one.key for one in fields if "mileage" in one.targets), None)
    is_new = driven is not None and header_key(driven) not in known
    return proposal.mileage_unit if is_new else before.get("mileage_unit")
