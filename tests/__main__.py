"""`python -m tests`: every check, then every test. Says what runs, how long it took, and stops at the first failure.

`--only checks` or `--only tests` runs one half; further arguments go to pytest.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

BIN = Path(sys.executable).parent
CHECKS = {
    "ruff": [str(BIN / "ruff"), "check", "--quiet", "."],
    "pyright": [str(BIN / "pyright"), "--warnings"],
    "import-linter": [str(BIN / "lint-imports")],
    "sqlfluff": [str(BIN / "sqlfluff"), "lint", "--disable-progress-bar", "supabase/migrations"],
}


def run(name: str, command: list[str]) -> None:
    began = time.monotonic()
    print(f"== {name}", flush=True)
    done = subprocess.run(command, check=False)
    print(f"   {'ok' if done.returncode == 0 else 'FAILED'} in {time.monotonic() - began:.1f} s", flush=True)
    if done.returncode:
        sys.exit(done.returncode)


def main(arguments: list[str]) -> None:
    only = ""
    if arguments[:1] == ["--only"]:
        only, arguments = arguments[1], arguments[2:]
    if only != "tests":
        for name, command in CHECKS.items():
            run(name, command)
    if only != "checks":
        run("pytest", [sys.executable, "-m", "pytest", *arguments])


if __name__ == "__main__":
    main(sys.argv[1:])
