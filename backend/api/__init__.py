"""HTTP in, HTTP out: routes, who is asking, error rendering. No rules and no SQL."""

from backend.api.application import build_api

__all__ = ["build_api"]
