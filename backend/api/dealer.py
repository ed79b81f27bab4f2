"""The dealer's view: prospects without a person in them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from backend.api.asking import RuntimeOf, Staff
from backend.api.errors import problem_responses
from backend.domains.leads import service as leads

router = APIRouter(prefix="/dealer", tags=["dealer"], responses=problem_responses(401, 422))


class ProspectOut(BaseModel):
    """One anonymized prospect."""

    id: UUID
    portrait: dict[str, Any]
    alignment: float
    matching_listings: int
    created_at: datetime


class Prospects(BaseModel):
    """A page of prospects; `next` continues it."""

    prospects: list[ProspectOut]
    next: datetime | None


@router.get("/prospects", summary="Prospects whose wishes match your inventory")
async def prospects(
    runtime: RuntimeOf,
    actor: Staff,
    after: datetime | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Prospects:
    """Rows are those that row-level security shows to your organization; there is no other filter."""
    async with runtime.database.as_actor(actor) as ctx:
        page = await leads.list_prospects(ctx, after=after, limit=limit)
    rows = [
        ProspectOut(
            id=p.id,
            portrait=p.portrait,
            alignment=p.alignment,
            matching_listings=p.matching_listings,
            created_at=p.created_at,
        )
        for p in page
    ]
    return Prospects(prospects=rows, next=rows[-1].created_at if len(rows) == limit else None)
