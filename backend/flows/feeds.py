"""Carries out the plan of a connector: pages of an API, one after the other, as records. Needs no database.

What is asked next is decided in `blueprints.connecting_steps`; how it is asked safely in `adapters.fetching`.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from backend.adapters.fetching import Answer, Ask, Bounds, Fetcher
from backend.core.errors import Conflict, TooMany, Upstream
from backend.domains.blueprints.connecting.plan import Plan
from backend.domains.blueprints.connecting.records import records_at
from backend.domains.blueprints.connecting.signing import Credentials, sign, token_form
from backend.domains.blueprints.connecting.steps import Spot, address_of, base_of, first_spot, next_spot

__all__ = ["Bounds", "Credentials", "Feed", "Fetcher", "Page", "Reach", "Spot", "fetch_all"]

_BEYOND: Final = frozenset({404, 410, 416})  # what servers say of a page after the last
_EARLY_S: Final = 30.0  # a token is renewed before it ends

ProgressCallback = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Reach:
    """How far one run goes. Beyond it, it fails instead of bringing in a part."""

    pages: int = 10_000
    records: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Page:
    """Records of one page, and the place after it; None at the end. `validators` make the next run conditional."""

    number: int
    records: tuple[Mapping[str, Any], ...]
    after: Spot | None
    validators: Mapping[str, str] = field(default_factory=dict)
    is_unchanged: bool = False
    total: int = 0


class Feed:
    """An API as one plan reads it. Keeps its token; knows nothing of where records go."""

    def __init__(
        self, plan: Plan, credentials: Credentials, fetcher: Fetcher, *, base_url: str | None = None
    ) -> None:
        self._plan, self._credentials, self._fetcher = plan, credentials, fetcher
        self._base, self._is_moved = base_of(plan, base_url), base_url is not None
        self._token, self._token_ends = "", 0.0

    async def page(self, spot: Spot, *, validators: Mapping[str, str] | None = None) -> Page:
        """Raises: as `Fetcher.fetch`, `address_of`, `sign` and `next_spot` do; Upstream `blueprints.feed_no_records`."""
        answer = await self._asked(spot, validators or {})
        if answer.status == 304:
            return Page(spot.pages, (), None, is_unchanged=True)
        if answer.status in _BEYOND or answer.status == 204:
            return Page(spot.pages, (), None)
        records = records_at(answer.body, self._plan.records_path)
        if records is None:
            if spot.pages:
                return Page(spot.pages, (), None)  # an empty list that was left out
            raise Upstream("blueprints.feed_no_records", path=self._plan.records_path)
        after = next_spot(
            self._plan,
            spot,
            body=answer.body,
            headers=answer.headers,
            records=records,
            url=answer.url,
            base=self._base,
        )
        return Page(spot.pages, tuple(records), after, _validators(answer))

    async def _asked(self, spot: Spot, validators: Mapping[str, str]) -> Answer:
        url, query, body = address_of(self._plan, spot, self._base)
        headers = {**self._plan.list_operation.headers, **validators}
        may_end = isinstance(spot.at, int) and spot.pages > 0
        accepts = (200, 206, 204, *((304,) if validators else ()), *(_BEYOND if may_end else ()))
        for is_second in (False, True):
            secret = sign(self._plan, self._credentials, token=await self._bearer(anew=is_second))
            ask = Ask(
                url, self._plan.list_operation.method, query, headers, body,
                secret_headers=secret.headers, secret_query=secret.query, secret_cookies=secret.cookies,
            )  # fmt: skip
            try:
                return await self._fetcher.fetch(ask, accepts=accepts)
            except Upstream as error:
                if error.facts.get("status") != 401 or is_second or not self._token:
                    raise
        raise AssertionError("unreachable")

    async def _bearer(self, *, anew: bool) -> str:
        """A token of the client, fetched when there is none, when it ends soon, or when it was refused."""
        auth = self._plan.auth
        if auth.type != "oauth2" or (self._credentials.value and not self._credentials.client_id):
            return ""
        if self._token and not anew and time.monotonic() < self._token_ends:
            return self._token
        form, headers = token_form(auth, self._credentials)
        answer = await self._token_answer(form, headers)
        token = answer.get("access_token") if isinstance(answer, Mapping) else None
        if not isinstance(token, str) or not token.isprintable():
            raise Upstream("blueprints.feed_answer", problem="no_token")
        lasts = answer.get("expires_in")
        seconds = float(lasts) if isinstance(lasts, int | float | str) and str(lasts).isdigit() else 300.0
        self._token, self._token_ends = token, time.monotonic() + max(1.0, seconds - _EARLY_S)
        return token

    async def _token_answer(self, form: Mapping[str, str], headers: Mapping[str, str]) -> Any:
        url = self._token_url()
        answer = await self._fetcher.fetch(
            Ask(url, "POST", form=form, secret_headers=headers), accepts=(200, 201, 400, 401)
        )
        if answer.status in (400, 401):  # servers that want the client in the form
            client = {
                "client_id": self._credentials.client_id,
                "client_secret": self._credentials.client_secret,
            }
            answer = await self._fetcher.fetch(Ask(url, "POST", form={**form, **client}), accepts=(200, 201))
        return answer.body

    def _token_url(self) -> str:
        url = self._plan.auth.token_url
        if not url.startswith(("http://", "https://")):
            parts = urlsplit(self._base)
            return f"{parts.scheme}://{parts.netloc}/{url.lstrip('/')}"
        if not self._is_moved:
            return url
        here = urlsplit(self._base)
        return urlsplit(url)._replace(scheme=here.scheme, netloc=here.netloc).geturl()


def _validators(answer: Answer) -> dict[str, str]:
    """What the next run sends to learn whether anything has changed."""
    etag, modified = answer.headers.get("etag"), answer.headers.get("last-modified")
    found = {"If-None-Match": etag, "If-Modified-Since": modified}
    return {
        name: value for name, value in found.items() if value and len(value) <= 500 and value.isprintable()
    }


async def fetch_all(
    plan: Plan,
    credentials: Credentials,
    *,
    base_url: str | None = None,
    allow_private: bool = False,
    start: Spot | None = None,
    validators: Mapping[str, str] | None = None,
    reach: Reach | None = None,
    fetcher: Fetcher | None = None,
    progress: ProgressCallback | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> AsyncGenerator[Page]:
    """Every page from `start` on. `base_url` stands in for the host of the plan.

    Raises: as `Feed.page` does; Conflict `blueprints.cancelled`; TooMany `blueprints.feed_too_large` (pages, records).
    """
    reach, own = reach or Reach(), fetcher is None
    fetcher = fetcher or Fetcher(allow_private=allow_private)
    feed, spot = Feed(plan, credentials, fetcher, base_url=base_url), start or first_spot(plan)
    seen: set[int | str | None] = set()
    try:
        while True:
            if cancelled is not None and cancelled():
                raise Conflict("blueprints.cancelled")
            if spot.at in seen:
                raise Upstream("blueprints.feed_loops", pages=spot.pages)
            seen.add(spot.at)
            page = await feed.page(spot, validators=validators if spot.pages == 0 else None)
            count = spot.records + len(page.records)
            if count > reach.records or spot.pages >= reach.pages:
                raise TooMany("blueprints.feed_too_large", pages=reach.pages, records=reach.records)
            if progress is not None:
                progress("fetching", count, page.total)
            yield page
            if page.after is None:
                return
            spot = page.after
    finally:
        if own:
            await fetcher.close()


async def fetch_records(plan: Plan, credentials: Credentials, **options: Any) -> list[Mapping[str, Any]]:
    """All records at once, for small feeds and previews. Raises: as `fetch_all` does."""
    found: list[Mapping[str, Any]] = []
    async with aclosing(fetch_all(plan, credentials, **options)) as pages:
        async for page in pages:
            found += page.records
    return found
