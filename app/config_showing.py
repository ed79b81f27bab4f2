"""Drafts, versions, differences and levers as the cockpit shows them. Pure: values in, flat values in words out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from app import formats
from app.config_views import (
    BranchLine,
    ChangeGroup,
    ChangeRow,
    ConflictRow,
    ConsequenceReport,
    DiffShown,
    DraftLine,
    HoldLine,
    ReviewLine,
    StepLine,
    VersionLine,
)
from app.sides import side_by_side
from backend.domains.events import schema
from backend.domains.events.changes import Change, ChangeKind, Diff
from backend.domains.events.lifecycle import (
    Branch,
    Commit,
    Consequences,
    DraftHead,
    DraftStatus,
    HistoryLine,
    Needs,
    Review,
)
from backend.domains.events.model import pointer
from backend.kit.money import format_money

#: Values longer than this are shown below their sentence rather than in it.
SHORT = 32
KINDS = {
    "publish": "Published",
    "lever": "Lever moved",
    "rollback": "Rolled back",
    "auto_rollback": "Taken back by the watch",
}
STATUSES = {
    "open": "Being edited",
    "in_review": "In review",
    "approved": "Approved",
    "published": "Published",
    "rejected": "Rejected",
    "discarded": "Discarded",
}
ORIGINS = {"merge": "Merge of a branch", "rollback": "Rollback", "assistant": "Written with the assistant"}
VERDICTS = {"approve": "approved", "request_edits": "asks for edits", "reject": "rejected"}
CARRIED = {
    "drain": "Open conversations ended on their own version",
    "migrate": "Open conversations were taken along",
    "force": "Open conversations were switched at once",
}
REASONS = {
    "first_version": "It is the first version; nobody meets it yet.",
    "levers_inside_their_range": "It only moves levers inside the ranges that were agreed before.",
    "reaches_open_conversations": "It reaches many open conversations at once, which counts one level higher.",
    "nobody_else_in_the_organization": "Nobody else belongs to the organization, so nobody else is asked.",
    "nobody_may_approve": "Nobody may approve this risk at present. An admin can give somebody the right to.",
    "no_other_admin": "An admin has to agree, and no other admin may. Make somebody else one, or let a colleague propose it.",
    "everybody_who_may": "Fewer people may approve this risk than the policy asks for; all of them have to agree.",
}


def section_title(name: str) -> str:
    """What the schema calls a section."""
    found = schema.at((name,)) or {}
    return found.get("title") or name.replace("_", " ").capitalize()


def diff_shown(diff: Diff, *, title: str = "", before: str = "", after: str = "") -> DiffShown:
    """`before` and `after` are the sources that stand beside each other."""
    by_section: dict[str, list[ChangeRow]] = {}
    for n, change in enumerate(diff.changes):
        by_section.setdefault(change.section, []).append(_change(change, n))
    return DiffShown(
        title=title,
        summary=_summary(diff),
        risk=diff.risk,
        reloads=list(diff.reloads),
        groups=[ChangeGroup(section_title(name), rows) for name, rows in by_section.items()],
        sides=side_by_side(before, after),
        patch=json.dumps(list(diff.patch), indent=2, ensure_ascii=False),
    )


def _summary(diff: Diff) -> str:
    count = formats.count(len(diff.changes), "change", "changes")
    if diff.is_lever_only and diff.changes:
        moved = (
            "a lever inside its range" if len(diff.changes) == 1 else "all of them levers inside their ranges"
        )
        return f"{count}, {moved}."
    reaches = {
        "kill": "reaches everybody at once",
        "live": "reaches open conversations too",
    }
    found = next((words for name, words in reaches.items() if name in diff.reloads), "")
    return f"{count}; {found}." if found else f"{count}, for new conversations."


def _change(change: Change, n: int) -> ChangeRow:
    before, after = (
        ("", "") if change.kind is ChangeKind.MOVED else (_long(change.before), _long(change.after))
    )
    return ChangeRow(
        key=f"{n}",
        kind=change.kind.value,
        text=change.text[:1].upper() + change.text[1:],
        before=before,
        after=after,
        risk=change.risk,
        reload=change.reload,
        path=pointer(change.path),
    )


def _long(value: Any) -> str:
    """A value that is too long for a sentence."""
    if isinstance(value, str):
        return value if len(value) > SHORT else ""
    if isinstance(value, Mapping | list | tuple) and value:
        return json.dumps(value, indent=2, ensure_ascii=False, default=list)
    return ""


def person(user_id: object, email: str | None, me: object) -> str:
    """Who did it, as the reader knows them."""
    if user_id is None:
        return "the command line"
    return "you" if user_id == me else email or "somebody who has left"


def version_line(line: HistoryLine, sha256: str, me: object) -> VersionLine:
    rolled = "rolled back" if line.is_rolled_back else "superseded"
    names = [str(item.get("email") or "a colleague") for item in line.approvals]
    kind = KINDS.get(line.kind, line.kind)
    return VersionLine(
        number=line.number,
        title=line.message,
        kind=line.kind,
        kind_words=f"{kind} to version {line.restores}"
        if line.kind == "rollback" and line.restores
        else kind,
        state="in force" if line.is_current else rolled,
        risk=line.risk,
        author="the watch" if line.kind == "auto_rollback" else person(line.author_id, line.author_email, me),
        at=line.created_at.isoformat(),
        approvals=f"approved by {', '.join(names)}" if names else "",
        sha=sha256[:10],
        carry=CARRIED.get(line.carry or "", "") if line.gone else "",
    )


def report(found: Consequences, *, locale: str) -> ConsequenceReport:
    """A rollback in sentences: what ends, what goes on, and on which terms."""
    return ConsequenceReport(
        target=found.target,
        current=str(found.current),
        sentences=[*_report_sentences(found, locale)],
        holds=[
            HoldLine(
                id=str(hold.hold_id),
                title=hold.title,
                expires=hold.expires_at.isoformat(),
                text=f"placed under version {hold.version}"
                + (", with a deposit" if hold.deposit_required else ", without a deposit"),
            )
            for hold in found.holds
        ],
        gone=gone_words(found.gone),
    )


def _report_sentences(found: Consequences, locale: str) -> Iterable[str]:
    undone = sorted(found.versions_undone)
    if len(undone) == 1:
        yield f"Version {undone[0]} is taken back; it stays in the history."
    elif undone:
        yield f"Versions {undone[0]} to {undone[-1]} are taken back; they stay in the history."
    if found.conversations:
        talks = formats.count(found.conversations, "open conversation keeps", "open conversations keep")
        yield f"{talks} the version begun with, prices and questions included; new ones begin under the restored one."
    else:
        yield "Nobody is in a conversation under what is taken back."
    if found.holds:
        worth = _money(found.money_minor, found.currency, locale)
        holds = formats.count(len(found.holds), "hold runs", "holds run")
        yield f"{holds} until the clock ends, on the terms of the moment it was placed{worth}."
    else:
        yield "Nothing is on hold under what is taken back."
    if found.deposits:
        deposits = formats.count(found.deposits, "deposit stays", "deposits stay")
        yield f"{deposits} as agreed; nothing is charged or given back by this."


def _money(minor: int, currency: str | None, locale: str) -> str:
    return f", {format_money(minor, currency, locale)} together" if currency and minor else ""


def gone_words(gone: Sequence[Mapping[str, Any]]) -> list[str]:
    """What open conversations use and would lose. What nobody uses needs no choice."""
    used = [item for item in gone if int(item.get("conversations") or 0) > 0]
    return [
        f"the {item['kind']} “{item['name']}”, in "
        + formats.count(int(item["conversations"]), "conversation", "conversations")
        for item in used
    ]


def draft_line(draft: DraftHead, *, event: str, me: object, now: datetime, here: str) -> DraftLine:
    """`here` is the address that opens a draft, up to its id."""
    return DraftLine(
        id=str(draft.id),
        title=draft_title(draft),
        event=event,
        slug=draft.slug,
        author=person(draft.author_id, draft.author_email, me),
        status=draft.status.value,
        status_words=STATUSES[draft.status.value],
        risk=draft.risk or "",
        waits=_waits(draft, me),
        updated=draft.updated_at.isoformat(),
        expires=expiry_words(draft, now),
        address=f"{here}{draft.id}",
    )


def draft_title(draft: DraftHead) -> str:
    return draft.title or draft.message or "Draft without a title"


def _waits(draft: DraftHead, me: object) -> str:
    if draft.status is DraftStatus.APPROVED:
        return "ready to publish"
    if draft.status is DraftStatus.IN_REVIEW:
        return "waits for others" if me in draft.contributors else "waits for a verdict"
    return ""


def expiry_words(draft: DraftHead, now: datetime) -> str:
    """Only what is worth saying: that it has run out, or soon will."""
    if draft.is_expired(now):
        return "Has run out. Save it again to go on."
    if draft.expires_soon(now):
        hours = max(1, round((draft.expires_at - now).total_seconds() / 3600))
        return f"Runs out in {formats.count(hours, 'hour', 'hours')} unless somebody saves or publishes it."
    return ""


def needs_words(needs: Needs) -> str:
    """Who has to agree, and who has."""
    if needs.needed == 0:
        return "Nobody else has to agree."
    people = formats.count(needs.needed, "person", "people")
    admin = ", one of them an admin" if needs.needs_admin and needs.needed > 1 else ""
    admin = " who is an admin" if needs.needs_admin and needs.needed == 1 else admin
    text = f"{people} besides the author{admin}."
    if needs.met:
        return f"{text} They have agreed."
    return f"{text} {needs.given} of {needs.needed} so far."


def risk_reasons(needs: Needs, *, currency: str | None, locale: str) -> list[str]:
    """Why the risk is what it is: what changes, and what it meets."""
    words = [f"Its riskiest change is of {needs.leaf_risk} risk."] if needs.leaf_risk != "none" else []
    words += [REASONS[reason] for reason in needs.reasons if reason in REASONS]
    radius = needs.radius
    talks = int(radius.get("conversations") or 0)
    holds, deposits = int(radius.get("holds") or 0), int(radius.get("deposits") or 0)
    if not talks and not holds:
        return [*words, "Nobody is in a conversation and nothing is on hold now."]
    met = [
        formats.count(talks, "open conversation", "open conversations"),
        formats.count(holds, "hold", "holds"),
        formats.count(deposits, "deposit", "deposits"),
    ]
    worth = _money(int(radius.get("money_minor") or 0), currency, locale).replace(" together", " on hold")
    return [*words, f"Under way now: {', '.join(met)}{worth}."]


def review_line(review: Review, me: object) -> ReviewLine:
    who = person(review.reviewer_id, review.email, me)
    return ReviewLine(
        id=str(review.id),
        who=who[:1].upper() + who[1:] if who == "you" else who,
        verdict=review.verdict.value,
        verdict_words=VERDICTS[review.verdict.value].replace("asks", "ask" if who == "you" else "asks"),
        reason=review.reason,
        at=review.created_at.isoformat(),
        is_current=review.is_current,
    )


def branch_line(branch: Branch, me: object) -> BranchLine:
    return BranchLine(
        name=branch.name,
        description=branch.description,
        status=branch.status,
        author=person(branch.created_by, branch.author_email, me),
        at=branch.created_at.isoformat(),
        base=f"Version {branch.base_number}",
        head=f"Step {branch.head_number}",
    )


def step_line(commit: Commit, me: object) -> StepLine:
    author = person(commit.author_id, commit.author_email, me)
    return StepLine(
        commit.number, commit.message or "Without a message", author, commit.created_at.isoformat()
    )


def conflict_row(conflict: Mapping[str, Any], choice: str) -> ConflictRow:
    """A conflict as `merging.Conflict.to_json` gives it; a side that has no such place is left out there."""
    return ConflictRow(
        path=conflict["path"],
        label=conflict["label"],
        base=_side(conflict, "base"),
        ours=_side(conflict, "ours"),
        theirs=_side(conflict, "theirs"),
        choice=choice,
    )


def _side(conflict: Mapping[str, Any], name: str) -> str:
    if name not in conflict:
        return "" if name == "base" else "not there"
    value = conflict[name]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
