"""Files through the real client, and as browsers and caches fetch them."""

from __future__ import annotations

from uuid import uuid4

import httpx
import pytest
from storage3.exceptions import StorageApiError
from supabase import AsyncClient

from backend.local import Stack

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20


@pytest.fixture
async def photos(admin: AsyncClient) -> str:
    """A public bucket with one photo."""
    bucket = f"photos-{uuid4().hex[:8]}"
    await admin.storage.create_bucket(bucket, options={"public": True})
    await admin.storage.from_(bucket).upload(
        "cars/1.png", PNG, {"content-type": "image/png", "cache-control": "86400"}
    )
    return bucket


async def test_a_file_is_kept_listed_moved_and_removed(admin: AsyncClient) -> None:
    await admin.storage.create_bucket("round")
    files = admin.storage.from_("round")
    await files.upload("a/b.txt", b"one", {"content-type": "text/plain"})
    with pytest.raises(StorageApiError) as twice:
        await files.upload("a/b.txt", b"two")
    assert str(twice.value.status) in {"400", "409"}
    await files.update("a/b.txt", b"three", {"content-type": "text/plain"})
    assert await files.download("a/b.txt") == b"three"
    assert [one["name"] for one in await files.list("a")] == ["b.txt"]
    assert [(one["name"], one["id"]) for one in await files.list()] == [("a", None)]
    await files.copy("a/b.txt", "a")  # a file and a folder of one name
    await files.move("a/b.txt", "c.txt")
    assert await files.download("c.txt") == await files.download("a") == b"three"
    await files.remove(["c.txt", "a"])
    with pytest.raises(StorageApiError):
        await files.download("c.txt")


async def test_a_large_file_arrives_whole(admin: AsyncClient) -> None:
    await admin.storage.create_bucket("large")
    content = bytes(range(256)) * 4096 * 8
    await admin.storage.from_("large").upload("8mb.bin", content)
    assert await admin.storage.from_("large").download("8mb.bin") == content


async def test_policies_decide_about_files(user: AsyncClient, anon: AsyncClient, admin: AsyncClient) -> None:
    await admin.storage.create_bucket("private")
    await user.storage.from_("private").upload("mine.txt", b"x")
    assert await user.storage.from_("private").download("mine.txt") == b"x"
    with pytest.raises(StorageApiError):
        await anon.storage.from_("private").download("mine.txt")
    with pytest.raises(StorageApiError):
        await anon.storage.from_("private").upload("theirs.txt", b"x")


async def test_public_files_may_be_cached(stack: Stack, photos: str) -> None:
    async with httpx.AsyncClient() as browser:
        address = f"{stack.keys.url}/storage/v1/object/public/{photos}/cars/1.png"
        first = await browser.get(address)
        assert (first.status_code, first.content) == (200, PNG)
        assert first.headers["content-type"] == "image/png"
        assert first.headers["cache-control"] == "max-age=86400"
        again = await browser.get(address, headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        part = await browser.get(address, headers={"range": "bytes=0-7"})
        assert (part.status_code, part.content) == (206, PNG[:8])
        assert (await browser.head(address)).headers["content-length"] == str(len(PNG))


async def test_an_overwritten_file_has_another_etag(stack: Stack, admin: AsyncClient, photos: str) -> None:
    async with httpx.AsyncClient() as browser:
        address = f"{stack.keys.url}/storage/v1/object/public/{photos}/cars/1.png"
        before = (await browser.get(address)).headers["etag"]
        await admin.storage.from_(photos).update("cars/1.png", b"other", {"content-type": "image/png"})
        after = await browser.get(address, headers={"if-none-match": before})
        assert (after.status_code, after.content) == (200, b"other")


async def test_private_and_missing_files_have_no_public_address(
    stack: Stack, admin: AsyncClient, photos: str
) -> None:
    await admin.storage.create_bucket("shut")
    await admin.storage.from_("shut").upload("a.txt", b"x")
    async with httpx.AsyncClient(base_url=f"{stack.keys.url}/storage/v1/object/public") as browser:
        for path in ("/shut/a.txt", f"/{photos}/none.png", f"/{photos}/..%2f..%2fkeys.env", f"/{photos}/%zz"):
            assert (await browser.get(path)).status_code == 400, path
