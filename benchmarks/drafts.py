"""Drafts: a thousand saves at once and two hundred publishes over fifty events, and whether anything got lost.

Everybody adds a line of their own to a draft that others write too, reads it again when told that it is stale, and looks
for every line at the end. The floor writes the same text into one row and commits, by the same client.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID, uuid4

from backend.core.context import Actor
from backend.core.db import Database
from backend.core.errors import Busy, Conflict
from backend.domains.events import drafts
from backend.domains.events import service as events
from backend.domains.events.model import Source
from benchmarks.ground import Ground, Owner, ensure_organization, event_document, scalar
from benchmarks.measure import Findings, Goal

_CLIENTS = 16
_PATIENCE_S = 0.1
_AT_ONCE = 4  # writers of one draft at the same moment; the others of it wait for their turn
_MAKE = """
create schema if not exists bench;
create table if not exists bench.texts (id int primary key, text text not null);
insert into bench.texts select g, '' from generate_series(0, 9999) g on conflict do nothing;
grant usage on schema bench to app_api, authenticated;
grant select, update on bench.texts to app_api, authenticated;
"""


async def run(ground: Ground) -> Findings:
    found = Findings("drafts")
    with ground.owner() as owner:
        actor = _editor(owner)
        owner.execute(_MAKE)
    slugs = [f"bench-drafts-{n}" for n in range(ground.sizes.events)]
    for slug in slugs:
        await ground.publish(slug)
    database = Database(ground.settings.model_copy(update={"pool_size": _CLIENTS}), ground.ports)
    await database.open()
    try:
        await _saves(ground, database, actor, slugs, found)
        await _publishes(ground, database, actor, slugs, found)
    finally:
        await database.close()
    return found


def _editor(owner: Owner) -> Actor:
    """The one member of the organization: nobody else has to agree to what they do."""
    user, email, organization = uuid4(), "editor@example.com", ensure_organization(owner)
    owner.execute(
        "insert into auth.users (id, email, email_confirmed_at) values (%s, %s, now())", (user, email)
    )
    owner.execute(
        "insert into public.members (organization_id, user_id, role) values (%s, %s, 'admin')",
        (organization, user),
    )
    return Actor.user(user, email)


async def _saves(
    ground: Ground, database: Database, actor: Actor, slugs: Sequence[str], found: Findings
) -> None:
    begun: list[UUID] = []
    for slug in slugs:
        async with database.as_actor(actor) as ctx:
            saved = await drafts.save_draft(ctx, slug=slug, source_text=event_document(slug, name="A draft"))
        begun.append(saved.draft.id)
    turns = [asyncio.Semaphore(_AT_ONCE) for _ in begun]
    took: list[float] = []
    answers: Counter[str] = Counter()

    async def save(number: int) -> None:
        at, answer = number % len(begun), ""
        async with turns[at]:
            while answer != "saved":
                began = time.perf_counter()
                answer = await _answer(_add_line(database, actor, slugs[at], begun[at], number))
                answers[answer] += 1
                took.append((time.perf_counter() - began) * 1e3)

    async def floor(number: int) -> None:
        began = time.perf_counter()
        async with turns[number % len(begun)], database.as_actor(actor) as ctx:
            await ctx.conn.execute("update bench.texts set text = %s where id = %s", (text, number))
        floors.append((time.perf_counter() - began) * 1e3)

    floors: list[float] = []
    text = event_document(slugs[0], name="A draft")
    wall = await _all_at_once(save, ground.sizes.saves)
    floor_wall = await _all_at_once(floor, ground.sizes.saves)
    lost = 0
    for at, draft_id in enumerate(begun):
        async with database.as_actor(actor) as ctx:
            source = (await drafts.get_draft(ctx, draft_id=draft_id)).source
        kept = {int(line) for line in re.findall(r"# line (\d+)\.", source)}
        lost += len(set(range(at, ground.sizes.saves, len(begun))) - kept)
    count, stale = ground.sizes.saves, answers["events.draft_stale"]
    busy = len(took) - count - stale
    found.add(
        f"{count} draft saves at once over {len(begun)} events",
        [count / wall],
        "/s",
        floor=("update one row with the same text; commit", [count / floor_wall]),
        note=f"{len(took)} tries: {stale} refused as stale, {busy} while all were busy, and made again",
    )
    found.add("… one try under that load: read, compile, compare, write", took, floor=("the update", floors))
    found.add("… lines lost", [lost], "", goal=Goal("p95", "<=", 0))


async def _add_line(database: Database, actor: Actor, slug: str, draft_id: UUID, number: int) -> None:
    """As two requests do it: read, think, save what was read with a line more."""
    async with database.as_actor(actor) as ctx:
        seen = await drafts.get_draft(ctx, draft_id=draft_id)
    text = f"{seen.source}# line {number}.\n"
    async with database.as_actor(actor) as ctx:
        await drafts.save_draft(ctx, slug=slug, source_text=text, draft_id=draft_id, revision=seen.revision)


async def _publishes(
    ground: Ground, database: Database, actor: Actor, slugs: Sequence[str], found: Findings
) -> None:
    took: list[float] = []
    texts = [event_document(slugs[n % len(slugs)], name=f"Version {n}") for n in range(ground.sizes.versions)]

    async def publish(number: int) -> None:
        began = time.perf_counter()
        while await _answer(_publish(database, actor, Source(texts[number]))) != "saved":
            pass
        took.append((time.perf_counter() - began) * 1e3)

    wall = await _all_at_once(publish, len(texts))
    with ground.owner() as owner:
        wrong = scalar(
            owner,
            """
            select count(*) from public.events e
            join lateral (select count(*) n, count(distinct v.number) d, max(v.number) m from public.event_versions v
                          where v.event_id = e.id) v on true
            where e.slug like 'bench-drafts-%%' and not (v.n = v.m and v.d = v.n and v.m =
              (select c.number from public.event_versions c where c.id = e.current_version_id))
            """,
        )
        numbered = scalar(
            owner,
            "select count(*) from public.event_versions v join public.events e on e.id = v.event_id where e.slug like %s",
            "bench-drafts-%",
        )
    assert numbered == len(slugs) + len(texts), numbered
    found.add(f"{len(texts)} publishes at once over {len(slugs)} events", [len(texts) / wall], "/s")
    found.add("… one of them under that load: wait, compile, gate, insert, commit", took)
    found.add("… events whose numbers have a gap or a duplicate", [wrong], "", goal=Goal("p95", "<=", 0))


async def _publish(database: Database, actor: Actor, source: Source) -> None:
    async with database.as_actor(actor) as ctx:
        version = await events.publish(ctx, source=source, library=events.shipped_templates())
    assert version.is_new


async def _all_at_once(work: Callable[[int], Awaitable[None]], count: int) -> float:
    """Seconds until all are done."""
    began = time.perf_counter()
    await asyncio.gather(*(work(number) for number in range(count)))
    return time.perf_counter() - began


async def _answer(work: Awaitable[None]) -> str:
    """What a client is told; only what can be mended by asking again is an answer."""
    try:
        await work
    except Busy as refused:
        await asyncio.sleep(_PATIENCE_S)
        return refused.code
    except Conflict as refused:
        if refused.code != "events.draft_stale":
            raise
        return refused.code
    return "saved"
