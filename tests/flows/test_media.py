"""Photos of a seller in the storefront: stored in sizes for good, attached once, kept by the next import."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image, ImageFilter

from backend.adapters.ocr_local import LocalOcr
from backend.core.context import Actor
from backend.core.errors import InvalidInput, NotFound
from backend.core.ports import Word
from backend.domains.blueprints.model import PhotoProposal
from backend.domains.blueprints.photos.proposing import read_photos
from backend.domains.catalogue import media
from backend.domains.catalogue import service as catalogue
from backend.flows.media import FOR_EVER, placed, publish_photos, relate
from backend.flows.runtime import Runtime
from tests.factories import World
from tests.fakes import FixedOcr, MemoryFiles
from tests.flows.conftest import FOLDER, SLUG, House
from tests.rules.blueprints.pictures import label, saved, scene


class Samples:
    """Photos in a folder, opened as the flow asks for them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, name: str, picture: Image.Image) -> PhotoProposal:
        saved(picture, self.folder / name)
        ((photo,), _) = read_photos([(name, self.folder / name)])
        return photo

    @asynccontextmanager
    async def open(self, photo: PhotoProposal) -> AsyncIterator[Path]:
        path = self.folder / photo.file
        if not path.exists():
            raise NotFound("core.no_such_file")
        yield path


@pytest.fixture
def samples(tmp_path: Path) -> Samples:
    folder = tmp_path / "photos"
    folder.mkdir()
    return Samples(folder)


@pytest.fixture
def admin(world: World) -> Actor:
    return world.actor("admin")


def of(photo: PhotoProposal, listing: str, confidence: float = 0.98) -> PhotoProposal:
    return replace(photo, listing=listing, linked_by="file_name", confidence=confidence)


async def listing(runtime: Runtime, external_id: str) -> dict[str, Any]:
    async with runtime.database.as_system("a test looks at a listing") as ctx:
        cursor = await ctx.conn.execute(
            "select l.id, l.media from public.listings l join public.events e on e.id = l.event_id"
            " where e.slug = %s and l.external_id = %s",
            (SLUG, external_id),
        )
        row = await cursor.fetchone()
    assert row is not None
    return row


async def some_id(runtime: Runtime, listing_id: int | None = None) -> tuple[str, Any]:
    async with runtime.database.as_system("a test looks for a listing") as ctx:
        cursor = await ctx.conn.execute(
            "select l.external_id, l.event_id from public.listings l join public.events e on e.id = l.event_id"
            " where e.slug = %s and l.id = coalesce(%s, l.id) order by l.id limit 1",
            (SLUG, listing_id),
        )
        row = await cursor.fetchone()
    assert row is not None
    return row["external_id"], row["event_id"]


async def test_photos_are_stored_in_sizes_attached_once_and_kept_by_the_next_import(
    house: House, samples: Samples, admin: Actor
) -> None:
    runtime = house.runtime
    external_id, event_id = await some_id(runtime)
    shipped = (await listing(runtime, external_id))["media"]
    photos = [
        of(samples.add("b_2.jpg", scene(900, 700, 2)), external_id),
        of(samples.add("b_1.jpg", scene(900, 700, 1)), external_id),
    ]
    done = await publish_photos(runtime, admin, event_id=event_id, photos=photos, originals=samples.open)
    assert (done.attached, done.left_out) == (2, [])
    files = runtime.ports.files
    assert isinstance(files, MemoryFiles)
    stored = dict(files.kept)
    assert {(bucket, control) for (bucket, _), (_, _, control) in stored.items()} == {("media", FOR_EVER)}
    assert all(f"{event_id}/{photos[0].sha256}/" in path or photos[1].sha256 in path for _, path in stored)

    shown = (await listing(runtime, external_id))["media"]
    assert [one.get("attached", False) for one in shown] == [True, True] + [False] * len(shipped)
    assert photos[1].sha256 in shown[0]["url"]  # b_1 before b_2
    assert shown[0]["url"].endswith("/900.webp")
    assert [v["width"] for v in shown[0]["variants"] if v["type"] == "image/webp"] == [320, 640, 900]

    again = await publish_photos(runtime, admin, event_id=event_id, photos=photos, originals=samples.open)
    assert again.attached == 2
    assert files.kept == stored
    async with runtime.database.as_system("a test imports again") as ctx:
        mapping = catalogue.read_mapping(FOLDER / "mapping.yaml")
        await ctx.conn.execute(
            "update public.listings set content_sha256 = '' where external_id = %s", (external_id,)
        )
        await catalogue.import_file(ctx, event=SLUG, path=FOLDER / "inventory.csv", mapping=mapping)
    assert (await listing(runtime, external_id))["media"] == shown

    async with runtime.database.as_actor(admin) as ctx:
        assert await media.detach_media(ctx, event_id=event_id, external_id=external_id) == 2
    assert (await listing(runtime, external_id))["media"] == shipped


async def test_buyers_see_the_sizes(house: House, samples: Samples, admin: Actor) -> None:
    _, before = await house.start()
    external_id, event_id = await some_id(house.runtime, before["tiles"][0]["listing_id"])
    photo = of(samples.add("b_1.jpg", scene(900, 700, 1)), external_id)
    await publish_photos(house.runtime, admin, event_id=event_id, photos=[photo], originals=samples.open)
    _, screen = await house.start()
    (picture,) = [tile["media"][0] for tile in screen["tiles"] if photo.sha256 in tile["media"][0]["url"]]
    assert {v["width"] for v in picture["variants"]} >= {320, 640, 900}
    assert picture["alt"]


async def test_a_photo_that_belongs_elsewhere_moves(house: House, samples: Samples, admin: Actor) -> None:
    runtime = house.runtime
    one, event_id = await some_id(runtime)
    _, screen = await house.start()
    ids = [await some_id(runtime, tile["listing_id"]) for tile in screen["tiles"]]
    other = next(external_id for external_id, _ in ids if external_id != one)
    photo = samples.add("a.jpg", scene(700, 500, 1))
    for listing_id in (one, other):
        await publish_photos(
            runtime, admin, event_id=event_id, photos=[of(photo, listing_id)], originals=samples.open
        )
    async with runtime.database.as_actor(admin) as ctx:
        assert [p.external_id for p in await media.list_media(ctx, event_id=event_id)] == [other]
    assert not any(picture.get("attached") for picture in (await listing(runtime, one))["media"])
    await publish_photos(runtime, admin, event_id=event_id, photos=[photo], originals=samples.open)
    async with runtime.database.as_actor(admin) as ctx:
        assert await media.list_media(ctx, event_id=event_id) == []


async def test_one_bad_photo_keeps_no_other_back(house: House, samples: Samples, admin: Actor) -> None:
    external_id, event_id = await some_id(house.runtime)
    good = of(samples.add("good.jpg", scene(700, 500, 1)), external_id)
    gone = of(samples.add("gone.jpg", scene(700, 500, 2)), external_id)
    bad = of(samples.add("bad.jpg", scene(700, 500, 3)), external_id)
    (samples.folder / "gone.jpg").unlink()
    (samples.folder / "bad.jpg").write_bytes(b"\xff\xd8\xff no more")
    done = await publish_photos(
        house.runtime, admin, event_id=event_id, photos=[bad, gone, good], originals=samples.open
    )
    assert done.attached == 1
    assert {(one["file"], one["code"]) for one in done.left_out} == {
        ("gone.jpg", "core.no_such_file"), ("bad.jpg", "blueprints.unreadable_photo"),
    }  # fmt: skip


async def test_strangers_store_nothing(house: House, samples: Samples) -> None:
    external_id, event_id = await some_id(house.runtime)
    photo = of(samples.add("a.jpg", scene(700, 500)), external_id)
    with pytest.raises(NotFound):
        await publish_photos(
            house.runtime, Actor.user(uuid4()), event_id=event_id, photos=[photo], originals=samples.open
        )
    files = house.runtime.ports.files
    assert isinstance(files, MemoryFiles)
    assert not files.kept


def photo(name: str, **facts: object) -> PhotoProposal:
    plain: dict[str, object] = {
        "sha256": name.ljust(64, "0"),
        "width": 10,
        "height": 10,
        "rotated": 0,
        "phash": "",
    }
    return PhotoProposal(name, **plain | facts)  # type: ignore[arg-type]


def test_guesses_wait_and_the_same_picture_is_shown_once() -> None:
    sure = {"linked_by": "file_name", "confidence": 0.95}
    photos = [
        photo("a_10", listing="A", **sure),
        photo("a_2", listing="A", **sure),
        photo("a_3", listing="A", duplicate_of="a_2", **sure),
        photo("b_1", listing="B", duplicate_of="a_2", **sure),
        photo("c_1", listing="C", linked_by="order", confidence=0.4),
        photo("d_1"),
    ]
    assert [(p.file, listing, at) for p, listing, at in placed(photos)] == [
        ("a_2", "A", 0),
        ("a_10", "A", 1),
        ("a_2", "B", 0),
    ]


async def test_text_is_read_only_where_the_name_says_nothing(samples: Samples) -> None:
    named = samples.add("K-20418.jpg", scene(700, 500, 1))
    unnamed = samples.add("IMG_0001.jpg", scene(700, 500, 2))
    ocr = FixedOcr([Word("STOCK K-20419", 0.9, 0, 0, 1, 1)])
    listings = [{"external_id": "K-20418"}, {"external_id": "K-20419"}]
    found = await relate([named, unnamed], listings, ocr=ocr, originals=samples.open)
    assert [(p.listing, p.linked_by) for p in found] == [
        ("K-20418", "file_name"),
        ("K-20419", "text_in_image"),
    ]
    assert len(ocr.seen) == 1

    class Failing(FixedOcr):
        async def read(self, image: bytes) -> tuple[Word, ...]:
            raise InvalidInput("core.unreadable_image")

    found = await relate([named, unnamed], listings, ocr=Failing(), originals=samples.open)
    assert [(p.listing, p.linked_by) for p in found] == [("K-20418", "file_name"), ("K-20419", "order")]


async def test_a_label_in_a_real_picture_is_read_on_this_machine(samples: Samples) -> None:
    picture = scene(1200, 900, 4).filter(ImageFilter.GaussianBlur(6))
    picture.paste(label("1HGCM82633A004352"), (150, 300))
    ocr = LocalOcr()
    listings = [
        {"external_id": "A7", "identifier": "1HGCM82633A004352"},
        {"external_id": "A8"},
        {"external_id": "A9"},
    ]
    (found, _) = await relate(
        [samples.add("IMG_1.jpg", picture), samples.add("IMG_2.jpg", Image.new("RGB", (700, 500), "gray"))],
        listings,
        ocr=ocr,
        originals=samples.open,
    )
    await ocr.close()
    assert (found.listing, found.linked_by) == ("A7", "text_in_image")
    assert found.confidence > 0.6
    assert "1HGCM82633A004352" in found.evidence[-1].text
