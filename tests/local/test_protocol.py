"""Frames of Realtime, without a server."""

from __future__ import annotations

import json

import pytest

from backend.local.realtime import protocol


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "{}", '{"topic": "a"}', '{"topic": 1, "event": "x"}', "{"]
)
def test_what_is_no_frame_is_refused(text: str) -> None:
    with pytest.raises(protocol.BadFrame):
        protocol.parse(text)


def test_numbers_as_refs_become_text() -> None:
    message = protocol.parse(
        '{"topic": "phoenix", "event": "heartbeat", "payload": null, "ref": 7, "join_ref": null}'
    )
    assert (message.ref, message.join_ref, message.payload) == ("7", None, {})


def test_a_join_without_settings_is_public_and_silent() -> None:
    join = protocol.parse_join(protocol.Message("realtime:room", "phx_join", {"config": "broken"}, "1", "1"))
    assert join == protocol.Join("room", False, None, False, False, False, "", False)


@pytest.mark.parametrize(
    "frame",
    [
        protocol.broadcast("room", "e", {"a": 1}, "some-id"),
        protocol.broadcast("room", "e", 5),
        protocol.system_error("realtime:room", "why"),
        protocol.presence_diff("room", "key", joined={"a": 1}),
        protocol.frame("realtime:room", "presence_state", {}),
    ],
)
def test_every_frame_names_ref_if_only_as_null(frame: str) -> None:
    assert json.loads(frame)["ref"] is None


def test_a_payload_that_is_no_object_is_wrapped() -> None:
    assert json.loads(protocol.broadcast("room", "e", [1]))["payload"]["payload"] == {"value": [1]}
