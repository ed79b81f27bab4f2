"""How often one client may do what. Counted per process, in memory: a brake for one noisy client, not a quota.

The API and the event socket count together, so that using both buys nothing.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from backend.core.errors import TooMany
from backend.core.settings import Settings

RATES: Final[Mapping[str, RateLimitItem]] = {
    group: parse(rate)
    for group, rate in {
        "sign-in": "20/minute",
        "start": "60/minute",
        "message": "120/minute",
        "action": "240/minute",
        "read": "240/minute",
        "prepare": "60/minute",
        "reserve": "30/minute",
        "release": "60/minute",
        "lead": "20/minute",
        "lead-refresh": "120/minute",
        "check": "120/minute",
        "publish": "30/minute",
        "draft": "240/minute",
        "preview": "30/minute",
        "upload": "120/minute",
    }.items()
}


class Brakes:
    """One per process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    async def count(self, group: str, client: str) -> None:
        """Counts one more request of a client. Raises: TooMany `core.too_many_requests`."""
        rate = RATES[group]
        if not self._settings.rate_limits or await self._limiter.hit(rate, group, client):
            return
        window = await self._limiter.get_window_stats(rate, group, client)
        wait_s = max(1, int(window.reset_time - time.time()))
        raise TooMany("core.too_many_requests", group=group, retry_after_s=wait_s)

    def client(self, forwarded: str, peer: str | None) -> str:
        """The client's address, from `X-Forwarded-For` and the peer; proxies are believed as far as the settings name them."""
        hops = self._settings.trusted_proxies
        named = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
        if hops and len(named) >= hops:
            return named[-hops]
        return peer or "unknown"
