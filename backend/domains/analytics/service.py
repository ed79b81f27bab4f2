"""Verbs of analytics: an event in figures, and the board of what happens now. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from backend.core.context import Context
from backend.domains.analytics import queries, rules
from backend.domains.analytics.model import (
    EventHead,
    EventReport,
    Hour,
    Kpis,
    LiveBoard,
    LiveHold,
    LiveRefusal,
    LiveSession,
)
from backend.domains.events import service as events
from backend.domains.events.model import Document, Event
from backend.domains.experiments import service as experiments

HOURS: Final = 48
LONGEST_BOARD: Final = 200


async def event_report(ctx: Context, *, slug: str) -> EventReport:
    """KPIs, the last 48 hours and the experiments of the version in force.

    Raises: NotFound `events.not_found`, also for an event of others.
    """
    event = await events.get_event(ctx, slug=slug)
    document = await _document(ctx, event)
    counted = await queries.kpis(ctx.conn, event_id=event.id)
    hours = await queries.hours(ctx.conn, event_id=event.id, count=HOURS)
    results = await experiments.results(ctx, event_id=event.id, document=document)
    return EventReport(
        event=_head(event),
        kpis=_kpis(counted),
        hours=tuple(Hour(**row) for row in hours),
        experiments=tuple(results),
        read_at=ctx.now,
    )


async def live_board(ctx: Context, *, slug: str, limit: int = 30) -> LiveBoard:
    """The newest conversations, holds in force and refused holds, at most `limit` of each.

    Raises: NotFound `events.not_found`, also for an event of others.
    """
    event = await events.get_event(ctx, slug=slug)
    limit = max(1, min(limit, LONGEST_BOARD))
    labels = rules.labels_of(await _document(ctx, event))
    sessions = await queries.newest_sessions(ctx.conn, event_id=event.id, limit=limit)
    holds = await queries.active_holds(ctx.conn, event_id=event.id, limit=limit)
    refusals = await queries.newest_refusals(ctx.conn, event_id=event.id, limit=limit)
    return LiveBoard(
        event_id=event.id,
        organization_id=event.organization_id,
        slug=event.slug,
        sessions=tuple(_session(row, labels) for row in sessions),
        holds=tuple(LiveHold(**row) for row in holds),
        refusals=tuple(LiveRefusal(**row) for row in refusals),
        read_at=ctx.now,
    )


async def _document(ctx: Context, event: Event) -> Document:
    """The version in force; a draft has none."""
    if event.current_version_id is None:
        return {}
    return (await events.get_version(ctx, version_id=event.current_version_id)).document


def _head(event: Event) -> EventHead:
    return EventHead(
        id=event.id,
        slug=event.slug,
        name=event.name,
        status=event.status,
        version=event.current_number,
        created_at=event.created_at,
    )


def _kpis(counted: dict[str, Any]) -> Kpis:
    return Kpis(
        **counted,
        matched_share=rules.share(counted["sessions_matched"], counted["sessions_with_turn"]),
        hold_rate=rules.share(counted["sessions_with_hold"], counted["sessions"]),
    )


def _session(row: dict[str, Any], labels: Mapping[str, str]) -> LiveSession:
    shown = {name: value for name, value in row.items() if name not in {"state", "message"}}
    return LiveSession(
        **shown, last_message=rules.excerpt(row["message"]), wishes=rules.wishes(row["state"], labels)
    )
