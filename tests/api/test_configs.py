"""Configuration over HTTP: checking, reading, comparing, going back, levers, clones; and whom each of them refuses."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.api.support import ADMIN, CONFIGS, DEALER, DOCUMENT, OPERATOR, VIEWER
from tests.api.test_accounts import sign_in
from tests.product import SLUG

EVENT = f"{CONFIGS}/{SLUG}"
WEIGHT = "/ranking_weights/individual_match"


def get(api: str, path: str, email: str = OPERATOR, **query: Any) -> dict[str, Any]:
    with sign_in(api, email) as client:
        answer = client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def send(
    api: str, path: str, body: dict[str, Any], email: str = OPERATOR, method: str = "POST", **headers: str
) -> httpx.Response:
    with sign_in(api, email) as client:
        return client.request(method, path, json=body, headers=headers)


def organization_id(api: str) -> str:
    return get(api, EVENT)["organization_id"]


def test_a_document_is_checked_without_changing_anything(api: str) -> None:
    body = {"yaml_content": DOCUMENT.replace("hold_minutes: 24", "hold_minuts: 24")}
    answer = send(api, f"{CONFIGS}/validate", body)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["valid"] is False
    assert told["errors"][0]["severity"] == "error"
    problem = told["problems"][0]
    assert (problem["path"], problem["nearest"]) == ("/conversion/hold_minuts", "hold_minutes")
    assert problem["line"] > 1
    assert (told["risk_assessment"], told["breaking_change_detected"]) == (None, False)


def test_a_document_of_an_event_tells_what_it_would_change(api: str) -> None:
    more = DOCUMENT.replace("hold_minutes: 24", "hold_minutes: 240").replace(
        "    - { name: tow_hitch, label: Tow hitch, kind: boolean }\n", ""
    )
    told = send(api, f"{CONFIGS}/validate", {"yaml_content": more, "config_id": SLUG}).json()
    assert told["valid"] is True
    assert told["schema_version"] == "2"
    assert told["breaking_change_detected"] is True
    assert {"kind": "field", "name": "specs.tow_hitch"} in told["breaking_changes"]
    assert told["risk_assessment"]["risk_level"] in ("medium", "high")
    assert "hold length 24 → 240 minutes" in [change["text"] for change in told["changes"]]


def test_a_version_with_its_text_document_and_where_values_come_from(api: str) -> None:
    config = get(api, EVENT, VIEWER)
    assert config["config_id"] == SLUG
    assert config["yaml_content"].startswith("# Pre-owned electric cars")
    assert config["document"]["persona"]["name"] == "Claire"
    assert config["metadata"]["status"] == "active"
    assert config["metadata"]["breaking_change"] is False
    assert config["origins"]["/persona/name"] == "this document"
    assert "platform_defaults" in config["origins"].values()
    first = get(api, EVENT, version=1)
    assert first["version"] == 1
    latest = get(api, f"{CONFIGS}/latest", organization_id=config["organization_id"])
    assert latest["organization_id"] == config["organization_id"]


def test_levers_move_are_undone_and_stand_in_the_history(api: str) -> None:
    before = get(api, EVENT)
    listed = get(api, f"{EVENT}/levers", VIEWER)["levers"]
    lever = next(item for item in listed if item["path"] == WEIGHT)
    value = round((lever["value"] + lever["high"]) / 2, 4)
    moved = send(api, f"{EVENT}/levers", {"path": WEIGHT, "value": value})
    assert moved.status_code == 200, moved.text
    assert moved.json()["kind"] == "lever"
    bootstrap = httpx.get(f"{api}/api/v1/sales_event/{SLUG}").json()
    assert bootstrap["version"] == moved.json()["version"]
    outside = send(api, f"{EVENT}/levers", {"path": WEIGHT, "value": lever["high"] + 0.1})
    assert (outside.status_code, outside.json()["code"]) == (403, "events.outside_lever")
    compared = send(
        api, f"{EVENT}/versions/compare", {"version_a": before["version"], "version_b": bootstrap["version"]}
    ).json()
    assert compared["diff"]["modified"][WEIGHT] == {"old": lever["value"], "new": value}
    assert compared["risk_assessment"]["levers_only"] is True
    assert any(step["path"] == WEIGHT for step in compared["patch"])
    history = get(api, f"{EVENT}/history", VIEWER, limit=1)
    (line,) = history["changes"]
    assert (line["kind"], line["author"], line["change_type"]) == ("lever", OPERATOR, ["ranking_weights"])
    undone = send(api, f"{EVENT}/levers/undo", {"path": WEIGHT})
    assert undone.json()["sha256"] == before["sha256"]


def test_going_back_is_reported_first_and_then_done(api: str) -> None:
    before = get(api, EVENT)
    lever = next(i for i in get(api, f"{EVENT}/levers")["levers"] if i["path"] == "/conversion/hold_minutes")
    send(api, f"{EVENT}/levers", {"path": lever["path"], "value": lever["value"] + 1}).raise_for_status()
    target = {"target_version": before["version"], "reason": "Too long"}
    report = send(api, f"{EVENT}/rollback", target | {"dry_run": True}, VIEWER)
    assert report.status_code == 200, report.text
    assert report.json()["versions_undone"] == [before["version"] + 1]
    assert get(api, EVENT)["version"] == before["version"] + 1
    assert send(api, f"{EVENT}/rollback", target, VIEWER).status_code == 403
    key = str(uuid4())
    done = send(api, f"{EVENT}/rollback", target, **{"Idempotency-Key": key})
    assert done.status_code == 200, done.text
    body = done.json()
    assert (body["rolled_back_from"], body["rolled_back_to"]) == (before["version"] + 1, before["version"])
    assert body["active_version"] == before["version"] + 2
    assert body["sha256"] == before["sha256"]
    assert send(api, f"{EVENT}/rollback", target, **{"Idempotency-Key": key}).json() == body
    versions = get(api, f"{EVENT}/versions", VIEWER, limit=2)["versions"]
    assert [(v["status"], v["kind"]) for v in versions] == [("active", "rollback"), ("rolled_back", "lever")]


def test_an_event_is_cloned_as_a_draft(api: str) -> None:
    new = f"clone-{uuid4().hex[:8]}"
    body = {"new_id": new, "name": "Another season"}
    answer = send(api, f"{EVENT}/clone", body)
    assert answer.status_code == 201, answer.text
    draft = answer.json()["draft"]
    assert (draft["config_id"], draft["origin"], draft["is_valid"]) == (new, "clone", True)
    assert httpx.get(f"{api}/api/v1/sales_event/{new}").status_code == 404
    never = send(api, f"{CONFIGS}/{new}/levers", {"path": WEIGHT, "value": 0.5})
    assert (never.status_code, never.json()["code"]) == (409, "events.never_published")
    publish = f"{CONFIGS}/drafts/{draft['draft_id']}/publish"
    refused = send(api, publish, {"revision": 1})  # deposits and data sources are for an admin to begin with
    assert (refused.status_code, refused.json()["code"]) == (403, "identity.needs_permission")
    assert send(api, publish, {"revision": 1}, ADMIN).json()["version"] == 1
    taken = send(api, f"{EVENT}/clone", body)
    assert (taken.status_code, taken.json()["code"]) == (409, "events.slug_taken")


READS = ["", "/versions", "/history", "/levers", "/drafts", "/branches", "/approvals"]


@pytest.mark.parametrize("path", READS)
def test_configuration_of_others_is_not_there(api: str, path: str) -> None:
    with sign_in(api, DEALER) as client:
        answer = client.get(f"{EVENT}{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "events.not_found")
    assert httpx.get(f"{api}{EVENT}{path}").status_code == 401


WRITES: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/versions/compare", {"version_a": 1, "version_b": 1}),
    ("POST", "/rollback", {"target_version": 1, "reason": "Back"}),
    ("POST", "/levers", {"path": WEIGHT, "value": 0.5}),
    ("POST", "/levers/undo", {}),
    ("POST", "/clone", {"new_id": "mine-now", "name": "Mine"}),
    ("POST", "/drafts", {"yaml_content": DOCUMENT}),
    ("POST", "/preview", {"yaml_content": DOCUMENT}),
    ("POST", "/branches", {"branch_name": "mine"}),
    ("POST", "/branches/mine/commits", {"yaml_content": DOCUMENT}),
    ("POST", "/branches/mine/merge", {}),
    ("DELETE", "/branches/mine", {}),
]


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_others_and_strangers_change_nothing(api: str, method: str, path: str, body: dict[str, Any]) -> None:
    answer = send(api, f"{EVENT}{path}", body, DEALER, method)
    assert (answer.status_code, answer.json()["code"]) == (404, "events.not_found")
    assert httpx.request(method, f"{api}{EVENT}{path}", json=body).status_code == 401


@pytest.mark.parametrize(("method", "path", "body"), WRITES[1:])
def test_another_sites_form_changes_nothing(api: str, method: str, path: str, body: dict[str, Any]) -> None:
    answer = send(api, f"{EVENT}{path}", body, ADMIN, method, Origin="https://evil.example")
    assert (answer.status_code, answer.json()["code"]) == (403, "identity.foreign_origin")


@pytest.mark.parametrize("version", [99_999, 2**31 - 2])
def test_a_version_that_is_not_there(api: str, version: int) -> None:
    with sign_in(api) as client:
        answer = client.get(EVENT, params={"version": version})
    assert (answer.status_code, answer.json()["code"]) == (404, "events.no_such_version")


@pytest.mark.parametrize("value", [None, [], {}, "x" * 5000, float("1e300"), -1])
def test_a_lever_takes_only_what_fits(api: str, value: Any) -> None:
    answer = send(api, f"{EVENT}/levers", {"path": WEIGHT, "value": value})
    assert answer.status_code in (403, 422), answer.text


def test_every_new_route_is_described_with_examples(api: str) -> None:
    described = httpx.get(f"{api}/api/openapi.json").json()
    paths = {
        path for path in described["paths"] if path.startswith(("/api/v1/configs", "/api/v1/permissions"))
    }
    assert len(paths) > 25
    for path in paths:
        for method, route in described["paths"][path].items():
            assert route["summary"], (method, path)
            assert "401" in route["responses"], (method, path)
    for name in ("Validate", "Rollback", "MoveLever", "NewDraft", "Verdict", "OpenBranch", "SetPermissions"):
        assert "examples" in str(described["components"]["schemas"][name]), name
