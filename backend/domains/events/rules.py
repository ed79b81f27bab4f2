"""What must hold across fields of a document: all rules, and which sections each reads. Pure.

A rule is a function of the whole document, kept by its noun in `*_rules`; those of one form are lines of `table_rules`.
It runs only when the sections it reads fit their schemas, so none of them checks types again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

from backend.domains.events import (
    agent_rules,
    conversion_rules,
    naming_rules,
    outreach_rules,
    policy_rules,
    schema,
)
from backend.domains.events.experiment_rules import arms_share_everybody, out_of_bounds, test_plan_exists
from backend.domains.events.field_rules import (
    attributes_are_consistent,
    filters_name_fields,
    interface_names_fields,
)
from backend.domains.events.laying import laid_over
from backend.domains.events.model import Document, Path, Severity
from backend.domains.events.table_rules import Rule, places, table_rules
from backend.domains.events.violations import Finding, schema_findings


def cross_findings(doc: Document, broken: Iterable[str] = ()) -> Iterator[Finding]:
    """What the rules say about a document; rules that read a `broken` section are left out."""
    skip = set(broken)
    for rule, reads in RULES:
        if not skip.intersection(reads):
            yield from rule(doc)


def patches_fit(doc: Document) -> Iterator[Finding]:
    """A document with an arm's patch laid over it is a document as good as any other."""
    for path, patches in places(doc, ("experiments", "*", "arms", "*", "patch")):
        for section, patch in patches.items():
            yield from _patch(doc, section, patch, (*path, section))


def _patch(doc: Document, section: str, patch: Any, path: Path) -> Iterator[Finding]:
    merged, misused = laid_over(doc[section], patch, (section,))
    broken = [replace(finding, path=(*path, *finding.path)) for finding in misused]
    broken += schema_findings(merged, f"{section}.v1", path)
    broken = broken or list(out_of_bounds({section: patch}, path[:-1]))
    yield from broken
    if any(finding.severity is Severity.ERROR for finding in broken):
        return
    before = set(_section_findings(doc, section))
    filled = schema.with_defaults(merged, schema.resolved()["properties"][section])
    for finding in _section_findings({**doc, section: filled, "experiments": []}, section):
        if finding not in before:
            yield replace(finding, path=(*path, *finding.path[1:]))


def _section_findings(doc: Document, section: str) -> Iterator[Finding]:
    """Errors that the rules find in one section, the experiments left out."""
    for rule, reads in RULES:
        if section in reads and "experiments" not in reads:
            yield from (f for f in rule(doc) if f.path[0] == section and f.severity is Severity.ERROR)


def unread_findings(document: Document, lower: Document, broken: Iterable[str] = ()) -> Iterator[Finding]:
    """Parts that no engine reads yet, where a document says something else than what it is laid over."""
    skip = set(broken)
    for path in schema.unread():
        if path[0] in skip or _at(document, path) == _at(lower, path):
            continue
        if _filled(document, path) != _filled(lower, path):
            message = f"Nothing reads {'.'.join(path)} yet: it is kept, and has no effect."
            yield Finding(path, "unread_section", message, severity=Severity.WARNING)


def _at(document: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        document = document.get(step) if isinstance(document, dict) else None
    return document


def _filled(document: Document, path: tuple[str, ...]) -> Any:
    """A part of a document with its defaults."""
    node, part = schema.at(path) or {}, _at(document, path)
    return schema.with_defaults(node.get("default") if part is None else part, node)


_PATCHABLE: Final[frozenset[str]] = frozenset(
    schema.load("experiments.v1")["items"]["properties"]["arms"]["items"]["properties"]["patch"][
        "propertyNames"
    ]["enum"]
)

RULES: Final[tuple[tuple[Rule, frozenset[str]], ...]] = (
    (naming_rules.region_is_known, frozenset({"locale", "currency", "timezone"})),
    (naming_rules.extracted_signals_are_known, frozenset({"preference_extraction"})),
    (naming_rules.selling_signals_are_known, frozenset({"agent"})),
    (naming_rules.flags_are_spelled, frozenset({"flags"})),
    (attributes_are_consistent, frozenset({"catalogue"})),
    (filters_name_fields, frozenset({"catalogue", "search_defaults"})),
    (interface_names_fields, frozenset({"catalogue", "ui_contract"})),
    (conversion_rules.dates_are_in_order, frozenset({"dates"})),
    (conversion_rules.hold_fits_deposit, frozenset({"conversion"})),
    (conversion_rules.deposit_is_a_share, frozenset({"conversion"})),
    (conversion_rules.drops_are_inside, frozenset({"dates", "sdme", "timezone"})),
    (agent_rules.fallbacks_end, frozenset({"agent"})),
    (agent_rules.escalations_can_happen, frozenset({"agent"})),
    (agent_rules.survey_can_be_answered, frozenset({"agent"})),
    (agent_rules.models_are_reached, frozenset({"agent"})),
    (agent_rules.voice_fits_product, frozenset({"agent", "voice"})),
    (agent_rules.voice_is_complete, frozenset({"voice"})),
    (policy_rules.tools_are_understood, frozenset({"agent"})),
    (policy_rules.tool_policies_hang_together, frozenset({"agent", "policy"})),
    (policy_rules.profiles_are_told_apart, frozenset({"policy"})),
    (policy_rules.buttons_are_allowed, frozenset({"agent", "conversion", "policy", "ui_contract"})),
    (policy_rules.costs_can_be_counted, frozenset({"agent"})),
    (outreach_rules.quiet_hours_have_a_length, frozenset({"outreach"})),
    (outreach_rules.mail_has_a_subject, frozenset({"outreach"})),
    (outreach_rules.steps_follow_each_other, frozenset({"outreach"})),
    (outreach_rules.channels_are_on, frozenset({"outreach"})),
    (test_plan_exists, frozenset({"analytics", "experiments"})),
    (arms_share_everybody, frozenset({"experiments"})),
    *table_rules(),
    (patches_fit, _PATCHABLE | {"experiments", "catalogue"}),
)
