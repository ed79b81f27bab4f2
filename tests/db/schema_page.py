"""`python -m tests.db.schema_page` writes docs/reference/schema.sql: today's database as one readable file."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from backend.local.postgres import installation
from tests.postgres import start_postgres

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "schema.sql"
HEAD = "-- The database after all migrations: schemas public and private. Written by `python -m tests.db.schema_page`.\n"
_NOISE = re.compile(r"^(--.*|SET .*|SELECT pg_catalog\..*|\\(un)?restrict .*|)$")
# partitions are made month by month and event by event
_PARTITIONS = ("public.journal_2*", "private.listing_scan_*")


def schema_sql(dsn: str) -> str:
    """What pg_dump says of the two schemas, without its noise."""
    command = [
        str(installation() / "bin" / "pg_dump"),
        "--schema-only",
        "--no-owner",
        "-n",
        "public",
        "-n",
        "private",
    ]
    command += [f"--exclude-table={pattern}" for pattern in _PARTITIONS]
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    dump = subprocess.run([*command, dsn], capture_output=True, text=True, check=True, env=env).stdout
    lines = [line for line in dump.splitlines() if not _NOISE.match(line)]
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    with start_postgres() as server:
        PAGE.write_text(schema_sql(server.dsn(server.template)), "utf-8")
