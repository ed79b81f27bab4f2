"""Renders every error as `{code, facts, request_id}`; nothing else ever leaves, least of all a stack trace."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from backend.core.errors import AppError, TooMany

log = logging.getLogger(__name__)

_HTTP_CODES = {404: "core.no_such_route", 405: "core.wrong_method", 413: "core.too_large"}


class Problem(BaseModel):
    """The one shape of every error."""

    code: str = Field(description="Permanent name of the error.", examples=["transactions.already_held"])
    facts: dict[str, Any] = Field(
        description="What, where and how to mend it.", examples=[{"listing_id": 4711}]
    )
    request_id: str = Field(description="Quote it when you ask for help.", examples=["9f1c2b7a4e5d"])


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI entries for the errors that a route documents."""
    return {status: {"model": Problem} for status in statuses}


def add_error_handlers(app: FastAPI) -> None:
    @app.exception_handler(AppError)
    async def app_error(request: Request, error: AppError) -> JSONResponse:  # pyright: ignore[reportUnusedFunction]
        headers = {}
        if isinstance(error, TooMany) and "retry_after_s" in error.facts:
            headers["Retry-After"] = str(error.facts["retry_after_s"])
        return render(request, error.status, error.code, error.facts, headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:  # pyright: ignore[reportUnusedFunction]
        problems = [
            {"where": ".".join(str(part) for part in item["loc"]), "expected": item["msg"]}
            for item in error.errors()[:20]
        ]
        return render(request, 422, "core.invalid_request", {"problems": problems})

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:  # pyright: ignore[reportUnusedFunction]
        return render(request, error.status_code, _HTTP_CODES.get(error.status_code, "core.http"), {})

    @app.exception_handler(UnicodeEncodeError)
    async def no_text(request: Request, error: UnicodeEncodeError) -> JSONResponse:  # pyright: ignore[reportUnusedFunction]
        return render(request, 422, "core.refused_value", {"expected": "text that can be written as UTF-8"})

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> JSONResponse:  # pyright: ignore[reportUnusedFunction]
        log.exception("unexpected error, request %s", request_id(request), exc_info=error)
        return render(request, 500, "core.unexpected", {})


def render(
    request: Request, status: int, code: str, facts: dict[str, Any], headers: dict[str, str] | None = None
) -> JSONResponse:
    problem = Problem(code=code, facts=facts, request_id=request_id(request))
    return JSONResponse(problem.model_dump(mode="json"), status, headers)


def request_id(request: Request) -> str:
    return str(getattr(request.state, "request_id", "none"))
