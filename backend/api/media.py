"""Pictures: those of the shipped events, and sellers' photos where browsers do not reach Supabase Storage themselves."""

from __future__ import annotations

import re

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response

from backend.api.asking import RuntimeOf
from backend.core.errors import NotFound
from backend.core.settings import PROJECT

router = APIRouter(include_in_schema=False)
_NAME = re.compile(r"^[a-z0-9][a-z0-9_-]*\.(svg|webp|jpg|png)$")
_KEPT = re.compile(r"^[0-9a-f-]{36}/[0-9a-f]{64}/[0-9]{1,5}\.(webp|avif)$")
_EVENT = re.compile(r"^[a-z0-9][a-z0-9-]*$")


@router.api_route("/media/{event}/{name}", methods=["GET", "HEAD"])
async def photo(event: str, name: str) -> FileResponse:
    """A rendering that ships with an event's seeds; content never changes under a name."""
    path = PROJECT / "seeds" / event.replace("-", "_") / "photos" / name
    if not _EVENT.match(event) or not _NAME.match(name) or not path.is_file():
        raise NotFound("core.no_such_file")
    # an SVG is a document: should one ever carry a script, it runs nowhere
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return FileResponse(
        path, headers={"Cache-Control": "public, max-age=86400", "Content-Security-Policy": policy}
    )


@router.api_route("/media/kept/media/{path:path}", methods=["GET", "HEAD"])
async def kept_photo(path: str, runtime: RuntimeOf) -> Response:
    """A size of a seller's photo. Its address is made of its content, so caches may keep it for ever."""
    known = _KEPT.match(path)
    if known is None:
        raise NotFound("core.no_such_file")
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return Response(
        await runtime.ports.files.get("media", path), media_type=f"image/{known[1]}", headers=headers
    )
