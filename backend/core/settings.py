"""Everything that differs between machines, read from the environment.

On the embedded stack, connection settings come from `<home>/keys.env`, written at its first start; on hosted or
self-hosted Supabase they are set in the environment. Precedence: environment, then `.env`, then `keys.env`.
"""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from backend.core.errors import Busy

PROJECT = Path(__file__).resolve().parents[2]


class Settings(BaseSettings):
    """Settings of one process. Names in the environment carry the prefix `MPAX_`."""

    model_config = SettingsConfigDict(env_prefix="MPAX_", extra="ignore")

    home: Path = Field(default=PROJECT / ".local", description="Where the embedded stack keeps its data.")
    port: int = Field(default=3000, description="Port of the application.")
    public_url: str = Field(default="", description="Address people use; default http://localhost:<port>.")
    supabase_url: str = Field(description="Address of the Supabase API gateway.")
    publishable_key: str = Field(description="Publishable API key (sb_publishable_… or the anon key).")
    secret_key: SecretStr = Field(description="Secret API key (sb_secret_… or the service_role key).")
    jwt_secret: SecretStr = Field(description="Secret that signs buyers' session tokens (HS256).")
    app_dsn: SecretStr = Field(
        description="Postgres DSN of the login role `app_api`, which has no rights of its own."
    )
    system_dsn: SecretStr = Field(
        description="Postgres DSN of the owner, for jobs and migrations. Direct connection."
    )
    pool_size: int = Field(default=12, ge=1, description="Connections per process and door.")
    prepared_statements: bool = Field(default=True, description="Off behind a pooler in transaction mode.")
    session_hours: int = Field(default=12, ge=1, description="How long a staff sign-in lasts.")
    poll_seconds: float = Field(
        default=5.0, gt=0, description="How often served versions are re-read as a fallback."
    )
    rate_limits: bool = Field(default=True, description="Whether requests per client are limited.")
    trusted_proxies: int = Field(
        default=0, ge=0, description="How many proxies in front may set X-Forwarded-For."
    )
    docs: bool = Field(default=True, description="Whether the API reference is served at /api/docs.")

    @property
    def base_url(self) -> str:
        return self.public_url.rstrip("/") or f"http://localhost:{self.port}"


def load_settings() -> Settings:
    """Reads the settings of this process.

    Raises: Busy `core.not_configured` when neither the environment nor a started embedded stack provides them.
    """
    home = Path(os.environ.get("MPAX_HOME") or PROJECT / ".local")
    try:
        return Settings(_env_file=(home / "keys.env", PROJECT / ".env"))  # type: ignore[call-arg]
    except ValidationError as error:
        missing = [f"MPAX_{str(item['loc'][0]).upper()}" for item in error.errors()]
        raise Busy("core.not_configured", missing=missing, mend="run `mpax up`, or set them") from error
