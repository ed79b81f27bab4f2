"""Pictures of the shipped events. Sellers' own photos live in Supabase Storage."""

from __future__ import annotations

import re

from fastapi import APIRouter
from fastapi.responses import FileResponse

from backend.core.errors import NotFound
from backend.core.settings import PROJECT

router = APIRouter(include_in_schema=False)
_NAME = re.compile(r"^[a-z0-9][a-z0-9_-]*\.(svg|webp|jpg|png)$")
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
