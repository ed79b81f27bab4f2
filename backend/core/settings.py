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
    mistral_api_key: SecretStr | None = Field(
        default=None,
        description="Key of Mistral: for conversations, for what induction is unsure of, for text in scans.",
    )
    mistral_base_url: str = Field(default="", description="Another address of Mistral's API.")
    mistral_model: str = Field(default="mistral-small-latest", description="Mistral's model for questions.")
    mistral_ocr_model: str = Field(
        default="mistral-ocr-latest",
        description="Mistral's model for text in images; empty: read on this machine.",
    )
    groq_api_key: SecretStr | None = Field(
        default=None, description="Key of Groq: for conversations, and for induction where Mistral has none."
    )
    groq_base_url: str = Field(default="", description="Another address of Groq's API.")
    groq_model: str = Field(
        default="openai/gpt-oss-20b", description="Groq's model; it must know JSON schemas."
    )
    openai_api_key: SecretStr | None = Field(
        default=None,
        description="Key of OpenAI or a compatible service: for conversations, and for induction after the others.",
    )
    openai_base_url: str = Field(
        default="", description="Address of a compatible service, up to and with /v1; it may need no key."
    )
    openai_model: str = Field(default="gpt-4.1-mini", description="The model asked there.")
    model_failures: int = Field(
        default=5,
        ge=1,
        description="After how many failed calls within a minute a provider of models is left alone.",
    )
    model_pause_seconds: float = Field(default=30.0, gt=0, description="For how long it is then left alone.")
    model_calls: int = Field(default=64, ge=1, description="Calls to one provider at once, per process.")
    model_cache_seconds: float = Field(
        default=600.0,
        ge=0,
        description="How long an answer may be used again for the same question; 0: never.",
    )
    zep_api_key: SecretStr | None = Field(
        default=None,
        description="Key of Zep Cloud, which then remembers buyers who agreed; else Postgres does.",
    )
    zep_base_url: str = Field(default="", description="Another address of Zep's API.")
    seal_keys: SecretStr = Field(
        default=SecretStr(""),
        description="Keys that seal credentials of feeds, the newest first, separated by commas (Fernet keys).",
    )
    feed_networks: str = Field(
        default="",
        description="Private networks that feeds may be fetched from, such as 10.1.0.0/16, separated by commas.",
    )
    docs: bool = Field(default=True, description="Whether the API reference is served at /api/docs.")

    @property
    def feed_network_list(self) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.feed_networks.split(",") if part.strip())

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
