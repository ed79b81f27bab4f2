"""The HTTP application in a process of its own, and a client that costs little."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psutil

from backend.core.settings import PROJECT
from backend.flows import storefront
from backend.local.layout import HOST
from backend.local.ports import free_layout_ports
from benchmarks.ground import Ground

_PATIENCE_S = 60


@dataclass(slots=True)
class Web:
    """One connection to the application, kept open."""

    port: int
    process: psutil.Process
    _connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection(HOST, self.port, timeout=30)

    def another(self) -> Web:
        return Web(self.port, self.process)

    def close(self) -> None:
        self._connection.close()

    def start(self, slug: str) -> tuple[str, str]:
        """Shape: the session and its token."""
        answer = self._post("/api/v1/discovery/start", {"event_id": slug}, None)
        return answer["session_id"], answer["session_token"]

    def say(self, session: tuple[str, str], message: str) -> dict[str, Any]:
        body = {"session_id": session[0], "message": message}
        return self._post("/api/v1/discovery/message", body, session[1])

    def memory_mb(self) -> int:
        """Of the process, or of the largest of those it started."""
        all_of_them = [self.process, *self.process.children(recursive=True)]
        return max(process.memory_info().rss for process in all_of_them) // 2**20

    def is_serving(self, slug: str) -> bool:
        try:
            self._connection.request("GET", f"/api/v1/sales_event/{slug}")
            answer = self._connection.getresponse()
            answer.read()
        except OSError:
            self._connection.close()
            return False
        return answer.status == 200

    def _post(self, path: str, body: dict[str, Any], token: str | None) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._connection.request("POST", path, json.dumps(body), headers)
        answer = self._connection.getresponse()
        said = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {said[:300]!r}")
        found: dict[str, Any] = json.loads(said)
        return found


@contextmanager
def run_web(ground: Ground, slug: str, *, processes: int = 1) -> Iterator[Web | None]:
    """Starts the application and waits until it serves the event; None while it has no conversation to offer.

    Several processes share the port; who accepts a connection keeps it.
    """
    if not hasattr(storefront, "say"):
        yield None
        return
    port = free_layout_ports()[1]
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "--factory",
        "backend.main:app",
        "--host",
        HOST,
        "--port",
        str(port),
    ]
    command += ["--no-access-log", "--log-level", "error"]
    command += ["--workers", str(processes)] if processes > 1 else []
    env = ground.env() | {"MPAX_PORT": str(port)}
    with subprocess.Popen(command, cwd=PROJECT, env=env) as process:
        web = Web(port, psutil.Process(process.pid))
        try:
            deadline = time.monotonic() + _PATIENCE_S
            while not web.is_serving(slug):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("the HTTP application did not start")
                time.sleep(0.2)
            yield web
        finally:
            web.close()
            process.terminate()
