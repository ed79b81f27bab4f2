"""A draft as the bar above the document shows it: its state, and what may be done with it. Pure."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from app import config_showing, formats
from app.config_views import ConflictRow
from app.document_views import Clash, DraftBar, DraftChoice
from backend.domains.events.lifecycle import Draft, DraftHead, DraftStatus, Needs

#: Each allows to write some part of a document; the database checks which, place by place.
WRITING = (
    "edit_document",
    "edit_system_prompt",
    "add_remove_tools",
    "modify_integrations",
    "change_voice_params",
)
MOST_CHANGES = 8


def no_draft(number: int, rights: Collection[str]) -> DraftBar:
    """The bar before anything was changed."""
    writes = any(right in rights for right in WRITING)
    words = "Change anything and a draft begins by itself." if writes else "Your role may read this document."
    where = f"Equal to version {number}." if number else "Nothing is published yet."
    return DraftBar(status_words="No draft", words=f"{where} {words}")


def draft_bar(
    draft: Draft,
    needs: Needs | None,
    *,
    rights: Mapping[str, Any],
    me: object,
    now: datetime,
    currency: str | None,
    locale: str,
) -> DraftBar:
    """`needs` is None while the text has errors."""
    alive = not draft.status.is_over and not draft.is_expired(now)
    own = me in draft.contributors
    open_ = draft.status in (DraftStatus.OPEN, DraftStatus.REJECTED)
    deploys = bool(rights.get("deploy_to_production"))
    free = needs is not None and (needs.needed == 0 or needs.met)
    ready = alive and not draft.is_behind and needs is not None and needs.risk != "none"
    writes = any(rights.get(right) for right in WRITING)
    return DraftBar(
        id=str(draft.id),
        status=draft.status.value,
        status_words=config_showing.STATUSES[draft.status.value],
        title=draft.title,
        message=draft.message,
        words=_words(draft, me),
        saved_at=draft.updated_at.isoformat(),
        expires=_expiry(draft, now),
        needs=_needs(needs),
        reasons=config_showing.risk_reasons(needs, currency=currency, locale=locale)
        if needs and alive
        else [],
        risk=needs.risk if needs and alive else "",
        may_submit=ready and open_ and writes and not free,
        may_publish=ready and deploys and (draft.status is DraftStatus.APPROVED or (open_ and free)),
        may_recall=alive and own and draft.status in (DraftStatus.IN_REVIEW, DraftStatus.APPROVED),
        may_discard=alive and own,
        is_behind=alive and draft.is_behind,
    )


def _words(draft: DraftHead, me: object) -> str:
    who = config_showing.person(draft.author_id, draft.author_email, me)
    base = f"since version {draft.base_number}" if draft.base_number else "for the first version"
    branch = f" on the branch {draft.branch}" if draft.branch else ""
    return f"Changes {base}{branch}, begun by {who}, revision {draft.revision}."


def _needs(needs: Needs | None) -> str:
    if needs is None:
        return "It still has problems; once they are mended, it says here who has to agree."
    if needs.risk == "none":
        return "Nothing differs from the version in force."
    return config_showing.needs_words(needs)


def _expiry(draft: DraftHead, now: datetime) -> str:
    if draft.is_expired(now):
        return "Has run out. Change anything and a new draft begins with its text."
    said = config_showing.expiry_words(draft, now)
    if said or draft.status.is_over:
        return said
    days = max(1, round((draft.expires_at - now).total_seconds() / 86400))
    return f"Kept {formats.count(days, 'more day', 'more days')}"


def draft_choice(draft: DraftHead, *, opened: str, me: object) -> DraftChoice:
    who = config_showing.person(draft.author_id, draft.author_email, me)
    status = config_showing.STATUSES[draft.status.value].lower()
    return DraftChoice(
        address=f"?tab=document&draft={draft.id}",
        text=f"{config_showing.draft_title(draft)} · {who} · {status}",
        is_open=str(draft.id) == opened,
    )


def clash(facts: Mapping[str, Any], *, me: str, may_join: bool) -> Clash:
    """The refusal of a stale draft in words; `me` is the reader's address."""
    changes = [_sentence(str(change.get("text", ""))) for change in facts.get("changes", ())]
    more = len(changes) - MOST_CHANGES
    if more > 0:
        changes = [*changes[:MOST_CHANGES], f"And {formats.count(more, 'more change', 'more changes')}"]
    who = str(facts.get("updated_by") or "Somebody else")
    return Clash("You, in another window," if who == me else who, changes, may_join)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def conflict_row(item: Mapping[str, Any], choices: Mapping[str, str]) -> ConflictRow:
    """A place that both sides changed, from the facts of a refusal; a side that lacks the place is not there."""
    sides = {side: _side(item[side]) if side in item else "not there" for side in ("base", "ours", "theirs")}
    return ConflictRow(path=item["path"], label=item["label"], **sides, choice=choices.get(item["path"], ""))


def _side(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
