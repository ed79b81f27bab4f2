"""Holds over HTTP: one winner among two hundred, also when the process dies in the middle."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from tests.api.test_dealers import bearer, prepared
from tests.factories import give_policy
from tests.product import SLUG, Product

BUYERS = 200


def start(api: str) -> dict[str, Any]:
    answer = httpx.post(f"{api}/api/v1/discovery/start", json={"event_id": SLUG}, timeout=20)
    assert answer.status_code == 200, answer.text
    return answer.json()


def free_units(product: Product, count: int) -> list[int]:
    with psycopg.connect(product.dsn) as conn:
        rows = conn.execute(
            """
            select u.listing_id from listing_units u join listings l on l.id = u.listing_id
            join events e on e.id = l.event_id
            where e.slug = %s and u.state = 'available' and l.listed order by random() limit %s
            """,
            (SLUG, count),
        ).fetchall()
    return [row[0] for row in rows]


def reserve(
    api: str, session: dict[str, Any], unit: int, key: str | None = None, **body: Any
) -> httpx.Response:
    headers = bearer(session) | ({"Idempotency-Key": key} if key else {})
    whole: dict[str, Any] = {"session_id": session["session_id"], "listing_id": unit, "confirm": True} | body
    whole.setdefault("confirmation", prepared(api, session, "hold", listing_id=whole["listing_id"]))
    return httpx.post(f"{api}/api/v1/transaction/reserve", json=whole, headers=headers, timeout=20)


def make_sessions(product: Product, count: int) -> list[tuple[str, str]]:
    """Conversations straight in the database, and their tokens: two hundred starts are not what is tested here."""
    from datetime import UTC, datetime

    from backend.domains.identity.tokens import mint_buyer_token

    with psycopg.connect(product.dsn) as conn:
        row = conn.execute(
            "select id, organization_id, current_version_id from events where slug = %s", (SLUG,)
        ).fetchone()
        assert row is not None
        event, organization, version = row
        made = [uuid4() for _ in range(count)]
        with conn.cursor() as cursor:
            cursor.executemany(
                "insert into sessions (id, event_id, organization_id, version_id) values (%s, %s, %s, %s)",
                [(session, event, organization, version) for session in made],
            )
    secret = product.stack.keys.jwt_secret
    now = datetime.now(UTC)
    return [(str(s), mint_buyer_token(secret, session_id=s, event_id=event, now=now)) for s in made]


def yeses(product: Product, buyers: list[tuple[str, str]], unit: int) -> dict[str, str]:
    """What each has after reading what a hold means: a policy, and the token of the yes. Asking is not what is raced for."""
    made: dict[str, str] = {}
    with psycopg.connect(product.dsn, autocommit=True) as conn:
        give_policy(conn, *(UUID(session) for session, _ in buyers))
        for session, _ in buyers:
            row = conn.execute(
                """
                select set_config('request.jwt.claims', jsonb_build_object('role', 'anon', 'session_id', s.id,
                                                                           'event_id', s.event_id)::text, false)
                from public.sessions s where s.id = %s
                """,
                (session,),
            ).fetchone()
            assert row is not None
            asked = conn.execute(
                "select private.prepare_action('hold', jsonb_build_object('listing_id', %s::bigint)) ->> 'confirmation'",
                (unit,),
            ).fetchone()
            assert asked is not None
            made[session] = asked[0]
    return made


async def all_at_once(
    api: str, buyers: list[tuple[str, str]], unit: int, confirmations: dict[str, str]
) -> list[int]:
    """Status codes; 0 where the connection broke."""
    limits = httpx.Limits(max_connections=BUYERS)
    async with httpx.AsyncClient(base_url=api, timeout=30, limits=limits) as client:

        async def one(session: str, token: str) -> int:
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"race-{unit}"}
            whole = {"session_id": session, "listing_id": unit, "confirm": True}
            body = whole | {"confirmation": confirmations[session]}
            try:
                answer = await client.post("/api/v1/transaction/reserve", json=body, headers=headers)
            except httpx.HTTPError:
                return 0
            if answer.status_code == 409:
                assert answer.json()["code"] == "transactions.already_held"
            return answer.status_code

        return await asyncio.gather(*(one(*buyer) for buyer in buyers))


def active_holds(product: Product, unit: int) -> int:
    with psycopg.connect(product.dsn) as conn:
        row = conn.execute(
            "select count(*) from holds where listing_id = %s and status = 'active'", (unit,)
        ).fetchone()
    assert row is not None
    return row[0]


def test_a_hold_has_an_end_and_the_second_buyer_hears_of_it(api: str, product: Product) -> None:
    unit = free_units(product, 1)[0]
    first, second = start(api), start(api)
    won = reserve(api, first, unit)
    assert won.status_code == 200, won.text
    assert {
        "reservation_id",
        "listing_id",
        "status",
        "placed_at",
        "expires_at",
        "deposit_required",
    } <= won.json().keys()
    lost = reserve(api, second, unit)
    assert lost.status_code == 409
    body = lost.json()
    assert body["code"] == "transactions.already_held"
    assert body["facts"]["held_until"]
    assert first["session_id"] not in lost.text
    again = reserve(api, first, unit)
    assert again.json()["facts"]["yours"] is True


def test_the_same_key_is_the_same_hold(api: str, product: Product) -> None:
    unit, other = free_units(product, 2)
    session = start(api)
    one, two = reserve(api, session, unit, "key-1"), reserve(api, session, unit, "key-1")
    assert one.json() == two.json()
    assert reserve(api, session, other, "key-1").json()["code"] == "core.key_reused"


def test_released_units_can_be_held_by_others(api: str, product: Product) -> None:
    unit = free_units(product, 1)[0]
    first, second = start(api), start(api)
    held = reserve(api, first, unit).json()
    body = {"session_id": first["session_id"], "reservation_id": held["reservation_id"]}
    theirs = httpx.post(
        f"{api}/api/v1/transaction/release",
        json=body | {"session_id": second["session_id"]},
        headers=bearer(second),
    )
    assert (theirs.status_code, theirs.json()["code"]) == (404, "transactions.no_such_hold")
    for _ in range(2):  # giving back twice is no error
        answer = httpx.post(f"{api}/api/v1/transaction/release", json=body, headers=bearer(first))
        assert answer.json()["status"] == "released"
    assert reserve(api, second, unit).status_code == 200


@pytest.mark.parametrize(
    "body", [{"confirm": False}, {"confirm": None}, {"listing_id": "x"}, {"listing_id": -1}]
)
def test_nothing_is_held_without_an_explicit_yes_to_something_that_is_there(
    api: str, body: dict[str, Any]
) -> None:
    session = start(api)
    answer = reserve(api, session, 1, **body)
    assert answer.status_code in (404, 422)
    assert answer.json().keys() == {"code", "facts", "request_id"}


def test_a_token_speaks_for_its_own_conversation_alone(api: str, product: Product) -> None:
    unit = free_units(product, 1)[0]
    mine, theirs = start(api), start(api)
    crossed = mine | {"session_id": theirs["session_id"]}
    assert reserve(api, crossed, unit).status_code == 404
    for token in ("x", "x.y.z", mine["session_token"][:-2] + "AA"):
        assert reserve(api, mine | {"session_token": token}, unit).status_code == 401


async def test_one_of_two_hundred_wins_over_http(api: str, product: Product) -> None:
    unit = free_units(product, 1)[0]
    buyers = make_sessions(product, BUYERS)
    answers = await all_at_once(api, buyers, unit, yeses(product, buyers, unit))
    assert sorted(answers) == [200] + [409] * (BUYERS - 1)
    assert active_holds(product, unit) == 1


@pytest.mark.parametrize("after_s", [0.05, 0.15, 0.3])
async def test_a_process_killed_in_the_middle_leaves_one_winner(product: Product, after_s: float) -> None:
    unit = free_units(product, 1)[0]
    buyers = make_sessions(product, BUYERS)
    confirmations = yeses(product, buyers, unit)
    api = product.start_api()
    victim = product.processes[-1]
    racing = asyncio.create_task(all_at_once(api, buyers, unit, confirmations))
    await asyncio.sleep(after_s)
    os.killpg(victim.pid, signal.SIGKILL)
    before = await racing
    assert before.count(200) <= 1
    assert active_holds(product, unit) <= 1
    # everybody tries again with the same key: who won before the crash has won, and nobody else does
    again = await all_at_once(product.start_api(), buyers, unit, confirmations)
    assert sorted(again) == [200] + [409] * (BUYERS - 1)
    assert active_holds(product, unit) == 1
