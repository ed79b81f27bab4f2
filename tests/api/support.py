"""What tests of the API share: documents of the demo's event, and the way of a change through the gate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx

from tests.api.test_accounts import sign_in

ADMIN = "admin@northbay.example.com"
OPERATOR = "operator@northbay.example.com"
VIEWER = "viewer@northbay.example.com"
DEALER = "dealer@cascade.example.com"
DOCUMENT = (Path(__file__).resolve().parents[2] / "seeds" / "tesla_q1_2026" / "event.yaml").read_text()
CONFIGS = "/api/v1/configs"


def publish(client: httpx.Client, document: Any, **more: Any) -> httpx.Response:
    headers = {"Idempotency-Key": more.pop("key")} if "key" in more else {}
    return client.post("/api/v1/admin/sales_event", json={"document": document, **more}, headers=headers)


def agree(api: str, draft_id: str, email: str = ADMIN) -> dict[str, Any]:
    """Somebody else's approval of a draft as it stands."""
    with sign_in(api, email) as client:
        draft = client.get(f"{CONFIGS}/drafts/{draft_id}").raise_for_status().json()
        body = {"revision": draft["revision"], "verdict": "approve", "reason": "seen"}
        answer = client.post(f"{CONFIGS}/drafts/{draft_id}/reviews", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()


def publish_with_approval(api: str, document: Any, message: str = "") -> dict[str, Any]:
    """An operator puts a document forward, an admin agrees, the operator puts it in force; what was in force already
    stays."""
    with sign_in(api, OPERATOR) as client:
        answer = publish(client, document, message=message)
        assert answer.status_code in (200, 202), answer.text
        if answer.status_code == 200:
            return answer.json()
        draft = agree(api, answer.json()["draft_id"])
        body = {"revision": draft["revision"]}
        done = client.post(f"{CONFIGS}/drafts/{draft['draft_id']}/publish", json=body)
        assert done.status_code == 200, done.text
        return done.json()
