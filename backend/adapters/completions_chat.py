"""Groq, OpenAI and whatever speaks OpenAI's protocol as chat models, through the two libraries, which are twins.

The extra `providers` brings both.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Mapping
from typing import Any, Final

from backend.adapters.chat_gathering import Gathering
from backend.adapters.chat_streamed import SPARE_S, StreamedChat, take_all
from backend.adapters.model_answers import Failed
from backend.core.errors import Busy

_CONNECT_S: Final = 5.0
_OPENAI_URL: Final = "https://api.openai.com/v1"


class CompletionsChat(StreamedChat):
    """Asks through one of the twins: `library` names it, `transport` what it speaks HTTP with."""

    def __init__(self, provider: str, *, library: str, transport: str, model: str) -> None:
        super().__init__(provider, model)
        try:
            self._sdk, self._transport = importlib.import_module(library), importlib.import_module(transport)
        except ImportError as error:
            mend = "pip install 'mpax[providers]'"
            raise Busy("core.not_configured", missing=[library], mend=mend) from error
        logging.getLogger(library).setLevel(logging.INFO)  # below that it writes questions into the log
        self._client: Any = None
        self._more: dict[str, Any] = {}

    async def close(self) -> None:
        await self._client.close()

    async def stream(self, asked: Mapping[str, Any], gathering: Gathering, timeout_s: float) -> None:
        timeout = self._transport.Timeout(timeout_s + SPARE_S, connect=min(_CONNECT_S, timeout_s + SPARE_S))
        try:
            answer = await self._client.chat.completions.create(
                **asked, **self._more, stream=True, timeout=timeout
            )
            async with answer:
                await take_all(answer, gathering, timeout_s)
        except self._sdk.APIStatusError as error:
            after = error.response.headers.get("retry-after")
            raise Failed("status", status=error.status_code, retry_after=after) from None
        except (self._sdk.APIConnectionError, self._transport.HTTPError):
            raise Failed("unreachable") from None
        except self._sdk.APIError:  # an error in the middle of a stream
            raise Failed("cut") from None
        except ValueError:
            raise Failed("protocol") from None


class GroqChat(CompletionsChat):
    """Groq. It tells the usage in the last chunk unasked."""

    def __init__(self, api_key: str, *, model: str, base_url: str = "") -> None:
        super().__init__("groq", library="groq", transport="httpx", model=model)
        http = self._sdk.DefaultAsyncHttpxClient(follow_redirects=False)
        self._client = self._sdk.AsyncGroq(
            api_key=api_key, base_url=base_url or None, max_retries=0, http_client=http
        )


class OpenAiChat(CompletionsChat):
    """OpenAI, or a compatible service, which may need no key: vLLM, Ollama, a gateway of one's own."""

    def __init__(self, api_key: str, *, model: str, base_url: str = "") -> None:
        super().__init__("openai_compatible", library="openai", transport="httpx2", model=model)
        self._client = self._sdk.AsyncOpenAI(
            api_key=api_key or "none", base_url=base_url or _OPENAI_URL, max_retries=0,
            http_client=self._sdk.DefaultAsyncHttpxClient(follow_redirects=False),
        )  # fmt: skip
        self._more = {"stream_options": {"include_usage": True}}
        if not api_key:
            self._more["extra_headers"] = {"Authorization": self._sdk.omit}
