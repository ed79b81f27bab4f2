"""Examines this machine: is there what the stack needs, and does anything stand in its way? Changes nothing."""

from __future__ import annotations

import os
import platform
import pwd
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from backend.local import contrib, node, ports, services
from backend.local.account import NAME, Account, postgres_account, require_reach
from backend.local.faults import Fault
from backend.local.layout import PROJECT, Layout
from backend.local.postgres import installation
from backend.local.runfile import read_run
from backend.local.stack import LEAST_FREE_BYTES, is_claimed

COMFORTABLE_FREE_BYTES = 5 * 10**9
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line. `level` is ok, warn or fail; `mend` says what to do about the latter two."""

    level: str
    subject: str
    text: str
    mend: str = ""


def examine(layout: Layout) -> Iterator[Finding]:
    """All findings, one after the other."""
    checks: tuple[Callable[[Layout], Finding], ...] = (
        _python,
        _postgres,
        _account,
        _extensions,
        _node,
        _npm_packages,
        _deno,
        _chromium,
        _disk,
        _home,
        _data,
    )
    for check in checks:
        try:
            yield check(layout)
        except Fault as fault:
            yield Finding("fail", check.__name__.strip("_").replace("_", " "), fault.problem, fault.mend)
    yield from _ports(layout)


def find_chromium() -> Path | None:
    """An installed chromium: `MPAX_CHROMIUM`, in PATH, or Playwright's own."""
    if named := os.environ.get("MPAX_CHROMIUM"):
        return Path(named) if Path(named).exists() else None
    for name in CHROMIUM_NAMES:
        if found := shutil.which(name):
            return Path(found)
    caches = (
        os.environ.get("PLAYWRIGHT_BROWSERS_PATH"),
        "~/.cache/ms-playwright",
        "~/Library/Caches/ms-playwright",
    )
    for cache in caches:
        folder = Path(cache).expanduser() if cache else None
        for program in ("chrome", "Chromium", "headless_shell", "chrome-headless-shell"):
            if folder and (hits := sorted(folder.glob(f"chromium*/**/{program}"))):
                return hits[-1]
    return None


def _python(_: Layout) -> Finding:
    version = platform.python_version()
    if sys.hexversion < 0x030B0000:
        return Finding(
            "fail", "python", version, "Install Python 3.11 or newer and make the environment anew."
        )
    return Finding("ok", "python", version)


def _postgres(_: Layout) -> Finding:
    versions: list[str] = []
    for major in (18, 16):
        program = installation(major) / "bin" / "postgres"
        versions.append(_first_line([str(program), "--version"]).rpartition(" ")[2])
    return Finding("ok", "postgres", f"{versions[0]}, and {versions[1]} for tests")


def _account(layout: Layout) -> Finding:
    if os.geteuid() != 0:
        return Finding("ok", "account", "not root: Postgres runs as you")
    if not _account_exists():
        return Finding("ok", "account", f"root: the user {NAME} will be made for Postgres")
    account: Account = postgres_account()
    require_reach(account, installation(), "its programs in")
    require_reach(account, layout.pg, "its data in")
    return Finding("ok", "account", f"root: Postgres runs as {NAME}, who can reach programs and data")


def _account_exists() -> bool:
    try:
        pwd.getpwnam(NAME)
    except KeyError:
        return False
    return True


def _extensions(_: Layout) -> Finding:
    missing = sorted(set(contrib.EXTENSIONS) - set(contrib.available()))
    if not missing:
        return Finding("ok", "extensions", "vector, " + ", ".join(contrib.EXTENSIONS))
    if not node.is_installed():
        return Finding(
            "ok", "extensions", f"{', '.join(missing)} come with the npm packages at the first start"
        )
    return Finding(
        "warn",
        "extensions",
        f"{', '.join(missing)} are not made for this platform ({platform.machine()} {platform.system()})",
        "Nothing needs doing: the stack works without them.",
    )


def _node(_: Layout) -> Finding:
    return Finding("ok", "node", _first_line([str(node.node()), "--version"]).lstrip("v"))


def _npm_packages(_: Layout) -> Finding:
    if node.is_installed():
        return Finding("ok", "npm packages", "installed as locked")
    return Finding(
        "warn", "npm packages", "not installed yet", "`mpax up` installs them; it needs the network once."
    )


def _deno(_: Layout) -> Finding:
    return Finding("ok", "deno", _first_line([services.deno(), "--version"]).split(" ")[1])


def _chromium(_: Layout) -> Finding:
    if found := find_chromium():
        return Finding("ok", "chromium", str(found))
    mend = "Only browser tests need it: `apt-get install chromium`, or `playwright install chromium`."
    return Finding("warn", "chromium", "not found", mend)


def _disk(layout: Layout) -> Finding:
    folder = next(path for path in (layout.home, *layout.home.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    text = f"{free / 1e9:.1f} GB free for {layout.home}"
    if free < LEAST_FREE_BYTES:
        return Finding("fail", "disk", text, "Make room, or set MPAX_HOME to a folder on another disk.")
    if free < COMFORTABLE_FREE_BYTES:
        return Finding("warn", "disk", text, "Enough to start; the build and a larger catalogue want 5 GB.")
    return Finding("ok", "disk", text)


def _home(layout: Layout) -> Finding:
    folder = next(path for path in (layout.home, *layout.home.parents) if path.exists())
    if not os.access(folder, os.W_OK):
        return Finding("fail", "home", f"{folder} cannot be written", "Set MPAX_HOME to a folder of yours.")
    return Finding("ok", "home", str(layout.home))


def _data(layout: Layout) -> Finding:
    cluster = services.cluster_of(layout)
    try:
        there = cluster.exists()
    except PermissionError:
        return Finding("fail", "data", f"{layout.pg} cannot be read", "Start as the user who made it.")
    if not there:
        return Finding("ok", "data", "none yet: made at the first start")
    cluster.check()
    return Finding("ok", "data", f"Postgres {(layout.pg / 'PG_VERSION').read_text().strip()} in {layout.pg}")


def _ports(layout: Layout) -> Iterator[Finding]:
    run = read_run(layout.run_json)
    own = {one.port for one in run.services.values()} if run and is_claimed(layout) else set[int | None]()
    wanted = {
        "gateway": (layout.gateway_port, "MPAX_PORT_BASE"),
        "postgres": (layout.postgres_port, "MPAX_PORT_BASE"),
        "realtime": (layout.realtime_port, "MPAX_PORT_BASE"),
        "functions": (layout.functions_port, "MPAX_PORT_BASE"),
        "app": (layout.app_port, "MPAX_PORT"),
    }
    for name, (port, setting) in wanted.items():
        if ports.is_free(port):
            yield Finding("ok", f"port {port}", f"free for {name}")
        elif port in own:
            yield Finding("ok", f"port {port}", f"ours: {name}")
        else:
            text = f"wanted for {name}, taken by {ports.describe_owner(port)}"
            yield Finding("fail", f"port {port}", text, f"Stop it, or choose other ports with {setting}.")


def _first_line(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=PROJECT)
    if done.returncode:
        raise Fault(
            f"{command[0]} does not run: {done.stderr.strip()[:200]}", "Install the dependencies anew."
        )
    return done.stdout.splitlines()[0]
