"""Realtime through the real client: private channels by policy, broadcast from SQL, presence, expiry."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any
from uuid import uuid4

import httpx
import jwt
import psycopg
import pytest
from realtime import AsyncRealtimeChannel, RealtimeSubscribeStates
from supabase import AsyncClient
from websockets.asyncio.client import connect

from backend.local import Stack
from tests.local.conftest import closing_client

SEND = "select realtime.send(%s::jsonb, %s, %s, %s)"


class Ears:
    """Joins a channel and collects what is heard there."""

    def __init__(self, client: AsyncClient, topic: str, *, private: bool = True, key: str = "") -> None:
        config = {
            "private": private,
            "broadcast": {"ack": False, "self": False},
            "presence": {"key": key, "enabled": bool(key)},
        }
        self.heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.joined: asyncio.Queue[tuple[RealtimeSubscribeStates, str]] = asyncio.Queue()
        self.channel: AsyncRealtimeChannel = client.realtime.channel(topic, {"config": config})  # type: ignore[arg-type]
        self.channel.on_broadcast("*", self.heard.put_nowait)

    async def join(self) -> tuple[RealtimeSubscribeStates, str]:
        await self.channel.subscribe(lambda state, error: self.joined.put_nowait((state, str(error or ""))))
        return await asyncio.wait_for(self.joined.get(), 10)

    async def next(self) -> dict[str, Any]:
        return await asyncio.wait_for(self.heard.get(), 5)


async def uid(client: AsyncClient) -> str:
    session = await client.auth.get_session()
    assert session
    return session.user.id


async def test_a_message_sent_by_sql_is_heard(user: AsyncClient, owner: psycopg.Connection) -> None:
    topic = f"user:{await uid(user)}"
    ears = Ears(user, topic)
    assert (await ears.join())[0] == RealtimeSubscribeStates.SUBSCRIBED
    owner.execute(SEND, ('{"n": 1}', "counted", topic, True))
    message = await ears.next()
    assert message["event"] == "counted"
    assert message["payload"]["n"] == 1
    assert message["payload"]["id"]


async def test_a_long_message_is_heard_whole(user: AsyncClient, owner: psycopg.Connection) -> None:
    topic = f"user:{await uid(user)}"
    ears = Ears(user, topic)
    await ears.join()
    owner.execute(SEND, (json.dumps({"text": "ü" * 20_000}), "long", topic, True))
    assert (await ears.next())["payload"]["text"] == "ü" * 20_000


async def test_a_trigger_tells_of_changes(user: AsyncClient, owner: psycopg.Connection) -> None:
    topic = f"user:{await uid(user)}"
    ears = Ears(user, topic)
    await ears.join()
    owner.execute(
        "select realtime.broadcast_changes(%s, 'INSERT', 'INSERT', 'closed', 'public', c, null) "
        "from public.closed c where id = 1",
        (topic,),
    )
    assert (await ears.next())["payload"]["record"] == {"id": 1}


async def test_a_rolled_back_message_is_not_heard(user: AsyncClient, owner: psycopg.Connection) -> None:
    topic = f"user:{await uid(user)}"
    ears = Ears(user, topic)
    await ears.join()
    with owner.transaction(force_rollback=True):
        owner.execute(SEND, ("{}", "never", topic, True))
    owner.execute(SEND, ("{}", "really", topic, True))
    assert (await ears.next())["event"] == "really"


async def test_strangers_and_anon_may_not_join(stack: Stack, user: AsyncClient, anon: AsyncClient) -> None:
    for client in (anon, user):
        state, error = await Ears(client, f"user:{uuid4()}").join()
        assert state == RealtimeSubscribeStates.CHANNEL_ERROR
        assert "Unauthorized" in error
        await client.realtime.remove_all_channels()


async def test_a_private_message_is_not_heard_on_a_public_channel(
    anon: AsyncClient, owner: psycopg.Connection
) -> None:
    ears = Ears(anon, "both", private=False)
    await ears.join()
    owner.execute(SEND, ("{}", "private", "both", True))
    owner.execute(SEND, ("{}", "public", "both", False))
    assert (await ears.next())["event"] == "public"


async def test_a_buyers_token_joins_its_own_session_and_hears_only(
    stack: Stack, owner: psycopg.Connection
) -> None:
    session_id = str(uuid4())
    claims = {
        "role": "anon",
        "session_id": session_id,
        "event_id": str(uuid4()),
        "exp": int(time.time()) + 600,
    }
    token = jwt.encode(claims, stack.keys.jwt_secret, algorithm="HS256")
    async with closing_client(stack, stack.keys.publishable) as buyer:
        await buyer.realtime.set_auth(token)
        ears = Ears(buyer, f"session:{session_id}")
        assert (await ears.join())[0] == RealtimeSubscribeStates.SUBSCRIBED
        await ears.channel.send_broadcast("forged", {})  # no policy lets it speak
        owner.execute(SEND, ("{}", "told", f"session:{session_id}", True))
        assert (await ears.next())["event"] == "told"
        assert (await Ears(buyer, f"session:{uuid4()}").join())[0] == RealtimeSubscribeStates.CHANNEL_ERROR


async def test_clients_speak_to_each_other(stack: Stack, user: AsyncClient) -> None:
    topic = f"user:{await uid(user)}"
    session = await user.auth.get_session()
    assert session
    first = Ears(user, topic)
    await first.join()
    async with closing_client(stack, stack.keys.publishable) as other:
        await other.realtime.set_auth(session.access_token)
        second = Ears(other, topic)
        await second.join()
        await second.channel.send_broadcast("wave", {"hand": "left"})
        assert (await first.next())["payload"] == {"hand": "left"}
        assert second.heard.empty()


async def test_presence_tells_who_is_there(stack: Stack, anon: AsyncClient) -> None:
    watcher = Ears(anon, "room", private=False, key="watcher")
    came: asyncio.Queue[str] = asyncio.Queue()
    left: asyncio.Queue[str] = asyncio.Queue()
    watcher.channel.on_presence_join(lambda key, *_: came.put_nowait(key))
    watcher.channel.on_presence_leave(lambda key, *_: left.put_nowait(key))
    await watcher.join()
    async with closing_client(stack, stack.keys.publishable) as guest:
        visitor = Ears(guest, "room", private=False, key="visitor")
        await visitor.join()
        await visitor.channel.track({"mood": "curious"})
        assert await asyncio.wait_for(came.get(), 5) == "visitor"
        assert watcher.channel.presence_state()["visitor"][0]["mood"] == "curious"  # type: ignore[index]
    assert await asyncio.wait_for(left.get(), 5) == "visitor"


async def test_http_broadcast_needs_the_right_to_speak(
    stack: Stack, user: AsyncClient, http: httpx.AsyncClient
) -> None:
    topic = f"user:{await uid(user)}"
    ears = Ears(user, topic)
    await ears.join()
    body = {"messages": [{"topic": topic, "event": "http", "payload": {"a": 1}, "private": True}]}
    send = "/realtime/v1/api/broadcast"
    assert (await http.post(send, json=body)).status_code == 403
    secret = {"authorization": f"Bearer {stack.keys.secret}"}
    assert (await http.post(send, json=body, headers=secret)).status_code == 202
    assert (await ears.next())["payload"] == {"a": 1}
    assert (await http.post(send, json={"messages": "no"}, headers=secret)).status_code == 422


async def test_a_wrong_key_is_turned_away_at_the_door(stack: Stack) -> None:
    url = stack.keys.url.replace("http", "ws") + "/realtime/v1/websocket?apikey=sb_wrong&vsn=1.0.0"
    with pytest.raises(Exception, match="403"):
        async with connect(url):
            pass


async def test_a_channel_ends_with_its_token_and_bad_frames_end_nothing(stack: Stack) -> None:
    session_id = str(uuid4())
    claims = {"role": "anon", "session_id": session_id, "exp": int(time.time()) + 2}
    token = jwt.encode(claims, stack.keys.jwt_secret, algorithm="HS256")
    url = stack.keys.url.replace("http", "ws")
    async with connect(f"{url}/realtime/v1/websocket?apikey={stack.keys.publishable}&vsn=1.0.0") as socket:
        for nonsense in ("not json", "[]", "{}", '{"topic": 1, "event": []}'):
            await socket.send(nonsense)
        topic = f"realtime:session:{session_id}"
        join = {"config": {"private": True}, "access_token": token}
        await socket.send(json.dumps({"topic": topic, "event": "phx_join", "payload": join, "ref": "1"}))
        assert json.loads(await socket.recv())["payload"]["status"] == "ok"
        system = json.loads(await asyncio.wait_for(socket.recv(), 5))
        closed = json.loads(await asyncio.wait_for(socket.recv(), 5))
    assert (system["event"], system["payload"]["message"]) == ("system", "Token has expired")
    assert (closed["event"], closed["ref"]) == ("phx_close", "1")
