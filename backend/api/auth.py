"""Sign-in of staff and dealers through Supabase Auth; afterwards an HttpOnly cookie that JavaScript never sees."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, Field

from backend.api.asking import Limit, RuntimeOf, Staff
from backend.api.errors import problem_responses
from backend.core.context import Actor
from backend.core.errors import AppError, NotAllowed
from backend.core.ports import SignedIn
from backend.domains.identity import service as identity
from backend.domains.identity.model import OpenedSession
from backend.domains.identity.tokens import SESSION_COOKIE
from backend.flows.runtime import Runtime

router = APIRouter(prefix="/auth", tags=["auth"], responses=problem_responses(401, 429, 503))

Email = Annotated[str, Field(min_length=3, max_length=320, examples=["operator@example.com"])]


class PasswordSignIn(BaseModel):
    """E-mail and password."""

    email: Email
    password: str = Field(min_length=1, max_length=200)


class CodeRequest(BaseModel):
    """Where to send a one-time code."""

    email: Email


class CodeSignIn(BaseModel):
    """E-mail and the code that was sent there."""

    email: Email
    code: str = Field(min_length=4, max_length=12, examples=["123456"])


async def same_origin(request: Request) -> None:
    """A form of another site may not sign anybody in or out: SameSite cookies do not guard the sign-in itself."""
    origin = request.headers.get("origin")
    if origin and urlsplit(origin).netloc != request.headers.get("host"):
        allowed = urlsplit(request.app.state.runtime.settings.base_url).netloc
        if urlsplit(origin).netloc != allowed:
            raise NotAllowed("identity.foreign_origin")


guards = [Depends(same_origin), Depends(Limit("sign-in"))]


@router.post("/sign-in", summary="Sign in with e-mail and password", dependencies=guards)
async def sign_in(runtime: RuntimeOf, body: PasswordSignIn) -> Response:
    signed_in = await runtime.ports.identity.by_password(body.email, body.password)
    return _json_with_cookie(runtime, await _open(runtime, signed_in))


@router.post("/code", status_code=202, summary="Mail a one-time code", dependencies=guards)
async def send_code(runtime: RuntimeOf, body: CodeRequest) -> dict[str, bool]:
    """Answers the same whether or not the address is known."""
    await runtime.ports.identity.send_code(body.email)
    return {"sent": True}


@router.post("/code/sign-in", summary="Sign in with a one-time code", dependencies=guards)
async def sign_in_by_code(runtime: RuntimeOf, body: CodeSignIn) -> Response:
    signed_in = await runtime.ports.identity.by_code(body.email, body.code)
    return _json_with_cookie(runtime, await _open(runtime, signed_in))


@router.post("/form/{step}", include_in_schema=False, dependencies=guards)
async def form(
    runtime: RuntimeOf,
    step: Literal["password", "code", "verify"],
    email: Annotated[str, Form(max_length=320)],
    password: Annotated[str, Form(max_length=200)] = "",
    code: Annotated[str, Form(max_length=12)] = "",
    next: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """The same for a plain HTML form, which works before any script has loaded: answers with a redirect."""
    target = next if next.startswith("/") and not next.startswith(("//", "/\\")) else ""
    try:
        if step == "code":
            await runtime.ports.identity.send_code(email)
            return _back("/sign-in", step="code", email=email, next=target)
        by_code = step == "verify"
        provider = runtime.ports.identity
        signed_in = await (
            provider.by_code(email, code) if by_code else provider.by_password(email, password)
        )
        opened = await _open(runtime, signed_in)
    except AppError as error:
        return _back(
            "/sign-in", error=error.code, email=email, next=target, step="code" if step == "verify" else ""
        )
    return _with_cookie(runtime, RedirectResponse(target or await _home(runtime, opened), 303), opened)


@router.post("/sign-out", summary="End this sign-in", dependencies=[Depends(same_origin)])
async def sign_out(request: Request, runtime: RuntimeOf) -> Response:
    if token := request.cookies.get(SESSION_COOKIE):
        async with runtime.database.as_actor(Actor.anonymous()) as ctx:
            await identity.close_session(ctx, token=token)
    wants_page = "text/html" in request.headers.get("accept", "")
    response: Response = (
        RedirectResponse("/sign-in", 303) if wants_page else JSONResponse({"signed_out": True})
    )
    response.delete_cookie(SESSION_COOKIE, path="/")
    return response


@router.get("/me", summary="Who is signed in, and where they belong")
async def me(runtime: RuntimeOf, actor: Staff) -> dict[str, Any]:
    async with runtime.database.as_actor(actor) as ctx:
        memberships = await identity.list_memberships(ctx)
    rows = [{"organization": m.slug, "name": m.name, "kind": m.kind, "role": m.role} for m in memberships]
    return {"user_id": str(actor.user_id), "email": actor.email, "memberships": rows}


async def _open(runtime: Runtime, signed_in: SignedIn) -> OpenedSession:
    async with runtime.database.as_actor(Actor.user(signed_in.user_id, signed_in.email)) as ctx:
        return await identity.open_session(ctx, hours=runtime.settings.session_hours)


async def _home(runtime: Runtime, opened: OpenedSession) -> str:
    async with runtime.database.as_actor(Actor.user(opened.user_id, opened.email)) as ctx:
        memberships = await identity.list_memberships(ctx)
    only_dealer = memberships and all(m.is_dealer for m in memberships)
    return "/dealer" if only_dealer else "/cockpit"


def _json_with_cookie(runtime: Runtime, opened: OpenedSession) -> Response:
    body = {
        "user_id": str(opened.user_id),
        "email": opened.email,
        "expires_at": opened.expires_at.isoformat(),
    }
    return _with_cookie(runtime, JSONResponse(body), opened)


def _with_cookie(runtime: Runtime, response: Response, opened: OpenedSession) -> Response:
    response.set_cookie(
        SESSION_COOKIE,
        opened.token,
        expires=opened.expires_at,
        httponly=True,
        samesite="lax",
        secure=runtime.settings.base_url.startswith("https://"),
        path="/",
    )
    return response


def _back(path: str, **query: str) -> RedirectResponse:
    return RedirectResponse(f"{path}?{urlencode({k: v for k, v in query.items() if v})}", 303)
