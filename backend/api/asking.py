"""Who is asking, how often, and under which idempotency key: dependencies of the routes."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated
from uuid import uuid4

from fastapi import Depends, Header, Request
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from backend.core.context import Actor
from backend.core.errors import NotSignedIn, TooMany
from backend.domains.identity import service as identity
from backend.domains.identity.tokens import read_buyer_token
from backend.flows.runtime import Runtime

SESSION_COOKIE = "mpax_session"


def runtime_of(request: Request) -> Runtime:
    return request.app.state.runtime


RuntimeOf = Annotated[Runtime, Depends(runtime_of)]


def client_of(request: Request) -> str:
    """The client's address; proxies are believed as far as the settings name them."""
    hops = request.app.state.runtime.settings.trusted_proxies
    forwarded = [hop.strip() for hop in request.headers.get("x-forwarded-for", "").split(",") if hop.strip()]
    if hops and len(forwarded) >= hops:
        return forwarded[-hops]
    return request.client.host if request.client else "unknown"


def fingerprint(request: Request) -> str:
    """Tells strangers apart for idempotency keys: keys of two clients never meet."""
    return sha256(f"{client_of(request)}|{request.headers.get('user-agent', '')}".encode()).hexdigest()[:24]


async def buyer(request: Request) -> Actor:
    """The conversation of the Bearer token."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn("identity.bad_token")
    return read_buyer_token(runtime_of(request).settings.jwt_secret.get_secret_value(), token.strip())


async def staff(request: Request) -> Actor:
    """The person of the sign-in cookie; the database is asked each time, so that a sign-out holds at once."""
    token = request.cookies.get(SESSION_COOKIE)
    if not token:
        raise NotSignedIn("identity.not_signed_in")
    async with runtime_of(request).database.as_actor(Actor.anonymous()) as ctx:
        return await identity.actor_of(ctx, token=token)


Buyer = Annotated[Actor, Depends(buyer)]
Staff = Annotated[Actor, Depends(staff)]


def idempotency_key(
    value: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=200,
            description="Repeat a request with the same key and it is done once.",
            examples=["6f0d8f0e-6a52-4a39-b0a5-7c4a2d9f1c11"],
        ),
    ] = None,
) -> str:
    return value or str(uuid4())


Key = Annotated[str, Depends(idempotency_key)]


class Limit:
    """A route dependency: at most so many requests per client and route group, e.g. `Limit("60/minute", "message")`.

    Counted per process, in memory: a brake for one noisy client, not a quota.
    """

    def __init__(self, rate: str, group: str) -> None:
        self._rate: RateLimitItem = parse(rate)
        self._group = group

    async def __call__(self, request: Request) -> None:
        if not runtime_of(request).settings.rate_limits:
            return
        limiter: MovingWindowRateLimiter = request.app.state.limiter
        if not await limiter.hit(self._rate, self._group, client_of(request)):
            window = await limiter.get_window_stats(self._rate, self._group, client_of(request))
            wait_s = max(1, int(window.reset_time - request.app.state.clock()))
            raise TooMany("core.too_many_requests", group=self._group, retry_after_s=wait_s)


def new_limiter() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(MemoryStorage())
