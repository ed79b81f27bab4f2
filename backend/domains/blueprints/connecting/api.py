"""What an API description says, in one neutral form for OpenAPI 3.0, 3.1, Swagger 2.0 and pasted requests. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit

from backend.domains.blueprints.connecting.schemas import Schemas, Shape


def parts_of(url: str) -> SplitResult:
    """An address taken apart; empty where it is none."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an operation. `value` is what is sent when nobody says otherwise."""

    name: str
    place: str  # query, header, cookie, path, body
    shape: Shape = field(default_factory=Shape)
    description: str = ""
    is_required: bool = False
    example: Any = None

    @property
    def value(self) -> str | None:
        """Default, example or first of its enumeration, as it is written into a request."""
        for value in (self.shape.default, self.example, self.shape.example, *self.shape.enum[:1]):
            if isinstance(value, bool):
                return "true" if value else "false"
            if isinstance(value, str | int | float):
                return str(value)
        return None


@dataclass(frozen=True, slots=True)
class Scheme:
    """A way to prove who asks. `type` as OpenAPI 3 names it: apiKey, http, oauth2, openIdConnect."""

    key: str
    type: str
    place: str = ""
    name: str = ""
    scheme: str = ""
    description: str = ""
    flows: Mapping[str, str] = field(default_factory=dict)  # flow -> token address
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. `response` is a schema node, `sample` an answer as it was seen or is given as an example."""

    method: str
    path: str
    operation_id: str = ""
    summary: str = ""
    tags: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    response: Any = None
    sample: Any = None
    headers: Mapping[str, str] = field(
        default_factory=dict
    )  # of the answer, lower case, with value or description
    servers: tuple[str, ...] = ()
    security: tuple[tuple[tuple[str, tuple[str, ...]], ...], ...] | None = None
    is_deprecated: bool = False
    has_body: bool = False


@dataclass(frozen=True, slots=True)
class Api:
    """A whole description. `security` holds for operations that say nothing themselves."""

    title: str
    text: str
    servers: tuple[str, ...]
    operations: tuple[Operation, ...]
    schemes: Mapping[str, Scheme]
    security: tuple[tuple[tuple[str, tuple[str, ...]], ...], ...] | None
    schemas: Schemas
