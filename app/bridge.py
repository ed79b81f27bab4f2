"""The only place where the user interface opens a unit of work, learns who asks, and listens to Realtime.

It decides nothing: identity comes from the verified cookie or the buyer's token, rights from row-level security.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from http.cookies import CookieError, SimpleCookie
from typing import Any

import reflex as rx
from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from reflex_base.registry import RegistrationContext

from backend.core.context import Actor, Context
from backend.core.errors import NotSignedIn, TooMany
from backend.domains.identity import service as identity
from backend.domains.identity.tokens import read_buyer_token
from backend.main import Runtime, get_runtime

SESSION_COOKIE = "mpax_session"
#: How soon a screen whose tab is gone is noticed.
GONE_AFTER_S = 5.0
#: How often one client may do what, over the event socket. The same rates as the HTTP API's.
RATES = {
    "start": "60/minute",
    "message": "120/minute",
    "action": "240/minute",
    "read": "240/minute",
    "reserve": "30/minute",
    "lead": "20/minute",
    "lead-refresh": "120/minute",
    "check": "120/minute",
    "publish": "30/minute",
}

_limiter = MovingWindowRateLimiter(MemoryStorage())


def runtime() -> Runtime:
    return get_runtime()


async def limit(state: rx.State, group: str) -> None:
    """Counts one more request of the client's address. A brake for one noisy client, not a quota.

    Raises: TooMany `core.too_many_requests`.
    """
    if not runtime().settings.rate_limits:
        return
    rate, client = parse(RATES[group]), client_of(state, runtime().settings.trusted_proxies)
    if not await _limiter.hit(rate, group, client):
        window = await _limiter.get_window_stats(rate, group, client)
        wait_s = max(1, int(window.reset_time - time.time()))
        raise TooMany("core.too_many_requests", group=group, retry_after_s=wait_s)


def client_of(state: rx.State, hops: int) -> str:
    """The client's address; proxies are believed as far as the settings name them."""
    headers = state.router.headers.raw_headers
    forwarded = [hop.strip() for hop in headers.get("x-forwarded-for", "").split(",") if hop.strip()]
    if hops and len(forwarded) >= hops:
        return forwarded[-hops]
    return state.router.session.client_ip or "unknown"


async def staff(state: rx.State) -> Actor:
    """Who is signed in, asked of the database each time. Raises: NotSignedIn."""
    token = _cookie(state)
    if not token:
        raise NotSignedIn("identity.not_signed_in")
    async with runtime().database.as_actor(Actor.anonymous()) as ctx:
        return await identity.actor_of(ctx, token=token)


def buyer(token: str) -> Actor:
    """The conversation a buyer's token speaks for. Raises: NotSignedIn `identity.bad_token`."""
    return read_buyer_token(runtime().settings.jwt_secret.get_secret_value(), token)


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
