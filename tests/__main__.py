"""`python -m tests`: every check, then every test. Says what runs, how long it took, and stops at the first check that fails.

`--only checks` or `--only tests` runs one of the two; further arguments go to pytest, which then runs once. Without them the
tests run in two processes side by side, since those of one kind mostly wait: for stacks, servers and a browser.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

BIN = Path(sys.executable).parent
CHECKS = {
    "ruff": [str(BIN / "ruff"), "check", "--quiet", "."],
    "pyright": [str(BIN / "pyright"), "--warnings"],
    "import-linter": [str(BIN / "lint-imports")],
    "sqlfluff": [str(BIN / "sqlfluff"), "lint", "--disable-progress-bar", "supabase/migrations"],
}
#: Folders whose tests wait for what they start more than they reckon; those of all others run beside them.
WAITING = ("adapters", "api", "app", "architecture", "benchmarks", "db", "docs", "e2e")


def run(name: str, command: list[str]) -> None:
    began = time.monotonic()
    print(f"== {name}", flush=True)
    done = subprocess.run(command, check=False)
    print(f"   {_outcome(done.returncode)} in {time.monotonic() - began:.1f} s", flush=True)
    if done.returncode:
        sys.exit(done.returncode)


def run_side_by_side() -> None:
    """Both halves of the tests, each with servers of its own. The output of the second is shown when the first is through."""
    folders = sorted(path.parent for path in Path("tests").glob("*/__init__.py"))
    halves = {
        "waiting": [str(folder) for folder in folders if folder.name in WAITING],
        "working": [str(folder) for folder in folders if folder.name not in WAITING],
    }
    began = time.monotonic()
    with tempfile.TemporaryFile("w+") as later:
        commands = {
            name: [sys.executable, "-m", "pytest", "-o", f"cache_dir=.pytest_cache/{name}", *paths]
            for name, paths in halves.items()
        }
        with subprocess.Popen(commands["working"], stdout=later, stderr=subprocess.STDOUT) as beside:
            print(f"== pytest {' '.join(halves['waiting'])}", flush=True)
            first = subprocess.run(commands["waiting"], check=False).returncode
            print(f"   {_outcome(first)} after {time.monotonic() - began:.1f} s", flush=True)
            second = beside.wait()
        print(f"== pytest {' '.join(halves['working'])}", flush=True)
        later.seek(0)
        print(later.read(), end="", flush=True)
        print(f"   {_outcome(second)} after {time.monotonic() - began:.1f} s", flush=True)
    if first or second:
        sys.exit(first or second)


def _outcome(code: int) -> str:
    return "FAILED" if code else "ok"


def main(arguments: list[str]) -> None:
    only = ""
    if arguments[:1] == ["--only"]:
        only, arguments = arguments[1], arguments[2:]
    if only != "tests":
        for name, command in CHECKS.items():
            run(name, command)
    if only == "checks":
        return
    if arguments:
        run("pytest", [sys.executable, "-m", "pytest", *arguments])
    else:
        run_side_by_side()


if __name__ == "__main__":
    main(sys.argv[1:])
