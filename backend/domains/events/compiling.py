"""From the text of a document to the one form that runtime reads. Pure and repeatable byte for byte.

Steps: read, follow `extends`, merge, check against the schemas, fill in defaults, check across fields, write
canonically.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, Final

from backend.domains.events.field_rules import filter_form
from backend.domains.events.layers import ENVELOPE, Layers, Stack, follow
from backend.domains.events.laying import merge
from backend.domains.events.model import (
    Compilation,
    Compiled,
    Document,
    Library,
    Path,
    Problem,
    Severity,
    Source,
    field_name,
    pointer,
)
from backend.domains.events.provenance import Origins
from backend.domains.events.reading import Reading
from backend.domains.events.rules import cross_findings, unread_findings
from backend.domains.events.schema import with_defaults
from backend.domains.events.violations import Finding, schema_findings
from backend.kit.canonical_json import canonical, digest

#: More than an author reads at once.
MOST_FINDINGS: Final = 100


def compile_document(source: Source, library: Library) -> Compilation:
    """Validates and compiles a document. What is wrong in it comes back as problems, each with its place."""
    layers = follow(source, library)
    if layers.problems:
        return Compilation(None, tuple(layers.problems))
    stack = layers.stacked()
    document = stack.document
    findings = list(islice(schema_findings(document), MOST_FINDINGS))
    broken = {str(finding.path[0]) for finding in findings if finding.path}
    whole = _whole(document, broken)
    findings += cross_findings(whole, broken)
    findings += unread_findings(document, Layers(layers.readings[1:]).merged(), broken)
    problems = _placed(findings, stack, layers)
    if any(problem.severity is Severity.ERROR for problem in problems):
        return Compilation(None, problems)
    return Compilation(_compiled(_spelled_out(whole), source, stack, layers), problems)


def patched_document(document: Document, arms: Mapping[str, str]) -> Document:
    """A compiled document with the patches of some arms (experiment key → arm key) laid over it."""
    for experiment in document.get("experiments", ()):
        for arm in experiment["arms"]:
            if arm["key"] == arms.get(experiment["key"]) and arm["patch"]:
                document = merge(document, arm["patch"])
    return document


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """A stored document with the defaults of what schemas have come to know since it was compiled."""
    return {name: value for name, value in with_defaults(document).items() if name not in ENVELOPE}


def _whole(document: dict[str, Any], broken: set[str]) -> dict[str, Any]:
    """The document with its defaults, and with defaults alone in place of what does not fit its schema."""
    whole = with_defaults({name: value for name, value in document.items() if name not in broken})
    whole.setdefault("name", _name_of(whole.get("id", "event")))
    return {name: value for name, value in whole.items() if name not in ENVELOPE}


def _name_of(identifier: str) -> str:
    """`tesla-q1-2026` in words: Tesla Q1 2026."""
    return " ".join(word.capitalize() for word in identifier.replace("_", "-").split("-") if word)


def _spelled_out(whole: dict[str, Any]) -> dict[str, Any]:
    """Listing fields by their full names, filters in the form listings have. Changes its argument."""
    attributes: list[dict[str, Any]] = whole["catalogue"]["attributes"]
    for attribute in attributes:
        attribute["name"] = field_name(attribute["name"])
    patches = [arm["patch"] for experiment in whole["experiments"] for arm in experiment["arms"]]
    for part in (whole, *patches):
        search, contract = part.get("search_defaults", {}), part.get("ui_contract", {})
        if "filters" in search:
            search["filters"] = dict(filter_form(n, v, attributes) for n, v in search["filters"].items())
        if "tile_specs" in contract:
            contract["tile_specs"] = _full_names(contract["tile_specs"])
    return whole


def _full_names(names: Any) -> Any:
    """A list of listing fields, or a change of one, by their full names."""
    if isinstance(names, dict):
        return {verb: _full_names(listed) for verb, listed in names.items()}
    return list(dict.fromkeys(field_name(name) for name in names))


def _compiled(whole: dict[str, Any], source: Source, stack: Stack, layers: Layers) -> Compiled:
    text = canonical(whole)
    written = source.text if isinstance(source.text, str) else source.text.decode("utf-8-sig")
    # read back, so that a process that compiled and one that loaded the version serve equal values (1.0 is 1)
    document = json.loads(text)
    names = tuple(layers.names)
    return Compiled(document, text, digest(text), written, names, Origins(document, stack, names))


def _placed(findings: Iterable[Finding], stack: Stack, layers: Layers) -> tuple[Problem, ...]:
    traces = [(finding, stack.trace.find(finding.path)) for finding in findings]
    problems = [_problem(finding, layers.readings[trace.layer], trace.path) for finding, trace in traces]
    problems += [_problem(finding, layers.readings[layer], finding.path) for layer, finding in stack.findings]
    # a misused list in an arm's patch is found when layers are laid and when the patch is tried
    return tuple(
        sorted(dict.fromkeys(problems), key=lambda p: (p.severity, p.file, p.line, p.column, p.path))
    )


def _problem(finding: Finding, reading: Reading, path: Path) -> Problem:
    place = reading.place(path)
    return Problem(
        pointer(reading.written(path)),
        finding.code,
        finding.message,
        reading.file,
        place.line,
        place.column,
        finding.found,
        finding.expected,
        finding.nearest,
        finding.severity,
    )
