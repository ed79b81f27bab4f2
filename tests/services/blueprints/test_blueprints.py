"""Blueprints against the real database: opened, filled, read under a lease, decided, judged; and who is refused."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from backend.core.db import Database
from backend.core.errors import AppError, Conflict, InvalidInput, NotAllowed, NotFound
from backend.domains.blueprints import service as blueprints
from backend.domains.blueprints.model import Left, Remembered
from backend.domains.blueprints.records import Blueprint, FileStatus, SampleFile
from tests.factories import World

SHA = "a" * 64


class Bench:
    """What people of the seller do to blueprints."""

    def __init__(self, database: Database, world: World) -> None:
        self.database, self.world = database, world

    def unit(self, persona: str) -> Any:
        return self.database.as_actor(self.world.actor(persona))

    async def open(self, persona: str = "operator", title: str = "Spring stock") -> Blueprint:
        async with self.unit(persona) as ctx:
            return await blueprints.open_blueprint(ctx, organization_id=self.world.seller, title=title)

    async def add(self, to: Blueprint, persona: str = "operator", **more: Any) -> SampleFile:
        values: dict[str, Any] = {
            "kind": "sheet",
            "name": "stock.csv",
            "media_type": "text/csv",
            "size": 10,
            "sha256": SHA,
            **more,
        }
        async with self.unit(persona) as ctx:
            return await blueprints.add_file(ctx, blueprint_id=to.id, path=f"x/{values['sha256']}", **values)

    async def get(self, one: Blueprint, persona: str = "operator") -> Blueprint:
        async with self.unit(persona) as ctx:
            return await blueprints.get_blueprint(ctx, blueprint_id=one.id)

    async def claim(
        self, file: SampleFile, lease_s: int = 60, persona: str = "operator"
    ) -> SampleFile | None:
        async with self.unit(persona) as ctx:
            return await blueprints.claim_file(ctx, file_id=file.id, lease_s=lease_s)

    async def read(self, file: SampleFile, **findings: Any) -> SampleFile:
        await self.claim(file)
        async with self.unit("operator") as ctx:
            return await blueprints.finish_file(ctx, file_id=file.id, findings=findings or {"proposal": {}})


@pytest.fixture
def bench(database: Database, world: World) -> Bench:
    return Bench(database, world)


async def refusal(work: object) -> AppError:
    with pytest.raises(AppError) as refused:
        await work  # type: ignore[misc]
    return refused.value


async def test_a_blueprint_is_opened_and_seen_by_its_staff_alone(bench: Bench) -> None:
    opened = await bench.open(title="  Spring \n stock ")
    assert (opened.title, opened.status, opened.revision, opened.organization) == (
        "Spring stock",
        "open",
        1,
        "seller",
    )
    assert await bench.get(opened, "viewer") == opened
    for persona in ("stranger", "other_admin", "dealer"):
        assert isinstance(await refusal(bench.get(opened, persona)), NotFound), persona
    for persona in ("anon", "buyer"):
        assert isinstance(await refusal(bench.get(opened, persona)), NotAllowed), persona
    async with bench.unit("other_admin") as ctx:
        assert await blueprints.list_blueprints(ctx) == []


async def test_who_may_not_edit_documents_opens_none(bench: Bench) -> None:
    refused = await refusal(bench.open("viewer"))
    assert (type(refused), refused.code) == (NotAllowed, "identity.needs_permission")
    assert isinstance(await refusal(bench.open("stranger")), NotFound)
    assert (await refusal(bench.open(title=" "))).code == "blueprints.needs_title"


async def test_the_same_bytes_are_the_same_file_and_there_are_limits(
    bench: Bench, owner: psycopg.Connection[Any]
) -> None:
    opened = await bench.open()
    first = await bench.add(opened)
    assert (await bench.add(opened, name="copy.csv")).id == first.id
    assert (first.status, first.position) == (FileStatus.WAITING, 1)
    large = await refusal(bench.add(opened, sha256="b" * 64, size=200 * 1024 * 1024 + 1))
    assert (type(large), large.code) == (InvalidInput, "blueprints.file_too_large")
    for at in range(2):
        await bench.add(opened, sha256=f"{at:064x}", size=200 * 1024 * 1024)
    assert (
        await refusal(bench.add(opened, sha256="c" * 64, size=200 * 1024 * 1024))
    ).code == "blueprints.too_much"
    owner.execute("update public.blueprint_files set bytes = 1")
    for at in range(57):
        await bench.add(opened, sha256=f"{at + 10:064x}")
    assert (await refusal(bench.add(opened, sha256="d" * 64))).code == "blueprints.too_many_files"


async def test_a_file_is_read_by_one_at_a_time_and_by_another_once_the_lease_is_over(bench: Bench) -> None:
    file = await bench.add(await bench.open())
    assert await bench.claim(file) is not None
    assert await bench.claim(file, persona="admin") is None
    async with bench.unit("operator") as ctx:
        assert await blueprints.note_progress(
            ctx, file_id=file.id, stage="reading", done=1, total=2, lease_s=0
        )
        assert await blueprints.list_unread(ctx) == []  # the lease ends with this very transaction
    async with bench.unit("operator") as ctx:
        assert await blueprints.list_unread(ctx) == [file.id]
    again = await bench.claim(file)
    assert again is not None
    assert (again.attempts, again.stage) == (2, "")


async def test_what_ends_every_reader_is_refused_in_the_end(bench: Bench) -> None:
    file = await bench.add(await bench.open())
    for _ in range(4):
        assert await bench.claim(file, lease_s=0) is not None
    assert await bench.claim(file) is None
    async with bench.unit("viewer") as ctx:
        kept = await blueprints.get_file(ctx, file_id=file.id)
    assert kept.problem == {"code": "blueprints.reading_failed", "facts": {"file": "stock.csv"}}


async def test_cancelled_a_file_stays_so_whatever_its_reader_finds(bench: Bench) -> None:
    file = await bench.add(await bench.open())
    await bench.claim(file)
    async with bench.unit("admin") as ctx:
        assert (await blueprints.steer_file(ctx, file_id=file.id, verb="cancel")).status == "cancelled"
    async with bench.unit("operator") as ctx:
        assert not await blueprints.note_progress(ctx, file_id=file.id, stage="x", done=0, total=0, lease_s=9)
        assert (await blueprints.finish_file(ctx, file_id=file.id, findings={})).status == "cancelled"
        assert (await blueprints.steer_file(ctx, file_id=file.id, verb="retry")).status == "waiting"
        await blueprints.steer_file(ctx, file_id=file.id, verb="remove")
    async with bench.unit("operator") as ctx:
        assert (await refusal(blueprints.get_file(ctx, file_id=file.id))).code == "blueprints.no_such_file"


async def test_decisions_are_kept_name_by_name_and_who_is_behind_is_told(bench: Bench) -> None:
    opened = await bench.open()
    file = await bench.read(await bench.add(opened))
    revision = (await bench.get(opened)).revision

    async def decide(revision: int, **decisions: Any) -> int:
        async with bench.unit("operator") as ctx:
            return await blueprints.decide(ctx, revision=revision, decisions={file.id: decisions})

    after = await decide(revision, Price={"targets": ["price"]}, Lot={"left": "internal"})
    assert after == revision + 1
    stale = await refusal(decide(revision, Price=None))
    assert (type(stale), stale.code, stale.facts) == (Conflict, "blueprints.stale", {"revision": after})
    await decide(after, Lot=None)
    async with bench.unit("operator") as ctx:
        assert (await blueprints.get_file(ctx, file_id=file.id)).decisions == {
            "Price": {"targets": ["price"]}
        }


async def test_a_clarification_is_applied_once(bench: Bench) -> None:
    opened = await bench.open()
    async with bench.unit("operator") as ctx:
        kept = await blueprints.keep_clarification(
            ctx,
            blueprint_id=opened.id,
            said="prices are in euros",
            understood="Prices are in EUR.",
            changes=[{"a": 1}],
        )
        assert await blueprints.list_clarifications(ctx, blueprint_id=opened.id) == []
        applied = await blueprints.apply_clarification(ctx, clarification_id=kept.id)
        assert applied.applied_at is not None
    async with bench.unit("operator") as ctx:
        assert [one.said for one in await blueprints.list_clarifications(ctx, blueprint_id=opened.id)] == [
            kept.said
        ]

    async def apply(persona: str, clarification_id: UUID) -> None:
        async with bench.unit(persona) as ctx:
            await blueprints.apply_clarification(ctx, clarification_id=clarification_id)

    assert (await refusal(apply("operator", kept.id))).code == "blueprints.already_applied"
    assert isinstance(await refusal(apply("other_admin", kept.id)), NotFound)
    assert (await refusal(apply("operator", uuid4()))).code == "blueprints.no_such_clarification"


async def test_what_a_seller_confirmed_is_remembered_counted_and_forgotten(bench: Bench) -> None:
    colour = Remembered("ext. color", ("color_exterior",), said="treat it as exterior colour")
    lot = Remembered("lot", (), Left.INTERNAL)

    async def known(persona: str = "viewer") -> tuple[Remembered, ...]:
        async with bench.unit(persona) as ctx:
            return await blueprints.list_remembered(ctx, organization_id=bench.world.seller)

    for _ in range(2):
        async with bench.unit("operator") as ctx:
            await blueprints.remember(ctx, organization_id=bench.world.seller, remembered=[colour, lot])
    found = [one for one in await known() if one.header != "bay"]  # what the world came with
    assert [(one.header, one.targets, one.left, one.times) for one in found] == [
        ("ext. color", ("color_exterior",), None, 2),
        ("lot", (), Left.INTERNAL, 2),
    ]
    assert await known("other_admin") == ()
    async with bench.unit("operator") as ctx:
        await blueprints.forget(ctx, organization_id=bench.world.seller, header="lot")
    assert {one.header for one in await known()} == {"ext. color", "bay"}

    async def remember(persona: str) -> None:
        async with bench.unit(persona) as ctx:
            await blueprints.remember(ctx, organization_id=bench.world.seller, remembered=[lot])

    assert isinstance(await refusal(remember("viewer")), NotAllowed)


async def test_a_verdict_needs_a_reason_and_somebody_who_may_judge(bench: Bench) -> None:
    opened = await bench.open()

    async def judge(persona: str, verdict: str, reason: str = "") -> Blueprint:
        async with bench.unit(persona) as ctx:
            return await blueprints.judge(ctx, blueprint_id=opened.id, verdict=verdict, reason=reason)

    assert (await judge("operator", "submit")).status == "waiting"
    assert (await refusal(judge("admin", "request_edits"))).code == "blueprints.needs_reason"
    sent_back = await judge("admin", "request_edits", "Say where the prices come from")
    assert (sent_back.status, sent_back.verdict, sent_back.reason) == (
        "open",
        "request_edits",
        "Say where the prices come from",
    )
    assert isinstance(await refusal(judge("viewer", "reject", "no")), NotAllowed)
    assert (await judge("admin", "reject", "Not ours")).status == "discarded"
    assert (await refusal(bench.add(opened))).code == "blueprints.is_over"


async def test_the_organization_hears_of_every_step(bench: Bench, owner: psycopg.Connection[Any]) -> None:
    opened = await bench.open()
    file = await bench.read(await bench.add(opened))
    told = owner.execute(
        "select payload, topic from realtime.messages where event = 'blueprint_changed' order by inserted_at"
    ).fetchall()
    assert {row["topic"] for row in told} == {f"organization:{bench.world.seller}"}
    steps = [row["payload"]["status"] for row in told if row["payload"]["id"] == str(file.id)]
    assert steps == ["waiting", "reading", "read"]
