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


def test_two_documents_are_compared_in_words(sale: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("extends: platform_defaults\nid: sale\nconversion: {hold_minutes: 60}\n")
    done = call("diff", sale, other)
    assert done.exit_code == 0
    assert done.output.splitlines() == [
        f"{sale} → {other}: 1 change, medium risk",
        "  ~ hold length 24 → 60 minutes  (medium, reaches open conversations, inside its lever)",
    ]
    assert call("diff", sale, other, "--exit-code").exit_code == 3
    assert call("diff", sale, sale, "--exit-code").output == f"{sale} → {sale}: no difference\n"
    assert json.loads(call("diff", sale, other, "--patch").stdout) == [
        {"op": "replace", "path": "/conversion/hold_minutes", "value": 60}
    ]
    told = json.loads(call("diff", sale, other, "--json").stdout)
    assert (told["risk"], told["is_lever_only"], told["gone"]) == ("medium", True, [])


def test_what_open_conversations_may_miss_is_said(sale: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("extends: platform_defaults\nid: sale\npreference_extraction: {signals: [USE_CASE]}\n")
    done = call("diff", sale, other)
    assert "  ! open conversations may be using the signal “GEO_RADIUS”" in done.output


def test_a_bad_document_is_not_compared(sale: Path, bad: Path) -> None:
    done = call("diff", sale, bad)
    assert done.exit_code == 1
    assert "is not a field here" in done.output
    refused = call("diff", sale, bad, "--json")
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["code"] == "events.invalid_document"


@pytest.mark.parametrize(
    "arguments",
    [
        ("validate",),
        ("validate", "nowhere.yaml"),
        ("compile",),
        ("unknown",),
        ("diff",),
        ("diff", "No such thing.yaml"),
        ("diff", "some-sale", "nowhere.yaml"),
        ("diff", __file__),
        ("diff", __file__, __file__, "--from", "1"),
        ("diff", "some-sale", __file__, "--to", "1"),
        ("rollback", "some-sale", "--to", "1"),
        ("rollback", "some-sale", "--to", "0", "--reason", "x"),
        ("branch", "some-sale"),
        ("merge", "some-sale"),
        ("export", "some-sale"),
        ("import", "nowhere"),
    ],
)
def test_a_wrong_call_has_its_own_exit_code(arguments: tuple[str, ...]) -> None:
    assert call(*arguments).exit_code == 2


def test_help_names_the_exit_codes() -> None:
    told = call("--help").output
    assert "Exit codes" in told
    assert all(f"\n    {code}  " in told for code in range(5))


def test_every_command_speaks_to_scripts() -> None:
    for name, command in event.commands.items():
        assert command.help, name
        assert name == "reference" or "--json" in [o for p in command.params for o in p.opts], name


def test_the_reference_is_printed(tmp_path: Path) -> None:
    assert call("reference").stdout == event_document_reference()
    call("reference", "--out", tmp_path / "page.md")
    assert (tmp_path / "page.md").read_text("utf-8") == event_document_reference()
