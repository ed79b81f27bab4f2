"""Publish over HTTP, served by every process without restart; bad documents leave nothing behind."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from tests.api.test_accounts import sign_in
from tests.product import SLUG, Product

DOCUMENT = (Path(__file__).resolve().parents[2] / "seeds" / "tesla_q1_2026" / "event.yaml").read_text()


def with_weights(individual: float, spec: float) -> str:
    return DOCUMENT.replace("individual_match: 0.55", f"individual_match: {individual}").replace(
        "spec_alignment: 0.25", f"spec_alignment: {spec}"
    )


def publish(client: httpx.Client, document: Any, **more: Any) -> httpx.Response:
    headers = {"Idempotency-Key": more.pop("key")} if "key" in more else {}
    return client.post("/api/v1/admin/sales_event", json={"document": document, **more}, headers=headers)


def served_number(api: str) -> int:
    return httpx.get(f"{api}/api/v1/sales_event/{SLUG}").json()["version"]


def test_a_published_weight_is_served_by_both_processes_and_open_conversations_keep_theirs(
    api: str, second_api: str, product: Product
) -> None:
    before = httpx.post(f"{second_api}/api/v1/discovery/start", json={"event_id": SLUG}).json()
    old = served_number(second_api)
    with sign_in(api) as client:
        answer = publish(client, with_weights(0.5, 0.3), message="More weight on the specification")
        assert answer.status_code == 200, answer.text
        new = answer.json()["version"]
    assert new == old + 1
    assert served_number(api) == new
    deadline = time.monotonic() + 10
    while served_number(second_api) != new and time.monotonic() < deadline:
        time.sleep(0.02)
    assert served_number(second_api) == new
    with psycopg.connect(product.dsn) as conn:
        pinned = conn.execute(
            "select v.number from sessions s join event_versions v on v.id = s.version_id where s.id = %s",
            (before["session_id"],),
        ).fetchone()
    assert pinned == (old,)
    go_on = httpx.post(
        f"{second_api}/api/v1/discovery/message",
        json={"session_id": before["session_id"], "message": "under 40k"},
        headers={"Authorization": f"Bearer {before['session_token']}"},
    )
    assert go_on.status_code == 200, go_on.text
    with sign_in(api) as client:
        publish(client, DOCUMENT)


def test_the_same_document_is_no_new_version_and_the_same_key_no_second_one(api: str) -> None:
    with sign_in(api) as client:
        one = publish(client, with_weights(0.45, 0.35), key="once").json()
        two = publish(client, with_weights(0.45, 0.35), key="once").json()
        assert one == two
        again = publish(client, with_weights(0.45, 0.35), key="twice").json()
        assert (again["version"], again["is_new"]) == (one["version"], False)
        reused = publish(client, DOCUMENT, key="once")
        assert (reused.status_code, reused.json()["code"]) == (409, "core.key_reused")
        publish(client, DOCUMENT)


@pytest.mark.parametrize("email", ["viewer@northbay.example.com", "specialist@northbay.example.com"])
def test_who_may_only_look_cannot_publish(api: str, email: str) -> None:
    with sign_in(api, email) as client:
        answer = publish(client, with_weights(0.4, 0.4))
    assert answer.status_code == 403, answer.text


def test_a_dealer_cannot_publish_into_a_sellers_event(api: str) -> None:
    with sign_in(api, "dealer@cascade.example.com") as client:
        assert publish(client, with_weights(0.4, 0.4)).status_code in (403, 404)


def test_a_stranger_cannot_publish(api: str) -> None:
    with httpx.Client(base_url=api) as client:
        assert publish(client, DOCUMENT).status_code == 401


@pytest.mark.parametrize(
    ("change", "path", "nearest"),
    [
        (("hold_minutes: 24", "hold_minuts: 24"), "/conversion", "hold_minutes"),
        (("individual_match: 0.55", "individual_match: 0.95"), "/ranking_weights", None),
        (("name: Claire", "name: [1"), "", None),
    ],
)
def test_a_bad_document_says_where_and_leaves_nothing(
    api: str, product: Product, change: tuple[str, str], path: str, nearest: str | None
) -> None:
    with psycopg.connect(product.dsn) as conn:
        count = "select count(*) from event_versions"
        before = conn.execute(count).fetchone()
        with sign_in(api) as client:
            answer = publish(client, DOCUMENT.replace(*change))
        assert answer.status_code == 422
        assert conn.execute(count).fetchone() == before
    problem = answer.json()["facts"]["problems"][0]
    assert problem["path"].startswith(path)
    assert problem["line"] > 1
    assert problem["column"] >= 1
    if nearest:
        assert problem["nearest"] == nearest


def test_bootstrap_is_public_and_says_no_more_than_a_storefront_needs(api: str) -> None:
    body = httpx.get(f"{api}/api/v1/sales_event/{SLUG}").json()
    assert body["event_id"] == SLUG
    assert body["persona"]["name"] == "Claire"
    assert "ranking_weights" not in str(body)
    unknown = httpx.get(f"{api}/api/v1/sales_event/no-such-event")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "events.not_found")
