"""Buyers: hidden listings of the shipped events, looked for in words by somebody who answers what the guide asks.

Each buyer (`buying` says how it talks) has a conversation of its own through the service: read, searched, ranked, asked
and written down as for anybody. It has found its listing when that is among the first twelve tiles, after at most three
messages. Targets are drawn evenly from four categories, of what each event offers at its opening.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final
from uuid import uuid4

from backend.core.context import Actor
from backend.core.db import Database
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.model import Listing, Vocabulary
from backend.domains.discovery import finding
from backend.domains.discovery import service as discovery
from backend.domains.discovery.ranking import meets
from backend.domains.discovery.rules import opening, settings_of
from backend.domains.discovery.wording import Words
from backend.domains.events import service as events
from backend.domains.events.model import Bundle, Source
from backend.domains.events.templates import SEEDS
from benchmarks.buying import TalkingBuyer
from benchmarks.ground import Ground, ensure_organization
from benchmarks.measure import Findings, Goal

CATEGORIES: Final[Mapping[str, tuple[str, ...]]] = {
    "cars": ("tesla_q1_2026", "used_cars_b2b2c_otto"),
    "watches": ("watches_q1_2026",),
    "homes": ("real_estate_wholesale",),
    "yachts and art": ("yachts_q2_2026", "fine_art_spring_2026"),
}
FIRST, TURNS, GOAL = 12, 3, 0.9


@dataclass(frozen=True, slots=True)
class Shop:
    """An open event and everything it offers at its opening."""

    bundle: Bundle
    vocabulary: Vocabulary
    index: catalogue.Index
    offered: tuple[Listing, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """How one search went: `turns` is 0 where the listing was not found; `why` says what stood in the way."""

    category: str
    turns: int
    why: str
    talk: tuple[str, ...]


async def run(ground: Ground) -> Findings:
    found = Findings("buyers")
    stories = await tell(ground, each=max(2, ground.sizes.turns * 130 // 60))
    for category in CATEGORIES:
        _report(found, category, [s for s in stories if s.category == category])
    _report(found, "all", stories)
    return found


async def tell(ground: Ground, *, each: int) -> list[Story]:
    """`each` searches for every category."""
    stories: list[Story] = []
    for category, folders in CATEGORIES.items():
        shops = [await open_shop(ground, folder) for folder in folders]
        random = Random(f"buyers of {category}")
        for n in range(each):
            stories.append(await search(ground.database, shops[n % len(shops)], category, random))
    return stories


def _report(found: Findings, name: str, stories: list[Story]) -> None:
    share = sum(1 for s in stories if s.turns) / len(stories)
    by_turn = Counter(s.turns for s in stories)
    turns = ", ".join(f"{by_turn[n]} after {n}" for n in range(1, TURNS + 1))
    causes = "; ".join(f"{why}: {n}" for why, n in Counter(s.why for s in stories if s.why).most_common())
    found.add(
        f"{name}: found within {TURNS} messages among the first {FIRST}",
        [share],
        "",
        goal=Goal("p50", ">=", GOAL),
        note=f"{share:.1%} of {len(stories)} buyers: {turns}" + (f"; not found: {causes}" if causes else ""),
    )


async def open_shop(ground: Ground, folder: str) -> Shop:
    """Publishes a shipped event and fills it, as the demo does."""
    with ground.owner() as owner:
        organization = ensure_organization(owner)
    place = SEEDS / folder
    async with ground.database.as_system("open an event for a benchmark") as ctx:
        version = await events.publish(
            ctx,
            source=Source((place / "event.yaml").read_text("utf-8"), "event.yaml"),
            library=events.shipped_templates(),
            message="Benchmark",
            organization_id=organization,
        )
        await catalogue.import_file(
            ctx,
            event=version.document["id"],
            path=place / "inventory.csv",
            mapping=catalogue.read_mapping(place / "mapping.yaml"),
        )
        served = await events.list_served(ctx, event_id=version.event_id)
        vocabulary = await catalogue.vocabulary(ctx, event_id=version.event_id)
    return await shop_of(ground.database, served[0], vocabulary)


async def shop_of(database: Database, bundle: Bundle, vocabulary: Vocabulary) -> Shop:
    index = catalogue.Index(vocabulary)
    begun = opening(settings_of(bundle.document)).filters
    async with database.as_system("see what an event offers for a benchmark") as ctx:
        limits = finding.compiled_limits(begun, index)
        found = await catalogue.find(ctx, event_id=bundle.event_id, filters=limits, index=index, limit=500)
        offered = await catalogue.list_listings(ctx, ids=[hit.listing_id for hit in found.hits])
    return Shop(bundle, vocabulary, index, tuple(sorted(offered, key=lambda listing: listing.id)))


async def search(database: Database, shop: Shop, category: str, random: Random) -> Story:
    """One buyer's search, at most three messages long."""
    words = Words.of(shop.bundle.document, shop.vocabulary)
    buyer = TalkingBuyer(random.choice(shop.offered), words, shop.index, shop.bundle.document, random)
    async with database.as_actor(Actor.anonymous()) as ctx:
        session = await discovery.start(ctx, bundle=shop.bundle, visitor=uuid4())
    actor = Actor.buyer(session.id, session.event_id)
    talk: list[str] = []
    message = buyer.opening()
    for turn in range(1, TURNS + 1):
        answer = await _say(database, actor, shop, message)
        talk += [message, f"{answer['matches']} fit. {answer['reply']}"]
        if buyer.target.id in [tile["listing_id"] for tile in answer["tiles"][:FIRST]]:
            return Story(category, turn, "", tuple(talk))
        message = buyer.answer(answer.get("question"))
    return Story(category, 0, await _cause(database, actor, buyer.target), tuple(talk))


async def _say(database: Database, actor: Actor, shop: Shop, message: str) -> dict[str, Any]:
    async with database.as_actor(actor) as ctx:
        return await discovery.take_turn(
            ctx,
            message=message,
            key=str(uuid4()),
            bundle=shop.bundle,
            vocabulary=shop.vocabulary,
            index=shop.index,
        )


async def _cause(database: Database, actor: Actor, target: Listing) -> str:
    """Which limit shuts the listing out; else it was only not yet near enough to the top."""
    async with database.as_actor(actor) as ctx:
        session = await discovery.get_session(ctx)
    for f in session.state.filters:
        if f.group == "must" and meets(target, f) is False:
            return f"shut out by a limit on {f.field.removeprefix('specs.')}"
        if f.group == "must" and f.op != "within" and meets(target, f) is None:
            return f"{f.field.removeprefix('specs.')} not stated"
    return "too many still fit"
