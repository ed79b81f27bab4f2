"""A test per defect of @supabase/lite that the gateway repairs: a new release must not bring one back.

The number in a name is the row in the table of defects: 1 grants, 2 auth functions, 3 metadata, 4 claims, 5 times,
6 names and types, 7 tables, 8 schema cache, 9 files, 10 keys and health.
"""

from __future__ import annotations

import time
from datetime import datetime
from uuid import uuid4

import httpx
import jwt
import psycopg
import pytest
from supabase import AsyncClient

from backend.local import Stack
from tests.local.conftest import PASSWORD, address


async def test_row_1_anon_is_denied_a_revoked_table_after_the_first_call(
    http: httpx.AsyncClient, owner: psycopg.Connection
) -> None:
    await http.get("/rest/v1/notes")  # the call at which lite would GRANT ALL
    for _ in range(2):
        denied = await http.get("/rest/v1/closed")
        assert (denied.status_code, denied.json()["code"]) == (401, "42501")
    for method in ("post", "patch", "delete"):
        refused = await http.request(method, "/rest/v1/closed?id=eq.1", json={"id": 2})
        assert refused.json()["code"] == "42501"
    assert owner.execute("select count(*) from public.closed").fetchone() == (1,)


async def test_row_1_grants_of_every_schema_stay_as_they_were(
    http: httpx.AsyncClient, owner: psycopg.Connection
) -> None:
    await http.get("/rest/v1/notes")
    granted = owner.execute("""
        select table_schema || '.' || table_name || ' ' || privilege_type
        from information_schema.role_table_grants
        where grantee in ('anon', 'authenticated') and (
          table_schema = 'private' or table_name = 'closed'
          or (table_schema in ('storage', 'realtime') and privilege_type = 'TRUNCATE')
          or (table_schema = 'realtime' and privilege_type in ('DELETE', 'REFERENCES', 'TRIGGER')))
    """).fetchall()
    assert granted == []
    born_open = owner.execute("""
        select count(*) from pg_default_acl d join pg_namespace n on n.oid = d.defaclnamespace
        where n.nspname in ('private', 'realtime', 'storage', 'auth')
    """).fetchone()
    assert born_open == (0,)


async def test_row_1_grants_on_single_columns_hold(http: httpx.AsyncClient) -> None:
    assert (await http.get("/rest/v1/columns?select=id,shown")).json() == [{"id": 1, "shown": "yes"}]
    assert (await http.get("/rest/v1/columns?select=withheld")).json()["code"] == "42501"


def test_row_2_auth_functions_read_both_claim_settings(stack: Stack, owner: psycopg.Connection) -> None:
    who = str(uuid4())
    with owner.transaction():
        owner.execute(
            "select set_config('request.jwt.claims', %s, true)", (f'{{"sub": "{who}", "role": "anon"}}',)
        )
        assert owner.execute("select auth.uid()::text, auth.role()").fetchone() == (who, "anon")
    with owner.transaction():
        owner.execute("select set_config('request.jwt.claim.sub', %s, true)", (who,))
        assert owner.execute("select auth.uid()::text").fetchone() == (who,)


async def test_row_3_triggers_on_users_read_metadata_as_an_object(
    user: AsyncClient, owner: psycopg.Connection
) -> None:
    session = await user.auth.get_session()
    assert session is not None
    welcomed = owner.execute("select name, plan from public.welcomed where user_id = %s", (session.user.id,))
    assert welcomed.fetchone() == ("Ada", "email")
    await user.auth.update_user({"data": {"name": "Grace"}})
    kinds = owner.execute(
        "select jsonb_typeof(raw_user_meta_data), raw_user_meta_data ->> 'name', jsonb_typeof(raw_app_meta_data) "
        "from auth.users where id = %s",
        (session.user.id,),
    )
    assert kinds.fetchone() == ("object", "Grace", "object")


async def test_row_4_tokens_carry_the_claims_of_hosted_ones(
    stack: Stack, anon: AsyncClient, admin: AsyncClient
) -> None:
    email = address()
    await admin.auth.admin.create_user(
        {"email": email, "password": PASSWORD, "email_confirm": True, "app_metadata": {"plan": "gold"}}
    )
    signed_in = await anon.auth.sign_in_with_password({"email": email, "password": PASSWORD})
    refreshed = await anon.auth.refresh_session()
    for answer in (signed_in, refreshed):
        assert answer.session
        claims = jwt.decode(
            answer.session.access_token, stack.keys.jwt_secret, algorithms=["HS256"], audience="authenticated"
        )
        assert claims["app_metadata"]["plan"] == "gold"
        assert claims["iss"] == f"{stack.keys.url}/auth/v1"
        assert {"user_metadata", "aal", "amr", "is_anonymous", "session_id", "email"} <= claims.keys()
        user = await anon.auth.get_user(answer.session.access_token)
        assert user
        assert user.user.email == email


async def test_row_5_times_of_auth_are_iso_8601(http: httpx.AsyncClient) -> None:
    answer = await http.post("/auth/v1/signup", json={"email": address(), "password": PASSWORD})
    created_at = answer.json()["user"]["created_at"]
    assert "T" in created_at
    assert datetime.fromisoformat(created_at).tzinfo


async def test_row_6_a_signed_link_is_given_under_the_name_clients_read(
    admin: AsyncClient, http: httpx.AsyncClient
) -> None:
    await admin.storage.create_bucket("signed")
    await admin.storage.from_("signed").upload("a.txt", b"hello", {"content-type": "text/plain"})
    link = await admin.storage.from_("signed").create_signed_url("a.txt", 60)
    assert (await http.get(link["signedURL"])).text == "hello"
    upload = await admin.storage.from_("signed").create_signed_upload_url("b.txt")
    await admin.storage.from_("signed").upload_to_signed_url("b.txt", upload["token"], b"there")
    assert await admin.storage.from_("signed").download("b.txt") == b"there"


def test_row_7_tables_of_auth_and_storage_are_there(owner: psycopg.Connection) -> None:
    found = owner.execute("select to_regclass('auth.users'), to_regclass('storage.objects')").fetchone()
    assert found == ("auth.users", "storage.objects")


async def test_row_8_a_new_table_is_known_after_notify(
    http: httpx.AsyncClient, owner: psycopg.Connection
) -> None:
    await http.get("/rest/v1/notes")
    owner.execute("create table public.latecomer as select 7 as id; notify pgrst, 'reload schema'")
    deadline = time.monotonic() + 5
    while (answer := await http.get("/rest/v1/latecomer")).status_code != 200 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert answer.json() == [{"id": 7}]


@pytest.mark.parametrize("key", ["../../outside.txt", "a/../../../outside.txt", "x" * 300 + ".txt"])
async def test_row_9_no_key_leaves_the_storage_folder(
    stack: Stack, http: httpx.AsyncClient, key: str
) -> None:
    secret = {"apikey": stack.keys.secret, "authorization": f"Bearer {stack.keys.secret}"}
    await http.post("/storage/v1/bucket", json={"id": "deep", "name": "deep"}, headers=secret)
    encoded = key.replace("/", "%2F")
    await http.post(
        f"/storage/v1/object/deep/{encoded}", content=b"x", headers={**secret, "x-upsert": "true"}
    )
    outside = [path for path in stack.layout.home.rglob("*outside*") if path.is_file()]
    assert outside == []


async def test_row_10_health_needs_no_key_and_no_log_has_one(stack: Stack, http: httpx.AsyncClient) -> None:
    async with httpx.AsyncClient() as stranger:
        assert (await stranger.get(f"{stack.keys.url}/health")).json() == {"ok": True}
    written = "".join(log.read_text() for log in stack.layout.logs.glob("*.log"))
    for secret in (
        stack.keys.publishable,
        stack.keys.secret,
        stack.keys.jwt_secret,
        stack.keys.system_password,
    ):
        assert secret not in written


async def test_a_buyers_token_reaches_policies_through_rest(
    stack: Stack, http: httpx.AsyncClient, owner: psycopg.Connection
) -> None:
    """Not a user's: role anon with claims of our own, signed with the same secret."""
    session_id = str(uuid4())
    owner.execute("insert into public.notes (body) values (%s), ('of somebody else')", (session_id,))
    claims = {
        "role": "anon",
        "session_id": session_id,
        "event_id": str(uuid4()),
        "exp": int(time.time()) + 60,
    }
    token = jwt.encode(claims, stack.keys.jwt_secret, algorithm="HS256")
    seen = await http.get("/rest/v1/notes?select=body", headers={"authorization": f"Bearer {token}"})
    assert seen.json() == [{"body": session_id}]

    forged = jwt.encode(claims, "another secret of sufficient length!", algorithm="HS256")
    expired = jwt.encode({**claims, "exp": int(time.time()) - 60}, stack.keys.jwt_secret, algorithm="HS256")
    for bad in (forged, expired):
        refused = await http.get("/rest/v1/notes", headers={"authorization": f"Bearer {bad}"})
        assert refused.status_code == 401


async def test_requests_without_a_key_are_refused(stack: Stack) -> None:
    async with httpx.AsyncClient(base_url=stack.keys.url) as stranger:
        for path in ("/rest/v1/notes", "/auth/v1/settings", "/storage/v1/bucket", "/auth/v1/admin/users"):
            assert (await stranger.get(path)).status_code in {401, 403}, path
        wrong = await stranger.get("/rest/v1/notes", headers={"apikey": "sb_secret_wrong"})
        assert wrong.status_code == 401
