"""What `supabase/config.toml` says, as far as the embedded Supabase heeds it: one file for it and for the CLI."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.local.faults import Fault
from backend.local.layout import PROJECT

SUPABASE = PROJECT / "supabase"


@dataclass(frozen=True, slots=True)
class Project:
    """Settings of Auth and of the functions."""

    jwt_expiry_s: int
    allow_signup: bool
    confirm_email: bool
    otp_interval_s: int
    functions_without_jwt: tuple[str, ...]


def read_project(path: Path = SUPABASE / "config.toml") -> Project:
    """Raises: Fault with the line that is not TOML."""
    try:
        config: dict[str, Any] = tomllib.loads(path.read_text()) if path.exists() else {}
    except tomllib.TOMLDecodeError as error:
        raise Fault(f"{path} cannot be read: {error}.", "Mend that line.") from None
    auth: dict[str, Any] = config.get("auth", {})
    email: dict[str, Any] = auth.get("email", {})
    functions: dict[str, dict[str, Any]] = config.get("functions", {})
    return Project(
        jwt_expiry_s=int(auth.get("jwt_expiry", 3600)),
        allow_signup=bool(auth.get("enable_signup", False)),
        confirm_email=bool(email.get("enable_confirmations", False)),
        otp_interval_s=_seconds(str(email.get("max_frequency", "60s"))),
        functions_without_jwt=tuple(
            name for name, settings in functions.items() if settings.get("verify_jwt") is False
        ),
    )


def _seconds(text: str) -> int:
    """`1m30s` → 90."""
    units = {"h": 3600, "m": 60, "s": 1}
    return sum(int(number) * units[unit] for number, unit in re.findall(r"(\d+)([hms])", text))
