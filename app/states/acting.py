"""What every action on a screen shares: busy while it lasts, and a refusal in words beside the control."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from app import bridge
from app.messages import words
from backend.core.context import Actor
from backend.core.errors import AppError, NotSignedIn


@asynccontextmanager
async def acting(state: Any, group: str = "publish") -> AsyncIterator[Actor]:
    """Who acts, counted against a limit. A refusal becomes the state's `failure`; nobody signed in stays an error."""
    state.busy, state.failure = True, ""
    try:
        await bridge.limit(state, group)
        yield await bridge.staff(state)
    except NotSignedIn:
        raise
    except AppError as error:
        state.failure = _told(error)
    finally:
        state.busy = False


def _told(error: AppError) -> str:
    """Where a whole document was refused, its first problem: no list of problems stands beside such a control."""
    problems = error.facts.get("problems")
    return problems[0]["message"] if problems else words(error)


def key() -> str:
    """An idempotency key for one click."""
    return str(uuid4())
