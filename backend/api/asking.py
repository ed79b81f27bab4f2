"""Who is asking, how often, and under which idempotency key: dependencies of the routes."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated
from uuid import uuid4

from fastapi import Depends, Header, Request

from backend.core.context import Actor
from backend.core.errors import NotSignedIn
from backend.domains.identity.tokens import SESSION_COOKIE
from backend.flows.runtime import Runtime


def runtime_of(request: Request) -> Runtime:
    return request.app.state.runtime


async def _runtime(request: Request) -> Runtime:
    """Dependencies are coroutines, however little they do: others are run in threads."""
    return runtime_of(request)


RuntimeOf = Annotated[Runtime, Depends(_runtime)]


def client_of(request: Request) -> str:
    """The client's address."""
    peer = request.client.host if request.client else None
    return runtime_of(request).brakes.client(request.headers.get("x-forwarded-for", ""), peer)


def fingerprint(request: Request) -> str:
    """Tells strangers apart for idempotency keys: keys of two clients never meet."""
    return sha256(f"{client_of(request)}|{request.headers.get('user-agent', '')}".encode()).hexdigest()[:24]


async def buyer(request: Request) -> Actor:
    """The conversation of the Bearer token."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn("identity.bad_token")
    return runtime_of(request).buyer(token.strip())


async def staff(request: Request) -> Actor:
    """The person of the sign-in cookie."""
    return await runtime_of(request).staff(request.cookies.get(SESSION_COOKIE))


Buyer = Annotated[Actor, Depends(buyer)]
Staff = Annotated[Actor, Depends(staff)]


async def idempotency_key(
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
    """A route dependency that counts the request in its group, e.g. `Limit("message")`."""

    def __init__(self, group: str) -> None:
        self._group = group

    async def __call__(self, request: Request) -> None:
        await runtime_of(request).brakes.count(self._group, client_of(request))
