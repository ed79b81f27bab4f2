"""What an API asks for before it answers: from a description, or from where secrets stood in a pasted request. Pure.

No secret is ever returned, only its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from urllib.parse import urljoin

from backend.domains.blueprints.connecting.api import Api, Operation, Scheme, parts_of
from backend.domains.blueprints.connecting.curl import Request
from backend.domains.blueprints.connecting.plan import Auth, Reason
from backend.domains.blueprints.model import Evidence

_SECRET_NAME: Final = re.compile(
    r"(?:^|[-_. ])(?:key|token|secret|auth|apikey|appid|password|passwd|pwd|jwt|signature|credential)s?(?:[-_. ]id)?$"
    r"|^(?:authorization|api_?key|x-?auth|x-functions-key|access_?key|access_?token|app_?id|app_?key|auth_?key|auth_?token"
    r"|session_?id|session|sid|client[-_]?id|client_?token|subscription-key|user_?token|security_?token|api_?token|license_?key)$"
    r"|^x-[\w-]*(?:key|token|secret|auth)[\w-]*$",
    re.I,
)
_NO_SECRET: Final = re.compile(
    r"^(?:(?:page|next|continuation|next[-_]?page|skip|sync)[-_]?token|cursor|csrf.*|xsrf.*|\$skiptoken"
    r"|(?:sort|idempotency|partition|start|order|group|foreign|primary|key[-_]?words?)[-_]?key|key[-_]?words?)$",
    re.I,
)
_MASK: Final = re.compile(
    r"\*{3,}|•{3,}|x{5,}|<[^>]+>|\$\{?[A-Za-z_]+\}?|\{\{?[^}]+\}?\}|\[[A-Z_ ]+\]|your[-_ ]|redacted|secret|hidden|\.\.\.|…"
    r"|%[A-Z_]+%|MY_",
    re.I,
)
_PREFIX: Final = re.compile(
    r"\bprefix\W+(?:\w+\W+)?(Bearer|Token|ApiKey|JWT)\b|\b(Bearer|Token|ApiKey|JWT)\s+[<{\[\"'`*]?(?:\w*key|\w*token|[A-Z0-9*x.{<])"
)
_PLAIN_HEADERS: Final = frozenset({
    "accept", "content-type", "user-agent", "accept-language", "accept-encoding", "host", "referer", "origin", "connection",
    "cache-control", "pragma", "cookie", "dnt", "content-length", "if-none-match", "if-modified-since", "x-requested-with",
})  # fmt: skip


def is_secret(name: str, value: str = "") -> bool:
    """Whether a header, a parameter or a cookie of that name carries a credential."""
    if name.lower() in _PLAIN_HEADERS or _NO_SECRET.match(name):
        return False
    return _SECRET_NAME.search(_spelled(name)) is not None or (
        bool(value) and _MASK.search(value) is not None
    )


def _spelled(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name)


def auth_of_request(request: Request) -> tuple[tuple[Auth, ...], Reason]:
    """From where the secrets of a curl command stood."""
    found: list[Auth] = []
    if request.has_user:
        found.append(Auth(type="http", scheme="basic"))
    if request.has_bearer:
        found.append(Auth(type="http", scheme="bearer"))
    for name, value in request.headers:
        if name.lower() == "authorization":
            found.append(_authorization(value))
        elif is_secret(name, value):
            found.append(Auth(type="api_key", place="header", name=name))
    found += [
        Auth(type="api_key", place="query", name=name)
        for name, value in request.query
        if is_secret(name, value)
    ]
    if not found:
        found += [
            Auth(type="api_key", place="cookie", name=name)
            for name, value in request.cookies
            if is_secret(name, value)
        ]
    text = ", ".join(_told(auth) for auth in found) or "the request carries no credentials"
    return tuple(dict.fromkeys(found)), Reason(
        "auth", 0.95 if found else 0.7, (Evidence("document", text, 1.0),)
    )


def _authorization(value: str) -> Auth:
    scheme, _, rest = value.strip().partition(" ")
    if scheme.lower() in ("bearer", "basic"):
        return Auth(type="http", scheme=scheme.lower())
    prefix = f"{scheme} " if rest.strip() and re.fullmatch(r"[A-Za-z][\w-]{1,30}", scheme) else ""
    return Auth(type="api_key", place="header", name="Authorization", prefix=prefix)


def _told(auth: Auth) -> str:
    return (
        f"{auth.name} in the {auth.place}"
        if auth.type == "api_key"
        else " ".join(filter(None, (auth.type, auth.scheme, auth.flow)))
    )


def auth_of_operation(api: Api, operation: Operation, base_url: str) -> tuple[tuple[Auth, ...], Reason]:
    """From the requirement of an operation, the one a machine can meet; the first is what the plan names."""
    required = operation.security if operation.security is not None else api.security
    if required is not None:
        choices = [_met(api.schemes, each, base_url) for each in required if each]
        usable = [choice for choice in choices if choice is not None]
        if usable:
            best = min(usable, key=lambda choice: max(_effort(auth) for auth in choice))
            return best, _reason(best, 0.97 if len(usable) == 1 else 0.85, "the operation requires it")
        if not choices and (operation.security is not None or any(not each for each in required)):
            return (), _reason((), 0.9, "the operation requires nothing")
    named = _from_parameters(operation)
    if named:
        return named, _reason(named, 0.85, "the operation has a parameter for it")
    offered = [met for key in api.schemes if (met := _met(api.schemes, ((key, ()),), base_url)) is not None]
    if offered and required is None:
        best = min(offered, key=lambda choice: max(_effort(auth) for auth in choice))
        return best, _reason(best, 0.7, "it is described, although no operation requires it")
    return (), _reason((), 0.75, "nothing is said of credentials")


def _reason(auths: Sequence[Auth], confidence: float, text: str) -> Reason:
    told = ", ".join(_told(auth) for auth in auths) or "none"
    return Reason("auth", confidence, (Evidence("document", f"{told}: {text}", 1.0),))


def _effort(auth: Auth) -> int:
    """What a machine meets at once comes before what needs a person in a browser."""
    return (
        2
        if auth.type == "oauth2" and auth.flow not in ("client_credentials", "")
        else 0
        if auth.place != "cookie"
        else 1
    )


def _met(
    schemes: Mapping[str, Scheme], required: Iterable[tuple[str, tuple[str, ...]]], base: str
) -> tuple[Auth, ...] | None:
    auths = tuple(_auth(schemes[key], scopes, base) for key, scopes in required if key in schemes)
    return auths if auths and all(auth is not None for auth in auths) else None  # type: ignore[return-value]


def _auth(scheme: Scheme, scopes: Sequence[str], base: str) -> Auth | None:
    if scheme.type == "apiKey" and scheme.place in ("header", "query", "cookie") and scheme.name:
        return Auth(type="api_key", place=scheme.place, name=scheme.name, prefix=_prefix(scheme))  # type: ignore[arg-type]
    if scheme.type == "http" and scheme.scheme in ("basic", "bearer"):
        return Auth(type="http", scheme=scheme.scheme)
    if scheme.type == "http" and scheme.scheme:
        return Auth(type="api_key", place="header", name="Authorization", prefix=f"{scheme.scheme.title()} ")
    if scheme.type == "oauth2" and scheme.flows:
        flow = min(scheme.flows, key=lambda name: (name != "client_credentials", not scheme.flows[name]))
        if flow != "client_credentials" and not scheme.flows[flow]:
            return Auth(type="http", scheme="bearer")
        url = absolute(scheme.flows[flow], base)
        return Auth(type="oauth2", flow=flow, token_url=url, scopes=tuple(scopes) or scheme.scopes)
    return Auth(type="http", scheme="bearer") if scheme.type in ("openIdConnect", "oauth2") else None


def _prefix(scheme: Scheme) -> str:
    """What stands before a key in the header for authorization, where the description shows it."""
    if scheme.name.lower() != "authorization":
        return ""
    found = _PREFIX.search(scheme.description)
    return f"{next(group for group in found.groups() if group)} " if found else ""


def absolute(url: str, base: str) -> str:
    """An address as the description's server completes it."""
    if not url or parts_of(url).scheme:
        return url
    return urljoin(f"{base.rstrip('/')}/", url)


def _from_parameters(operation: Operation) -> tuple[Auth, ...]:
    found: list[Auth] = []
    for each in operation.parameters:
        if each.place not in ("header", "query", "cookie") or not is_secret(each.name):
            continue
        if each.place == "header" and each.name.lower() == "authorization":
            said = f"{each.description} {each.example or ''}"
            found.append(
                Auth(type="http", scheme="basic" if re.search(r"\bbasic\b", said, re.I) else "bearer")
            )
        else:
            found.append(Auth(type="api_key", place=each.place, name=each.name))  # type: ignore[arg-type]
    return tuple(found)


def token_request(request: Request) -> Auth | None:
    """What a pasted request for a token says; None where it asks for something else."""
    pairs = {**dict(request.form), **{key: str(value) for key, value in (request.body or {}).items()}}
    if request.method != "POST" or "grant_type" not in pairs:
        return None
    return Auth(
        type="oauth2",
        flow=pairs["grant_type"],
        token_url=request.url,
        scopes=tuple(pairs.get("scope", "").split()),
    )
