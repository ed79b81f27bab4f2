"""Who asks, how often, and what a client can call."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from app import bridge, serve
from app.messages import WORDS
from app.states.acting import acting
from app.states.document import Document
from backend.core.errors import Conflict, NotSignedIn, TooMany
from backend.core.settings import Settings
from backend.flows.brakes import Brakes

STATES = sorted(Path(serve.ROOT, "app", "states").glob("*.py"))


def screen(address: str = "203.0.113.5", **headers: str) -> Any:
    router = SimpleNamespace(
        session=SimpleNamespace(client_ip=address),
        headers=SimpleNamespace(raw_headers=headers, cookie=headers.get("cookie", "")),
    )
    return SimpleNamespace(router=router)


@pytest.fixture
def limited(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    settings = SimpleNamespace(rate_limits=True, trusted_proxies=0)
    process = SimpleNamespace(brakes=Brakes(cast("Settings", settings)))
    monkeypatch.setattr(bridge, "runtime", lambda: process)
    return settings


async def test_one_client_is_limited_over_the_socket_and_others_are_not(limited: SimpleNamespace) -> None:
    for _ in range(30):
        await bridge.limit(screen(), "reserve")
    with pytest.raises(TooMany) as refused:
        await bridge.limit(screen(), "reserve")
    assert refused.value.code == "core.too_many_requests"
    assert 1 <= refused.value.facts["retry_after_s"] <= 60
    await bridge.limit(screen(), "message")
    await bridge.limit(screen("203.0.113.6"), "reserve")


async def test_limits_can_be_switched_off(limited: SimpleNamespace) -> None:
    limited.rate_limits = False
    for _ in range(100):
        await bridge.limit(screen(), "lead")


@pytest.mark.parametrize(
    ("hops", "forwarded", "expected"),
    [
        (0, "198.51.100.1", "203.0.113.5"),
        (1, "198.51.100.9, 198.51.100.1", "198.51.100.1"),
        (2, "198.51.100.9, 198.51.100.1", "198.51.100.9"),
        (2, "198.51.100.1", "203.0.113.5"),
    ],
)
def test_proxies_are_believed_as_far_as_they_are_named(
    limited: SimpleNamespace, hops: int, forwarded: str, expected: str
) -> None:
    limited.trusted_proxies = hops
    assert bridge.client_of(screen(**{"x-forwarded-for": forwarded})) == expected


@pytest.fixture
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    async def count(state: Any, group: str) -> None:
        return None

    monkeypatch.setattr(bridge, "limit", count)


@pytest.mark.usefixtures("unlimited")
async def test_a_stranger_cannot_act(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nobody(state: Any) -> None:
        raise NotSignedIn("identity.not_signed_in")

    monkeypatch.setattr(bridge, "staff", nobody)
    state, reached = SimpleNamespace(busy=False, failure=""), False
    with pytest.raises(NotSignedIn):
        async with acting(state):
            reached = True
    assert (reached, state.busy, state.failure) == (False, False, "")


@pytest.mark.usefixtures("unlimited")
async def test_a_refusal_is_said_in_words_and_the_control_is_free_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def somebody(state: Any) -> str:
        return "somebody"

    monkeypatch.setattr(bridge, "staff", somebody)
    state = SimpleNamespace(busy=False, failure="")
    async with acting(state) as actor:
        assert (actor, state.busy) == ("somebody", True)
        raise Conflict("events.version_taken")
    assert (state.busy, state.failure) == (False, WORDS["events.version_taken"])


async def test_a_reader_cannot_change_a_draft() -> None:
    async def kept(text: str) -> bool:
        raise AssertionError("it was kept")

    page = SimpleNamespace(may_edit=False, accepted=0, _keep=kept)
    await Document.event_handlers["edit_text"].fn(page, "id: x", 7)
    assert page.accepted == 0


@pytest.mark.parametrize("path", STATES, ids=lambda path: path.stem)
def test_a_client_can_call_nothing_that_is_not_meant_as_an_event(path: Path) -> None:
    """Reflex takes every method of a state whose name has no underscore for an event handler."""
    assert {name for name, is_event in _methods(path) if not is_event and not name.startswith("_")} == set()


def _methods(path: Path) -> Iterator[tuple[str, bool]]:
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ClassDef):
            for item in node.body:
                if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield item.name, any("rx.event" in ast.unparse(d) for d in item.decorator_list)
