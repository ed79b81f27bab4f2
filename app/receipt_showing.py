"""Receipts of decisions, the chart of their hours, and alerts about refusals, in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app import formats
from app import policy_words as words
from app.config_views import Alert as ShownAlert
from app.policy_views import HourBar, ReceiptRow
from backend.domains.policy.watching import Alert, Hour

Json = Mapping[str, Any]
_HEXES = 10


def receipt_row(one: Json, live: str) -> ReceiptRow:
    """`live` is the address of a conversation, to be completed."""
    session = str(one["session_id"])
    return ReceiptRow(
        key=f"{session}-{one['n']}",
        at=one["created_at"].isoformat(),
        verb=words.verb(one["verb"]),
        origin=words.ORIGINS.get(one["origin"], one["origin"]),
        verdict=words.VERDICTS.get(one["verdict"], one["verdict"]),
        tone=words.VERDICT_TONES.get(one["verdict"], "plain"),
        why=" ".join(dict.fromkeys(words.reason(code) for code in one["reasons"])),
        session=session[:4],
        address=live + session,
        turn=str(one["turn"]),
        sha=one["sha256"][:_HEXES],
        full_sha=one["sha256"],
        previous=(one["previous"] or "")[:_HEXES],
    )


def hour_bars(hours: Sequence[Hour]) -> list[HourBar]:
    """Heights in percent of the busiest hour."""
    most = max((h.allow + h.confirm + h.deny for h in hours), default=0) or 1
    return [
        HourBar(
            key=h.at.isoformat(),
            at=h.at.isoformat(),
            allow=_height(h.allow, most),
            confirm=_height(h.confirm, most),
            deny=_height(h.deny, most),
            words=f"{h.allow} allowed, {h.confirm} asked first, {h.deny} refused",
            tick=n % 6 == 0,
        )
        for n, h in enumerate(hours)
    ]


def _height(count: int, most: int) -> str:
    return f"{max(100 * count / most, 2.5):.1f}%" if count else "0%"


def hours_sum(hours: Sequence[Hour]) -> str:
    """The chart in one sentence."""
    allow, confirm, deny = (sum(getattr(h, name) for h in hours) for name in ("allow", "confirm", "deny"))
    if not allow + confirm + deny:
        return f"Nothing was decided in the last {len(hours)} hours."
    return (
        f"In the last {len(hours)} hours {formats.number(allow)} were allowed, "
        f"{formats.number(confirm)} asked first and {formats.number(deny)} refused."
    )


def alert_lines(found: Sequence[Alert], now: datetime) -> list[ShownAlert]:
    """Spikes of refusals: the latest one speaks for all."""
    if not found:
        return []
    first = found[0]
    ago = formats.seconds((now - first.created_at).total_seconds())
    limit = first.facts.get("limit", 0)
    more = f" It was the {len(found)}th time in a day." if len(found) > 3 else ""
    text = f"More than {limit} actions were refused within a minute, {ago} ago.{more}"
    return [
        ShownAlert(
            f"blocked-{first.id}",
            "bad",
            text,
            "See the receipts",
            "?tab=policy&part=decisions&verdict=deny",
        )
    ]
