"""Passwords and one-time codes cannot be guessed: tries are limited per address, per client and per code."""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
from collections import Counter
from pathlib import Path

import httpx
import pytest
from supabase import AsyncClient
from supabase_auth.errors import AuthApiError

from backend.local import Layout, Stack, free_layout_ports
from backend.local.node import GATEWAY, node
from tests.local.conftest import PASSWORD, address, code_for

VERIFY = "/auth/v1/verify"
TOKEN = "/auth/v1/token?grant_type=password"


@pytest.fixture
async def email(admin: AsyncClient) -> str:
    """The address of somebody with a password."""
    known = address()
    await admin.auth.admin.create_user({"email": known, "password": PASSWORD, "email_confirm": True})
    return known


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


async def fail(http: httpx.AsyncClient, email: str, times: int, **headers: str) -> list[int]:
    """What each of so many wrong passwords is answered."""
    body = {"email": email, "password": "wrong password"}
    return [(await http.post(TOKEN, json=body, headers=headers)).status_code for _ in range(times)]


async def test_passwords_of_an_address_are_limited_even_the_right_one(
    http: httpx.AsyncClient, anon: AsyncClient, email: str
) -> None:
    assert await fail(http, email, 11) == [400] * 10 + [429]
    with pytest.raises(AuthApiError) as refused:
        await anon.auth.sign_in_with_password({"email": email, "password": PASSWORD})
    assert (refused.value.status, refused.value.code) == (429, "over_request_rate_limit")
    answer = await http.post(TOKEN, json={"email": email.upper(), "password": PASSWORD})
    assert answer.json().keys() == {"code", "error_code", "message"}
    assert 500 < int(answer.headers["retry-after"]) <= 600


async def test_tries_at_the_same_time_count_too(http: httpx.AsyncClient, email: str) -> None:
    body = {"email": email, "password": "wrong password"}
    answers = await asyncio.gather(*(http.post(TOKEN, json=body) for _ in range(25)))
    assert Counter(answer.status_code for answer in answers) == {400: 10, 429: 15}


async def test_success_clears_the_count(http: httpx.AsyncClient, anon: AsyncClient, email: str) -> None:
    for _ in range(2):
        assert await fail(http, email, 9) == [400] * 9
        assert (await anon.auth.sign_in_with_password({"email": email, "password": PASSWORD})).session


async def test_codes_and_passwords_share_the_limit_and_a_new_code_does_not_lift_it(
    stack: Stack, http: httpx.AsyncClient, anon: AsyncClient, email: str
) -> None:
    await fail(http, email, 6)
    await anon.auth.sign_in_with_otp({"email": email})
    body = {"email": email, "token": wrong(code_for(stack, email)), "type": "email"}
    assert [(await http.post(VERIFY, json=body)).status_code for _ in range(5)] == [403] * 4 + [429]
    await anon.auth.sign_in_with_otp({"email": email})
    with pytest.raises(AuthApiError) as refused:
        await anon.auth.verify_otp({"email": email, "token": code_for(stack, email), "type": "email"})
    assert refused.value.status == 429


async def test_a_code_is_void_after_five_wrong_tries_and_the_next_is_good(
    stack: Stack, http: httpx.AsyncClient, anon: AsyncClient, email: str
) -> None:
    await anon.auth.sign_in_with_otp({"email": email})
    code = code_for(stack, email)
    for _ in range(5):
        await http.post(VERIFY, json={"email": email, "token": wrong(code), "type": "email"})
    right = await http.post(VERIFY, json={"email": email, "token": code, "type": "email"})
    assert (right.status_code, right.json()["error_code"]) == (403, "otp_expired")
    await anon.auth.sign_in_with_otp({"email": email})
    answer = await anon.auth.verify_otp({"email": email, "token": code_for(stack, email), "type": "email"})
    assert answer.session


async def test_a_code_is_not_tried_under_another_address(
    stack: Stack, http: httpx.AsyncClient, anon: AsyncClient, email: str
) -> None:
    """The digest of "ab" and "c" is that of "a" and "bc"."""
    await anon.auth.sign_in_with_otp({"email": email})
    shifted = {"email": email[:-1], "token": email[-1] + code_for(stack, email), "type": "email"}
    assert (await http.post(VERIFY, json=shifted)).status_code == 403


async def test_a_client_is_limited_across_addresses_by_its_last_hop(http: httpx.AsyncClient) -> None:
    hops = {"x-forwarded-for": "198.51.100.1, 203.0.113.7"}
    answers = [(await fail(http, address(), 1, **hops))[0] for _ in range(61)]
    assert answers == [400] * 60 + [429]
    forged = {"x-forwarded-for": "198.51.100.99, 203.0.113.7"}
    assert await fail(http, address(), 1, **forged) == [429]
    assert await fail(http, address(), 1, **{"x-forwarded-for": "203.0.113.7, 203.0.113.8"}) == [400]
    assert await fail(http, address(), 1) == [400]


async def test_the_limits_are_not_passed_by_under_another_spelling(http: httpx.AsyncClient) -> None:
    for path in ("/auth/v1/%76erify", "/%61uth/v1/verify", "/auth/v1/t%6Fken?grant_type=password"):
        answer = await http.post(path, json={"email": address(), "password": PASSWORD})
        assert answer.status_code == 404, path


async def test_links_are_limited_as_codes_are_until_the_window_ends(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token of a link is a digest of address and code, which a guesser can make."""
    monkeypatch.setenv("MPAX_AUTH_TRIES_PER_CLIENT", "3")
    monkeypatch.setenv("MPAX_AUTH_TRIES_WINDOW_S", "3")
    async with (
        Stack(Layout(home, *free_layout_ports()), only=["gateway"], migrations=False) as stack,
        httpx.AsyncClient(base_url=stack.keys.url, headers={"apikey": stack.keys.publishable}) as http,
    ):
        answers = list[int]()
        for number in range(4):
            guess = hashlib.sha256(f"somebody@example.com{number:06d}".encode()).hexdigest()
            body = {"email": address(), "token_hash": guess, "type": "email"}
            answers.append((await http.post(VERIFY, json=body)).status_code)
        assert answers == [403] * 3 + [429]
        link = {"token": "0" * 64, "type": "magiclink"}
        assert (await http.get(VERIFY, params=link)).status_code == 429
        await asyncio.sleep(3)
        assert (await http.get(VERIFY, params=link)).status_code == 303


def test_windows_end_and_memory_is_bounded() -> None:
    script = """
      import assert from 'node:assert/strict'
      import { Tries } from './limits.mjs'
      const tries = new Tries(2, 10, 100)
      assert.deepEqual([0, 1000, 2500, 9999].map(now => tries.take('a', now)), [0, 0, 8, 1])
      assert.equal(tries.take('a', 10_000), 0)
      tries.giveBack('a'); tries.giveBack('a'); tries.giveBack('never seen')
      assert.deepEqual([1, 2, 3].map(() => tries.take('a', 10_001) > 0), [false, false, true])
      for (let i = 0; i < 1000; i++) tries.take(`flood ${i}`, 10_002)
      assert.ok(tries.size <= 100)
      assert.ok(tries.isSpent('a'))
      for (let i = 0; i < 1000; i++) { tries.take(`spent ${i}`, 10_003); tries.take(`spent ${i}`, 10_003) }
      assert.ok(tries.size <= 100)
    """
    command = [str(node()), "--input-type=module", "-e", script]
    done = subprocess.run(command, cwd=GATEWAY, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
