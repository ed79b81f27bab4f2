"""A blueprint as the wizard shows it: its head, its five steps, its files and what was refused of them.

Pure: the view of `flows.blueprints` in, flat values in words out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from app import formats
from app.blueprint_views import BlueprintHead, BlueprintRow, FileRow, FileTab, StepShown
from app.blueprint_words import KINDS, STATUSES, stage_words
from app.messages import words_for

View = Mapping[str, Any]

STEPS = (
    ("samples", "Samples"),
    ("mapping", "Mapping"),
    ("look", "Look"),
    ("preview", "Preview"),
    ("publish", "Publish"),
)
STEP_KEYS = tuple(key for key, _ in STEPS)
RESUME = {"previewed": "preview", "waiting": "publish", "published": "publish", "discarded": "publish"}
#: From here on a proposal counts as sure.
SURE = 0.9
_PARTS = re.compile(r"[\s_.\-]+")
BUSY = ("waiting", "reading")
UNTITLED = "New event from samples"
#: Where in a file something is wrong, as facts of an error may name it.
PLACES = (("sheet", "sheet"), ("row", "row"), ("column", "column"), ("page", "page"), ("line", "line"))


def row(head: View) -> BlueprintRow:
    """One line of the list of blueprints."""
    status = str(head.get("status") or "open")
    return BlueprintRow(
        id=str(head["id"]),
        title=title_of(head),
        status=status,
        status_words=status_words(head),
        step=resume_at(head),
        updated=str(head.get("updated_at") or head.get("created_at") or ""),
        address=f"/cockpit/blueprints/{head['id']}?step={resume_at(head)}",
    )


def status_words(view: View) -> str:
    status = str(view.get("status") or "open")
    return "Rejected" if view.get("verdict") == "reject" else STATUSES.get(status, status.capitalize())


def title_of(view: View) -> str:
    """The event's own name where it has one, else what the blueprint was called."""
    name = (view.get("choices") or {}).get("name")
    return str(name or view.get("title") or UNTITLED)


def resume_at(head: View) -> str:
    """Where somebody who comes back goes on."""
    return RESUME.get(str(head.get("status")), "samples")


def head(view: View) -> BlueprintHead:
    status, event = str(view.get("status") or "open"), str(view.get("event") or "")
    return BlueprintHead(
        id=str(view["id"]),
        title=title_of(view),
        status=status,
        status_words=status_words(view),
        revision=int(view.get("revision") or 0),
        event=event,
        store=f"/e/{event}" if status == "published" and event else "",
        is_open=status in ("open", "previewed"),
    )


def steps(view: View, now: str, unmet: int | None = None) -> list[StepShown]:
    """The five steps: which is open, which are done, and what is left to do in each."""
    said = {
        "samples": _samples_words(view),
        "mapping": _mapping_words(view),
        "look": "",
        "preview": "seen" if view.get("status") in ("previewed", "waiting", "published") else "",
        "publish": _publish_words(view, unmet),
    }
    done = {"samples", "mapping", "look", "preview", "publish"} & set(_done(view))
    return [
        StepShown(
            key=key,
            number=n,
            title=title,
            state="now" if key == now else "done" if key in done else "open",
            words=said[key],
            href=f"?step={key}",
        )
        for n, (key, title) in enumerate(STEPS, 1)
    ]


def _done(view: View) -> Iterable[str]:
    status = view.get("status")
    if has_rows(view) and not is_busy(view):
        yield "samples"
        if not view.get("open_questions"):
            yield from ("mapping", "look")
    if status in ("previewed", "waiting", "published"):
        yield from ("samples", "mapping", "look", "preview")
    if status == "published":
        yield "publish"


def _samples_words(view: View) -> str:
    files = view.get("files") or ()
    busy, refused = _count(files, BUSY), _count(files, ("refused",))
    if busy:
        return f"{busy} being read"
    if refused:
        return f"{refused} refused"
    return formats.count(len(files), "file", "files") if files else ""


def _mapping_words(view: View) -> str:
    asked = len(view.get("open_questions") or ())
    return formats.count(asked, "question", "questions") if asked else ""


def _publish_words(view: View, unmet: int | None) -> str:
    status = view.get("status")
    if status == "waiting":
        return "waits for approval"
    if status == "published":
        return "live"
    return f"{unmet} to mend" if unmet else ""


def _count(files: Iterable[View], states: Iterable[str]) -> int:
    return sum(file.get("status") in tuple(states) for file in files)


def is_busy(view: View) -> bool:
    """Whether anything is still being read."""
    return any(file.get("status") in BUSY for file in view.get("files") or ())


def has_rows(view: View) -> bool:
    """Whether there is anything to make listings of."""
    proposal = view.get("proposal") or {}
    return bool(proposal.get("sheets") or proposal.get("feeds") or proposal.get("reports"))


def files(view: View, *, may_edit: bool) -> list[FileRow]:
    return [_file(file, view, may_edit) for file in view.get("files") or ()]


def _file(file: View, view: View, may_edit: bool) -> FileRow:
    status = str(file.get("status") or "waiting")
    done, total = int(file.get("done") or 0), int(file.get("total") or 0)
    problem = file.get("problem") or {}
    return FileRow(
        id=str(file["id"]),
        name=str(file["name"]),
        kind=str(file.get("kind") or ""),
        kind_words=KINDS.get(str(file.get("kind") or ""), "File"),
        size=size_words(int(file.get("bytes") or 0)),
        status=status,
        words=_file_words(file, view, status, done, total),
        percent=min(100, round(100 * done / total)) if total else 0,
        problem=words_for(str(problem["code"]), problem.get("facts") or {}) if problem.get("code") else "",
        mend=_place(problem.get("facts") or {}),
        address=f"?step=mapping&file={file['id']}" if status == "read" else "",
        may_cancel=may_edit and status in BUSY,
        may_retry=may_edit and status in ("refused", "cancelled"),
        may_remove=may_edit and status not in BUSY,
    )


def _file_words(file: View, view: View, status: str, done: int, total: int) -> str:
    if status == "read":
        return _found(file, view)
    if status == "refused":
        return "Refused"
    if status == "cancelled":
        return "Stopped before it was read"
    words = stage_words(str(file.get("stage") or ""), status)
    return f"{words}: {formats.number(done)} of {formats.number(total)}" if total and done else words


def _found(file: View, view: View) -> str:
    """What was found in it, in one line."""
    kind, found = str(file.get("kind") or ""), proposal_of(view, file)
    if not found:
        return "Read"
    if kind == "sheet":
        rows = formats.count(int(found.get("row_count") or 0), "row", "rows")
        return f"{rows}, {formats.count(len(found.get('fields') or ()), 'column', 'columns')}"
    if kind == "report":
        pages = formats.count(len(found.get("page_sizes") or ()), "page", "pages")
        return f"{pages}, {formats.count(len(found.get('fields') or ()), 'value', 'values')}"
    if kind == "feed":
        return formats.count(len(found.get("fields") or ()), "field", "fields")
    if kind == "photo":
        return f"{found.get('width')} × {found.get('height')} pixels"
    return formats.count(len(found.get("tile_fields") or ()), "tile field", "tile fields")


def _place(facts: View) -> str:
    """Where in the file it is wrong: `row 14, column Price`."""
    return ", ".join(f"{word} {facts[name]}" for name, word in PLACES if facts.get(name) not in (None, ""))


SECTIONS = {
    "sheet": "sheets",
    "report": "reports",
    "feed": "feeds",
    "photo": "photos",
    "screen": "screens",
}


def proposal_of(view: View, file: View) -> View:
    """What was proposed for one file; nothing where it has not been read."""
    section = (view.get("proposal") or {}).get(SECTIONS.get(str(file.get("kind") or ""), "")) or ()
    named = {"file_id": str(file.get("id")), "file": str(file.get("name"))}
    for found in section:
        if str(found.get("file_id") or "") == named["file_id"]:
            return found
    return next((found for found in section if found.get("file") in named.values()), {})


def file_tabs(view: View) -> list[FileTab]:
    """The files that the step Mapping shows; photos are one tab together."""
    asked = [str(one.get("file_id")) for one in view.get("open_questions") or ()]
    tabs = [
        FileTab(str(file["id"]), str(file["name"]), str(file["kind"]), asked.count(str(file["id"])))
        for file in view.get("files") or ()
        if file.get("kind") in ("sheet", "feed", "report") and file.get("status") == "read"
    ]
    photos = [file for file in view.get("files") or () if file.get("kind") == "photo"]
    read = [file for file in photos if file.get("status") == "read"]
    if read:
        questions = sum(asked.count(str(file["id"])) for file in read)
        tabs.append(FileTab("photos", formats.count(len(read), "photo", "photos"), "photo", questions))
    return sorted(tabs, key=lambda tab: ("sheet", "feed", "report", "photo").index(tab.kind))


def size_words(size: int) -> str:
    """`184 kB`, `2.4 MB`. Unit: bytes, decimal multiples as file managers show them."""
    if size < 1000:
        return f"{size} B"
    if size < 1_000_000:
        return f"{size / 1000:.0f} kB"
    return f"{size / 1_000_000:.1f} MB"


def verdict(view: View) -> str:
    """What somebody answered who was asked to agree."""
    said = {"request_edits": "Edits were asked for", "reject": "It was rejected"}.get(
        str(view.get("verdict") or "")
    )
    return f"{said}: {view.get('reason') or 'without a reason'}" if said else ""


def whole_questions(view: View, file_id: str) -> list[str]:
    """Questions about a file as a whole."""
    return [
        str(one["text"])
        for one in view.get("open_questions") or ()
        if str(one.get("file_id")) == file_id and not one.get("field")
    ]


def drift(view: View, file_id: str) -> list[str]:
    """What differs from the last file of this seller, in words."""
    return [str(one["text"]) for one in view.get("drift") or () if str(one.get("file_id")) == file_id]


def acceptable(view: View) -> int:
    """How many columns of all files would be accepted together: sure, and not settled yet."""
    proposal = view.get("proposal") or {}
    settled = {
        (str(file["id"]), str(key)) for file in view.get("files") or () for key in file.get("decided") or ()
    }
    return sum(
        float(one.get("confidence") or 0) >= SURE
        and (str(part.get("file_id")), str(one["key"])) not in settled
        for part in (*(proposal.get("sheets") or ()), *(proposal.get("feeds") or ()))
        for one in part.get("fields") or ()
    )


def name_from(file_name: str) -> str:
    """What an event may be called until somebody says: `grand_pianos-2026.xlsx` is “Grand pianos 2026”."""
    stem = file_name.rsplit(".", 1)[0]
    plain = " ".join(_PARTS.split(stem)).strip()
    return plain[:1].upper() + plain[1:80] if any(letter.isalpha() for letter in plain) else ""


def first_name(view: View) -> str:
    """A name for a blueprint that has none yet, from the first file with listings."""
    if view.get("title") != UNTITLED:
        return ""
    lists = (
        f for f in view.get("files") or () if f.get("kind") in ("sheet", "feed") and f.get("status") == "read"
    )
    return next((name for f in lists if (name := name_from(str(f["name"])))), "")
