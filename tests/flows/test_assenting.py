"""A yes or a no in words to what was prepared: it confirms nothing, and the card waits or goes."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from backend.core.context import Actor
from backend.core.errors import Conflict
from backend.domains.discovery import acting
from backend.flows import confirmed, storefront
from tests.flows.conftest import House
from tests.flows.test_turns import AUTO, FREE, HAND_OVER, SCHEMA, WISH, one

Owner = psycopg.Connection[dict[str, Any]]


async def prepared(house: House, said: str = "hold the first one") -> tuple[Actor, dict[str, Any]]:
    """A conversation in which something waits for a yes, and its card."""
    buyer, _ = await house.start()
    await house.say(buyer, WISH)
    (card,) = (await house.say(buyer, said))["confirmations"]
    return buyer, card


def holds(owner: Owner, buyer: Actor) -> int:
    return one(owner, "select count(*) from public.holds where session_id = %s", buyer.session_id)


def tokens(owner: Owner, buyer: Actor) -> int:
    return one(owner, "select count(*) from private.confirmations where session_id = %s", buyer.session_id)


async def hold(house: House, buyer: Actor, card: dict[str, Any]) -> Any:
    return await storefront.hold(
        house.runtime,
        buyer,
        listing_id=card["listing_id"],
        key=str(uuid4()),
        confirmation=UUID(card["confirmation"]),
    )


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("yes", "en"),
        ("yes please, do it", "en"),
        ("I confirm", "en"),
        ("yes, hold it", "en"),
        ("the hold is confirmed", "en"),
        ("ja, bitte", "de"),
        ("ich bestätige", "de"),
        ("ja, reservieren", "de"),
        ("oui, allez-y", "fr"),
        ("je confirme", "fr"),
        ("sí, hazlo", "es"),
        ("sí, confirmo", "es"),
    ],
)
async def test_a_yes_in_words_confirms_nothing_and_gives_the_same_card_again(
    house: House, owner: Owner, message: str, language: str
) -> None:
    buyer, card = await prepared(house)
    before = tokens(owner, buyer)
    answer = await house.say(buyer, message)
    assert answer["reply"] == acting.ready(language)
    assert answer["confirmations"] == [card]
    assert (answer["stance"], answer["language"]) == ("ask_confirmation", language)
    assert "question" not in answer
    assert answer["quick_replies"] == []
    assert (holds(owner, buyer), tokens(owner, buyer)) == (0, before)
    for event in answer["events"]:
        SCHEMA.validate(event)
    calls = owner.execute("select outcome from public.tool_calls where session_id = %s", (buyer.session_id,))
    assert [row["outcome"] for row in calls.fetchall()] == ["prepared"], "to give it again is no call"
    assert (await hold(house, buyer, card)).status == "active"
    with pytest.raises(Conflict):
        await storefront.hold(
            house.runtime,
            buyer,
            listing_id=card["listing_id"] + 1,
            key="o",
            confirmation=UUID(card["confirmation"]),
        )


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("no", "en"),
        ("not now", "en"),
        ("ok, leave it", "en"),
        ("nein, danke", "de"),
        ("lass es", "de"),
        ("laissez tomber", "fr"),
        ("mejor no", "es"),
    ],
)
async def test_a_no_in_words_ends_it(house: House, owner: Owner, message: str, language: str) -> None:
    buyer, card = await prepared(house)
    answer = await house.say(buyer, message)
    assert answer["reply"] == acting.left(language)
    assert "confirmations" not in answer
    assert answer["withdrawn"] == [card["confirmation"]]
    for event in answer["events"]:
        SCHEMA.validate(event)
    with pytest.raises(Conflict) as refused:
        await hold(house, buyer, card)
    assert refused.value.code == "policy.confirmation_stale"
    again = await house.say(buyer, "yes")
    assert "confirmations" not in again
    assert holds(owner, buyer) == 0
    turns = (await storefront.resume(house.runtime, buyer))["turns"]
    assert [turn["confirmations"] for turn in turns] == [[], [], [], []]


async def test_any_other_message_leaves_it_waiting(house: House) -> None:
    buyer, card = await prepared(house)
    answer = await house.say(buyer, "under 30k miles")
    assert not {"confirmations", "withdrawn"} & answer.keys()
    turns = (await storefront.resume(house.runtime, buyer))["turns"]
    assert [one for turn in turns for one in turn["confirmations"]] == [card]
    assert (await house.say(buyer, "ok"))["confirmations"] == [card]
    assert (await hold(house, buyer, card)).status == "active"
    assert "confirmations" not in await house.say(buyer, "ok"), "what was done waits no more"


async def test_a_no_to_a_question_is_none_to_the_card(house: House) -> None:
    buyer, card = await prepared(house)
    asked = await house.say(buyer, "in white")
    assert asked["question"]["text"]
    await house.say(buyer, "no")
    assert (await house.say(buyer, "yes"))["confirmations"] == [card]


async def test_what_has_run_out_is_not_given_again(house: House, owner: Owner) -> None:
    buyer, _ = await prepared(house)
    owner.execute("update private.confirmations set expires_at = now() - interval '1 second'")
    assert "confirmations" not in await house.say(buyer, "yes")


async def test_what_waits_in_one_conversation_is_nothing_to_another(house: House, owner: Owner) -> None:
    buyer, card = await prepared(house)
    stranger, _ = await house.start()
    for word in ("yes", "no"):
        assert not {"confirmations", "withdrawn"} & (await house.say(stranger, word)).keys()
    await confirmed.leave(house.runtime, stranger, confirmation=UUID(card["confirmation"]))
    assert (await hold(house, buyer, card)).status == "active"


async def test_with_other_terms_it_is_prepared_anew(house: House, owner: Owner) -> None:
    buyer, card = await prepared(house)
    owner.execute(
        "update public.listings set price_minor = price_minor - 100000, content_sha256 = repeat('0', 64) where id = %s",
        (card["listing_id"],),
    )
    answer = await house.say(buyer, "yes")
    (new,) = answer["confirmations"]
    assert new["confirmation"] != card["confirmation"]
    assert new["terms"] != card["terms"]
    assert answer["withdrawn"] == [card["confirmation"]]
    assert acting.asks_for_yes() in answer["reply"]
    assert holds(owner, buyer) == 0
    assert (await hold(house, buyer, new)).status == "active"


async def test_what_somebody_else_took_meanwhile_is_said(house: House) -> None:
    buyer, card = await prepared(house)
    other, shown = await house.start()
    assert shown["tiles"]
    await house.say(other, WISH)
    (theirs,) = (await house.say(other, "hold the first one"))["confirmations"]
    assert theirs["listing_id"] == card["listing_id"]
    await hold(house, other, theirs)
    answer = await house.say(buyer, "yes")
    assert "confirmations" not in answer
    assert "hold" in answer["reply"]


async def test_with_actions_off_a_yes_gives_nothing(house: House) -> None:
    buyer, _ = await prepared(house)
    await house.publish(safety={"mutating_tools_off": True})
    answer = await house.say(buyer, "yes")
    assert "confirmations" not in answer


async def test_several_wait_and_are_told_of_once(house: House) -> None:
    buyer, first = await prepared(house)
    (second,) = (await house.say(buyer, "hold the second one"))["confirmations"]
    answer = await house.say(buyer, "yes")
    assert answer["confirmations"] == [first, second]
    assert answer["reply"] == acting.ready()
    assert (await house.say(buyer, "never mind"))["withdrawn"] == [
        first["confirmation"],
        second["confirmation"],
    ]


async def test_the_same_key_gives_the_same_cards(house: House) -> None:
    buyer, card = await prepared(house)
    first = await storefront.say(house.runtime, buyer, message="yes", key="the-same-yes-twice")
    assert first["confirmations"] == [card]
    assert await storefront.say(house.runtime, buyer, message="yes", key="the-same-yes-twice") == first


async def test_under_assisted_auto_only_an_order_is_carried_out(house: House, owner: Owner) -> None:
    await house.publish(policy=AUTO, agent={"tools": [*FREE, HAND_OVER]})
    buyer, card = await prepared(house, "could you hold the first one?")
    assert (await house.say(buyer, "yes"))["confirmations"] == [card]
    assert holds(owner, buyer) == 0
    assert (await house.say(buyer, "hold the first one"))["executed"]
    assert holds(owner, buyer) == 1


async def test_a_yes_is_two_short_transactions(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from backend.core.db import Database

    buyer, _ = await prepared(house)
    begun: list[Actor] = []
    as_actor = Database.as_actor

    def counting(self: Database, actor: Actor) -> Any:
        begun.append(actor)
        return as_actor(self, actor)

    monkeypatch.setattr(Database, "as_actor", counting)
    for word in ("yes", "no"):
        begun.clear()
        await house.say(buyer, word)
        assert len(begun) == 2


async def test_it_is_what_was_spoken_of_last(house: House) -> None:
    buyer, _ = await house.start()
    cheapest = (await house.say(buyer, "which is the cheapest?"))["tiles"][0]["listing_id"]
    (card,) = (await house.say(buyer, "hold it"))["confirmations"]
    assert card["listing_id"] == cheapest
    await house.say(buyer, "no thanks")
    second = (await house.say(buyer, "tell me about the second one"))["tiles"][1]["listing_id"]
    (card,) = (await house.say(buyer, "hold it"))["confirmations"]
    assert card["listing_id"] == second


async def test_what_may_be_meant_is_told_apart_by_its_number(house: House) -> None:
    buyer, _ = await house.start()
    shown = (await house.say(buyer, WISH))["tiles"]
    answer = await house.say(buyer, "hold it")
    assert "confirmations" not in answer
    assert len(answer["quick_replies"]) == len(set(answer["quick_replies"])) == min(4, len(shown))
