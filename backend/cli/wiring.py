"""What commands share: run a coroutine, open the database with local ports."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from backend.core.db import Database
from backend.core.settings import load_settings
from backend.main import build_ports

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Runs one command's work to its end; Ctrl-C cancels it and lets transactions roll back."""
    return asyncio.run(work)


def address_of(slug: str) -> str:
    """Where buyers find an event."""
    return f"{load_settings().base_url}/e/{slug}"


@asynccontextmanager
async def open_database() -> AsyncIterator[Database]:
    """The database with both doors, for the duration of a command. Raises: Busy when it cannot be reached."""
    settings = load_settings()
    ports = build_ports(settings)
    database = Database(settings, ports)
    await database.open()
    try:
        yield database
    finally:
        await database.close()
        await ports.close()
