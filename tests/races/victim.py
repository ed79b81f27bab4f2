"""A process that does one unit of work and may be killed at any moment: `python -m tests.races.victim`.

Reads orders, one line of JSON each, and does each in a process forked for it, so that an attempt costs no start-up.
Writes the id of that process before the work begins.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import SecretStr

from backend.core.context import Actor
from backend.core.settings import Settings
from backend.domains.events import drafts
from backend.flows import branching, configs, drafting
from backend.flows.runtime import Runtime
from tests.fakes import fake_ports


def runtime_on(app_dsn: str, system_dsn: str, home: str) -> Runtime:
    settings = Settings(
        home=Path(home),
        supabase_url="http://127.0.0.1:9",
        publishable_key="sb_publishable_test",
        secret_key=SecretStr("sb_secret_test"),
        jwt_secret=SecretStr("test-" + "0" * 40),
        app_dsn=SecretStr(app_dsn),
        system_dsn=SecretStr(system_dsn),
        rate_limits=False,
    )
    return Runtime(settings, fake_ports())


async def work(runtime: Runtime, order: dict[str, Any]) -> None:
    """What the order says, as the API does it."""
    actor = Actor.user(UUID(order["user"]), order["email"])
    slug, key = order["slug"], order["key"]
    match order["verb"]:
        case "publish":
            draft_id = UUID(order["draft"])
            await drafting.publish_draft(
                runtime, actor, draft_id=draft_id, revision=order["revision"], key=key
            )
        case "merge":
            await branching.merge_branch(runtime, actor, slug=slug, name=order["branch"], key=key)
        case "rollback":
            await configs.roll_back(
                runtime, actor, slug=slug, target=order["target"], reason="crash test", key=key
            )
        case _:  # the twin: what publishing would be, were it more than one transaction
            async with runtime.database.as_actor(actor) as ctx:
                saved = await drafts.save_draft(ctx, slug=slug, source_text=order["text"])
            async with runtime.database.as_actor(actor) as ctx:
                await drafts.publish_draft(ctx, draft_id=saved.draft.id, revision=saved.draft.revision)


async def perform(order: dict[str, Any]) -> None:
    runtime = runtime_on(order["app_dsn"], order["system_dsn"], order["home"])
    await runtime.database.open()
    await work(runtime, order)
    await runtime.database.close()


def main() -> None:
    for line in sys.stdin:
        pid = os.fork()
        if pid:
            print(pid, flush=True)
            _, status = os.waitpid(pid, 0)
            print(f"ended {status}", flush=True)
            continue
        try:
            asyncio.run(perform(json.loads(line)))
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)


if __name__ == "__main__":
    main()
