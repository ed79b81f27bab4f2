"""The only place where the user interface opens a unit of work, learns who asks, and listens to Realtime.

It decides nothing: identity comes from the verified cookie or the buyer's token, rights from row-level security.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection
from contextlib import aclosing, asynccontextmanager
from http.cookies import CookieError, SimpleCookie
from typing import Any

import reflex as rx
from reflex_base.registry import RegistrationContext

from backend.core.context import Actor, Context
from backend.domains.identity.tokens import SESSION_COOKIE
from backend.main import Runtime, get_runtime

#: How soon a screen whose tab is gone is noticed.
GONE_AFTER_S = 5.0


def runtime() -> Runtime:
    return get_runtime()


async def limit(state: rx.State, group: str) -> None:
    """Counts one more request of the client's address, together with those over HTTP.

    Raises: TooMany `core.too_many_requests`.
    """
    await runtime().brakes.count(group, client_of(state))


def client_of(state: rx.State) -> str:
    """The client's address."""
    forwarded = state.router.headers.raw_headers.get("x-forwarded-for", "")
    return runtime().brakes.client(forwarded, state.router.session.client_ip)


async def staff(state: rx.State) -> Actor:
    """Who is signed in. Raises: NotSignedIn."""
    return await runtime().staff(_cookie(state))


def buyer(token: str) -> Actor:
    """The conversation a buyer's token speaks for. Raises: NotSignedIn `identity.bad_token`."""
    return runtime().buyer(token)


@asynccontextmanager
async def unit(state: rx.State) -> AsyncIterator[Context]:
    """A unit of work for the signed-in person."""
    async with unit_for(await staff(state)) as ctx:
        yield ctx


@asynccontextmanager
async def unit_for(actor: Actor) -> AsyncIterator[Context]:
    """A unit of work for an actor already known."""
    async with runtime().database.as_actor(actor) as ctx:
        yield ctx


async def listen(state: rx.State, topic: str) -> AsyncIterator[dict[str, Any]]:
    """Messages of a topic for as long as the screen is connected; `{"event": "idle"}` while there are none."""
    async with aclosing(runtime().ports.broadcasts.listen(topic)) as messages:  # type: ignore[type-var]
        following = asyncio.ensure_future(anext(messages))
        try:
            while is_connected(state):
                done, _ = await asyncio.wait({following}, timeout=GONE_AFTER_S)
                if not done:
                    yield {"event": "idle", "payload": {}}
                    continue
                message = following.result()
                following = asyncio.ensure_future(anext(messages))
                yield message
        finally:
            following.cancel()
            with contextlib.suppress(asyncio.CancelledError, StopAsyncIteration):
                await following


async def follow(state: Any, topic: str, kinds: Collection[str]) -> AsyncIterator[dict[str, Any]]:
    """Messages of these kinds on one of a screen's `_topics`, until the screen is loaded anew and its `_watch` moves on."""
    async with state:
        mine = state._watch
        if topic not in state._topics:
            return
    async for message in listen(state, topic):
        async with state:
            if mine != state._watch:
                return
        if message["event"] in kinds:
            yield message


def is_connected(state: rx.State) -> bool:
    """Whether the browser tab of a state still holds its socket."""
    namespace = RegistrationContext.get().app.event_namespace
    return namespace is None or state.router.session.client_token in namespace._token_manager.token_to_socket


def _cookie(state: rx.State) -> str:
    try:
        found = SimpleCookie(state.router.headers.cookie or "").get(SESSION_COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""
