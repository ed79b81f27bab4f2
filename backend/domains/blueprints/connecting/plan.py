"""The plan of a connector: how the listings of an API are asked for, page by page. Values, and their JSON form.

A plan holds no credentials, only where they belong. Source: `schemas/connector_plan.v1.schema.json`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, Literal, TypeAlias, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from backend.core.errors import InvalidInput
from backend.core.settings import PROJECT
from backend.domains.blueprints.model import Evidence, to_json

Place: TypeAlias = Literal["header", "query", "cookie"]
AuthType: TypeAlias = Literal["none", "api_key", "http", "oauth2"]
PageStyle: TypeAlias = Literal["none", "page", "offset", "cursor", "link_header", "next_url"]

SCHEMA: Final = "connector_plan.v1"
_FILE: Final = PROJECT / "schemas" / "connector_plan.v1.schema.json"


@dataclass(frozen=True, slots=True)
class ListOperation:
    """The one operation a connector calls. `query`, `headers` and `body` are what it always sends, no secrets."""

    method: Literal["GET", "POST"]
    path: str
    operation_id: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    path_values: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Auth:
    """Where credentials belong. `prefix` stands before the secret (`Token `); `scopes` are asked for with a token."""

    type: AuthType = "none"
    place: Place | None = None
    name: str = ""
    scheme: str = ""
    prefix: str = ""
    flow: str = ""
    token_url: str = ""
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paging:
    """How the next page is found. Paths are of the whole body; `size` is what is sent as `size_param`.

    `first_page` is where counting begins: 0 or 1; None: 1 for pages, 0 for offsets.
    """

    style: PageStyle = "none"
    page_param: str = ""
    offset_param: str = ""
    cursor_param: str = ""
    size_param: str = ""
    size: int | None = None
    first_page: int | None = None
    next_path: str = ""
    total_path: str = ""
    pages_path: str = ""
    more_path: str = ""
    last_path: str = ""
    in_body: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one part of a plan is as it is."""

    part: str
    confidence: float
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """A connector without its credentials. `extra_auth` is what the API wants beside `auth`; `open_values` are
    required parameters for which the description gives no value."""

    base_url: str
    list_operation: ListOperation
    auth: Auth
    pagination: Paging
    records_path: str
    extra_auth: tuple[Auth, ...] = ()
    open_values: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()

    @property
    def confidence(self) -> float:
        """Of the least certain part."""
        return min((reason.confidence for reason in self.reasons), default=0.0)


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """Shape: as `connector_plan.v1`; what says nothing is left out."""
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "base_url": plan.base_url,
        "list_operation": {"path": plan.list_operation.path, **_said(plan.list_operation)},
        "auth": _auth_json(plan.auth),
        "pagination": _paging_json(plan.pagination),
        "records_path": plan.records_path,
    }
    if plan.extra_auth:
        document["extra_auth"] = [_auth_json(auth) for auth in plan.extra_auth]
    if plan.open_values:
        document["open_values"] = list(plan.open_values)
    document["reasons"] = to_json(plan.reasons)
    return document


def read_plan(document: Mapping[str, Any]) -> Plan:
    """Raises: InvalidInput `blueprints.plan_invalid` (path, problem)."""
    found = best_match(_validator().iter_errors(document))  # pyright: ignore[reportUnknownMemberType]
    if found is not None:
        path = "/".join(str(part) for part in found.absolute_path) or "(top)"
        raise InvalidInput("blueprints.plan_invalid", path=path, problem=found.message[:300])
    paging = {**document["pagination"]}
    return Plan(
        base_url=document["base_url"],
        list_operation=ListOperation(**document["list_operation"]),
        auth=_read_auth(document["auth"]),
        pagination=Paging(**{"size": paging.pop("max_size", None), **paging}),
        records_path=document["records_path"],
        extra_auth=tuple(_read_auth(each) for each in document.get("extra_auth", ())),
        open_values=tuple(document.get("open_values", ())),
        reasons=tuple(_read_reason(each) for each in document.get("reasons", ())),
    )


def _said(value: Any) -> dict[str, Any]:
    plain = cast("dict[str, Any]", to_json(value))
    return {name: member for name, member in plain.items() if member not in ("", None, {}, [])}


def _auth_json(auth: Auth) -> dict[str, Any]:
    said = _said(auth)
    if "place" in said:
        said["in"] = said.pop("place")
    return said


def _read_auth(document: Mapping[str, Any]) -> Auth:
    known = {**document}
    scopes = tuple(cast("Sequence[str]", known.pop("scopes", ())))
    return Auth(place=known.pop("in", None), scopes=scopes, **known)


def _paging_json(paging: Paging) -> dict[str, Any]:
    said = _said(paging)
    if "size" in said:
        said["max_size"] = said.pop("size")
    if not paging.in_body:
        del said["in_body"]
    return said


def _read_reason(document: Mapping[str, Any]) -> Reason:
    evidence = tuple(Evidence(**each) for each in document.get("evidence", ()))
    return Reason(document["part"], document["confidence"], evidence)


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(_FILE.read_text("utf-8")))
