"""What is wrong with a profile before it is saved, told at the places of its own. Reads alone."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from backend.core.context import Actor, Context
from backend.core.errors import NotFound
from backend.domains.events import drafts
from backend.domains.events import service as events
from backend.domains.events.editing import edited
from backend.domains.events.joining import authored
from backend.domains.events.model import Problem, Severity, Source
from backend.domains.policy.editing import profile_edit
from backend.flows.runtime import Runtime

_PLACE: Final = re.compile(r"/policy/profiles(/\$?\w+)?/\d+")


async def check_profile(
    runtime: Runtime,
    actor: Actor,
    *,
    slug: str,
    profile: Mapping[str, Any],
    standing: Sequence[str],
    draft_id: UUID | None = None,
) -> list[dict[str, Any]]:
    """The problems a document would have with this profile and has not without it; `standing` are the keys it has now.

    Shape: `[{path, message, blocks}]`, `path` inside the profile (`/match/utm/source/0`), or of the whole document where the
    profile made something else wrong. Raises: NotFound `events.not_found`, `events.no_such_draft`.
    """
    async with runtime.database.as_actor(actor) as ctx:
        text = await _text(ctx, slug, draft_id)
    return await asyncio.to_thread(_new_problems, text, slug, profile, frozenset(standing))


async def _text(ctx: Context, slug: str, draft_id: UUID | None) -> str:
    await events.get_readable(ctx, slug=slug)
    if draft_id is None:
        return (await events.get_in_force(ctx, slug=slug)).source
    draft = await drafts.get_draft(ctx, draft_id=draft_id)
    if draft.slug != slug:
        raise NotFound("events.no_such_draft", draft_id=str(draft_id))
    return draft.source


def _new_problems(
    text: str, slug: str, profile: Mapping[str, Any], standing: frozenset[str]
) -> list[dict[str, Any]]:
    changed = edited(text, [profile_edit(authored(text), profile, standing)])
    known = {(p.path, p.message) for p in _problems(text, slug)}
    return [
        {
            "path": _PLACE.sub("", p.path, count=1),
            "message": p.message,
            "blocks": p.severity is Severity.ERROR,
        }
        for p in _problems(changed, slug)
        if (p.path, p.message) not in known
    ]


def _problems(text: str, slug: str) -> tuple[Problem, ...]:
    return events.checked_for(Source(text), events.shipped_templates(), slug).problems
