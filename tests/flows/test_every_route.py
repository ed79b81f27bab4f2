"""Every route that changes something knows who asks; and whoever should not, or without the buyer's yes, changes nothing.

A route that is added without knowing who asks fails here. What the functions behind the routes let through is `tests/db`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from backend.api.application import build_api
from backend.api.asking import Buyer
from backend.flows import guarding
from tests.factories import give_policy, policy
from tests.flows.conftest import House

Owner = psycopg.Connection[Any]
CHANGING = {"POST", "PUT", "PATCH", "DELETE"}
#: Routes that nobody has to be known for: beginning a conversation, and signing in and out.
OPEN = {
    "/discovery/start",
    "/auth/sign-in",
    "/auth/code",
    "/auth/code/sign-in",
    "/auth/form/{step}",
    "/auth/sign-out",
}
#: Routes that work something out and keep nothing of it.
LOOKING = {
    *("/configs/validate", "/configs/{config_id}/versions/compare", "/policy/profiles/{profile}/simulate"),
    *("/policy/resolve", "/policy/context/compose"),
}
#: Once per conversation, or of nothing but the caller's own: no limit is needed.
LIMITLESS = {"/discovery/exposure", "/discovery/memory"}
CONSEQUENCES = (
    *("holds", "listing_units", "leads", "lead_contacts", "prospects", "buyer_requests", "listings", "events", "event_versions"),
    *("drafts", "draft_reviews", "branches", "branch_versions", "members", "organizations", "dealers", "organization_flags"),
    *("approval_policies", "blueprints", "blueprint_files", "connectors", "policy_snapshots"),
)  # fmt: skip


def routes_of(app: Any) -> Iterator[APIRoute]:
    for route in app.routes:
        if isinstance(route, APIRoute):
            yield route
        elif (inner := getattr(route, "original_router", None)) is not None:
            yield from routes_of(inner)


def asked_by(dependant: Any) -> set[str]:
    """Names of everything a route depends on."""
    found: set[str] = set()
    for one in dependant.dependencies:
        found |= {getattr(one.call, "__name__", type(one.call).__name__)} | asked_by(one)
    return found


def offences(app: FastAPI) -> list[str]:
    """Routes that change something and ask nobody, or members without looking where they come from."""
    found: list[str] = []
    for route in routes_of(app):
        asks = asked_by(route.dependant)
        if not route.methods & CHANGING or route.path in OPEN | LOOKING:
            continue
        if not asks & {"buyer", "staff"}:
            found.append(f"{route.path}: does not know who asks")
        elif "staff" in asks and "same_origin" not in asks:
            found.append(f"{route.path}: would act for a page of somebody else")
        elif "Limit" not in asks and route.path not in LIMITLESS:
            found.append(f"{route.path}: has no limit")
    return found


def test_every_route_that_changes_something_knows_who_asks(house: House) -> None:
    app = build_api(house.runtime)
    assert sum(bool(route.methods & CHANGING) for route in routes_of(app)) > 40
    assert offences(app) == []


def test_a_route_that_asks_nobody_is_found(house: House) -> None:
    app, router = build_api(house.runtime), APIRouter(prefix="/planted")

    @router.post("/open")
    async def planted() -> None: ...

    @router.post("/limitless")
    async def other(actor: Buyer) -> None: ...

    app.include_router(router, prefix="/api/v1")
    assert offences(app) == ["/planted/open: does not know who asks", "/planted/limitless: has no limit"]


# --- what comes of calling them ----------------------------------------------------------------------------------------


@dataclass(slots=True)
class Ground:
    """The API in this process, one buyer's conversation, and real ids of what must not change."""

    client: httpx.AsyncClient
    owner: Owner
    app: FastAPI
    session: str
    token: str
    event: str
    units: list[int]
    hold: str

    def state(self) -> dict[str, str]:
        lines = " union all ".join(
            f"select '{t}' as name, md5(coalesce(string_agg(x::text, '|' order by x::text), '')) as sum from public.{t} x"
            for t in CONSEQUENCES
        )  # fmt: skip
        return {row["name"]: row["sum"] for row in self.owner.execute(lines).fetchall()}  # type: ignore[arg-type]

    async def call(self, method: str, path: str, body: Any, **headers: str) -> httpx.Response:
        return await self.client.request(method, f"/api/v1{path}", json=body, headers=headers)

    async def act(self, verb: str, body: dict[str, Any], token: str | None = None) -> httpx.Response:
        whole = {"session_id": self.session} | body
        return await self.call("POST", f"/{verb}", whole, Authorization=f"Bearer {token or self.token}")

    async def ask(
        self, verb: str, token: str | None = None, session: str | None = None, **arguments: Any
    ) -> Any:
        body = {"session_id": session or self.session, "verb": verb, "arguments": arguments}
        answer = await self.act("transaction/prepare", body, token)
        return answer.json().get("confirmation")


@pytest.fixture
async def ground(house: House, owner: Owner) -> Any:
    from backend.flows import storefront

    app = build_api(house.runtime)
    started = await storefront.start(house.runtime, slug="tesla-q1-2026", key=str(uuid4()))
    buyer = house.runtime.buyer(started["session_token"])
    rows = owner.execute(
        "select l.id, l.event_id from public.listings l where l.event_id = %s and l.listed order by l.id limit 4",
        (buyer.event_id,),
    ).fetchall()
    units = [row["id"] for row in rows]
    asked = await guarding.prepare(house.runtime, buyer, verb="hold", arguments={"listing_id": units[0]})
    hold = await storefront.hold(
        house.runtime, buyer, listing_id=units[0], key="first", confirmation=asked.confirmation
    )
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield Ground(
            client,
            owner,
            app,
            started["session_id"],
            started["session_token"],
            str(buyer.event_id),
            units,
            str(hold.id),
        )


def body_for(schema: dict[str, Any], whole: dict[str, Any], ground: Ground, name: str = "") -> Any:
    """Something that the route would take, with real ids where it asks for any."""
    if "$ref" in schema:
        return body_for(
            whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]], whole, ground, name
        )
    if "anyOf" in schema:
        return body_for(schema["anyOf"][0], whole, ground, name)
    known = {
        "session_id": ground.session,
        "listing_id": ground.units[1],
        "reservation_id": ground.hold,
        "kind": "book",
        "event_id": "tesla-q1-2026",
        "verb": "hold",
        "confirm": True,
        "arguments": {"listing_id": ground.units[1]},
    }
    if name in known:
        return known[name]
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    if schema.get("type") == "object" or "properties" in schema:
        return {k: body_for(v, whole, ground, k) for k, v in schema.get("properties", {}).items()}
    if schema.get("type") == "array":
        return [body_for(schema.get("items", {}), whole, ground, name.removesuffix("s"))]
    if schema.get("format") == "uuid":
        return str(uuid4())
    return {"integer": schema.get("minimum", 1), "number": 1.0, "boolean": True}.get(
        str(schema.get("type")), "tesla-q1-2026"
    )


def is_looking(path: str) -> bool:
    return any(re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", known), path) for known in LOOKING)


def calls(ground: Ground) -> Iterator[tuple[str, str, Any]]:
    whole = ground.app.openapi()
    for path, methods in whole["paths"].items():
        if not path.startswith("/api/v1") or path.removeprefix("/api/v1") in OPEN:
            continue
        for method, operation in methods.items():
            if method.upper() not in CHANGING:
                continue
            content = operation.get("requestBody", {}).get("content", {})
            schema = next(iter(content.values()), {}).get("schema", {})
            filled = path.removeprefix("/api/v1")
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path":
                    value = body_for(parameter["schema"], whole, ground, parameter["name"])
                    filled = filled.replace("{" + parameter["name"] + "}", str(value))
            yield method.upper(), filled, body_for(schema, whole, ground) if schema else None


async def test_nobody_and_forged_tokens_change_nothing(ground: Ground, house: House) -> None:
    other, _ = await house.start()
    theirs = (await ground.call("POST", "/discovery/start", {"event_id": "tesla-q1-2026"})).json()[
        "session_token"
    ]
    before, made = ground.state(), 0
    callers = {
        "nobody": {},
        "no token": {"Authorization": "Bearer x.y.z"},
        "a cut token": {"Authorization": f"Bearer {ground.token[:-3]}AAA"},
        "the token of another conversation": {"Authorization": f"Bearer {theirs}"},
        "a made up sign-in": {"Cookie": "mpax_session=made-up", "Origin": "http://test"},
        "a buyer's token as a sign-in": {"Cookie": f"mpax_session={ground.token}", "Origin": "http://test"},
    }
    for method, path, body in calls(ground):
        for who, headers in callers.items():
            answer = await ground.call(method, path, body, **headers)
            own = (
                who == "the token of another conversation" and path == "/discovery/memory"
            )  # forgets its own visits
            if not own and not is_looking(path):
                assert answer.status_code >= 400, (who, method, path, answer.text[:200])
            assert answer.status_code != 500, (who, method, path, answer.text[:200])
            made += 1
        assert ground.state() == before, (method, path)
    assert made > 200
    assert other.session_id


async def test_without_the_buyers_yes_nothing_happens(ground: Ground, house: House, owner: Owner) -> None:
    """Missing, invented, stale, used, of another conversation, for something else: every route of a buyer that acts."""
    one, two = ground.units[1:3]
    started = (await ground.call("POST", "/discovery/start", {"event_id": "tesla-q1-2026"})).json()
    token, session = started["session_token"], started["session_id"]
    give_policy(owner, session, ground.session, kept=policy())  # with a tool for every verb, each with a yes
    verbs: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
        "hold": ("transaction/reserve", {"listing_id": one, "confirm": True}, {"listing_id": one}),
        "share": ("lead/open", {}, {}),
        **{
            kind: ("transaction/request", {"kind": kind, "listing_id": one, "details": {"a": 1}},
                   {"listing_id": one, "details": {"a": 1}})
            for kind in ("book", "info", "message", "offer", "deposit", "reveal", "remind")
        },
    }  # fmt: skip
    for verb, (path, body, arguments) in verbs.items():
        before = ground.state()
        stale = await ground.ask(verb, **arguments)
        owner.execute("update private.confirmations set expires_at = now() where id = %s", (stale,))
        altered = {"hold": {"listing_id": two}, "share": {"contact": {"name": "Robin Sample"}}}.get(
            verb, {"listing_id": two}
        )
        tokens = {
            "missing": (None, "confirmation_needed"),
            "invented": (str(uuid4()), "confirmation_mismatch"),
            "stale": (stale, "confirmation_stale"),
            "of another conversation": (
                await ground.ask(verb, token, session, **arguments),
                "confirmation_mismatch",
            ),
            "for something else": (await ground.ask(verb, **altered), "confirmation_mismatch"),
        }
        for which, (yes, code) in tokens.items():
            answer = await ground.act(path, body | {"confirmation": yes})
            assert (answer.status_code, answer.json()["code"]) == (409, f"policy.{code}"), (
                verb,
                which,
                answer.text,
            )
        assert ground.state() == before, verb
        good = await ground.ask(verb, **arguments)
        done = await ground.act(path, body | {"confirmation": good})
        assert done.status_code == 200, (verb, done.text)
        if verb not in ("hold", "share"):
            before = ground.state()
            again = await ground.act(path, body | {"confirmation": good})
            assert again.json()["code"] == "policy.confirmation_used"
            assert ground.state() == before
    refused = owner.execute(
        "select count(*) as n from public.receipts where session_id = %s and verdict = 'deny'",
        (ground.session,),
    ).fetchone()
    assert refused == {"n": 5 * len(verbs) + len(verbs) - 2}  # each refusal has its receipt
