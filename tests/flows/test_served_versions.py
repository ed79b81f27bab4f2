"""What a version that is put in force does to conversations that keep an older one, and to the process that serves them."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from backend.core.context import Actor
from backend.core.errors import Conflict
from backend.domains.discovery.phrasing import ENGLISH, phrase
from backend.domains.discovery.signals import terms
from backend.domains.discovery.signals.languages import pairs
from backend.flows import dealers, guarding, storefront
from tests.factories import World
from tests.flows.conftest import SLUG, House

Owner = psycopg.Connection[dict[str, object]]


async def test_an_open_conversation_keeps_what_is_pinned_and_gets_what_is_live(house: House) -> None:
    buyer, before = await house.start()
    await house.publish(conversion={"hold_minutes": 7}, persona={"name": "Somebody Else"})
    after = await storefront.resume(house.runtime, buyer)
    assert after["event"]["conversion"]["hold_minutes"] == 7
    assert after["event"]["persona"] == before["event"]["persona"]
    assert after["event"]["version"] == before["event"]["version"]
    assert storefront.bootstrap(house.runtime, SLUG)["persona"]["name"] == "Somebody Else"


async def test_with_ai_off_every_conversation_gets_calm_words_and_keeps_its_wishes(house: House) -> None:
    buyer, _ = await house.start()
    said = await house.say(buyer, "long range, under 45k")
    await house.publish(safety={"ai_off": True})
    rested = await house.say(buyer, "white, please")
    assert rested["reply"] == phrase(ENGLISH, "resting")
    assert rested["quick_replies"] == []
    assert [c["id"] for c in rested["chips"]] == [c["id"] for c in said["chips"]]
    assert rested["matches"] == said["matches"]
    assert storefront.bootstrap(house.runtime, SLUG)["ai_off"] is True
    chip = next(c for c in said["chips"] if not c["default"])
    changed = await storefront.change_chip(
        house.runtime, buyer, chip_id=chip["id"], change="remove", value=None, key="c"
    )
    assert chip["id"] not in [c["id"] for c in changed["chips"]]  # what the hand does goes on
    await house.publish(safety={"ai_off": False})
    assert (await house.say(buyer, "white, please"))["reply"] != phrase(ENGLISH, "resting")


async def test_with_actions_off_nothing_is_held(house: House) -> None:
    buyer, screen = await house.start()
    await house.publish(safety={"mutating_tools_off": True})
    listing_id = int(screen["tiles"][0]["listing_id"])
    with pytest.raises(Conflict) as refused:
        await storefront.hold(house.runtime, buyer, listing_id=listing_id, key="h")
    assert refused.value.code == "events.actions_off"
    assert (await storefront.resume(house.runtime, buyer))["event"]["actions_off"] is True
    await house.publish(safety={"mutating_tools_off": False})
    yes = await guarding.prepare(house.runtime, buyer, verb="hold", arguments={"listing_id": listing_id})
    held = await storefront.hold(
        house.runtime, buyer, listing_id=listing_id, key="h2", confirmation=yes.confirmation
    )
    assert held.status == "active"


async def test_a_flag_of_the_organization_goes_before_the_events(house: House, owner: Owner) -> None:
    buyer, screen = await house.start()
    assert screen["event"]["flags"] == {"comparison": True, "sharing": True, "old_flag": False}
    bundle = house.runtime.bundles.current(SLUG)
    assert (bundle.flag("sharing"), bundle.flag("nobody_said", default=True)) == (True, True)
    owner.execute(
        "insert into public.organization_flags (organization_id, name, is_on) values (%s, 'comparison', false)",
        (house.seller,),
    )
    owner.execute(
        "update public.organizations set flags_revision = flags_revision + 1 where id = %s", (house.seller,)
    )
    await house.runtime.bundles.poll()
    assert house.runtime.bundles.current(SLUG).flag("comparison") is False
    assert (await storefront.resume(house.runtime, buyer))["event"]["flags"]["comparison"] is False


async def test_a_document_that_cannot_be_shown_is_not_served(
    house: House, owner: Owner, caplog: pytest.LogCaptureFixture
) -> None:
    before = house.runtime.bundles.current(SLUG)
    document = {name: value for name, value in before.document.items() if name != "name"}
    owner.execute(
        """
        with made as (select %s::jsonb as document)
        insert into public.event_versions (event_id, organization_id, number, document, canonical, source, sha256, message)
        select %s, %s, %s, document, document::text, '', encode(sha256(convert_to(document::text, 'UTF8')), 'hex'), ''
        from made
        """,
        (Jsonb(document), before.event_id, before.organization_id, before.number + 1),
    )
    await house.runtime.bundles.refresh()
    assert house.runtime.bundles.current(SLUG).number == before.number
    assert "is not put in force here" in caplog.text
    await house.start()


async def test_the_first_request_finds_the_vocabulary_read(house: House) -> None:
    bundle = house.runtime.bundles.current(SLUG)
    kept = house.runtime.vocabularies._kept[bundle.event_id]  # pyright: ignore[reportPrivateUsage]
    assert kept.facets
    assert kept.revision == bundle.catalogue_revision
    for languages in pairs():
        assert (id(kept), languages) in terms._CACHE  # pyright: ignore[reportPrivateUsage]


async def test_an_open_screen_is_told_once_this_process_serves_the_switch(house: House) -> None:
    buyer, _ = await house.start()
    event_id = house.runtime.bundles.current(SLUG).event_id
    told = asyncio.create_task(storefront.shown(house.runtime, buyer, number=2))
    await asyncio.sleep(0.05)
    assert not told.done()
    version = await house.publish(safety={"mutating_tools_off": True})
    assert (version.number, version.event_id) == (2, event_id)
    event = await asyncio.wait_for(told, 2)
    assert (event["actions_off"], event["version"]) == (True, 1)


async def share(house: House, buyer: Actor) -> None:
    asked = await guarding.prepare(house.runtime, buyer, verb="share", arguments={})
    await dealers.open_lead(house.runtime, buyer, confirmation=asked.confirmation)


@pytest.mark.parametrize(
    ("section", "code"),
    [
        ({"flags": {"sharing": False}}, "leads.sharing_off"),
        ({"safety": {"mutating_tools_off": True}}, "events.actions_off"),
    ],
)
async def test_nothing_new_is_shared_while_it_is_switched_off(
    house: House, section: dict[str, dict[str, bool]], code: str
) -> None:
    shared, _ = await house.start()
    buyer, _ = await house.start()
    await share(house, shared)
    await house.publish(**section)
    with pytest.raises(Conflict) as refused:
        await share(house, buyer)
    assert refused.value.code == code
    if code == "leads.sharing_off":
        await dealers.open_lead(house.runtime, shared, refresh=True)  # what is shared goes on
    else:
        with pytest.raises(Conflict, match="actions_off"):
            await dealers.open_lead(house.runtime, shared, refresh=True)
    assert (await dealers.withdraw_lead(house.runtime, shared, key="w"))["status"] == "withdrawn"


async def test_a_switch_of_the_organization_reaches_open_conversations_at_once(
    house: House, owner: psycopg.Connection[Any], world: World
) -> None:
    buyer, screen = await house.start()
    assert screen["event"]["actions_off"] is False
    for is_on in (True, False):
        async with house.runtime.database.as_actor(world.actor("operator")) as ctx:
            await ctx.conn.execute(
                "select private.set_flag(%s, 'mutating_tools_off', %s, 'a test')", (world.seller, is_on)
            )
        event = await storefront.shown(
            house.runtime, buyer, number=1
        )  # what a screen does when it hears of it
        assert event["actions_off"] is is_on
