"""What staff do with requests of buyers. The cockpit's inbox uses it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from backend.core.context import Actor, Context
from backend.domains.transactions import service as transactions
from backend.flows.once import once
from backend.flows.runtime import Runtime


async def end_request(
    runtime: Runtime, actor: Actor, *, key: str, request_id: UUID, status: str
) -> dict[str, Any]:
    """Says what became of a request: done or declined. Over already is no error: the answer says what it is.

    Shape: `{request_id, status}`. Raises: NotFound `transactions.no_such_request`.
    """

    async def work(ctx: Context) -> dict[str, Any]:
        ended = await transactions.end_request(ctx, request_id=request_id, status=status)
        return {"request_id": str(ended.id), "status": ended.status}

    request = {"request": request_id, "status": status}
    return await once(runtime, actor, operation="transaction/end", key=key, request=request, work=work)
