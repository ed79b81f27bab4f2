"""The figures of an event, for its members alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from fastapi.encoders import jsonable_encoder

from backend.core.db import Database
from backend.core.errors import NotAllowed, NotFound
from backend.domains.analytics import service as analytics
from backend.domains.analytics.model import EventReport, LiveBoard
from tests.factories import World, add_version, insert
from tests.services.analytics.facts import TESTED, Facts, Owner

MEMBERS = ("admin", "operator", "specialist", "viewer")
OTHERS = ("stranger", "other_admin", "dealer")


async def report_of(database: Database, world: World, persona: str = "viewer") -> EventReport:
    async with database.as_actor(world.actor(persona)) as ctx:
        return await analytics.event_report(ctx, slug=world.slug)


async def board_of(database: Database, world: World, persona: str = "viewer", **options: Any) -> LiveBoard:
    async with database.as_actor(world.actor(persona)) as ctx:
        return await analytics.live_board(ctx, slug=world.slug, **options)


def hold(owner: Owner, world: World, listing: int, *, placed: str, expires: str, **values: Any) -> None:
    """A hold of the other conversation; times are SQL intervals from now."""
    owner.execute(
        """
        insert into public.holds (listing_id, session_id, version_id, event_id, organization_id, placed_at, expires_at,
                                  idempotency_key, status, ended_at)
        values (%s, %s, %s, %s, %s, now() + %s::interval, now() + %s::interval, gen_random_uuid()::text, %s,
                case when %s <> 'active' then now() end)
        """,
        (
            world.listings[listing],
            values.get("session", world.other_session),
            world.version,
            world.event,
            world.seller,
            placed,
            expires,
            values.get("status", "active"),
            values.get("status", "active"),
        ),
    )


async def test_kpis_of_a_small_event(database: Database, world: World, owner: Owner) -> None:
    facts = Facts(owner, world)
    opened = "2027-01-15T12:00:00Z"
    for seconds in (20, 40, 300):
        matched = f"2027-01-15T12:0{seconds // 60}:{seconds % 60:02}Z"
        facts.session(created_at=opened, first_match_at=matched, turn_count=2)
    hold(owner, world, 1, placed="-2 hours", expires="-1 hour")
    hold(owner, world, 2, placed="-2 hours", expires="1 hour", status="released")
    kpis = (await report_of(database, world)).kpis
    assert (kpis.sessions, kpis.sessions_with_turn, kpis.turns) == (5, 4, 7)
    assert (kpis.sessions_matched, kpis.matched_share) == (3, 0.75)
    assert kpis.seconds_to_first_match == 40.0
    assert (kpis.holds_placed, kpis.sessions_with_hold, kpis.hold_rate) == (3, 2, 0.4)
    assert (kpis.active_holds, kpis.open_leads) == (1, 1)


async def test_hours_have_no_gaps_and_end_now(database: Database, world: World, owner: Owner) -> None:
    now = datetime.now(UTC)
    for hours in (3, 3, 40, 100):
        Facts(owner, world).session(created_at=now - timedelta(hours=hours))
    hold(owner, world, 1, placed="-26 hours", expires="-25 hours")
    report = await report_of(database, world)
    began = {hour.at: hour for hour in report.hours}
    assert len(began) == 48
    assert {after.at - before.at for before, after in pairwise(report.hours)} == {timedelta(hours=1)}
    assert report.hours[-1].at <= report.read_at < report.hours[-1].at + timedelta(hours=1)
    for hours, sessions in ((3, 2), (40, 1), (20, 0)):
        assert began[_hour(now - timedelta(hours=hours))].sessions == sessions
    assert began[_hour(now - timedelta(hours=26))].holds == 1
    sums = [(hour.sessions, hour.turns, hour.holds) for hour in report.hours]
    assert [sum(column) for column in zip(*sums, strict=True)] == [5, 1, 2]


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


async def test_the_report_names_the_version_in_force_and_its_experiments(
    database: Database, world: World, owner: Owner
) -> None:
    assert (await report_of(database, world)).experiments == ()
    add_version(owner, world, TESTED, number=2)
    report = await report_of(database, world)
    assert (report.event.slug, report.event.status, report.event.version) == ("spring-sale", "live", 2)
    assert [result.key for result in report.experiments] == [TESTED["experiments"][0]["key"]]


async def test_a_draft_has_a_report_without_figures(database: Database, world: World, owner: Owner) -> None:
    insert(owner, "public.events", organization_id=world.seller, slug="later", name="Later")
    async with database.as_actor(world.actor("viewer")) as ctx:
        report = await analytics.event_report(ctx, slug="later")
        board = await analytics.live_board(ctx, slug="later")
    assert (report.event.version, report.kpis.sessions, report.kpis.hold_rate) == (None, 0, None)
    assert (report.kpis.matched_share, report.kpis.seconds_to_first_match) == (None, None)
    assert (board.sessions, board.holds) == ((), ())


async def test_reports_are_json(database: Database, world: World, owner: Owner) -> None:
    add_version(owner, world, TESTED, number=2)
    encoded = jsonable_encoder(await report_of(database, world))
    json.dumps(encoded, allow_nan=False)
    assert encoded["experiments"][0]["ratio_check"]["verdict"] == "ok"
    assert encoded["experiments"][0]["comparison"]["interval"] is None
    json.dumps(jsonable_encoder(await board_of(database, world)), allow_nan=False)


async def test_the_board_shows_conversations_and_holds(
    database: Database, world: World, owner: Owner
) -> None:
    wishes = [
        {"field": "color_exterior", "op": "in", "value": ["white", "gray"], "group": "nice"},
        {"field": "price", "op": "lte", "value": 40000, "group": "must"},
        {"field": "specs.accidents", "op": "eq", "value": False, "group": "must"},
        {"field": "year", "op": "gte", "value": 2021, "group": "must", "default": True},
    ]
    owner.execute(
        "update public.sessions set state = %s, created_at = now() + interval '1 minute' where id = %s",
        (json.dumps({"filters": wishes}), world.session),
    )
    board = await board_of(database, world)
    assert (board.event_id, board.organization_id) == (world.event, world.seller)
    assert [row.id for row in board.sessions] == [world.session, world.other_session]
    first, silent = board.sessions
    assert (first.turns, first.last_message, first.version) == (1, "hello", 1)
    assert first.wishes == ("Price ≤ 40,000", "Accidents: no", "Color exterior white or gray")
    assert (silent.turns, silent.last_message, silent.wishes) == (0, "", ())
    [kept] = board.holds
    assert (kept.id, kept.listing_id, kept.session_id) == (world.hold, world.listings[0], world.session)
    assert kept.title == "2022 Tesla Model 3 No. 0"
    assert kept.placed_at < kept.expires_at


async def test_the_board_is_a_page_of_the_newest(database: Database, world: World, owner: Owner) -> None:
    facts = Facts(owner, world)
    now = datetime.now(UTC)
    newest = [facts.session(created_at=now + timedelta(minutes=minutes)) for minutes in (3, 2, 1)]
    board = await board_of(database, world, limit=3)
    assert [row.id for row in board.sessions] == newest


async def test_a_hold_that_ran_out_is_not_on_the_board(
    database: Database, world: World, owner: Owner
) -> None:
    hold(owner, world, 1, placed="-2 hours", expires="-1 second")
    assert [row.id for row in (await board_of(database, world)).holds] == [world.hold]


@pytest.mark.parametrize("persona", MEMBERS)
async def test_members_read_both(database: Database, world: World, persona: str) -> None:
    assert (await report_of(database, world, persona)).kpis.sessions == 2
    assert len((await board_of(database, world, persona)).sessions) == 2


@pytest.mark.parametrize("persona", OTHERS)
@pytest.mark.parametrize("read", [report_of, board_of])
async def test_for_others_there_is_no_such_event(
    database: Database, world: World, persona: str, read: Any
) -> None:
    with pytest.raises(NotFound) as refused:
        await read(database, world, persona)
    assert refused.value.code == "events.not_found"


@pytest.mark.parametrize("persona", ["anon", "buyer"])
@pytest.mark.parametrize("read", [report_of, board_of])
async def test_buyers_may_not_ask(database: Database, world: World, persona: str, read: Any) -> None:
    with pytest.raises(NotAllowed):
        await read(database, world, persona)
