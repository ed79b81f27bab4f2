"""Connectors against a real database: kept, sealed, fetched page by page, imported, gone on with after a death."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from backend.adapters.fetching import Bounds, Circuit, Fetcher
from backend.core.context import Actor
from backend.core.db import Database
from backend.core.errors import AppError, Conflict, InvalidInput
from backend.core.settings import Settings
from backend.domains.blueprints.connecting.plan import Auth, ListOperation, Paging, Plan
from backend.domains.blueprints.feeding import Connector
from backend.flows.connectors import Connectors
from tests.factories import World
from tests.feed_server import FeedServer, Reply, Seen, serve, things

Owner = psycopg.Connection[dict[str, Any]]

MAPPING = {
    "schema": "source_mapping.v1",
    "source": "watches",
    "unmapped": "warn",
    "columns": {
        "ref": {"target": "external_id"},
        "brand": {"target": "make"},
        "model": {"target": "model"},
        "year": {"target": "year"},
        "price": {"target": "price"},
        "case.mm": {"target": "specs.case_diameter", "type": "number", "unit": "mm", "optional": True},
        "photos[].url": {"target": "image_urls", "optional": True, "separator": "\n"},
    },
    "ignore": {"cost": "internal"},
}
RECORDS = [
    {
        **thing,
        "case": {"mm": 40.5},
        "photos": [{"url": "https://cdn.example/a,b.jpg"}, {"url": "https://cdn.example/2.jpg"}],
        "cost": 9,
    }
    for thing in things(23)
]
KEYS = [Fernet.generate_key().decode() for _ in range(2)]


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with serve() as feed:
        feed.on("/things", paged)
        yield feed


def paged(seen: Seen) -> Reply:
    if seen.headers.get("x-key") != "k-1":
        return Reply({}, 401)
    at = (int(seen.query["page"]) - 1) * 5
    return Reply({"items": RECORDS[at : at + 5], "total": len(RECORDS)}, headers={"ETag": '"v1"'})


@pytest.fixture
def settings_with_keys(settings: Settings) -> Settings:
    return settings.model_copy(update={"seal_keys": SecretStr(KEYS[0])})


@pytest.fixture
def connectors(database: Database, settings_with_keys: Settings) -> Connectors:
    return Connectors(database, settings_with_keys, fetcher=fetcher)


def fetcher() -> Fetcher:
    async def no_wait(_: float) -> None: ...

    return Fetcher(
        allow_private=True, bounds=Bounds(tries=2, shortest_wait_s=0.01), circuit=Circuit(), sleep=no_wait
    )


def plan_at(server: FeedServer) -> Plan:
    paging = Paging("page", page_param="page", size_param="limit", size=5, total_path="total")
    return Plan(
        server.url, ListOperation("GET", "/things"), Auth("api_key", "header", "X-Key"), paging, "items"
    )


async def kept(connectors: Connectors, actor: Actor, server: FeedServer, world: World) -> Connector:
    found = await connectors.keep(
        actor, name="watches", plan=plan_at(server), mapping=MAPPING, event=world.slug
    )
    return await connectors.give_credentials(actor, connector_id=found.id, given={"value": "k-1"})


def listed(owner: Owner, world: World) -> list[dict[str, Any]]:
    return owner.execute(
        "select * from public.listings where event_id = %s and external_id like 'W-%%' order by external_id",
        (world.event,),
    ).fetchall()


def runs(owner: Owner, connector: Connector) -> list[tuple[str, int, int]]:
    found = owner.execute(
        "select status, pages, records from public.connector_runs where connector_id = %s order by started_at",
        (connector.id,),
    ).fetchall()
    return [(row["status"], row["pages"], row["records"]) for row in found]


async def test_a_feed_becomes_listings(
    connectors: Connectors, server: FeedServer, world: World, owner: Owner
) -> None:
    connector = await kept(connectors, world.actor("admin"), server, world)
    done = await connectors.sync(world.actor("admin"), connector_id=connector.id)
    assert done.report is not None
    assert (done.status, done.pages, done.records, done.report.added, done.report.rejected) == (
        "done",
        5,
        23,
        23,
        0,
    )
    found = listed(owner, world)
    assert [row["external_id"] for row in found] == [record["ref"] for record in RECORDS]
    assert found[3]["price_minor"] == 100_300
    assert float(found[3]["specs"]["case_diameter"]) == 40.5
    assert [photo["url"] for photo in found[3]["media"]] == [
        "https://cdn.example/a,b.jpg",
        "https://cdn.example/2.jpg",
    ]
    assert "cost" not in json.dumps(found[3], default=str)
    assert owner.execute("select count(*) as n from private.connector_pages").fetchone() == {"n": 0}


async def test_secrets_are_sealed_and_nobody_reads_them_back(
    connectors: Connectors, server: FeedServer, world: World, owner: Owner, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    connector = await kept(connectors, world.actor("admin"), server, world)
    await connectors.sync(world.actor("admin"), connector_id=connector.id)
    assert connector.has_secret
    row = owner.execute("select sealed from private.connector_secrets").fetchone()
    assert row is not None
    assert "k-1" not in row["sealed"]
    tables = "connectors", "connector_runs", "source_files"
    stored = [owner.execute(f"select * from public.{table}").fetchall() for table in tables]
    facts = owner.execute("select * from public.journal").fetchall()
    assert "k-1" not in json.dumps([stored, facts], default=str)
    assert "k-1" not in caplog.text
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner.execute("set role authenticated")
        owner.execute("select * from private.connector_secrets")


async def test_keys_are_rotated_by_use(
    connectors: Connectors,
    database: Database,
    settings: Settings,
    server: FeedServer,
    world: World,
    owner: Owner,
) -> None:
    actor = world.actor("admin")
    connector = await kept(connectors, actor, server, world)
    both = settings.model_copy(update={"seal_keys": SecretStr(f"{KEYS[1]},{KEYS[0]}")})
    await Connectors(database, both, fetcher=fetcher).sync(actor, connector_id=connector.id)
    only_new = settings.model_copy(update={"seal_keys": SecretStr(KEYS[1])})
    await Connectors(database, only_new, fetcher=fetcher).sync(actor, connector_id=connector.id, anew=True)
    with pytest.raises(Conflict, match="seal_broken"):
        await connectors.sync(actor, connector_id=connector.id, anew=True)


async def test_a_secret_does_not_travel_to_another_host(
    connectors: Connectors, server: FeedServer, world: World, owner: Owner
) -> None:
    actor = world.actor("admin")
    connector = await kept(connectors, actor, server, world)
    moved = replace(plan_at(server), base_url="https://collector.example")
    again = await connectors.keep(actor, name="watches", plan=moved, mapping=MAPPING, event=world.slug)
    assert (again.id, again.has_secret) == (connector.id, False)
    assert owner.execute("select count(*) as n from private.connector_secrets").fetchone() == {"n": 0}


async def test_a_secret_does_not_travel_to_another_token_address(
    connectors: Connectors, server: FeedServer, world: World
) -> None:
    actor = world.actor("admin")
    connector = await kept(connectors, actor, server, world)
    plan = plan_at(server)
    moved = replace(plan, auth=replace(plan.auth, type="oauth2", token_url="https://collector.example/token"))
    again = await connectors.keep(actor, name="watches", plan=moved, mapping=MAPPING, event=world.slug)
    assert (again.id, again.has_secret) == (connector.id, False)


@pytest.mark.parametrize("persona", ["viewer", "other_admin", "stranger"])
async def test_who_may_not_change_sources_may_not_touch_connectors(
    connectors: Connectors, server: FeedServer, world: World, persona: str
) -> None:
    connector = await kept(connectors, world.actor("admin"), server, world)
    actor = world.actor(persona)
    attempts: list[Callable[[], Any]] = [
        lambda: connectors.keep(
            actor, name="watches", plan=plan_at(server), mapping=MAPPING, event=world.slug
        ),
        lambda: connectors.give_credentials(actor, connector_id=connector.id, given={"value": "x"}),
        lambda: connectors.sync(actor, connector_id=connector.id),
    ]
    for attempt in attempts:
        with pytest.raises(AppError) as refused:
            await attempt()
        assert refused.value.status in (403, 404)
    assert not server.seen


async def test_a_run_that_died_goes_on_at_its_page(
    connectors: Connectors, server: FeedServer, world: World, owner: Owner
) -> None:
    actor = world.actor("admin")
    connector = await kept(connectors, actor, server, world)

    def dying(_stage: str, done: int, _total: int) -> None:
        if done == 15:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await connectors.sync(actor, connector_id=connector.id, progress=dying)
    assert runs(owner, connector) == [("running", 2, 10)]
    assert not listed(owner, world)
    server.seen.clear()
    done = await connectors.sync(actor, connector_id=connector.id)
    assert [seen.query["page"] for seen in server.seen] == ["3", "4", "5"]
    assert (done.status, done.records) == ("done", 23)
    assert len(listed(owner, world)) == 23
    assert runs(owner, connector) == [("done", 5, 23)]


async def test_a_run_that_is_alive_is_not_taken_over(
    connectors: Connectors, server: FeedServer, world: World, owner: Owner
) -> None:
    actor = world.actor("admin")
    connector = await kept(connectors, actor, server, world)
    owner.execute(
        "insert into public.connector_runs (connector_id, organization_id, lease_until) "
        "values (%s, %s, now() + interval '1 minute')",
        (connector.id, world.seller),
    )
    with pytest.raises(Conflict, match="connector_running"):
        await connectors.sync(actor, connector_id=connector.id)
    assert not server.seen


async def test_a_cancelled_run_stops_before_its_next_page(
    connectors: Connectors, server: FeedServer, world: World, owner: Owner
) -> None:
    actor = world.actor("admin")
    connector = await kept(connectors, actor, server, world)

    def cancelling(_stage: str, done: int, _total: int) -> None:
        if done == 10:
            owner.execute(
                "update public.connector_runs set status = 'cancelled', ended_at = now(), lease_until = null"
            )

    with pytest.raises(Conflict, match="cancelled"):
        await connectors.sync(actor, connector_id=connector.id, progress=cancelling)
    assert len(server.seen) == 2
    assert not listed(owner, world)
    assert [status for status, _, _ in runs(owner, connector)] == ["cancelled"]


async def test_nothing_is_imported_of_a_feed_that_breaks_off(
    connectors: Connectors, server: FeedServer, world: World, owner: Owner
) -> None:
    actor = world.actor("admin")
    connector = await kept(connectors, actor, server, world)
    server.on("/things", lambda seen: paged(seen) if seen.query["page"] < "3" else Reply({}, 403))
    with pytest.raises(AppError) as refused:
        await connectors.sync(actor, connector_id=connector.id)
    assert refused.value.facts == {"status": 403}
    assert not listed(owner, world)
    row = owner.execute(
        "select status, problem from public.connector_runs where connector_id = %s", (connector.id,)
    ).fetchone()
    assert row == {
        "status": "failed",
        "problem": {"code": "blueprints.feed_refused", "facts": {"status": 403}},
    }
    server.on("/things", paged)
    assert (await connectors.sync(actor, connector_id=connector.id)).records == 23


async def test_an_unchanged_feed_is_left_as_it_is(
    connectors: Connectors, server: FeedServer, world: World, owner: Owner
) -> None:
    actor = world.actor("admin")

    def conditional(seen: Seen) -> Reply:
        return Reply(status=304) if seen.headers.get("if-none-match") == '"v1"' else paged(seen)

    server.on("/things", conditional)
    connector = await kept(connectors, actor, server, world)
    await connectors.sync(actor, connector_id=connector.id)
    assert (await connectors.sync(actor, connector_id=connector.id)).status == "unchanged"
    assert (await connectors.sync(actor, connector_id=connector.id, anew=True)).status == "done"
    other = {**MAPPING, "columns": {**MAPPING["columns"], "model": {"target": "title"}}}  # type: ignore[dict-item]
    await connectors.keep(actor, name="watches", plan=plan_at(server), mapping=other, event=world.slug)
    assert (await connectors.sync(actor, connector_id=connector.id)).status == "done"
    assert [status for status, _, _ in runs(owner, connector)] == ["done", "unchanged", "done", "done"]


async def test_new_paths_are_told_and_hostile_text_is_kept_as_text(
    connectors: Connectors, server: FeedServer, world: World
) -> None:
    odd = [
        {**record, "extra": {"note": "\ud800\x00x"}, "brand": f"A\x00\ud800{at}"}
        for at, record in enumerate(RECORDS[:3])
    ]
    server.on("/things", lambda seen: Reply({"items": odd, "total": 3}))
    connector = await kept(connectors, world.actor("admin"), server, world)
    done = await connectors.sync(world.actor("admin"), connector_id=connector.id)
    assert done.report is not None
    assert (done.report.added, done.report.unmapped_columns) == (3, ("extra.note",))


async def test_what_the_feed_no_longer_has_is_taken_off(
    connectors: Connectors, server: FeedServer, world: World, owner: Owner
) -> None:
    actor = world.actor("admin")
    connector = await kept(connectors, actor, server, world)
    await connectors.sync(actor, connector_id=connector.id)
    server.on("/things", lambda seen: Reply({"items": RECORDS[:4], "total": 4}))
    done = await connectors.sync(actor, connector_id=connector.id, replace_missing=True)
    assert done.report is not None
    assert done.report.unlisted == 19


async def test_plans_mappings_and_credentials_are_checked_before_they_are_kept(
    connectors: Connectors, server: FeedServer, world: World
) -> None:
    actor, plan = world.actor("admin"), plan_at(server)
    with pytest.raises(InvalidInput, match="plan_invalid"):
        bad = replace(plan, base_url="file:///etc/passwd")
        await connectors.keep(actor, name="watches", plan=bad, mapping=MAPPING, event=world.slug)
    with pytest.raises(InvalidInput, match="mapping_invalid"):
        await connectors.keep(actor, name="watches", plan=plan, mapping={"source": "x"}, event=world.slug)
    connector = await connectors.keep(actor, name="watches", plan=plan, mapping=MAPPING, event=world.slug)
    for given in ({"value": "a\r\nX-Other: b"}, {"token": "x"}, {"value": 7}, {"others": {"a": "\n"}}):
        with pytest.raises(InvalidInput, match="bad_credentials"):
            await connectors.give_credentials(actor, connector_id=connector.id, given=given)
    with pytest.raises(InvalidInput, match="credentials_missing"):
        await connectors.sync(actor, connector_id=connector.id)
    assert not server.seen


async def test_from_the_command_line_the_system_acts(
    connectors: Connectors, server: FeedServer, world: World
) -> None:
    actor = Actor("system")
    connector = await kept(connectors, actor, server, world)
    assert (await connectors.named(actor, event=world.slug, name="watches")).id == connector.id
    await connectors.sync(actor, connector_id=connector.id)
    seen = {found.id: run for found, run in await connectors.overview(actor, event=world.slug)}
    run = seen[connector.id]
    assert run is not None
    assert (run.status, run.records) == ("done", 23)
