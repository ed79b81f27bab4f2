"""From the description of an API, or a pasted request, to the plan of a connector and what each path of a record becomes.

`propose_feed` is the one entry. Nothing is fetched: the plan is carried out by `flows.connectors`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, cast

from backend.core.errors import InvalidInput
from backend.core.ports import Embedder
from backend.domains.blueprints.connecting.api import Api, Operation
from backend.domains.blueprints.connecting.auth import auth_of_operation, is_secret
from backend.domains.blueprints.connecting.choosing import Choice, choose
from backend.domains.blueprints.connecting.curl import Pasted, Request, has_curl, read_pasted, read_sample
from backend.domains.blueprints.connecting.documents import is_description, kind_of, read_document
from backend.domains.blueprints.connecting.fields import mapping_of, propose_paths
from backend.domains.blueprints.connecting.openapi import read_openapi
from backend.domains.blueprints.connecting.paging import answer_of, find_paging, plain
from backend.domains.blueprints.connecting.pasted import (
    api_of_pasted,
    api_of_sample,
    sent_body,
    sent_headers,
    sent_query,
)
from backend.domains.blueprints.connecting.plan import (
    Auth,
    ListOperation,
    Paging,
    Plan,
    Reason,
    plan_to_json,
    read_plan,
)
from backend.domains.blueprints.connecting.records import Found, implied
from backend.domains.blueprints.connecting.words import PLUMBING
from backend.domains.blueprints.model import Evidence, FeedProposal, Remembered

__all__ = [
    "Auth",
    "ListOperation",
    "Paging",
    "Plan",
    "mapping_of",
    "plan_to_json",
    "propose_feed",
    "read_plan",
]


_TOLD: Final = -1.0  # an operation whose answer is not described is taken where its name says enough


@dataclass(frozen=True, slots=True)
class _Read:
    """A description on its way to a plan."""

    api: Api
    choice: Choice
    pasted: Pasted | None = None
    auth: tuple[tuple[Auth, ...], Reason] | None = None

    @property
    def operation(self) -> Operation:
        return self.choice.operation


def propose_feed(
    name: str, text: str, *, embedder: Embedder, remembered: Sequence[Remembered] = ()
) -> FeedProposal:
    """Blocking; call it in a thread. `text` is OpenAPI 3, Swagger 2.0, curl commands with an answer, or an answer alone.

    Raises: InvalidInput `blueprints.description_too_large`, `blueprints.description_unreadable` (problem),
    `blueprints.no_list_operation`, `blueprints.plan_invalid`.
    """
    read = _read(name, text)
    plan = _plan(read)
    document = plan_to_json(plan)
    read_plan(document)
    paths = propose_paths(
        read.choice.found, read.operation, read.api, embedder=embedder, remembered=remembered
    )
    notes = tuple(
        Evidence("document", f"{value} needs a value: the description gives none")
        for value in plan.open_values
    )
    if not plan.base_url.startswith("http"):
        notes += (Evidence("document", "the description names no host"),)
    return FeedProposal(name, document, paths.fields, paths.domain, notes)


def _read(name: str, text: str) -> _Read:
    if has_curl(text) and not is_description(text):
        api, best, auth = api_of_pasted(name, read_pasted(name, text))
        return _Read(api, _chosen(name, api), best, auth)
    document = read_document(name, text)
    kind = kind_of(document)
    if kind in ("openapi", "swagger"):
        api = read_openapi(cast("Mapping[str, Any]", document))
        return _Read(api, _chosen(name, api))
    sample = document if kind == "sample" else read_sample(text)
    if sample is None:
        raise InvalidInput("blueprints.description_unreadable", file=name, problem="not_a_description")
    api = api_of_sample(name, sample)
    return _Read(api, _chosen(name, api))


def _chosen(name: str, api: Api) -> Choice:
    choices = choose(api)
    is_told = bool(choices) and (
        choices[0].found is not None or (bool(api.servers) and choices[0].score >= _TOLD)
    )
    if not is_told:
        raise InvalidInput("blueprints.no_list_operation", file=name, operations=len(api.operations))
    return choices[0]


def _plan(read: _Read) -> Plan:
    api, operation, found = read.api, read.operation, read.choice.found
    base, base_reason = _base_url(api, operation)
    auths, auth_reason = read.auth or auth_of_operation(api, operation, base)
    records_path = found.path if found else "$"
    response = operation.response if operation.response is not None else implied(operation.sample)
    answer = answer_of(operation, api.schemas, records_path, response)
    paging, paging_reason = find_paging(
        operation, answer, prose=api.text, is_pasted=read.pasted is not None, record=found
    )
    listed, open_values = _list_operation(read, paging)
    choice_reason = Reason("list_operation", read.choice.confidence, read.choice.evidence)
    return Plan(
        base_url=base,
        list_operation=listed,
        auth=auths[0] if auths else Auth(),
        extra_auth=auths[1:5],
        pagination=paging,
        records_path=records_path,
        open_values=open_values,
        reasons=(base_reason, choice_reason, auth_reason, paging_reason, _records_reason(found)),
    )


def _base_url(api: Api, operation: Operation) -> tuple[str, Reason]:
    servers = operation.servers or api.servers
    base = servers[0] if servers else ""
    if not base.startswith("http"):
        return base, Reason("base_url", 0.3, (Evidence("document", "the description names no host", -1.0),))
    certain = 0.97 if len(servers) == 1 else 0.85
    return base, Reason(
        "base_url", certain, (Evidence("document", f"the first of {len(servers)} servers for use", 1.0),)
    )


def _records_reason(found: Found | None) -> Reason:
    if found is None:
        return Reason("records_path", 0.3, (Evidence("default", "the answer is not described", -1.0),))
    return Reason(
        "records_path",
        0.95,
        (Evidence("document", f"{found.path} is a list of objects with {len(found.leaves)} values", 1.0),),
    )


def _list_operation(read: _Read, paging: Paging) -> tuple[ListOperation, tuple[str, ...]]:
    operation = read.operation
    method = "POST" if operation.method == "POST" else "GET"
    if read.pasted is not None and read.pasted.request is not None:
        request: Request = read.pasted.request
        query = {key: value for key, value in sent_query(request).items() if key != paging.size_param}
        return ListOperation(
            method, operation.path, query=query, headers=sent_headers(request), body=sent_body(request)
        ), ()
    placed = {paging.page_param, paging.offset_param, paging.cursor_param, paging.size_param}
    needed = [
        p for p in operation.parameters if p.is_required and p.name not in placed and not is_secret(p.name)
    ]
    listed = ListOperation(method, operation.path, operation.operation_id)
    listed = replace(
        listed,
        query={
            p.name: p.value
            for p in needed
            if p.place == "query" and p.value is not None and plain(p.name) not in PLUMBING
        },
        headers={p.name: p.value for p in needed if p.place == "header" and p.value is not None},
        path_values={
            p.name: p.value for p in operation.parameters if p.place == "path" and p.value is not None
        },
        body={} if method == "POST" and operation.has_body else None,
    )
    wanting = tuple(p.name for p in needed if p.value is None and p.place in ("query", "path", "header"))
    return listed, wanting
