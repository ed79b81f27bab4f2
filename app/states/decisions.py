"""The decisions of an event in the tab Policy: a chart by the hour, and receipts page by page."""

from __future__ import annotations

from urllib.parse import urlencode

import reflex as rx

from app import bridge
from app.config_views import Option
from app.policy_views import HourBar, ReceiptRow
from app.policy_words import VERBS, VERDICTS, verb
from app.receipt_showing import hour_bars, hours_sum, receipt_row
from app.states.policy import Policy
from backend.domains.events import service as events
from backend.domains.policy import watching
from backend.flows import oversight

PAGE = 50
LIVE = "?tab=live&session="


class Decisions(rx.State):
    """Which receipts are shown stands in the address."""

    ready: bool = False
    bars: list[HourBar] = []
    summary: str = ""
    rows: list[ReceiptRow] = []
    verdict: str = ""
    verb: str = ""
    cursor: str = ""
    verbs: list[Option] = [Option("", "Every verb"), *(Option(name, verb(name)) for name in VERBS)]

    @rx.event
    async def load(self) -> None:
        page = await self.get_state(Policy)
        if not page.ready or page.part != "decisions":
            return
        asked = self.router.url.query_parameters
        self.verdict = asked.get("verdict", "") if asked.get("verdict", "") in VERDICTS else ""
        self.verb = asked.get("verb", "") if asked.get("verb", "") in VERBS else ""
        await bridge.limit(self, "read")
        async with bridge.unit(self) as ctx:
            event = await events.get_readable(ctx, slug=self.slug)
            hours = await watching.decisions_by_hour(ctx, event_id=event.id)
        self.bars, self.summary, self.rows = hour_bars(hours), hours_sum(hours), []
        await self._read("")
        self.ready = True

    async def _read(self, cursor: str) -> None:
        found = await oversight.receipts(
            bridge.runtime(),
            await bridge.staff(self),
            slug=self.slug,
            verdict=self.verdict or None,
            verb=self.verb or None,
            cursor=cursor or None,
            limit=PAGE,
        )
        self.rows = [*self.rows, *(receipt_row(one, LIVE) for one in found["receipts"])]
        self.cursor = found["cursor"] or ""

    @rx.event
    async def more(self) -> None:
        if self.cursor:
            await bridge.limit(self, "read")
            await self._read(self.cursor)

    @rx.event
    def choose(self, field: str, value: str):
        """Another filter is another address, so that it can be sent to somebody."""
        asked = {"verdict": self.verdict, "verb": self.verb} | {field: value}
        given = {name: asked[name] for name in ("verdict", "verb") if asked[name]}
        query = urlencode({"tab": "policy", "part": "decisions", **given})
        return rx.redirect(f"/cockpit/events/{self.slug}?{query}")
