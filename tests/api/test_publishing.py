"""Publish over HTTP, served by every process without restart; bad documents leave nothing behind."""

from __future__ import annotations

import time

import httpx
import psycopg
import pytest

from tests.api.support import ADMIN, DOCUMENT, OPERATOR, agree, publish, publish_with_approval
from tests.api.test_accounts import sign_in
from tests.product import SLUG, Product


def with_weights(individual: float, spec: float) -> str:
    return DOCUMENT.replace("individual_match: 0.55", f"individual_match: {individual}").replace(
        "spec_alignment: 0.25", f"spec_alignment: {spec}"
    )


def served_number(api: str) -> int:
    return httpx.get(f"{api}/api/v1/sales_event/{SLUG}").json()["version"]


def test_a_published_weight_is_served_by_both_processes_and_open_conversations_keep_theirs(
    api: str, second_api: str, product: Product
) -> None:
    before = httpx.post(f"{second_api}/api/v1/discovery/start", json={"event_id": SLUG}).json()
    old = served_number(second_api)
    new = publish_with_approval(api, with_weights(0.5, 0.3), "More weight on the specification")["version"]
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
    publish_with_approval(api, DOCUMENT)


def test_what_others_have_to_agree_to_waits_in_review(api: str) -> None:
    before = served_number(api)
    for email in (OPERATOR, ADMIN):
        with sign_in(api, email) as client:
            answer = publish(client, with_weights(0.45, 0.35), message="Specification first")
        assert answer.status_code == 202, answer.text
        body = answer.json()
        assert (body["status"], body["risk"], body["needed"]) == ("pending_approval", "medium", 1)
        assert served_number(api) == before
        with sign_in(api, email) as client:
            again = publish(client, with_weights(0.45, 0.35), message="Specification first")
            assert again.json()["draft_id"] == body["draft_id"]
            draft = client.get(f"/api/v1/configs/drafts/{body['draft_id']}").json()
            url = f"/api/v1/configs/drafts/{body['draft_id']}/publish"
            refused = client.post(url, json={"revision": draft["revision"]})
            assert (refused.status_code, refused.json()["code"]) == (409, "events.needs_approval")
            client.delete(f"/api/v1/configs/drafts/{body['draft_id']}").raise_for_status()


def test_the_same_document_is_no_new_version_and_the_same_key_no_second_one(api: str) -> None:
    quick = DOCUMENT + "\n# the same in other words\n"
    with sign_in(api) as client:
        one = publish(client, with_weights(0.45, 0.35), key="once")
        two = publish(client, with_weights(0.45, 0.35), key="once")
        assert one.json() == two.json()
        assert one.status_code == two.status_code == 202
        reused = publish(client, DOCUMENT, key="once")
        assert (reused.status_code, reused.json()["code"]) == (409, "core.key_reused")
        draft = agree(api, one.json()["draft_id"])
        body = {"revision": draft["revision"]}
        url = f"/api/v1/configs/drafts/{draft['draft_id']}/publish"
        version = client.post(url, json=body).raise_for_status().json()["version"]
        again = publish(client, with_weights(0.45, 0.35), key="twice").json()
        assert (again["version"], again["is_new"], again["status"]) == (version, False, "applied")
    last = publish_with_approval(api, DOCUMENT)["version"]
    assert publish_with_approval(api, quick)["version"] == last


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
