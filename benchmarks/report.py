"""What a run says of itself: a table for the terminal, JSON for machines, a page for the docs."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.measure import Findings

_COLUMNS = ("figure", "ratio", "p50", "p95", "n", "floor", "floor p50", "floor p95", "goal")
_ABOUT = """\
Written by `mpax bench --page`; do not edit. Run `mpax bench` for the same figures on your machine.

Read the ratios first: each is the median of the figure by the median of its floor, and both were taken turn by turn in
one run, so that they hold on other machines too. Milliseconds hold for this machine alone. A rate (`/s`) is better when
its ratio is higher, a time when it is lower. The floor is the cheapest thing that could do the job at all.
"""


def machine() -> dict[str, Any]:
    """What kind of machine this is, without naming it."""
    return {
        "cores": psutil.cpu_count(logical=True),
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "load": round(psutil.getloadavg()[0], 1),
        "system": platform.system(),
        "architecture": platform.machine(),
        "python": platform.python_version(),
    }


def to_json(
    findings: list[Findings], *, sizes: str, server: dict[str, str], remark: str, began: datetime
) -> dict[str, Any]:
    return {
        "schema": "mpax_bench.v1",
        "began_at": began.isoformat(timespec="seconds"),
        "ended_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "sizes": sizes,
        "remark": remark,
        "machine": machine(),
        "server": server,
        "benchmarks": [one.to_json() for one in findings],
    }


def show(run: dict[str, Any], console: Console) -> None:
    """The whole run as tables."""
    for one in run["benchmarks"]:
        console.print()
        if one["skipped"]:
            console.print(f"[bold]{one['bench']}[/]  {_why_not(one)}")
            continue
        console.print(f"[bold]{one['bench']}[/]  [dim]{one['took_s']} s[/]")
        if one["figures"]:
            table = Table(box=None, pad_edge=False, header_style="dim")
            for at, name in enumerate(_COLUMNS):
                table.add_column(name, justify="left" if at in (0, 5, 8) else "right", overflow="fold")
            for figure in one["figures"]:
                table.add_row(*_cells(figure))
            console.print(table)
        for extra in one["tables"]:
            console.print(_extra_table(extra))
        for note in _notes(one):
            console.print(f"[dim]{note}[/]", soft_wrap=True)


def page(run: dict[str, Any]) -> str:
    """`docs/performance.md`."""
    there, server = run["machine"], run["server"]
    lines = ["# Performance", "", _ABOUT]
    lines.append(
        f"Measured {run['began_at'][:10]} ({run['sizes']} sizes) on {there['cores']} {there['architecture']} cores, "
        f"{there['memory_gb']} GB, {there['system']}, Python {there['python']}, Postgres {server['server_version']} "
        f"with fsync {server['fsync']}, shared_buffers {server['shared_buffers']}; clients and server share the cores."
    )
    lines += ["", run["remark"]] if run["remark"] else []
    for one in run["benchmarks"]:
        lines += ["", f"## {one['bench'].capitalize()}", ""]
        if one["skipped"]:
            lines.append(_why_not(one))
        if one["figures"]:
            lines += _markdown(list(_COLUMNS), [_cells(figure) for figure in one["figures"]])
        for extra in one["tables"]:
            lines += ["", f"**{extra['title']}**", "", *_markdown(extra["columns"], extra["rows"])]
        lines += ["", *(f"- {note}" for note in _notes(one))]
    return "\n".join(lines) + "\n"


def _notes(one: dict[str, Any]) -> list[str]:
    """What was noted at figures, and of the whole."""
    noted = [f"{figure['name']}: {figure['note']}." for figure in one["figures"] if figure["note"]]
    return [*noted, *one["notes"]]


def _why_not(one: dict[str, Any]) -> str:
    return f"{'failed' if one['failed'] else 'skipped'}: {one['skipped']}"


def _cells(figure: dict[str, Any]) -> list[str]:
    own, floor, unit = figure["own"], figure["floor"], figure["unit"]
    ratio = f"{figure['ratio']:.2f}×" if figure["ratio"] else "–"
    goal = figure["goal"]
    met = {True: " ✓", False: " ✗", None: ""}[goal["met"]] if goal else ""
    return [
        figure["name"],
        ratio,
        f"{_short(own['p50'])} {unit}".strip(),
        _short(own["p95"]),
        str(own["n"]),
        figure["floor_name"] or "–",
        _short(floor["p50"]) if floor else "–",
        _short(floor["p95"]) if floor else "–",
        f"{goal['words']}{met}" if goal else "",
    ]


def _short(value: float) -> str:
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def _extra_table(extra: dict[str, Any]) -> Table:
    table = Table(title=extra["title"], box=None, pad_edge=False, title_justify="left", header_style="dim")
    for at, name in enumerate(extra["columns"]):
        table.add_column(name, justify="right" if at else "left")
    for row in extra["rows"]:
        table.add_row(*row)
    return table


def _markdown(columns: list[str], rows: list[list[str]]) -> list[str]:
    lines = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    return lines + [f"| {' | '.join(cell.replace('|', '·') for cell in row)} |" for row in rows]
