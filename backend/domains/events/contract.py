"""What an event promises to whoever builds on it, as a test without code: rows it must take, names it must know. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from backend.domains.events.field_rules import COMPARISON_GROUPS, chip_fields
from backend.domains.events.model import LISTING_FIELDS, Document

_COMMON: Final[Mapping[str, Any]] = {"external_id": "SAMPLE-1", "title": "A sample", "price": 10000}
_KINDS: Final[Mapping[str, type | tuple[type, ...]]] = {
    "number": (int, float),
    "boolean": bool,
    "enum": str,
    "text": str,
}


def contract_of(document: Document, sha256: str) -> dict[str, Any]:
    """The contract of a compiled document: its hash, the fields it names where, and a row for each kind of attribute."""
    contract, attributes = document["ui_contract"], document["catalogue"]["attributes"]
    firsts: dict[str, Mapping[str, Any]] = {}
    for attribute in attributes:
        firsts.setdefault(attribute["kind"], attribute)
    return {
        "document_sha256": sha256,
        "fields": [*LISTING_FIELDS, *(attribute["name"] for attribute in attributes)],
        "tile_specs": list(contract["tile_specs"]),
        "chips": {chip: list(chip_fields(chip, document)) for chip in contract["chips"]},
        "comparison": [name for name in contract["comparison_fields"] if name not in COMPARISON_GROUPS],
        "rows": [
            {
                "kind": kind,
                "field": attribute["name"],
                "row": {**_COMMON, attribute["name"]: _sample(attribute)},
            }
            for kind, attribute in sorted(firsts.items())
        ],
    }


def contract_problems(document: Document, sha256: str, contract: Mapping[str, Any]) -> list[str]:
    """Where a compiled document does not keep a contract, one sentence each."""
    return list(_problems(document, sha256, contract))


def _problems(document: Document, sha256: str, contract: Mapping[str, Any]) -> Iterator[str]:
    if contract["document_sha256"] != sha256:
        yield f"The document is {sha256[:12]} and not {contract['document_sha256'][:12]}."
    kinds = {attribute["name"]: attribute["kind"] for attribute in document["catalogue"]["attributes"]}
    known = {*LISTING_FIELDS, *kinds}
    for name in contract["fields"]:
        if name not in known:
            yield f"There is no field {name}."
    for chip, fields in contract["chips"].items():
        if list(chip_fields(chip, document)) != fields:
            yield f"The chip “{chip}” stands for {', '.join(chip_fields(chip, document)) or 'nothing'}."
    for sample in contract["rows"]:
        kind, value = kinds.get(sample["field"]), sample["row"].get(sample["field"])
        if kind is None or kind != sample["kind"] or not _fits(kind, value):
            yield f"The field {sample['field']} takes no {sample['kind']} such as {value!r}."


def _fits(kind: str, value: Any) -> bool:
    return isinstance(value, _KINDS[kind]) and (kind == "boolean") == isinstance(value, bool)


def _sample(attribute: Mapping[str, Any]) -> Any:
    if attribute["kind"] == "enum":
        return attribute["values"][0] if attribute["values"] else "A value"
    return {"number": 1, "boolean": True, "text": "Some words"}[attribute["kind"]]
