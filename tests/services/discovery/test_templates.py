"""Each shipped template, opened as an event: its inventory comes in, and its sample conversation goes as it says.

A new folder under `seeds/` with an `event.yaml` and a `conversation.yaml` is tested by being there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from ruamel.yaml import YAML

from backend.core.db import Database
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.model import Listing
from backend.domains.discovery import rules
from backend.domains.discovery import service as discovery
from backend.domains.discovery.model import State
from backend.domains.discovery.ranking import meets
from backend.domains.events.model import field_name
from backend.domains.events.templates import SEEDS
from tests.factories import World
from tests.services.discovery.conftest import Buyer, Shop, open_shop

FOLDERS = sorted(path.parent.name for path in SEEDS.glob("*/conversation.yaml"))
MOST_UNREADABLE_PERCENT = 3


@pytest.mark.parametrize("folder", FOLDERS)
async def test_a_template_opens_and_its_conversation_goes_as_it_says(
    database: Database, world: World, folder: str
) -> None:
    sample = YAML(typ="safe").load((SEEDS / folder / "conversation.yaml").read_text("utf-8"))
    shop, report = await open_shop(database, world, folder)
    assert {"rows": report.rows_read, "rejected": report.rejected, "blanked": report.blanked} == sample[
        "inventory"
    ]
    assert report.rejected * 100 <= report.rows_read * MOST_UNREADABLE_PERCENT
    assert not report.unmapped_columns
    buyer = await shop.enter()
    greeted = await buyer.sees()
    assert greeted.reply == shop.bundle.document["persona"]["greeting"]
    assert greeted.matches > 0
    for number, turn in enumerate(sample["turns"], 1):
        try:
            await _holds(shop, buyer, turn)
        except AssertionError as error:
            raise AssertionError(f"{folder}, turn {number}: {turn['says']}\n{error}") from error


async def _holds(shop: Shop, buyer: Buyer, turn: Mapping[str, Any]) -> None:
    """One line of a conversation, and whether everything that is said of it is true."""
    answer = await buyer.says(turn["says"])
    state = await _state(shop, buyer)
    heard = (
        f"{answer['reply']}\nunderstood: {_told(state.filters)}\nsignals: {[s.type for s in state.signals]}"
    )
    assert set(turn.get("signals", ())) <= {s["type"] for s in answer["signals"]}, heard
    for group, name in (("must", "filters"), ("nice", "nice")):
        had = {(f.field, f.op, _plain(f.value)) for f in state.filters if f.group == group}
        wanted = turn.get(name, {}).items()
        assert {(field, op, _plain(v)) for field, said in wanted for op, v in said.items()} <= had, heard
    assert not {f.field for f in state.filters} & set(turn.get("without", ())), heard
    tiles = await _listings(shop, buyer, [t["listing_id"] for t in answer["tiles"]])
    assert tiles, heard
    if turn.get("matches") == 0:
        assert answer["matches"] == 0, heard
        return
    assert answer["matches"] >= turn.get("matches", 1), heard
    limits = [f for f in state.filters if f.group == "must"]
    assert [t.title for t in tiles if any(meets(t, f) is False for f in limits)] == [], heard
    first = rules.default_filters({field_name(name): value for name, value in turn.get("first", {}).items()})
    assert [_told([f]) for f in first if not meets(tiles[0], f)] == [], f"{heard}\nfirst: {tiles[0]}"


async def _state(shop: Shop, buyer: Buyer) -> State:
    async with shop.database.as_actor(buyer.actor) as ctx:
        return (await discovery.get_session(ctx)).state


async def _listings(shop: Shop, buyer: Buyer, ids: list[int]) -> list[Listing]:
    async with shop.database.as_actor(buyer.actor) as ctx:
        found = {listing.id: listing for listing in await catalogue.list_listings(ctx, ids=ids)}
    return [found[i] for i in ids]


def _plain(value: Any) -> Any:
    """Lists as sets: the order of alternatives says nothing."""
    return frozenset(value) if isinstance(value, list) else value


def _told(filters: Any) -> str:
    return "; ".join(f"{f.group} {f.field} {f.op} {f.value}" for f in filters)
