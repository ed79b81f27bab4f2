"""A pasted request with its answer, or an answer alone, as an API of one operation. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from backend.domains.blueprints.connecting.api import Api, Operation, Parameter
from backend.domains.blueprints.connecting.auth import auth_of_request, is_secret, token_request
from backend.domains.blueprints.connecting.choosing import likeness
from backend.domains.blueprints.connecting.curl import Pasted, Request
from backend.domains.blueprints.connecting.paging import plain
from backend.domains.blueprints.connecting.plan import Auth, Reason
from backend.domains.blueprints.connecting.records import implied, lists_of_records
from backend.domains.blueprints.connecting.schemas import Schemas, Shape
from backend.domains.blueprints.connecting.words import PLUMBING
from backend.domains.blueprints.model import Evidence

_SENT_HEADERS = frozenset({"accept", "accept-language", "content-type"})


def api_of_sample(name: str, sample: Any) -> Api:
    """An answer of which nobody said where it comes from."""
    operation = Operation("GET", "", response=implied(sample), sample=sample)
    return Api(name, "", (), (operation,), {}, None, Schemas({}))


def api_of_pasted(name: str, pasted: Sequence[Pasted]) -> tuple[Api, Pasted, tuple[tuple[Auth, ...], Reason]]:
    """The request whose answer is most like a list of listings; a request for a token says how it signs in."""
    asked = [
        each for each in pasted if each.request is not None and token_request(each.request) is None
    ] or list(pasted)
    best = max(asked, key=_worth)
    request = best.request or Request()
    parts = urlsplit(request.url)
    operation = Operation(
        method=request.method or "GET",
        path=parts.path or "/",
        parameters=tuple(_parameters(request)),
        response=implied(best.answer) if best.answer is not None else None,
        sample=best.answer,
        headers=best.headers,
        has_body=request.body is not None,
    )
    base = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    prose = "\n".join(each.prose for each in pasted)
    api = Api(name, prose, (base,) if base else (), (operation,), {}, None, Schemas({}))
    auths, reason = auth_of_request(request)
    tokens = [
        auth
        for each in pasted
        if each.request is not None and (auth := token_request(each.request)) is not None
    ]
    if tokens:
        evidence = (Evidence("document", f"a token is fetched from {tokens[0].token_url}", 1.0),)
        rest = tuple(auth for auth in auths if auth.type != "http")
        auths, reason = (tokens[0], *rest), Reason("auth", 0.95, evidence)
    return api, best, (auths, reason)


def _worth(pasted: Pasted) -> float:
    if pasted.answer is None:
        return -1.0
    found = lists_of_records(implied(pasted.answer), Schemas({}))
    return max((likeness(each) for each in found), default=0.0)


def _parameters(request: Request) -> list[Parameter]:
    """What the request sent, without secrets."""
    sent = [
        Parameter(key, "query", _shape(value), example=value)
        for key, value in request.query
        if not is_secret(key, value)
    ]
    body = [
        Parameter(key, "body", _shape(value), example=value)
        for key, value in (request.body or {}).items()
        if not is_secret(key)
    ]
    return sent + body


def _shape(value: Any) -> Shape:
    is_number = isinstance(value, int) or (isinstance(value, str) and value.isdigit())
    return Shape(type="integer" if is_number else "string")


def sent_query(request: Request) -> dict[str, str]:
    """What every request repeats: all of the query but secrets and the place in the list."""
    return {
        key: value for key, value in request.query if not is_secret(key, value) and plain(key) not in PLUMBING
    }


def sent_body(request: Request) -> dict[str, Any] | None:
    if request.body is None:
        return None
    return {
        key: value for key, value in request.body.items() if not is_secret(key) and plain(key) not in PLUMBING
    }


def sent_headers(request: Request) -> dict[str, str]:
    """What the API may need to answer as it did: kinds of content, its version; no secrets, no traces of a browser."""
    kept: dict[str, str] = {}
    for name, value in request.headers:
        low = name.lower()
        if not value.isascii() or not value.isprintable():
            continue
        if low in _SENT_HEADERS or (low.startswith(("x-", "api-")) and "version" in low):
            kept[name] = value[:500]
    return {name: value for name, value in kept.items() if not is_secret(name, value)}
