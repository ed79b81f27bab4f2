"""Induction on generated sheets: how often a proposal is right, how sure it was, and whether anything private gets out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from backend.main import build_reading
from benchmarks.calibration import Judged, Run, binned, counts, grouped, judge, right_when_sure
from benchmarks.ground import Ground
from benchmarks.measure import Findings, Goal

_SEED: Final = 1


async def run(ground: Ground) -> Findings:
    embedder, _ = build_reading()
    return findings_of(await asyncio.to_thread(judge, ground.sizes.sheets, seed=_SEED, embedder=embedder))


def findings_of(run: Run) -> Findings:
    """What `mpax bench` prints and the page of performance shows."""
    findings = Findings("blueprint")
    judged = run.judged
    sure, right = right_when_sure(judged)
    whole = counts(judged)
    findings.add("a generated sheet, surveyed and proposed", run.took_ms)
    findings.add("of proposals with 0.9 and more, right", [right], "", goal=Goal("p50", ">=", 0.99))
    findings.add("private columns that would be published", [whole.leaked], "", goal=Goal("p50", "<=", 0))
    findings.tables.append(
        (
            "Proposals for the columns of generated sheets, by how sure they are",
            ["confidence", "columns", "mean", "right"],
            [
                [f"{low:.2f} to {high:.2f}", str(number), f"{mean:.3f}", f"{share:.1%}"]
                for low, high, number, mean, share in binned(judged)
            ],
        )
    )
    findings.tables.append(_table("By language", judged, lambda each: each.language))
    findings.tables.append(_table("By trade", judged, lambda each: each.category))
    findings.notes += [
        f"{run.sheets} sheets, {len(judged)} columns; layout found as it is: {run.found / run.sheets:.1%}.",
        f"Of {sure} proposals with 0.9 and more, {right:.2%} are right. Of all, {whole.right:.1%}; with the very name of "
        f"a spec, {whole.exact:.1%}.",
        "How sure against how often right, as a drawing: docs/images/calibration.svg",
    ]
    return findings


def _table(
    title: str, judged: Sequence[Judged], by: Callable[[Judged], str]
) -> tuple[str, list[str], list[list[str]]]:
    rows = [
        [
            name,
            str(each.columns),
            f"{each.f1:.3f}",
            f"{each.right:.1%}",
            f"{each.exact:.1%}",
            str(each.leaked),
        ]
        for name, each in grouped(judged, by).items()
    ]
    return title, ["", "columns", "F1", "right", "by name", "leaked"], rows
