"""The tree of files that a blueprint comes to: mappings, connectors, documents, contract tests, evidence, one manifest.

A tree is a map from path to content. The same proposal and text give the same bytes; what is read back gives the same
proposal and text, or a refusal that names the file. Nothing of a column that is left out is in it but its name.
Source: the brief's artifact layout.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from backend.core.errors import InvalidInput
from backend.domains.blueprints.adapters.code import AdapterProposal, linted
from backend.domains.blueprints.artifacts.contract import CONTRACT_TEST, contract_of
from backend.domains.blueprints.artifacts.files import is_inside
from backend.domains.blueprints.artifacts.samples import plain_mapping, synthetic_rows
from backend.domains.blueprints.artifacts.sql import index_migration
from backend.domains.blueprints.behavior.words import snake
from backend.domains.blueprints.connecting.proposing import mapping_of
from backend.domains.blueprints.model import (
    FeedProposal,
    FieldProposal,
    Proposal,
    ReportField,
    ReportProposal,
    to_json,
)
from backend.domains.blueprints.plain import from_json
from backend.domains.events import service as events
from backend.domains.events.model import Document, Source

Tree = dict[str, bytes]

MANIFEST: Final = "MANIFEST.json"
EVIDENCE: Final = "evidence.json"
FORMAT: Final = "mpax.blueprint.v1"
#: Sections that have a file of their own, for those who review only them.
PARTS: Final[Mapping[str, Sequence[str]]] = {
    "transactions": ("conversion", "pricing", "privacy"),
    "scarcity": ("sdme",),
    "social_proof": ("cspe",),
}
_ADAPTERS: Final = "adapters/adapters.json"
#: Kinds of evidence that quote cells.
_QUOTING: Final = frozenset({"values", "distribution", "model", "default"})


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a tree holds. `document` is the authored text, `mappings` and `connectors` are by their paths.

    `adapters` wait for approval: nothing of them has run.
    """

    event: str
    proposal: Proposal
    document: str
    mappings: Mapping[str, Mapping[str, Any]]
    connectors: Mapping[str, Mapping[str, Any]]
    adapters: tuple[AdapterProposal, ...]
    tree: Mapping[str, bytes] = field(repr=False)


def artifacts_of(proposal: Proposal, document_text: str, *, adapters: Sequence[AdapterProposal] = ()) -> Tree:
    """Every file, the manifest last. `adapters` are programs for cells that no normalizer takes apart; none has run.

    Raises: InvalidInput `events.invalid_document` with `problems`.
    """
    compiled = events.compiled_for(Source(document_text), events.shipped_templates(), None)
    name, document = compiled.id, compiled.document
    kept = without_private(proposal)
    tree: Tree = dict(_sources(name, kept))
    for adapter in sorted(adapters, key=lambda each: each.file):
        tree[f"sources/{name}/adapters/{adapter.file}"] = adapter.code.encode()
    if adapters:
        tree[f"sources/{name}/{_ADAPTERS}"] = _json(to_json(sorted(adapters, key=lambda each: each.file)))
    migration = index_migration(document)
    if migration:
        tree[f"sql/migrations/{name}/0001_indexes.sql"] = migration.encode()
    tree |= _configuration(name, document, document_text, compiled.canonical)
    if (
        kept.behavior is not None
        and kept.behavior.template == "platform_defaults"
        and document["domain"] != "general"
    ):
        tree[f"config/behavior_templates/{document['domain']}.json"] = _json(_template(document))
    tree |= dict(_tests(name, tree))
    tree[EVIDENCE] = _json(to_json(kept))
    tree[MANIFEST] = _json(_manifest(name, compiled.sha256, tree))
    return tree


def bundle_of(tree: Mapping[str, bytes]) -> Bundle:
    """What a tree holds, if each file is as it was written.

    Raises: InvalidInput `blueprints.no_artifact`, `blueprints.artifact_changed` with `changed` and `missing`,
    `blueprints.unreadable`.
    """
    manifest = _checked_manifest(tree)
    name = manifest["event"]
    files: Mapping[str, Any] = manifest["files"]
    missing = sorted(path for path in files if path not in tree)
    changed = sorted(path for path in files if path in tree and _digest(tree[path]) != files[path]["sha256"])
    if missing or changed:
        raise InvalidInput("blueprints.artifact_changed", changed=changed, missing=missing)
    known = {path: tree[path] for path in (*files, MANIFEST)}
    text = _member(known, f"config/sales_events/{name}.yaml")
    return Bundle(
        event=name,
        proposal=from_json(Proposal, _parsed(_member(known, EVIDENCE), EVIDENCE)),
        document=text.decode("utf-8"),
        mappings=_parsed_all(known, f"sources/{name}/column_mapping"),
        connectors=_parsed_all(known, f"sources/{name}/connector"),
        adapters=_adapters(known, name),
        tree=known,
    )


def _adapters(tree: Mapping[str, bytes], name: str) -> tuple[AdapterProposal, ...]:
    """The programs, each with the code that lies beside it, as far as it is harmless."""
    path = f"sources/{name}/{_ADAPTERS}"
    if path not in tree:
        return ()
    found = [from_json(AdapterProposal, each) for each in _parsed(tree[path], path)]
    codes = {
        each.file: _member(tree, f"sources/{name}/adapters/{each.file}").decode("utf-8", "replace")
        for each in found
    }
    return tuple(replace(each, code=linted(codes[each.file])) for each in found)


def without_private(proposal: Proposal) -> Proposal:
    """The proposal without a cell of what is left out, whyever; numbers in the form JSON gives them back.

    Rows of findings become no fact of a listing: how their columns are called goes along, and nothing of them else.
    """
    kept = replace(
        proposal,
        sheets=tuple(replace(each, fields=_without_cells(each.fields)) for each in proposal.sheets),
        feeds=tuple(replace(each, fields=_without_cells(each.fields)) for each in proposal.feeds),
        reports=tuple(
            replace(each, fields=_without_words(each.fields), items=()) for each in proposal.reports
        ),
    )
    return from_json(Proposal, json.loads(json.dumps(to_json(kept), default=str)))


def _without_cells(fields: Sequence[FieldProposal]) -> tuple[FieldProposal, ...]:
    return tuple(
        each
        if each.targets
        else replace(
            each, samples=(), column={}, evidence=tuple(e for e in each.evidence if e.kind not in _QUOTING)
        )
        for each in fields
    )


def _without_words(fields: Sequence[ReportField]) -> tuple[ReportField, ...]:
    """What a report says goes along only where it becomes a fact of a listing: the rest may be of a person."""
    return tuple(each if each.target else replace(each, value=None, text="") for each in fields)


def _sources(name: str, proposal: Proposal) -> Iterator[tuple[str, bytes]]:
    mappings = [(sheet.sheet or Path(sheet.file).stem, sheet.mapping) for sheet in proposal.sheets]
    for suffix, mapping in _told_apart(mappings):
        yield f"sources/{name}/column_mapping{suffix}.json", _json(mapping)
    feeds = [(Path(feed.file).stem, _connector(feed)) for feed in proposal.feeds]
    for suffix, connector in _told_apart(feeds):
        yield f"sources/{name}/connector{suffix}.json", _json(connector)
    if proposal.reports:
        yield f"sources/{name}/reports.json", _json([_report(report) for report in proposal.reports])


def _told_apart(named: Sequence[tuple[str, Mapping[str, Any]]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The first as it is; others by their own name, and by a number where that is taken."""
    taken: set[str] = set()
    for at, (name, value) in enumerate(named):
        suffix = "" if at == 0 else f".{snake(name) or at + 1}"
        suffix = suffix if suffix not in taken else f"{suffix}_{at + 1}"
        taken.add(suffix)
        yield suffix, value


def _connector(feed: FeedProposal) -> dict[str, Any]:
    """The plan, which knows where credentials belong and never holds one, and how records become listings."""
    return {"plan": feed.plan, "mapping": mapping_of(Path(feed.file).stem, feed.fields)}


def _report(report: ReportProposal) -> dict[str, Any]:
    """How the values of a report are found, without them."""
    places = [
        {
            "label": each.label,
            "target": each.target,
            "type": each.type,
            "unit": each.unit,
            "box": to_json(each.box),
        }
        for each in report.fields
    ]
    return {
        "file": report.file,
        "strategy": report.strategy,
        "page_strategies": list(report.page_strategies),
        "item_columns": list(report.item_columns),
        "linked_by": report.linked_by,
        "fields": places,
    }


def _configuration(name: str, document: Document, text: str, canonical: str) -> Tree:
    tree: Tree = {
        f"config/sales_events/{name}.yaml": text.encode(),
        f"config/sales_events/{name}.json": canonical.encode(),
    }
    for folder, sections in PARTS.items():
        tree[f"config/{folder}/{name}.json"] = _json({each: document[each] for each in sections})
    return tree


def _template(document: Document) -> dict[str, Any]:
    """What the next event of the same kind can begin from: nothing that is true of this seller alone."""
    catalogue = document["catalogue"]
    facts = [
        {n: v for n, v in each.items() if n in ("name", "label", "kind", "unit")}
        for each in catalogue["attributes"]
    ]
    contract, conversion = document["ui_contract"], document["conversion"]
    return {
        "extends": "platform_defaults",
        "id": document["domain"],
        "domain": document["domain"],
        "persona": {"style": document["persona"]["style"]},
        "preference_extraction": {"signals": document["preference_extraction"]["signals"]},
        "catalogue": {"noun": catalogue["noun"], "attributes": facts},
        "ranking_weights": document["ranking_weights"],
        "ui_contract": {n: contract[n] for n in ("tile_specs", "chips", "comparison_fields", "actions")},
        "conversion": {n: conversion[n] for n in ("actions", "hold_minutes", "hold_limit")},
        "safety": {"claims_review": document["safety"]["claims_review"]},
    }


def _tests(name: str, tree: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """For each mapping, made-up rows and what the import makes of them today."""
    prefix = f"sources/{name}/column_mapping"
    for path in sorted(path for path in tree if path.startswith(prefix)):
        suffix = path.removeprefix(prefix).removesuffix(".json")
        mapping = json.loads(tree[path])
        rows = synthetic_rows(mapping)
        yield f"tests/{name}/rows{suffix}.csv", rows.encode()
        yield f"tests/{name}/expected{suffix}.json", _json(read_synthetic(rows, mapping))
    yield f"tests/{name}/test_contract.py", CONTRACT_TEST.encode()


def read_synthetic(rows: str, mapping: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the import's own typer makes of made-up rows. Blocking: they pass through a file, as a seller's do."""
    with TemporaryDirectory(prefix="mpax-contract-") as folder:
        path = Path(folder) / "rows.csv"
        path.write_text(rows, "utf-8")
        return contract_of(path, plain_mapping(mapping))


def _manifest(name: str, digest: str, tree: Mapping[str, bytes]) -> dict[str, Any]:
    files = {
        path: {"sha256": _digest(content), "bytes": len(content)} for path, content in sorted(tree.items())
    }
    return {"format": FORMAT, "event": name, "sha256": digest, "engine": version("mpax"), "files": files}


def _checked_manifest(tree: Mapping[str, bytes]) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(tree[MANIFEST])
        is_fit = (
            manifest["format"] == FORMAT
            and is_inside(manifest["event"])
            and "/" not in manifest["event"]
            and all(
                is_inside(path) and isinstance(facts["sha256"], str)
                for path, facts in manifest["files"].items()
            )
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidInput("blueprints.no_artifact", file=MANIFEST) from error
    if not is_fit:
        raise InvalidInput("blueprints.no_artifact", file=MANIFEST)
    return manifest


def _parsed_all(tree: Mapping[str, bytes], prefix: str) -> dict[str, Mapping[str, Any]]:
    return {path: _parsed(tree[path], path) for path in sorted(tree) if path.startswith(prefix)}


def _parsed(content: bytes, path: str) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("blueprints.artifact_changed", changed=[path], missing=[]) from error


def _member(tree: Mapping[str, bytes], path: str) -> bytes:
    if path not in tree:
        raise InvalidInput("blueprints.artifact_changed", changed=[], missing=[path])
    return tree[path]


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True) + "\n").encode("utf-8", "replace")


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()
