"""Functions served by Deno, called through the gateway."""

from __future__ import annotations

import httpx
import pytest
from supabase import AsyncClient
from supabase_functions.errors import FunctionsHttpError


async def test_the_health_function_answers(anon: AsyncClient) -> None:
    answer = await anon.functions.invoke("health", {"responseType": "json"})
    assert answer["ok"] is True
    assert answer["name"] == "mpax"


async def test_a_function_open_to_all_needs_no_key(http: httpx.AsyncClient) -> None:
    http.headers.pop("apikey")
    assert (await http.get("/functions/v1/health")).status_code == 200
    assert (await http.get("/functions/v1/other")).status_code == 401


async def test_a_missing_function_is_said_to_be_missing(anon: AsyncClient, http: httpx.AsyncClient) -> None:
    with pytest.raises(FunctionsHttpError):
        await anon.functions.invoke("nothing-here")
    missing = await http.get("/functions/v1/nothing-here")
    assert (missing.status_code, missing.json()["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("name", ["..%2f..%2fhealth", "_shared", "%00"])
async def test_odd_names_lead_nowhere(http: httpx.AsyncClient, name: str) -> None:
    assert (await http.get(f"/functions/v1/{name}")).status_code in {400, 404}
