"""Verbs of leads. What a dealer may see is decided by row-level security on `prospects`, nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from backend.core.context import Context
from backend.domains.leads import queries, rules
from backend.domains.leads.model import Contact, DealerMatch, Lead, Prospect, Understood


async def open_lead(
    ctx: Context,
    *,
    event_name: str,
    understood: Understood,
    contact: Contact | None,
    matches: Sequence[DealerMatch],
    alignment_min: float,
    most: int,
    refresh: bool = False,
    confirmation: UUID | None = None,
    origin: str = "buyer",
) -> tuple[Lead, int]:
    """Offers the buyer's wishes to fitting dealers, without the person. Opening again refreshes the offer.

    With `refresh` only an offer that is open still. Shape: the lead, and how many dealers see it.
    Raises: NotFound `leads.no_open_lead` where there is nothing to refresh; Conflict `policy.confirmation_needed` and as the
    guard does, see `transactions.service.place_hold`.
    """
    chosen = rules.choose_dealers(matches, alignment_min=alignment_min, most=most)
    row = await queries.open_lead(
        ctx.conn,
        wishes=[dict(item) for item in understood.filters],
        portrait=rules.portrait(understood) | {"event": event_name},
        contact=asdict(contact) if contact else None,
        matches=[{**asdict(match), "dealer_id": str(match.dealer_id)} for match in chosen],
        refresh=refresh,
        confirmation=confirmation,
        origin=origin,
    )
    return Lead(**row), len(chosen)


async def withdraw_lead(ctx: Context, *, confirmation: UUID | None = None, origin: str = "buyer") -> Lead:
    """Takes the offer back: no dealer sees it from the next read on. Raises: NotFound `leads.no_open_lead`."""
    return Lead(**await queries.withdraw_lead(ctx.conn, confirmation=confirmation, origin=origin))


async def find_own_lead(ctx: Context) -> Lead | None:
    """The open lead of the actor's conversation."""
    row = await queries.find_own(ctx.conn)
    return Lead(**row) if row else None


async def list_prospects(ctx: Context, *, after: datetime | None = None, limit: int = 50) -> list[Prospect]:
    """A page of prospects that the actor's dealer organization may see, newest first; `after` is the last one's time."""
    return [Prospect(**row) for row in await queries.list_prospects(ctx.conn, after=after, limit=limit)]
