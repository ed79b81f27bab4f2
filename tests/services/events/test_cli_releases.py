"""`mpax event diff`, `publish`, `rollback`, `history` and `clone` against the real database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from backend.core.errors import Conflict, InvalidInput, NotFound
from tests.services.events.cli import at_the_test_database, call, published, said, sale, write

__all__ = ["at_the_test_database", "sale"]


@pytest.fixture
def two(sale: Path) -> Path:
    """Two versions of one sale."""
    published(sale, "--message", "First")
    published(write(sale, 60, "Condition, Budget"), "--message", "Second")
    return sale


def test_publishing_says_what_changes_and_at_what_risk(sale: Path) -> None:
    first = call("publish", sale, "--organization", "seller")
    assert first.output.startswith("summer-sale version 1 published (")
    assert len(first.output.splitlines()) == 1
    done = call("publish", write(sale, 60, "Condition, Budget, Make"))
    assert done.output.splitlines()[1:] == [
        "Interface contract",
        "  ↕ moved “Condition” from 2nd to 1st in chips  (low)",
        "  + added the chip “Make”  (low)",
        "Conversion",
        "  ~ hold length 30 → 60 minutes  (medium, reaches open conversations, inside its lever)",
        "3 changes, medium risk",
    ]
    again = said("publish", sale)
    assert (again["number"], again["is_new"], again["diff"]) == (2, False, None)


def test_publishing_for_scripts(two: Path) -> None:
    told = said("publish", write(two, 45))
    assert (told["number"], told["kind"], told["risk"]) == (3, "publish", "medium")
    assert told["diff"]["changes"][0]["text"] == "hold length 60 → 45 minutes"
    assert not {"document", "source", "canonical"} & {*told}
    two.write_text("id: summer-sale\nconversion: {hold_minute: 3}\n")
    refused = call("publish", two, "--json")
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["code"] == "events.invalid_document"


def test_two_versions(two: Path) -> None:
    lines = call("diff", "summer-sale", "--from", 1, "--to", 2).output.splitlines()
    assert lines[0] == "summer-sale version 1 → version 2: 2 changes, medium risk"
    assert lines[4].startswith("  ~ hold length 30 → 60 minutes")
    assert call("diff", "summer-sale").output.splitlines() == lines
    back = call("diff", "summer-sale", "--from", 2, "--to", 1).output
    assert "hold length 60 → 30 minutes" in back
    assert "no difference" in call("diff", "summer-sale", "--from", 2).output


def test_a_version_and_a_file(two: Path) -> None:
    assert "no difference" in call("diff", "summer-sale", two).output
    write(two, 45, "Condition, Budget")
    assert "hold length 60 → 45 minutes" in call("diff", "summer-sale", two).output
    assert "hold length 30 → 45 minutes" in call("diff", "summer-sale", two, "--from", 1).output


def test_the_exit_code_of_a_difference(two: Path) -> None:
    assert call("diff", "summer-sale", two, "--exit-code").exit_code == 0
    write(two, 45)
    assert call("diff", "summer-sale", two, "--exit-code").exit_code == 3
    assert call("diff", "summer-sale", two).exit_code == 0


def test_what_is_not_there(two: Path) -> None:
    assert isinstance(call("diff", "nobody").exception, NotFound)
    assert isinstance(call("diff", "summer-sale", "--from", 9).exception, NotFound)
    refused = call("diff", "summer-sale", "--from", 9, "--json")
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["code"] == "events.no_such_version"


def test_going_back_asks_first(two: Path) -> None:
    asked = call("rollback", "summer-sale", "--to", 1, "--reason", "Too long", typed="n\n")
    assert asked.exit_code == 1
    assert "Going back from version 2 to version 1 of summer-sale" in asked.output
    assert "versions undone: 2" in asked.output
    assert "open conversations: 0" in asked.output
    assert said("list")[-1]["current_number"] == 2
    done = call("rollback", "summer-sale", "--to", 1, "--reason", "Too long", typed="y\n")
    assert done.exit_code == 0, done.output
    assert "summer-sale version 3 is in force, equal to version 1" in done.output
    assert "no difference" in call("diff", "summer-sale", "--from", 1).output


def test_going_back_from_a_script(two: Path) -> None:
    assert call("rollback", "summer-sale", "--to", 1, "--reason", "Why", "--json").exit_code == 2
    report = said("rollback", "summer-sale", "--to", 1, "--reason", "Why", "--dry-run")
    assert (report["version"], report["consequences"]["versions_undone"]) == (None, [2])
    assert said("list")[-1]["current_number"] == 2
    told = said("rollback", "summer-sale", "--to", 1, "--reason", "Why", "--yes")
    assert (told["version"]["number"], told["version"]["kind"]) == (3, "rollback")
    assert isinstance(
        call("rollback", "summer-sale", "--to", 9, "--reason", "Why", "--yes").exception, NotFound
    )


def test_going_back_needs_a_reason(two: Path) -> None:
    assert call("rollback", "summer-sale", "--to", 1, "--yes").exit_code == 2
    refused = call("rollback", "summer-sale", "--to", 1, "--reason", " ", "--yes").exception
    assert isinstance(refused, InvalidInput)
    assert refused.code == "events.reason_needed"
    same = call("rollback", "summer-sale", "--to", 2, "--reason", "Why", "--yes").exception
    assert isinstance(same, Conflict)


def test_history(two: Path) -> None:
    said("rollback", "summer-sale", "--to", 1, "--reason", "Too long", "--yes")
    told = said("history", "summer-sale")
    assert told["total"] == 3
    assert [line["number"] for line in told["versions"]] == [3, 2, 1]
    assert told["versions"][0]["restores"] == 1
    lines = call("history", "summer-sale").output.splitlines()
    assert lines[0].startswith("*    3")
    assert "rollback of 1" in lines[0]
    assert lines[0].endswith("system: Too long  [conversion, ui_contract]")
    assert lines[1].startswith("-    2")
    assert "1 older version" in call("history", "summer-sale", "--limit", 2).output


def test_a_clone_waits_as_a_draft(two: Path) -> None:
    told = said("clone", "summer-sale", "winter-sale", "--name", "Winter Sale")
    assert (told["draft"]["origin"], told["draft"]["status"], told["version"]) == ("clone", "open", None)
    listed = {item["slug"]: item for item in said("list")}
    assert (listed["winter-sale"]["name"], listed["winter-sale"]["current_number"]) == ("Winter Sale", None)
    assert isinstance(call("clone", "summer-sale", "winter-sale").exception, Conflict)


def test_a_clone_can_be_published_at_once(two: Path) -> None:
    done = call("clone", "summer-sale", "winter-sale", "--publish")
    assert done.output.startswith("winter-sale version 1 published (")
    found = call("diff", "winter-sale", two)
    lines = found.output.splitlines()[1:]
    assert [line.split(":")[0] for line in lines] == ["  ~ id", "  ~ name"]
