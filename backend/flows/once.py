"""One request that changes something, by somebody signed in: one unit of work, done once per key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from backend.core.context import Actor, Context
from backend.domains.journal import service as journal
from backend.flows.runtime import Runtime

Work: TypeAlias = Callable[[Context], Awaitable[dict[str, Any]]]


async def once(
    runtime: Runtime, actor: Actor, *, operation: str, key: str, request: dict[str, Any], work: Work
) -> dict[str, Any]:
    """The answer of the work, or the one that the same key got before. Raises: Conflict `core.key_reused`."""
    async with runtime.database.as_actor(actor) as ctx:
        return await journal.once(ctx, operation=operation, key=key, request=request, work=lambda: work(ctx))


async def once_served(
    runtime: Runtime, actor: Actor, *, operation: str, key: str, request: dict[str, Any], work: Work
) -> dict[str, Any]:
    """The same for what changes what is served: this process need not wait for its own broadcast."""
    answer = await once(runtime, actor, operation=operation, key=key, request=request, work=work)
    await runtime.bundles.refresh()
    return answer
