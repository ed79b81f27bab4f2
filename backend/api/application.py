"""Builds the FastAPI application: middleware, routers, the API reference."""

from __future__ import annotations

from fastapi import FastAPI

from backend.api import (
    analytics,
    auth,
    blueprint_previews,
    blueprints,
    branches,
    configs,
    dealer,
    discovery,
    drafts,
    health,
    leads,
    media,
    permissions,
    policy,
    transaction,
)
from backend.api.errors import add_error_handlers
from backend.api.frame import Frame
from backend.flows.runtime import Runtime

PREFIX = "/api/v1"

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
    add_error_handlers(app)
    # the busiest first, since routes are tried in order; drafts before configs: `configs/approvals` is no event of that name
    for module in (
        discovery,
        transaction,
        drafts,
        configs,
        branches,
        blueprints,
        blueprint_previews,
        permissions,
        policy,
        leads,
        dealer,
        analytics,
        auth,
    ):
        app.include_router(module.router, prefix=PREFIX)
    app.include_router(health.router)
    app.include_router(media.router)

    app.add_middleware(Frame, limited=PREFIX)
    return app
