"""Fakes of the ports: small, deterministic, and true to each port's contract."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any
from uuid import UUID, uuid5

import numpy as np
from jsonschema import Draft202012Validator
from numpy.typing import NDArray

from backend.core.errors import Busy, NotFound, NotSignedIn, Upstream
from backend.core.ports import (
    ChatAnswer,
    ModelStatus,
    Ports,
    Recalled,
    SignedIn,
    ToolCall,
    ToolSpec,
    Usage,
    Word,
)


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


class MemoryFiles:
    """Files by bucket and path, with what was said about each."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], tuple[bytes, str, str]] = {}

    async def put(
        self, bucket: str, path: str, content: bytes, *, content_type: str, cache_control: str = "3600"
    ) -> None:
        self.kept[bucket, path] = (content, content_type, cache_control)

    async def get(self, bucket: str, path: str) -> bytes:
        if (bucket, path) not in self.kept:
            raise NotFound("core.no_such_file")
        return self.kept[bucket, path][0]

    async def remove(self, bucket: str, paths: Sequence[str]) -> None:
        for path in paths:
            self.kept.pop((bucket, path), None)

    def public_url(self, bucket: str, path: str) -> str:
        return f"https://files.example.com/{bucket}/{path}"

    async def close(self) -> None:
        """Keeps what it has, so that a test can look afterwards."""


class FixedOcr:
    """Reads the same words in every image, or those that belong to an image's bytes."""

    name = "fixed"

    def __init__(self, words: Sequence[Word] = (), by_image: Mapping[bytes, Sequence[Word]] = {}) -> None:
        self.words, self.by_image = tuple(words), dict(by_image)
        self.seen: list[bytes] = []

    async def read(self, image: bytes) -> tuple[Word, ...]:
        self.seen.append(image)
        return tuple(self.by_image.get(image, self.words))

    async def close(self) -> None:
        """Keeps what it has seen, so that a test can look afterwards."""


class ScriptedModel:
    """Gives prepared answers in turn, checked against the schema as a real one's; an error is raised instead."""

    name = "scripted"

    def __init__(self, *answers: Mapping[str, Any] | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[dict[str, Any]] = []

    async def answer(
        self, *, system: str, prompt: str, schema: Mapping[str, Any], timeout_s: float
    ) -> Mapping[str, Any]:
        self.asked.append({"system": system, "prompt": prompt, "schema": schema, "timeout_s": timeout_s})
        answer = (
            self.answers.pop(0) if self.answers else Upstream("core.model_failed", problem="nothing_left")
        )
        if isinstance(answer, Exception):
            raise answer
        if not Draft202012Validator(dict(schema)).is_valid(answer):
            raise Upstream("core.model_failed", problem="schema")
        return answer

    async def close(self) -> None:
        self.answers.clear()


class ScriptedChat:
    """A chat model that gives prepared answers in turn, the last again and again; an error is raised instead.

    A number is for how many seconds it hangs, whatever it was told.
    """

    def __init__(self, *answers: ChatAnswer | Exception | float, name: str = "scripted:small") -> None:
        self.name = name
        self.answers = list(answers)
        self.asked: list[dict[str, Any]] = []

    async def chat(
        self, *, tools: Sequence[ToolSpec] = (), schema: Mapping[str, Any] | None = None, **question: Any
    ) -> ChatAnswer:
        self.asked.append({**question, "tools": tools, "schema": schema})
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, float):
            await asyncio.sleep(min(answer, question["timeout_s"]))
            raise Busy("core.model_unreachable", provider=self.name, timeout_s=question["timeout_s"])
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def close(self) -> None:
        self.answers.clear()


class ScriptedModels:
    """Gives prepared answers in turn, whatever the order; an error is raised instead, and a function is asked.

    With answers `groq` is available, without none. `asked` keeps every question.
    """

    def __init__(
        self,
        *answers: ChatAnswer | Exception | Callable[..., ChatAnswer],
        available: tuple[str, ...] | None = None,
    ) -> None:
        self.answers = list(answers)
        self.available: tuple[str, ...] = (("groq",) if answers else ()) if available is None else available
        self.asked: list[dict[str, Any]] = []

    async def chat(
        self, *, heard: Callable[[str, str], None] | None = None, order: Sequence[str], **question: Any
    ) -> ChatAnswer:
        asked_in = order[: list(order).index("builtin")] if "builtin" in order else order
        if not set(asked_in) & set(self.available) or not self.answers:
            raise Busy("core.no_model", tried={}, input_tokens=0, output_tokens=0)
        self.asked.append({"order": tuple(order), **question})
        answer = self.answers.pop(0)
        if callable(answer):
            answer = answer(order=order, **question)
        if isinstance(answer, Exception):
            raise answer
        if heard is not None:
            heard(answer.provider, answer.raw or answer.text)
        return answer

    def status(self) -> Mapping[str, ModelStatus]:
        asked = len(self.asked)
        return {name: ModelStatus("scripted", "closed", asked, asked, 0) for name in self.available}

    async def close(self) -> None:
        self.answers.clear()


class KeptInMind:
    """A memory that lasts as long as the process; its days pass when `today` is moved."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, tuple[float, Recalled]]] = defaultdict(dict)
        self.today = 0.0

    async def remember(
        self, subject: str, facts: Mapping[str, Any], ttl_days: int, *, as_of: datetime
    ) -> None:
        known = self.kept[subject]
        for name, fact in facts.items():
            if name not in known or known[name][1].as_of <= as_of:
                known[name] = (self.today + ttl_days, Recalled(fact, as_of))

    async def recall(self, subject: str) -> Mapping[str, Recalled]:
        known = self.kept.get(subject, {})
        return {name: fact for name, (until, fact) in known.items() if until > self.today}

    async def forget(self, subject: str) -> None:
        self.kept.pop(subject, None)

    async def close(self) -> None:
        """Keeps what it has, so that a test can look afterwards."""


def says(text: str = "", *calls: ToolCall, usage: Usage | None = None) -> ChatAnswer:
    """An answer as a provider would give it."""
    return ChatAnswer(text, calls, usage or Usage(10, 5), "groq", "scripted", raw=text)


def fake_ports(**other: Any) -> Ports:
    """Every port faked, but for those given."""
    fakes: dict[str, Any] = {
        "embedder": HashEmbedder(), "broadcasts": FakeBroadcasts(), "identity": FakeIdentity(), "files": MemoryFiles(),
        "ocr": FixedOcr(), "model": None,
        "models": ScriptedModels(),
    }  # fmt: skip
    return Ports(**fakes | other)
