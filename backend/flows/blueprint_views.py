"""The shapes in which blueprints leave the services, as JSON. The shapes are a contract; nothing is decided here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backend.domains.blueprints.deciding import Question, questions_of, read_files
from backend.domains.blueprints.model import Proposal, to_json
from backend.domains.blueprints.previews import Ticket
from backend.domains.blueprints.records import Blueprint, Clarification, SampleFile


def blueprint_head(blueprint: Blueprint) -> dict[str, Any]:
    """One in a list."""
    return {
        "id": str(blueprint.id),
        "title": blueprint.title,
        "status": blueprint.status.value,
        "revision": blueprint.revision,
        "template": blueprint.template,
        "organization": blueprint.organization,
        "organization_id": str(blueprint.organization_id),
        "event": blueprint.event,
        "for_event": blueprint.for_event,
        "verdict": blueprint.verdict,
        "reason": blueprint.reason,
        "created_at": blueprint.created_at.isoformat(),
        "updated_at": blueprint.updated_at.isoformat(),
    }


def blueprint_view(
    blueprint: Blueprint,
    files: Sequence[SampleFile],
    proposal: Proposal,
    *,
    clarifications: Sequence[Clarification] = (),
) -> dict[str, Any]:
    """A blueprint in full: files, the proposal with decisions applied, what is open, what differs from last time."""
    return {
        **blueprint_head(blueprint),
        "choices": dict(blueprint.choices),
        "is_edited": blueprint.document is not None,
        "files": [file_view(file) for file in files],
        "proposal": _proposal(files, proposal),
        "open_questions": [question_view(one) for one in questions_of(files, proposal)],
        "clarifications": [clarification_view(one) for one in clarifications],
        "drift": [
            {"file_id": str(file.id), **one}
            for file in read_files(files)
            for one in (file.findings or {}).get("drift", ())
        ],
    }


def file_view(file: SampleFile) -> dict[str, Any]:
    """A file and how far reading it has come."""
    return {
        "id": str(file.id),
        "kind": file.kind,
        "name": file.name,
        "bytes": file.bytes,
        "sha256": file.sha256,
        "status": file.status.value,
        "stage": file.stage,
        "done": file.done,
        "total": file.total,
        "problem": file.problem,
        "decided": sorted(file.decisions),
    }


def question_view(question: Question) -> dict[str, Any]:
    return {"file_id": question.file_id, "field": question.field, "text": question.text}


def clarification_view(one: Clarification) -> dict[str, Any]:
    return {
        "clarification_id": str(one.id),
        "said": one.said,
        "understood": one.understood,
        "changes": list(one.changes),
        "applied_at": one.applied_at.isoformat() if one.applied_at else None,
    }


def _proposal(files: Sequence[SampleFile], proposal: Proposal) -> dict[str, Any]:
    """The proposal with the id of the file that each part is about."""
    shown: dict[str, Any] = to_json(proposal)
    parts = {"sheet": "sheets", "report": "reports", "feed": "feeds", "photo": "photos", "screen": "screens"}
    for kind, name in parts.items():
        ids = [str(file.id) for file in read_files(files) if file.kind == kind]
        shown[name] = [{"file_id": file_id, **part} for file_id, part in zip(ids, shown[name], strict=True)]
    return shown


def ticket_view(ticket: Ticket) -> dict[str, Any]:
    """An import and how far it has come."""
    return {
        "import_id": str(ticket.id),
        "file_id": str(ticket.file_id) if ticket.file_id else None,
        "source": ticket.source,
        "status": ticket.status.value,
        "stage": ticket.stage,
        "done": ticket.done,
        "total": ticket.total,
        "rows": ticket.rows,
        "report": ticket.report,
        "problem": ticket.problem,
    }
