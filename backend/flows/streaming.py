"""A turn as a stream of events. Whoever stops listening does not stop the turn: it is finished and kept under its key."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

from backend.core.context import Actor
from backend.core.errors import AppError
from backend.flows.runtime import Runtime
from backend.flows.turns import take_turn

log = logging.getLogger(__name__)

Event = dict[str, Any]


async def stream_turn(runtime: Runtime, actor: Actor, message: str, key: str) -> AsyncIterator[Event]:
    """`started` at once, then the events of the answer once its text has been checked, or `error`.

    The same key gives the same events again, so that a lost connection is mended by asking once more.
    """
    yield {"type": "started", "key": key}
    turn: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
    turn.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody may be listening

    async def work() -> None:
        try:
            answer = await take_turn(runtime, actor, message=message, key=key)
        except BaseException as error:
            if not turn.done():
                turn.set_exception(error if isinstance(error, Exception) else asyncio.CancelledError())
            if not isinstance(error, Exception):
                raise
            return
        if not turn.done():
            turn.set_result(answer)

    # of two streams with one key the second has a turn of its own, which finds the answer of the first or is refused
    if not runtime.work.start(f"turn:{actor.session_id}:{key}", work()):
        runtime.work.start(f"turn:{actor.session_id}:{key}:{id(turn)}", work())
    try:
        answer = await asyncio.shield(turn)
    except AppError as refused:
        yield {"type": "error", "code": refused.code, "facts": refused.facts, "status": refused.status}
        return
    except Exception:
        log.exception("a turn broke while its answer was streamed")
        yield {"type": "error", "code": "core.unexpected", "facts": {}, "status": 500}
        return
    for event in answer["events"]:
        yield event
