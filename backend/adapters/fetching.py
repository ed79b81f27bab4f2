"""Asks an API of somebody else for JSON, within limits of size and time, again where waiting helps, and nowhere inside.

Knows nothing of plans or pages. What it sends is never logged.
"""

from __future__ import annotations

import asyncio
import json
import math
import random
import time
import zlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, TypeAlias, cast

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_random_exponential

from backend.adapters.addresses import (
    PRIVATE,
    GuardedTransport,
    Resolve,
    checked_url,
    networks_of,
    origin_of,
    resolve,
)
from backend.core.errors import AppError, Busy, TooMany, Upstream
from backend.kit.text import storable

Sleep: TypeAlias = Callable[[float], Awaitable[None]]

_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_TEXTS: Final = (
    "",
    "text/plain",
    "application/octet-stream",
    "text/javascript",
    "application/javascript",
    "binary/octet-stream",
)
_AGENT: Final = "mpax-connector/1"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one request may cost. Sizes are of the unpacked body."""

    body_bytes: int = 32 * 1024 * 1024
    total_s: float = 60.0
    connect_s: float = 10.0
    read_s: float = 20.0
    redirects: int = 5
    tries: int = 5
    longest_wait_s: float = 90.0
    shortest_wait_s: float = 0.5


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. `secret_*` go to the origin of `url` alone, never to where it leads."""

    url: str
    method: str = "GET"
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    form: Mapping[str, str] | None = field(default=None, repr=False)
    secret_headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    secret_query: Mapping[str, str] = field(default_factory=dict, repr=False)
    secret_cookies: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `body` is None where the status says that there is none."""

    status: int
    headers: Mapping[str, str]
    body: Any
    url: str
    bytes: int = 0


class _TryAgain(Exception):
    """Worth another try. `after_s` is what the server asked for."""

    def __init__(self, reason: str, after_s: float | None = None, status: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.after_s, self.status = reason, after_s, status


class Circuit:
    """Stops asking a host that keeps failing, for a while; then one request finds out whether it is back."""

    def __init__(
        self, *, failures: int = 3, rest_s: float = 60.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit, self._rest_s, self._clock = failures, rest_s, clock
        self._failed: dict[str, tuple[int, float]] = {}

    def check(self, host: str) -> None:
        """Raises: Busy `blueprints.feed_down` (host, retry_after_s)."""
        count, since = self._failed.get(host, (0, 0.0))
        left = since + self._rest_s - self._clock()
        if count >= self._limit and left > 0:
            raise Busy("blueprints.feed_down", host=host, retry_after_s=round(left) + 1)

    def note(self, host: str, *, failed: bool) -> None:
        if not failed:
            self._failed.pop(host, None)
            return
        if len(self._failed) > 1_000:
            self._failed.clear()
        self._failed[host] = (self._failed.get(host, (0, 0.0))[0] + 1, self._clock())


_CIRCUIT: Final = Circuit()


class Fetcher:
    """One run's way to an API. Close it."""

    def __init__(
        self,
        *,
        networks: Sequence[str] = (),
        allow_private: bool = False,
        bounds: Bounds | None = None,
        resolver: Resolve = resolve,
        circuit: Circuit | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._bounds = bounds or Bounds()
        self._circuit = circuit or _CIRCUIT
        self._sleep = sleep
        allowed = networks_of((*networks, *(PRIVATE if allow_private else ())))
        limits = self._bounds
        self._client = httpx.AsyncClient(
            transport=GuardedTransport(allowed, resolver=resolver),
            timeout=httpx.Timeout(limits.read_s, connect=limits.connect_s),
            headers={
                "User-Agent": _AGENT,
                "Accept": "application/json, application/*+json;q=0.9, */*;q=0.1",
                "Accept-Encoding": "gzip, deflate",
            },
            follow_redirects=False,
            trust_env=False,
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def fetch(self, ask: Ask, *, accepts: Sequence[int] = (200,)) -> Answer:
        """The answer to one request, tried again where that helps. Other states of `accepts` come back as they are.

        Raises: InvalidInput `core.address_not_allowed`; TooMany `blueprints.feed_limited` (retry_after_s); Busy
        `blueprints.feed_down`; Upstream `blueprints.feed_refused` (status), `blueprints.feed_answer` (problem).
        """
        host = checked_url(ask.url).host
        self._circuit.check(host)
        retrying = AsyncRetrying(
            stop=stop_after_attempt(self._bounds.tries),
            wait=self._wait,
            retry=retry_if_exception_type(_TryAgain),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            answer = await retrying(self._once, ask, frozenset(accepts))
        except _TryAgain as error:
            self._circuit.note(host, failed=True)
            raise _given_up(error, host) from error
        self._circuit.note(host, failed=False)
        return answer

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        after = error.after_s if isinstance(error, _TryAgain) else None
        if after is not None:
            return after + random.uniform(0, 0.25)  # noqa: S311 (jitter, no secret)
        return wait_random_exponential(multiplier=self._bounds.shortest_wait_s, max=15)(state)

    async def _once(self, ask: Ask, accepts: frozenset[int]) -> Answer:
        try:
            async with asyncio.timeout(self._bounds.total_s):
                return await self._follow(ask, accepts)
        except TimeoutError as error:
            raise _TryAgain("too_slow") from error
        except httpx.TimeoutException as error:
            raise _TryAgain("too_slow") from error
        except zlib.error as error:
            raise Upstream("blueprints.feed_answer", problem="badly_packed") from error
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise _TryAgain(
                "cut_off" if not isinstance(error, httpx.ConnectError) else "unreachable"
            ) from error

    async def _follow(self, ask: Ask, accepts: frozenset[int]) -> Answer:
        url = checked_url(ask.url)
        home = origin_of(url)
        url = url.copy_merge_params(dict(ask.query)) if ask.query else url
        for _ in range(self._bounds.redirects + 1):
            response = await self._send(ask, url, is_home=origin_of(url) == home)
            try:
                if response.status_code not in _REDIRECTS:
                    return await self._read(response, accepts)
                url = _led_to(response, url, ask)
            finally:
                await response.aclose()
        raise Upstream("blueprints.feed_answer", problem="too_many_redirects")

    async def _send(self, ask: Ask, url: httpx.URL, *, is_home: bool) -> httpx.Response:
        headers = dict(ask.headers)
        if is_home:
            headers |= ask.secret_headers
            if ask.secret_cookies:
                headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in ask.secret_cookies.items())
        body: dict[str, Any] = (
            {"json": ask.body} if ask.body is not None else {"data": dict(ask.form)} if ask.form else {}
        )
        extensions = {"unlogged_query": dict(ask.secret_query)} if is_home else {}
        request = self._client.build_request(ask.method, url, headers=headers, extensions=extensions, **body)
        return await self._client.send(request, stream=True)

    async def _read(self, response: httpx.Response, accepts: frozenset[int]) -> Answer:
        status = response.status_code
        headers = {name.lower(): value for name, value in response.headers.items()}
        if status in _AGAIN:
            after = retry_after(headers.get("retry-after", ""), datetime.now(UTC))
            if after is not None and after > self._bounds.longest_wait_s:
                raise TooMany(
                    "blueprints.feed_limited", host=response.request.url.host, retry_after_s=round(after)
                )
            raise _TryAgain("refused", after, status)
        if status not in accepts:
            raise Upstream("blueprints.feed_refused", status=status)
        if status in (204, 304) or status >= 400:
            return Answer(status, headers, None, str(response.url))
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if "json" not in kind and kind not in _TEXTS:
            raise Upstream("blueprints.feed_answer", problem="not_json", content_type=kind[:80])
        content = await self._content(response, headers.get("content-encoding", ""))
        return Answer(
            status, headers, await asyncio.to_thread(_parsed, content), str(response.url), len(content)
        )

    async def _content(self, response: httpx.Response, encoding: str) -> bytes:
        """The body, unpacked here so that a bomb is met before it unfolds."""
        unpack = _unpacker(encoding)
        parts, left = bytearray(), self._bounds.body_bytes
        async for chunk in response.aiter_raw():
            while chunk:
                part = unpack.decompress(chunk, left + 1 - len(parts)) if unpack else chunk
                parts += part
                chunk = unpack.unconsumed_tail if unpack else b""
                if len(parts) > left:
                    raise Upstream("blueprints.feed_answer", problem="too_large", limit_bytes=left)
        if unpack is not None and not unpack.eof:
            raise _TryAgain("cut_off")
        return bytes(parts)


def _unpacker(encoding: str) -> Any:
    """None for a plain body."""
    kind = encoding.strip().lower()
    if kind in ("", "identity"):
        return None
    if kind in ("gzip", "x-gzip", "deflate"):
        return zlib.decompressobj(zlib.MAX_WBITS | 32)
    raise Upstream("blueprints.feed_answer", problem="unknown_encoding", encoding=kind[:40])


def _parsed(content: bytes) -> Any:
    """JSON whose texts and numbers can be stored: without NUL, lone surrogates, infinities and endless integers."""
    try:
        text = content.decode("utf-8-sig", "replace")
        found = json.loads(text, parse_constant=lambda _: None, parse_float=_finite, parse_int=_short)
        return _clean(found) if "\\u0000" in text or "\\ud" in text.lower() else found
    except (ValueError, RecursionError, MemoryError) as error:
        raise Upstream("blueprints.feed_answer", problem="not_json") from error


def _finite(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None


def _short(text: str) -> int | str:
    return int(text) if len(text) <= 18 else text[:400]


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {_clean(key): _clean(member) for key, member in cast("dict[str, Any]", value).items()}
    return [_clean(member) for member in cast("list[Any]", value)] if isinstance(value, list) else value


def _led_to(response: httpx.Response, url: httpx.URL, ask: Ask) -> httpx.URL:
    target = response.headers.get("location", "")
    try:
        found = checked_url(str(url.join(target)))
    except httpx.InvalidURL as error:
        raise Upstream("blueprints.feed_answer", problem="bad_address") from error
    if (
        not target
        or (url.scheme == "https" and found.scheme == "http")
        or (ask.method != "GET" and origin_of(found) != origin_of(url))
    ):
        raise Upstream("blueprints.feed_answer", problem="bad_redirect")
    return found


def retry_after(text: str, now: datetime) -> float | None:
    """Seconds from a Retry-After header, whether it names seconds or a time; None where it names neither."""
    if text.strip().isdigit():
        return float(min(int(text), 10**7))
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds())


def _given_up(error: _TryAgain, host: str) -> AppError:
    if error.status == 429:
        return TooMany("blueprints.feed_limited", host=host, retry_after_s=round(error.after_s or 60))
    if error.status:
        return Upstream("blueprints.feed_refused", status=error.status)
    return Upstream("blueprints.feed_answer", problem=error.reason)
