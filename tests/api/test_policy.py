"""Policy over HTTP: who may ask what, one shape of errors, drafts instead of changes, keys that count once."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.api.support import ADMIN, DEALER, OPERATOR, VIEWER
from tests.api.test_accounts import sign_in

EVENT = "tesla-q1-2026"
POLICY = "/api/v1/policy"
PROFILE: dict[str, Any] = {"key": "trade", "priority": 500, "match": {"utm": {"source": ["trade"]}}}


def start(api: str, **facts: Any) -> dict[str, Any]:
    answer = httpx.post(f"{api}/api/v1/discovery/start", json={"event_id": EVENT, **facts})
    return answer.raise_for_status().json()


def test_profiles_are_read_by_staff_alone(api: str) -> None:
    with sign_in(api, VIEWER) as client:
        found = client.get(f"{POLICY}/profiles", params={"event_id": EVENT}).raise_for_status().json()
        assert [one["key"] for one in found["profiles"]] == ["drop_guests", "everybody"]
    with sign_in(api, DEALER) as client:
        assert client.get(f"{POLICY}/profiles", params={"event_id": EVENT}).status_code == 404
    assert httpx.get(f"{api}{POLICY}/profiles", params={"event_id": EVENT}).status_code == 401


def test_a_profile_becomes_a_draft_once_per_key(api: str) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    body = {"event_id": EVENT, "profile": PROFILE}
    with sign_in(api, OPERATOR) as client:
        first = client.post(f"{POLICY}/profiles", json=body, headers=headers)
        assert first.status_code == 201, first.text
        assert client.post(f"{POLICY}/profiles", json=body, headers=headers).json() == first.json()
        draft = first.json()["draft"]
        changed = client.put(
            f"{POLICY}/profiles/trade",
            json={
                "event_id": EVENT,
                "profile": {**PROFILE, "priority": 400},
                "draft_id": draft["draft_id"],
                "revision": draft["revision"],
            },
        )
        assert changed.status_code == 200, changed.text
        replay = client.post(f"{POLICY}/replay", json={"event_id": EVENT, "draft_id": draft["draft_id"]})
        assert replay.status_code == 200, replay.text
        assert replay.json()["flipped"] == 0
        client.delete(f"/api/v1/configs/drafts/{draft['draft_id']}").raise_for_status()
        live = client.get(f"{POLICY}/profiles", params={"event_id": EVENT}).json()
        assert "trade" not in [one["key"] for one in live["profiles"]]
    with sign_in(api, VIEWER) as client:
        assert client.post(f"{POLICY}/profiles", json=body).status_code == 403


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("profiles", {"event_id": EVENT, "profile": {"key": "Not A Key"}}, 422, "core.invalid_request"),
        ("profiles", {"event_id": EVENT, "profile": {"key": "everybody"}}, 409, "policy.profile_exists"),
        ("profiles/nobody/simulate", {"event_id": EVENT}, 404, "policy.no_such_profile"),
        ("profiles/everybody/simulate", {"event_id": "nowhere"}, 404, "events.not_found"),
        (
            "profiles/everybody/simulate",
            {"event_id": EVENT, "visit": {"consent": ["everything"]}},
            422,
            "policy.bad_facts",
        ),
        ("replay", {"event_id": EVENT}, 422, "events.no_proposal"),
        ("replay", {"event_id": EVENT, "draft_id": str(uuid4())}, 404, "events.no_such_draft"),
        ("context/compose", {"session_id": str(uuid4())}, 404, "discovery.no_such_session"),
    ],
)
def test_mistakes_are_named(api: str, path: str, body: dict[str, Any], status: int, code: str) -> None:
    with sign_in(api, ADMIN) as client:
        answer = client.post(f"{POLICY}/{path}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


def test_a_simulation_explains_itself(api: str) -> None:
    visit = {"utm": {"medium": "email", "campaign": "drop-january"}}
    with sign_in(api, VIEWER) as client:
        body = {"event_id": EVENT, "visit": visit}
        found = client.post(f"{POLICY}/profiles/drop_guests/simulate", json=body).raise_for_status().json()
    assert found["profile"] == "drop_guests"
    assert all(reason["holds"] for reason in found["this"]["reasons"])
    assert {v["verb"]: v["guide"]["verdict"] for v in found["verdicts"]}["reveal"] == "deny"


def test_anybody_may_ask_for_the_policy_of_a_visit(api: str) -> None:
    found = httpx.post(f"{api}{POLICY}/resolve", json={"event_id": EVENT}).raise_for_status().json()
    assert found["policy"]["profile"] == "everybody"
    assert "trace" not in found


def test_a_buyer_sees_the_own_context_and_no_other(api: str) -> None:
    mine, other = start(api), start(api)
    headers = {"Authorization": f"Bearer {mine['session_token']}"}
    own = httpx.post(
        f"{api}{POLICY}/context/compose", json={"session_id": mine["session_id"]}, headers=headers
    )
    assert own.status_code == 200, own.text
    assert own.json()["text"].count("<hard_context>") == 1
    theirs = httpx.post(
        f"{api}{POLICY}/context/compose", json={"session_id": other["session_id"]}, headers=headers
    )
    assert theirs.status_code == 404
    with sign_in(api, DEALER) as client:
        body = {"session_id": mine["session_id"]}
        assert client.post(f"{POLICY}/context/compose", json=body).status_code == 404


def test_receipts_are_there_for_staff(api: str) -> None:
    begun = start(api)
    with sign_in(api, VIEWER) as client:
        params = {"event_id": EVENT, "session_id": begun["session_id"]}
        found = client.get(f"{POLICY}/receipts", params=params).raise_for_status().json()
        assert [one["verb"] for one in found["receipts"]] == ["policy"]
        wrong = client.get(f"{POLICY}/receipts", params={"event_id": EVENT, "cursor": "x"})
        assert (wrong.status_code, wrong.json()["code"]) == (422, "policy.bad_cursor")


def test_switches_need_permission_and_work_at_once(api: str) -> None:
    body = {"event_id": EVENT, "name": "force_strict", "is_on": True, "note": "A test"}
    with sign_in(api, VIEWER) as client:
        assert client.put(f"{POLICY}/switches", json=body).status_code == 403
    with sign_in(api, ADMIN) as client:
        on = client.put(f"{POLICY}/switches", json=body)
        assert on.status_code == 200, on.text
        assert on.json()["on"]["force_strict"] is True
        seen = client.get(f"{POLICY}/switches", params={"event_id": EVENT}).json()
        assert seen["event"]["force_strict"] is True
        off = client.put(f"{POLICY}/switches", json={**body, "is_on": False})
        assert off.json()["on"]["force_strict"] is False
