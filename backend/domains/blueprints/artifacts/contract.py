"""What a mapping promises: made-up rows, and what the import makes of each. Reads a file, no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from backend.domains.blueprints.artifacts.samples import MARK
from backend.domains.catalogue import service as catalogue

#: Runs wherever the tree lies, with pytest alone; with the product installed it also reads the made-up rows.
CONTRACT_TEST: Final = '''"""The contract of this event: files as written, nothing left out shows, rows read as promised.

    python -m pytest tests
"""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = json.loads((ROOT / "MANIFEST.json").read_text("utf-8"))


@pytest.mark.parametrize("path", sorted(MANIFEST["files"]))
def test_each_file_is_as_it_was_written(path):
    assert hashlib.sha256((ROOT / path).read_bytes()).hexdigest() == MANIFEST["files"][path]["sha256"]


def test_nothing_of_a_left_out_column_is_in_a_listing():
    for expected in Path(__file__).parent.glob("expected*.json"):
        assert "LEFT-OUT" not in expected.read_text("utf-8")


@pytest.mark.skipif(shutil.which("mpax") is None, reason="mpax is not installed here")
def test_the_rows_are_read_as_promised():
    command = ["mpax", "event", "create", "--from", str(ROOT), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
'''


def contract_of(path: Path, mapping: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Row by row: its values, and its cells that are refused with the reason."""
    read = catalogue.preview_rows(path, mapping, limit=None)
    return [
        {
            "row": each.row,
            "values": dict(each.values),
            "refused": [
                {"column": p.column, "reason": str(p.reason), "effect": p.effect} for p in each.problems
            ],
        }
        for each in read
    ]


def broken_promises(
    promised: Sequence[Mapping[str, Any]], kept: Sequence[Mapping[str, Any]], file: str
) -> list[str]:
    """What the import makes otherwise of the rows than was promised, a sentence each; and what it should never say."""
    found = (
        [f"{file}: {len(promised)} rows were promised, {len(kept)} are read."]
        if len(promised) != len(kept)
        else []
    )
    for before, now in zip(promised, kept, strict=False):
        found += _differences(before, now, file)
    leaked = [each["row"] for each in kept if MARK in str(each["values"])]
    found += [f"{file}: row {row} shows a column that is left out." for row in leaked]
    return found


def _differences(before: Mapping[str, Any], now: Mapping[str, Any], file: str) -> list[str]:
    values: Mapping[str, Any] = before["values"]
    names = sorted({*values, *now["values"]})
    found = [
        f"{file}: row {before['row']}, {name}: promised {values.get(name)!r}, read as {now['values'].get(name)!r}."
        for name in names
        if values.get(name) != now["values"].get(name)
    ]
    if before["refused"] != now["refused"]:
        columns = sorted({cell["column"] for cell in (*before["refused"], *now["refused"])})
        found.append(f"{file}: row {before['row']} is refused otherwise in {', '.join(columns)}.")
    return found
