"""Nobody claims an address that is not theirs: sign-up is closed as delivered, and where it is open proof wins."""

from __future__ import annotations

import httpx
import psycopg
import pytest
from supabase import AsyncClient
from supabase_auth.errors import AuthApiError

from backend.local import Stack
from tests.local.conftest import PASSWORD, address, closing_client, code_for


async def test_strangers_do_not_sign_up_as_delivered(rough: Stack) -> None:
    async with closing_client(rough, rough.keys.publishable) as anon:
        with pytest.raises(AuthApiError) as refused:
            await anon.auth.sign_up({"email": address(), "password": PASSWORD})
        assert refused.value.code == "signup_disabled"
        unknown = address()
        for options in ({}, {"should_create_user": True}, {"should_create_user": False}):
            with pytest.raises(AuthApiError) as refused:
                await anon.auth.sign_in_with_otp({"email": unknown, "options": options})  # type: ignore[typeddict-item]
            assert refused.value.code in {"otp_disabled", "signup_disabled"}
    with psycopg.connect(rough.keys.system_dsn) as conn:
        assert conn.execute("select 1 from auth.users where email = %s", (unknown,)).fetchone() is None


async def test_strangers_do_not_sign_up_by_older_doors_either(rough: Stack) -> None:
    key = {"apikey": rough.keys.publishable}
    unknown = address()
    async with httpx.AsyncClient(base_url=rough.keys.url, headers=key) as http:
        for path in ("magiclink", "otp?create_user=true", "recover", "signup"):
            await http.post(
                f"/auth/v1/{path}", json={"email": unknown, "options": {"shouldCreateUser": True}}
            )
    with psycopg.connect(rough.keys.system_dsn) as conn:
        assert conn.execute("select 1 from auth.users where email = %s", (unknown,)).fetchone() is None


async def test_people_are_made_and_invited_where_sign_up_is_closed(rough: Stack) -> None:
    made, invited, linked = address(), address(), address()
    async with (
        closing_client(rough, rough.keys.secret) as admin,
        closing_client(rough, rough.keys.publishable) as anon,
    ):
        await admin.auth.admin.create_user({"email": made, "password": PASSWORD, "email_confirm": True})
        assert (await anon.auth.sign_in_with_password({"email": made, "password": PASSWORD})).session
        await admin.auth.admin.invite_user_by_email(invited)
        code = code_for(rough, invited)
        assert (await anon.auth.verify_otp({"email": invited, "token": code, "type": "invite"})).session
        link = await admin.auth.admin.generate_link({"type": "invite", "email": linked})
        token = link.properties.hashed_token
        assert (await anon.auth.verify_otp({"type": "email", "token_hash": token})).session


@pytest.mark.parametrize("how", ["create", "invite", "link"])
async def test_a_strangers_account_goes_when_its_owner_is_made(
    admin: AsyncClient, anon: AsyncClient, how: str
) -> None:
    email = address()
    stranger = await anon.auth.sign_up({"email": email, "password": "of the stranger"})
    assert stranger.user
    assert stranger.session
    if how == "create":
        made = await admin.auth.admin.create_user(
            {"email": email, "password": PASSWORD, "email_confirm": True}
        )
        assert (await anon.auth.sign_in_with_password({"email": email, "password": PASSWORD})).session
    elif how == "invite":
        made = await admin.auth.admin.invite_user_by_email(email)
    else:
        made = await admin.auth.admin.generate_link({"type": "invite", "email": email})
    assert made.user.id != stranger.user.id
    for attempt in (
        anon.auth.sign_in_with_password({"email": email, "password": "of the stranger"}),
        anon.auth.refresh_session(stranger.session.refresh_token),
        anon.auth.get_user(stranger.session.access_token),
    ):
        with pytest.raises(AuthApiError):
            await attempt


async def test_an_account_stays_once_its_owner_has_shown_to_read_the_mail(
    stack: Stack, admin: AsyncClient, anon: AsyncClient
) -> None:
    email = address()
    await anon.auth.sign_up({"email": email, "password": PASSWORD})
    await anon.auth.sign_in_with_otp({"email": email})
    await anon.auth.verify_otp({"email": email, "token": code_for(stack, email), "type": "email"})
    with pytest.raises(AuthApiError) as taken:
        await admin.auth.admin.create_user({"email": email, "password": "another", "email_confirm": True})
    assert taken.value.code == "email_exists"
    assert (await anon.auth.sign_in_with_password({"email": email, "password": PASSWORD})).session
