"""Exposures and outcomes become rates: each session once, and only what came after it saw its arm."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from backend.core.db import Database
from backend.domains.experiments import service as experiments
from backend.domains.experiments.model import ExperimentResult, RatioVerdict, Verdict
from tests.factories import World, confirmed
from tests.services.analytics.facts import EXPERIMENT, KEY, TESTED, Facts, Owner

A, B = "pricing_cards", "ownership_cost_cards"


@pytest.fixture
def facts(owner: Owner, world: World) -> Facts:
    return Facts(owner, world)


async def counted(
    database: Database, world: World, *, document: dict[str, Any] = TESTED, persona: str = "viewer"
) -> list[ExperimentResult]:
    async with database.as_actor(world.actor(persona)) as ctx:
        return await experiments.results(ctx, event_id=world.event, document=document)


def counts(result: ExperimentResult) -> dict[str, tuple[int, int]]:
    return {arm.key: (arm.exposed, arm.converted) for arm in result.arms}


def with_metric(metric: str) -> dict[str, Any]:
    return TESTED | {"experiments": [EXPERIMENT | {"primary_metric": metric}]}


async def test_rates_interval_and_test_of_two_arms(database: Database, world: World, facts: Facts) -> None:
    for arm, exposed, converted in ((A, 40, 10), (B, 40, 25)):
        for number in range(exposed):
            session = facts.expose(arm)
            if number < converted:
                facts.record("hold.placed", session, 1)
    [result] = await counted(database, world)
    assert counts(result) == {A: (40, 10), B: (40, 25)}
    assert [arm.rate for arm in result.arms] == [0.25, 0.625]
    assert result.arms[0].title == "Pricing cards"
    assert result.comparison is not None
    assert (result.comparison.control, result.comparison.variant) == (A, B)
    assert result.comparison.difference == 0.375
    # the common rate is 35 of 80, and 1/40 + 1/40 = 1/20
    assert result.comparison.z == pytest.approx(0.375 / (0.4375 * 0.5625 / 20) ** 0.5)
    assert result.comparison.enough
    assert result.ratio_check.verdict is RatioVerdict.OK
    assert result.verdict is Verdict.VARIANT_BETTER


async def test_only_what_follows_the_exposure_counts(database: Database, world: World, facts: Facts) -> None:
    before, same, after, both = (facts.expose(A, 10) for _ in range(4))
    facts.record("hold.placed", before, 9)
    facts.record("hold.placed", same, 10)
    facts.record("hold.placed", after, 11)
    facts.record("hold.placed", both, 9)
    facts.record("hold.placed", both, 11)
    [result] = await counted(database, world)
    assert counts(result) == {A: (4, 3), B: (0, 0)}


async def test_a_session_counts_once_in_the_arm_it_saw_first(
    database: Database, world: World, facts: Facts
) -> None:
    session = facts.expose(A, 1)
    facts.expose(A, 2, session=session)
    facts.expose(B, 3, session=session)
    for minute in (4, 5, 6):
        facts.record("hold.placed", session, minute)
    [result] = await counted(database, world)
    assert counts(result) == {A: (1, 1), B: (0, 0)}


@pytest.mark.parametrize(
    ("metric", "kind", "named"),
    [
        ("hold_placed", "hold.placed", {}),
        ("first_match", "turn.first_match", {}),
        ("lead_shared", "lead.opened", {}),
        ("call_requested", "action.chosen", {"action": "call_requested"}),
    ],
)
async def test_a_metric_counts_its_own_facts(
    database: Database, world: World, facts: Facts, metric: str, kind: str, named: dict[str, str]
) -> None:
    converts, does_else = facts.expose(B), facts.expose(B)
    facts.record(kind, converts, 1, **named)
    facts.record("action.chosen", does_else, 1, action="compared")
    facts.record("session.opened", does_else, 1)
    [result] = await counted(database, world, document=with_metric(metric))
    assert counts(result)[B] == (2, 1)


async def test_experiments_do_not_mix(database: Database, world: World, facts: Facts) -> None:
    other = EXPERIMENT | {"key": "other_v1", "primary_metric": "compared"}
    session = facts.expose(A)
    facts.expose(B, key="other_v1", session=session)
    facts.expose(B, key="forgotten_v1")
    facts.record("hold.placed", session, 1)
    elsewhere = facts.expose(B)
    facts.record("hold.placed", elsewhere, 1, event=uuid4())
    document = TESTED | {"experiments": [EXPERIMENT, other]}
    first, second = await counted(database, world, document=document)
    assert (first.key, second.key) == (KEY, "other_v1")
    assert counts(first) == {A: (1, 1), B: (1, 0)}
    assert counts(second) == {A: (0, 0), B: (1, 0)}


async def test_a_lopsided_split_is_not_trusted(database: Database, world: World, facts: Facts) -> None:
    for number in range(90):
        facts.expose(A if number < 70 else B)
    [result] = await counted(database, world)
    assert result.ratio_check.verdict is RatioVerdict.SUSPECT
    assert result.verdict is Verdict.SUSPECT_SPLIT


async def test_three_arms_have_rates_and_no_test(database: Database, world: World, facts: Facts) -> None:
    arms = [{"key": key, "weight": weight} for key, weight in ((A, 0.5), (B, 0.25), ("none", 0.25))]
    facts.expose("none")
    [result] = await counted(database, world, document={"experiments": [{"key": KEY, "arms": arms}]})
    assert counts(result) == {A: (0, 0), B: (0, 0), "none": (1, 0)}
    assert result.comparison is None
    assert result.verdict is Verdict.NOT_COMPARED


async def test_an_event_without_experiments_asks_nothing(database: Database, world: World) -> None:
    assert await counted(database, world, document={}) == []


@pytest.mark.parametrize("persona", ["stranger", "other_admin", "dealer"])
async def test_others_count_nothing(database: Database, world: World, facts: Facts, persona: str) -> None:
    facts.record("hold.placed", facts.expose(A), 1)
    [result] = await counted(database, world, persona=persona)
    assert counts(result) == {A: (0, 0), B: (0, 0)}
    assert result.verdict is Verdict.NOT_ENOUGH


async def test_what_a_buyer_does_through_the_database_is_counted(
    database: Database, world: World, owner: Owner
) -> None:
    owner.execute(
        "update public.sessions set arms = jsonb_build_object(%s::text, %s::text) where id = %s",
        (KEY, B, world.other_session),
    )
    async with database.as_actor(world.actor("other_buyer")) as ctx:
        await ctx.conn.execute("select private.record_exposure(%s)", (KEY,))
        await ctx.conn.execute("select private.record_exposure(%s)", (KEY,))
    async with database.as_actor(world.actor("other_buyer")) as ctx:
        token = await confirmed(ctx, "hold", listing_id=world.listings[1])
        await ctx.conn.execute("select private.place_hold(%s, 'k', %s)", (world.listings[1], token))
    [result] = await counted(database, world)
    assert counts(result) == {A: (0, 0), B: (1, 1)}
