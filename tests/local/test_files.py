"""The port for files against the embedded Storage: kept, replaced, removed, found by browsers and by nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import psycopg
import pytest
from supabase import AsyncClient

from backend.adapters.supabase_files import SupabaseFiles
from backend.core.errors import Busy, NotFound, Upstream
from backend.core.ports import Files
from backend.local import Stack
from tests.fakes import MemoryFiles

FOR_EVER = "31536000, immutable"


@pytest.fixture
async def files(stack: Stack) -> AsyncIterator[SupabaseFiles]:
    made = SupabaseFiles(stack.keys.url, stack.keys.secret)
    yield made
    await made.close()


@pytest.fixture(params=["storage", "memory"])
def port(request: pytest.FixtureRequest, files: SupabaseFiles) -> Files:
    """The adapter, and the fake that stands in for it elsewhere."""
    return files if request.param == "storage" else MemoryFiles()


async def test_files_are_kept_replaced_and_removed(port: Files) -> None:
    path = f"{uuid4()}/a b/ü.bin"
    with pytest.raises(NotFound) as missing:
        await port.get("samples", path)
    assert missing.value.code == "core.no_such_file"
    await port.put("samples", path, b"one", content_type="application/octet-stream")
    assert await port.get("samples", path) == b"one"
    await port.put("samples", path, b"two", content_type="application/octet-stream")
    assert await port.get("samples", path) == b"two"
    await port.remove("samples", [path, "never/there"])
    with pytest.raises(NotFound):
        await port.get("samples", path)
    await port.remove("samples", [])


async def test_public_files_have_an_address_and_may_be_cached_for_ever(files: SupabaseFiles) -> None:
    path = f"{uuid4()}/{'0' * 64}/640.webp"
    await files.put("media", path, b"RIFF....WEBP", content_type="image/webp", cache_control=FOR_EVER)
    async with httpx.AsyncClient() as browser:
        answer = await browser.get(files.public_url("media", path))
    assert (answer.status_code, answer.content) == (200, b"RIFF....WEBP")
    assert answer.headers["cache-control"] == f"max-age={FOR_EVER}"
    assert answer.headers["content-type"] == "image/webp"


async def test_samples_are_nobodys_business(
    stack: Stack, files: SupabaseFiles, anon: AsyncClient, user: AsyncClient
) -> None:
    path = f"{uuid4()}/sheet.csv"
    await files.put("samples", path, b"cost,reserve", content_type="text/csv")
    async with httpx.AsyncClient() as browser:
        assert (await browser.get(files.public_url("samples", path))).status_code == 400
    for stranger in (anon, user):
        with pytest.raises(Exception, match=r"(?i)not found|not_found|row-level|unauthorized"):
            await stranger.storage.from_("samples").download(path)


async def test_two_processes_may_make_the_buckets_at_once(stack: Stack) -> None:
    several = [SupabaseFiles(stack.keys.url, stack.keys.secret) for _ in range(4)]
    try:
        await asyncio.gather(*(
            one.put("samples", f"{uuid4()}.bin", b"x", content_type="application/octet-stream") for one in several
        ))  # fmt: skip
    finally:
        for one in several:
            await one.close()
    with psycopg.connect(stack.keys.system_dsn) as conn:
        buckets = dict(
            conn.execute("select id, public from storage.buckets where id in ('samples', 'media')").fetchall()
        )
    assert buckets["samples"] is False
    assert buckets.get("media", True) is True


async def test_a_storage_that_is_not_there_or_refuses_is_told_apart(stack: Stack) -> None:
    nobody = SupabaseFiles("http://127.0.0.1:9", "key")
    with pytest.raises(Busy) as unreachable:
        await nobody.put("media", "a", b"x", content_type="image/webp")
    assert unreachable.value.code == "core.files_unreachable"
    await nobody.close()
    stranger = SupabaseFiles(stack.keys.url, stack.keys.publishable)
    with pytest.raises(Upstream) as refused:
        await stranger.put("media", "a", b"x", content_type="image/webp")
    assert refused.value.code == "core.files_failed"
    await stranger.close()


def test_addresses_can_be_those_of_the_application() -> None:
    files = SupabaseFiles("http://127.0.0.1:54321", "key", public_base="/media/kept/")
    assert files.public_url("media", "a b/1.webp") == "/media/kept/media/a%20b/1.webp"
