"""Serves the product on one port: pages, event socket and HTTP API. `python -m app.serve`.

The bundle is built when its sources have changed, and serves every host and port; so a second start takes seconds, and
further processes share one build. Node 22 or newer must be first in PATH for a build.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

import click
import uvicorn

ROOT = Path(__file__).resolve().parents[1]
BUNDLE = ROOT / ".web" / "build" / "client"
STAMP = ROOT / ".web" / "mpax-sources.sha256"
SOURCES = ("app/**/*.py", "assets/**/*", "rxconfig.py", "reflex.lock/*")

#: Production mode; the bundle is there already; serve it from this process.
SERVING = {
    "REFLEX_ENV_MODE": "prod",
    "__REFLEX_SKIP_COMPILE": "true",
    "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
}


def sources_digest() -> str:
    """What the bundle is made of. Changes whenever a build would give another one."""
    digest = hashlib.sha256(importlib.metadata.version("reflex").encode())
    files = sorted({path for pattern in SOURCES for path in ROOT.glob(pattern) if path.is_file()})
    for path in files:
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def is_built() -> bool:
    try:
        return STAMP.read_text() == sources_digest() and (BUNDLE / "index.html").exists()
    except FileNotFoundError:
        return False


def build() -> None:
    """Builds the bundle unless it is there. Processes that start together wait for one build.

    Raises: ClickException when Reflex or npm fails; their own words have been shown.
    """
    STAMP.parent.mkdir(exist_ok=True)
    with (ROOT / ".web" / ".build-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_built():
            return
        env = {**os.environ, "REFLEX_USE_NPM": "1", "REFLEX_TELEMETRY_ENABLED": "false"}
        command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"]
        if subprocess.run(command, cwd=ROOT, env=env, check=False).returncode:
            raise click.ClickException("The user interface could not be built; the reason stands above.")
        STAMP.write_text(sources_digest())


@click.command()
@click.option("--host", default=os.environ.get("MPAX_HOST") or "127.0.0.1", help="Address to listen on.")
@click.option("--port", type=int, default=int(os.environ.get("MPAX_PORT") or 3000), help="Port to listen on.")
@click.option("--build-only", is_flag=True, help="Build the bundle and stop.")
def main(host: str, port: int, build_only: bool) -> None:
    """Serves pages and API on one port."""
    build()
    if build_only:
        return
    os.chdir(ROOT)
    os.environ.update(SERVING, MPAX_PORT=str(port))
    uvicorn.run(
        "app.app:app",
        factory=True,
        host=host,
        port=port,
        ws="websockets-sansio",
        log_level="warning",
        timeout_graceful_shutdown=3,
    )


if __name__ == "__main__":
    main()
