"""A seller's photo in the storefront, in the size and format that the browser takes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
from playwright.async_api import expect
from psycopg.rows import dict_row

from backend.core.context import Actor
from backend.core.settings import Settings
from backend.domains.blueprints.model import PhotoProposal
from backend.domains.blueprints.photos.links import link_photos
from backend.domains.blueprints.photos.proposing import read_photos
from backend.flows.media import publish_photos
from backend.flows.runtime import Runtime
from backend.main import build_ports
from tests.e2e.conftest import PHONE, Open
from tests.product import SLUG, Product
from tests.rules.blueprints.pictures import saved, scene


async def test_a_photo_of_the_seller_is_shown_in_sizes(visit: Open, product: Product, tmp_path: Path) -> None:
    page = await visit(f"/e/{SLUG}")
    first = page.locator(".tile").first
    title = await first.locator("h3").inner_text()
    listing_id = int((await first.locator(".tile__link").get_attribute("href") or "").rpartition("=")[2])
    sha256 = await _attach(product, listing_id, tmp_path)
    for size in (None, PHONE):
        page = await (visit(f"/e/{SLUG}", size=size) if size else visit(f"/e/{SLUG}"))
        picture = page.locator(".tile").filter(has_text=title).first.locator("img")
        await picture.scroll_into_view_if_needed()
        await expect(picture).to_have_js_property("complete", True)
        shown = await picture.evaluate("image => [image.currentSrc, image.naturalWidth, image.alt]")
        assert sha256 in shown[0]
        assert 0 < shown[1] <= 1300
        assert shown[2]
    await page.locator(".tile").filter(has_text=title).first.locator(".tile__link").click()
    large = page.locator(".detail__gallery img").first
    await expect(large).to_have_js_property("complete", True)
    assert sha256 in await large.evaluate("image => image.currentSrc")
    assert await large.evaluate("image => image.naturalWidth") > 0


async def _attach(product: Product, listing_id: int, folder: Path) -> str:
    with psycopg.connect(product.dsn, row_factory=dict_row) as conn:
        found = conn.execute(
            "select external_id, event_id from public.listings where id = %s", (listing_id,)
        ).fetchone()
        admin = conn.execute(
            "select id from auth.users where email = 'admin@northbay.example.com'"
        ).fetchone()
    assert found is not None
    assert admin is not None
    path = saved(scene(2400, 1800, 9), folder / f"{found['external_id']}.jpg", quality=90)
    photos, _ = read_photos([(path.name, path)])
    (photo,) = link_photos(photos, [found])

    @asynccontextmanager
    async def original(_: PhotoProposal) -> AsyncIterator[Path]:
        yield path

    env = {
        name.removeprefix("MPAX_").lower(): value
        for name, value in product.env.items()
        if name.startswith("MPAX_")
    }
    settings = Settings(**env)  # type: ignore[arg-type]
    runtime = Runtime(settings, build_ports(settings))
    await runtime.database.open()
    try:
        done = await publish_photos(
            runtime, Actor.user(admin["id"]), event_id=found["event_id"], photos=[photo], originals=original
        )
        assert done.to_json() == {"attached": 1, "left_out": []}
    finally:
        await runtime.database.close()
        await runtime.ports.close()
    return photo.sha256
