"""What a connector proves itself with, laid where its plan says. Pure; never logged, never part of a plan."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, cast

from backend.core.errors import InvalidInput
from backend.domains.blueprints.connecting.plan import Auth, Plan

_NAMES = ("value", "username", "password", "client_id", "client_secret")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the seller gave. `value` is a key or token; `others` are values of further keys by their name."""

    value: str = field(default="", repr=False)
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    client_id: str = field(default="", repr=False)
    client_secret: str = field(default="", repr=False)
    others: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Signed:
    """Secrets by where they go."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    cookies: Mapping[str, str] = field(default_factory=dict, repr=False)


def read_credentials(given: Mapping[str, Any]) -> Credentials:
    """Raises: InvalidInput `blueprints.bad_credentials` (name) for what is unknown, no text or no header."""
    for name, value in given.items():
        is_map = name == "others" and isinstance(value, Mapping)
        texts: list[Any] = list(cast("Mapping[str, Any]", value).values()) if is_map else [value]
        is_plain = name in ("username", "password") or all(
            isinstance(text, str) and text.isascii() for text in texts
        )
        is_known = name in _NAMES or is_map
        if not is_known or not is_plain or not all(_is_sound(text) for text in texts):
            raise InvalidInput("blueprints.bad_credentials", name=str(name)[:60])
    return Credentials(**given)


def credentials_to_json(credentials: Credentials) -> dict[str, Any]:
    """For sealing only."""
    return {name: value for name, value in asdict(credentials).items() if value}


def _is_sound(text: Any) -> bool:
    """What a header can hold. Names and passwords of people may be in any script: they are sent in base64."""
    return isinstance(text, str) and len(text) <= 8_000 and text.isprintable()


def sign(plan: Plan, credentials: Credentials, *, token: str = "") -> Signed:
    """Raises: InvalidInput `blueprints.credentials_missing` (needs)."""
    headers: dict[str, str] = {}
    query: dict[str, str] = {}
    cookies: dict[str, str] = {}
    for at, auth in enumerate((plan.auth, *plan.extra_auth)):
        place, name, value = _one(auth, credentials, token, is_first=at == 0)
        {"header": headers, "query": query, "cookie": cookies, "": {}}[place][name] = value
    return Signed(headers, query, cookies)


def _one(auth: Auth, credentials: Credentials, token: str, *, is_first: bool) -> tuple[str, str, str]:
    if auth.type == "none":
        return "", "", ""
    if auth.type == "oauth2":
        return "header", "Authorization", f"Bearer {_needed(token or credentials.value, 'token')}"
    if auth.type == "http" and auth.scheme == "basic":
        return (
            "header",
            "Authorization",
            basic(_needed(credentials.username, "username"), credentials.password),
        )
    value = credentials.others.get(auth.name) or (credentials.value if is_first or not auth.name else "")
    if auth.type == "http":
        return "header", "Authorization", f"Bearer {_needed(value, 'value')}"
    value = _needed(value, "value" if is_first else auth.name)
    prefix = "" if auth.prefix and value.lower().startswith(auth.prefix.lower()) else auth.prefix
    return auth.place or "header", auth.name, prefix + value


def _needed(value: str, name: str) -> str:
    if not value:
        raise InvalidInput("blueprints.credentials_missing", needs=name)
    return value


def basic(user: str, password: str) -> str:
    """Source: RFC 7617."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def token_form(auth: Auth, credentials: Credentials) -> tuple[dict[str, str], dict[str, str]]:
    """Form and headers of the request for a token, the client in the header as the standard prefers. Source: RFC 6749, 4.4.

    Raises: InvalidInput `blueprints.credentials_missing` (needs).
    """
    client = _needed(credentials.client_id, "client_id"), _needed(credentials.client_secret, "client_secret")
    form = {"grant_type": "client_credentials"} | ({"scope": " ".join(auth.scopes)} if auth.scopes else {})
    return form, {"Authorization": basic(*client)}
