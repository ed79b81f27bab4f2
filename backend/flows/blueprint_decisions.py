"""What people decide of a blueprint: where columns go, what is left out, which listing a picture shows; one by one or many.

What was kept back as internal or personal, by the engine or by a person, is published only where somebody says so of
that very column, and that is never remembered for the next file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from rapidfuzz import fuzz, process

from backend.core.context import Actor, Context
from backend.core.errors import Conflict, InvalidInput, NotFound
from backend.domains.blueprints import service as blueprints
from backend.domains.blueprints.deciding import LISTING, alone, decided_file, found_in, read_files
from backend.domains.blueprints.model import (
    CORE_TARGETS,
    FeedProposal,
    FieldProposal,
    Left,
    Remembered,
    ReportProposal,
    SheetProposal,
)
from backend.domains.blueprints.records import WHOLE_FILE, SampleFile
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.mapping import header_key
from backend.flows.blueprints import changing, loaded
from backend.flows.runtime import Runtime

Change = Mapping[str, Any]

#: What nobody publishes by accident.
GUARDED: Final = (Left.INTERNAL, Left.PERSONAL)
_SPEC: Final = re.compile(r"specs\.[a-z][a-z0-9_]{0,59}")
_LEAST: Final = 0.9


async def decide(
    runtime: Runtime,
    actor: Actor,
    *,
    key: str,
    blueprint_id: UUID,
    revision: int,
    changes: Sequence[Change],
) -> dict[str, Any]:
    """Keeps decisions: `{file_id, field}` with `targets`, `left`, `column`, `accept: true`, or `undo: true`.

    `field` is a column or path, `listing` for what a report or picture belongs to, empty for the whole file (`mapping`:
    `currency`, `mileage_unit`, `dates`, `decimal`). `confirm: true` publishes what was kept back.
    Shape: as `get_blueprint`. Raises: Conflict `blueprints.stale`, `blueprints.needs_confirmation` with `fields`,
    `blueprints.is_over`; InvalidInput `blueprints.no_such_field`, `blueprints.no_such_target`, `catalogue.mapping_invalid`
    with `path`; NotFound; NotAllowed.
    """
    blueprint, files = await loaded(runtime, actor, blueprint_id)
    blueprints.changeable(blueprint, revision)
    decisions, remembered = decisions_of(files, changes)

    async def work(ctx: Context) -> dict[str, Any]:
        after = await blueprints.decide(ctx, revision=revision, decisions=decisions)
        await blueprints.remember(ctx, organization_id=blueprint.organization_id, remembered=remembered)
        return {"revision": after}

    request = {"blueprint": blueprint_id, "revision": revision, "changes": [dict(one) for one in changes]}
    return await changing(runtime, actor, "decide", key, request, work, blueprint_id)


async def accept_all(
    runtime: Runtime,
    actor: Actor,
    *,
    key: str,
    blueprint_id: UUID,
    revision: int,
    least: float = _LEAST,
) -> dict[str, Any]:
    """Accepts every proposal of at least that confidence that nobody has decided yet. Raises: as `decide`."""
    _, files = await loaded(runtime, actor, blueprint_id)
    changes = [
        {"file_id": str(file.id), "field": one.key, "accept": True}
        for file in read_files(files)
        for one in fields_of(decided_file(file))
        if one.confidence >= least and one.key not in file.decisions
    ]
    return await decide(
        runtime, actor, key=key, blueprint_id=blueprint_id, revision=revision, changes=changes
    )


def decisions_of(
    files: Sequence[SampleFile], changes: Sequence[Change]
) -> tuple[dict[UUID, dict[str, Any]], list[Remembered]]:
    """Changes as decisions by file, and what of them is remembered for the next file. Raises: as `decide`."""
    known = {str(file.id): file for file in read_files(files)}
    decisions: dict[UUID, dict[str, Any]] = {}
    remembered: dict[str, Remembered] = {}
    guarded: list[str] = []
    for change in changes:
        file = known.get(str(change["file_id"]))
        if file is None:
            raise NotFound("blueprints.no_such_file", file_id=str(change["file_id"]))
        name = str(change.get("field", WHOLE_FILE))
        decision = _decision(file, name, change)
        if decision is not None and not decision.get("accepted"):
            _check_readable(file, name, decision)
        decisions.setdefault(file.id, {})[name] = decision
        if decision is None or name in (WHOLE_FILE, LISTING):
            continue
        is_guarded = _is_guarded(file, name, decision)
        if is_guarded and not change.get("confirm"):
            guarded.append(name)
        elif is_guarded or (decision.get("targets") and is_confirmed(file, name)):
            decision["confirmed"] = True
        elif (kept := _remembered(name, decision)) is not None:
            remembered[kept.header] = kept
    if guarded:
        raise Conflict("blueprints.needs_confirmation", fields=guarded)
    return decisions, list(remembered.values())


def fields_of(found: Any) -> Sequence[FieldProposal]:
    """The columns of a sheet or the paths of a feed; nothing else has any."""
    return found.fields if isinstance(found, SheetProposal | FeedProposal) else ()


def is_confirmed(file: SampleFile, name: str) -> bool:
    """Whether somebody said of that column that it is published though it was kept back."""
    return bool(file.decisions.get(name, {}).get("confirmed"))


def _decision(file: SampleFile, name: str, change: Change) -> dict[str, Any] | None:
    if change.get("undo"):
        return None
    said = {"said": str(change["said"])[:500]} if change.get("said") else {}
    if name == WHOLE_FILE:
        kept = file.decisions.get(WHOLE_FILE, {}).get("mapping", {})
        return {"mapping": {**kept, **_plain(file, "(top)", change.get("mapping"))}, **said}
    targets = change.get("targets")
    if name == LISTING and file.kind in ("report", "photo"):
        return {"targets": [str(one) for one in targets or ()], **said}
    one = _field(file, name)
    if change.get("accept"):
        left = str(one.left) if one.left else None
        values = {"targets": list(one.targets), "left": left, "column": dict(one.column), "accepted": True}
        return {**values, **said}
    if change.get("left"):
        return {"left": str(_left(change["left"])), **said}
    entry = _plain(file, f"columns/{name}", change.get("column"))
    column = {key: value for key, value in entry.items() if key not in ("target", "targets")}
    if targets:
        return {"targets": [_target(str(one)) for one in targets], "column": column, **said}
    return {"targets": list(one.targets), "column": {**one.column, **column}, **said}


def _plain(file: SampleFile, path: str, value: Any) -> dict[str, Any]:
    """Raises: InvalidInput `catalogue.mapping_invalid`."""
    if not isinstance(value or {}, Mapping):
        raise InvalidInput("catalogue.mapping_invalid", file=file.name, path=path, problem="not a map")
    return dict(value or {})


def _check_readable(file: SampleFile, name: str, decision: Mapping[str, Any]) -> None:
    """Whether a list can be read by what was decided. Raises: InvalidInput `catalogue.mapping_invalid` with its `path`."""
    if file.kind not in ("sheet", "feed"):
        return
    mapping = alone(next((one for one in fields_of(found_in(file)) if one.key == name), None), decision)
    catalogue.mapping_of(mapping, file=file.name, complete=False)


def _field(file: SampleFile, name: str) -> FieldProposal:
    """The field as it is now. Raises: InvalidInput `blueprints.no_such_field` with the nearest."""
    found = decided_file(file)
    if isinstance(found, ReportProposal):
        fields = [
            FieldProposal(one.label, (one.target,) if one.target else (), one.confidence)
            for one in found.fields
        ]
    else:
        fields = list(fields_of(found))
    named = next((one for one in fields if one.key == name), None)
    if named is None:
        near = process.extractOne(name, [one.key for one in fields], scorer=fuzz.WRatio, score_cutoff=60)
        raise InvalidInput("blueprints.no_such_field", field=name, nearest=near[0] if near else None)
    return named


def _target(name: str) -> str:
    if name in CORE_TARGETS or _SPEC.fullmatch(name):
        return name
    near = process.extractOne(name, CORE_TARGETS, scorer=fuzz.WRatio, score_cutoff=60)
    raise InvalidInput("blueprints.no_such_target", target=name, nearest=near[0] if near else None)


def _left(reason: Any) -> Left:
    try:
        return Left(reason)
    except ValueError:
        raise InvalidInput(
            "blueprints.no_such_target", target=str(reason), nearest=str(Left.UNUSED)
        ) from None


def _is_guarded(file: SampleFile, name: str, decision: Mapping[str, Any]) -> bool:
    """Whether the decision publishes what the engine or a person kept back."""
    if not decision.get("targets"):
        return False
    fields = (*fields_of(found_in(file)), *fields_of(decided_file(file)))
    return any(one.key == name and one.left in GUARDED for one in fields)


def _remembered(name: str, decision: Mapping[str, Any]) -> Remembered | None:
    left = Left(decision["left"]) if decision.get("left") else None
    targets = () if left else tuple(decision.get("targets") or ())
    if left is None and not targets:
        return None
    column = {} if left else dict(decision.get("column") or {})
    return Remembered(header_key(name), targets, left, column, str(decision.get("said", "")))
