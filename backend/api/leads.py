"""A buyer's offer to be found by dealers, and its end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from backend.api.asking import Buyer, Key, Limit, RuntimeOf
from backend.api.discovery import own
from backend.api.errors import problem_responses
from backend.domains.leads.model import Contact
from backend.flows import dealers

router = APIRouter(
    prefix="/lead", tags=["leads"], responses=problem_responses(401, 403, 404, 409, 410, 422, 429)
)


class ContactBody(BaseModel):
    """Kept apart and shown to no dealer until the buyer reveals it."""

    name: str | None = Field(default=None, max_length=200)
    email: str | None = Field(default=None, max_length=320, examples=["buyer@example.com"])
    phone: str | None = Field(default=None, max_length=40, examples=["555-0100"])
    place: str | None = Field(default=None, max_length=200)


class OpenLead(BaseModel):
    """Share the wishes of this conversation, without a name."""

    session_id: UUID
    contact: ContactBody | None = None
    confirmation: UUID | None = Field(
        default=None, description="From `transaction/prepare` with the verb `share` and the same contact."
    )


class WithdrawLead(BaseModel):
    """Take the offer back."""

    session_id: UUID


@router.post(
    "/open",
    summary="Share wishes with dealers, without a name",
    dependencies=[Depends(Limit("lead"))],
)
async def open_lead(runtime: RuntimeOf, actor: Buyer, key: Key, body: OpenLead) -> dict[str, Any]:
    """Opening again refreshes the offer; there is never more than one."""
    contact = Contact(**body.contact.model_dump()) if body.contact else None
    return await dealers.open_lead(
        runtime, own(actor, body.session_id), contact=contact, key=key, confirmation=body.confirmation
    )


@router.post("/withdraw", summary="Take the offer back", dependencies=[Depends(Limit("lead"))])
async def withdraw(runtime: RuntimeOf, actor: Buyer, key: Key, body: WithdrawLead) -> dict[str, Any]:
    """From the next read on, no dealer sees it."""
    return await dealers.withdraw_lead(runtime, own(actor, body.session_id), key=key)
