"""Sellers' photos where browsers do not reach Storage themselves: handed out as they are, kept for ever, nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest

from backend.adapters.supabase_files import SupabaseFiles
from tests.product import Product

FOR_EVER = "31536000, immutable"


@pytest.fixture
async def files(product: Product) -> AsyncIterator[SupabaseFiles]:
    keys = product.stack.keys
    made = SupabaseFiles(keys.url, keys.secret, public_base="/media/kept/")
    yield made
    await made.close()


async def test_a_size_of_a_photo_is_handed_out(api: str, files: SupabaseFiles) -> None:
    for kind in ("webp", "avif"):
        path = f"{uuid4()}/{'a' * 64}/640.{kind}"
        await files.put("media", path, b"pixels", content_type=f"image/{kind}", cache_control=FOR_EVER)
        answer = httpx.get(f"{api}{files.public_url('media', path)}")
        assert (answer.status_code, answer.content) == (200, b"pixels")
        assert answer.headers["content-type"] == f"image/{kind}"
        assert answer.headers["cache-control"] == f"public, max-age={FOR_EVER}"
        assert answer.headers["x-content-type-options"] == "nosniff"
        head = httpx.head(f"{api}{files.public_url('media', path)}")
        assert (head.status_code, head.content) == (200, b"")


async def test_nothing_else_is(api: str, files: SupabaseFiles) -> None:
    event, sha256 = uuid4(), "b" * 64
    await files.put("samples", f"{event}/{sha256}/640.webp", b"secret", content_type="image/webp")
    await files.put("media", f"{event}/{sha256}/640.html", b"<script>", content_type="text/html")
    for path in (
        f"media/{event}/{sha256}/320.webp",
        f"media/{event}/{sha256}/640.html",
        f"samples/{event}/{sha256}/640.webp",
        f"media/..%2fsamples/{event}/{sha256}/640.webp",
        f"media/{event}/{sha256}/../640.webp",
        "media/",
    ):
        assert httpx.get(f"{api}/media/kept/{path}").status_code == 404, path
