"""The conversation over HTTP: what is sent with its beginning, answers as JSON and as a stream, comparing, the survey."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.flows.test_turns import SCHEMA

SLUG = "tesla-q1-2026"
WISH = "Model 3 under 40k, white or grey, no accidents"


class Talk:
    """One buyer over HTTP."""

    def __init__(self, api: str, **facts: Any) -> None:
        self.client = httpx.Client(base_url=f"{api}/api/v1/discovery", timeout=30)
        started = self.client.post(
            "/start", json={"event_id": SLUG, **facts}, headers={"Idempotency-Key": str(uuid4())}
        )
        assert started.status_code == 200, started.text
        self.screen: dict[str, Any] = started.json()["ui"]
        self.session = started.json()["session_id"]
        self.client.headers["Authorization"] = f"Bearer {started.json()['session_token']}"

    def post(self, path: str, **body: Any) -> httpx.Response:
        headers = {"Idempotency-Key": body.pop("key", str(uuid4())), **body.pop("headers", {})}
        return self.client.post(path, json={"session_id": self.session, **body}, headers=headers)


Enter = Callable[..., Talk]


@pytest.fixture
def enter(api: str) -> Iterator[Enter]:
    """Begins conversations, and hangs up at the end."""
    begun: list[Talk] = []

    def go(**facts: Any) -> Talk:
        begun.append(Talk(api, **facts))
        return begun[-1]

    yield go
    for talk in begun:
        talk.client.close()


def read(stream: str) -> list[dict[str, Any]]:
    """The events of a stream, in the wire format of server-sent events, numbered but for an error."""
    found: list[dict[str, Any]] = []
    for block in stream.strip().split("\n\n"):
        *head, data = block.split("\n")
        found.append(json.loads(data.removeprefix("data: ")))
        number = [] if found[-1]["type"] == "error" else [f"id: {len(found) - 1}"]
        assert head == [f"event: {found[-1]['type']}", *number]
    return found


def test_an_answer_is_the_same_as_json_and_as_a_stream(enter: Enter) -> None:
    talk = enter()
    stream = talk.post("/message", message=WISH, key="s", headers={"Accept": "text/event-stream"})
    assert stream.headers["content-type"].startswith("text/event-stream")
    events = read(stream.text)
    for event in events:
        SCHEMA.validate(event)
    assert events[0]["type"] == "started"
    body = talk.post("/message", message=WISH, key="s").json()
    assert events[1:] == body["events"]
    again = talk.post("/message", message="other", key="s", headers={"Accept": "text/event-stream"})
    assert read(again.text)[-1] == {
        "type": "error", "code": "core.key_reused", "facts": {"operation": "discovery/message"}, "status": 409,
    }  # fmt: skip


def test_what_the_browser_knows_chooses_and_grants_nothing(enter: Enter) -> None:
    talk = enter(utm={"source": "newsletter"}, consent=["personalization"], segments=["vip"], locale="en-US")
    assert talk.screen["tiles"]
    headers = {"Idempotency-Key": str(uuid4())}
    refused = talk.client.post(
        "/start", json={"event_id": SLUG, "utm": {"source": "x" * 900}}, headers=headers
    )
    assert refused.status_code == 422


def test_comparing_more_like_one_and_the_survey(enter: Enter) -> None:
    talk = enter()
    ids = [tile["listing_id"] for tile in talk.screen["tiles"][:2]]
    table = talk.post("/compare", listing_ids=ids)
    assert [head["listing_id"] for head in table.json()["heads"]] == ids
    alike = talk.post("/similar", listing_id=ids[0], than=["cheaper"])
    assert alike.status_code == 200, alike.text
    assert talk.post("/compare", listing_ids=[ids[0], 2**40]).status_code == 404
    survey = talk.post("/survey", answers={"nobody_asked": 1})
    assert (survey.status_code, survey.json()["code"]) == (422, "discovery.survey_answer")
    assert talk.client.delete("/memory").json() == {"forgotten": True}


@pytest.mark.parametrize("path", ["/message", "/compare", "/similar", "/survey"])
def test_another_conversation_is_not_there(enter: Enter, path: str) -> None:
    talk, other = enter(), enter()
    body = {"message": "hi", "listing_ids": [1, 2], "listing_id": 1, "answers": {}}
    talk.session = other.session
    assert talk.post(path, **body).status_code == 404
