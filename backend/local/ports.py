"""Which ports are free, and who has the others. Never ends anybody."""

from __future__ import annotations

import secrets
import socket
from pathlib import Path

import psutil

from backend.local.faults import Fault
from backend.local.layout import HOST, Layout


def is_free(port: int) -> bool:
    """Whether nothing listens on the port of the loopback address."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers bind: a port in TIME_WAIT counts as free, one that is listened on does not.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def owner(port: int) -> psutil.Process | None:
    """The process listening on the port, or None when it cannot be seen."""
    try:
        connections = psutil.net_connections(kind="tcp")
    except psutil.AccessDenied:
        return None
    for connection in connections:
        address = connection.laddr
        if connection.status == psutil.CONN_LISTEN and address and address[1] == port and connection.pid:
            try:
                return psutil.Process(connection.pid)
            except psutil.NoSuchProcess:
                return None
    return None


def describe_owner(port: int) -> str:
    """`process 812 (nginx: master process)`, or a plain word when the owner cannot be seen."""
    process = owner(port)
    if process is None:
        return "another process"
    try:
        command = " ".join(process.cmdline())[:80] or process.name()
    except psutil.Error:
        command = "unknown command"
    return f"process {process.pid} ({command})"


def require_free(port: int, purpose: str, setting: str) -> None:
    """Raises: Fault naming the owner and the setting that moves us elsewhere."""
    if not is_free(port):
        raise Fault(
            f"Port {port}, needed for {purpose}, is taken by {describe_owner(port)}.",
            f"Stop it, or choose other ports with {setting}.",
        )


def free_layout_ports() -> tuple[int, int]:
    """A port base and an app port with nothing in the way, for tests."""
    for _ in range(200):
        base = 20_000 + 30 * secrets.randbelow(400)
        trial = Layout(Path(), base, base + 28)
        ports = (
            trial.gateway_port,
            trial.postgres_port,
            trial.realtime_port,
            trial.functions_port,
            base + 28,
        )
        if all(is_free(port) for port in ports):
            return base, base + 28
    raise Fault("No free block of ports between 20000 and 32000.", "Close some programs that listen there.")
