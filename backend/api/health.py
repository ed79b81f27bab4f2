"""Whether this process can serve: for load balancers and the supervisor."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from backend.api.asking import RuntimeOf

router = APIRouter(tags=["health"])


@router.get("/api/health", summary="Whether this process can serve")
async def health(runtime: RuntimeOf) -> dict[str, Any]:
    """Asks the database and tells which versions are served. 503 when the database does not answer."""
    await runtime.database.ping()
    return {"ok": True, "served": runtime.served()}
