"""Reads the project's own source for tests of its rules."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ERROR_KINDS = {
    "InvalidInput", "NotSignedIn", "NotAllowed", "NotFound", "Conflict", "Gone", "TooMany", "Upstream", "Busy",
}  # fmt: skip
CODE = re.compile(r"^[a-z]+\.[a-z_]+$")


def modules(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "node_modules" not in path.parts:
                yield path, ast.parse(path.read_text(), str(path))


def error_codes() -> dict[str, str]:
    """Every code that can leave the product, with a place that raises it."""
    found: dict[str, str] = {}
    for path, tree in modules("backend", "app"):
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {*ERROR_KINDS, "_refusal", "render"}
            ):
                for argument in node.args:
                    for leaf in ast.walk(argument):
                        if (
                            isinstance(leaf, ast.Constant)
                            and isinstance(leaf.value, str)
                            and CODE.match(leaf.value)
                        ):
                            found.setdefault(leaf.value, str(path.relative_to(ROOT)))
    for path in sorted((ROOT / "supabase/migrations").glob("*.sql")):
        for code in re.findall(r"private\.fail\(\s*\d+\s*,\s*'([a-z]+\.[a-z_]+)'", path.read_text()):
            found.setdefault(code, str(path.relative_to(ROOT)))
    found.setdefault("events.paused", "supabase/migrations")  # built from the event's status
    return found
