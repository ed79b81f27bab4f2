"""A language model that speaks OpenAI's protocol, at OpenAI or anywhere else: vLLM, Ollama, a gateway of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import httpx

from backend.adapters.model_answers import CheckedModel, Failed

_BASE_URL: Final = "https://api.openai.com/v1"
_CONNECT_S: Final = 5.0


class OpenAiModel(CheckedModel):
    """Implements `LanguageModel`."""

    def __init__(self, api_key: str, *, model: str, base_url: str = "") -> None:
        self.name = f"openai:{model}"
        self._model = model
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._http = httpx.AsyncClient(base_url=(base_url or _BASE_URL).rstrip("/"), headers=headers)

    async def close(self) -> None:
        await self._http.aclose()

    async def ask(
        self, *, system: str, prompt: str, response_format: Mapping[str, Any], timeout_s: float
    ) -> str:
        messages = [{"role": "system", "content": system}, {"role": "user", "content": prompt}]
        body = {
            "model": self._model,
            "messages": messages,
            "response_format": response_format,
            "temperature": 0,
        }
        timeout = httpx.Timeout(timeout_s, connect=min(_CONNECT_S, timeout_s))
        try:
            answer = await self._http.post("/chat/completions", json=body, timeout=timeout)
        except httpx.HTTPError:
            raise Failed("unreachable") from None
        if answer.status_code != 200:
            raise Failed("status", status=answer.status_code, retry_after=answer.headers.get("retry-after"))
        try:
            return str(answer.json()["choices"][0]["message"]["content"] or "")
        except (ValueError, LookupError, TypeError):
            raise Failed("protocol") from None
