"""Who has joined which channel, and the way of a message from Postgres or a client to all of them.

Knows no sockets: a `Channel` is given a function that takes frames. One process, one LISTEN.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import AsyncConnection

from backend.local.realtime import protocol
from backend.local.realtime.access import Claims, Pool, Rights

log = logging.getLogger("realtime")

_PAYLOAD = "select payload from realtime.messages where id = %s"
_PURGE = "delete from realtime.messages where inserted_at < now() - interval '3 days'"
_PURGE_EVERY_S = 3600


@dataclass(eq=False, slots=True)
class Channel:
    """One joined channel of one client."""

    join: protocol.Join
    full_topic: str
    join_ref: str | None
    claims: Claims
    rights: Rights
    push: Callable[[str], None]
    presence_key: str = ""
    presence: dict[str, Any] | None = None
    expiry: asyncio.TimerHandle | None = None

    @property
    def group(self) -> tuple[str, bool]:
        """Public and private channels of one name are strangers to each other."""
        return self.join.topic, self.join.private


@dataclass(slots=True)
class Hub:
    """All joined channels, and the connection that hears what Postgres says."""

    dsn: str
    pool: Pool
    lost: Callable[[], None]
    listening: bool = False
    heard: int = 0
    channels: dict[tuple[str, bool], dict[Channel, None]] = field(
        default_factory=dict[tuple[str, bool], dict[Channel, None]]
    )

    def add(self, channel: Channel) -> None:
        channel.presence_key = channel.join.presence_key or secrets.token_hex(8)
        self.channels.setdefault(channel.group, {})[channel] = None

    def remove(self, channel: Channel) -> None:
        """Takes the client out of the channel; the others learn that it has gone."""
        if channel.expiry:
            channel.expiry.cancel()
        members = self.channels.get(channel.group, {})
        members.pop(channel, None)
        if not members:
            self.channels.pop(channel.group, None)
        if channel.presence is not None:
            self._tell_presence(channel, joined=None, left=channel.presence)

    def fan_out(self, group: tuple[str, bool], frame: str, but: Channel | None = None) -> None:
        for channel in list(self.channels.get(group, ())):
            if channel is not but and "broadcast" in channel.rights.hears:
                channel.push(frame)

    def track(self, channel: Channel, meta: dict[str, Any] | None) -> None:
        """Sets what is said about the client, or takes it back with None."""
        before = channel.presence
        channel.presence = None if meta is None else {**meta, "phx_ref": secrets.token_hex(6)}
        if before is not None or channel.presence is not None:
            self._tell_presence(channel, joined=channel.presence, left=before)

    def presence_state(self, group: tuple[str, bool]) -> dict[str, Any]:
        state: dict[str, Any] = {}
        for channel in self.channels.get(group, ()):
            if channel.presence is not None:
                state.setdefault(channel.presence_key, {"metas": []})["metas"].append(channel.presence)
        return state

    async def listen(self) -> None:
        """Hears Postgres for good. When the connection breaks, what was said meanwhile is lost: `lost` is called,
        so that clients join anew and read again.
        """
        while True:
            try:
                async with await AsyncConnection.connect(
                    self.dsn, autocommit=True, application_name="mpax-realtime-listen"
                ) as conn:
                    await conn.execute("listen realtime")
                    self.listening = True
                    async for notice in conn.notifies():
                        await self._deliver(json.loads(notice.payload))
            except (psycopg.Error, OSError) as error:
                log.warning("not listening: %s", error)
            if self.listening:
                self.listening = False
                self.lost()
            await asyncio.sleep(0.3)

    async def purge(self) -> None:
        """Keeps the table of messages from growing for ever, as hosted does by dropping partitions."""
        while True:
            with contextlib.suppress(psycopg.Error):
                async with self.pool.connection() as conn:
                    await conn.execute(_PURGE)
            await asyncio.sleep(_PURGE_EVERY_S)

    async def _deliver(self, said: dict[str, Any]) -> None:
        self.heard += 1
        group = (said["topic"], bool(said["private"]))
        if group not in self.channels:
            return
        if "payload" not in said:  # too long for a notification
            async with self.pool.connection() as conn:
                row = await (await conn.execute(_PAYLOAD, (said["id"],))).fetchone()
            said["payload"] = row[0] if row else {}
        self.fan_out(group, protocol.broadcast(said["topic"], said["event"], said["payload"], said["id"]))

    def _tell_presence(
        self, channel: Channel, *, joined: dict[str, Any] | None, left: dict[str, Any] | None
    ) -> None:
        frame = protocol.presence_diff(channel.join.topic, channel.presence_key, joined, left)
        for other in list(self.channels.get(channel.group, ())):
            if "presence" in other.rights.hears:
                other.push(frame)
