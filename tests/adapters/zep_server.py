"""Zep Cloud on this machine: the part of its REST protocol (v4) that a memory needs, and its troubles."""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4


@dataclass
class Zep:
    """Users and their episodes. `troubles` come first: a status with headers, or seconds of silence."""

    url: str
    users: dict[str, str] = field(default_factory=dict)
    episodes: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    troubles: list[tuple[int, dict[str, str]] | float] = field(default_factory=list)
    asked: list[tuple[str, str, dict[str, str], Any]] = field(default_factory=list)

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> tuple[int, Any]:
        match method, path.strip("/").split("/"):
            case "POST", ["users"]:
                if body["user_id"] in self.users:
                    return 409, {"message": "user exists"}
                self.users[body["user_id"]] = str(uuid4())
                return 201, self._user(body["user_id"])
            case "POST", ["users", "lookup"]:
                known = body["user_id"] in self.users
                return (200, self._user(body["user_id"])) if known else (404, {"message": "no such user"})
            case "DELETE", ["users", uuid]:
                self.users = {name: known for name, known in self.users.items() if known != uuid}
                self.episodes.pop(uuid, None)
                return 202, {"task": {"uuid": str(uuid4())}}
            case "POST", ["graphs", graph, "episodes"]:
                return 202, {"episode": self._add(graph, body)}
            case "POST", ["graphs", graph, "episodes", "list"]:
                return 200, self._page(graph, query)
            case "DELETE", ["graphs", graph, "episodes", uuid]:
                self.episodes[graph] = [one for one in self.episodes[graph] if one["uuid"] != uuid]
                return 202, {"task": {"uuid": str(uuid4())}}
            case _:
                return 404, {"message": "no such route"}

    def _user(self, name: str) -> dict[str, Any]:
        return {"uuid": self.users[name], "user_id": name, "graph_uuid": self.users[name]}

    def _add(self, graph: str, body: Any) -> dict[str, Any]:
        made = {"uuid": str(uuid4()), "content": body["data"], "source": body["type"], "processed": False}
        self.episodes[graph].append(made)
        return made

    def _page(self, graph: str, query: dict[str, list[str]]) -> dict[str, Any]:
        assert (query["order_by"], query["order"]) == (["created_at"], ["desc"])
        start, size = int(query.get("cursor", ["0"])[0]), min(2, int(query["page_size"][0]))
        newest_first = self.episodes[graph][::-1]
        page: dict[str, Any] = {"items": newest_first[start : start + size]}
        return page | ({"next_cursor": str(start + size)} if start + size < len(newest_first) else {})


class Handler(BaseHTTPRequestHandler):
    zep: Zep
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or b"{}")
        url = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.zep.asked.append((self.command, url.path, headers, body))
        trouble = self.zep.troubles.pop(0) if self.zep.troubles else None
        if isinstance(trouble, float):
            time.sleep(trouble)
        if isinstance(trouble, tuple):
            status, more = trouble
            self.say(status, {"message": f"wrong: {headers['authorization']} {body}"}, more)
        else:
            self.say(*self.zep.answer(self.command, url.path, parse_qs(url.query), body), {})

    do_DELETE = do_POST

    def say(self, status: int, body: Any, headers: dict[str, str]) -> None:
        content = json.dumps(body).encode()
        try:
            self.send_response(status)
            for name, value in {
                "content-type": "application/json",
                "content-length": str(len(content)),
                **headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@contextmanager
def zep_server() -> Iterator[Zep]:
    handler = type("OneHandler", (Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    handler.zep = Zep(f"http://127.0.0.1:{server.server_address[1]}")
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield handler.zep
    finally:
        server.shutdown()
        server.server_close()
