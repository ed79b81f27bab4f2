"""Whether this process can serve: for load balancers and the supervisor."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from backend.api.asking import RuntimeOf

router = APIRouter(tags=["health"])


@router.get("/api/health", summary="Whether this process can serve")
async def health(runtime: RuntimeOf) -> dict[str, Any]:
    """Asks the database; tells which versions are served, and which language models are asked now (`closed`) or left
    alone for a while (`open`, `half_open`). 503 when the database does not answer; models out of reach are no reason."""
    await runtime.database.ping()
    models = {name: status.state for name, status in runtime.ports.models.status().items()}
    return {"ok": True, "served": runtime.served(), "models": models}
