"""Sign-in over HTTP: password, code by mail, plain form, sign-out; and whom the doors keep out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.product import PASSWORD, Product

OPERATOR = "operator@northbay.example.com"


@contextmanager
def sign_in(api: str, email: str = OPERATOR) -> Iterator[httpx.Client]:
    """A client that carries the person's cookie."""
    with httpx.Client(base_url=api, timeout=20) as client:
        answer = client.post("/api/v1/auth/sign-in", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        yield client


def test_password_sign_in_sets_a_cookie_that_scripts_cannot_read(api: str) -> None:
    answer = httpx.post(f"{api}/api/v1/auth/sign-in", json={"email": OPERATOR, "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert "mpax_session=" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "token" not in answer.text


def test_me_names_memberships(api: str) -> None:
    with sign_in(api) as client:
        me = client.get("/api/v1/auth/me").json()
    assert me["email"] == OPERATOR
    assert me["memberships"] == [
        {"organization": "northbay", "name": "Northbay Electric", "kind": "seller", "role": "operator"}
    ]


@pytest.mark.parametrize(("email", "password"), [(OPERATOR, "wrong"), ("nobody@example.com", PASSWORD)])
def test_wrong_and_unknown_look_the_same(api: str, email: str, password: str) -> None:
    answer = httpx.post(f"{api}/api/v1/auth/sign-in", json={"email": email, "password": password})
    assert answer.status_code == 401
    assert answer.json()["code"] == "identity.wrong_credentials"
    assert "set-cookie" not in answer.headers


def test_a_code_by_mail_signs_in_once(api: str, product: Product) -> None:
    email = "viewer@northbay.example.com"
    assert httpx.post(f"{api}/api/v1/auth/code", json={"email": email}).status_code == 202
    mails = [m for m in httpx.get(f"{product.stack.layout.url}/_mail").json() if email in str(m["to"])]
    found = re.search(r"\b(\d{6})\b", mails[-1]["text"])
    assert found is not None
    body = {"email": email, "code": found.group(1)}
    assert httpx.post(f"{api}/api/v1/auth/code/sign-in", json=body).status_code == 200
    again = httpx.post(f"{api}/api/v1/auth/code/sign-in", json=body)
    assert again.json()["code"] == "identity.wrong_code"


def test_asking_for_a_code_does_not_tell_who_is_known(api: str, product: Product) -> None:
    before = len(httpx.get(f"{product.stack.layout.url}/_mail").json())
    answer = httpx.post(f"{api}/api/v1/auth/code", json={"email": "nobody@example.com"})
    assert (answer.status_code, answer.json()) == (202, {"sent": True})
    assert len(httpx.get(f"{product.stack.layout.url}/_mail").json()) == before


def test_sign_out_ends_the_session_not_just_the_cookie(api: str) -> None:
    with sign_in(api) as client:
        token = client.cookies["mpax_session"]
        assert client.post("/api/v1/auth/sign-out").status_code == 200
    answer = httpx.get(f"{api}/api/v1/auth/me", cookies={"mpax_session": token})
    assert (answer.status_code, answer.json()["code"]) == (401, "identity.session_over")


def test_the_plain_form_works_without_scripts(api: str) -> None:
    form = {"email": OPERATOR, "password": PASSWORD, "next": "/cockpit/events/tesla-q1-2026"}
    answer = httpx.post(f"{api}/api/v1/auth/form/password", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/cockpit/events/tesla-q1-2026")
    refused = httpx.post(f"{api}/api/v1/auth/form/password", data=form | {"password": "x"})
    assert refused.headers["location"].startswith("/sign-in?error=identity.wrong_credentials")


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_sign_in_never_redirects_elsewhere(api: str, target: str) -> None:
    answer = httpx.post(
        f"{api}/api/v1/auth/form/password", data={"email": OPERATOR, "password": PASSWORD, "next": target}
    )
    assert answer.headers["location"] == "/cockpit"


def test_a_dealer_lands_in_the_portal(api: str) -> None:
    form = {"email": "dealer@cascade.example.com", "password": PASSWORD}
    assert httpx.post(f"{api}/api/v1/auth/form/password", data=form).headers["location"] == "/dealer"


def test_another_sites_form_signs_nobody_in(api: str) -> None:
    answer = httpx.post(
        f"{api}/api/v1/auth/sign-in",
        json={"email": OPERATOR, "password": PASSWORD},
        headers={"Origin": "https://evil.example"},
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "identity.foreign_origin")


@pytest.mark.parametrize("cookie", ["", "x", "a" * 5000])
def test_a_made_up_cookie_is_nobody(api: str, cookie: str) -> None:
    answer = httpx.get(f"{api}/api/v1/auth/me", cookies={"mpax_session": cookie})
    assert answer.status_code == 401


def test_errors_have_one_shape_and_an_id(api: str) -> None:
    answer = httpx.get(f"{api}/api/v1/nothing-here", headers={"X-Request-Id": "abcdefgh-1234"})
    assert answer.json() == {"code": "core.no_such_route", "facts": {}, "request_id": "abcdefgh-1234"}
    evil = httpx.get(f"{api}/api/v1/nothing-here", headers={"X-Request-Id": "<script>"})
    assert "<script>" not in evil.text
