"""How Reflex builds and serves the app. Everything else is configured in `backend.core.settings`."""

import os

import reflex as rx
from reflex_base.plugins.sitemap import SitemapPlugin

from app.plugins import AccessibilityRules, CodeMirror, SameOrigin, Typefaces

port = int(os.environ.get("MPAX_PORT") or 3000)
own = os.environ.get("MPAX_PUBLIC_URL", "").rstrip("/")

config = rx.Config(
    app_name="app",
    frontend_port=port,
    backend_port=port,
    backend_host=os.environ.get("MPAX_HOST") or "127.0.0.1",
    # Only our own pages may open the event socket or read the API with a visitor's cookie.
    cors_allowed_origins=[own] if own else [f"http://localhost:{port}", f"http://127.0.0.1:{port}"],
    state_manager_mode=rx.constants.StateManagerMode.MEMORY,
    redis_token_expiration=4 * 3600,  # how long, in seconds, a process remembers a tab that has gone quiet
    telemetry_enabled=False,
    show_built_with_reflex=False,
    plugins=[Typefaces(), CodeMirror(), SameOrigin(), AccessibilityRules()],
    disable_plugins=[SitemapPlugin],
)
