"""Branches over HTTP: beside what is in force, and back into it."""

from __future__ import annotations

from uuid import uuid4

from tests.api.support import DOCUMENT, VIEWER, agree
from tests.api.test_configs import EVENT, get, send


def test_a_branch_is_opened_committed_to_merged_and_agreed_to(api: str) -> None:
    before = get(api, EVENT)
    name = f"staging-{uuid4().hex[:6]}"
    opened = send(api, f"{EVENT}/branches", {"branch_name": name, "description": "To be tried"})
    assert opened.status_code == 201, opened.text
    assert (opened.json()["status"], opened.json()["base_version"]) == ("active", before["version"])
    branch = f"{EVENT}/branches/{name}"
    text = DOCUMENT.replace("hold_minutes: 24", "hold_minutes: 300")
    made = send(api, f"{branch}/commits", {"yaml_content": text, "message": "Longer", "based_on": 1})
    assert (made.status_code, made.json()["version"]) == (201, 2)
    late = send(api, f"{branch}/commits", {"yaml_content": DOCUMENT + "\n# late\n", "based_on": 1})
    assert (late.status_code, late.json()["code"]) == (409, "events.branch_moved")
    shown = get(api, branch, VIEWER)
    assert [c["message"] for c in shown["commits"]] == ["Longer", f"As version {before['version']}"]
    assert [change["text"] for change in shown["changes"]] == ["hold length 24 → 300 minutes"]
    merged = send(api, f"{branch}/merge", {"message": "Longer holds"}).json()
    assert (merged["status"], merged["new_version"], merged["risk"]) == ("pending_approval", None, "medium")
    assert merged["changes_applied"] == ["hold length 24 → 300 minutes"]
    draft = agree(api, merged["draft_id"])
    done = send(api, f"/api/v1/configs/drafts/{draft['draft_id']}/publish", {"revision": draft["revision"]})
    assert done.json()["version"] == before["version"] + 1
    assert get(api, branch)["status"] == "merged"
    send(api, f"{EVENT}/rollback", {"target_version": before["version"], "reason": "Test"}).raise_for_status()


def test_conflicts_come_back_by_path_and_nothing_is_written(api: str) -> None:
    name = f"greeting-{uuid4().hex[:6]}"
    send(api, f"{EVENT}/branches", {"branch_name": name}).raise_for_status()
    text = DOCUMENT.replace("hold_minutes: 24", "hold_minutes: 300")
    send(api, f"{EVENT}/branches/{name}/commits", {"yaml_content": text}).raise_for_status()
    send(api, f"{EVENT}/levers", {"path": "/conversion/hold_minutes", "value": 30}).raise_for_status()
    now = get(api, EVENT)["version"]
    merged = send(api, f"{EVENT}/branches/{name}/merge", {}).json()
    assert (merged["status"], merged["draft_id"]) == ("conflicts", None)
    (conflict,) = merged["conflicts"]
    sides = (conflict["path"], conflict["base"], conflict["ours"], conflict["theirs"])
    assert sides == ("/conversion/hold_minutes", 24, 30, 300)
    assert get(api, EVENT)["version"] == now
    assert send(api, f"{EVENT}/branches/{name}", {}, method="DELETE").json()["status"] == "closed"
    over = send(api, f"{EVENT}/branches/{name}/merge", {})
    assert (over.status_code, over.json()["code"]) == (409, "events.branch_over")
    send(api, f"{EVENT}/levers/undo", {}).raise_for_status()


def test_a_viewer_reads_branches_and_opens_none(api: str) -> None:
    get(api, f"{EVENT}/branches", VIEWER)
    refused = send(api, f"{EVENT}/branches", {"branch_name": "mine"}, VIEWER)
    assert (refused.status_code, refused.json()["facts"]) == (403, {"permission": "manage_branches"})
