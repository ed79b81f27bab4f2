"""What the cockpit shows of documents, drafts and versions: flat values, already in words. Decides nothing."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class ChangeRow:
    """One change as a sentence. `before` and `after` are empty where the sentence says it all."""

    key: str
    kind: str
    text: str
    before: str
    after: str
    risk: str
    reload: str
    path: str


@dataclass
class ChangeGroup:
    """The changes of one section of the document."""

    title: str
    changes: list[ChangeRow]


@dataclass
class SideRow:
    """A line of the two sources beside each other; `kind` is same, changed, added, removed or fold."""

    key: str
    kind: str
    old_line: str
    old: str
    new_line: str
    new: str


@dataclass
class DiffShown:
    """A difference in three readings: sentences, sources, JSON Patch."""

    title: str = ""
    summary: str = ""
    risk: str = "none"
    reloads: list[str] = field(default_factory=list)
    groups: list[ChangeGroup] = field(default_factory=list)
    sides: list[SideRow] = field(default_factory=list)
    patch: str = ""


@dataclass
class VersionLine:
    """One version on the timeline; `state` is in force, superseded or rolled back."""

    number: int
    title: str
    kind: str
    kind_words: str
    state: str
    risk: str
    author: str
    at: str
    approvals: str
    sha: str
    carry: str


@dataclass
class HoldLine:
    """A hold that a rollback has to honor."""

    id: str
    title: str
    expires: str
    text: str


@dataclass
class ConsequenceReport:
    """What a rollback means, before it happens."""

    target: int = 0
    current: str = ""
    sentences: list[str] = field(default_factory=list)
    holds: list[HoldLine] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


@dataclass
class ReviewLine:
    id: str
    who: str
    verdict: str
    verdict_words: str
    reason: str
    at: str
    is_current: bool


@dataclass
class DraftLine:
    """A draft in a list."""

    id: str
    title: str
    event: str
    slug: str
    author: str
    status: str
    status_words: str
    risk: str
    waits: str
    updated: str
    expires: str
    address: str


@dataclass
class DraftShown:
    """A draft that is opened: what it says, who has agreed, and what I may do."""

    id: str = ""
    slug: str = ""
    event: str = ""
    title: str = ""
    message: str = ""
    author: str = ""
    status: str = ""
    status_words: str = ""
    origin: str = ""
    revision: int = 0
    base: str = ""
    submitted: str = ""
    expires: str = ""
    expires_soon: bool = False
    risk: str = ""
    reasons: list[str] = field(default_factory=list)
    needs: str = ""
    kind_word: str = ""
    may_review: bool = False
    may_recall: bool = False
    may_publish: bool = False
    may_edit: bool = False
    is_stale: bool = False


@dataclass
class BranchLine:
    name: str = ""
    description: str = ""
    status: str = ""
    author: str = ""
    at: str = ""
    base: str = ""
    head: str = ""


@dataclass
class StepLine:
    """One version of a branch."""

    number: int
    message: str
    author: str
    at: str


@dataclass
class ConflictRow:
    """One place that both sides changed; `choice` is ours, theirs, base or empty."""

    path: str
    label: str
    base: str
    ours: str
    theirs: str
    choice: str


@dataclass
class Option:
    value: str
    text: str


@dataclass
class LeverRow:
    """One lever: `control` is slider, toggle or choice. Numbers come as text for HTML."""

    key: str
    path: str
    group: str
    label: str
    help: str
    control: str
    value: str
    shown: str
    unit: str
    low: str
    high: str
    step: str
    options: list[Option]
    baseline: str
    approved: str
    moved: str
    moved_at: str
    may_undo: bool


@dataclass
class KillSwitch:
    """A switch for a bad day; `on` means that it stops."""

    path: str = ""
    label: str = ""
    use: str = ""
    end: str = ""
    help: str = ""
    on: bool = False


@dataclass
class OrganizationStop:
    """A stop switch for all events of an organization; `words` say what holds while it is on. `at` is when it was turned."""

    name: str = ""
    label: str = ""
    use: str = ""
    end: str = ""
    help: str = ""
    on: bool = False
    words: str = ""
    who: str = ""
    at: str = ""
    note: str = ""


@dataclass
class FlagRow:
    """A flag and where its value comes from; `own` is what the organization says: on, off or empty."""

    name: str
    help: str
    on: bool
    own: str
    note: str
    event_on: bool


@dataclass
class PermissionCell:
    key: str
    label: str
    on: bool
    differs: bool
    hint: str


@dataclass
class MemberRow:
    id: str
    email: str
    role: str
    you: bool
    cells: list[PermissionCell]
    max_risk: str
    max_differs: bool
    differs: bool


@dataclass
class TemplateRow:
    """A shipped template and what it brings."""

    name: str = ""
    title: str = ""
    description: str = ""
    facts: list[str] = field(default_factory=list)
    initial: str = ""


@dataclass
class Alert:
    """Something the head of an event has to say; `tone` is warn, bad or plain."""

    key: str
    tone: str
    text: str
    action: str
    address: str
