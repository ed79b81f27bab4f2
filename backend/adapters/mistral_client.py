"""Mistral's own library: made once, its many errors made one. Models and text in images share it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from backend.adapters.model_answers import Failed
from backend.core.errors import Busy


class MistralClient:
    """Calls the library without its own retries: tries are counted where the budget is known."""

    def __init__(self, api_key: str, base_url: str = "") -> None:
        try:
            import httpx2  # what the library speaks HTTP with
            from mistralai.client import Mistral
            from mistralai.client.errors import MistralError, NoResponseError
        except ImportError as error:
            mend = "pip install 'mpax[providers]'"
            raise Busy("core.not_configured", missing=["mistralai"], mend=mend) from error
        self._status_error = MistralError
        self._connection_errors = (httpx2.HTTPError, NoResponseError)
        self._misreadings = (ValueError, httpx2.StreamError)
        self._http = httpx2.AsyncClient(follow_redirects=False)
        self._client = Mistral(api_key=api_key, server_url=base_url or None, async_client=self._http)

    async def close(self) -> None:
        await self._http.aclose()

    async def call(self, work: Callable[[Any], Awaitable[Any]]) -> Any:
        """Raises: Failed."""
        try:
            return await work(self._client)
        except self._status_error as error:
            if error.status_code < 400:  # an answer that is not what the library knows
                raise Failed("protocol") from None
            after = error.headers.get("retry-after")
            raise Failed("status", status=error.status_code, retry_after=after) from None
        except self._connection_errors:
            raise Failed("unreachable") from None
        except self._misreadings:
            raise Failed("protocol") from None
