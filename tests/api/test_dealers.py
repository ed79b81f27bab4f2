"""A lead on every path: the API, Supabase REST with the dealer's own token, Realtime. Nobody's name on any of them."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from realtime import AsyncRealtimeClient, RealtimeSubscribeStates

from tests.api.test_accounts import sign_in
from tests.product import PASSWORD, SLUG, Product

DEALER = "dealer@cascade.example.com"
OTHER_DEALER = "dealer@rainier.example.com"
SECRETS = ("Robin Sample", "robin@example.com", "555-0100", "12 Sample Street", "Sellwood")


def talk(api: str, *messages: str) -> dict[str, Any]:
    """A conversation; its session and token."""
    started = httpx.post(f"{api}/api/v1/discovery/start", json={"event_id": SLUG}).json()
    for message in messages:
        answer = httpx.post(
            f"{api}/api/v1/discovery/message",
            json={"session_id": started["session_id"], "message": message},
            headers=bearer(started),
            timeout=20,
        )
        assert answer.status_code == 200, answer.text
    return started


def bearer(session: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {session['session_token']}"}


def prepared(api: str, session: dict[str, Any], verb: str, **arguments: Any) -> str | None:
    """The token of the buyer's yes; None where there is none to be had."""
    body = {"session_id": session["session_id"], "verb": verb, "arguments": arguments}
    answer = httpx.post(f"{api}/api/v1/transaction/prepare", json=body, headers=bearer(session), timeout=20)
    return answer.json().get("confirmation")


def open_lead(api: str, session: dict[str, Any]) -> dict[str, Any]:
    contact = {"name": SECRETS[0], "email": SECRETS[1], "phone": SECRETS[2], "place": SECRETS[3]}
    token = prepared(api, session, "share", contact=contact)
    answer = httpx.post(
        f"{api}/api/v1/lead/open",
        json={"session_id": session["session_id"], "contact": contact, "confirmation": token},
        headers=bearer(session),
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def withdraw(api: str, session: dict[str, Any]) -> None:
    body = {"session_id": session["session_id"]}
    httpx.post(f"{api}/api/v1/lead/withdraw", json=body, headers=bearer(session)).raise_for_status()


def through_api(api: str, email: str) -> list[dict[str, Any]]:
    with sign_in(api, email) as client:
        answer = client.get("/api/v1/dealer/prospects")
    assert answer.status_code == 200, answer.text
    return answer.json()["prospects"]


def access_token(product: Product, email: str) -> str:
    url = f"{product.stack.layout.url}/auth/v1/token?grant_type=password"
    headers = {"apikey": product.stack.keys.publishable}
    return httpx.post(url, json={"email": email, "password": PASSWORD}, headers=headers).json()[
        "access_token"
    ]


def through_rest(
    product: Product, email: str, path: str = "prospects?select=id,portrait,alignment"
) -> httpx.Response:
    headers = {
        "apikey": product.stack.keys.publishable,
        "Authorization": f"Bearer {access_token(product, email)}",
    }
    return httpx.get(f"{product.stack.layout.url}/rest/v1/{path}", headers=headers)


WISH = (
    "White Model 3 under 45k, my name is Robin Sample, call 555-0100, I live in Sellwood at 12 Sample Street"
)


def test_a_dealer_sees_the_wishes_and_not_the_person(api: str, product: Product) -> None:
    session = talk(api, WISH)
    lead = open_lead(api, session)
    assert lead["dealers"] >= 1
    seen = through_api(api, DEALER)
    rest = through_rest(product, DEALER)
    assert rest.status_code == 200, rest.text
    assert {row["id"] for row in seen} == {row["id"] for row in rest.json()}
    assert seen
    text = json.dumps(seen) + rest.text
    for secret in SECRETS:
        assert secret.lower() not in text.lower()
    assert session["session_id"] not in text
    assert lead["lead_id"] not in text
    withdraw(api, session)


def test_after_the_withdrawal_no_path_shows_it(api: str, product: Product) -> None:
    session = talk(api, "White Model 3 under 45k")
    open_lead(api, session)
    assert through_api(api, DEALER)
    withdraw(api, session)
    assert through_api(api, DEALER) == []
    assert through_rest(product, DEALER).json() == []


def test_the_sellers_staff_and_strangers_see_no_prospects(api: str, product: Product) -> None:
    session = talk(api, "White Model 3 under 45k")
    open_lead(api, session)
    for email in ("operator@northbay.example.com", "admin@northbay.example.com"):
        assert through_api(api, email) == []
        assert through_rest(product, email).json() == []
    anonymous = httpx.get(
        f"{product.stack.layout.url}/rest/v1/prospects?select=id",
        headers={"apikey": product.stack.keys.publishable},
    )
    assert anonymous.status_code in (401, 403)
    assert httpx.get(f"{api}/api/v1/dealer/prospects").status_code == 401
    withdraw(api, session)


@pytest.mark.parametrize(
    "path", ["leads?select=*", "lead_contacts?select=*", "sessions?select=*", "turns?select=*"]
)
def test_a_dealer_reads_nothing_else_of_a_buyer(api: str, product: Product, path: str) -> None:
    session = talk(api, WISH)
    open_lead(api, session)
    answer = through_rest(product, DEALER, path)
    assert answer.status_code in (401, 403) or answer.json() == []
    withdraw(api, session)


def test_each_dealer_sees_only_what_fits_the_own_cars(api: str, product: Product) -> None:
    session = talk(api, "White Model 3 under 45k")
    open_lead(api, session)
    mine, theirs = through_api(api, DEALER), through_api(api, OTHER_DEALER)
    assert mine
    assert not {row["id"] for row in mine} & {row["id"] for row in theirs}
    withdraw(api, session)


async def join(product: Product, email: str, topic: str) -> bool:
    """Whether the person's own token may listen to a private channel."""
    url = f"{product.stack.layout.url}/realtime/v1"
    client = AsyncRealtimeClient(url, product.stack.keys.publishable, auto_reconnect=False)
    await client.connect()
    await client.set_auth(access_token(product, email))
    joined: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def on_state(state: RealtimeSubscribeStates, _error: Exception | None) -> None:
        if not joined.done():
            joined.set_result(state is RealtimeSubscribeStates.SUBSCRIBED)

    options: Any = {
        "config": {"private": True, "broadcast": {"ack": False, "self": False}, "presence": {"key": ""}}
    }
    await client.channel(topic, options).subscribe(on_state)
    try:
        return await asyncio.wait_for(joined, 5)
    finally:
        await client.close()


async def test_realtime_channels_are_asked_for_their_rights(api: str, product: Product) -> None:
    with sign_in(api, DEALER) as client:
        assert client.get("/api/v1/auth/me").status_code == 200
    import psycopg

    with psycopg.connect(product.dsn) as conn:
        rows = dict(conn.execute("select slug, id::text from organizations").fetchall())
        event = conn.execute("select id::text from events where slug = %s", (SLUG,)).fetchone()
    assert event is not None
    assert await join(product, DEALER, f"dealer:{rows['cascade-ev']}")
    for topic in (
        f"dealer:{rows['rainier-motors']}",
        f"organization:{rows['northbay']}",
        f"event:{event[0]}",
        "versions",
    ):
        assert not await join(product, DEALER, topic), topic
    assert await join(product, "viewer@northbay.example.com", f"organization:{rows['northbay']}")
