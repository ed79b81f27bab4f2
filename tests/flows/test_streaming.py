"""An answer as server-sent events over HTTP: numbered, and taken up again where the connection was lost."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import psycopg
import pytest

from backend.api.application import build_api
from backend.flows import storefront, streaming, turns
from tests.flows.conftest import SLUG, House

Owner = psycopg.Connection[dict[str, Any]]
WISH = "Model 3 under 40k, white"
Block = tuple[str, int | None, dict[str, Any]]


class Talk:
    """One buyer over HTTP, in this process."""

    def __init__(self, client: httpx.AsyncClient, started: dict[str, Any]) -> None:
        self.client, self.session = client, started["session_id"]
        client.headers["Authorization"] = f"Bearer {started['session_token']}"

    async def stream(self, after: str | None = None, message: str = WISH) -> list[Block]:
        """Kind, id and content of each event."""
        headers: dict[str, Any] = {"Accept": "text/event-stream", "Idempotency-Key": "one-and-the-same"}
        headers |= {} if after is None else {"Last-Event-ID": after.encode()}
        body = {"session_id": self.session, "message": message}
        answer = await self.client.post("/api/v1/discovery/message", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        return [block(text) for text in answer.text.split("\n\n")[:-1]]


def block(text: str) -> Block:
    lines = dict(line.split(": ", 1) for line in text.split("\n"))
    return lines["event"], int(lines["id"]) if "id" in lines else None, json.loads(lines["data"])


@pytest.fixture
async def talk(house: House) -> AsyncIterator[Talk]:
    transport = httpx.ASGITransport(build_api(house.runtime), raise_app_exceptions=False)
    started = await storefront.start(house.runtime, slug=SLUG, key="begin")
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield Talk(client, started)


async def test_a_repeated_request_goes_on_after_the_last_event(talk: Talk) -> None:
    whole = await talk.stream()
    assert [number for _, number, _ in whole] == list(range(len(whole)))
    assert (whole[0][0], whole[-1][0]) == ("started", "done")
    for last in (0, 3, len(whole) - 2):
        assert await talk.stream(str(last)) == whole[last + 1 :]
    assert await talk.stream(str(len(whole) - 1)) == []


@pytest.mark.parametrize("strange", ["", "-1", "x", "1.5", "٣", "9" * 5000, "abc-7"])
async def test_what_is_no_id_of_ours_gives_everything(talk: Talk, strange: str) -> None:
    assert (await talk.stream(strange))[0][:2] == ("started", 0)


async def test_an_error_is_told_whatever_was_received(talk: Talk) -> None:
    await talk.stream()
    ((kind, number, said),) = await talk.stream("40", message="something else")
    assert (kind, number, said["code"]) == ("error", None, "core.key_reused")


async def test_while_the_turn_is_under_way_it_is_waited_for(
    house: House, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second request asks no model and searches nothing: it finds what the first one kept."""
    prepared: list[str] = []
    prepare = turns.discovery.prepare

    def counted(*args: Any, **more: Any) -> Any:
        prepared.append(more["message"])
        return prepare(*args, **more)

    monkeypatch.setattr(turns.discovery, "prepare", counted)
    buyer = house.runtime.buyer(talk.client.headers["Authorization"].removeprefix("Bearer "))
    lost = streaming.stream_turn(house.runtime, buyer, WISH, "one-and-the-same")
    assert (await anext(lost))["type"] == "started"
    waiting = asyncio.create_task(anext(lost))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    waiting.cancel()
    rest = await talk.stream("0")
    assert (rest[0][1], rest[-1][0]) == (1, "done")
    assert prepared == [WISH]
