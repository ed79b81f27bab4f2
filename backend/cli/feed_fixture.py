"""Serves recorded answers of an API on loopback and imports them through the connector: nothing leaves this machine.

A fixture is JSON: `host`, `require_headers`, `require_query`, `auth_failure_status`, `routes` (method, path, query, status,
headers, body; `once`: answers one time) and, for OAuth, `token` (path, response). Stores nothing.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from backend.adapters.fetching import Circuit, Fetcher
from backend.core.errors import AppError
from backend.domains.blueprints.connecting.proposing import Plan, mapping_of, read_plan
from backend.domains.blueprints.connecting.records import cell_at
from backend.domains.blueprints.connecting.signing import Credentials
from backend.domains.blueprints.model import FeedProposal
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.reading import OWN
from backend.domains.catalogue.rows import RowTyper
from backend.flows.feeds import fetch_records


@dataclass(slots=True)
class Fixture:
    """Recorded answers while they are served. `called` is every method and path that was asked for."""

    document: Mapping[str, Any]
    url: str = ""
    called: list[tuple[str, str]] = field(default_factory=list)
    used: set[int] = field(default_factory=set)

    def answer(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Any, Mapping[str, str]]:
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        token = self.document.get("token")
        if token and parts.path == token["path"]:
            return 200, token["response"], {}
        self.called.append((method, parts.path))
        is_known = all(
            headers.get(name.lower()) == value for name, value in self.document["require_headers"].items()
        )
        if not is_known or any(
            query.pop(name, None) != value for name, value in self.document["require_query"].items()
        ):
            return self.document["auth_failure_status"], {"error": "unauthorized"}, {}
        for at, route in enumerate(self.document["routes"]):
            if self._fits(at, route, method, parts.path, query, body):
                self.used.add(at)
                return route["status"], route["body"], route["headers"]
        return 404, {"error": "no such route"}, {}

    def _fits(
        self, at: int, route: Mapping[str, Any], method: str, path: str, query: Mapping[str, str], body: bytes
    ) -> bool:
        if (route["method"], route["path"], route["query"]) != (method, path, query) or (
            route.get("once") and at in self.used
        ):
            return False
        return "json" not in route or route["json"] == (json.loads(body) if body else None)


@contextmanager
def served(path: Path) -> Iterator[Fixture]:
    """The recorded answers, while the block lasts. Addresses of their host lead to this machine."""
    fixture = Fixture(json.loads(path.read_text("utf-8")))

    class Handler(BaseHTTPRequestHandler):
        def _go(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            given = {name.lower(): value for name, value in self.headers.items()}
            status, answer, headers = fixture.answer(self.command, self.path, given, body)
            there = f"https://{fixture.document['host']}"
            content = json.dumps(answer, ensure_ascii=False).replace(there, fixture.url).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            for name, value in headers.items():
                self.send_header(name, str(value).replace(there, fixture.url))
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _go

        def log_message(self, format: str, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fixture.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield fixture
    finally:
        server.shutdown()
        server.server_close()


async def import_fixture(feed: FeedProposal, path: Path) -> dict[str, Any]:
    """What an import of the feed yields: nothing where it fails, with the code of what went wrong as `problem`.

    Shape: {result: {record_count, first_external_id, last_external_id}, operations_called, problem?}.
    """
    plan = read_plan(feed.plan)
    with served(path) as fixture:
        fetcher = Fetcher(allow_private=True, circuit=Circuit())
        problem: dict[str, Any] = {}
        records: list[Mapping[str, Any]] = []
        try:
            records = await fetch_records(
                plan, _credentials(plan, fixture.document), base_url=fixture.url, fetcher=fetcher
            )
        except AppError as error:
            problem = {"problem": error.code}
        finally:
            await fetcher.close()
    called = [plan.list_operation.operation_id] if plan.list_operation.operation_id and fixture.called else []
    return {"result": _result(feed, records), "operations_called": called, **problem}


def _result(feed: FeedProposal, records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Typed as an import types them, but that amounts stay in the currency they have."""
    mapping = catalogue.parse_mapping(json.dumps(mapping_of(feed.file, feed.fields)), file=feed.file)
    paths = [column.header for column in mapping.columns]
    typer = RowTyper(replace(mapping, strict=False), paths, OWN, file=feed.file)
    read = [
        typer.preview(at, [cell_at(record, path) for path in paths]) for at, record in enumerate(records, 1)
    ]
    kept = [row for row in read if not any(problem.effect == "rejected" for problem in row.problems)]
    ids = list(dict.fromkeys(str(row.values["external_id"]) for row in kept if row.values.get("external_id")))
    return {
        "record_count": len(ids),
        "first_external_id": next(iter(ids), None),
        "last_external_id": ids[-1] if ids else None,
    }


def _credentials(plan: Plan, document: Mapping[str, Any]) -> Credentials:
    """What the fixture asks for, as a seller would enter it."""
    headers = {name.lower(): str(value) for name, value in document["require_headers"].items()}
    others = {**document["require_headers"], **document["require_query"]}
    signed = headers.get("authorization", "")
    value = str(
        others.get(plan.auth.name)
        or headers.get(plan.auth.name.lower())
        or signed.partition(" ")[2]
        or "test"
    )
    if plan.auth.type == "http" and plan.auth.scheme == "basic":
        return _basic(signed)
    if plan.auth.place == "cookie":
        value = headers.get("cookie", "").partition("=")[2] or value
    if plan.auth.type == "oauth2" and document.get("token"):
        return Credentials(client_id="test", client_secret="test", others=others)  # noqa: S106 (recorded answers know no secret)
    return Credentials(value=value, others={name: str(each) for name, each in others.items()})


def _basic(signed: str) -> Credentials:
    import base64

    user, _, password = base64.b64decode(signed.partition(" ")[2] or "OjA=").decode().partition(":")
    return Credentials(username=user, password=password)
