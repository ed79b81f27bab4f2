"""One connected client: its channels, what it asks for, and the queue of frames on their way to it."""

from __future__ import annotations

import asyncio
import contextlib
import time

from psycopg import Error as PostgresError
from psycopg_pool import PoolTimeout
from starlette.websockets import WebSocket, WebSocketDisconnect

from backend.local.realtime import protocol
from backend.local.realtime.access import EVERYTHING, Claims, Gate, Refused, Rights, rights_on
from backend.local.realtime.hub import Channel, Hub

SILENCE_S = 60  # clients send a heartbeat each 25 s
QUEUE = 1000
TRY_AGAIN_LATER = 1013


class Client:
    """Serves one WebSocket until either side ends it."""

    def __init__(self, socket: WebSocket, hub: Hub, gate: Gate) -> None:
        self._socket = socket
        self._hub = hub
        self._gate = gate
        self._channels: dict[str, Channel] = {}
        self._queue: asyncio.Queue[str] = asyncio.Queue(QUEUE)
        self._closing: asyncio.Task[None] | None = None

    async def serve(self) -> None:
        writer = asyncio.create_task(self._write())
        try:
            while True:
                text = await asyncio.wait_for(self._socket.receive_text(), SILENCE_S)
                with contextlib.suppress(protocol.BadFrame):
                    await self._handle(protocol.parse(text))
        except (WebSocketDisconnect, TimeoutError, RuntimeError, KeyError):
            pass  # gone, silent for too long, closed by us, or a binary frame
        finally:
            for topic in list(self._channels):
                self._leave(topic)
            writer.cancel()
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await self._socket.close()

    def close(self, code: int) -> None:
        """Ends the connection soon; returns at once."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close(code))

    def _push(self, frame: str) -> None:
        try:
            self._queue.put_nowait(frame)
        except asyncio.QueueFull:
            self.close(TRY_AGAIN_LATER)  # it reads too slowly: it shall come back and read the present state

    async def _write(self) -> None:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            while True:
                await self._socket.send_text(await self._queue.get())

    async def _close(self, code: int) -> None:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await self._socket.close(code)

    async def _handle(self, message: protocol.Message) -> None:
        if message.event == "heartbeat":
            return self._push(protocol.reply(message, "ok", {}))
        if message.event == "phx_join":
            return await self._join(message)
        channel = self._channels.get(message.topic)
        if message.event == "phx_leave":
            self._leave(message.topic)
            self._push(protocol.reply(message, "ok", {}))
            return self._push(protocol.closed(message.topic, channel.join_ref if channel else message.ref))
        if channel is None:
            return self._push(protocol.refusal(message, "unmatched topic"))
        if message.event == "access_token":
            return await self._renew(channel, message)
        if message.event == "broadcast":
            return self._broadcast(channel, message)
        if message.event == "presence":
            return self._presence(channel, message)
        return None

    async def _join(self, message: protocol.Message) -> None:
        join = protocol.parse_join(message)
        if join.wants_changes:
            reason = "postgres_changes is not part of the embedded Supabase; call realtime.broadcast_changes"
            return self._push(protocol.refusal(message, reason))
        try:
            claims = self._gate.claims(join.token)
            rights = await self._rights(claims, join)
        except Refused as error:
            return self._push(protocol.refusal(message, str(error)))
        self._leave(message.topic)
        channel = Channel(join, message.topic, message.ref, claims, rights, self._push)
        self._channels[message.topic] = channel
        self._hub.add(channel)
        self._expire_in_time(channel)
        self._push(protocol.reply(message, "ok", {"postgres_changes": []}))
        if join.presence and "presence" in rights.hears:
            state = self._hub.presence_state(channel.group)
            self._push(protocol.frame(message.topic, "presence_state", state))
        return None

    async def _rights(self, claims: Claims, join: protocol.Join) -> Rights:
        """Raises: Refused when the policies let the client hear nothing on the topic."""
        if not join.private:
            return EVERYTHING
        try:
            rights = await rights_on(self._hub.pool, claims, join.topic)
        except (PostgresError, PoolTimeout) as error:
            raise Refused("DatabaseUnavailable: try again") from error
        if not rights.hears:
            raise Refused(
                f"Unauthorized: You do not have permissions to read from this Channel topic: {join.topic}"
            )
        return rights

    async def _renew(self, channel: Channel, message: protocol.Message) -> None:
        try:
            claims = self._gate.claims(message.payload.get("access_token"))
            channel.rights = await self._rights(claims, channel.join)
        except Refused as error:
            return self._expire(channel, str(error))
        channel.claims = claims
        return self._expire_in_time(channel)

    def _broadcast(self, channel: Channel, message: protocol.Message) -> None:
        may = "broadcast" in channel.rights.says
        if may:
            event, payload = str(message.payload.get("event", "")), message.payload.get("payload") or {}
            frame = protocol.broadcast(channel.join.topic, event, payload)
            self._hub.fan_out(channel.group, frame, but=None if channel.join.hears_itself else channel)
        if channel.join.wants_ack:
            self._push(protocol.reply(message, "ok" if may else "error", {}))

    def _presence(self, channel: Channel, message: protocol.Message) -> None:
        event = message.payload.get("event")
        if event == "track" and "presence" not in channel.rights.says:
            return self._push(protocol.refusal(message, "Unauthorized: presence"))
        meta = message.payload.get("payload")
        self._hub.track(channel, (meta if isinstance(meta, dict) else {}) if event == "track" else None)
        return self._push(protocol.reply(message, "ok", {}))

    def _leave(self, topic: str) -> None:
        if channel := self._channels.pop(topic, None):
            self._hub.remove(channel)

    def _expire_in_time(self, channel: Channel) -> None:
        if channel.expiry:
            channel.expiry.cancel()
            channel.expiry = None
        if expires_at := channel.claims.get("exp"):
            delay = max(0.0, float(expires_at) - time.time())
            channel.expiry = asyncio.get_running_loop().call_later(
                delay, self._expire, channel, "Token has expired"
            )

    def _expire(self, channel: Channel, reason: str) -> None:
        if self._channels.get(channel.full_topic) is not channel:
            return
        self._push(protocol.system_error(channel.full_topic, reason))
        self._push(protocol.closed(channel.full_topic, channel.join_ref))
        self._leave(channel.full_topic)
