"""Figures of an event for its staff."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.encoders import jsonable_encoder

from backend.api.asking import RuntimeOf, Staff
from backend.api.errors import problem_responses
from backend.domains.analytics import service as analytics

router = APIRouter(prefix="/analytics", tags=["analytics"], responses=problem_responses(401, 404))


@router.get("/event/{event_id}", summary="KPIs and A/B results of an event")
async def event(runtime: RuntimeOf, actor: Staff, event_id: str) -> dict[str, Any]:
    """Counted from the append-only facts, as far as the asker may see them."""
    async with runtime.database.as_actor(actor) as ctx:
        report = await analytics.event_report(ctx, slug=event_id)
    return jsonable_encoder(report)
