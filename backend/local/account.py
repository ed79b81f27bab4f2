"""The operating-system account that Postgres runs under: it refuses to run as root."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from backend.local.faults import Fault

NAME = "pgserver"
SHELTER = Path("/var/lib/mpax")


@dataclass(frozen=True, slots=True)
class Account:
    """User and group ids for Postgres processes, or both None to run as ourselves."""

    uid: int | None
    gid: int | None

    def own(self, path: Path) -> None:
        """Hands a file or folder over to the account."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


def postgres_account() -> Account:
    """Ourselves, or the user `pgserver` when we are root; it is created when missing."""
    if os.geteuid() != 0:
        return Account(None, None)
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        entry = _create()
    return Account(entry.pw_uid, entry.pw_gid)


def in_reach(path: Path) -> bool:
    """Whether the account that Postgres runs under may enter every folder on the way to `path`."""
    try:
        require_reach(postgres_account(), path, "")
    except Fault:
        return False
    return True


def sheltered(path: Path) -> Path:
    """A place outside for what lies in a folder that only root may enter, such as a clone under /root or `mktemp -d`."""
    digest = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]
    return SHELTER / f"{path.name}-{digest}"


def require_reach(account: Account, path: Path, what: str) -> None:
    """Raises: Fault when the account may not enter a folder on the way to `path`."""
    if account.uid is None:
        return
    for folder in reversed(path.resolve().parents):
        if not folder.exists():
            continue
        stat = folder.stat()
        if stat.st_uid == account.uid:
            may_enter = bool(stat.st_mode & 0o100)
        elif stat.st_gid == account.gid:
            may_enter = bool(stat.st_mode & 0o010)
        else:
            may_enter = bool(stat.st_mode & 0o001)
        if not may_enter:
            raise Fault(
                f"Postgres runs as the user {NAME}, who may not enter {folder} on the way to {what} {path}.",
                f"Run `chmod o+x {folder}`, work as an ordinary user, or move the project, "
                "for example to /srv/mpax.",
            )


def _create() -> pwd.struct_passwd:
    useradd = shutil.which("useradd") or shutil.which("useradd", path="/usr/sbin:/sbin")
    if useradd is None:
        raise Fault(
            f"Postgres does not run as root, and the user {NAME} cannot be made: useradd is missing.",
            f"Create a system user named {NAME}, or run as an ordinary user.",
        )
    command = [useradd, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        reason = done.stderr.strip() or "no reason given"
        raise Fault(f"The user {NAME} could not be made: {reason}.", "Run as an ordinary user.") from None
