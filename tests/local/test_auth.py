"""Signing up and in through the real client: passwords, codes by e-mail, refresh, and the administration of users."""

from __future__ import annotations

import httpx
import pytest
from supabase import AsyncClient
from supabase_auth.errors import AuthApiError

from backend.local import Stack
from tests.local.conftest import PASSWORD, address, closing_client, code_for


async def test_a_user_signs_up_in_and_out(anon: AsyncClient) -> None:
    email = address()
    await anon.auth.sign_up({"email": email, "password": PASSWORD})
    await anon.auth.sign_out()
    answer = await anon.auth.sign_in_with_password({"email": email, "password": PASSWORD})
    assert answer.user
    assert answer.user.email == email
    assert (await anon.auth.get_claims()) is not None


async def test_a_wrong_password_is_refused(user: AsyncClient, anon: AsyncClient) -> None:
    session = await user.auth.get_session()
    assert session
    with pytest.raises(AuthApiError) as refused:
        await anon.auth.sign_in_with_password(
            {"email": session.user.email or "", "password": "wrong password"}
        )
    assert refused.value.code == "invalid_credentials"


async def test_an_address_is_taken_once(user: AsyncClient, anon: AsyncClient) -> None:
    session = await user.auth.get_session()
    assert session
    with pytest.raises(AuthApiError) as refused:
        await anon.auth.sign_up({"email": session.user.email or "", "password": PASSWORD})
    assert refused.value.code == "user_already_exists"


async def test_a_code_by_mail_signs_in_a_known_and_a_new_user(
    stack: Stack, user: AsyncClient, anon: AsyncClient
) -> None:
    session = await user.auth.get_session()
    assert session
    for email in (session.user.email or "", address()):
        await anon.auth.sign_in_with_otp({"email": email})
        answer = await anon.auth.verify_otp(
            {"email": email, "token": code_for(stack, email), "type": "email"}
        )
        assert answer.user
        assert answer.user.email == email


async def test_a_wrong_code_is_refused(stack: Stack, anon: AsyncClient) -> None:
    email = address()
    await anon.auth.sign_in_with_otp({"email": email})
    wrong = "000000" if code_for(stack, email) != "000000" else "111111"
    with pytest.raises(AuthApiError) as refused:
        await anon.auth.verify_otp({"email": email, "token": wrong, "type": "email"})
    assert refused.value.code == "otp_expired"


async def test_a_code_works_once(stack: Stack, anon: AsyncClient) -> None:
    email = address()
    await anon.auth.sign_in_with_otp({"email": email})
    code = code_for(stack, email)
    await anon.auth.verify_otp({"email": email, "token": code, "type": "email"})
    with pytest.raises(AuthApiError):
        await anon.auth.verify_otp({"email": email, "token": code, "type": "email"})


async def test_a_forgotten_password_is_replaced(stack: Stack, user: AsyncClient, anon: AsyncClient) -> None:
    session = await user.auth.get_session()
    assert session
    email = session.user.email or ""
    await anon.auth.reset_password_for_email(email)
    await anon.auth.verify_otp({"email": email, "token": code_for(stack, email), "type": "recovery"})
    await anon.auth.update_user({"password": "another good password"})
    answer = await anon.auth.sign_in_with_password({"email": email, "password": "another good password"})
    assert answer.session


async def test_rows_belong_to_who_wrote_them(user: AsyncClient, anon: AsyncClient) -> None:
    await user.table("notes").insert({"body": "mine"}).execute()
    assert [row["body"] for row in (await user.table("notes").select("body").execute()).data] == ["mine"]
    await anon.auth.sign_up({"email": address(), "password": PASSWORD})
    assert (await anon.table("notes").select("*").execute()).data == []


async def test_users_are_administered_with_the_secret_key(admin: AsyncClient, anon: AsyncClient) -> None:
    users = admin.auth.admin
    email = address()
    made = await users.create_user({"email": email, "password": PASSWORD, "email_confirm": True})
    assert (await users.get_user_by_id(made.user.id)).user.email == email
    assert made.user.id in {one.id for one in await users.list_users(per_page=1000)}
    changed = await users.update_user_by_id(
        made.user.id, {"user_metadata": {"name": "Ada"}, "password": "changed it!"}
    )
    assert changed.user.user_metadata == {"name": "Ada"}
    assert (await anon.auth.sign_in_with_password({"email": email, "password": "changed it!"})).session
    with pytest.raises(AuthApiError) as taken:
        await users.create_user({"email": email, "password": PASSWORD})
    assert taken.value.code == "email_exists"
    await users.delete_user(made.user.id)
    with pytest.raises(AuthApiError) as gone:
        await users.get_user_by_id(made.user.id)
    assert gone.value.code == "user_not_found"


@pytest.mark.parametrize("kind", ["magiclink", "recovery", "invite"])
async def test_a_link_for_an_own_mail_signs_in(
    stack: Stack, admin: AsyncClient, anon: AsyncClient, kind: str
) -> None:
    email = address()
    await admin.auth.admin.create_user({"email": email, "password": PASSWORD, "email_confirm": True})
    mails = len(list(stack.layout.outbox.iterdir()))
    link = await admin.auth.admin.generate_link({"type": kind, "email": email})  # type: ignore[arg-type]
    assert len(list(stack.layout.outbox.iterdir())) == mails
    answer = await anon.auth.verify_otp(
        {"type": "recovery" if kind == "recovery" else "email", "token_hash": link.properties.hashed_token}
    )
    assert answer.user
    assert answer.user.email == email


async def test_an_invited_user_signs_in_with_the_code(
    stack: Stack, admin: AsyncClient, anon: AsyncClient
) -> None:
    email = address()
    await admin.auth.admin.invite_user_by_email(email, {"data": {"name": "Ada"}})
    answer = await anon.auth.verify_otp({"email": email, "token": code_for(stack, email), "type": "invite"})
    assert answer.user
    assert answer.user.user_metadata["name"] == "Ada"


async def test_administration_is_closed_to_everybody_else(user: AsyncClient, anon: AsyncClient) -> None:
    for client in (user, anon):
        with pytest.raises(AuthApiError) as refused:
            await client.auth.admin.list_users()
        assert refused.value.code == "not_admin"


async def test_mails_are_shown_on_this_machine_only(
    stack: Stack, anon: AsyncClient, http: httpx.AsyncClient
) -> None:
    email = address()
    await anon.auth.sign_in_with_otp({"email": email})
    assert (await http.get("/_mail")).json()[-1]["to"] == email
    assert email in (await http.get("/_mail", headers={"accept": "text/html"})).text
    for headers in (
        {"host": "evil.example"},
        {"host": "127.0.0.1.evil.example"},
        {"x-forwarded-for": "1.2.3.4"},
        {"x-forwarded-host": "evil.example"},
        {"x-forwarded-proto": "https"},
        {"x-real-ip": "1.2.3.4"},
        {"forwarded": "for=1.2.3.4"},
        {"via": "1.1 proxy"},
    ):
        assert (await http.get("/_mail", headers=headers)).status_code == 403, headers


async def test_mails_to_one_address_are_a_minute_apart(rough: Stack) -> None:
    async with httpx.AsyncClient(
        base_url=rough.keys.url, headers={"apikey": rough.keys.publishable}
    ) as client:
        email, other = address(), address()
        async with closing_client(rough, rough.keys.secret) as admin:
            for known in (email, other):
                await admin.auth.admin.create_user({"email": known, "email_confirm": True})
        assert (await client.post("/auth/v1/otp", json={"email": email})).status_code == 200
        for path in ("otp", "recover"):
            soon = await client.post(f"/auth/v1/{path}", json={"email": email.upper()})
            assert (soon.status_code, soon.json()["code"]) == (429, "over_email_send_rate_limit")
            assert 50 < int(soon.headers["retry-after"]) <= 60
        assert (await client.post("/auth/v1/otp", json={"email": other})).status_code == 200
