"""What is asked of a blueprint before it goes live: line by line, met or not, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from backend.domains.blueprints.deciding import decided_file, found_in, questions_of, read_files
from backend.domains.blueprints.model import FeedProposal, Left, Proposal, SheetProposal
from backend.domains.blueprints.records import FileStatus, SampleFile

_MOST_REJECTED: Final = 0.05


@dataclass(frozen=True, slots=True)
class Check:
    """One line. What is required stops publishing while it is not met; the rest is for a person to judge."""

    name: str
    is_met: bool
    text: str
    is_required: bool = False

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "is_met": self.is_met, "is_required": self.is_required, "text": self.text}


@dataclass(frozen=True, slots=True)
class Looked:
    """What was done in the sandbox. `is_current`: it shows just what would be published."""

    is_open: bool = False
    is_current: bool = False
    is_seen: bool = False
    is_filled: bool = False
    rehearsal: Mapping[str, Any] | None = None


def checklist_of(
    files: Sequence[SampleFile], proposal: Proposal, looked: Looked, *, rejected: float, is_valid: bool
) -> tuple[Check, ...]:
    """Every line, in the order of the steps."""
    return (*_of_files(files, proposal, rejected), *_of_columns(files, proposal), *_of_look(looked, is_valid))


def _of_files(files: Sequence[SampleFile], proposal: Proposal, rejected: float) -> Iterator[Check]:
    unread = [file.name for file in files if file.status is not FileStatus.READ]
    yield Check(
        "files_read", not unread, f"Not read: {', '.join(unread[:5])}." if unread else "Every file was read.",
        is_required=any(file.status.is_coming for file in files),
    )  # fmt: skip
    yield Check("rows_usable", rejected <= _MOST_REJECTED, f"{rejected:.1%} of the rows cannot be used.")
    if proposal.photos:
        linked = sum(photo.listing is not None for photo in proposal.photos)
        text = f"{linked} of {len(proposal.photos)} photos belong to a listing."
        yield Check("photos_linked", linked == len(proposal.photos), text)


def _of_columns(files: Sequence[SampleFile], proposal: Proposal) -> Iterator[Check]:
    undecided, shown = 0, list[str]()
    for file in read_files(files):
        found, own = decided_file(file), found_in(file)
        if isinstance(found, SheetProposal | FeedProposal):
            undecided += sum(not one.targets and one.left is None for one in found.fields)
            kept_back = {one.key: one.left for one in own.fields}
            shown += [
                one.key
                for one in found.fields
                if one.targets
                and kept_back.get(one.key) in (Left.INTERNAL, Left.PERSONAL)
                and one.key not in file.decisions
            ]
    yield Check(
        "columns_decided", not undecided, "Every column goes somewhere or is left out." if not undecided
        else f"{undecided} columns neither go anywhere nor are left out.",
    )  # fmt: skip
    yield Check(
        "no_personal_columns", not shown, f"Kept back and shown all the same: {', '.join(shown)}." if shown
        else "Nothing internal or personal is shown unless somebody said so.", is_required=True,
    )  # fmt: skip
    priced = [sheet for sheet in proposal.sheets if any("price" in one.targets for one in sheet.fields)]
    bare = [sheet.file for sheet in priced if not _has_currency(sheet, proposal)]
    yield Check(
        "columns_have_currency",
        not bare,
        f"No currency: {', '.join(bare)}." if bare else "Every price has a currency.",
    )
    questions = questions_of(files, proposal)
    yield Check(
        "questions_answered",
        not questions,
        f"{len(questions)} questions are open." if questions else "No question is open.",
    )


def _has_currency(sheet: SheetProposal, proposal: Proposal) -> bool:
    targets = {target for one in sheet.fields for target in one.targets}
    named = any(one.column.get("currency") for one in sheet.fields if "price" in one.targets)
    return bool(sheet.currency or proposal.choices.currency or "currency" in targets or named)


def _of_look(looked: Looked, is_valid: bool) -> Iterator[Check]:
    yield Check(
        "document_valid",
        is_valid,
        "The document holds." if is_valid else "The document has errors.",
        is_required=True,
    )
    yield Check(
        "preview_open", looked.is_open and looked.is_filled, "The rows are in the preview." if looked.is_open and looked.is_filled
        else "The rows have to be in the preview first.", is_required=True,
    )  # fmt: skip
    yield Check(
        "preview_current", looked.is_current, "The preview shows just what goes live." if looked.is_current
        else "Something has changed since: open the preview again.", is_required=True,
    )  # fmt: skip
    yield Check(
        "sandbox_seen", looked.is_seen and looked.is_current, "What the guide says and shows was looked at."
        if looked.is_seen and looked.is_current else "Look at the preview: nobody has seen what the guide says and shows.",
    )  # fmt: skip
    report = looked.rehearsal or {}
    held = report.get("winners") == 1 and bool(report.get("free_again_after_the_clock"))
    yield Check(
        "preview_holds_rehearsed", held, "Holds were rehearsed: one buyer wins, and the clock frees the unit." if held
        else "Rehearse a hold: buyers racing for one unit.",
    )  # fmt: skip
