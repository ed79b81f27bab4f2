"""Frames of the Phoenix protocol, version 1.0.0, as Supabase's clients write and read them. Pure.

Every frame carries `ref`, if only as null: the Python client drops those without.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PREFIX = "realtime:"


class BadFrame(ValueError):
    """What came in is not a frame."""


@dataclass(frozen=True, slots=True)
class Message:
    """A frame from a client."""

    topic: str
    event: str
    payload: dict[str, Any]
    ref: str | None
    join_ref: str | None


@dataclass(frozen=True, slots=True)
class Join:
    """What a client asks for when it joins a channel."""

    topic: str
    private: bool
    token: str | None
    hears_itself: bool
    wants_ack: bool
    presence: bool
    presence_key: str
    wants_changes: bool


def parse(text: str) -> Message:
    """Raises: BadFrame."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise BadFrame("not JSON") from error
    if (
        not isinstance(data, dict)
        or not isinstance(data.get("topic"), str)
        or not isinstance(data.get("event"), str)
    ):
        raise BadFrame("neither topic nor event")
    payload = data.get("payload")
    ref, join_ref = data.get("ref"), data.get("join_ref")
    return Message(
        topic=data["topic"],
        event=data["event"],
        payload=payload if isinstance(payload, dict) else {},
        ref=None if ref is None else str(ref),
        join_ref=None if join_ref is None else str(join_ref),
    )


def parse_join(message: Message) -> Join:
    """Reads the settings of a `phx_join`; what is missing has the value that it has on hosted."""
    config = _dict(message.payload.get("config"))
    broadcast, presence = _dict(config.get("broadcast")), _dict(config.get("presence"))
    return Join(
        topic=message.topic.removeprefix(PREFIX),
        private=bool(config.get("private")),
        token=message.payload.get("access_token"),
        hears_itself=bool(broadcast.get("self")),
        wants_ack=bool(broadcast.get("ack")),
        presence=bool(presence.get("enabled")),
        presence_key=str(presence.get("key") or ""),
        wants_changes=bool(config.get("postgres_changes")),
    )


def frame(topic: str, event: str, payload: Mapping[str, Any], ref: str | None = None) -> str:
    """Any frame to a client. `topic` is the full one, with its prefix."""
    return dumps({"topic": topic, "event": event, "payload": payload, "ref": ref})


def reply(to: Message, status: str, response: Mapping[str, Any]) -> str:
    """The answer to a frame, found again by its `ref`."""
    return dumps(
        {
            "topic": to.topic,
            "event": "phx_reply",
            "payload": {"status": status, "response": response},
            "ref": to.ref,
            "join_ref": to.join_ref,
        }
    )


def refusal(to: Message, reason: str) -> str:
    """The answer to a frame that is not granted."""
    return reply(to, "error", {"reason": reason})


def broadcast(topic: str, event: str, payload: Any, message_id: str | None = None) -> str:
    """A message to all who joined the topic."""
    body: dict[str, Any] = {
        "type": "broadcast",
        "event": event,
        "payload": payload if isinstance(payload, dict) else {"value": payload},
    }
    if message_id:
        body["meta"] = {"id": message_id}
    return frame(PREFIX + topic, "broadcast", body)


def system_error(topic: str, message: str) -> str:
    """Why a channel is about to be closed."""
    payload = {
        "channel": topic.removeprefix(PREFIX),
        "extension": "system",
        "status": "error",
        "message": message,
    }
    return frame(topic, "system", payload)


def closed(topic: str, join_ref: str | None) -> str:
    """The channel is over for this client."""
    return frame(topic, "phx_close", {}, join_ref)


def presence_diff(
    topic: str, key: str, joined: Mapping[str, Any] | None = None, left: Mapping[str, Any] | None = None
) -> str:
    """Somebody came, went, or changed what is said about them."""
    return frame(
        PREFIX + topic,
        "presence_diff",
        {
            "joins": {key: {"metas": [joined]}} if joined is not None else {},
            "leaves": {key: {"metas": [left]}} if left is not None else {},
        },
    )


def dumps(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), default=str)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
