"""How configuration looks to whoever asks over HTTP or on screen: versions, drafts, differences, members as JSON.

The shapes are a contract; nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from backend.domains.events.breaking import breaking
from backend.domains.events.changes import ChangeKind, Diff
from backend.domains.events.lifecycle import Branch, Draft, DraftHead, Needs, Review, to_json
from backend.domains.events.model import (
    Compilation,
    Document,
    Event,
    EventVersion,
    Problem,
    Severity,
    VersionHead,
    pointer,
)
from backend.domains.events.schema_versions import CURRENT
from backend.domains.identity.model import Member, Permission


def version_view(
    event: Event, version: EventVersion, head: VersionHead, origins: Mapping[str, str]
) -> dict[str, Any]:
    """One version in full."""
    return {
        "config_id": event.slug,
        "organization_id": str(version.organization_id),
        "version": version.number,
        "version_id": str(version.id),
        "yaml_content": version.source,
        "document": version.document,
        "metadata": {
            "created_at": version.created_at.isoformat(),
            "updated_at": version.created_at.isoformat(),
            "status": status_of(head),
            "breaking_change": bool(version.gone),
            "kind": version.kind,
            "risk": version.risk,
            "message": version.message,
            "author": head.author_email,
        },
        "sha256": version.sha256,
        "origins": dict(origins),
    }


def head_view(head: VersionHead) -> dict[str, Any]:
    """One line of a list of versions."""
    return {
        "version": head.number,
        "version_id": str(head.id),
        "created_at": head.created_at.isoformat(),
        "created_by": head.author_email or "system",
        "status": status_of(head),
        "message": head.message,
        "kind": head.kind,
        "risk": head.risk,
        "restores": head.restores,
        "carry": head.carry,
        "approvals": head.approvals,
        "sha256": head.sha256,
        "rolled_back": head.is_rolled_back,
    }


def status_of(head: VersionHead) -> str:
    """`active` is in force; `rolled_back` was undone by a later version; the rest is `superseded`."""
    if head.is_current:
        return "active"
    return "rolled_back" if head.is_rolled_back else "superseded"


def problems_view(problems: Sequence[Problem]) -> dict[str, Any]:
    """Errors and warnings apart, with their words, and all of them in full under `problems`."""

    def said(severity: Severity) -> list[dict[str, str]]:
        return [
            {"field": p.path or "/", "message": p.message, "severity": p.severity.value}
            for p in problems
            if p.severity is severity
        ]

    return {
        "errors": said(Severity.ERROR),
        "warnings": said(Severity.WARNING),
        "problems": [to_json(p.facts()) for p in problems],
    }


def diff_view(found: Diff, before: Document, after: Document) -> dict[str, Any]:
    """A difference four ways: by section, change by change in words, as JSON Patch, and what it puts at risk."""
    gone = breaking(before, after)
    return {
        "diff": by_kind(found),
        "changes": [change.to_json() for change in found.changes],
        "patch": found.patch,
        "breaking_changes": [{"kind": one.kind, "name": one.name} for one in gone],
        "risk_assessment": risk_view(found),
    }


def by_kind(found: Diff) -> dict[str, Any]:
    """Added, removed, modified and moved, each path (as JSON Pointer) with what was and what is."""
    added = {pointer(c.path): c.after for c in found.changes if c.kind is ChangeKind.ADDED}
    removed = {pointer(c.path): c.before for c in found.changes if c.kind is ChangeKind.REMOVED}
    modified = {
        pointer(c.path): {"old": c.before, "new": c.after}
        for c in found.changes
        if c.kind is ChangeKind.CHANGED
    }
    moved = {
        pointer(c.path): {"from": c.before, "to": c.after}
        for c in found.changes
        if c.kind is ChangeKind.MOVED
    }
    return {"added": added, "removed": removed, "modified": modified, "moved": moved}


def risk_view(found: Diff) -> dict[str, Any]:
    """The level and the changes that make it so, in words."""
    reasons = [change.text for change in found.changes if change.risk == found.risk]
    return {
        "risk_level": found.risk,
        "reasons": reasons,
        "reload": list(found.reloads),
        "permissions": list(found.permissions),
        "levers_only": found.is_lever_only,
    }


def validation_view(
    compilation: Compilation, found: Diff | None, in_force: Document | None
) -> dict[str, Any]:
    """The answer of validation. Without a version in force nothing can break and nothing is at risk yet."""
    compiled = compilation.compiled
    gone = breaking(in_force, compiled.document) if compiled and in_force is not None else ()
    return {
        "valid": compiled is not None,
        **problems_view(compilation.problems),
        "sha256": compiled.sha256 if compiled else None,
        "schema_version": str(CURRENT),
        "breaking_change_detected": bool(gone),
        "breaking_changes": [{"kind": one.kind, "name": one.name} for one in gone],
        "risk_assessment": risk_view(found) if found else None,
        "changes": [change.to_json() for change in found.changes] if found else [],
    }


def draft_head(draft: DraftHead, now: datetime) -> dict[str, Any]:
    """A draft in a list."""
    return {
        "draft_id": str(draft.id),
        "config_id": draft.slug,
        "organization_id": str(draft.organization_id),
        "title": draft.title,
        "status": draft.status.value,
        "origin": draft.origin.value,
        "revision": draft.revision,
        "message": draft.message,
        "risk": draft.risk,
        "branch": draft.branch,
        "base_version": draft.base_number,
        "is_behind": draft.is_behind,
        "is_valid": draft.is_valid,
        "sha256": draft.sha256,
        "author": {"user_id": to_json(draft.author_id), "email": draft.author_email},
        "contributors": to_json(draft.contributors),
        "created_at": draft.created_at.isoformat(),
        "updated_at": draft.updated_at.isoformat(),
        "submitted_at": to_json(draft.submitted_at),
        "expires_at": draft.expires_at.isoformat(),
        "warning": _warning(draft, now),
    }


def _warning(draft: DraftHead, now: datetime) -> str | None:
    """`expired`: it can be read, not put forward; `expires_soon`: in less than a day; `behind`: main has moved on."""
    if draft.is_expired(now):
        return "expired"
    if draft.expires_soon(now):
        return "expires_soon"
    return "behind" if draft.is_behind and not draft.status.is_over else None


def draft_view(
    draft: Draft,
    now: datetime,
    *,
    problems: Sequence[Problem],
    found: Diff | None,
    base: Document | None,
    needs: Needs | None = None,
    reviews: Sequence[Review] = (),
) -> dict[str, Any]:
    """A draft in full: its text, what is wrong in it, what it changes, who has to agree and who has."""
    document = draft.document
    compared = diff_view(found, base, document) if found and base is not None and document is not None else {}
    return {
        **draft_head(draft, now),
        "yaml_content": draft.source,
        **problems_view(problems),
        **compared,
        "needs": to_json(needs),
        "reviews": to_json(reviews),
    }


def branch_view(branch: Branch) -> dict[str, Any]:
    return {
        "branch_id": str(branch.id),
        "config_id": branch.slug,
        "branch_name": branch.name,
        "description": branch.description,
        "base_version": branch.base_number,
        "current_version": branch.head_number,
        "created_at": branch.created_at.isoformat(),
        "created_by": branch.author_email,
        "status": branch.status,
    }


def published_view(version: EventVersion, url: str) -> dict[str, Any]:
    """What came into force."""
    return {
        "event_id": version.document["id"],
        "version_id": str(version.id),
        "version": version.number,
        "sha256": version.sha256,
        "is_new": version.is_new,
        "kind": version.kind,
        "risk": version.risk,
        "url": url,
    }


def member_view(member: Member) -> dict[str, Any]:
    names = [*(permission.value for permission in Permission), "max_risk_level"]
    return {
        "user_id": str(member.user_id),
        "email": member.email,
        "role": member.role.value,
        "config_permissions": {name: member.permissions[name] for name in names},
        "overrides": dict(member.overrides),
        "joined_at": member.joined_at.isoformat(),
    }
