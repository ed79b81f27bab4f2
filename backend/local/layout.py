"""Where the embedded Supabase keeps its files and on which ports it answers. Creates folders, starts nothing."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from backend.local.account import in_reach, sheltered
from backend.local.faults import Fault

PROJECT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Layout:
    """One embedded Supabase: a home folder and a block of ports."""

    home: Path
    port_base: int = 54300
    app_port: int = 3000

    @classmethod
    def from_env(cls) -> Layout:
        """The layout of this machine: `MPAX_HOME`, `MPAX_PORT_BASE` and `MPAX_PORT`, else the defaults.

        Raises: Fault for what is not a port.
        """
        return cls(
            home=Path(os.environ.get("MPAX_HOME") or PROJECT / ".local").resolve(),
            port_base=_port("MPAX_PORT_BASE", 54300),
            app_port=_port("MPAX_PORT", 3000),
        )

    @property
    def gateway_port(self) -> int:
        return self.port_base + 21

    @property
    def postgres_port(self) -> int:
        return self.port_base + 22

    @property
    def realtime_port(self) -> int:
        return self.port_base + 24

    @property
    def functions_port(self) -> int:
        return self.port_base + 25

    @property
    def url(self) -> str:
        """Address of the API gateway, what Supabase clients are given."""
        return f"http://{HOST}:{self.gateway_port}"

    @property
    def pg(self) -> Path:
        """The data of Postgres: in the home, or outside it where the account of Postgres may not enter the home."""
        inside = self.home / "pg"
        return inside if in_reach(inside) else sheltered(inside)

    @property
    def storage(self) -> Path:
        return self.home / "storage"

    @property
    def deno(self) -> Path:
        return self.home / "deno"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def run(self) -> Path:
        return self.home / "run"

    @property
    def outbox(self) -> Path:
        return self.home / "outbox"

    @property
    def bin(self) -> Path:
        """Our own `node`, `npm` and `npx`, to be put first in PATH."""
        return self.home / "run" / "bin"

    @property
    def keys_env(self) -> Path:
        return self.home / "keys.env"

    @property
    def run_json(self) -> Path:
        return self.home / "run.json"

    def make_folders(self) -> None:
        """Creates what is missing, all but `pg/`, which initdb makes."""
        for folder in (self.home, self.storage, self.deno, self.logs, self.run, self.outbox):
            folder.mkdir(parents=True, exist_ok=True)
        for private in (self.storage, self.outbox, self.logs):
            private.chmod(0o700)


def _port(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or not 1024 <= int(text) <= 65_500:
        raise Fault(f"{name} is {text!r}, which is not a port.", "Give a number between 1024 and 65500.")
    return int(text)
