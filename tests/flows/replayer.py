"""A process that answers the same messages again and again: `python -m tests.flows.replayer`, the order on stdin.

Writes the hashes it saw, one set per message. Which process it is, and with which seed it hashes, must not show.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace
from typing import Any
from uuid import UUID

from backend.adapters.embeddings import LocalEmbedder
from backend.core.context import Actor
from backend.domains.discovery import service as discovery
from backend.flows.knowing import known_of
from backend.flows.runtime import Runtime
from backend.kit.canonical_json import canonical_sha256
from tests.races.victim import runtime_on


async def replayed(runtime: Runtime, buyer: Actor, messages: list[str], times: int) -> dict[str, list[str]]:
    """Shape: the different hashes per message; one, if the same comes out every time."""
    embedder = LocalEmbedder()
    async with runtime.database.as_actor(buyer) as ctx:
        session = await discovery.get_session(ctx)
    known = await known_of(runtime, buyer, session)
    seen: dict[str, set[str]] = {message: set() for message in messages}
    for _ in range(times):
        for message in messages:
            async with runtime.database.as_actor(buyer) as ctx:
                prepared = discovery.prepare(
                    session,
                    message=message,
                    bundle=known.bundle,
                    vocabulary=known.vocabulary,
                    index=known.index,
                    embedder=embedder,
                    today=discovery.today_of(ctx, known.bundle.document),
                )
                answer, state = await discovery.answer_to(ctx, prepared)
            seen[message].add(canonical_sha256({"answer": answer.to_json(), "state": state.to_json()}))
    return {message: sorted(found) for message, found in seen.items()}


async def main(order: dict[str, Any]) -> None:
    runtime = runtime_on(order["app_dsn"], order["system_dsn"], order["home"])
    runtime = Runtime(runtime.settings, replace(runtime.ports, embedder=LocalEmbedder()))
    await runtime.database.open()
    try:
        await runtime.bundles.refresh()
        buyer = Actor.buyer(UUID(order["session"]), UUID(order["event"]))
        print(json.dumps(await replayed(runtime, buyer, order["messages"], order["times"])))
    finally:
        await runtime.database.close()


if __name__ == "__main__":
    asyncio.run(main(json.load(sys.stdin)))
