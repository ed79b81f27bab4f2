"""What the Document tab shows: flat values, already in words. Decides nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.config_views import Option


@dataclass
class SectionRow:
    """One section in the list; the counts are empty where there is nothing to count."""

    name: str
    title: str
    own: str
    changed: str
    problems: str
    summary: str
    is_unread: bool


@dataclass
class FieldRow:
    """One line of the form. `key` is the JSON Pointer of its place, `kind` says what it is drawn as.

    Beside the kinds of `document_form.Field` there are: heading (of a group or list), item (of a list of maps),
    add (a new item) and entry (a new name of a free map). Figures come as text, as HTML has them.
    """

    key: str
    id: str
    kind: str
    label: str
    depth: int = 0
    help: str = ""
    value: str = ""
    tokens: list[str] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    placeholder: str = ""
    unit: str = ""
    low: str = ""
    high: str = ""
    step: str = ""
    origin: str = ""
    is_own: bool = False
    is_changed: bool = False
    may_inherit: bool = False
    is_locked: bool = False
    reload: str = ""
    reload_words: str = ""
    risk: str = ""
    lever: str = ""
    problem: str = ""
    blocks: bool = False
    is_open: bool = False
    may_remove: bool = False
    may_move_up: bool = False
    may_move_down: bool = False


@dataclass
class Found:
    """A problem with the way to its place in both views."""

    key: str
    line: int
    column: int
    place: str
    text: str
    hint: str
    blocks: bool


@dataclass
class Mark:
    """A problem as the editor underlines it."""

    line: int
    column: int
    text: str
    blocks: bool


@dataclass
class DraftBar:
    """What the draft is and what may be done with it now; the rights come from the server.

    `status` is none before there is a draft.
    """

    id: str = ""
    status: str = "none"
    status_words: str = ""
    title: str = ""
    message: str = ""
    words: str = ""
    saved_at: str = ""
    expires: str = ""
    needs: str = ""
    reasons: list[str] = field(default_factory=list)
    risk: str = ""
    may_submit: bool = False
    may_publish: bool = False
    may_recall: bool = False
    may_discard: bool = False
    is_behind: bool = False


@dataclass
class DraftChoice:
    """A draft of this event that can be opened instead."""

    address: str
    text: str
    is_open: bool


@dataclass
class Clash:
    """Somebody else saved the same draft in between: who, and how the two differ."""

    who: str = ""
    changes: list[str] = field(default_factory=list)
    may_join: bool = False
