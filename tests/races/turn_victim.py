"""A process that answers one message and is killed before it has written it down: `python -m tests.races.turn_victim ORDER`.

ORDER is JSON: `app_dsn`, `system_dsn`, `home`, `session`, `event`, `message`, `key`.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from typing import Any
from uuid import UUID

from backend.core.context import Actor
from backend.domains.discovery import service as discovery
from backend.flows.turns import take_turn
from tests.races.victim import runtime_on


async def _killed(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def main(order: dict[str, Any]) -> None:
    runtime = runtime_on(order["app_dsn"], order["system_dsn"], order["home"])
    await runtime.database.open()
    await runtime.bundles.refresh()
    discovery.keep_turn = _killed  # type: ignore[assignment]  # everything but the write is done by then
    buyer = Actor.buyer(UUID(order["session"]), UUID(order["event"]))
    await take_turn(runtime, buyer, message=order["message"], key=order["key"])


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
