"""From samples to decisions in one process: files kept, read in the background, cancelled, taken up by another."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from backend.core.context import Actor
from backend.core.errors import AppError, Conflict, InvalidInput, NotFound
from backend.core.ports import Ports
from backend.core.settings import Settings
from backend.flows import blueprints, sample_kinds
from backend.flows.runtime import Runtime
from tests.factories import World
from tests.rules.blueprints.pictures import scene


def jpeg(seed: int = 1) -> bytes:
    out = io.BytesIO()
    scene(800, 600, seed).save(out, "JPEG")
    return out.getvalue()


class Desk:
    """One process, and what an operator of the seller does in it."""

    def __init__(self, runtime: Runtime, world: World) -> None:
        self.runtime, self.world = runtime, world
        self.actor = world.actor("operator")

    async def open(self, **more: Any) -> dict[str, Any]:
        values = {"title": "Spring stock", **more}
        return await blueprints.open_blueprint(self.runtime, self.actor, key=str(uuid4()), **values)

    async def add(self, view: dict[str, Any], name: str, content: bytes, **more: Any) -> dict[str, Any]:
        return await blueprints.add_file(
            self.runtime,
            self.actor,
            key=str(uuid4()),
            blueprint_id=UUID(view["id"]),
            name=name,
            content=content,
            **more,
        )

    async def get(self, view: dict[str, Any], actor: Actor | None = None) -> dict[str, Any]:
        return await blueprints.get_blueprint(
            self.runtime, actor or self.actor, blueprint_id=UUID(view["id"])
        )

    async def read(self, view: dict[str, Any]) -> dict[str, Any]:
        await self.runtime.samples.join()
        return await self.get(view)


@pytest.fixture
async def desk(settings: Settings, ports: Ports, world: World) -> AsyncIterator[Desk]:
    runtime = Runtime(settings, ports)
    await runtime.database.open()
    try:
        yield Desk(runtime, world)
    finally:
        await runtime.inventories.close()
        await runtime.samples.close()
        await runtime.database.close()


async def refusal(work: object) -> AppError:
    with pytest.raises(AppError) as refused:
        await work  # type: ignore[misc]
    return refused.value


async def test_a_photo_is_kept_and_read_and_the_same_bytes_are_one_file(desk: Desk) -> None:
    view = await desk.open()
    first = await desk.add(view, "front.jpg", jpeg())
    assert (first["kind"], first["status"]) == ("photo", "waiting")
    again = await desk.add(view, "copy.jpg", jpeg())
    assert again["id"] == first["id"]
    view = await desk.read(view)
    assert [file["status"] for file in view["files"]] == ["read"]
    (photo,) = view["proposal"]["photos"]
    assert (photo["file_id"], photo["width"], photo["height"]) == (first["id"], 800, 600)


async def test_what_is_no_sample_is_refused_with_its_reason(desk: Desk) -> None:
    view = await desk.open()
    await desk.add(view, "program.exe", b"MZ\x00\x01\x02\x03" * 100)
    view = await desk.read(view)
    (file,) = view["files"]
    assert (file["kind"], file["status"]) == ("unknown", "refused")
    assert file["problem"] == {"code": "blueprints.unknown_kind", "facts": {"file": "program.exe"}}
    refused = await refusal(desk.add(view, "nothing.csv", b""))
    assert (type(refused), refused.code) == (InvalidInput, "blueprints.empty_file")


async def test_names_are_plain_and_others_see_nothing(desk: Desk) -> None:
    view = await desk.open()
    file = await desk.add(view, "..\\..\\etc/pass\0wd.jpg", jpeg())
    assert file["name"] == "pass wd.jpg"
    for persona in ("stranger", "other_admin", "dealer"):
        actor = desk.world.actor(persona)
        assert isinstance(await refusal(desk.get(view, actor)), NotFound)
        steer = blueprints.cancel_file(desk.runtime, actor, key="k", file_id=UUID(file["id"]))
        assert isinstance(await refusal(steer), NotFound)
        add = blueprints.add_file(
            desk.runtime, actor, key="k", blueprint_id=UUID(view["id"]), name="x.jpg", content=jpeg(2)
        )
        assert isinstance(await refusal(add), NotFound)
    assert (await blueprints.list_blueprints(desk.runtime, desk.world.actor("other_admin")))[
        "blueprints"
    ] == []


async def test_a_key_makes_one_blueprint(desk: Desk) -> None:
    views = [
        await blueprints.open_blueprint(
            desk.runtime, desk.actor, key="same", title="Twice", organization="seller"
        )
        for _ in range(2)
    ]
    assert views[0]["id"] == views[1]["id"]
    assert (await refusal(desk.open(organization="nobody"))).code == "identity.no_such_organization"


def lingering(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading that goes on until it is told to stop."""

    def linger(sample: sample_kinds.Sample) -> Any:
        for done in range(600):
            if sample.cancelled():
                raise Conflict("blueprints.cancelled")
            sample.progress("reading", done, 600)
            time.sleep(0.05)
        raise AssertionError("nobody stopped it")

    async def read(sample: sample_kinds.Sample) -> Any:
        return await sample_kinds.threaded(linger, sample)

    monkeypatch.setattr(sample_kinds, "read", read)


async def until(desk: Desk, view: dict[str, Any], met: Any) -> dict[str, Any]:
    import asyncio

    for _ in range(100):
        found = await desk.get(view)
        if met(found["files"][0]):
            return found["files"][0]
        await asyncio.sleep(0.05)
    raise AssertionError(found["files"])


async def test_cancelled_reading_stops_within_a_second_and_can_be_tried_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = await desk.open()
    with monkeypatch.context() as patch:
        lingering(patch)
        file = await desk.add(view, "front.jpg", jpeg())
        seen = await until(desk, view, lambda one: one["done"] > 3)
        assert (seen["status"], seen["stage"], seen["total"]) == ("reading", "reading", 600)
        began = time.monotonic()
        shown = await blueprints.cancel_file(desk.runtime, desk.actor, key="c", file_id=UUID(file["id"]))
        await desk.runtime.samples.join()
        assert time.monotonic() - began < 1
        assert shown["status"] == "cancelled"
    await blueprints.retry_file(desk.runtime, desk.actor, key="r", file_id=UUID(file["id"]))
    assert (await desk.read(view))["files"][0]["status"] == "read"
    await blueprints.remove_file(desk.runtime, desk.actor, key="x", file_id=UUID(file["id"]))
    assert (await desk.get(view))["files"] == []
    assert (await desk.add(view, "front.jpg", jpeg()))["status"] == "waiting"


async def test_cancelled_elsewhere_reading_hears_of_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    lingering(monkeypatch)
    view = await desk.open()
    file = await desk.add(view, "front.jpg", jpeg())
    await until(desk, view, lambda one: one["status"] == "reading")
    async with desk.runtime.database.as_actor(desk.actor) as ctx:
        from backend.domains.blueprints import service

        await service.steer_file(ctx, file_id=UUID(file["id"]), verb="cancel")
    began = time.monotonic()
    await desk.runtime.samples.join()
    assert time.monotonic() - began < 1.5


async def test_what_a_killed_process_left_is_read_by_another(
    desk: Desk,
    settings: Settings,
    ports: Ports,
    owner: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    view = await desk.open()
    with monkeypatch.context() as patch:
        lingering(patch)
        await desk.add(view, "front.jpg", jpeg())
        await until(desk, view, lambda one: one["status"] == "reading")
        await desk.runtime.samples.close()
    assert (await desk.get(view))["files"][0]["status"] == "reading"
    other = Runtime(settings, ports)
    await other.database.open()
    assert await other.samples.resume() == 0  # the lease still holds
    owner.execute("update public.blueprint_files set lease_until = now() - interval '1 second'")
    assert await other.samples.resume() == 1
    await other.samples.join()
    await other.samples.close()
    await other.database.close()
    assert (await desk.get(view))["files"][0]["status"] == "read"


async def test_a_zip_of_photos_becomes_its_photos(desk: Desk) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(3):
            archive.writestr(f"A-{number}00{number}/front.jpg", jpeg(number))
        archive.writestr("notes.txt", b"no photo")
        archive.writestr("__MACOSX/._front.jpg", b"\xff\xd8\xff")
    view = await desk.open()
    added = await desk.add(view, "photos.zip", out.getvalue())
    assert [one["name"] for one in added["album"]] == [f"A-{n}00{n} - front.jpg" for n in range(3)]
    files = (await desk.read(view))["files"]
    assert [(one["kind"], one["status"]) for one in files] == [("photo", "read")] * 3


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [("../../evil.jpg", jpeg(), "core.unsafe_archive"), ("a.txt", b"words", "blueprints.unknown_kind")],
)
async def test_a_zip_that_means_harm_or_holds_no_photo_adds_nothing(
    desk: Desk, name: str, content: bytes, code: str
) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, content)
    view = await desk.open()
    with pytest.raises(InvalidInput) as error:
        await desk.add(view, "photos.zip", out.getvalue())
    assert error.value.code == code
    assert (await desk.get(view))["files"] == []
