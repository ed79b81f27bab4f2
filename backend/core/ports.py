"""What the domains need from the outside world, as Protocols. Adapters implement them; `backend.main` joins the two."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
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
class Ports:
    """Every port, joined to an adapter by `backend.main`."""

    embedder: Embedder
    broadcasts: Broadcasts
    identity: IdentityProvider
    files: Files
    ocr: Ocr
    model: LanguageModel | None

    async def close(self) -> None:
        """Lets go of every connection."""
        await self.broadcasts.close()
        await self.identity.close()
        await self.files.close()
        await self.ocr.close()
        if self.model is not None:
            await self.model.close()
