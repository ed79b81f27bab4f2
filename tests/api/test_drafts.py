"""Drafts, approvals and previews over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tests.api.support import ADMIN, CONFIGS, DEALER, DOCUMENT, OPERATOR, VIEWER, agree
from tests.api.test_accounts import sign_in
from tests.api.test_configs import EVENT, get, send
from tests.product import SLUG, Product

LONGER = DOCUMENT.replace("hold_minutes: 24", "hold_minutes: 240")


@pytest.fixture
def draft(api: str) -> dict[str, Any]:
    answer = send(api, f"{EVENT}/drafts", {"yaml_content": LONGER, "title": "Longer holds"})
    assert answer.status_code == 201, answer.text
    return answer.json()


def path_of(draft: dict[str, Any], step: str = "") -> str:
    return f"{CONFIGS}/drafts/{draft['draft_id']}{step}"


def test_a_draft_says_what_it_changes_who_has_to_agree_and_when_it_ends(
    api: str, draft: dict[str, Any]
) -> None:
    assert (draft["revision"], draft["status"], draft["warning"]) == (1, "open", None)
    assert [change["text"] for change in draft["changes"]] == ["hold length 24 → 240 minutes"]
    assert draft["risk_assessment"]["risk_level"] == "medium"
    assert (draft["needs"]["needed"], draft["needs"]["met"]) == (1, False)
    assert draft["errors"] == []
    assert get(api, path_of(draft), VIEWER)["yaml_content"] == LONGER
    listed = get(api, f"{EVENT}/drafts")["drafts"]
    assert draft["draft_id"] in [item["draft_id"] for item in listed]


def test_a_text_with_errors_is_kept_and_who_comes_second_gets_the_difference(
    api: str, draft: dict[str, Any]
) -> None:
    broken = {"yaml_content": LONGER + "\nno_such: 1\n", "revision": 1}
    kept = send(api, path_of(draft), broken, method="PUT")
    assert kept.status_code == 200, kept.text
    assert kept.json()["problems"][0]["path"] == "/no_such"
    refused = send(api, path_of(draft, "/submit"), {"revision": 2})
    assert (refused.status_code, refused.json()["code"]) == (409, "events.draft_invalid")
    good = {"yaml_content": DOCUMENT.replace("hold_minutes: 24", "hold_minutes: 200"), "revision": 2}
    send(api, path_of(draft), good, ADMIN, "PUT").raise_for_status()
    late = send(api, path_of(draft), {"yaml_content": LONGER, "revision": 2}, method="PUT")
    assert (late.status_code, late.json()["code"]) == (409, "events.draft_stale")
    facts = late.json()["facts"]
    assert facts["revision"] == 3
    assert [change["text"] for change in facts["changes"]] == ["hold length 200 → 240 minutes"]
    assert facts["lines"]


def test_the_way_of_a_draft_into_force(api: str, draft: dict[str, Any]) -> None:
    before = get(api, EVENT)
    submitted = send(api, path_of(draft, "/submit"), {"revision": 1, "message": "Time to think"}).json()
    assert submitted["status"] == "in_review"
    own = {"revision": 1, "verdict": "approve"}
    refused = send(api, path_of(draft, "/reviews"), own)
    assert (refused.status_code, refused.json()["code"]) == (403, "events.own_draft")
    unable = send(api, path_of(draft, "/reviews"), own, VIEWER)
    assert (unable.status_code, unable.json()["code"]) == (403, "identity.needs_permission")
    waiting = get(api, f"{CONFIGS}/approvals", ADMIN)["approvals"]
    assert draft["draft_id"] in [item["draft_id"] for item in waiting]
    assert draft["draft_id"] not in [i["draft_id"] for i in get(api, f"{EVENT}/approvals")["approvals"]]
    agreed = agree(api, draft["draft_id"])
    assert (agreed["status"], agreed["needs"]["met"]) == ("approved", True)
    assert agreed["reviews"][0]["email"] == ADMIN
    key = {"Idempotency-Key": str(uuid4())}
    done = send(api, path_of(draft, "/publish"), {"revision": 1}, **key)
    assert done.status_code == 200, done.text
    assert send(api, path_of(draft, "/publish"), {"revision": 1}, **key).json() == done.json()
    assert done.json()["version"] == before["version"] + 1
    line = get(api, f"{EVENT}/history", limit=1)["changes"][0]
    assert (line["commit_message"], line["approved_by"], line["risk_level"]) == (
        "Time to think",
        [ADMIN],
        "medium",
    )
    back = {"target_version": before["version"], "reason": "A test is over"}
    send(api, f"{EVENT}/rollback", back).raise_for_status()


def test_a_draft_is_recalled_and_brought_up_to_date(api: str, draft: dict[str, Any]) -> None:
    send(api, path_of(draft, "/submit"), {"revision": 1}).raise_for_status()
    assert send(api, path_of(draft, "/recall"), {}).json()["status"] == "open"
    lever = next(i for i in get(api, f"{EVENT}/levers")["levers"] if i["path"] == "/conversion/hold_minutes")
    send(api, f"{EVENT}/levers", {"path": lever["path"], "value": lever["value"] + 2}).raise_for_status()
    assert get(api, path_of(draft))["warning"] == "behind"
    conflicts = send(api, path_of(draft, "/update"), {"revision": 1})
    assert (conflicts.status_code, conflicts.json()["code"]) == (409, "events.merge_conflicts")
    assert conflicts.json()["facts"]["conflicts"][0]["path"] == "/conversion/hold_minutes"
    choice = {"revision": 1, "resolutions": {"/conversion/hold_minutes": "ours"}}
    updated = send(api, path_of(draft, "/update"), choice)
    assert updated.status_code == 200, updated.text
    assert (updated.json()["is_behind"], updated.json()["revision"]) == (False, 2)
    send(api, f"{EVENT}/levers/undo", {}).raise_for_status()


@pytest.mark.parametrize("step", ["", "/submit", "/reviews", "/recall", "/update", "/publish"])
def test_a_draft_of_others_is_not_there(api: str, draft: dict[str, Any], step: str) -> None:
    bodies = {"": {"yaml_content": LONGER, "revision": 1}, "/reviews": {"revision": 1, "verdict": "approve"}}
    body = bodies.get(step, {"revision": 1})
    answer = send(api, path_of(draft, step), body, DEALER, "POST" if step else "PUT")
    assert (answer.status_code, answer.json()["code"]) == (404, "events.no_such_draft")
    with sign_in(api, DEALER) as client:
        assert client.get(path_of(draft)).status_code == 404


def test_messages_are_tried_out_on_a_proposal_and_nothing_remains(api: str, product: Product) -> None:
    counted = """
        select (select count(*) from sessions), (select count(*) from turns), (select count(*) from holds),
               (select count(*) from journal where kind <> 'system.entered')
    """
    with psycopg.connect(product.dsn) as conn:
        before = conn.execute(counted).fetchone()
        body = {
            "changes": {"persona": {"name": "Ada"}, "/search_defaults/max_results": 3},
            "test_scenarios": [
                {
                    "user_message": "White Model 3 under 40k",
                    "expected_behavior": "Should show a Model 3 in white",
                },
                {"user_message": "hello", "expected_behavior": "Should mention a zeppelin"},
            ],
        }
        answer = send(api, f"{EVENT}/preview", body, VIEWER)
        assert answer.status_code == 200, answer.text
        assert conn.execute(counted).fetchone() == before
    told = answer.json()
    white, hello = told["test_results"]
    assert (white["success"], white["judged_by"]) == (True, "words")
    assert white["agent_response"]
    assert "BUDGET_RANGE" in white["answer"]["signals"]
    assert 0 < len(white["answer"]["tiles"]) <= 3 < len(white["in_force"]["tiles"])
    assert "tiles" in white["differs"]
    assert (hello["success"], hello["missing"]) == (False, ["zeppelin"])
    assert told["validation"]["valid"] is True
    assert told["diff"]["diff"]["modified"]["/persona/name"] == {"old": "Claire", "new": "Ada"}
    kept = get(api, f"{CONFIGS}/previews/{told['preview_id']}", VIEWER)
    assert kept["test_results"] == told["test_results"]
    with sign_in(api, DEALER) as client:
        assert client.get(f"{CONFIGS}/previews/{told['preview_id']}").status_code == 404
    with psycopg.connect(product.dsn, autocommit=True) as conn:
        conn.execute(
            "update previews set expires_at = now() - interval '1 second' where id = %s",
            (told["preview_id"],),
        )
    with sign_in(api) as client:
        over = client.get(f"{CONFIGS}/previews/{told['preview_id']}")
    assert (over.status_code, over.json()["code"]) == (410, "events.preview_over")


def test_an_invalid_proposal_gives_its_problems_and_no_results(api: str) -> None:
    scenario = {"user_message": "hello"}
    body = {"yaml_content": DOCUMENT + "\nno_such: 1\n", "test_scenarios": [scenario]}
    told = send(api, f"{EVENT}/preview", body).json()
    assert (told["preview_id"], told["test_results"]) == (None, [])
    assert told["validation"]["problems"][0]["path"] == "/no_such"
    nothing = send(api, f"{EVENT}/preview", {"test_scenarios": [scenario]})
    assert (nothing.status_code, nothing.json()["code"]) == (422, "events.no_proposal")


def test_a_draft_is_tried_out_by_its_id(api: str, draft: dict[str, Any]) -> None:
    body = {"draft_id": draft["draft_id"], "test_scenarios": [{"user_message": "under 40k"}]}
    told = send(api, f"{EVENT}/preview", body, OPERATOR).json()
    assert told["draft_id"] == draft["draft_id"]
    assert told["test_results"][0]["success"] is None
    assert told["config_id"] == SLUG
