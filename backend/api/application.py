"""Builds the FastAPI application: middleware, routers, the API reference."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable
from uuid import uuid4

from fastapi import FastAPI, Request, Response

from backend.api import analytics, auth, configs, dealer, discovery, health, leads, media, transaction
from backend.api.asking import new_limiter
from backend.api.errors import add_error_handlers, render
from backend.flows.runtime import Runtime

PREFIX = "/api/v1"
MAX_BODY_BYTES = 2_000_000
_REQUEST_ID = re.compile(r"^[A-Za-z0-9_-]{8,64}$")

DESCRIPTION = """
Sales Events over HTTP. Buyers carry the `session_token` of `discovery/start` as a Bearer token; staff and dealers the
cookie of `auth/sign-in`. Every request that changes something takes an `Idempotency-Key`; every error has one shape.
"""


def build_api(runtime: Runtime) -> FastAPI:
    settings = runtime.settings
    app = FastAPI(
        title="MPAX",
        version="1",
        description=DESCRIPTION,
        docs_url="/api/docs" if settings.docs else None,
        openapi_url="/api/openapi.json" if settings.docs else None,
        redoc_url=None,
        lifespan=runtime.lifespan,
    )
    app.state.runtime = runtime
    app.state.limiter = new_limiter()
    app.state.clock = time.time
    add_error_handlers(app)
    for module in (configs, discovery, transaction, leads, dealer, analytics, auth):
        app.include_router(module.router, prefix=PREFIX)
    app.include_router(health.router)
    app.include_router(media.router)

    @app.middleware("http")
    async def frame(  # pyright: ignore[reportUnusedFunction]
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        given = request.headers.get("x-request-id", "")
        request.state.request_id = given if _REQUEST_ID.match(given) else uuid4().hex[:16]
        if int(request.headers.get("content-length") or 0) > MAX_BODY_BYTES and request.url.path.startswith(
            PREFIX
        ):
            return render(request, 413, "core.too_large", {"limit_bytes": MAX_BODY_BYTES})
        response = await call_next(request)
        response.headers["X-Request-Id"] = request.state.request_id
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
        response.headers.setdefault("X-Frame-Options", "DENY")
        return response

    return app
