"""What is too large, too deep or no text is refused with the name of the field, and holds nobody else up."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from backend.api.application import build_api
from backend.core.ports import Ports
from backend.core.settings import Settings
from backend.flows.runtime import Runtime
from tests.services.events.conftest import SALE, Desk, desk

__all__ = ["desk"]

EVENT = "/api/v1/configs/spring-sale"
Client = Callable[[str], httpx.AsyncClient]


@pytest.fixture
async def client(desk: Desk, settings: Settings, ports: Ports) -> AsyncIterator[Client]:
    """The API in this process, asked by one of the seller's people."""
    runtime = Runtime(settings, ports)
    await runtime.database.open()
    app = build_api(runtime)

    def asked_by(persona: str) -> httpx.AsyncClient:
        token = secrets.token_urlsafe(16)
        desk.owner.execute(
            "insert into private.web_sessions (token_sha256, user_id, expires_at) values (%s, %s, now() + interval '1 hour')",
            (hashlib.sha256(token.encode()).digest(), desk.world.users[persona]),
        )
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://test", cookies={"mpax_session": token})

    yield asked_by
    await runtime.database.close()


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = {"a": value}
    return value


def blamed(answer: httpx.Response) -> str:
    """The field that a refusal names."""
    assert answer.status_code == 422, answer.text
    body = answer.json()
    assert body["code"] == "core.invalid_request", body
    return body["facts"]["problems"][0]["where"]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/branches/staging/commits", {"yaml_content": SALE % 30, "based_on": 2**31 - 1}, "based_on"),
        ("/branches", {"branch_name": "staging", "base_version": 2**31}, "base_version"),
        ("/rollback", {"target_version": 10**30, "reason": "r"}, "target_version"),
        ("/versions/compare", {"version_a": 1, "version_b": 2**31}, "version_b"),
        ("/preview", {"changes": nested(900)}, "changes"),
        ("/preview", {"changes": {"/flags": {f"f{n}": True for n in range(501)}}}, "changes"),
        ("/branches/staging/merge", {"resolutions": {"/a": {"value": [0] * 501}}}, "resolutions"),
        ("/branches/staging/merge", {"resolutions": {"/a": {"value": nested(40)}}}, "resolutions"),
    ],
)
async def test_what_is_too_large_is_named(
    client: Client, path: str, body: dict[str, Any], field: str
) -> None:
    assert f"body.{field}" in blamed(await client("operator").post(EVENT + path, json=body))


async def test_a_revision_is_no_larger_than_a_row_can_count(client: Client) -> None:
    operator = client("operator")
    draft = (await operator.post(f"{EVENT}/drafts", json={"yaml_content": SALE % 30})).json()
    path = f"/api/v1/configs/drafts/{draft['draft_id']}/submit"
    assert "revision" in blamed(await operator.post(path, json={"revision": 2**31}))
    assert "version" in blamed(await operator.get(EVENT, params={"version": 2**31}))
    assert (await operator.post(path, json={"revision": 2**31 - 2})).json()["code"] == "events.draft_stale"


async def test_a_document_that_is_no_text_is_refused_with_its_place(client: Client) -> None:
    answer = await client("operator").post(f"{EVENT}/drafts", json={"yaml_content": (SALE % 30) + "# \0\n"})
    assert (answer.status_code, answer.json()["code"]) == (422, "events.invalid_document"), answer.text
    assert answer.json()["facts"]["problems"][0]["code"] == "syntax"


async def test_a_name_that_is_no_text_is_nobodys(client: Client) -> None:
    answer = await client("operator").get("/api/v1/configs/spring%00sale")
    assert (answer.status_code, answer.json()["code"]) == (404, "events.not_found")


async def test_who_may_not_read_configuration_sees_no_permissions_and_no_flags(
    client: Client, desk: Desk
) -> None:
    desk.allow("viewer", view_config=False)
    viewer, organization = client("viewer"), desk.world.seller
    for path in (
        f"permissions?organization_id={organization}",
        f"organizations/{organization}/flags",
        f"organizations/{organization}/approval-policy",
    ):
        answer = await viewer.get(f"/api/v1/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "identity.no_such_organization"), path
    assert (await client("operator").get(f"/api/v1/organizations/{organization}/flags")).status_code == 200
