"""A process that imports one file, for `imports` and `turns`: `python -m benchmarks.importing SLUG FILE MAPPING`.

A process of its own, so that its peak of memory is that of an import and nothing else. Writes one line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from backend.core.db import Database
from backend.core.settings import PROJECT, load_settings
from backend.domains.catalogue import service as catalogue
from backend.main import build_ports
from benchmarks.ground import Ground


def import_in_process(ground: Ground, slug: str, file: Path, mapping: Path) -> dict[str, Any]:
    """Shape: {took_s, rows, rejected, bytes, rss_before, rss_peak}."""
    command = [sys.executable, "-m", "benchmarks.importing", slug, str(file), str(mapping)]
    done = subprocess.run(command, cwd=PROJECT, env=ground.env(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"import of {file.name}: {(done.stderr.strip().splitlines() or ['?'])[-1]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


async def main(slug: str, file: Path, mapping: Path) -> None:
    settings = load_settings()
    ports = build_ports(settings)
    ports.embedder.embed(["warm"])
    database = Database(settings, ports)
    await database.open()
    size = (await asyncio.to_thread(file.stat)).st_size
    before = psutil.Process().memory_info().rss
    began = time.perf_counter()
    async with database.as_system("import for a benchmark") as ctx:
        report = await catalogue.import_file(
            ctx, event=slug, path=file, mapping=catalogue.read_mapping(mapping), max_rejects_percent=100
        )
    took = time.perf_counter() - began
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    await database.close()
    told = {
        "took_s": took,
        "rows": report.rows_read,
        "rejected": report.rejected,
        "bytes": size,
        "rss_before": before,
        "rss_peak": peak,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))
