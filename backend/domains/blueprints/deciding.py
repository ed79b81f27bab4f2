"""What a blueprint proposes once people have decided: findings, what was remembered and decisions, joined. Pure.

A decision holds whatever the engine thinks: what takes a target away from another column leaves that one open.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any, Final

from backend.domains.blueprints.model import (
    CORE_TARGETS,
    Alternative,
    Choices,
    Evidence,
    FeedProposal,
    FieldProposal,
    Left,
    PhotoProposal,
    Proposal,
    Remembered,
    ReportField,
    ReportProposal,
    ScreenProposal,
    SheetProposal,
)
from backend.domains.blueprints.plain import from_json
from backend.domains.blueprints.records import WHOLE_FILE, FileStatus, SampleFile
from backend.domains.catalogue.mapping import header_key

Decision = Mapping[str, Any]

#: Names of a decision about a report or a picture as a whole: the listing it belongs to.
LISTING: Final = "listing"
#: What a decision about the whole file may set in its source mapping, and under `file` in it.
_MAPPING_NAMES: Final = ("currency", "mileage_unit", "title", "defaults", "unmapped")
_FILE_NAMES: Final = (
    "dates",
    "decimal",
    "rows",
    "sheet",
    "header_row",
    "header_rows",
    "delimiter",
    "encoding",
)
#: What of an entry says how the cells look rather than where they go: it survives a new target.
_READING: Final = (
    "unit",
    "values",
    "yes",
    "no",
    "separator",
    "scale",
    "dates",
    "decimal",
    "currency",
    "prefixes",
)
_KINDS: Final[Mapping[str, type[Any]]] = {
    "sheet": SheetProposal,
    "report": ReportProposal,
    "feed": FeedProposal,
    "photo": PhotoProposal,
    "screen": ScreenProposal,
}


@dataclass(frozen=True, slots=True)
class Question:
    """Something only a person knows. `field` is empty where it is about the whole file."""

    file_id: str
    field: str
    text: str


def proposal_of(
    files: Sequence[SampleFile],
    *,
    remembered: Sequence[Remembered] = (),
    choices: Mapping[str, Any] | None = None,
) -> Proposal:
    """The findings of every file that was read, with what was remembered and decided laid over them.

    Links between files and the behavior are not here: they need rows.
    """
    known = {one.header: one for one in remembered}
    found: dict[str, list[Any]] = {kind: [] for kind in _KINDS}
    for file in read_files(files):
        found[file.kind].append(_decided(found_in(file), file.decisions, known))
    return Proposal(
        sheets=tuple(_told_apart(found["sheet"])),
        reports=tuple(found["report"]),
        feeds=tuple(found["feed"]),
        photos=tuple(found["photo"]),
        screens=tuple(found["screen"]),
        choices=from_json(Choices, dict(choices or {})),
    )


def _told_apart(sheets: Sequence[SheetProposal]) -> Iterator[SheetProposal]:
    """Lists of one name are two sources: a source's next file takes away the listings it does not name."""
    taken: set[str] = set()
    for sheet in sheets:
        name = str(sheet.mapping["source"])
        names = (
            name,
            PurePath(sheet.file).stem,
            *(f"{name} {number}" for number in range(2, len(sheets) + 2)),
        )
        own = next(one for one in names if one[:200].casefold() not in taken)[:200]
        taken.add(own.casefold())
        yield sheet if own == name else replace(sheet, mapping={**sheet.mapping, "source": own})


def read_files(files: Sequence[SampleFile]) -> list[SampleFile]:
    """Those with findings, in the order their proposals have."""
    return [f for f in files if f.status is FileStatus.READ and f.kind in _KINDS and f.findings]


def found_in(file: SampleFile) -> Any:
    """The proposal of one file as the engine made it."""
    assert file.findings is not None
    return from_json(_KINDS[file.kind], file.findings["proposal"])


def decided_file(file: SampleFile, remembered: Sequence[Remembered] = ()) -> Any:
    """The proposal of one file with decisions applied."""
    return _decided(found_in(file), file.decisions, {one.header: one for one in remembered})


def questions_of(files: Sequence[SampleFile], proposal: Proposal) -> tuple[Question, ...]:
    """What is open, the weightiest first: whole files, then columns by how little is known of them."""
    by_kind = {kind: [f for f in read_files(files) if f.kind == kind] for kind in _KINDS}
    asked: list[tuple[float, Question]] = []
    for file, sheet in zip(by_kind["sheet"], proposal.sheets, strict=True):
        is_priced = bool(
            sheet.currency or proposal.choices.currency
        )  # what was asked of the price is answered
        fields = [one for one in sheet.fields if not (is_priced and one.targets == ("price",))]
        asked += _of_fields(file, fields)
        asked += [
            (0.0, Question(str(file.id), WHOLE_FILE, text)) for text in _of_sheet(sheet, proposal.choices)
        ]
    for file, feed in zip(by_kind["feed"], proposal.feeds, strict=True):
        asked += _of_fields(file, feed.fields)
    if proposal.sheets or proposal.feeds:
        for file, report in zip(by_kind["report"], proposal.reports, strict=True):
            if report.listing is None and LISTING not in file.decisions:
                asked.append(
                    (0.5, Question(str(file.id), LISTING, f"Which listing does {file.name} belong to?"))
                )
    return tuple(question for _, question in sorted(asked, key=lambda pair: pair[0]))


def _of_fields(file: SampleFile, fields: Sequence[FieldProposal]) -> Iterator[tuple[float, Question]]:
    for one in fields:
        if one.question and one.key not in file.decisions:
            yield one.confidence, Question(str(file.id), one.key, one.question)


def _of_sheet(sheet: SheetProposal, choices: Choices) -> Iterator[str]:
    targets = {target for one in sheet.fields for target in one.targets}
    if "external_id" not in targets:
        yield "Which column tells one listing from another, such as a stock number?"
    if not {"title", "make", "model"} & targets:
        yield "Which column says what is for sale?"
    is_asked = any(one.question for one in sheet.fields if "price" in one.targets)
    is_known = sheet.currency or choices.currency or "currency" in targets or is_asked
    if "price" in targets and not is_known:
        yield "In which currency are the prices?"


def _decided(found: Any, decisions: Mapping[str, Decision], known: Mapping[str, Remembered]) -> Any:
    if isinstance(found, SheetProposal):
        return _sheet(found, decisions, known)
    if isinstance(found, FeedProposal):
        fields = decided_fields(found.fields, decisions, known)
        return found if fields == found.fields else replace(found, fields=fields, plan=_plan(found, fields))
    if isinstance(found, ReportProposal):
        return _report(found, decisions)
    if isinstance(found, PhotoProposal) and LISTING in decisions:
        targets = decisions[LISTING].get("targets") or [None]
        return replace(found, listing=targets[0], linked_by="chosen", confidence=1.0)
    return found


def _sheet(
    found: SheetProposal, decisions: Mapping[str, Decision], known: Mapping[str, Remembered]
) -> SheetProposal:
    whole = decisions.get(WHOLE_FILE, {}).get("mapping", {})
    fields = decided_fields(found.fields, decisions, known)
    mapping = remapped(found.mapping, fields)
    mapping = _with_whole(mapping, whole)
    return replace(
        found, fields=fields, mapping=mapping, currency=whole.get("currency", found.currency),
        mileage_unit=whole.get("mileage_unit", found.mileage_unit),
    )  # fmt: skip


def _with_whole(mapping: Mapping[str, Any], whole: Mapping[str, Any]) -> dict[str, Any]:
    reading = {name: whole[name] for name in _FILE_NAMES if name in whole}
    file = {"file": {**mapping.get("file", {}), **reading}} if reading else {}
    return {**mapping, **{name: whole[name] for name in _MAPPING_NAMES if name in whole}, **file}


def alone(one: FieldProposal | None, decision: Decision) -> dict[str, Any]:
    """A source mapping of nothing but one decision, to see whether that can be read by. No field: the whole file."""
    bare: dict[str, Any] = {"schema": "source_mapping.v1", "source": "decided", "columns": {"-": "title"}}
    if one is None:
        return _with_whole(bare, decision.get("mapping", {}))
    changed = changed_field(one, decision, Evidence("clarified", "", 1.0))
    return remapped(bare, [changed]) if changed.targets else bare


def _report(found: ReportProposal, decisions: Mapping[str, Decision]) -> ReportProposal:
    def decided(one: ReportField) -> ReportField:
        decision = decisions.get(one.label)
        if decision is None:
            return one
        targets = decision.get("targets") or [""]
        return replace(one, target=targets[0], confidence=1.0)

    fields = tuple(decided(one) for one in found.fields)
    linked = decisions.get(LISTING, {}).get("targets")
    if linked:
        return replace(found, fields=fields, listing=linked[0], linked_by="chosen")
    return replace(found, fields=fields)


def _plan(found: FeedProposal, fields: Sequence[FieldProposal]) -> Mapping[str, Any]:
    mapping = found.plan.get("mapping")
    return (
        {**found.plan, "mapping": remapped(mapping, fields)} if isinstance(mapping, Mapping) else found.plan
    )


def decided_fields(
    fields: Sequence[FieldProposal], decisions: Mapping[str, Decision], known: Mapping[str, Remembered]
) -> tuple[FieldProposal, ...]:
    """Fields with decisions laid over them. A target that was decided for one column is no other's."""
    settled = tuple(_settled(one, decisions.get(one.key), known.get(header_key(one.key))) for one in fields)
    claimed = {
        target: one.key
        for one, old in zip(settled, fields, strict=True)
        for target in one.targets
        if one is not old and target not in old.targets
    }
    return tuple(yielding(one, claimed, decisions) for one in settled) if claimed else settled


def _settled(one: FieldProposal, decision: Decision | None, remembered: Remembered | None) -> FieldProposal:
    if decision is not None:
        evidence = Evidence("clarified", decision.get("said") or "You decided this.", 1.0)
        return changed_field(one, decision, evidence)
    same = remembered and (remembered.targets, remembered.left) == (one.targets, one.left)
    if remembered is None or same:
        return one
    memory: Decision = {
        "targets": list(remembered.targets), "left": remembered.left, "column": dict(remembered.column)
    }  # fmt: skip
    return changed_field(one, memory, Evidence("memory", "You confirmed this for an earlier file.", 1.0))


def changed_field(one: FieldProposal, decision: Decision, evidence: Evidence) -> FieldProposal:
    """A field as somebody decided it: where it goes, or why it is left out, and how it is read."""
    entry = dict(decision.get("column") or {})
    if decision.get("left"):
        targets, left, column = (), Left(decision["left"]), {}
    elif decision.get("targets"):
        targets, left = tuple(decision["targets"]), None
        column = {**entry_for(one, targets), **entry}
    else:
        targets, left = one.targets, one.left
        column = {**one.column, **entry} if targets else {}
    same = targets == one.targets
    return replace(
        one, targets=targets, left=left, column=column, confidence=1.0, question="", type=column.get("type", one.type),
        unit=column.get("unit", one.unit if same else None),
        normalizer=column.get("normalizer", one.normalizer if same else None), evidence=(evidence, *one.evidence),
    )  # fmt: skip


def entry_for(one: FieldProposal, targets: Sequence[str]) -> dict[str, Any]:
    """The entry of a source mapping that sends this column's cells to those targets, read as they were so far.

    What the target itself decides (type, normalizer of money or years) is left to it.
    """
    if tuple(targets) == one.targets and one.column:
        return dict(one.column)
    kept = {name: one.column[name] for name in _READING if name in one.column}
    if len(targets) > 1:
        return {"targets": list(targets), **_split(one), **kept}
    if targets[0] in CORE_TARGETS:
        return {"target": targets[0], **kept}
    spec = {"type": one.type, "unit": one.unit, "normalizer": one.normalizer}
    return {"target": targets[0], **kept, **{name: value for name, value in spec.items() if value}}


def _split(one: FieldProposal) -> dict[str, Any]:
    found = {name: one.column[name] for name in ("split", "parse") if name in one.column}
    return found or {"split": " "}


def yielding(one: FieldProposal, claimed: Mapping[str, str], decisions: Container[str]) -> FieldProposal:
    """A column whose target went to another: left unused and asked about, unless it was decided itself."""
    lost = [t for t in one.targets if claimed.get(t, one.key) != one.key]
    if not lost or one.key in decisions:
        return one
    winner = claimed[lost[0]]
    kept = tuple(t for t in one.targets if t not in lost)
    evidence = Evidence("clarified", f"“{winner}” is the {lost[0]} now.", -1.0)
    if kept and len(one.targets) > 1:
        return replace(one, targets=kept, column=entry_for(one, kept), evidence=(evidence, *one.evidence))
    return replace(
        one, targets=(), left=Left.UNUSED, column={}, confidence=0.5, evidence=(evidence, *one.evidence),
        alternatives=(Alternative(tuple(lost), 0.5), *one.alternatives),
        question=f"“{winner}” is the {lost[0]} now. What is “{one.key}”?",
    )  # fmt: skip


def remapped(mapping: Mapping[str, Any], fields: Sequence[FieldProposal]) -> dict[str, Any]:
    """A source mapping whose columns are these fields."""
    columns = {one.key: _entry(one) for one in fields if one.targets}
    ignore = {one.key: str(one.left or Left.UNUSED) for one in fields if not one.targets}
    rest = {name: value for name, value in mapping.items() if name not in ("columns", "ignore")}
    return {**rest, "columns": columns, **({"ignore": ignore} if ignore else {})}


def _entry(one: FieldProposal) -> dict[str, Any]:
    return dict(one.column) if one.column.keys() & {"target", "targets"} else entry_for(one, one.targets)
