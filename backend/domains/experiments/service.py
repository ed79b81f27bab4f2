"""Verbs of experiments: give a conversation its arms, and say what came of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from backend.core.context import Context
from backend.domains.experiments import queries, rules, stats
from backend.domains.experiments.model import ArmResult, Counts, Experiment, ExperimentResult

_NOBODY = Counts(0, 0)


def assign_all(document: Mapping[str, Any], session_id: UUID) -> dict[str, str]:
    """Experiment key → arm key for a new conversation. The id alone decides, on every machine and for ever."""
    return rules.assign_all(document, session_id)


async def results(ctx: Context, *, event_id: UUID, document: Mapping[str, Any]) -> list[ExperimentResult]:
    """What the experiments of a document show so far, in its order, as far as the actor may read the facts.

    Facts of earlier versions count where key and arm are the same: changed weights need a new key.
    """
    experiments: list[Experiment] = list(document.get("experiments", ()))
    if not experiments:
        return []
    outcomes = [_outcome(experiment) for experiment in experiments]
    rows = await queries.count_arms(ctx.conn, event_id=event_id, outcomes=outcomes)
    counts = {(row["experiment"], row["arm"]): Counts(row["exposed"], row["converted"]) for row in rows}
    return [_result(experiment, counts) for experiment in experiments]


def _metric(experiment: Experiment) -> str:
    return experiment.get("primary_metric") or "hold_placed"


def _outcome(experiment: Experiment) -> dict[str, Any]:
    kind, action = rules.outcome_of(_metric(experiment))
    return {"experiment": experiment["key"], "kind": kind, "action": action}


def _result(experiment: Experiment, counts: Mapping[tuple[str, str], Counts]) -> ExperimentResult:
    arms = experiment["arms"]
    seen = [counts.get((experiment["key"], arm["key"]), _NOBODY) for arm in arms]
    comparison = None
    if len(arms) == 2:
        comparison = stats.compare(seen[0], seen[1], names=(arms[0]["key"], arms[1]["key"]))
    ratio = stats.sample_ratio_check([one.exposed for one in seen], [arm["weight"] for arm in arms])
    return ExperimentResult(
        key=experiment["key"],
        title=experiment.get("title") or "",
        hypothesis=experiment.get("hypothesis") or "",
        primary_metric=_metric(experiment),
        confidence=stats.CONFIDENCE,
        arms=tuple(_arm(arm, one) for arm, one in zip(arms, seen, strict=True)),
        comparison=comparison,
        ratio_check=ratio,
        verdict=stats.verdict_of(comparison, ratio),
    )


def _arm(arm: Mapping[str, Any], counts: Counts) -> ArmResult:
    return ArmResult(
        key=arm["key"],
        title=arm.get("title") or "",
        weight=arm["weight"],
        exposed=counts.exposed,
        converted=counts.converted,
        rate=counts.rate,
        interval=stats.wilson(counts),
    )
