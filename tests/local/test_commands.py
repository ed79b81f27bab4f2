"""The commands as typed, one whole life of a stack among them."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from backend.cli import stack as commands
from backend.local import Layout, free_layout_ports
from backend.local.layout import PROJECT


@pytest.fixture
def layout(home: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """A stack that was never started, as the environment names it."""
    base, app_port = free_layout_ports()
    monkeypatch.setenv("MPAX_HOME", str(home / "stack"))
    monkeypatch.setenv("MPAX_PORT_BASE", str(base))
    monkeypatch.setenv("MPAX_PORT", str(app_port))
    for name in ("MPAX_SYSTEM_DSN", "MPAX_APP_DSN"):
        monkeypatch.delenv(name, raising=False)
    return Layout.from_env()


def run(command: click.Command, *words: str, typed: str = "") -> Result:
    return CliRunner().invoke(command, list(words), input=typed)


def test_a_machine_without_a_stack(layout: Layout) -> None:
    assert "Nothing is running" in run(commands.down).output
    assert run(commands.status).exit_code == 1
    assert json.loads(run(commands.status, "--json").output)["state"] == "stopped"
    assert "nothing to delete" in run(commands.reset).output


def test_the_doctor_finds_this_machine_fit(layout: Layout) -> None:
    result = run(commands.doctor)
    assert result.exit_code == 0, result.output
    for subject in ("python", "postgres", "node", "deno", "disk", "data", f"port {layout.gateway_port}"):
        assert subject in result.output


def test_the_doctor_names_who_has_a_port_and_an_old_data_folder(layout: Layout) -> None:
    layout.pg.mkdir(parents=True)
    (layout.pg / "PG_VERSION").write_text("15\n")
    with socket.create_server(("127.0.0.1", layout.realtime_port)):
        result = run(commands.doctor)
    assert result.exit_code == 1
    assert (
        f"port {layout.realtime_port}: wanted for realtime, taken by process {os.getpid()}" in result.output
    )
    assert "made by Postgres 15" in result.output


def test_faults_are_one_sentence_and_a_mend(layout: Layout) -> None:
    with socket.create_server(("127.0.0.1", layout.gateway_port)):
        result = run(commands.up, "--no-app", "--no-worker")
    assert result.exit_code == 1
    assert f"Port {layout.gateway_port}" in result.stderr
    assert "Traceback" not in result.output
    missing = run(commands.logs, "gateway")
    assert missing.exit_code == 1
    assert "no log of gateway" in missing.stderr


@pytest.mark.parametrize("port", ["http", "80", "65530"])
def test_what_is_no_port_is_said_so(layout: Layout, monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("MPAX_PORT_BASE", port)
    result = run(commands.status)
    assert result.exit_code == 1
    assert "is not a port" in result.stderr


def test_reset_asks_first(layout: Layout) -> None:
    layout.make_folders()
    (layout.outbox / "kept.json").write_text("{}")
    assert run(commands.reset, typed="n\n").exit_code == 1
    assert (layout.outbox / "kept.json").exists()
    assert run(commands.reset, "--yes").exit_code == 0
    assert not layout.outbox.exists()


def test_a_stack_lives_in_the_background(layout: Layout) -> None:
    """Up, looked at, reset refused, log read, down: as somebody would do it."""
    env = {**os.environ, "PYTHONWARNINGS": "default"}
    command = [
        sys.executable,
        "-c",
        "from backend.cli.stack import up; up()",
        "-d",
        "--no-app",
        "--no-worker",
    ]
    started = subprocess.run(
        command, cwd=PROJECT, env=env, capture_output=True, text=True, timeout=120, check=False
    )
    try:
        assert started.returncode == 0, started.stderr + started.stdout
        assert layout.url in started.stdout
        now = json.loads(run(commands.status, "--json").output)
        assert now["healthy"] is True
        assert [one["name"] for one in now["processes"]][:4] == [
            "supervisor",
            "postgres",
            "gateway",
            "realtime",
        ]
        assert all(one["pid"] and one["memory_bytes"] for one in now["processes"])
        assert "gateway" in run(commands.status).output
        assert "running already" in run(commands.up).stderr
        assert "down` first" in run(commands.reset, "--yes").stderr
        assert "up to date" in run(commands.migrate).output
        assert "gateway listens" in run(commands.logs, "gateway", "-n", "5").output
        assert run(commands.doctor).exit_code == 0
    finally:
        stopped = run(commands.down)
    assert "Stopped" in stopped.output
    assert json.loads(run(commands.status, "--json").output)["state"] == "stopped"
    assert run(commands.reset, "--yes").exit_code == 0
