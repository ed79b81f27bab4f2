"""How sure the engine is of a column, against how often it is right: judged on generated sheets, counted, drawn.

`python -m benchmarks.calibration --plot FILE.svg --misses FILE.json` needs no database; `mpax bench blueprint` runs the same.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import click

from backend.core.ports import Embedder
from backend.domains.blueprints.induction.fields import FileFacts, induce
from backend.domains.blueprints.model import FieldProposal
from backend.domains.catalogue.layout import survey
from backend.domains.catalogue.model import SheetSurvey
from benchmarks.sheets import Sheet, Truth, sheets

BINS: Final = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0001)
SURE: Final = 0.9
_PRIVATE: Final = frozenset({"internal", "pii"})


@dataclass(frozen=True, slots=True)
class Judged:
    """One column that the engine proposed something for. `exact` also asks for the very name of a spec."""

    category: str
    language: str
    key: str
    confidence: float
    right: bool
    exact: bool
    leaked: bool
    said: tuple[str, ...]
    truth: Truth
    samples: tuple[str, ...] = ()
    features: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """Of a number of columns. Range of `f1`, `right` and `exact`: 0 to 1."""

    columns: int
    right: float
    exact: float
    f1: float
    leaked: int


@dataclass(slots=True)
class Run:
    """What came of a number of sheets. `found`: their header and the number of their listings are as they are. Unit: ms."""

    sheets: int
    judged: list[Judged] = field(default_factory=list)
    found: int = 0
    took_ms: list[float] = field(default_factory=list)


def judge(count: int, *, seed: int, embedder: Embedder | None) -> Run:
    """Every column of `count` sheets whose header was found; the time is that of surveying and proposing."""
    run = Run(count)
    with tempfile.TemporaryDirectory() as folder:
        for sheet in sheets(count, seed=seed):
            path = Path(folder) / sheet.name
            path.write_bytes(sheet.content)
            began = time.perf_counter()
            surveyed = survey(path)
            judged = judge_sheet(sheet, surveyed, embedder)
            run.took_ms.append((time.perf_counter() - began) * 1e3)
            is_found = surveyed.layout.header_rows[-1:] == (sheet.header_row,)
            run.found += is_found and surveyed.layout.row_count == sheet.row_count
            run.judged += judged if is_found else []
    return run


def judge_sheet(sheet: Sheet, surveyed: SheetSurvey, embedder: Embedder | None) -> list[Judged]:
    """What the engine says of one sheet, column by column."""
    from backend.domains.blueprints.induction.assigning import features

    text = f"{surveyed.layout.title_text}\n{surveyed.layout.sheet or ''}\n{sheet.name}"
    rows = [cells for _, cells in surveyed.sample_rows]
    induced = induce(surveyed.columns, facts=FileFacts("sheet", text, rows=rows), embedder=embedder)
    out: list[Judged] = []
    for proposal, choice in zip(induced.fields, induced.choices, strict=True):
        truth = sheet.truth.get(proposal.key)
        if truth is not None:
            out.append(_judged(sheet, proposal, truth, features(choice.option, choice.others)))
    return out


def _judged(sheet: Sheet, proposal: FieldProposal, truth: Truth, features: tuple[float, ...]) -> Judged:
    right, exact = is_right(proposal.targets, truth)
    return Judged(
        category=sheet.category,
        language=sheet.language,
        key=proposal.key,
        confidence=proposal.confidence,
        right=right,
        exact=exact,
        leaked=bool(proposal.targets) and truth.why in _PRIVATE,
        said=proposal.targets or (f"left: {proposal.left}",),
        truth=truth,
        samples=proposal.samples[:3],
        features=features,
    )


def is_right(said: Sequence[str], truth: Truth) -> tuple[bool, bool]:
    """Whether targets are right, and right to the name. Any `specs.` is right for a spec, as its name is the seller's own."""
    if not truth.targets:
        return not said, not said
    if len(truth.targets) > 1:
        whole = set(said) <= set(truth.targets) and len(said) >= min(2, len(truth.targets))
        return whole, whole
    if len(said) != 1:
        return False, False
    one, true = said[0], next(iter(truth.targets))
    if one == true or one in truth.also:
        return True, True
    likes = {true, *truth.also}
    is_spec = one.startswith("specs.") and any(each.startswith("specs.") for each in likes)
    return is_spec, is_spec and "specs.*" in likes


def counts(judged: Sequence[Judged]) -> Counts:
    """F1 of proposed columns against those that have a target."""
    hits = sum(each.right and bool(each.truth.targets) for each in judged)
    proposed = sum(not each.said[0].startswith("left:") for each in judged)
    wanted = sum(bool(each.truth.targets) for each in judged)
    share = len(judged) or 1
    return Counts(
        columns=len(judged),
        right=sum(each.right for each in judged) / share,
        exact=sum(each.exact for each in judged) / share,
        f1=2 * hits / (proposed + wanted) if proposed + wanted else 0.0,
        leaked=sum(each.leaked for each in judged),
    )


def grouped(judged: Iterable[Judged], by: Callable[[Judged], str]) -> dict[str, Counts]:
    groups: defaultdict[str, list[Judged]] = defaultdict(list)
    for each in judged:
        groups[by(each)].append(each)
    return {name: counts(groups[name]) for name in sorted(groups)}


def binned(judged: Sequence[Judged]) -> list[tuple[float, float, int, float, float]]:
    """From, to, columns, mean confidence, share right; bins without columns are left out."""
    out: list[tuple[float, float, int, float, float]] = []
    for low, high in pairwise(BINS):
        own = [each for each in judged if low <= each.confidence < high]
        if own:
            sure = sum(each.confidence for each in own) / len(own)
            out.append((low, min(1.0, high), len(own), sure, sum(each.right for each in own) / len(own)))
    return out


def right_when_sure(judged: Sequence[Judged]) -> tuple[int, float]:
    """How many are proposed with 0.9 and more, and which share of them is right."""
    sure = [each.right for each in judged if each.confidence >= SURE]
    return len(sure), sum(sure) / len(sure) if sure else 0.0


def misses(judged: Sequence[Judged]) -> list[Mapping[str, Any]]:
    """What went wrong, surest first."""
    return [
        {
            "header": each.key,
            "category": each.category,
            "language": each.language,
            "said": each.said,
            "true": each.truth.targets or each.truth.why,
            "confidence": each.confidence,
            "samples": each.samples,
        }
        for each in sorted(judged, key=lambda each: -each.confidence)
        if not each.exact
    ]


@click.command()
@click.option("--count", default=588, show_default=True, help="How many sheets.")
@click.option("--seed", default=1, show_default=True)
@click.option(
    "--plot",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Draw confidence against being right (SVG).",
)
@click.option(
    "--misses",
    "missed",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write what went wrong (JSON).",
)
def main(count: int, seed: int, plot: Path | None, missed: Path | None) -> None:
    """Judge the engine on generated sheets."""
    from rich.console import Console

    from backend.main import build_reading
    from benchmarks.blueprint import findings_of
    from benchmarks.calibration_plot import drawn
    from benchmarks.report import show

    run = judge(count, seed=seed, embedder=build_reading()[0])
    show({"benchmarks": [findings_of(run).to_json()]}, Console(width=120, highlight=False))
    if plot is not None:
        plot.write_text(drawn(binned(run.judged)), "utf-8")
    if missed is not None:
        missed.write_text(json.dumps(misses(run.judged), indent=1, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main()
