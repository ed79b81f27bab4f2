"""Memory of buyers at Zep Cloud, through its own library, which the extra `providers` brings.

A buyer is a user of Zep under the hash of the subject, what is remembered an episode of JSON in that user's graph: the
word on a fact that was said last counts, whenever it arrived. Zep knows no end of days; what is over is not told, and taken
away at the next writing.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final, TypeVar
from uuid import uuid4

from tenacity import AsyncRetrying, retry_if_exception, stop_before_delay

from backend.adapters.model_answers import Failed, wait_s
from backend.core.errors import Busy
from backend.core.ports import Recalled

T = TypeVar("T")

_log = logging.getLogger(__name__)

_TIMEOUT_S: Final = 4.0
_MOST_EPISODES: Final = 300
_PAGE: Final = 100
_TIDIED_AT_ONCE: Final = 20


@dataclass(frozen=True, slots=True)
class Episode:
    """One writing: its facts, when they were said, and until when they hold."""

    uuid: str
    as_of: datetime
    until: datetime
    facts: Mapping[str, Any]


class ZepMemory:
    """Implements `Memory`."""

    def __init__(
        self,
        api_key: str,
        *,
        base_url: str = "",
        timeout_s: float = _TIMEOUT_S,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        try:
            import httpx
            from zep_cloud.client import AsyncZep
            from zep_cloud.core.api_error import ApiError
            from zep_cloud.core.parse_error import ParsingError
        except ImportError as error:
            mend = "pip install 'mpax[providers]'"
            raise Busy("core.not_configured", missing=["zep-cloud"], mend=mend) from error
        self._timeout_s, self._now = timeout_s, now
        self._status_error, self._misreadings = ApiError, (ParsingError, ValueError)
        self._connection_error = httpx.HTTPError
        self._http = httpx.AsyncClient(follow_redirects=False, timeout=timeout_s)
        self._zep = AsyncZep(
            api_key=api_key, base_url=base_url or None, max_retries=0, httpx_client=self._http
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def remember(
        self, subject: str, facts: Mapping[str, Any], ttl_days: int, *, as_of: datetime
    ) -> None:
        """See `Memory.remember`."""
        until = self._now() + timedelta(days=ttl_days)
        told = {"facts": dict(facts), "as_of": as_of.isoformat(), "until": until.isoformat()}
        written = json.dumps(told, ensure_ascii=False)
        graph = await self._bounded(self._keep(subject, written))
        try:
            await self._bounded(self._tidy(graph))
        except Busy:
            _log.warning("what is over could not be taken away; the next writing tries again")

    async def recall(self, subject: str) -> Mapping[str, Recalled]:
        """See `Memory.recall`."""
        return await self._bounded(self._read(subject))

    async def forget(self, subject: str) -> None:
        """See `Memory.forget`."""
        await self._bounded(self._drop(subject))

    async def _keep(self, subject: str, written: str) -> str:
        user = await self._find(subject) or await self._make(subject)
        same = str(uuid4())  # further tries are the same writing
        add = self._zep.graph.episode.add
        await self._call(lambda: add(user.uuid_, data=written, type="json", idempotency_key=same))
        return user.uuid_

    async def _read(self, subject: str) -> Mapping[str, Recalled]:
        user = await self._find(subject)
        told: dict[str, Recalled] = {}
        known: dict[str, Recalled] = {}
        for episode in await self._episodes(user.uuid_) if user else ():
            new = {n: Recalled(fact, episode.as_of) for n, fact in episode.facts.items() if n not in told}
            told |= new
            known |= new if episode.until > self._now() else {}
        return known

    async def _drop(self, subject: str) -> None:
        user = await self._find(subject)
        if user:
            await self._unless_gone(lambda: self._zep.user.delete(user.uuid_))

    async def _tidy(self, graph: str) -> None:
        gone = superfluous(await self._episodes(graph), self._now())
        for uuid in gone[:_TIDIED_AT_ONCE]:
            await self._unless_gone(lambda uuid=uuid: self._zep.graph.episode.delete(graph, uuid))

    async def _episodes(self, graph: str) -> list[Episode]:
        """What was written, what was said last first; Zep's own order is that of arrival."""
        found: list[Episode] = []
        list_ = self._zep.graph.episode.list
        page = await self._call(lambda: list_(graph, page_size=_PAGE, order_by="created_at", order="desc"))
        while True:
            found += [read for item in page.items or () if (read := _read(item))]
            if not page.has_next or len(found) >= _MOST_EPISODES:
                return sorted(found, key=lambda episode: episode.as_of, reverse=True)
            page = await self._call(page.get_next)

    async def _find(self, subject: str) -> Any:
        return await self._unless_gone(lambda: self._zep.user.lookup(user_id=_hidden(subject)))

    async def _make(self, subject: str) -> Any:
        try:
            return await self._call(lambda: self._zep.user.create(user_id=_hidden(subject)))
        except Failed as failed:
            if failed.status != 409:
                raise
            return await self._find(subject)  # somebody was faster

    async def _unless_gone(self, work: Callable[[], Awaitable[Any]]) -> Any:
        """None where there is no such thing."""
        try:
            return await self._call(work)
        except Failed as failed:
            if failed.status != 404:
                raise
            return None

    async def _call(self, work: Callable[[], Awaitable[Any]]) -> Any:
        tries = AsyncRetrying(
            retry=retry_if_exception(lambda error: isinstance(error, Failed) and _is_passing(error)),
            wait=wait_s, stop=stop_before_delay(self._timeout_s), reraise=True,
        )  # fmt: skip
        return await tries(self._once, work)

    async def _once(self, work: Callable[[], Awaitable[Any]]) -> Any:
        try:
            return await work()
        except self._status_error as error:
            if not error.status_code or error.status_code < 300:
                raise Failed("protocol") from None
            after = (error.headers or {}).get("retry-after")
            raise Failed("status", status=error.status_code, retry_after=after) from None
        except self._connection_error:
            raise Failed("unreachable") from None
        except self._misreadings:
            raise Failed("protocol") from None

    async def _bounded(self, work: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(self._timeout_s):
                return await work
        except TimeoutError:
            raise Busy("core.memory_unreachable", timeout_s=self._timeout_s) from None
        except Failed as failed:
            facts = {"status": failed.status, "retry_after_s": failed.retry_after_s}
            known = {name: fact for name, fact in facts.items() if fact is not None}
            raise Busy("core.memory_unreachable", problem=failed.problem, **known) from None


def superfluous(episodes: Sequence[Episode], now: datetime) -> list[str]:
    """Those of which every fact has a newer word, and those that are over and hide no older word. What was said last first."""
    told: set[str] = set()
    gone: list[str] = []
    left: list[Episode] = []
    for episode in episodes:
        if told >= set(episode.facts):
            gone.append(episode.uuid)
        else:
            left.append(episode)
        told |= set(episode.facts)
    older: set[str] = set()
    for episode in reversed(left):
        if episode.until <= now and not older & set(episode.facts):
            gone.append(episode.uuid)
        else:
            older |= set(episode.facts)
    return gone


def _is_passing(failed: Failed) -> bool:
    return failed.is_passing and failed.status != 409  # here it says that something is there already


def _read(item: Any) -> Episode | None:
    """None for what somebody else wrote."""
    try:
        written = json.loads(item.content or "")
        as_of, until = (_aware(written[name]) for name in ("as_of", "until"))
        return Episode(str(item.uuid_), as_of, until, dict(written["facts"]))
    except (ValueError, KeyError, TypeError):
        return None


def _aware(written: str) -> datetime:
    """Raises: ValueError where it is a time of nowhere."""
    at = datetime.fromisoformat(written)
    if at.tzinfo is None:
        raise ValueError(written)
    return at


def _hidden(subject: str) -> str:
    """The subject as Zep knows it: nobody can read from it who it is."""
    return sha256(f"mpax:{subject}".encode()).hexdigest()
