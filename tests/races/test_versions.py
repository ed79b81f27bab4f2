"""Many save one draft and publish into one event at the same moment: no work is lost, no number is used twice or left out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from uuid import UUID

import pytest

from backend.core.errors import AppError, Conflict
from backend.domains.events import drafts, releases
from backend.domains.events import service as events
from backend.domains.events.lifecycle import Draft
from tests.services.events.conftest import SALE, Desk

MANY = 40


async def answer(work: Awaitable[object]) -> str:
    try:
        await work
    except AppError as refused:
        return refused.code
    return "done"


def numbers(desk: Desk) -> list[int]:
    rows = desk.owner.execute("select number from public.event_versions order by number").fetchall()
    return [row["number"] for row in rows]


async def begun(desk: Desk, text: str) -> Draft:
    return (await desk.save(text)).draft


@pytest.fixture(autouse=True)
def _alone(desk: Desk) -> None:
    desk.owner.execute("update public.approval_policies set low = 0, medium = 0, high = 0")


async def test_of_many_who_save_the_same_revision_one_is_first_and_the_rest_are_told(desk: Desk) -> None:
    draft = await begun(desk, SALE % 30)

    async def save(minutes: int) -> str:
        return await answer(desk.save(SALE % minutes, draft_id=draft.id, revision=draft.revision))

    answers = await asyncio.gather(*(save(31 + n) for n in range(MANY)))
    assert sorted(answers) == ["done"] + ["events.draft_stale"] * (MANY - 1)
    assert (await desk.get(draft.id)).revision == draft.revision + 1


async def test_who_saves_on_what_they_have_read_loses_nothing(desk: Desk) -> None:
    """Each adds a line of its own, reads again when told to, and finds every line at the end."""
    draft = await begun(desk, SALE % 30)

    async def add(line: str) -> None:
        while True:
            seen = await desk.get(draft.id)
            text = f"{seen.source}# {line}\n"
            if await answer(desk.save(text, draft_id=draft.id, revision=seen.revision)) == "done":
                return

    await asyncio.gather(*(add(f"line {n}.") for n in range(10)))
    source = (await desk.get(draft.id)).source
    assert [n for n in range(10) if f"# line {n}.\n" not in source] == []


async def test_without_the_revision_work_is_lost(desk: Desk) -> None:
    """The twin: read, then write. Were nothing lost here, the test above would prove nothing."""
    draft = await begun(desk, SALE % 30)

    async def add(line: str) -> None:
        async with desk.unit("admin") as ctx:
            seen = await drafts.get_draft(ctx, draft_id=draft.id)
        await asyncio.sleep(0.01)
        await asyncio.to_thread(
            desk.owner.execute,
            "update public.drafts set source = %s where id = %s",
            (f"{seen.source}# {line}\n", draft.id),
        )

    await asyncio.gather(*(add(f"line {n}.") for n in range(10)))
    source = (await desk.get(draft.id)).source
    assert [n for n in range(10) if f"# line {n}.\n" not in source]


async def test_of_many_drafts_on_one_base_one_is_published(desk: Desk) -> None:
    before = numbers(desk)
    waiting = [await begun(desk, SALE % (30 + n)) for n in range(10)]
    answers = await asyncio.gather(*(answer(desk.put_in_force(draft)) for draft in waiting))
    assert sorted(answers) == ["done"] + ["events.base_moved"] * 9
    assert numbers(desk) == [*before, before[-1] + 1]


async def test_publishes_levers_and_rollbacks_at_once_leave_no_gap(desk: Desk) -> None:
    await desk.force(SALE % 30)
    current = (await desk.in_force()).id

    async def lever(n: int) -> None:
        async with desk.unit("operator") as ctx:
            await releases.move_lever(ctx, slug=desk.world.slug, path="/flags/sharing", value=bool(n % 2))

    async def back() -> None:
        async with desk.unit("admin") as ctx:
            await releases.roll_back(ctx, slug=desk.world.slug, target=2, reason="a race", current=current)

    works = (
        [desk.publish(SALE % (40 + n)) for n in range(8)] + [lever(n) for n in range(8)] + [back(), back()]
    )
    answers = await asyncio.gather(*(answer(work) for work in works))
    found = numbers(desk)
    assert found == list(range(1, len(found) + 1))
    assert (await desk.in_force()).number == found[-1]
    assert set(answers) <= {"done", "events.version_taken", "events.nothing_changed", "core.already_exists"}
    assert answers[:8] == ["done"] * 8


async def test_one_request_that_comes_twice_at_once_publishes_once(desk: Desk) -> None:
    before = len(numbers(desk))
    draft = await begun(desk, SALE % 33)

    async def publish(draft_id: UUID) -> object:
        async with desk.unit("operator") as ctx:
            return await drafts.publish_draft(ctx, draft_id=draft_id, revision=draft.revision)

    answers = await asyncio.gather(*(answer(publish(draft.id)) for _ in range(5)))
    assert answers.count("done") == 1
    assert len(numbers(desk)) == before + 1
    with pytest.raises(Conflict):
        await publish(draft.id)


async def test_equal_documents_at_once_are_one_version(desk: Desk) -> None:
    before = len(numbers(desk))
    found = await asyncio.gather(*(desk.publish(SALE % 60) for _ in range(5)))
    assert sum(version.is_new for version in found) == 1
    assert len(numbers(desk)) == before + 1
    async with desk.unit("admin") as ctx:
        assert (await events.get_in_force(ctx, slug=desk.world.slug)).sha256 == found[0].sha256
