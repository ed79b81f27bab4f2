"""`python -m benchmarks`: what `mpax bench` runs."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: as every process of the product

import click
from rich.console import Console

from backend.local.faults import Fault
from benchmarks import report
from benchmarks.ground import FULL, QUICK, TINY, open_ground
from benchmarks.runner import BENCHMARKS, SERVICES, run_all

_SIZES = {"tiny": TINY, "quick": QUICK, "full": FULL}


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(BENCHMARKS)))
@click.option("--sizes", type=click.Choice(list(_SIZES)), default="full", show_default=True)
@click.option("--json", "out", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--page", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--from", "earlier", type=click.Path(path_type=Path, dir_okay=False, exists=True), multiple=True
)
@click.option("--remark", default="")
@click.option("--file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--mapping", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def main(
    names: tuple[str, ...],
    sizes: str,
    out: Path | None,
    page: Path | None,
    earlier: tuple[Path, ...],
    remark: str,
    file: Path | None,
    mapping: Path | None,
) -> None:
    """Measure, print, and write what was asked for."""
    logging.basicConfig(level=logging.ERROR)
    logging.getLogger("realtime").setLevel(logging.ERROR)  # the library sets a level of its own
    chosen = [name for name in BENCHMARKS if name in names or not names]
    if earlier:
        result = _joined([json.loads(path.read_text("utf-8")) for path in earlier])
    else:
        try:
            result = asyncio.run(_measure(chosen, sizes, remark, file, mapping))
        except Fault as fault:
            raise click.ClickException(f"{fault.problem} {fault.mend}") from None
    report.show(result, Console(width=None if Console().is_terminal else 170, highlight=False))
    if out is not None:
        out.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")
    if page is not None:
        page.write_text(report.page(result), "utf-8")
    if any(one["failed"] for one in result["benchmarks"]):
        sys.exit(1)


async def _measure(
    names: list[str], sizes: str, remark: str, file: Path | None, mapping: Path | None
) -> dict[str, Any]:
    tell = Console(stderr=True, highlight=False).print
    tell("starting a Postgres of its own")
    services = sorted(set().union(*(SERVICES.get(name, set()) for name in names)))
    async with open_ground(_SIZES[sizes], services=services, file=file, mapping=mapping) as ground:
        return await run_all(ground, names, sizes=sizes, remark=remark, tell=tell)


def _joined(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Several runs as one: of each benchmark the last."""
    latest = {one["bench"]: one for run in runs for one in run["benchmarks"]}
    ordered = [latest[name] for name in BENCHMARKS if name in latest]
    remarks = [run["remark"] for run in runs if run["remark"]]
    return runs[-1] | {"benchmarks": ordered, "remark": " ".join(dict.fromkeys(remarks))}


if __name__ == "__main__":
    main()
