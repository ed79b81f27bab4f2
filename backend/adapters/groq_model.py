"""Groq as a language model, through its own library, which the extra `providers` brings."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from backend.adapters.model_answers import CheckedModel, Failed
from backend.core.errors import Busy


class GroqModel(CheckedModel):
    """Implements `LanguageModel`."""

    def __init__(self, api_key: str, *, model: str, base_url: str = "") -> None:
        try:
            import groq
        except ImportError as error:
            raise Busy(
                "core.not_configured", missing=["groq"], mend="pip install 'mpax[providers]'"
            ) from error
        logging.getLogger("groq").setLevel(logging.INFO)  # below that it writes prompts into the log
        self._groq = groq
        self.name = f"groq:{model}"
        self._model = model
        self._client = groq.AsyncGroq(api_key=api_key, base_url=base_url or None, max_retries=0)

    async def close(self) -> None:
        await self._client.close()

    async def ask(
        self, *, system: str, prompt: str, response_format: Mapping[str, Any], timeout_s: float
    ) -> str:
        wanted: Any = response_format
        try:
            answer = await self._client.chat.completions.create(
                model=self._model,
                messages=[{"role": "system", "content": system}, {"role": "user", "content": prompt}],
                response_format=wanted,
                temperature=0,
                timeout=timeout_s,
            )
        except self._groq.APIStatusError as error:
            after = error.response.headers.get("retry-after")
            raise Failed("status", status=error.status_code, retry_after=after) from None
        except self._groq.APIConnectionError:
            raise Failed("unreachable") from None
        except (self._groq.GroqError, ValueError):
            raise Failed("protocol") from None
        try:
            return answer.choices[0].message.content or ""
        except (LookupError, TypeError, AttributeError):  # the library takes what comes for what was promised
            raise Failed("protocol") from None
