"""What the domains need from the outside world, as Protocols. Adapters implement them; `backend.main` joins the two."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

import numpy as np
from numpy.typing import NDArray


class Embedder(Protocol):
    """Turns text into unit vectors, locally or by a provider."""

    model: str
    dimension: int

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape: (len(texts), dimension), unit rows."""
        ...


class Broadcasts(Protocol):
    """Realtime messages of private channels."""

    def listen(self, topic: str) -> AsyncIterator[dict[str, Any]]:
        """Yields `{"event", "payload"}`; `{"event": "subscribed"}` comes first and after each reconnection, so
        that the caller reads again what it may have missed. `at` (monotonic seconds), where it comes, is when it arrived."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person whom the identity provider has just verified."""

    user_id: UUID
    email: str


class IdentityProvider(Protocol):
    """Supabase Auth, seen from the product."""

    async def by_password(self, email: str, password: str) -> SignedIn:
        """Raises: NotSignedIn `identity.wrong_credentials`; TooMany; Busy."""
        ...

    async def send_code(self, email: str) -> None:
        """Mails a one-time code. Says nothing about whether the address is known."""
        ...

    async def by_code(self, email: str, code: str) -> SignedIn:
        """Raises: NotSignedIn `identity.wrong_code`."""
        ...

    async def close(self) -> None: ...


class Files(Protocol):
    """Supabase Storage. Bucket `samples` is private, `media` public; both are made when they are missing."""

    async def put(
        self, bucket: str, path: str, content: bytes, *, content_type: str, cache_control: str = "3600"
    ) -> None:
        """Keeps a file, over an earlier one. `cache_control` is what follows `max-age=`. Raises: Upstream; Busy."""
        ...

    async def get(self, bucket: str, path: str) -> bytes:
        """Raises: NotFound `core.no_such_file`; Upstream; Busy."""
        ...

    async def remove(self, bucket: str, paths: Sequence[str]) -> None:
        """Those that are not there count as removed. Raises: Upstream; Busy."""
        ...

    def public_url(self, bucket: str, path: str) -> str:
        """Where a browser fetches a file of a public bucket."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Word:
    """A line of text in an image. Unit: pixels from the top left corner; confidence 0..1.

    `turned` says how far the writing is turned clockwise, in quarter turns: 0, 90, 180 or 270 degrees.
    """

    text: str
    confidence: float
    x0: float
    y0: float
    x1: float
    y1: float
    turned: int = 0


class Ocr(Protocol):
    """Reads text in images."""

    name: str

    async def read(self, image: bytes) -> tuple[Word, ...]:
        """Lines of text with boxes, top to bottom. Raises: InvalidInput `core.unreadable_image`; Upstream; Busy."""
        ...

    async def close(self) -> None: ...


class LanguageModel(Protocol):
    """A model that answers in JSON."""

    name: str

    async def answer(
        self, *, system: str, prompt: str, schema: Mapping[str, Any], timeout_s: float
    ) -> Mapping[str, Any]:
        """An object that is valid against `schema`, within `timeout_s` whatever the provider does.

        Raises: Upstream `core.model_failed`; TooMany `core.model_busy`; Busy `core.model_unreachable`.
        """
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool a model may call. `parameters` is a JSON Schema of an object."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool a model wants called. What it wants is a wish: whether it may is decided where the verb is."""

    id: str
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a conversation. `calls` belong to an assistant's; `call_id` says which call a tool's answers."""

    role: Literal["user", "assistant", "tool"]
    text: str
    calls: tuple[ToolCall, ...] = ()
    call_id: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """What was counted, summed over all tries. Unit: tokens. Nothing for an answer from the cache."""

    input_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(self.input_tokens + other.input_tokens, self.output_tokens + other.output_tokens)


@dataclass(frozen=True, slots=True)
class ChatAnswer:
    """A whole answer. Where a schema was asked for and no tool is called, `text` is JSON that is valid against it.

    `raw` is what was written before it was read, the wrong first try of a repaired answer included, for the audit.
    """

    text: str
    calls: tuple[ToolCall, ...]
    usage: Usage
    provider: str
    model: str
    cached: bool = False
    raw: str = ""


class ChatModel(Protocol):
    """One model of one provider. One question, one answer: it tries once and knows no cache."""

    name: str

    async def chat(
        self,
        *,
        system: str,
        messages: Sequence[ChatMessage],
        tools: Sequence[ToolSpec] = (),
        schema: Mapping[str, Any] | None = None,
        timeout_s: float,
    ) -> ChatAnswer:
        """A whole answer as the model wrote it, not checked against `schema`.

        Raises: Upstream `core.model_failed`; TooMany `core.model_busy`; Busy `core.model_unreachable`. Where a part of
        an answer had come, `input_tokens` and `output_tokens` say what it cost.
        """
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """How one provider fares in this process. `state` is that of its breaker."""

    model: str
    state: Literal["closed", "open", "half_open"]
    asked: int
    answered: int
    failed: int
    last_error: str = ""


class Models(Protocol):
    """Every chat model, behind one door: order, breaker, repair, cache, budget of time."""

    @property
    def available(self) -> tuple[str, ...]:
        """Those with a key: `groq`, `mistral`, `openai_compatible`. Without keys none."""
        ...

    async def chat(
        self,
        *,
        order: Sequence[str],
        system: str,
        messages: Sequence[ChatMessage],
        tools: Sequence[ToolSpec] = (),
        schema: Mapping[str, Any] | None = None,
        attempt_s: float,
        total_s: float,
        cache_key: str | None = None,
        heard: Callable[[str, str], None] | None = None,
    ) -> ChatAnswer:
        """The first good answer of the providers in `order`, up to `builtin`, which ends the list.

        Each attempt ends within `attempt_s`, all of them within `total_s`, whatever a provider does. The answer is
        checked: JSON against `schema`, calls against `tools`; one repair is asked for. With a `cache_key` the same
        question may be answered from the cache. `heard(provider, raw)` is told each answer as it came, for the
        audit, also one that could not be used. The `usage` of an answer is that of all tries until it came: where a
        provider did not count, what was sent and had come is estimated.
        Raises: Busy `core.no_model`; its `tried` says which provider failed with which code, `input_tokens` and
        `output_tokens` what all of it cost.
        """
        ...

    def status(self) -> Mapping[str, ModelStatus]:
        """By provider. Neither keys nor questions are in it."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Recalled:
    """A fact, plain JSON, and when it was said."""

    fact: Any
    as_of: datetime


class Memory(Protocol):
    """What is kept of a buyer from one visit to the next. Whether it may be kept is the caller's to ask: consent."""

    async def remember(
        self, subject: str, facts: Mapping[str, Any], ttl_days: int, *, as_of: datetime
    ) -> None:
        """Keeps facts, plain JSON by name, for so many days. Of two with the same name the one said last counts, in
        whatever order they are told. Raises: Busy."""
        ...

    async def recall(self, subject: str) -> Mapping[str, Recalled]:
        """What is known and not over; empty where nothing is. Raises: Busy `core.memory_unreachable`."""
        ...

    async def forget(self, subject: str) -> None:
        """Lets go of everything; whoever is not known counts as forgotten. Raises: Busy."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Ports:
    """Every port, joined to an adapter by `backend.main`. Without `memory` Postgres remembers."""

    embedder: Embedder
    broadcasts: Broadcasts
    identity: IdentityProvider
    files: Files
    ocr: Ocr
    model: LanguageModel | None
    models: Models
    memory: Memory | None = None

    async def close(self) -> None:
        """Lets go of every connection."""
        await self.broadcasts.close()
        await self.identity.close()
        await self.files.close()
        await self.ocr.close()
        if self.model is not None:
            await self.model.close()
        await self.models.close()
        if self.memory is not None:
            await self.memory.close()
