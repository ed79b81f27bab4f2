"""Whatever arrives, the answer has one shape, says what is wrong, and nothing half-written stays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.api.test_dealers import bearer
from tests.api.test_reserve import start
from tests.product import PASSWORD, SLUG

SHAPE = {"code", "facts", "request_id"}


def refused(answer: httpx.Response, *statuses: int) -> dict[str, Any]:
    assert answer.status_code in statuses, answer.text
    body = answer.json()
    assert body.keys() == SHAPE
    assert "Traceback" not in answer.text
    return body


def test_a_body_without_a_length_is_counted_all_the_same(api: str) -> None:
    def endless() -> Iterator[bytes]:
        yield b'{"event_id": "'
        for _ in range(300):
            yield b"x" * 10_000
        yield b'"}'

    answer = httpx.post(
        f"{api}/api/v1/discovery/start", content=endless(), headers={"Content-Type": "application/json"}
    )
    assert refused(answer, 413)["code"] == "core.too_large"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"event_id": 7}',
        b'{"event_id": "\\ud800"}',
        b"\xff\xfe",
        b'{"event_id": "a\\u0000b"}',
    ],
)
def test_broken_json_and_wrong_types(api: str, body: bytes) -> None:
    answer = httpx.post(
        f"{api}/api/v1/discovery/start", content=body, headers={"Content-Type": "application/json"}
    )
    refused(answer, 404, 422)


@pytest.mark.parametrize(
    "slug", ["../../etc/passwd", "' or 1=1 --", "<script>alert(1)</script>", "a" * 64, "tesla-q1-2026 "]
)
def test_events_that_are_not_there(api: str, slug: str) -> None:
    answer = httpx.post(f"{api}/api/v1/discovery/start", json={"event_id": slug})
    assert refused(answer, 404)["code"] == "events.not_found"


MESSAGES = [
    "'; drop table listings; --",
    "<img src=x onerror=alert(1)> under 40k",
    "=cmd|' /C calc'!A0",
    "\u202eunder 40k\u202c",
    "under " + "9" * 400,
    "a" * 2000,
    "💸" * 500,
    "under 40k\x00 white",
    "between 1e309 and -1e309",
    "no no no not never no red not blue no",
    "{{7*7}} ${7*7} %s %(x)s {0}",
]


@pytest.mark.parametrize("message", MESSAGES)
def test_any_words_are_only_words(api: str, message: str) -> None:
    session = start(api)
    answer = httpx.post(
        f"{api}/api/v1/discovery/message",
        json={"session_id": session["session_id"], "message": message},
        headers=bearer(session),
        timeout=30,
    )
    assert answer.status_code in (200, 422), answer.text
    if answer.status_code == 200:
        assert answer.json()["reply"]
        assert "49" not in answer.json()["reply"] or "7*7" not in message
    after = httpx.get(f"{api}/api/v1/discovery/session", headers=bearer(session))
    assert after.status_code == 200


def test_a_lone_surrogate_in_a_message_is_refused_or_read(api: str) -> None:
    session = start(api)
    raw = json.dumps({"session_id": session["session_id"], "message": "under \ud83d 40k"}).encode()
    headers = bearer(session) | {"Content-Type": "application/json"}
    answer = httpx.post(f"{api}/api/v1/discovery/message", content=raw, headers=headers)
    assert answer.status_code in (200, 422), answer.text


@pytest.mark.parametrize(
    "value", [None, "", "x" * 5000, -1, 10**400, [1, 2, 3], {"a": {"b": []}}, True, "NaN"]
)
def test_a_chip_takes_only_what_fits(api: str, value: Any) -> None:
    session = start(api)
    said = {"session_id": session["session_id"], "message": "under 40k"}
    chips = httpx.post(f"{api}/api/v1/discovery/message", json=said, headers=bearer(session)).json()["chips"]
    price = next(chip["id"] for chip in chips if chip["field"] == "price")
    change = {"session_id": session["session_id"], "chip_id": price, "change": "value", "value": value}
    answer = httpx.post(f"{api}/api/v1/discovery/chip", json=change, headers=bearer(session))
    refused(answer, 422)


@pytest.mark.parametrize(
    "path", ["/media/../../pyproject.toml", "/media/tesla-q1-2026/..%2f..%2fdemo.yaml", "/media/x/y.svg"]
)
def test_pictures_lead_nowhere_else(api: str, path: str) -> None:
    assert httpx.get(f"{api}{path}").status_code == 404


def test_pictures_are_cached_and_run_nothing(api: str) -> None:
    tile = httpx.post(f"{api}/api/v1/discovery/start", json={"event_id": SLUG}).json()["ui"]["tiles"][0]
    answer = httpx.head(f"{api}{tile['media'][0]['url']}")
    assert answer.status_code == 200
    assert "max-age" in answer.headers["cache-control"]
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_a_weak_key_never_joins_two_people(api: str) -> None:
    """Two strangers behind one proxy look alike; only a key that nobody else can have means the same request."""

    def begin(key: str) -> str:
        headers = {"Idempotency-Key": key}
        answer = httpx.post(f"{api}/api/v1/discovery/start", json={"event_id": SLUG}, headers=headers)
        return answer.raise_for_status().json()["session_id"]

    assert begin("1") != begin("1")
    strong = "6f0d8f0e-6a52-4a39-b0a5-7c4a2d9f1c11"
    assert begin(strong) == begin(strong)
    assert begin("k" * 200) == begin("k" * 200)


@pytest.mark.parametrize(
    ("step", "origin"), [("password", "null"), ("password", "https://evil.example"), ("zzz", None)]
)
def test_the_sign_in_form_takes_our_own_pages_and_steps_alone(
    api: str, step: str, origin: str | None
) -> None:
    form = {"email": "operator@northbay.example.com", "password": PASSWORD}
    headers = {"Origin": origin} if origin else {}
    answer = httpx.post(f"{api}/api/v1/auth/form/{step}", data=form, headers=headers)
    refused(answer, 403, 422)
    assert "set-cookie" not in answer.headers
