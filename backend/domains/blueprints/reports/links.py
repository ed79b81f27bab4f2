"""Which listing a report belongs to: by a number both name, else by make, model and year where one listing alone fits. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from backend.domains.blueprints.model import Evidence, ReportProposal

#: Letters and figures that text recognition takes for each other.
_ALIKE: Final = str.maketrans("OQDILSZBG", "000115286")
_NUMBERS: Final = (
    "identifier", "external_id", "specs.registration_plate", "specs.serial_number", "specs.frame_number", "specs.hull_number",
    "specs.engine_number", "specs.reference_number",
)  # fmt: skip
_LEAST: Final = 4  # characters of a number that can name one listing
_WORDS: Final = {"identifier": "identifier", "external_id": "stock number"}


def link_reports(
    reports: Sequence[ReportProposal], listings: Sequence[Mapping[str, Any]]
) -> tuple[ReportProposal, ...]:
    """The reports with the `external_id` of their listing and the reason; nothing where two listings fit."""
    index = _index(listings)
    return tuple(_linked(report, listings, index) for report in reports)


def _index(listings: Sequence[Mapping[str, Any]]) -> Mapping[str, set[int]]:
    found: defaultdict[str, set[int]] = defaultdict(set)
    for at, listing in enumerate(listings):
        for target in _NUMBERS:
            for form in _forms(listing.get(target)):
                found[form].add(at)
    return found


def _forms(value: Any) -> tuple[str, ...]:
    """A number as written without spaces and signs, and with letters that look like figures as figures."""
    if value is None or isinstance(value, bool):
        return ()
    plain = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", str(value))).upper()
    if len(plain) < _LEAST or not any(map(str.isdigit, plain)):
        return ()
    return plain, f"~{plain.translate(_ALIKE)}"


def _linked(
    report: ReportProposal, listings: Sequence[Mapping[str, Any]], index: Mapping[str, set[int]]
) -> ReportProposal:
    values = {field.target: field.value for field in report.fields}
    for exact in (True, False):
        for target in (*_NUMBERS, "title"):
            hits = _hits(values.get(target), index, exact=exact)
            if len(hits) == 1:
                how = "" if exact else ", read with letters and figures that look alike"
                return _with(
                    report,
                    listings[hits.pop()],
                    f"the same {_WORDS.get(target, 'number')} {values[target]}{how}",
                )
            if len(hits) > 1:
                return _unlinked(report, f"{len(hits)} listings have {values[target]}")
    return _by_name(report, values, listings)


def _hits(value: Any, index: Mapping[str, set[int]], *, exact: bool) -> set[int]:
    forms = _forms(value)
    return set(index.get(forms[0] if exact else forms[1], ())) if forms else set()


def _by_name(
    report: ReportProposal, values: Mapping[str, Any], listings: Sequence[Mapping[str, Any]]
) -> ReportProposal:
    wanted = [values.get(target) for target in ("make", "model", "year")]
    if any(value in (None, "") for value in wanted):
        return replace(report, listing=None, linked_by="")
    fitting = [
        listing
        for listing in listings
        if all(
            _same(listing.get(target), value)
            for target, value in zip(("make", "model", "year"), wanted, strict=True)
        )
        and not _contradicts(listing, values)
    ]
    named = " ".join(str(value) for value in (wanted[2], wanted[0], wanted[1]))
    if len(fitting) == 1:
        return _with(report, fitting[0], f"the only {named}")
    return (
        _unlinked(report, f"{len(fitting)} listings are a {named}")
        if fitting
        else replace(report, listing=None, linked_by="")
    )


def _contradicts(listing: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Both name an identifier, and it is another one."""
    return bool(_forms(listing.get("identifier"))) and bool(_forms(values.get("identifier")))


def _same(one: Any, other: Any) -> bool:
    return (
        one is not None and " ".join(str(one).split()).casefold() == " ".join(str(other).split()).casefold()
    )


def _with(report: ReportProposal, listing: Mapping[str, Any], reason: str) -> ReportProposal:
    name = listing.get("external_id")
    return replace(report, listing=None if name is None else str(name), linked_by=reason)


def _unlinked(report: ReportProposal, reason: str) -> ReportProposal:
    note = Evidence("values", f"Not linked: {reason}.")
    return replace(report, listing=None, linked_by="", notes=(*report.notes, note))
