"""Reads OpenAPI 3.0, OpenAPI 3.1 and Swagger 2.0 into one neutral form. Decides nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from backend.domains.blueprints.connecting.api import Api, Operation, Parameter, Scheme, parts_of
from backend.domains.blueprints.connecting.schemas import Schemas, text

_METHODS: Final = ("get", "post", "put", "patch", "delete", "head", "options", "trace", "query")
_OPERATIONS: Final = 3_000
_TRYING: Final = re.compile(
    r"sandbox|stag|test|\bdev|develop|mock|localhost|127\.0|\bqa\b|\buat\b|demo|preview", re.I
)
_FLOWS: Final = {
    "application": "client_credentials", "clientCredentials": "client_credentials", "password": "password",
    "accessCode": "authorization_code", "authorizationCode": "authorization_code", "implicit": "implicit",
    "deviceAuthorization": "device_authorization",
}  # fmt: skip


def read_openapi(document: Mapping[str, Any]) -> Api:
    """Whatever is missing or malformed is left out; the rest is read."""
    schemas = Schemas(document)
    is_old = "swagger" in document
    info = _map(document.get("info"))
    return Api(
        title=text(info.get("title")),
        text=text(info.get("description"))[:5_000],
        servers=_hosts(document) if is_old else _servers(document.get("servers")),
        operations=tuple(_operations(document, schemas, is_old=is_old)),
        schemes=_schemes(document, schemas, is_old=is_old),
        security=_security(document.get("security")),
        schemas=schemas,
    )


def _map(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def _list(value: Any) -> Sequence[Any]:
    return cast("Sequence[Any]", value) if isinstance(value, list) else ()


def _servers(value: Any) -> tuple[str, ...]:
    """Addresses, production first; variables filled with their defaults."""
    found: list[tuple[bool, int, str]] = []
    for at, server in enumerate(_list(value)):
        url = text(_map(server).get("url")).strip()
        for name, variable in _map(_map(server).get("variables")).items():
            known = _map(variable)
            choice = known.get("default", next(iter(_list(known.get("enum"))), ""))
            url = url.replace("{" + name + "}", str(choice))
        if url and "{" not in url and (_based(url) or url == "/"):
            trying = _TRYING.search(f"{url} {text(_map(server).get('description'))}") is not None
            found.append((trying, at, _based(url)))
    return tuple(url for _, _, url in sorted(found, key=lambda each: each[:2]))


def _based(url: str) -> str:
    if url.startswith("//"):
        url = f"https:{url}"
    parts = parts_of(url)
    if parts.scheme in ("http", "https"):
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"
    return "/" + url.strip("/") if url.strip("/") and ":" not in url else ""


def _hosts(document: Mapping[str, Any]) -> tuple[str, ...]:
    host, base = text(document.get("host")).strip("/"), text(document.get("basePath")).strip("/")
    schemes = [text(each) for each in _list(document.get("schemes"))]
    scheme = "http" if schemes and "https" not in schemes else "https"
    path = f"/{base}" if base else ""
    return (f"{scheme}://{host}{path}",) if host else ((path,) if path else ())


def _operations(document: Mapping[str, Any], schemas: Schemas, *, is_old: bool) -> Iterator[Operation]:
    left = _OPERATIONS
    for path, given in _map(document.get("paths")).items():
        item = schemas.follow(given)[0]
        for method in _METHODS:
            if isinstance(item.get(method), dict) and (left := left - 1) >= 0:
                yield _operation(document, path, method, item, schemas, is_old=is_old)


def _operation(
    document: Mapping[str, Any],
    path: str,
    method: str,
    item: Mapping[str, Any],
    schemas: Schemas,
    *,
    is_old: bool,
) -> Operation:
    known = _map(item[method])
    answer = _answer(known, schemas)
    schema, sample = _content(answer, schemas, is_old=is_old)
    named = {
        (p.name, p.place): p for each in (item, known) for p in _parameters(each, schemas, is_old=is_old)
    }
    body = schemas.follow(known.get("requestBody"))[0]
    parameters = [*named.values(), *_body_parameters(body, schemas)]
    headers = {
        name.lower(): text(schemas.follow(each)[0].get("description")) or name
        for name, each in _map(answer.get("headers")).items()
    }
    return Operation(
        method=method.upper(),
        path=path if path.startswith("/") else f"/{path}",
        operation_id=text(known.get("operationId")),
        summary=" ".join(filter(None, (text(known.get("summary")), text(known.get("description")))))[:2_000],
        tags=tuple(text(tag) for tag in _list(known.get("tags"))),
        parameters=tuple(parameters),
        response=schema,
        sample=sample,
        headers=headers,
        servers=_servers(known.get("servers")) or _servers(item.get("servers")),
        security=_security(known.get("security")),
        is_deprecated=known.get("deprecated") is True,
        has_body=bool(body) or any(p.place == "body" for p in parameters),
    )


def _parameters(holder: Mapping[str, Any], schemas: Schemas, *, is_old: bool) -> Iterator[Parameter]:
    for each in _list(holder.get("parameters")):
        known = schemas.follow(each)[0]
        place, name = text(known.get("in")), text(known.get("name"))
        if place == "body":
            yield from _fields(known.get("schema"), schemas)
        elif name:
            shape = schemas.shape(known if is_old else known.get("schema"))
            yield Parameter(
                name, place, shape, text(known.get("description"))[:600], known.get("required") is True,
                known.get("example", known.get("x-example")),
            )  # fmt: skip


def _body_parameters(body: Mapping[str, Any], schemas: Schemas) -> Iterator[Parameter]:
    schema = next(
        (_map(media).get("schema") for kind, media in _map(body.get("content")).items() if "json" in kind),
        None,
    )
    yield from _fields(schema, schemas)


def _fields(schema: Any, schemas: Schemas) -> Iterator[Parameter]:
    for name, each in schemas.shape(schema).properties.items() if schema is not None else ():
        shape = schemas.shape(each)
        yield Parameter(name, "body", shape, shape.description)


def _answer(operation: Mapping[str, Any], schemas: Schemas) -> Mapping[str, Any]:
    """The answer of success: 200 before other 2xx, then what is given for any."""
    answers = _map(operation.get("responses"))
    order = [
        "200",
        *sorted(code for code in answers if code != "200" and code.upper().startswith("2")),
        "default",
    ]
    return next((schemas.follow(answers[code])[0] for code in order if code in answers), {})


def _content(answer: Mapping[str, Any], schemas: Schemas, *, is_old: bool) -> tuple[Any, Any]:
    """Schema and example of the JSON body."""
    if is_old:
        examples = _map(answer.get("examples"))
        return answer.get("schema"), next((e for kind, e in examples.items() if "json" in kind), None)
    content = _map(answer.get("content"))
    kind = next(
        (kind for kind in content if "json" in kind.lower()), next((k for k in content if k == "*/*"), None)
    )
    media = _map(content.get(kind)) if kind else {}
    example = media.get("example")
    if example is None:
        named = (schemas.follow(each)[0] for each in _map(media.get("examples")).values())
        example = next((each["value"] for each in named if "value" in each), None)
    return media.get("schema"), example


def _security(value: Any) -> tuple[tuple[tuple[str, tuple[str, ...]], ...], ...] | None:
    if not isinstance(value, list):
        return None
    return tuple(
        tuple((name, tuple(str(scope) for scope in _list(scopes))) for name, scopes in _map(each).items())
        for each in cast("list[Any]", value)
    )


def _schemes(document: Mapping[str, Any], schemas: Schemas, *, is_old: bool) -> Mapping[str, Scheme]:
    holder = document if is_old else _map(document.get("components"))
    found: dict[str, Scheme] = {}
    for key, each in _map(holder.get("securityDefinitions" if is_old else "securitySchemes")).items():
        known = schemas.follow(each)[0]
        kind, scheme = text(known.get("type")), text(known.get("scheme")).lower()
        if kind == "basic":
            kind, scheme = "http", "basic"
        flows, scopes = _flows(known)
        place, name = text(known.get("in")), text(known.get("name"))
        found[key] = Scheme(key, kind, place, name, scheme, text(known.get("description")), flows, scopes)
    return found


def _flows(known: Mapping[str, Any]) -> tuple[Mapping[str, str], tuple[str, ...]]:
    flows = _map(known.get("flows")) or ({text(known.get("flow")): known} if known.get("flow") else {})
    tokens = {_FLOWS.get(name, name): text(_map(flow).get("tokenUrl")) for name, flow in flows.items()}
    machine = next(
        (_map(flow) for name, flow in flows.items() if _FLOWS.get(name) == "client_credentials"), {}
    )
    return tokens, tuple(_map(machine.get("scopes")))
