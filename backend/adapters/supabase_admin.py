"""The admin side of Supabase Auth, with the secret key: makes people. Used for the demo and by operators."""

from __future__ import annotations

from typing import Self
from uuid import UUID

import httpx
from supabase_auth import AsyncGoTrueClient
from supabase_auth.errors import AuthApiError

_PAGE = 1000


class SupabaseAdmin:
    """Makes people whose address is known to be theirs."""

    def __init__(self, supabase_url: str, secret_key: str) -> None:
        self._http = httpx.AsyncClient(timeout=10)
        self._client = AsyncGoTrueClient(
            url=f"{supabase_url.rstrip('/')}/auth/v1",
            headers={"apikey": secret_key, "Authorization": f"Bearer {secret_key}"},
            http_client=self._http,
            auto_refresh_token=False,
            persist_session=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def ensure_person(self, email: str, password: str) -> UUID:
        """The person with this address and this password, made if there is none."""
        try:
            made = await self._client.admin.create_user(
                {"email": email, "password": password, "email_confirm": True}
            )
            return UUID(made.user.id)
        except AuthApiError as error:
            if error.status not in (400, 409, 422):
                raise
        known = await self._client.admin.list_users(per_page=_PAGE)
        user = next(user for user in known if (user.email or "").lower() == email.lower())
        # whoever registered the address before us: from now on this password counts, and no other
        await self._client.admin.update_user_by_id(user.id, {"password": password, "email_confirm": True})
        return UUID(user.id)
