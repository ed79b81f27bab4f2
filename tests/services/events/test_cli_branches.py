"""`mpax event branch` and `merge` against the real database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from backend.core.errors import Conflict, NotFound
from tests.services.events.cli import at_the_test_database, call, published, said, sale, write

__all__ = ["at_the_test_database", "sale"]


@pytest.fixture
def staged(sale: Path) -> Path:
    """A sale with a branch that begins at its first version."""
    published(sale)
    done = call("branch", "summer-sale", "staging", "--description", "Next week")
    assert done.output == "summer-sale staging begins at version 1\n", done.output
    return sale


def commit(file: Path, message: str = "Longer") -> None:
    done = call("branch", "summer-sale", "staging", "--commit", file, "--message", message)
    assert done.exit_code == 0, done.output


def test_a_branch_is_listed_compared_and_closed(staged: Path) -> None:
    commit(write(staged, 60))
    lines = call("branch", "summer-sale", "--list").output.splitlines()
    assert [line.split()[:2] for line in lines] == [["staging", "active"]]
    assert lines[0].endswith("Next week")
    assert said("branch", "summer-sale", "--list")[0]["name"] == "staging"
    compared = call("branch", "summer-sale", "staging", "--diff").output
    assert "hold length 30 → 60 minutes" in compared
    assert said("branch", "summer-sale", "staging", "--diff")["risk"] == "medium"
    assert call("branch", "summer-sale", "staging", "--close").output == "summer-sale staging is closed\n"
    assert isinstance(call("merge", "summer-sale", "staging").exception, Conflict)


def test_what_both_sides_did_is_published(staged: Path) -> None:
    commit(write(staged, 60))
    published(write(staged, 30, "Budget, Condition, Make"))
    done = call("merge", "summer-sale", "staging", "--message", "Go")
    assert done.exit_code == 0, done.output
    assert done.output.startswith("summer-sale version 3 published, with staging in it (")
    both = write(staged, 60, "Budget, Condition, Make")
    assert "no difference" in call("diff", "summer-sale", both).output


def test_the_same_place_on_both_sides_is_a_conflict(staged: Path) -> None:
    commit(write(staged, 60))
    published(write(staged, 45))
    refused = call("merge", "summer-sale", "staging")
    assert refused.exit_code == 4
    assert "  /conversion/hold_minutes  before: 30; --ours: 45; --theirs: 60" in refused.output
    for_scripts = call("merge", "summer-sale", "staging", "--json")
    assert for_scripts.exit_code == 4
    told = json.loads(for_scripts.stdout)
    assert [conflict["path"] for conflict in told["conflicts"]] == ["/conversion/hold_minutes"]
    assert (told["version"], told["draft"]) == (None, None)
    assert said("list")[-1]["current_number"] == 2


@pytest.mark.parametrize(
    ("option", "path", "minutes"),
    [("--theirs", "/conversion/hold_minutes", 60), ("--theirs", "/", 60), ("--theirs", "conversion", 60)],
)
def test_a_conflict_is_settled_by_path(staged: Path, option: str, path: str, minutes: int) -> None:
    commit(write(staged, 60))
    published(write(staged, 45))
    assert said("merge", "summer-sale", "staging", option, path)["version"]["number"] == 3
    assert "no difference" in call("diff", "summer-sale", write(staged, minutes)).output


def test_wrong_calls(staged: Path) -> None:
    assert call("branch", "summer-sale").exit_code == 2
    assert call("branch", "summer-sale", "staging", "--close", "--diff").exit_code == 2
    assert isinstance(call("branch", "summer-sale", "nobody", "--diff").exception, NotFound)
    assert isinstance(call("branch", "summer-sale", "staging").exception, Conflict)
    assert isinstance(call("merge", "nobody", "staging").exception, NotFound)
