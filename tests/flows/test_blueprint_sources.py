"""What comes into a preview beside lists: an API's records, photos by their names, the worker's part when a process dies."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from backend import worker
from backend.core.context import Context
from backend.core.ports import Ports
from backend.core.settings import Settings
from backend.domains.blueprints import feeding
from backend.flows import blueprint_looking, sandbox
from backend.flows.imports import ImportRunner
from backend.flows.runtime import Runtime
from tests.factories import World
from tests.feed_server import FeedServer, Reply, Seen, serve, things
from tests.flows.test_blueprint_sandbox import Sale, begun
from tests.flows.test_blueprints import Desk, desk, jpeg

__all__ = ["desk"]

RECORDS = things(12)


@pytest.fixture
def server() -> Iterator[FeedServer]:
    def paged(seen: Seen) -> Reply:
        at = (int(seen.query.get("page", "1")) - 1) * 5
        return Reply({"items": RECORDS[at : at + 5], "page": at // 5 + 1, "total": len(RECORDS)})

    with serve() as feed:
        feed.on("/things", paged)
        yield feed


@pytest.fixture
async def open_desk(settings: Settings, ports: Ports, world: World) -> AsyncIterator[Desk]:
    """A process that may fetch from this machine."""
    runtime = Runtime(settings.model_copy(update={"feed_networks": "127.0.0.0/8"}), ports)
    await runtime.database.open()
    try:
        yield Desk(runtime, world)
    finally:
        await runtime.samples.close()
        await runtime.database.close()


async def test_an_apis_records_are_previewed_like_a_list(open_desk: Desk, server: FeedServer) -> None:
    answer = json.dumps({"items": RECORDS[:5], "page": 1, "total": len(RECORDS)}, indent=2)
    text = f"curl '{server.url}/things?page=1&per_page=5'\n\n{answer}\n"
    view = await open_desk.open(title="Watches by wire")
    added = await open_desk.add(view, "watches.txt", text.encode())
    assert added["kind"] == "feed"
    view = await open_desk.read(view)
    assert view["files"][0]["status"] == "read", view["files"]
    sale = Sale(open_desk, view)
    state = await sale.preview()
    assert (state["stage"], state["problem"]) == ("ready", None), state
    assert state["screen"]["matches"] == len(RECORDS)


async def test_a_feed_nobody_wants_any_more_brings_nothing(
    open_desk: Desk, server: FeedServer, owner: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_state = feeding.keep_state

    async def late(ctx: Context, **values: Any) -> None:
        owner.execute("update public.imports set status = 'cancelled', ended_at = now(), lease_until = null")
        await keep_state(ctx, **values)

    monkeypatch.setattr(feeding, "keep_state", late)  # the rows are in, their transaction is open
    answer = json.dumps({"items": RECORDS[:5], "page": 1, "total": len(RECORDS)}, indent=2)
    view = await open_desk.open(title="Watches by wire")
    text = f"curl '{server.url}/things?page=1&per_page=5'\n\n{answer}\n"
    await open_desk.add(view, "watches.txt", text.encode())
    sale = Sale(open_desk, await open_desk.read(view))
    state = await sale.preview()
    assert state["stage"] == "failed", state
    assert [one["status"] for one in state["imports"]] == ["cancelled"]
    assert (
        owner.execute(
            "select from public.listings l join public.events e on e.id = l.event_id where e.slug like 'watches%'"
        ).fetchone()
        is None
    )
    run = owner.execute("select status from public.connector_runs").fetchone()
    assert run is not None
    assert run["status"] == "cancelled"


async def test_photos_join_the_listings_they_are_named_for(desk: Desk) -> None:
    sale = await begun(desk)
    photo = await desk.add(sale.view, "P-001.jpg", jpeg(3))
    view = await desk.read(sale.view)
    (shown,) = view["proposal"]["photos"]
    assert (shown["listing"], shown["linked_by"]) == ("P-001", "file_name")
    picture = await blueprint_looking.page_image(desk.runtime, desk.actor, file_id=UUID(photo["id"]))
    assert picture.startswith(b"\xff\xd8\xff")
    sale.view = view
    await sale.decide({"file_id": photo["id"], "field": "listing", "targets": ["P-002"]})
    assert sale.view["proposal"]["photos"][0]["listing"] == "P-002"
    state = await sale.preview()
    async with desk.runtime.database.as_actor(desk.actor) as ctx:
        cursor = await ctx.conn.execute("select external_id from public.attached_media where phash <> ''")
        assert [row["external_id"] for row in await cursor.fetchall()] == ["P-002"]
    assert state["stage"] == "ready"


async def test_an_import_that_a_killed_process_left_is_done_by_the_worker(
    desk: Desk, owner: psycopg.Connection[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    sale = await begun(desk)

    async def die(*_: Any) -> None: ...

    with monkeypatch.context() as patch:
        patch.setattr(ImportRunner, "run", die)
        await sandbox.open_sandbox(desk.runtime, desk.actor, key=str(uuid4()), blueprint_id=sale.id)
        await desk.runtime.work.join()
    runtime = desk.runtime
    assert (await sale.state())["stage"] == "import"
    assert await worker.take_up_left(runtime.database, runtime.samples, runtime.imports) == 0
    owner.execute(
        "update public.imports set created_at = created_at - interval '1 minute' where status = 'queued'"
    )
    owner.execute("update public.sandboxes set created_at = created_at - interval '2 minutes'")
    assert await worker.take_up_left(runtime.database, runtime.samples, runtime.imports) == 1
    await runtime.imports.join()
    state = await sale.state()
    assert (state["stage"], state["screen"]["matches"]) == ("ready", 60)


async def test_previews_whose_day_is_over_are_tidied_away(
    desk: Desk, owner: psycopg.Connection[dict[str, Any]]
) -> None:
    sale = await begun(desk)
    event = (await sale.preview())["event"]
    owner.execute("update public.sandboxes set expires_at = now() - interval '1 second'")
    await worker.tidy(desk.runtime.database)
    assert owner.execute("select 1 from public.events where slug = %s", (event,)).fetchone() is None
    assert (await desk.get(sale.view))["status"] == "open"
    assert (await sale.preview())["stage"] == "ready"
