"""Who comes back: what is remembered by consent, what is still waiting, and what is said of a unit somebody else holds."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from pydantic import ValidationError

from backend.api.discovery import Start
from backend.core.context import Actor
from backend.core.errors import InvalidInput
from backend.domains.policy.model import SessionFacts
from backend.flows import guarding, storefront
from tests.flows.conftest import SLUG, House

Owner = psycopg.Connection[dict[str, Any]]
WISH = "Model 3 under 40k, white or grey, no accidents"


async def enter(house: House, visitor: str) -> tuple[Actor, dict[str, Any]]:
    started = await storefront.start(
        house.runtime,
        slug=SLUG,
        key=str(uuid4()),
        facts=SessionFacts(consent=frozenset({"personalization"})),
        visitor=visitor,
    )
    return house.runtime.buyer(started["session_token"]), started["ui"]


async def hold(house: House, buyer: Actor, listing_id: int) -> None:
    asked = await guarding.prepare(house.runtime, buyer, verb="hold", arguments={"listing_id": listing_id})
    await storefront.hold(
        house.runtime, buyer, listing_id=listing_id, key=str(uuid4()), confirmation=asked.confirmation
    )


async def test_consent_in_the_middle_keeps_what_was_said_so_far(house: House) -> None:
    await house.publish(agent={"memory": {"across_visits": True}})
    buyer, screen = await house.start()
    assert (screen["remembers"], screen["remembered"]) == (True, False)
    await house.say(buyer, WISH)
    assert (await storefront.resume(house.runtime, buyer))["remembered"] is False
    assert await storefront.remember(house.runtime, buyer, visitor="visitor-2-of-whom-nobody-knows")
    _, again = await enter(house, "visitor-2-of-whom-nobody-knows")
    assert again["remembered"] is True
    assert {"price:lte:must", "model:in:must"} & {chip["id"] for chip in again["chips"]}
    _, other = await enter(house, "visitor-3-of-whom-nobody-knows")
    assert other["remembered"] is False


@pytest.mark.parametrize(
    "visitor", ["a", "visitor-1", "21-letters-or-less-no", "with spaces in it, long", "x" * 101]
)
async def test_a_secret_that_could_be_guessed_is_none(house: House, visitor: str) -> None:
    await house.publish(agent={"memory": {"across_visits": True}})
    buyer, _ = await house.start()
    with pytest.raises(InvalidInput, match=r"discovery\.weak_visitor"):
        await storefront.remember(house.runtime, buyer, visitor=visitor)
    with pytest.raises(ValidationError):
        Start(event_id=SLUG, visitor=visitor)
    assert Start(event_id=SLUG, visitor=token_urlsafe(32)).visitor


async def test_wishes_end_when_their_time_is_over(house: House, owner: Owner) -> None:
    await house.publish(agent={"memory": {"across_visits": True}})
    for visitor in ("visitor-5-of-whom-nobody-knows", "visitor-6-of-whom-nobody-knows"):
        await enter(house, visitor)
    kept = "select count(*) as n from public.buyer_memories m join public.events e on e.id = m.event_id where e.slug = %s"
    owner.execute(
        """update public.buyer_memories set expires_at = now() - interval '1 second'
        where visitor_sha256 = sha256('visitor-5-of-whom-nobody-knows')"""
    )
    assert owner.execute(kept, (SLUG,)).fetchone() == {"n": 2}
    owner.execute("select private.keep_house()")
    assert owner.execute(kept, (SLUG,)).fetchone() == {"n": 1}


async def test_where_the_document_keeps_nothing_consent_keeps_nothing(house: House, owner: Owner) -> None:
    buyer, screen = await house.start()
    await house.say(buyer, WISH)
    assert screen["remembers"] is False
    assert not await storefront.remember(house.runtime, buyer, visitor="visitor-4-of-whom-nobody-knows")
    kept = owner.execute(
        "select count(*) as n from public.buyer_memories where event_id = %s", (buyer.event_id,)
    ).fetchone()
    assert kept == {"n": 0}


async def test_a_reloaded_page_has_the_sources_and_the_card_that_still_counts(
    house: House, owner: Owner
) -> None:
    buyer, _ = await house.start()
    await house.say(buyer, WISH)
    said = await house.say(buyer, "hold the second one")
    (card,) = said["confirmations"]
    first, last = (await storefront.resume(house.runtime, buyer))["turns"]
    assert first["claims"]
    assert first["confirmations"] == []
    assert last["confirmations"] == [card]

    stranger, _ = await house.start()
    assert (await storefront.resume(house.runtime, stranger))["turns"] == []

    await storefront.hold(
        house.runtime, buyer, listing_id=card["listing_id"], key="k", confirmation=UUID(card["confirmation"])
    )
    assert (await storefront.resume(house.runtime, buyer))["turns"][-1]["confirmations"] == []

    await house.say(buyer, "hold the third one")
    assert (await storefront.resume(house.runtime, buyer))["turns"][-1]["confirmations"]
    owner.execute("update private.confirmations set expires_at = now() - interval '1 second'")
    assert (await storefront.resume(house.runtime, buyer))["turns"][-1]["confirmations"] == []
