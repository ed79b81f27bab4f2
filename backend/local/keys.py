"""The secrets of one embedded Supabase, made at its first start and kept in `keys.env`, readable by its owner only."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from backend.local.faults import Fault
from backend.local.layout import HOST, Layout

NAMES = (
    "MPAX_SUPABASE_URL",
    "MPAX_PUBLISHABLE_KEY",
    "MPAX_SECRET_KEY",
    "MPAX_JWT_SECRET",
    "MPAX_APP_DSN",
    "MPAX_SYSTEM_DSN",
    "MPAX_SEAL_KEYS",
)
_LATER = frozenset({"MPAX_SEAL_KEYS"})  # stacks of earlier releases have none: it is made at their next start


@dataclass(frozen=True, slots=True)
class Keys:
    """What a client, the application and the services need to reach the stack."""

    url: str
    publishable: str
    secret: str
    jwt_secret: str
    app_dsn: str
    system_dsn: str
    seal_keys: str

    @property
    def env(self) -> dict[str, str]:
        """The same under the names that `backend.core.settings` reads."""
        connecting = (self.url, self.publishable, self.secret, self.jwt_secret, self.app_dsn, self.system_dsn)
        return dict(zip(NAMES, (*connecting, self.seal_keys), strict=True))

    @property
    def app_password(self) -> str:
        return urlsplit(self.app_dsn).password or ""

    @property
    def system_password(self) -> str:
        return urlsplit(self.system_dsn).password or ""


def read_keys(layout: Layout) -> Keys | None:
    """The keys of a stack that was started before, addressed to the layout's present ports."""
    try:
        lines = layout.keys_env.read_text().splitlines()
    except FileNotFoundError:
        return None
    found = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    missing = [name for name in NAMES if not found.get(name) and name not in _LATER]
    if missing:
        raise Fault(f"{layout.keys_env} lacks {', '.join(missing)}.", "Delete the file; new keys are made.")
    return Keys(
        url=layout.url,
        publishable=found["MPAX_PUBLISHABLE_KEY"],
        secret=found["MPAX_SECRET_KEY"],
        jwt_secret=found["MPAX_JWT_SECRET"],
        app_dsn=_dsn(layout, "app_api", urlsplit(found["MPAX_APP_DSN"]).password or ""),
        system_dsn=_dsn(layout, "postgres", urlsplit(found["MPAX_SYSTEM_DSN"]).password or ""),
        seal_keys=found.get("MPAX_SEAL_KEYS") or _seal_key(),
    )


def make_keys(layout: Layout) -> Keys:
    """Fresh random keys. Nothing is written."""
    return Keys(
        url=layout.url,
        publishable=_api_key("publishable"),
        secret=_api_key("secret"),
        jwt_secret=secrets.token_hex(32),
        app_dsn=_dsn(layout, "app_api", secrets.token_urlsafe(24)),
        system_dsn=_dsn(layout, "postgres", secrets.token_urlsafe(24)),
        seal_keys=_seal_key(),
    )


def write_keys(layout: Layout, keys: Keys) -> None:
    """Replaces `keys.env` in one step; never readable by others, not even for a moment."""
    text = "# Made by the embedded Supabase. Secret; delete it to have new keys made.\n"
    text += "".join(f"{name}={value}\n" for name, value in keys.env.items())
    if layout.keys_env.exists() and layout.keys_env.read_text() == text:
        return
    draft = layout.keys_env.with_suffix(".tmp")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.replace(layout.keys_env)


def _dsn(layout: Layout, role: str, password: str) -> str:
    return f"postgresql://{role}:{password}@{HOST}:{layout.postgres_port}/postgres"


def _seal_key() -> str:
    """Source: https://github.com/fernet/spec."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _api_key(kind: str) -> str:
    """An opaque key in the form of hosted Supabase: 22 random characters and a checksum of 8."""
    body = f"sb_{kind}_" + secrets.token_urlsafe(17)[:22]
    digest = hashlib.sha256(f"supabase-self-hosted|{body}".encode()).digest()
    return f"{body}_{base64.urlsafe_b64encode(digest).decode()[:8]}"
