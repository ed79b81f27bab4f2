"""Mistral as a language model, through its own library, which the extra `providers` brings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.adapters.mistral_client import MistralClient
from backend.adapters.model_answers import CheckedModel, Failed


class MistralModel(CheckedModel):
    """Implements `LanguageModel`."""

    def __init__(self, api_key: str, *, model: str, base_url: str = "") -> None:
        self.name = f"mistral:{model}"
        self._model = model
        self._mistral = MistralClient(api_key, base_url)

    async def close(self) -> None:
        await self._mistral.close()

    async def ask(
        self, *, system: str, prompt: str, response_format: Mapping[str, Any], timeout_s: float
    ) -> str:
        wanted: Any = response_format
        answer = await self._mistral.call(
            lambda client: client.chat.complete_async(
                model=self._model,
                messages=[{"role": "system", "content": system}, {"role": "user", "content": prompt}],
                response_format=wanted,
                temperature=0,
                timeout_ms=round(timeout_s * 1000),
            )
        )
        try:
            content = answer.choices[0].message.content
        except (LookupError, AttributeError, TypeError):
            raise Failed("protocol") from None
        if isinstance(content, list):  # the answer in pieces, thoughts among them
            return "".join(
                getattr(piece, "text", "") for piece in content if getattr(piece, "type", "") == "text"
            )
        return content or ""
