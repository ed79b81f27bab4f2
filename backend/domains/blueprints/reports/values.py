"""From labels and values as printed to targets, types and values. Pure; asks induction what labels mean.

A report says everything once, so a value's own form counts for more than in a column, and a weak guess at a core field
is kept as a specification under its own label instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, Final, TypedDict

from backend.core.ports import Embedder
from backend.domains.blueprints.induction.fields import FileFacts, propose_fields
from backend.domains.blueprints.induction.folding import heading_of, words_of
from backend.domains.blueprints.induction.lexicon import concepts, matches
from backend.domains.blueprints.model import (
    CORE_TARGETS,
    Evidence,
    FieldProposal,
    Left,
    Remembered,
    ReportField,
    ValueType,
)
from backend.domains.blueprints.reports.reading import Printed
from backend.domains.blueprints.reports.shapes import (
    HISTORY,
    NEVER,
    YES_NO,
    is_street,
    order_of_date,
    reaches_somebody,
    shape_of,
    slug,
)
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.normalizers import DateOrder, Rejected, says_nothing

_SURE: Final = 0.5  # confidence from which a core field is believed
_NAMED: Final = 0.9  # how well a label names a concept to be believed without it
_CORE: Final = frozenset(CORE_TARGETS)
_SCAN: Final = 0.97  # what a value read from a picture keeps of its confidence
_PUBLIC: Final = frozenset({Left.COUNTER, Left.EMPTY, Left.DUPLICATE, Left.UNUSED})
_INSPECTOR: Final = re.compile(
    r"\b(?:inspector|inspected by|surveyor|surveyed by|examiner|examined by|assessor|appraiser|appraised by|technician|mechanic|"
    r"gutachter|sachverständiger?|prüfer|geprüft (?:von|durch)|inspecteur|expert(?: en)?|contrôleur|perito|ispettore|"
    r"keurmeester|vistoriador)\b",
    re.IGNORECASE,
)
_REMARK: Final = re.compile(
    r"\b(?:remarks?|notes?|comments?|observations?|summary|conclusions?|opinion|bemerkung(?:en)?|anmerkung(?:en)?|hinweise?|kommentar|"
    r"zusammenfassung|fazit|remarques?|commentaires?|conclusion|avis|observaciones|comentarios|notas?|conclusiones|osservazioni|opmerking(?:en)?|"
    r"toelichting|observações|comentários)\b",
    re.IGNORECASE,
)
_CONTACT: Final = re.compile(
    r"phone|telephone|\btel\b|telefon|mobile|handy|e-?mail|address|adresse|anschrift", re.IGNORECASE
)
_IDENTIFIERS: Final = re.compile(
    r"\b(?:frame|chassis|hull|serial|vin|hin|certificate|reference|rahmen|fahrgestell|serien|cadre|châssis|série|bastidor|telaio|chassis)",
    re.IGNORECASE,
)


class Defaults(TypedDict):
    """How a report writes what can be read in two ways."""

    dates: DateOrder


@dataclass(frozen=True, slots=True)
class Meant:
    fields: tuple[ReportField, ...]
    notes: tuple[Evidence, ...]


@cache
def _phrases() -> frozenset[str]:
    return frozenset(
        "".join(words_of(phrase)) for concept in concepts().values() for _, phrase in concept.phrases
    )


@lru_cache(maxsize=20_000)
def is_known(label: str) -> bool:
    """Whether a label is one that sellers use."""
    joined = "".join(heading_of(label).words)
    return bool(joined) and joined in _phrases()


def spaced(label: str) -> str:
    """A label read from a picture whose words have run together, divided as the lexicon writes it."""
    if " " in label or len(label) < 8:
        return label
    found = matches(tuple(words_of(label)))
    phrase = found[0].phrase if found and found[0].score >= 0.96 else ""
    parts = phrase.split()
    if len(parts) < 2 or "".join(parts) != label.casefold():
        return label
    out, at = [], 0
    for part in parts:
        out.append(label[at : at + len(part)])
        at += len(part)
    return " ".join(out)


def fields_of(
    printed: Sequence[Printed],
    *,
    text: str,
    dates: DateOrder,
    embedder: Embedder | None,
    remembered: Sequence[Remembered],
) -> Meant:
    """What the labels mean and the values say, and what is left out with the reason. `dates`: how this report writes them."""
    labelled = _distinct(printed)
    columns = catalogue.profile_records(list(labelled), [[each.text for each in labelled.values()]])
    proposals = propose_fields(
        columns, facts=FileFacts(kind="report", text=text), embedder=embedder, remembered=remembered
    )
    defaults: Defaults = {"dates": dates}
    fields: list[ReportField] = []
    notes: list[Evidence] = []
    taken: set[str] = set()
    for key, proposal in zip(labelled, _identified(proposals), strict=True):
        found = labelled[key]
        reason = _kept_back(found, proposal)
        if reason:
            notes.append(Evidence("values", f"“{found.label}” is left out: {reason}."))
            continue
        for field in _read(found, proposal, defaults):
            if field.target not in taken:
                taken.add(field.target)
                fields.append(field)
    return Meant(tuple(fields), tuple(notes))


def _distinct(printed: Sequence[Printed]) -> dict[str, Printed]:
    """Each label once; the same label with another value gets a number."""
    out: dict[str, Printed] = {}
    for each in printed:
        same = [
            other
            for key, other in out.items()
            if key.split("#")[0] == each.label.casefold() or other.label == each.label
        ]
        if any(other.text.casefold() == each.text.casefold() for other in same):
            continue
        out[f"{each.label}#{len(same) + 1}" if same else each.label] = each
    return out


def _identified(proposals: Sequence[FieldProposal]) -> Sequence[FieldProposal]:
    """Where no label is sure to be the identifier, a number of frame, hull or serial is."""
    if any("identifier" in proposal.targets for proposal in proposals):
        return proposals
    at = next(
        (
            at
            for at, p in enumerate(proposals)
            if p.targets and _IDENTIFIERS.search(p.key) and any(map(_has_digit, p.samples))
        ),
        None,
    )
    if at is None:
        return proposals
    one = proposals[at]
    mended = replace(
        one,
        targets=("identifier",),
        confidence=max(one.confidence, 0.8),
        type="text",
        unit=None,
        column={"target": "identifier"},
    )
    return [*proposals[:at], mended, *proposals[at + 1 :]]


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _kept_back(found: Printed, proposal: FieldProposal) -> str:
    """Why a value is not published; empty where it is."""
    if _INSPECTOR.search(found.label) and not _CONTACT.search(found.label):
        return "it is a way to reach somebody" if reaches_somebody(found.text) else ""
    named = not {"identifier", "external_id", "url"}.isdisjoint(proposal.targets)
    if proposal.left == Left.PERSONAL or (
        reaches_somebody(found.text) and not named and len(found.text) < 80
    ):
        return "it is about a person"
    if proposal.left == Left.INTERNAL:
        return "it is for the house alone"
    return ""


def _read(found: Printed, proposal: FieldProposal, defaults: Defaults) -> list[ReportField]:
    if says_nothing(found.text) and not HISTORY.search(found.label):
        return []
    targets = _believed(found, proposal)
    if len(targets) > 1:
        return _several(found, proposal, defaults)
    target = targets[0] if targets else f"specs.{slug(found.label)}"
    if target.startswith("specs."):
        return [_spec(found, proposal, target, defaults)]
    value = _by_column(found.text, proposal.column, defaults)
    if value is None:
        return (
            []
            if target in {"price", "mileage", "latitude", "longitude", "image_urls"}
            else [_field(found, proposal, target, found.text, "text")]
        )
    return [_field(found, proposal, target, value, proposal.type, proposal.unit)]


def _believed(found: Printed, proposal: FieldProposal) -> tuple[str, ...]:
    """The proposed targets; none where the label says nothing of the core field that a single value was taken for."""
    if is_remark(found):
        return ("description",)
    if proposal.left in _PUBLIC or _INSPECTOR.search(found.label):
        return ()
    targets = proposal.targets
    if is_street(found.text) and not any("address" in target or "street" in target for target in targets):
        return ("specs.address",)
    if proposal.confidence >= _SURE or _CORE.isdisjoint(targets):
        return targets
    named = [
        match.concept.targets for match in matches(heading_of(found.label).words) if match.score >= _NAMED
    ]
    if any(targets == each for each in named):
        return targets
    return next((each for each in named if len(each) == 1 and _CORE.isdisjoint(each)), ())


def is_remark(found: Printed) -> bool:
    """Whether a value is somebody's free words about the whole."""
    words = found.text.split()
    return len(words) >= 4 and bool(_REMARK.search(found.label)) and not re.fullmatch(r"[\d\W]+", found.text)


def _several(found: Printed, proposal: FieldProposal, defaults: Defaults) -> list[ReportField]:
    """A value that says several things: a vehicle's name, a place. Two colors stay as printed."""
    if "parse" not in proposal.column:
        return [_field(found, proposal, proposal.targets[0], found.text, "text")]
    values = catalogue.read_values(found.text, proposal.column, mapping_defaults=defaults)
    if isinstance(values, Rejected) or not values:
        return [_field(found, proposal, proposal.targets[0], found.text, "text")]
    return [
        _field(found, proposal, target, value, "integer" if isinstance(value, int) else "text")
        for target, value in values.items()
        if value not in (None, "")
    ]


def _by_column(text: str, column: Mapping[str, Any], defaults: Defaults) -> Any:
    if not column or "target" not in column:
        return None
    if column.get("type") == "date":
        column = {**column, "dates": order_of_date(text, defaults["dates"])}
    value = catalogue.read_cell(text, column, mapping_defaults=defaults)
    return None if isinstance(value, Rejected) else value


def _spec(found: Printed, proposal: FieldProposal, target: str, defaults: Defaults) -> ReportField:
    """A specification: by what the label is known to be, else by the form of the value."""
    if HISTORY.search(found.label) and NEVER.fullmatch(found.text.strip()):
        return _field(found, proposal, target, False, "boolean")
    value = None
    if target in proposal.targets and proposal.type not in {"text", "enum"}:
        value = _by_column(found.text, proposal.column, defaults)
    if value is not None and not (
        isinstance(value, bool) and found.text.strip().casefold() not in YES_NO and len(found.text) > 12
    ):
        return _field(found, proposal, target, value, proposal.type, proposal.unit)
    shaped, type_, unit = shape_of(found.text, defaults["dates"])
    return _field(found, proposal, target, shaped, type_, unit)


def _field(
    found: Printed,
    proposal: FieldProposal,
    target: str,
    value: Any,
    type_: ValueType,
    unit: str | None = None,
) -> ReportField:
    sure = proposal.confidence if target in proposal.targets else min(proposal.confidence, _SURE)
    return ReportField(
        label=found.label,
        target=target,
        value=value,
        text=found.text,
        confidence=round(sure * (_SCAN if found.is_scan else 1.0), 3),
        type=type_,
        unit=unit,
        box=found.box,
    )
