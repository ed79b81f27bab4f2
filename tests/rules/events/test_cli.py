"""The commands that need no database: what they print, and their exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from backend.cli.events import event
from backend.domains.events.reading import LARGEST_BYTES
from backend.domains.events.reference import event_document_reference

BAD = "extends: platform_defaults\nid: sale\npersona:\n  nam: Claire\nanalytics: {test_plan: nothing}\n"


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(event, [str(argument) for argument in arguments])


@pytest.fixture
def sale(tmp_path: Path) -> Path:
    file = tmp_path / "sale.yaml"
    file.write_text("extends: platform_defaults\nid: sale\n")
    return file


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    file = tmp_path / "bad.yaml"
    file.write_text(BAD)
    return file


def test_a_good_document_is_fine(sale: Path) -> None:
    done = call("validate", sale)
    assert (done.exit_code, done.output) == (0, f"{sale}: fine\n")


def test_problems_are_printed_as_compilers_do(sale: Path, bad: Path) -> None:
    done = call("validate", sale, bad)
    assert done.exit_code == 1
    assert f"{bad}:4:3 /persona/nam: “nam” is not a field here. (did you mean “name”?)\n" in done.output
    assert f"{bad}:5:13 /analytics/test_plan: warning: " in done.output
    assert f"{bad}: 1 error, 1 warning\n" in done.output


def test_json_for_scripts(sale: Path, bad: Path) -> None:
    done = call("validate", sale, bad, "--json")
    assert done.exit_code == 1
    first, second = json.loads(done.stdout)
    assert first["ok"]
    assert len(first["sha256"]) == 64
    assert not second["ok"]
    assert {problem["path"] for problem in second["problems"]} == {"/persona/nam", "/analytics/test_plan"}


def test_compile_prints_what_is_hashed(sale: Path, tmp_path: Path) -> None:
    printed = call("compile", sale)
    assert printed.exit_code == 0
    out = tmp_path / "sale.json"
    written = call("compile", sale, "--out", out)
    assert out.read_text("utf-8") + "\n" == printed.stdout
    assert json.loads(call("compile", sale, "--json").stdout)["sha256"] == written.stdout.strip()


def test_a_bad_document_is_not_compiled(bad: Path, tmp_path: Path) -> None:
    out = tmp_path / "bad.json"
    assert call("compile", bad, "--out", out).exit_code == 1
    assert not out.exists()


def test_templates_beside_the_document_are_found(sale: Path, tmp_path: Path) -> None:
    child = tmp_path / "child.yaml"
    child.write_text("extends: sale\nid: child\n")
    assert call("validate", child).exit_code == 0


def test_a_document_that_extends_itself(tmp_path: Path) -> None:
    file = tmp_path / "loop.yaml"
    file.write_text("extends: loop\nid: loop\n")
    done = call("validate", file)
    assert done.exit_code == 1
    assert "leads back" in done.output


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "huge.yaml"
    with file.open("wb") as stream:
        stream.truncate(LARGEST_BYTES * 500)
    done = call("validate", file)
    assert done.exit_code == 1
    assert "larger than" in done.output


@pytest.mark.parametrize(
    "arguments", [("validate",), ("validate", "nowhere.yaml"), ("compile",), ("unknown",)]
)
def test_a_wrong_call_has_its_own_exit_code(arguments: tuple[str, ...]) -> None:
    assert call(*arguments).exit_code == 2


def test_help_names_the_exit_codes() -> None:
    assert "Exit codes" in call("--help").output


def test_the_reference_is_printed(tmp_path: Path) -> None:
    assert call("reference").stdout == event_document_reference()
    call("reference", "--out", tmp_path / "page.md")
    assert (tmp_path / "page.md").read_text("utf-8") == event_document_reference()
