"""Forty buyers with a listing in mind, through the service: nearly all find it within three messages.

`mpax bench buyers` does the same with more than five hundred; here the bound is lower, for forty are few.
"""

from __future__ import annotations

from random import Random

import pytest

from backend.core.db import Database
from benchmarks.buyers import search, shop_of
from tests.factories import World
from tests.services.discovery.conftest import open_shop

EACH, LEAST = 20, 17


@pytest.mark.parametrize("folder", ["used_cars_b2b2c_otto", "yachts_q2_2026"])
async def test_nearly_all_find_what_they_have_in_mind(database: Database, world: World, folder: str) -> None:
    opened, _ = await open_shop(database, world, folder)
    shop = await shop_of(database, opened.bundle, opened.vocabulary)
    random = Random(folder)
    stories = [await search(database, shop, folder, random) for _ in range(EACH)]
    lost = [story for story in stories if not story.turns]
    assert EACH - len(lost) >= LEAST, "\n\n".join("\n".join((s.why, *s.talk)) for s in lost)
    assert {story.turns for story in stories} > {1}, "nobody had to be asked anything"
