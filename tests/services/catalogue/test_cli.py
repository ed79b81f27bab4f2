"""`mpax source import` as a process: its exit codes, its one sentence, and Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest

from backend.core.settings import Settings
from tests.factories import World
from tests.services.catalogue.conftest import MAPPING, ROWS, Sheet

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def command(settings: Settings, world: World, tmp_path: Path) -> list[str]:
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    start = "import sys; from backend.cli import main; sys.argv[0] = 'mpax'; main()"
    return [
        sys.executable,
        "-c",
        start,
        "source",
        "import",
        "--event",
        world.slug,
        "--mapping",
        str(tmp_path / "mapping.yaml"),
    ]


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    secrets = ("secret_key", "jwt_secret", "app_dsn", "system_dsn")
    shown = {name: getattr(settings, name).get_secret_value() for name in secrets}
    shown |= {
        "home": str(settings.home),
        "supabase_url": settings.supabase_url,
        "publishable_key": settings.publishable_key,
    }
    return {
        **os.environ,
        **{f"MPAX_{name.upper()}": value for name, value in shown.items()},
        "PYTHONPATH": str(ROOT),
    }


def run(command: list[str], environment: dict[str, str], *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*command, *more], env=environment, capture_output=True, text=True, check=False, cwd=ROOT
    )


def test_import_and_refusal(
    command: list[str], environment: dict[str, str], sheet: Sheet, tmp_path: Path
) -> None:
    done = run(command, environment, str(sheet()), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["added"] == 4
    bad = sheet([(*row[:5], "cheap", *row[6:]) for row in ROWS], "bad.csv")
    refused = run(command, environment, str(bad), "--rejects", str(tmp_path / "rejects.csv"))
    assert refused.returncode == 1
    assert refused.stderr.startswith("Nothing was imported. 4 of 4 rows of bad.csv cannot be used")
    assert "Traceback" not in refused.stderr
    assert len((tmp_path / "rejects.csv").read_text().splitlines()) == 5


def test_ctrl_c_imports_nothing(
    command: list[str],
    environment: dict[str, str],
    sheet: Sheet,
    owner: psycopg.Connection[Any],
    world: World,
) -> None:
    rows = [(f"C{n}", *ROWS[n % 4][1:]) for n in range(20_000)]
    process = subprocess.Popen(
        [*command, str(sheet(rows))], env=environment, stderr=subprocess.PIPE, text=True, cwd=ROOT
    )
    active = "select 1 from pg_stat_activity where datname = current_database() and query ilike 'copy %%'"
    deadline = time.monotonic() + 60
    while owner.execute(active).fetchone() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said.strip().splitlines()[-1]) == (130, "Stopped. Nothing was imported.")
    assert owner.execute(
        "select count(*) as n from public.listings where external_id like 'C%'"
    ).fetchone() == {"n": 0}
    assert owner.execute(
        "select catalogue_revision as r from public.events where id = %s", (world.event,)
    ).fetchone() == {"r": 0}
