"""What staff see of a conversation, and who sees nothing of it."""

from __future__ import annotations

import psycopg
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from backend.adapters.sealing import Sealer
from backend.core.context import Actor
from backend.core.errors import NotFound
from backend.flows.transcripts import transcript
from tests.factories import World
from tests.flows.conftest import House


async def test_a_turn_is_told_with_what_was_decided(house: House, world: World) -> None:
    buyer, _ = await house.start()
    await house.say(buyer, "Model 3 under 40k. Write to me at pat@example.com")
    await house.say(buyer, "hold the first one")
    assert buyer.session_id is not None
    told = await transcript(house.runtime, world.actor("admin"), session_id=buyer.session_id)
    first, second = told["turns"]
    assert "pat@example.com" not in first["message"]
    assert "under 40k" in first["message"]
    assert {s["type"] for s in first["understood"]["signals"]} >= {"BUDGET_RANGE"}
    assert first["exchanges"] == []
    assert first["record"]["provider"] == "builtin"
    assert [tool["outcome"] for tool in second["tools"]] == ["prepared"]
    assert ("hold", "confirm") in {(r["verb"], r["verdict"]) for r in second["receipts"]}
    assert told["may_see_prompts"]
    assert second["stance"] == "ask_confirmation"


async def test_an_exchange_is_opened_for_who_may_edit_prompts_alone(
    house: House, world: World, owner: psycopg.Connection[dict[str, object]]
) -> None:
    keys = SecretStr(Fernet.generate_key().decode())
    house.runtime.settings = house.runtime.settings.model_copy(update={"seal_keys": keys})
    buyer, _ = await house.start()
    await house.say(buyer, "Model 3 under 40k")
    assert buyer.session_id is not None
    words = {"system": "You are Claire.", "messages": [], "raw": ["Hello."], "parsed": None}
    sealed = Sealer(keys).seal(f"exchange:{buyer.session_id}", words)
    owner.execute(
        "insert into public.model_exchanges (turn_id, session_id, event_id, organization_id, position, purpose, outcome, sealed) "
        "select id, session_id, event_id, organization_id, 1, 'answer', 'used', %s from public.turns where session_id = %s",
        (sealed, buyer.session_id),
    )
    seen = {
        role: (await transcript(house.runtime, world.actor(role), session_id=buyer.session_id))["turns"][0][
            "exchanges"
        ][0]["seen"]
        for role in ("admin", "viewer")
    }
    assert seen == {"admin": words, "viewer": None}


async def test_strangers_and_buyers_are_told_that_there_is_nothing(house: House, world: World) -> None:
    buyer, _ = await house.start()
    assert buyer.session_id is not None
    for stranger in (world.actor("stranger"), buyer, Actor.anonymous()):
        with pytest.raises(NotFound):
            await transcript(house.runtime, stranger, session_id=buyer.session_id)
