"""Runs the product for tests that need all of it: the embedded stack with the demo, and API processes on top."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from backend.cli import startup
from backend.core.settings import PROJECT
from backend.flows import demo
from backend.local import Layout, Stack, free_layout_ports, start_stack
from backend.local.services import product_env

PASSWORD = demo.demo_plan()["password"]
SLUG = "tesla-q1-2026"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass(slots=True)
class Product:
    """A running stack with the demo in it."""

    stack: Stack
    home: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def env(self) -> dict[str, str]:
        """The environment of a process of the product; limits off, so that tests do not slow each other down."""
        own = {"MPAX_RATE_LIMITS": "false", "MPAX_POLL_SECONDS": "2", "OPENBLAS_NUM_THREADS": "1"}
        return product_env(self.stack.layout, self.stack.keys) | own

    @property
    def dsn(self) -> str:
        return self.stack.keys.system_dsn

    def start_api(self, port: int | None = None) -> str:
        """One more API process. Shape: its address."""
        port = port or free_port()
        command = [
            sys.executable,
            "-m",
            "uvicorn",
            "--factory",
            "backend.main:app",
            "--port",
            str(port),
            "--log-level",
            "warning",
        ]
        process = self._spawn(command, port, f"api-{port}")
        return wait_for(f"http://127.0.0.1:{port}", process)

    def start_app(self) -> str:
        """The whole application with its user interface, as users get it."""
        port = free_port()
        command = [sys.executable, "-m", "app.serve", "--port", str(port)]
        process = self._spawn(command, port, "app-test")
        return wait_for(f"http://127.0.0.1:{port}", process, seconds=600)

    def _spawn(self, command: list[str], port: int, name: str) -> subprocess.Popen[bytes]:
        with (self.home / "logs" / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                command,
                cwd=PROJECT,
                env=self.env | {"MPAX_PORT": str(port)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def stop(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, 15)
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)


def wait_for(url: str, process: subprocess.Popen[bytes], seconds: float = 60) -> str:
    """Waits until the process at the address can serve."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the process ended with {process.returncode}; its log is in the test home")
        try:
            if httpx.get(f"{url}/api/health", timeout=2).status_code == 200:
                return url
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise TimeoutError(url)


@contextmanager
def run_product() -> Iterator[Product]:
    """Starts stack and demo in a folder of their own; at the end everything is stopped and removed."""
    home = Path(tempfile.mkdtemp(prefix="mpax-product-"))
    home.chmod(0o711)  # Postgres runs as a user of its own when we are root
    base, app_port = free_layout_ports()
    layout = Layout(home, port_base=base, app_port=app_port)
    os.environ["MPAX_HOME"] = str(home)  # this process seeds the demo through the same settings
    with start_stack(layout, durable=False, otp_interval_s=0, extra=[startup.demo_task(layout)]) as stack:
        product = Product(stack, home)
        try:
            yield product
        finally:
            product.stop()
    shutil.rmtree(home, ignore_errors=True)
