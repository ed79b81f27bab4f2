"""`mpax event publish`, `list` and `versions` against the real database."""

from __future__ import annotations

import json
from pathlib import Path

from backend.core.errors import NotFound
from tests.services.events.cli import at_the_test_database, call, sale, write

__all__ = ["at_the_test_database", "sale"]


def test_publish_list_versions(sale: Path) -> None:
    done = call("publish", sale, "--organization", "seller", "--message", "First")
    assert done.exit_code == 0, done.output
    assert done.output.startswith("summer-sale version 1 published (")
    assert "is in force already" in call("publish", sale).output
    second = json.loads(call("publish", write(sale, 45), "--json").output)
    assert (second["number"], second["is_new"], second["author_id"]) == (2, True, None)
    assert "summer-sale" in call("list").output
    listed = {item["slug"]: item for item in json.loads(call("list", "--json").output)}
    assert (listed["summer-sale"]["status"], listed["summer-sale"]["current_number"]) == ("live", 2)
    lines = call("versions", "summer-sale").output.splitlines()
    assert [line.split()[0] for line in lines] == ["*", "1"]
    assert [item["number"] for item in json.loads(call("versions", "summer-sale", "--json").output)] == [2, 1]


def test_an_event_needs_an_organization_the_first_time(sale: Path) -> None:
    assert isinstance(call("publish", sale).exception, NotFound)  # `mpax` says it in one sentence
    assert isinstance(call("publish", sale, "--organization", "nobody").exception, NotFound)


def test_a_bad_document_is_refused_with_its_place(sale: Path) -> None:
    sale.write_text("id: summer-sale\nconversion:\n  hold_minute: 3\n")
    done = call("publish", sale, "--organization", "seller")
    assert done.exit_code == 1
    assert f"{sale}:3:3 /conversion/hold_minute: " in done.output
    told = json.loads(call("publish", sale, "--json").output)
    assert told["code"] == "events.invalid_document"
    assert json.loads(call("list", "--json").output)[0]["slug"] == "spring-sale"
