"""Reads and checks mapping files (YAML or JSON). Does not look at the seller's file: `rows` joins the two.

Source: `schemas/source_mapping.v1.schema.json`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from rapidfuzz import fuzz, process
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedBase
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from backend.core.errors import InvalidInput
from backend.core.settings import PROJECT
from backend.domains.catalogue.model import ColumnMapping, SourceMapping, header_key

_MAX_BYTES = 1_000_000
_SCHEMA = PROJECT / "schemas" / "source_mapping.v1.schema.json"
_TITLE = "{year} {make} {model} {trim}"


def read_mapping(path: Path) -> SourceMapping:
    """Raises: InvalidInput `catalogue.mapping_not_found`, `catalogue.mapping_invalid` (path, line, column, nearest)."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InvalidInput("catalogue.mapping_not_found", file=str(path)) from error
    if len(raw) > _MAX_BYTES:
        raise InvalidInput(
            "catalogue.mapping_invalid", file=path.name, problem=f"larger than {_MAX_BYTES} bytes"
        )
    try:
        return parse_mapping(raw.decode("utf-8-sig"), file=path.name)
    except UnicodeDecodeError as error:
        raise InvalidInput("catalogue.mapping_invalid", file=path.name, problem="not UTF-8 text") from error


def parse_mapping(text: str, *, file: str = "mapping") -> SourceMapping:
    """Raises: InvalidInput `catalogue.mapping_invalid`."""
    try:
        document: Any = YAML(typ="rt", pure=True).load(StringIO(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark
        place = {"line": mark.line + 1, "column": mark.column + 1} if mark else {}
        raise InvalidInput("catalogue.mapping_invalid", file=file, problem=error.problem, **place) from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise InvalidInput("catalogue.mapping_invalid", file=file, problem="not readable as YAML") from error
    return mapping_of(document, file=file)


def mapping_of(document: Any, *, file: str = "mapping", complete: bool = True) -> SourceMapping:
    """A mapping from its plain document. One that is not `complete` may lack an id and a title, as while it is made.

    Raises: InvalidInput `catalogue.mapping_invalid`.
    """
    found = best_match(_validator().iter_errors(document))
    if found is not None:
        raise InvalidInput("catalogue.mapping_invalid", file=file, **_place(document, found))
    return _mapping(json.loads(json.dumps(document)), file, complete)


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(_SCHEMA.read_text("utf-8")))


def _place(document: Any, error: ValidationError) -> dict[str, Any]:
    """Where in the author's text an error is, and the nearest name that would have been right."""
    path = list(error.absolute_path)
    names = (
        cast("list[str]", list(error.schema.get("properties", {}))) if isinstance(error.schema, dict) else []
    )
    extra = error.validator == "additionalProperties" and isinstance(error.instance, dict)
    wrong = (
        next((key for key in cast("dict[Any, Any]", error.instance) if key not in names), None)
        if extra
        else None
    )
    if error.validator == "enum" and isinstance(error.instance, str):
        names, wrong = [str(name) for name in cast("list[Any]", error.validator_value)], error.instance
    nearest = (
        process.extractOne(str(wrong), names, scorer=fuzz.WRatio, score_cutoff=60)
        if wrong and names
        else None
    )
    line = _line(document, [*path, wrong] if error.validator == "additionalProperties" else path)
    facts: dict[str, Any] = {
        "path": "/".join(str(part) for part in path) or "(top)",
        "problem": error.message[:300],
    }
    if line:
        facts |= {"line": line[0] + 1, "column": line[1] + 1}
    return facts | ({"nearest": nearest[0]} if nearest else {})


def _line(document: Any, path: list[Any]) -> tuple[int, int] | None:
    node, found = document, None
    for part in path:
        if not isinstance(node, CommentedBase):
            break
        marks: Mapping[Any, Any] = getattr(node.lc, "data", None) or {}
        if part in marks:
            found = (marks[part][0], marks[part][1])
        try:
            node = cast("Any", node)[part]
        except (KeyError, IndexError, TypeError):
            break
    return found


def _mapping(document: Mapping[str, Any], file: str, complete: bool) -> SourceMapping:
    columns = tuple(_column(name, spec) for name, spec in document["columns"].items())
    _check(columns, document, file, complete)
    reading: Mapping[str, Any] = document.get("file", {})
    canonical = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return SourceMapping(
        source=document["source"],
        columns=columns,
        ignore={header_key(name): reason for name, reason in document.get("ignore", {}).items()},
        defaults=document.get("defaults", {}),
        title=document.get("title", _TITLE),
        id=document.get("id", ""),
        sheet=reading.get("sheet"),
        header_rows=tuple(sorted(reading.get("header_rows", (reading.get("header_row", 1),)))),
        rows=reading.get("rows", "all"),
        delimiter=reading.get("delimiter", "auto"),
        encoding=reading.get("encoding", "auto"),
        decimal=reading.get("decimal", "auto"),
        dates=reading.get("dates", "mdy"),
        currency=document.get("currency"),
        mileage_unit=document.get("mileage_unit"),
        strict=document.get("unmapped", "error") == "error",
        document=document,
        sha256=hashlib.sha256(canonical.encode()).hexdigest(),
    )


def _column(header: str, spec: str | Mapping[str, Any]) -> ColumnMapping:
    if isinstance(spec, str):
        return ColumnMapping(header=header, targets=(spec,))
    kept = (
        "split",
        "type",
        "label",
        "unit",
        "to",
        "normalizer",
        "closed",
        "negate",
        "separator",
        "min",
        "max",
        "optional",
        "adapter",
        "parse",
        "scale",
        "dates",
        "decimal",
        "currency",
    )
    return ColumnMapping(
        header=header,
        targets=tuple(spec.get("targets") or (spec["target"],)),
        values=_synonyms(spec.get("values", {})),
        yes=frozenset(word.lower() for word in spec.get("yes", ())),
        no=frozenset(word.lower() for word in spec.get("no", ())),
        prefixes=spec.get("prefixes", {}),
        makes=tuple(spec.get("makes", ())),
        models=tuple(spec.get("models", ())),
        blank_on_error=spec.get("on_error") == "blank",
        **{name: spec[name] for name in kept if name in spec},
    )


def _synonyms(values: Mapping[str, list[str]]) -> dict[str, str]:
    return {word.lower(): canonical for canonical, words in values.items() for word in [canonical, *words]}


def _check(
    columns: tuple[ColumnMapping, ...], document: Mapping[str, Any], file: str, complete: bool
) -> None:
    """What a schema cannot say: one column per target, an id, a title, no column both mapped and ignored."""
    targets = [target for column in columns for target in column.targets]
    twice = sorted({target for target in targets if targets.count(target) > 1})
    both = sorted(
        {header_key(c.header) for c in columns} & {header_key(name) for name in document.get("ignore", {})}
    )
    problem = None
    if twice:
        problem = f"two columns map to {', '.join(twice)}"
    elif both:
        problem = f"mapped and ignored at once: {', '.join(both)}"
    elif complete and "external_id" not in targets and "id" not in document:
        problem = "no column maps to external_id"
    elif complete and not {"title", "make", "model"} & {*targets, *document, *document.get("defaults", {})}:
        problem = "no column maps to title, make or model"
    if problem:
        raise InvalidInput("catalogue.mapping_invalid", file=file, path="columns", problem=problem)
