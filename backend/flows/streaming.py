"""A turn as a stream of events. Whoever stops listening does not stop the turn: it is finished and kept under its key."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any, Final

from backend.core.context import Actor
from backend.core.errors import AppError
from backend.flows.runtime import Runtime
from backend.flows.turns import take_turn

log = logging.getLogger(__name__)

Event = dict[str, Any]

#: How long a repeated request waits for the turn that is under way.
PATIENCE_S: Final = 10.0
_LONGEST_ID: Final = 10


async def stream_turn(runtime: Runtime, actor: Actor, message: str, key: str) -> AsyncIterator[Event]:
    """`started` at once, then the events of the answer once its text has been checked, or `error`.

    The same key gives the same events again, so that a lost connection is mended by asking once more: while the turn is
    still under way here, it is waited for.
    """
    yield {"type": "started", "key": key}
    turn: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
    turn.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody may be listening

    name = f"turn:{actor.session_id}:{key}"

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

    async def work_after() -> None:
        await runtime.work.within(name, PATIENCE_S)
        await work()

    # of two streams with one key the second has a turn of its own, which finds the answer of the first or is refused
    if not runtime.work.start(name, work()):
        runtime.work.start(f"{name}:{id(turn)}", work_after())
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


async def numbered(events: AsyncIterator[Event], after: int = -1) -> AsyncIterator[tuple[int | None, Event]]:
    """The events with their numbers from 0, those `after` one that was received already. An error has none: it is told in
    any case, and whoever asks again goes on from before it."""
    number = 0
    async for event in events:
        if event["type"] == "error":
            yield None, event
            continue
        if number > after:
            yield number, event
        number += 1


def number_of(last_event_id: str) -> int:
    """The number in a `Last-Event-ID`; -1 where it is none of ours, so that everything is sent."""
    is_ours = last_event_id.isascii() and last_event_id.isdecimal() and len(last_event_id) < _LONGEST_ID
    return int(last_event_id) if is_ours else -1
