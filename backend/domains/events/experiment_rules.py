"""What experiments may compare. Pure.

Whether a document with an arm's patch laid over it is a good one is decided in `rules`, where all rules are known.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

from backend.domains.events.model import Document, Path, Severity
from backend.domains.events.patterns import ANYWHERE, Pattern, leaf_values, rule_for
from backend.domains.events.table_rules import SUM_TOLERANCE, places
from backend.domains.events.violations import Finding, nearest, shown

#: What an arm may change needs no more than this; what needs more has its own way through the gate.
_ENOUGH: Final = frozenset({"edit_document", "edit_system_prompt"})


def arms_share_everybody(doc: Document) -> Iterator[Finding]:
    for path, arms in places(doc, ("experiments", "*", "arms")):
        total = math.fsum(arm["weight"] for arm in arms)
        if abs(total - 1) > SUM_TOLERANCE:
            message = f"The weights of the arms sum to {total:.12g}; they must sum to 1."
            yield Finding(path, "sum_not_one", message, f"{total:.12g}", "1")


def out_of_bounds(patch: Mapping[str, Any], at: Path) -> Iterator[Finding]:
    """An arm is no way round the gate: kill switches, high risk and further permissions are out of its reach."""
    told: set[Pattern] = set()
    for pattern, values in leaf_values(patch).items():
        place = pattern[: pattern.index(ANYWHERE)] if ANYWHERE in pattern else pattern
        why = _out_of_bounds(pattern) if values != [{}] and place not in told else None
        if why:
            told.add(place)
            name = ".".join(place)
            yield Finding((*at, *place), "out_of_bounds", f"An arm cannot change {name}: {why}.", name)


def _out_of_bounds(pattern: Pattern) -> str | None:
    rule = rule_for(pattern)
    if rule.reload == "kill":
        return "it reaches every open conversation at once"
    if rule.risk == "high":
        return "it is of high risk"
    if rule.permission not in _ENOUGH:
        return f"it needs the permission {rule.permission}"
    return None


def test_plan_exists(doc: Document) -> Iterator[Finding]:
    plan = doc["analytics"]["test_plan"]
    keys = [experiment["key"] for experiment in doc["experiments"]]
    if plan is not None and plan not in keys:
        message = f"The test plan {shown(plan)} is not among the experiments, so nothing is compared."
        yield Finding(
            ("analytics", "test_plan"),
            "no_such_experiment",
            message,
            plan,
            None,
            nearest(plan, keys),
            Severity.WARNING,
        )
