"""Fakes of the ports: small, deterministic, and true to each port's contract."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from hashlib import blake2b
from typing import Any
from uuid import UUID, uuid5

import numpy as np
from numpy.typing import NDArray

from backend.core.errors import NotSignedIn
from backend.core.ports import SignedIn


class HashEmbedder:
    """Bag of hashed words: near texts share words. Unit rows like the real one."""

    model = "hash-256"
    dimension = 256

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.casefold().split():
                row[int.from_bytes(blake2b(word.encode(), digest_size=4).digest()) % self.dimension] += 1
            row /= np.linalg.norm(row) or 1
        return rows


class FakeBroadcasts:
    """In-process topics; `say` reaches whoever listens."""

    def __init__(self) -> None:
        self._queues: dict[str, list[asyncio.Queue[dict[str, Any]]]] = defaultdict(list)

    async def listen(self, topic: str) -> AsyncIterator[dict[str, Any]]:
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._queues[topic].append(queue)
        yield {"event": "subscribed", "payload": {}}
        while True:
            yield await queue.get()

    async def say(self, topic: str, event: str, payload: dict[str, Any]) -> None:
        for queue in self._queues[topic]:
            await queue.put({"event": event, "payload": payload})

    async def close(self) -> None:
        self._queues.clear()


class FakeIdentity:
    """Knows nobody but those who were added."""

    def __init__(self) -> None:
        self.people: dict[str, tuple[str, UUID]] = {}
        self.codes: dict[str, str] = {}

    def add(self, email: str, password: str, user_id: UUID | None = None) -> UUID:
        identity = user_id or uuid5(UUID(int=0), email)
        self.people[email] = (password, identity)
        return identity

    async def by_password(self, email: str, password: str) -> SignedIn:
        known = self.people.get(email)
        if known is None or known[0] != password:
            raise NotSignedIn("identity.wrong_credentials")
        return SignedIn(known[1], email)

    async def send_code(self, email: str) -> None:
        if email in self.people:
            self.codes[email] = "123456"

    async def by_code(self, email: str, code: str) -> SignedIn:
        if self.codes.pop(email, None) != code:
            raise NotSignedIn("identity.wrong_code")
        return SignedIn(self.people[email][1], email)

    async def close(self) -> None:
        self.people.clear()
