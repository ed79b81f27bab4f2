"""Throw-away Postgres servers for tests: a temporary folder, no durability, gone at the end."""

from __future__ import annotations

import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backend.local import contrib
from backend.local.account import Account, postgres_account
from backend.local.bootstrap import bootstrap
from backend.local.faults import Fault
from backend.local.layout import HOST
from backend.local.ports import free_layout_ports
from backend.local.postgres import MAJOR, Cluster


@contextmanager
def start_scratch(major: int = MAJOR, *, prepared: bool = True) -> Iterator[str]:
    """Runs a server of the major version and yields the DSN of its owner.

    `prepared` makes it look like Supabase before the first migration; that needs the gateway's npm packages,
    which are installed when missing.
    """
    account = postgres_account()
    home = Path(tempfile.mkdtemp(prefix="mpax-pg-"))
    account.own(home)
    try:
        with _server(home, major, account) as dsn:
            if prepared:
                bootstrap(dsn)
            yield dsn
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _server(home: Path, major: int, account: Account) -> Iterator[str]:
    if major == MAJOR:
        contrib.install()
    password = secrets.token_urlsafe(16)
    cluster = Cluster(home / "pg", free_layout_ports()[0], account, major, durable=False)
    cluster.initialise(password)
    cluster.configure()
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            cluster.argv,
            env=cluster.env,
            cwd=cluster.data,
            user=account.uid,
            group=account.gid,
            extra_groups=[] if account.uid is not None else None,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + 15
        while not cluster.is_ready():
            if process.poll() is not None or time.monotonic() > deadline:
                raise Fault(f"Scratch Postgres {major} did not start: {(home / 'log').read_text()[-500:]}")
            time.sleep(0.05)
        yield f"postgresql://postgres:{password}@{HOST}:{cluster.port}/postgres"
    finally:
        cluster.clear_leftovers()
        process.wait(10)
