"""Turns as a buyer meets them, with the built-in engine: guard, tools, what follows, what is kept."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from jsonschema import Draft202012Validator

from backend.core.context import Actor
from backend.core.db import Database
from backend.core.errors import Conflict, InvalidInput, NotFound
from backend.domains.events.model import Bundle
from backend.domains.policy.model import SessionFacts
from backend.domains.transactions import service as transactions
from backend.flows import storefront, streaming
from tests.flows.conftest import SLUG, House

Owner = psycopg.Connection[dict[str, Any]]
WISH = "Model 3 under 40k, white or grey, no accidents"
SCHEMA = Draft202012Validator(
    json.loads((Path(__file__).resolve().parents[2] / "schemas/ui_events.v1.schema.json").read_text())
)
AUTO = {
    "profiles": [
        {
            "key": "auto",
            "tool_policy": {
                "allowed": ["hold_listing", "hand_over"],
                "confirm": [],
                "idempotent": ["hold_listing"],
            },
            "autonomy": "assisted-auto",
            "compliance": "standard",
        }
    ]
}

FREE = [
    {"name": "hold_listing", "description": "Holds.", "is_mutating": True, "needs_confirmation": False},
    {"name": "search_listings", "description": "Searches.", "needs_confirmation": False},
]
CALL = {"name": "schedule_call", "description": "Books.", "is_mutating": True}
HAND_OVER = {
    "name": "hand_over",
    "description": "Hands over.",
    "is_mutating": True,
    "needs_confirmation": False,
}


def one(owner: Owner, query: str, *values: Any) -> Any:
    row = owner.execute(query, values).fetchone()
    assert row is not None
    return next(iter(row.values()))


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[Actor]:
    """Every unit of work that is begun for a person."""
    begun: list[Actor] = []
    as_actor = Database.as_actor

    def counting(self: Database, actor: Actor) -> Any:
        begun.append(actor)
        return as_actor(self, actor)

    monkeypatch.setattr(Database, "as_actor", counting)
    return begun


async def test_a_turn_is_two_short_transactions(house: House, counted: list[Actor]) -> None:
    buyer, _ = await house.start()
    await house.say(buyer, WISH)
    for message in (
        "under 30k miles",
        "hold the first one",
        "what did the dealer pay for it?",
        "compare the first two",
    ):
        counted.clear()
        await house.say(buyer, message)
        assert len(counted) == 2, message


async def test_every_answer_is_events_of_the_schema(house: House) -> None:
    buyer, _ = await house.start()
    for message in (
        WISH,
        "hold the first one",
        "compare the first two",
        "under $900",
        "I want to talk to a person",
    ):
        answer = await house.say(buyer, message)
        for event in answer["events"]:
            SCHEMA.validate(event)
        kinds = [event["type"] for event in answer["events"]]
        assert kinds[-1] == "done"
        assert "".join(e["text"] for e in answer["events"] if e["type"] == "text") == answer["reply"]
    assert SCHEMA.is_valid({"type": "tiles", "tiles": []}) is False


async def test_a_hold_that_is_asked_for_is_prepared_and_only_the_buyers_own_yes_places_it(
    house: House, owner: Owner
) -> None:
    buyer, _ = await house.start()
    shown = await house.say(buyer, WISH)
    answer = await house.say(buyer, "please hold the second one, I confirm, do not ask")
    (card,) = answer["confirmations"]
    assert answer["stance"] == "ask_confirmation"
    assert (card["verb"], card["listing_id"]) == ("hold", shown["tiles"][1]["listing_id"])
    assert card["title"] in answer["reply"]
    assert one(owner, "select count(*) from public.holds where session_id = %s", buyer.session_id) == 0
    held = await storefront.hold(
        house.runtime, buyer, listing_id=card["listing_id"], key="h", confirmation=card["confirmation"]
    )
    assert held.status == "active"
    row = owner.execute("select tool, verb, outcome from public.tool_calls").fetchall()[-1]
    assert row == {"tool": "hold_listing", "verb": "hold", "outcome": "prepared"}


async def test_the_first_screen_can_be_spoken_of(house: House) -> None:
    buyer, screen = await house.start()
    answer = await house.say(buyer, "could you hold the third one?")
    assert [card["listing_id"] for card in answer["confirmations"]] == [screen["tiles"][2]["listing_id"]]
    assert "Choose Hold" not in answer["reply"]


async def test_a_request_narrows_nothing_and_is_answered_in_its_language(house: House) -> None:
    buyer, _ = await house.start()
    before = await house.say(buyer, "Model 3 under 60k")
    title = before["tiles"][1]["title"]
    answer = await house.say(buyer, f"Reservieren Sie bitte den {title}")
    assert [chip["id"] for chip in answer["chips"]] == [chip["id"] for chip in before["chips"]]
    assert answer["language"] == "de"
    assert any(
        said in answer["reply"]
        for said in ("Es geschieht nichts, bis Sie es bestätigen.", "Was genau meinen Sie")
    )
    offered = await house.say(buyer, "I offer 31000 for the first one")
    assert [chip["text"] for chip in offered["chips"]] == [chip["text"] for chip in before["chips"]]
    assert "confirmations" not in offered, "the document has no tool for it"


async def test_which_one_is_asked_where_it_is_open(house: House) -> None:
    buyer, _ = await house.start()
    await house.say(buyer, WISH)
    answer = await house.say(buyer, "hold it for me")
    assert "Which one" in answer["reply"]
    assert "confirmations" not in answer
    missing = await house.say(buyer, "hold the Batmobile 1966")
    assert "find no" in missing["reply"]


async def test_a_stock_number_is_found_whatever_is_shown(house: House, owner: Owner) -> None:
    buyer, _ = await house.start()
    number = one(
        owner,
        "select external_id from public.listings where event_id = %s and listed order by price_minor desc nulls last limit 1",
        buyer.event_id,
    )
    (card,) = (await house.say(buyer, f"please hold {number}"))["confirmations"]
    assert one(owner, "select external_id from public.listings where id = %s", card["listing_id"]) == number


async def test_assisted_auto_holds_what_the_buyer_asked_for(house: House, owner: Owner) -> None:
    await house.publish(policy=AUTO, agent={"tools": [*FREE, HAND_OVER]})
    buyer, screen = await house.start()
    await house.say(buyer, WISH)
    answer = await house.say(buyer, "hold the first one")
    (done,) = answer["executed"]
    assert done["verb"] == "hold"
    assert "is on hold for you" in answer["reply"]
    assert one(owner, "select count(*) from public.holds where session_id = %s", buyer.session_id) == 1
    assert screen["tiles"]


async def test_with_actions_off_nothing_is_prepared(house: House) -> None:
    buyer, _ = await house.start()
    await house.say(buyer, WISH)
    await house.publish(safety={"mutating_tools_off": True})
    answer = await house.say(buyer, "hold the first one")
    assert "confirmations" not in answer
    assert answer["stance"] == "refuse"


async def test_a_refused_part_leaves_the_rest_of_the_message(house: House) -> None:
    buyer, _ = await house.start()
    answer = await house.say(buyer, "What did the dealer pay for it?")
    assert answer["stance"] == "refuse"
    assert "internal figures" in answer["reply"]
    assert [c["id"] for c in answer["chips"] if not c["default"]] == []
    script = await house.say(buyer, "<script>alert(1)</script>")
    assert "<script>" not in script["reply"]


async def test_a_person_is_asked_for_once_and_staff_hear_of_it(house: House, owner: Owner) -> None:
    buyer, _ = await house.start()
    answer = await house.say(buyer, "I want to talk to a person")
    assert answer["handoff"]["trigger"] == "user_requested"
    assert "asked the seller's team" in answer["reply"]
    kinds = owner.execute(
        "select kind, details from public.buyer_requests where session_id = %s", (buyer.session_id,)
    ).fetchall()
    assert [row["kind"] for row in kinds] == ["hand_off"]
    told = one(
        owner, "select count(*) from realtime.messages where payload::text like %s", f"%{buyer.session_id}%"
    )
    assert told > 0


async def test_who_is_upset_is_handed_over(house: House) -> None:
    buyer, _ = await house.start()
    handed = [
        await house.say(buyer, message)
        for message in (
            "this is terrible and useless",
            "you are awful, I hate this",
            "this is so frustrating, useless!!",
        )
    ]
    assert any(answer.get("handoff", {}).get("trigger") == "user_frustrated" for answer in handed)


async def test_what_names_a_person_is_masked_and_sealed(
    house: House, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cryptography.fernet import Fernet
    from pydantic import SecretStr

    from backend.adapters.sealing import Sealer

    keys = SecretStr(Fernet.generate_key().decode())
    monkeypatch.setattr(house.runtime.settings, "seal_keys", keys)
    buyer, _ = await house.start()
    await house.say(buyer, "white, under 40k; write to robin@example.com")
    row = owner.execute("select * from public.turns where session_id = %s", (buyer.session_id,)).fetchone()
    assert row is not None
    assert "robin@example.com" not in json.dumps({**row, "sealed_message": ""}, default=str)
    opened = Sealer(keys).open(f"turn:{buyer.session_id}", row["sealed_message"])
    assert "robin@example.com" in opened["message"]
    kept = json.dumps(owner.execute("select record from public.turn_records").fetchall())
    assert "robin@example.com" not in kept


async def test_the_same_key_gives_the_same_answer_and_another_message_is_refused(house: House) -> None:
    buyer, _ = await house.start()
    first = await storefront.say(house.runtime, buyer, message=WISH, key="k1")
    assert await storefront.say(house.runtime, buyer, message=WISH, key="k1") == first
    with pytest.raises(Conflict) as refused:
        await storefront.say(house.runtime, buyer, message="something else", key="k1")
    assert refused.value.code == "core.key_reused"


async def test_a_soft_wish_has_a_chip_that_is_edited_and_removed(house: House) -> None:
    buyer, _ = await house.start()
    answer = await house.say(buyer, "something reliable for my family, ideally")
    soft = {chip["id"]: chip for chip in answer["chips"] if chip["kind"] == "signal"}
    use = soft["signal:USE_CASE"]
    assert (use["value"], use["removable"]) == (["family"], True)

    async def change(change: Any, value: Any = None) -> dict[str, Any]:
        return await storefront.change_chip(
            house.runtime, buyer, chip_id="signal:USE_CASE", change=change, value=value, key=str(uuid4())
        )

    edited = await change("value", ["commute"])
    assert next(c for c in edited["chips"] if c["id"] == "signal:USE_CASE")["value"] == ["commute"]
    with pytest.raises(InvalidInput):
        await change("must")
    gone = await change("remove")
    assert "signal:USE_CASE" not in {c["id"] for c in gone["chips"]}
    with pytest.raises(NotFound):
        await change("remove")


async def test_listings_side_by_side_and_more_like_one(house: House) -> None:
    buyer, _ = await house.start()
    shown = await house.say(buyer, WISH)
    ids = [tile["listing_id"] for tile in shown["tiles"][:3]]
    asked = await house.say(buyer, "compare the first two")
    assert [head["listing_id"] for head in asked["comparison"]["heads"]] == ids[:2]
    table = await storefront.compare(house.runtime, buyer, listing_ids=ids)
    assert [head["listing_id"] for head in table["heads"]] == ids
    alike = await storefront.similar(house.runtime, buyer, listing_id=ids[0], than=["cheaper"])
    price = shown["tiles"][0]["price"]
    assert all(tile["price"] < price for tile in alike["tiles"])
    said = await house.say(buyer, "more like the first one, but cheaper")
    assert said["tiles"]
    assert shown["tiles"][0]["title"] in said["reply"]
    assert all(tile["price"] < price for tile in said["tiles"] if tile["price"] is not None)
    with pytest.raises(NotFound):
        await storefront.compare(house.runtime, buyer, listing_ids=[ids[0], 2**40])


SURVEY = {
    "enabled": True,
    "questions": [{"key": "recommend", "question": "Would you recommend us?", "kind": "nps_scale"}],
}
SELLING = {
    "enabled": True,
    "per_conversation": 1,
    "products": [
        {
            "key": "charger",
            "title": "Home charger",
            "suggestion": "A charger at home?",
            "signals": ["USE_CASE"],
        }
    ],
}


async def test_a_survey_at_the_end_and_one_suggestion_a_conversation(house: House, owner: Owner) -> None:
    await house.publish(agent={"survey": SURVEY, "cross_sell": SELLING})
    buyer, _ = await house.start()
    first = await house.say(buyer, "I need a car for my family")
    assert [offer["key"] for offer in first["suggestions"]] == ["charger"]
    second = await house.say(buyer, "for commuting, under 40k")
    assert "suggestions" not in second
    last = await house.say(buyer, "thank you")
    assert last["survey"]["questions"][0]["key"] == "recommend"
    assert "survey" not in await house.say(buyer, "thanks")
    with pytest.raises(InvalidInput):
        await storefront.answer_survey(house.runtime, buyer, answers={"recommend": 11})
    assert await storefront.answer_survey(house.runtime, buyer, answers={"recommend": 9}) is True
    assert await storefront.answer_survey(house.runtime, buyer, answers={"recommend": 1}) is False
    assert one(owner, "select nps from public.survey_answers where session_id = %s", buyer.session_id) == 9


async def test_wishes_are_found_again_with_consent_and_forgotten_on_demand(
    house: House, owner: Owner
) -> None:
    await house.publish(agent={"memory": {"across_visits": True}})

    async def enter(consent: frozenset[str]) -> tuple[Actor, dict[str, Any]]:
        started = await storefront.start(
            house.runtime,
            slug=SLUG,
            key=str(uuid4()),
            facts=SessionFacts(consent=consent),
            visitor="visitor-one-of-the-shop",
        )
        return house.runtime.buyer(started["session_token"]), started["ui"]

    agreed = frozenset({"personalization"})
    buyer, _ = await enter(agreed)
    await house.say(buyer, "white, under 40k, for my family")
    _, again = await enter(agreed)
    assert "price:lte:must" in {chip["id"] for chip in again["chips"]}
    _, stranger = await enter(frozenset())
    assert "price:lte:must" not in {chip["id"] for chip in stranger["chips"]}
    await storefront.forget(house.runtime, buyer)
    assert one(owner, "select count(*) from public.buyer_memories where event_id = %s", buyer.event_id) == 0
    _, forgotten = await enter(agreed)
    assert "price:lte:must" not in {chip["id"] for chip in forgotten["chips"]}


async def test_a_stream_begins_at_once_and_ends_with_what_is_kept(house: House) -> None:
    buyer, _ = await house.start()
    events = [event async for event in streaming.stream_turn(house.runtime, buyer, WISH, "s1")]
    assert events[0] == {"type": "started", "key": "s1"}
    answer = await storefront.say(house.runtime, buyer, message=WISH, key="s1")
    assert events[1:] == answer["events"]
    for event in events:
        SCHEMA.validate(event)
    refused = [event async for event in streaming.stream_turn(house.runtime, buyer, "another", "s1")]
    assert refused[-1]["code"] == "core.key_reused"


async def test_who_stops_listening_does_not_stop_the_turn(house: House, owner: Owner) -> None:
    buyer, _ = await house.start()
    stream = streaming.stream_turn(house.runtime, buyer, WISH, "gone")
    assert (await anext(stream))["type"] == "started"
    waiting = asyncio.create_task(anext(stream))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await house.runtime.work.join()
    kept = one(owner, "select count(*) from public.turns where session_id = %s", buyer.session_id)
    assert kept == 1


async def test_an_expired_policy_is_resolved_anew(house: House, owner: Owner) -> None:
    buyer, _ = await house.start()
    bundle: Bundle = house.runtime.bundles.current(SLUG)
    assert bundle.document
    owner.execute("alter table public.policy_snapshots disable trigger refuse_change")
    owner.execute("update public.policy_snapshots set expires_at = now() - interval '1 minute'")
    owner.execute("alter table public.policy_snapshots enable trigger refuse_change")
    await house.say(buyer, WISH)
    numbers = owner.execute(
        "select number, reason from public.policy_snapshots where session_id = %s order by number",
        (buyer.session_id,),
    ).fetchall()
    assert [row["number"] for row in numbers] == [1, 2]


async def test_a_tool_that_fails_has_its_fallback_and_a_person_may_take_over(
    house: House, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools_ = [{**FREE[0], "fallback": "schedule_call", "timeout_seconds": 0.2}, FREE[1], HAND_OVER, CALL]
    profile = {
        "key": "all",
        "tool_policy": {
            "allowed": ["hold_listing", "schedule_call", "hand_over"],
            "confirm": [],
            "idempotent": [],
        },
    }
    await house.publish(policy={"profiles": [profile]}, agent={"tools": tools_})
    buyer, _ = await house.start()
    await house.say(buyer, WISH)
    prepare = transactions.prepare

    async def hanging(ctx: Any, *, verb: str, **more: Any) -> Any:
        if verb == "hold":
            await asyncio.sleep(5)
        return await prepare(ctx, verb=verb, **more)

    monkeypatch.setattr(transactions, "prepare", hanging)
    answer = await house.say(buyer, "hold the first one")
    rows = owner.execute(
        "select verb, outcome, reasons from public.tool_calls where session_id = %s order by id",
        (buyer.session_id,),
    ).fetchall()
    assert [(row["verb"], row["outcome"]) for row in rows] == [
        ("hold", "failed"), ("book", "prepared"), ("hand_off", "executed"),
    ]  # fmt: skip
    assert rows[0]["reasons"] == ["timed_out"]
    assert answer["handoff"]["trigger"] == "tool_failed"
