"""Supabase Auth as the port `IdentityProvider`, through the client of Supabase itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
from supabase_auth import AsyncGoTrueClient
from supabase_auth.errors import AuthApiError, AuthError, AuthRetryableError

from backend.core.errors import AppError, Busy, NotSignedIn, TooMany, Upstream
from backend.core.ports import SignedIn


class SupabaseAuth:
    """Verifies people. Keeps no session: ours lives in the database, behind an HttpOnly cookie."""

    def __init__(self, supabase_url: str, publishable_key: str) -> None:
        self._url = f"{supabase_url.rstrip('/')}/auth/v1"
        self._headers = {"apikey": publishable_key}
        self._http = httpx.AsyncClient(timeout=10)

    async def close(self) -> None:
        await self._http.aclose()

    async def by_password(self, email: str, password: str) -> SignedIn:
        try:
            answer = await self._client().sign_in_with_password({"email": email, "password": password})
        except (AuthError, httpx.HTTPError) as error:
            raise _refusal(error, "identity.wrong_credentials") from error
        return _signed_in(answer)

    async def send_code(self, email: str) -> None:
        try:
            await self._client().sign_in_with_otp({"email": email, "options": {"should_create_user": False}})
        except (AuthError, httpx.HTTPError) as error:
            refusal = _refusal(error, "identity.wrong_code")
            if not isinstance(refusal, NotSignedIn):  # an unknown address is not told apart from a known one
                raise refusal from error

    async def by_code(self, email: str, code: str) -> SignedIn:
        try:
            answer = await self._client().verify_otp({"email": email, "token": code, "type": "email"})
        except (AuthError, httpx.HTTPError) as error:
            raise _refusal(error, "identity.wrong_code") from error
        return _signed_in(answer)

    def _client(self) -> AsyncGoTrueClient:
        # One per call: the client keeps the last session in itself, and sign-ins of two people must never meet.
        return AsyncGoTrueClient(
            url=self._url,
            headers=self._headers,
            http_client=self._http,
            auto_refresh_token=False,
            persist_session=False,
        )


def _signed_in(answer: Any) -> SignedIn:
    if answer.user is None or not answer.user.email:
        raise Upstream("identity.provider_failed")
    return SignedIn(UUID(answer.user.id), answer.user.email)


def _refusal(error: Exception, code: str) -> AppError:
    if isinstance(error, httpx.HTTPError | AuthRetryableError):
        return Busy("identity.provider_unreachable")
    if isinstance(error, AuthApiError) and error.status == 429:
        return TooMany(
            "identity.too_many_tries", retry_after_s=600
        )  # the longest that Auth makes anybody wait
    if isinstance(error, AuthApiError) and error.status >= 500:
        return Upstream("identity.provider_failed")
    return NotSignedIn(code)
