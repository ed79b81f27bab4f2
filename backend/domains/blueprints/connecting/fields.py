"""What each path of a record becomes: profiles of the paths for the assignment that sheets use, and what only feeds know.

Descriptions, types and enumerations of a schema are evidence beside names; samples count where there are any. Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from backend.core.ports import Embedder
from backend.domains.blueprints.connecting.api import Api, Operation
from backend.domains.blueprints.connecting.lists import geo_settled, media_settled, told_apart, with_id
from backend.domains.blueprints.connecting.records import Found, Leaf, at_path, cell_at, records_at, words_of
from backend.domains.blueprints.induction.fields import FileFacts, induce
from backend.domains.blueprints.induction.sheets import names_of
from backend.domains.blueprints.model import Evidence, FieldProposal, Left, Remembered, ValueType
from backend.domains.catalogue.model import ColumnProfile

_SAMPLED: Final = 500
_SHOWN: Final = 5
_PRIVATE: Final = re.compile(
    r"not for publication|internal(?:ly)?\b|confidential|do not (?:publish|display|show|share)|dealer cost|staff only"
    r"|never (?:shown|published|display)|not (?:shown|displayed|public)|private\b|wholesale|back[- ]?office"
    r"|personal data|\bPII\b",
    re.I,
)
_CENTS: Final = frozenset(
    {"cents", "cent", "minor", "pence", "pennies", "centimes", "subunits", "rappen", "ore"}
)
_CENTS_TOLD: Final = re.compile(
    r"\bin (?:euro ?)?(?:cents|pence|minor (?:currency )?units)|minor units|smallest currency unit|\bcents\b",
    re.I,
)
#: Unit: the words a path or description ends with where values are in it.
_SPELLED: Final = """
    m: m metre metres meter meters mtr
    cm: cm centimeters centimetres
    mm: mm millimeters millimetres
    ft: ft feet foot
    in: inches inch
    km: km kms kilometers kilometres
    mi: mi miles
    nmi: nm nautical
    h: hours hrs
    kg: kg kgs kilograms
    lb: lb lbs pounds
    t: tonnes tons
    l: l liters litres
    ml: ml
    cl: cl
    gal: gal gallons
    hp: hp bhp
    PS: ps
    kW: kw
    kWh: kwh
    cc: cc ccm
    sqft: sqft
    sqm: sqm m2
    acre: acres
    ha: hectares ha
    kn: knots kts
    km/h: kph kmh
    mph: mph
    ct: carats ct
    hh: hands hh
    %: percent pct
"""
_UNITS: Final[Mapping[str, str]] = {
    word: unit
    for unit, _, words in (line.strip().partition(": ") for line in _SPELLED.splitlines() if line)
    for word in words.split()
}
_PLUMBING: Final = re.compile(
    r"(?:^|\.)(?:@\w+\.\w+|@type|@id|__\w+|_(?:score|index|type|rev|version|etag)|etag|\$id|\$type)$", re.I
)
_NUMBERS: Final = frozenset({"integer", "number"})


@dataclass(frozen=True, slots=True)
class Paths:
    """One proposal for each path, in the order of the description, and what kind of goods they tell of."""

    fields: tuple[FieldProposal, ...] = ()
    domain: str = "general"
    currency: str | None = None


def propose_paths(
    found: Found | None,
    operation: Operation,
    api: Api,
    *,
    embedder: Embedder,
    remembered: Sequence[Remembered] = (),
) -> Paths:
    if found is None:
        return Paths()
    leaves, plumbing = _apart(_different(found.leaves))
    records = (records_at(operation.sample, found.path) or [])[:_SAMPLED]
    examples = [found.item.example] if isinstance(found.item.example, dict) else []
    values = [_values(leaf, records or examples) for leaf in leaves]
    names = _names([leaf.path for leaf in leaves])
    columns = tuple(
        _profile(name, at, each, len(records))
        for at, (name, each) in enumerate(zip(names, values, strict=True))
    )
    rows = [[cell_at(record, leaf.path) for leaf in leaves] for record in records]
    text = _text(api, operation, found)
    facts = FileFacts(kind="feed", text=text, rows=rows)
    induced = induce(columns, facts=facts, embedder=embedder, remembered=remembered)
    settled = tuple(
        _settled(leaf, replace(field, key=leaf.path), each)
        for leaf, field, each in zip(leaves, induced.fields, values, strict=True)
    )
    named = dict(zip((leaf.path for leaf in leaves), values, strict=True))
    fields = told_apart(with_id(media_settled(geo_settled(settled, named), leaves), named))
    return Paths((*fields, *plumbing), induced.domain, induced.reading.currency)


def _different(leaves: Sequence[Leaf]) -> tuple[Leaf, ...]:
    """Mappings compare names without case: of two that differ in nothing else, the first counts."""
    return tuple({leaf.path.casefold(): leaf for leaf in reversed(leaves)}.values())[::-1]


def _apart(leaves: Sequence[Leaf]) -> tuple[tuple[Leaf, ...], tuple[FieldProposal, ...]]:
    """What formats say of a record, such as its type in JSON:API, is not about the thing."""
    tops = {leaf.path.split(".")[0].removesuffix("[]") for leaf in leaves}
    wrapped = {"type"} if "attributes" in tops else {"cursor"} if "node" in tops else set[str]()
    found = [leaf for leaf in leaves if leaf.path in wrapped or _PLUMBING.search(leaf.path)]
    why = (Evidence("document", "how the answer is wrapped, not what it holds", 1.0),)
    left = tuple(FieldProposal(leaf.path, (), 0.95, Left.UNUSED, evidence=why) for leaf in found)
    return tuple(leaf for leaf in leaves if leaf not in found), left


def _text(api: Api, operation: Operation, found: Found) -> str:
    parts = (
        api.title,
        operation.path,
        operation.operation_id,
        *operation.tags,
        operation.summary,
        found.path,
        found.item.name,
        api.text,
    )
    return " ".join(part for part in parts if part)[:2_000]


def _values(leaf: Leaf, records: Sequence[Mapping[str, Any]]) -> Counter[Any]:
    """What stands at a path, entry by entry; where nothing was seen, what the schema lists."""
    counted: Counter[Any] = Counter()
    for record in records:
        value = at_path(record, leaf.path)
        for each in value if isinstance(value, list) else [value]:  # pyright: ignore[reportUnknownVariableType]
            if isinstance(each, str | int | float) and each != "":
                counted[each.strip()[:300] if isinstance(each, str) else each] += 1
    if not counted and not records:
        shown = [leaf.shape.example, *leaf.shape.enum] + (
            [True, False] if leaf.shape.type == "boolean" else []
        )
        counted.update({value: 1 for value in shown if isinstance(value, str | int | float) and value != ""})
    return counted


def _names(paths: Sequence[str]) -> list[str]:
    """What paths are called: `odometer.value` is the odometer, unless something else is called so."""
    short = [re.sub(r"\.(?:value|val|#text|_text|\$t)$", "", path) for path in paths]
    return [name if short.count(name) == 1 else path for name, path in zip(short, paths, strict=True)]


def _profile(path: str, at: int, values: Counter[Any], records: int) -> ColumnProfile:
    steps = re.sub(r"\[\d*\]", "", path).split(".")
    filled = min(sum(values.values()), records) if records else len(values)
    return ColumnProfile(
        key=path,
        index=at,
        header=" ".join(words_of(steps[-1])),
        group=" ".join(word for step in steps[:-1] for word in words_of(step)),
        values=values,
        is_whole=True,
        filled=filled,
        total=records or len(values),
    )


def _settled(leaf: Leaf, proposal: FieldProposal, values: Counter[Any]) -> FieldProposal:
    """The proposal with what the schema knows better than names: types, lists, units, minor units, what is private."""
    shape = leaf.shape
    told = (
        (Evidence("document", f"described as “{shape.description[:200]}”", 0.2),) if shape.description else ()
    )
    proposal = replace(proposal, evidence=(*proposal.evidence, *told))
    is_misjudged = (
        proposal.left is Left.COUNTER if "[]" in leaf.path else proposal.left is Left.EMPTY and not values
    )
    if is_misjudged:
        target = f"specs.{'_'.join(words_of(leaf.path))[:50].lstrip('0123456789_') or 'value'}"
        proposal = replace(
            proposal, targets=(target,), left=None, column={}, confidence=min(proposal.confidence, 0.5)
        )
    if proposal.left is None and _PRIVATE.search(shape.description):
        return replace(proposal, targets=(), left=Left.INTERNAL, column={}, confidence=0.97)
    if proposal.left is not None or not proposal.targets:
        return proposal
    kind, column = _type(leaf, proposal), dict(proposal.column) or {"target": proposal.targets[0]}
    unit = proposal.unit
    if kind in _NUMBERS and (unit is None or unit in ("cents", "cent")):
        unit = _unit(leaf, proposal.targets[0])
    if kind in _NUMBERS and unit and proposal.targets[0] not in ("price", "year"):
        column["unit"] = unit
    if proposal.targets == ("price",) and _is_minor(leaf):
        column |= {"scale": 0.01}
        unit = proposal.unit if proposal.unit not in (None, "cents", "cent") else None
    if kind == "list":
        column |= {"separator": "\n"}
    if proposal.targets[0].startswith("specs."):
        column["type"] = kind
    shown = tuple(str(value) for value in values)[:_SHOWN] or proposal.samples
    return replace(proposal, type=kind, unit=unit, column=column, samples=shown)


def _type(leaf: Leaf, proposal: FieldProposal) -> ValueType:
    if "[]" in leaf.path:
        return "list"
    if leaf.shape.type == "boolean":
        return "boolean"
    if (
        leaf.shape.type == "integer"
        and proposal.type in ("text", "enum", "number")
        and proposal.targets[0].startswith("specs.")
    ):
        return "integer"
    if (
        leaf.shape.type == "number"
        and proposal.type in ("text", "enum", "integer")
        and proposal.targets[0].startswith("specs.")
    ):
        return "number"
    if leaf.shape.enum and proposal.type == "text":
        return "enum"
    if leaf.shape.format in ("date", "date-time") and proposal.type in ("text", "enum"):
        return "date"
    return proposal.type


def _unit(leaf: Leaf, target: str) -> str | None:
    """From the last words of a path (`loaMetres`, `engine.power_kw`), else from what its description says."""
    if target in ("price", "year", "latitude", "longitude", "external_id"):
        return None
    words = words_of(leaf.path)
    joined = "".join(words[-2:])
    for key in (joined, words[-1] if words else ""):
        if key in _UNITS and not (len(words) == 1 and len(key) < 3):
            return _UNITS[key]
    told = re.search(r"\b(?:in|unit:?|\()\s*([A-Za-z²2/]+)\b", leaf.shape.description)
    return _UNITS.get(told.group(1).lower()) if told else None


def _is_minor(leaf: Leaf) -> bool:
    return bool(_CENTS & set(words_of(leaf.path))) or _CENTS_TOLD.search(leaf.shape.description) is not None


def mapping_of(source: str, fields: Sequence[FieldProposal]) -> dict[str, Any]:
    """The source mapping of a feed: paths are its columns, each may be missing. Shape: `source_mapping.v1`."""
    columns: dict[str, Any] = {}
    for field in fields:
        if field.targets and field.left is None:
            needed = {"external_id", "price"} & set(field.targets)
            column = dict(field.column) or {"target": field.targets[0]}
            columns[field.key] = {**column, "optional": True, "on_error": "reject" if needed else "blank"}
    ignored = {field.key: str(field.left) for field in fields if field.left is not None}
    mapping = {"schema": "source_mapping.v1", "source": source[:200], **names_of(fields), "unmapped": "warn"}
    return mapping | {"columns": columns, "ignore": ignored}
