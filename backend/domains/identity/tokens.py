"""Tokens: the buyer's (a JWT that Supabase REST and Realtime understand too) and random ones of which only a hash is kept."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from time import time
from uuid import UUID

import jwt

from backend.core.context import Actor
from backend.core.errors import NotSignedIn

BUYER_TOKEN_DAYS = 30
SESSION_COOKIE = "mpax_session"


def new_token() -> str:
    """256 random bits, safe in a cookie and in a link."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> bytes:
    """What the database keeps of a random token."""
    return sha256(token.encode()).digest()


def mint_buyer_token(secret: str, *, session_id: UUID, event_id: UUID, now: datetime) -> str:
    """A token that speaks for one conversation and nothing else.

    Its role is `anon`; row-level security reads `session_id` and `event_id`.
    """
    claims = {
        "role": "anon",
        "aud": "anon",
        "session_id": str(session_id),
        "event_id": str(event_id),
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(days=BUYER_TOKEN_DAYS)).timestamp()),
    }
    return jwt.encode(claims, secret, algorithm="HS256")


def read_buyer_token(secret: str, token: str) -> Actor:
    """Raises: NotSignedIn `identity.bad_token` for anything but a valid buyer token."""
    try:
        actor, expires = _verified(secret, token)
    except (jwt.InvalidTokenError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise NotSignedIn("identity.bad_token") from error
    if expires <= time():
        raise NotSignedIn("identity.bad_token")
    return actor


@lru_cache(maxsize=4096)
def _verified(secret: str, token: str) -> tuple[Actor, float]:
    """Whom a token speaks for, and until when. A buyer shows the same one with every message."""
    claims = jwt.decode(
        token, secret, algorithms=["HS256"], audience="anon", options={"require": ["exp", "aud"]}
    )
    return Actor.buyer(UUID(claims["session_id"]), UUID(claims["event_id"])), float(claims["exp"])
