"""What chat models behind a network have in common: the answer is streamed, and a stream that stands still is left."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterable, Callable, Mapping, Sequence
from typing import Any, Final

from backend.adapters.chat_gathering import Gathering
from backend.adapters.chat_wire import body
from backend.adapters.model_answers import Failed
from backend.core.errors import AppError, Busy
from backend.core.ports import ChatAnswer, ChatMessage, ToolSpec

_LONGEST_GAP_S: Final = 5.0
_AFTERWARDS_S: Final = 0.3  # for the usage, which may come after the end
SPARE_S: Final = 1.0  #: how much longer than ours a library's own time-out is, so that ours ends first


class StreamedChat(ABC):
    """Implements `ChatModel` around one provider's library."""

    def __init__(self, provider: str, model: str, call_id: Callable[[str], str] = str) -> None:
        self.name = f"{provider}:{model}"
        self._provider, self._model, self._call_id = provider, model, call_id

    @abstractmethod
    async def stream(self, asked: Mapping[str, Any], gathering: Gathering, timeout_s: float) -> None:
        """Asks once and lets `gathering` take every chunk. Raises: Failed."""

    @abstractmethod
    async def close(self) -> None: ...

    async def chat(
        self,
        *,
        system: str,
        messages: Sequence[ChatMessage],
        tools: Sequence[ToolSpec] = (),
        schema: Mapping[str, Any] | None = None,
        timeout_s: float,
    ) -> ChatAnswer:
        """See `ChatModel.chat`."""
        asked = body(
            model=self._model,
            system=system,
            messages=messages,
            tools=tools,
            schema=schema,
            call_id=self._call_id,
        )
        gathering = Gathering(self._provider, self._model, asked)
        try:
            async with asyncio.timeout(timeout_s):
                await self.stream(asked, gathering, timeout_s)
            return gathering.answer()
        except TimeoutError:
            late = Busy("core.model_unreachable", provider=self.name, timeout_s=round(timeout_s, 2))
            raise _charged(late, gathering) from None
        except Failed as failed:
            if gathering.is_whole and failed.problem in {"stalled", "unreachable"}:
                return gathering.answer()  # it came to its end, the line did not
            is_cut = failed.problem in {"unreachable", "protocol"} and gathering.has_begun
            error = (Failed("cut") if is_cut else failed).as_error(self.name)
            raise _charged(error, gathering) from None


def _charged(error: AppError, gathering: Gathering) -> AppError:
    """With what the half of an answer cost."""
    if gathering.has_begun:
        usage = gathering.usage
        error.facts |= {"input_tokens": usage.input_tokens, "output_tokens": usage.output_tokens}
    return error


async def take_all(stream: AsyncIterable[Any], gathering: Gathering, timeout_s: float) -> None:
    """The whole stream; `Failed("stalled")` where nothing comes for half the time given, or five seconds."""
    gap_s = min(_LONGEST_GAP_S, timeout_s / 2)
    clock = asyncio.get_running_loop().time
    try:
        async with asyncio.timeout(None) as patience:
            async for chunk in stream:
                gathering.add(chunk)
                patience.reschedule(clock() + (min(gap_s, _AFTERWARDS_S) if gathering.is_whole else gap_s))
    except TimeoutError:
        raise Failed("stalled") from None
