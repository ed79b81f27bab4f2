"""The rules of the house that import contracts cannot say, and proof that the contracts can fail."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from tests.architecture import errors_page
from tests.architecture.source import ROOT, error_codes, modules

# whoever passes row-level security, and why, is listed here by hand
SYSTEM_CALLERS = {
    "backend/cli/creating.py": "local operators take blueprints live",
    "backend/cli/documents.py": "local operators publish without a sign-in",
    "backend/cli/sources.py": "local operators import without a sign-in",
    "backend/flows/auditing.py": "recomputes the receipts of all conversations",
    "backend/flows/connectors.py": "pages of feeds and sealed credentials, once the database has begun the run",
    "backend/flows/imports.py": "imports, once the database has issued the ticket",
    "backend/flows/resealing.py": "seals everything anew with the first key",
    "backend/flows/sampling.py": "reads samples whose process is gone",
    "backend/flows/sandbox.py": "rehearses holds, all of it undone",
    "backend/cli/evaluation_ground.py": "fills a throw-away database that attacks are tried on",
    "backend/cli/evaluation_attacks.py": "reads what attacks did to that database",
    "backend/flows/demo.py": "makes the demo's organizations and people",
    "backend/worker.py": "nightly house-keeping",
}


def calls_of(tree: ast.Module, name: str) -> list[ast.Call]:
    return [
        n
        for n in ast.walk(tree)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr == name
    ]


def test_callers_of_the_system_door_are_known_and_give_a_reason() -> None:
    seen: set[str] = set()
    for path, tree in modules("backend", "app"):
        for call in calls_of(tree, "as_system"):
            seen.add(str(path.relative_to(ROOT)))
            reason = call.args[0]
            assert isinstance(reason, ast.Constant | ast.JoinedStr), f"{path}: the reason must be written out"
    assert seen == set(SYSTEM_CALLERS)


def test_no_domain_reaches_into_another_domains_insides() -> None:
    graph = grimp.build_graph("backend")
    offences: list[str] = []
    for importer in graph.modules:
        for imported in graph.find_modules_directly_imported_by(importer):
            parts = imported.split(".")
            inside = len(parts) > 3 and imported.startswith("backend.domains.")
            if (
                inside
                and parts[3] in {"queries", "rules"}
                and not importer.startswith(f"backend.domains.{parts[2]}")
            ):
                offences.append(f"{importer} -> {imported}")
    assert offences == []


def test_services_and_queries_never_commit() -> None:
    for path, tree in modules("backend/domains", "backend/flows"):
        assert not calls_of(tree, "commit"), path
        assert not calls_of(tree, "rollback"), path


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("backend/domains/journal/service.py", "from backend.domains.catalogue import service as planted"),
        ("backend/kit/planted.py", "from backend.flows import storefront"),
        ("backend/domains/transactions/model.py", "import psycopg"),
        ("app/components/planted.py", "import backend.core.errors"),
        ("backend/core/planted.py", "import reflex"),
    ],
)
def test_a_planted_violation_breaks_the_contracts(tmp_path: Path, place: str, line: str) -> None:
    for folder in ("app", "backend"):
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("node_modules", "__pycache__")
        )
    shutil.copy(ROOT / ".importlinter", tmp_path)
    target = tmp_path / place
    target.write_text((target.read_text() if target.exists() else "") + f"\n{line}\n")
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(tmp_path)}
    )
    assert done.returncode == 1, done.stdout
    assert "BROKEN" in done.stdout


def test_every_error_code_is_documented() -> None:
    assert errors_page.PAGE.read_text() == errors_page.page(), "run: python -m tests.architecture.errors_page"


def test_every_error_code_has_words() -> None:
    from app.messages import WORDS

    missing = {code: where for code, where in error_codes().items() if code not in WORDS}
    assert missing == {}


def test_no_file_grows_past_its_noun() -> None:
    """300 lines is where the second noun usually hides; generated and data files aside."""
    long = {
        str(path.relative_to(ROOT)): lines
        for path, _ in modules("backend", "app")
        if (lines := len(path.read_text().splitlines())) > 350
    }
    assert long == {}


def test_nothing_committed_names_a_machine_or_a_registry() -> None:
    command = [
        "git",
        "grep",
        "-nIE",
        r"/(root|home)/[a-z]|registry\.npmjs|files\.pythonhosted|pypi\.org",
        "--",
        ".",
        ":!tests/architecture",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == ""
