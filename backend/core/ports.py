"""What the domains need from the outside world, as Protocols. Adapters implement them; `backend.main` joins the two."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
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


@dataclass(frozen=True, slots=True)
class Ports:
    """Every port, joined to an adapter by `backend.main`."""

    embedder: Embedder
    broadcasts: Broadcasts
    identity: IdentityProvider
