"""Mistral as a chat model, through its own library, which the extra `providers` brings."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from backend.adapters.chat_gathering import Gathering
from backend.adapters.chat_streamed import SPARE_S, StreamedChat, take_all
from backend.adapters.chat_wire import nine_signs
from backend.adapters.mistral_client import MistralClient


class MistralChat(StreamedChat):
    """Implements `ChatModel`."""

    def __init__(self, api_key: str, *, model: str, base_url: str = "") -> None:
        super().__init__("mistral", model, nine_signs)
        self._mistral = MistralClient(api_key, base_url)

    async def close(self) -> None:
        await self._mistral.close()

    async def stream(self, asked: Mapping[str, Any], gathering: Gathering, timeout_s: float) -> None:
        async def work(client: Any) -> None:
            answer = await client.chat.stream_async(**asked, timeout_ms=round((timeout_s + SPARE_S) * 1000))
            async with answer:
                await take_all(_chunks(answer), gathering, timeout_s)

        await self._mistral.call(work)


async def _chunks(answer: AsyncIterator[Any]) -> AsyncIterator[Any]:
    async for event in answer:
        yield event.data
