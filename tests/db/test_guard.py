"""The guard: what a policy says of a verb, what a yes is bound to, and what stops everybody at once."""

from __future__ import annotations

import json
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from backend.core.context import Actor
from backend.core.db import Database
from backend.core.errors import AppError
from backend.domains.transactions import service as transactions
from tests.db.test_matrix import as_persona
from tests.factories import ACTING, READING, World, confirmed, give_policy, insert, policy

Owner = psycopg.Connection[Any]
OPEN = ("release", "withdraw", "hand_off", "survey")
KILLS = ("ai_off", "mutating_tools_off", "force_strict")


def verdict(owner: Owner, kept: Any, call: dict[str, Any], **kills: bool) -> dict[str, Any]:
    row = owner.execute(
        "select private.policy_verdict(%s, %s, %s) as found",
        (json.dumps(kept), json.dumps(kills), json.dumps(call)),
    ).fetchone()
    assert row is not None
    return row["found"]


# --- the decision ------------------------------------------------------------------------------------------------------


def test_the_decision_in_every_combination(owner: Owner, world: World) -> None:
    """The rules once more, in Python and as one sentence each; 8,000 calls agree."""
    seen = 0
    for autonomy, compliance, confirm in product(
        ("strict", "balanced", "assisted-auto", "made up"), ("strict", "standard"), (True, False)
    ):
        kept = policy(autonomy=autonomy, compliance=compliance, confirm=confirm)
        calls = [
            {"verb": verb, "origin": origin, "has_confirmation": yes, "kills": {k: k in on for k in KILLS}}
            for verb in (*ACTING, *READING, *OPEN, "fly")
            for origin in ("buyer", "guide", "job")
            for yes in (False, True)
            for on in ((), ("ai_off",), ("mutating_tools_off",), ("force_strict",))
        ]
        rows = owner.execute(
            """
            select private.policy_verdict(%s, c.value -> 'kills', c.value) ->> 'verdict' as said
            from jsonb_array_elements(%s) with ordinality c (value, n) order by c.n
            """,
            (json.dumps(kept), json.dumps(calls)),
        ).fetchall()
        for call, row in zip(calls, rows, strict=True):
            assert row["said"] == expected(call, autonomy, compliance, confirm), (
                call,
                autonomy,
                compliance,
                confirm,
            )
            seen += 1
    assert seen == 16 * 18 * 24


def expected(call: dict[str, Any], autonomy: str, compliance: str, confirm: bool) -> str:
    verb, guide, kills = call["verb"], call["origin"] == "guide", call["kills"]
    if verb == "fly" or (guide and (kills["ai_off"] or call["has_confirmation"])):
        return "deny"
    if verb in READING or verb in ("hand_off", "survey"):
        return "allow"
    if verb in ACTING and kills["mutating_tools_off"]:
        return "deny"
    if verb in OPEN:
        needs = guide
    elif (
        kills["force_strict"]
        or autonomy in ("strict", "made up")
        or confirm
        or (compliance == "strict" and verb in ("hold", "deposit", "reveal", "share", "offer"))
    ):
        needs = True
    else:
        needs = guide and autonomy == "balanced"
    return "confirm" if needs and not call["has_confirmation"] else "allow"


@pytest.mark.parametrize(
    "kept", [None, {}, {"tools": {}}, {"tools": []}, {"tools": [{"name": "x"}]}, [], "text"]
)
def test_without_a_tool_nothing_is_allowed_but_taking_back(owner: Owner, world: World, kept: Any) -> None:
    for verb in (*ACTING, *READING):
        found = verdict(owner, kept, {"verb": verb, "origin": "buyer", "has_confirmation": True})
        assert (found["verdict"], found["reasons"]) == ("deny", ["not_in_policy"])
    for verb in OPEN:
        assert verdict(owner, kept, {"verb": verb, "origin": "buyer"})["verdict"] == "allow"


@pytest.mark.parametrize(
    "call", [{}, {"verb": None}, {"verb": "hold"}, {"verb": "hold", "origin": "model"}, {"origin": "buyer"}]
)
def test_a_call_that_does_not_say_what_and_who_is_denied(
    owner: Owner, world: World, call: dict[str, Any]
) -> None:
    assert verdict(owner, policy(), call)["verdict"] == "deny"


def test_of_several_tools_the_strictest_counts(owner: Owner, world: World) -> None:
    tools = [
        {"name": "a", "verb": "book", "confirm": False, "idempotent": True},
        {"name": "b", "verb": "book", "confirm": True},
    ]
    kept = policy(autonomy="assisted-auto", compliance="standard", tools=tools)
    found = verdict(owner, kept, {"verb": "book", "origin": "buyer"})
    assert (found["verdict"], found["tool"], found["reasons"]) == ("confirm", "a", ["tool_confirms"])
    kept["tools"] = [{"name": "a", "verb": "book"}]  # what is not said is the strict way
    assert verdict(owner, kept, {"verb": "book", "origin": "buyer"})["verdict"] == "confirm"


# --- the buyer's yes ---------------------------------------------------------------------------------------------------


class Buyer:
    """One conversation that asks, says yes and acts, each in a transaction of its own."""

    def __init__(self, database: Database, actor: Actor) -> None:
        self._database, self.actor = database, actor

    async def ask(self, listing: int, origin: Any = "buyer") -> UUID:
        async with self._database.as_actor(self.actor) as ctx:
            return await confirmed(ctx, "hold", origin, listing_id=listing)

    async def hold(self, listing: int, yes: UUID | None, key: str = "k", origin: Any = "buyer") -> str:
        try:
            async with self._database.as_actor(self.actor) as ctx:
                await transactions.place_hold(
                    ctx, listing_id=listing, key=key, confirmation=yes, origin=origin
                )
        except AppError as error:
            return error.code
        return "held"


@pytest.fixture
def buyer(database: Database, world: World) -> Buyer:
    return Buyer(database, world.actor("other_buyer"))


async def test_a_yes_counts_once_and_for_exactly_this(buyer: Buyer, world: World) -> None:
    one, two = world.listings[1:3]
    assert await buyer.hold(one, None) == "policy.confirmation_needed"
    assert await buyer.hold(one, uuid4()) == "policy.confirmation_mismatch"
    yes = await buyer.ask(one)
    assert await buyer.hold(two, yes) == "policy.confirmation_mismatch"
    assert await buyer.hold(one, yes, origin="guide") == "policy.denied"
    assert await buyer.hold(one, None, origin="guide") == "policy.confirmation_needed"
    assert await buyer.hold(one, yes) == "held"
    assert await buyer.hold(one, yes) == "held"  # the same key is the same hold, with the same yes or none
    assert await buyer.hold(one, None) == "held"
    assert await buyer.hold(one, yes, key="other") == "transactions.already_held"


async def test_a_used_yes_is_used_also_when_the_unit_is_free_again(
    buyer: Buyer, owner: Owner, world: World
) -> None:
    unit = world.listings[1]
    yes = await buyer.ask(unit)
    assert await buyer.hold(unit, yes) == "held"
    hold = owner.execute("select id from public.holds where listing_id = %s", (unit,)).fetchone()
    assert hold is not None
    async with buyer._database.as_actor(buyer.actor) as ctx:
        await transactions.release_hold(ctx, hold_id=hold["id"])
    assert await buyer.hold(unit, yes, key="again") == "policy.confirmation_used"


async def test_a_yes_that_was_refused_for_another_reason_is_not_used_up(
    buyer: Buyer, owner: Owner, world: World
) -> None:
    unit = world.listings[1]
    assert await buyer.hold(world.listings[2], await buyer.ask(world.listings[2]), key="first") == "held"
    yes = await buyer.ask(unit)
    owner.execute("update public.events set hold_limit = 1")
    assert await buyer.hold(unit, yes) == "transactions.hold_limit"
    owner.execute("update public.events set hold_limit = 2")
    assert await buyer.hold(unit, yes) == "held"


async def test_a_yes_ends_after_fifteen_minutes(buyer: Buyer, owner: Owner, world: World) -> None:
    yes = await buyer.ask(world.listings[1])
    row = owner.execute(
        "select expires_at - created_at as life from private.confirmations where id = %s", (yes,)
    ).fetchone()
    assert row is not None
    assert row["life"].total_seconds() == pytest.approx(900, abs=1)
    owner.execute("update private.confirmations set expires_at = now() - interval '1 second'")
    assert await buyer.hold(world.listings[1], yes) == "policy.confirmation_stale"


@pytest.mark.parametrize(
    "change",
    [
        "update public.listings set price_minor = price_minor + 1",
        "update public.listings set currency = 'EUR'",
        "update public.listings set content_sha256 = '1'",
        "update public.events set hold_ttl_s = hold_ttl_s - 60",
        "update public.events set deposit_required = true",
    ],
)
async def test_a_yes_is_to_the_terms_of_its_moment(
    buyer: Buyer, owner: Owner, world: World, change: Any
) -> None:
    yes = await buyer.ask(world.listings[1])
    owner.execute(change)
    assert await buyer.hold(world.listings[1], yes) == "policy.terms_changed"
    assert await buyer.hold(world.listings[1], await buyer.ask(world.listings[1])) == "held"


@pytest.mark.parametrize("part", ["filters", "signals"])
async def test_a_yes_to_sharing_is_to_all_that_is_shared(
    database: Database, owner: Owner, world: World, part: str
) -> None:
    async def terms() -> Any:
        async with database.as_actor(world.actor("buyer")) as ctx:
            return (await transactions.prepare(ctx, verb="share", arguments={})).terms

    before = await terms()
    assert await terms() == before
    more = json.dumps({part: [{"type": "TIMELINE_URGENCY", "value": {"level": "now"}}]})
    owner.execute(
        "update public.sessions set state = state || %s::jsonb where id = %s", (more, world.session)
    )
    assert await terms() != before


async def test_a_key_of_a_request_without_a_listing_is_not_for_one_with(
    database: Database, world: World
) -> None:
    mine = world.actor("other_buyer")

    async def ask(listing_id: int | None) -> UUID:
        async with database.as_actor(mine) as ctx:
            made = await transactions.make_request(
                ctx, kind="hand_off", listing_id=listing_id, details={}, key="h"
            )
            return made.id

    assert await ask(None) == await ask(None)
    with pytest.raises(AppError, match=r"core\.key_reused"):
        await ask(world.listings[1])


async def test_a_yes_of_another_conversation_counts_for_nothing(
    database: Database, buyer: Buyer, world: World
) -> None:
    theirs = await Buyer(database, world.actor("buyer")).ask(world.listings[1])
    assert await buyer.hold(world.listings[1], theirs) == "policy.confirmation_mismatch"


async def test_what_the_guide_prepared_only_the_buyer_carries_out(buyer: Buyer, world: World) -> None:
    yes = await buyer.ask(world.listings[1], origin="guide")
    assert await buyer.hold(world.listings[1], yes, origin="guide") == "policy.denied"
    assert await buyer.hold(world.listings[1], yes) == "held"


async def test_the_guide_gives_nothing_back_on_its_own(database: Database, world: World) -> None:
    mine = world.actor("buyer")
    with pytest.raises(AppError, match=r"policy\.confirmation_needed"):
        async with database.as_actor(mine) as ctx:
            await transactions.release_hold(ctx, hold_id=world.hold, origin="guide")
    async with database.as_actor(mine) as ctx:
        assert (await transactions.release_hold(ctx, hold_id=world.hold)).status == "released"


async def test_requests_are_for_their_details(database: Database, world: World) -> None:
    mine = world.actor("other_buyer")
    details = {"when": "Friday", "note": None}
    async with database.as_actor(mine) as ctx:
        yes = await confirmed(ctx, "book", listing_id=world.listings[1], details=details)

    async def book(when: str, yes: UUID | None = yes, key: str = "b") -> str:
        try:
            async with database.as_actor(mine) as ctx:
                made = await transactions.make_request(
                    ctx,
                    kind="book",
                    listing_id=world.listings[1],
                    details={"when": when},
                    key=key,
                    confirmation=yes,
                )
            return made.status
        except AppError as error:
            return error.code

    assert await book("Monday") == "policy.confirmation_mismatch"
    assert await book("Friday") == "open"
    assert await book("Friday", None) == "open"
    assert await book("Monday", None) == "core.key_reused"
    assert await book("Friday", key="c") == "policy.confirmation_used"
    async with database.as_actor(mine) as ctx:
        [made] = await transactions.list_requests(ctx)
        assert made.details == {"when": "Friday"}
    for person, outcome in (
        ("viewer", "transactions.no_such_request"),
        ("other_admin", "transactions.no_such_request"),
    ):
        with pytest.raises(AppError, match=outcome):
            async with database.as_actor(world.actor(person)) as ctx:
                await transactions.end_request(ctx, request_id=made.id, status="done")
    async with database.as_actor(world.actor("specialist")) as ctx:
        assert (await transactions.end_request(ctx, request_id=made.id, status="done")).status == "done"
    async with database.as_actor(mine) as ctx:
        assert (await transactions.withdraw_request(ctx, request_id=made.id)).status == "done"


# --- policies and switches ---------------------------------------------------------------------------------------------


async def test_a_policy_has_to_be_there_and_to_stand(buyer: Buyer, owner: Owner, world: World) -> None:
    unit = world.listings[1]
    yes = await buyer.ask(unit)
    version = owner.execute(
        "select version_id from public.sessions where id = %s", (world.other_session,)
    ).fetchone()
    assert version is not None
    owner.execute("set session_replication_role = replica")
    owner.execute("update public.policy_snapshots set expires_at = now()")
    assert await buyer.hold(unit, yes) == "policy.refresh_needed"
    owner.execute(
        "update public.policy_snapshots set expires_at = now() + interval '1 hour', version_id = gen_random_uuid()"
    )
    assert await buyer.hold(unit, yes) == "policy.refresh_needed"
    owner.execute("set session_replication_role = origin")
    give_policy(owner, world.other_session)
    assert await buyer.hold(unit, yes) == "held"


async def test_the_newest_policy_counts_also_for_an_older_yes(
    buyer: Buyer, owner: Owner, world: World
) -> None:
    yes = await buyer.ask(world.listings[1])
    give_policy(owner, world.other_session, kept=policy(tools=[]))
    assert await buyer.hold(world.listings[1], yes) == "policy.denied"


SWITCHES = {
    "mutating_tools_off": "actions_off",
    "ai_off": "ai_off",
    "force_strict": "force_strict",
}


@pytest.mark.parametrize("of_the_organization", [True, False])
@pytest.mark.parametrize("name", sorted(SWITCHES))
async def test_a_switch_stops_what_is_on_its_way(
    database: Database, buyer: Buyer, owner: Owner, world: World, name: str, of_the_organization: bool
) -> None:
    unit, other = world.listings[1:3]
    give_policy(
        owner,
        world.other_session,
        kept=policy(autonomy="assisted-auto", compliance="standard", confirm=False),
    )
    yes = await buyer.ask(unit)
    assert await buyer.hold(other, None, key="free", origin="guide") == "held"
    if of_the_organization:
        with owner.transaction():
            as_persona(owner, world.actor("operator"))
            owner.execute("select private.set_flag(%s, %s, true, 'stop')", (world.seller, name))
    else:
        owner.execute(f"update public.events set {SWITCHES[name]} = true")
    said = {
        "mutating_tools_off": ("events.actions_off", "events.actions_off", "events.actions_off"),
        "ai_off": ("policy.denied", "held", "held"),
        "force_strict": ("policy.confirmation_needed", "policy.confirmation_needed", "held"),
    }[name]
    assert (
        await buyer.hold(unit, None, origin="guide"),
        await buyer.hold(unit, None),
        await buyer.hold(unit, yes),
    ) == said
    async with database.as_actor(buyer.actor) as ctx:  # what is held can be given back, whatever is off
        for hold in await transactions.list_own_holds(ctx):
            assert (await transactions.release_hold(ctx, hold_id=hold.id)).status == "released"


async def test_another_organizations_switch_is_none(buyer: Buyer, owner: Owner, world: World) -> None:
    insert(
        owner,
        "public.organization_flags",
        organization_id=world.other_seller,
        name="mutating_tools_off",
        is_on=True,
    )
    insert(
        owner,
        "public.organization_flags",
        organization_id=world.seller,
        name="mutating_tools_off",
        is_on=False,
    )
    assert await buyer.hold(world.listings[1], await buyer.ask(world.listings[1])) == "held"


async def test_a_switch_is_heard_on_open_screens(owner: Owner, world: World) -> None:
    with owner.transaction():
        as_persona(owner, world.actor("operator"))
        owner.execute("select private.set_flag(%s, 'force_strict', true, '')", (world.seller,))
    row = owner.execute(
        "select payload from realtime.messages where topic = %s order by inserted_at desc limit 1",
        (f"event:{world.event}",),
    ).fetchone()
    assert row is not None
    assert (row["payload"]["kill"], row["payload"]["number"]) == (True, 1)


@pytest.mark.parametrize("is_on", [True, False, None])
async def test_a_flag_is_heard_on_open_pages_of_the_organization_and_nowhere_else(
    owner: Owner, world: World, is_on: bool | None
) -> None:
    topic = f"organization:{world.seller}"
    with owner.transaction():
        as_persona(owner, world.actor("operator"))
        owner.execute("select private.set_flag(%s, 'ai_off', true, 'Odd answers')", (world.seller,))
        owner.execute("select private.set_flag(%s, 'ai_off', %s, '')", (world.seller, is_on))
    told = owner.execute(
        "select topic, private, payload - 'id' as payload from realtime.messages "
        "where event = 'flag_changed' and payload ->> 'name' = 'ai_off'"
    ).fetchall()
    expected = [{"name": "ai_off", "is_on": True}, {"name": "ai_off", "is_on": is_on}]
    assert [row["payload"] for row in told] == expected
    assert {(row["topic"], row["private"]) for row in told} == {(topic, True)}
    heard = set()
    for persona in ("viewer", "specialist", "admin", "other_admin", "dealer", "stranger", "buyer", "anon"):
        with owner.transaction():
            as_persona(owner, world.actor(persona))
            owner.execute("select set_config('realtime.topic', %s, true)", (topic,))
            row = owner.execute(
                "select count(*) as n from realtime.messages where event = 'flag_changed'"
            ).fetchone()
            assert row is not None
            heard |= {persona} if row["n"] else set()
    assert heard == {"viewer", "specialist", "admin"}


# --- pace, scope, receipts ---------------------------------------------------------------------------------------------


async def test_nobody_asks_too_often(buyer: Buyer, owner: Owner, world: World) -> None:
    for _ in range(60):
        await buyer.ask(world.listings[1])
    with pytest.raises(AppError, match=r"policy\.too_fast"):
        await buyer.ask(world.listings[1])


async def test_another_event_is_out_of_reach(database: Database, owner: Owner, world: World) -> None:
    theirs = insert(
        owner, "public.events", organization_id=world.other_seller, slug="their-sale", name="Theirs"
    )
    forged = Actor.buyer(
        world.other_session, theirs["id"]
    )  # a token that names another event than its conversation has
    assert await Buyer(database, forged).hold(world.listings[1], uuid4()) == "discovery.no_such_session"
    item = insert(
        owner, "public.listings", organization_id=world.other_seller, event_id=theirs["id"], external_id="X", title="X",
        content_sha256="0",
    )  # fmt: skip
    mine = Buyer(database, world.actor("other_buyer"))
    assert await mine.hold(item["id"], uuid4()) == "catalogue.no_such_listing"
    with pytest.raises(AppError, match=r"catalogue\.no_such_listing"):
        await mine.ask(item["id"])
    owner.execute("update public.listings set listed = false where id = %s", (world.listings[1],))
    with pytest.raises(AppError, match=r"catalogue\.no_such_listing"):
        await mine.ask(world.listings[1])


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        ("hold", {}), ("hold", {"listing_id": "x"}), ("hold", {"listing_id": 1, "price": 1}), ("hold", []),
        ("hold", {"listing_id": -1}),
        ("release", {}), ("withdraw", {"listing_id": 1}), ("share", {"listing_id": 1}), ("book", {"note": "x"}),
    ],
)  # fmt: skip
async def test_arguments_are_those_of_the_verb(
    database: Database, world: World, verb: str, arguments: Any
) -> None:
    with pytest.raises(AppError) as refused:
        async with database.as_actor(world.actor("buyer")) as ctx:
            await ctx.conn.execute("select private.prepare_action(%s, %s)", (verb, json.dumps(arguments)))
    assert refused.value.code in ("policy.wrong_arguments", "catalogue.no_such_listing")


async def test_what_a_conversation_was_allowed_and_denied_is_written_down(
    buyer: Buyer, owner: Owner, world: World
) -> None:
    yes = await buyer.ask(world.listings[1])
    await buyer.hold(world.listings[1], yes)
    rows = owner.execute(
        "select n, verb, origin, verdict, reasons, confirmation, policy_sha256 <> '' as named from public.receipts"
        " where session_id = %s order by n",
        (world.other_session,),
    ).fetchall()
    assert [(r["n"], r["verb"], r["origin"], r["verdict"], r["reasons"]) for r in rows] == [
        (1, "policy", "job", "allow", ["snapshot_1"]),
        (2, "hold", "buyer", "confirm", ["strict", "tool_confirms", "compliance"]),
        (3, "hold", "buyer", "allow", ["confirmed"]),
    ]
    assert rows[1]["confirmation"] == rows[2]["confirmation"] == yes
    assert all(row["named"] for row in rows)


async def test_nothing_that_acts_can_be_written_down_as_done(database: Database, world: World) -> None:
    entry = {"verb": "hold", "origin": "buyer", "verdict": "allow", "inputs_sha256": "0" * 64}
    with pytest.raises(AppError, match=r"policy\.wrong_arguments"):
        async with database.as_actor(world.actor("buyer")) as ctx:
            await ctx.conn.execute("select private.record_receipts(%s)", (json.dumps([entry]),))


async def test_a_spike_of_refusals_is_one_alert(database: Database, owner: Owner, world: World) -> None:
    owner.execute("update public.events set blocked_per_minute = 3")
    owner.execute("delete from public.alerts")
    for at in range(8):
        async with database.as_actor(world.actor("buyer" if at % 2 else "other_buyer")) as ctx:
            await ctx.conn.execute(
                "select private.record_block('hold', '{}', 'guide', array['Policy denied!'])"
            )
        found = owner.execute("select facts, organization_id from public.alerts").fetchall()
        assert len(found) == (0 if at < 3 else 1)
    said = owner.execute("select count(*) as n from realtime.messages where event = 'alert'").fetchone()
    assert said == {"n": 1}
    row = owner.execute("select reasons from public.receipts where verdict = 'deny' limit 1").fetchone()
    assert row == {"reasons": ["policy_denied_"]}


async def test_a_flood_of_refusals_is_written_down_up_to_a_point(
    database: Database, owner: Owner, world: World
) -> None:
    async with database.as_actor(world.actor("buyer")) as ctx:
        for _ in range(100):
            await ctx.conn.execute("select private.record_block('hold', '{}', 'buyer', '{}')")
    row = owner.execute("select count(*) as n from public.receipts where verdict = 'deny'").fetchone()
    assert row == {"n": 60}
