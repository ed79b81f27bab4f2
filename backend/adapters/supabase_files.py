"""Supabase Storage as the port `Files`, through the client of Supabase itself. It decides nothing about who may read what."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import quote

import httpx
from storage3 import AsyncStorageClient
from storage3.exceptions import StorageApiError

from backend.core.errors import Busy, NotFound, Upstream

_BUCKETS: Final = {"samples": False, "media": True}  # name -> may anybody read it
_TIMEOUT: Final = httpx.Timeout(
    60, connect=5
)  # a sample may be large; an address that is not there is known soon
_REMOVED_AT_ONCE: Final = 500


class SupabaseFiles:
    """Keeps files with the secret key. `public_base` is where browsers find public ones; default: Storage itself."""

    def __init__(self, supabase_url: str, secret_key: str, *, public_base: str = "") -> None:
        self._url = f"{supabase_url.rstrip('/')}/storage/v1/"
        self._public = public_base or f"{self._url}object/public/"
        headers = {"apikey": secret_key, "Authorization": f"Bearer {secret_key}"}
        self._http = httpx.AsyncClient(timeout=_TIMEOUT, limits=httpx.Limits(max_connections=16))
        self._client = AsyncStorageClient(self._url, headers, http_client=self._http)
        self._ready: set[str] = set()
        self._making = asyncio.Lock()

    async def close(self) -> None:
        await self._http.aclose()

    async def put(
        self, bucket: str, path: str, content: bytes, *, content_type: str, cache_control: str = "3600"
    ) -> None:
        async with _refusals():
            await self._ensure(bucket)
            await self._client.from_(bucket).upload(
                path,
                content,
                {"content-type": content_type, "cache-control": cache_control, "upsert": "true"},
            )

    async def get(self, bucket: str, path: str) -> bytes:
        async with _refusals():
            return await self._client.from_(bucket).download(path)

    async def remove(self, bucket: str, paths: Sequence[str]) -> None:
        for start in range(0, len(paths), _REMOVED_AT_ONCE):
            async with _refusals():
                await self._ensure(bucket)
                await self._client.from_(bucket).remove(list(paths[start : start + _REMOVED_AT_ONCE]))

    def public_url(self, bucket: str, path: str) -> str:
        return f"{self._public}{quote(bucket)}/{quote(path)}"

    async def _ensure(self, bucket: str) -> None:
        """Makes the bucket, once per process; mostly it is there."""
        async with self._making:
            if bucket in self._ready:
                return
            try:
                await self._client.create_bucket(bucket, options={"public": _BUCKETS.get(bucket, False)})
            except StorageApiError as error:
                if "exist" not in error.message.lower() and str(error.status) != "409":
                    raise
            self._ready.add(bucket)


@asynccontextmanager
async def _refusals() -> AsyncIterator[None]:
    """The library's errors as ours. A message of the server may name paths, so only its status goes on."""
    try:
        yield
    except httpx.HTTPError as error:
        raise Busy("core.files_unreachable") from error
    except StorageApiError as error:
        if str(error.status) == "404" or "not found" in error.message.lower():
            raise NotFound("core.no_such_file") from error
        raise Upstream("core.files_failed", status=str(error.status)) from error
