"""What the wizard shows of a blueprint: flat values, already in words. Decides nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.views import Labelled


@dataclass
class BlueprintRow:
    """A blueprint in a list."""

    id: str
    title: str
    status: str
    status_words: str
    step: str
    updated: str
    address: str


@dataclass
class BlueprintHead:
    """What stands above the steps. `store` is the address of the storefront once it is published."""

    id: str = ""
    title: str = ""
    status: str = ""
    status_words: str = ""
    revision: int = 0
    event: str = ""
    store: str = ""
    is_open: bool = True


@dataclass
class StepShown:
    """A step of the wizard; `state` is done, now or open, `words` say what is left to do there."""

    key: str
    number: int
    title: str
    state: str
    words: str
    href: str


@dataclass
class FileRow:
    """One sample: what it is, how far it is read, and what to do where it was refused."""

    id: str
    name: str
    kind: str
    kind_words: str
    size: str
    status: str
    words: str
    percent: int
    problem: str
    mend: str
    address: str
    may_cancel: bool
    may_retry: bool
    may_remove: bool


@dataclass
class FileTab:
    """A file that has something to decide, as a tab of the step Mapping."""

    id: str
    name: str
    kind: str
    questions: int


@dataclass
class EvidenceRow:
    """One reason, in words; `share` is its weight in percent and `against` that it speaks against."""

    kind: str
    text: str
    share: int
    against: bool


@dataclass
class AlternativeRow:
    targets: list[str]
    text: str
    percent: int


@dataclass
class ColumnRow:
    """One column of a sheet or path of a feed: what it holds, what it becomes, how sure that is and why."""

    key: str = ""
    group: str = ""
    title: str = ""
    over: str = ""
    samples: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    target: str = ""
    type: str = ""
    unit: str = ""
    kind: str = ""
    percent: int = 0
    level: str = ""
    sure: str = ""
    question: str = ""
    left: str = ""
    left_words: str = ""
    is_guarded: bool = False
    is_settled: bool = False
    evidence: list[EvidenceRow] = field(default_factory=list)
    alternatives: list[AlternativeRow] = field(default_factory=list)
    filled: str = ""


@dataclass
class ColumnGroup:
    """A part of the grid, conflicts and questions first."""

    key: str
    title: str
    words: str


@dataclass
class SheetHead:
    """How a sheet or feed is read, in a line of facts."""

    facts: list[Labelled] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


@dataclass
class LiveCell:
    """A value as it would be imported; `problem` says why it is refused."""

    text: str
    written: str
    problem: str


@dataclass
class LiveRow:
    row: str
    cells: list[LiveCell]


@dataclass
class UnderstoodChange:
    """What a sentence would change, before it is applied."""

    key: str
    column: str
    before: str
    after: str
    text: str


@dataclass
class PageBox:
    """Where something stands on a page. Unit: percent of its width and height."""

    key: str
    label: str
    x: float
    y: float
    width: float
    height: float


@dataclass
class ReportPage:
    number: int
    strategy: str
    image: str
    ratio: float
    boxes: list[PageBox]


@dataclass
class ReportLine:
    """One labelled value of a report; `key` ties it to its box."""

    key: str
    label: str
    target: str
    text: str
    percent: int
    level: str
    sure: str
    page: int


@dataclass
class FindingRow:
    key: str
    cells: list[str]
    page: int


@dataclass
class ReportShown:
    name: str = ""
    strategy: str = ""
    pages: list[ReportPage] = field(default_factory=list)
    lines: list[ReportLine] = field(default_factory=list)
    finding_heads: list[str] = field(default_factory=list)
    findings: list[FindingRow] = field(default_factory=list)
    listing: str = ""
    linked: str = ""
    notes: list[str] = field(default_factory=list)


@dataclass
class PhotoRow:
    """A picture and the row it belongs to."""

    id: str
    name: str
    image: str
    size: str
    warnings: list[str]
    duplicate_of: str
    listing: str
    linked: str
    level: str


@dataclass
class LookPart:
    """One part of the interface contract: what is shown of it, and why."""

    title: str
    shows: list[str]
    reason: str


@dataclass
class ReasonRow:
    """One proposed value of the document."""

    key: str
    section: str
    label: str
    text: str
    reason: str
    percent: int
    level: str


@dataclass
class ReasonGroup:
    title: str
    rows: list[ReasonRow]


@dataclass
class ChoicesShown:
    """What only the seller can decide; empty: as the template has it."""

    name: str = ""
    slug: str = ""
    currency: str = ""
    transaction_mode: str = ""
    deposit_required: str = ""
    hold_minutes: str = ""
    compliance: list[str] = field(default_factory=list)


@dataclass
class RehearsalRow:
    """One buyer of the dry run."""

    key: str
    who: str
    outcome: str
    tone: str


@dataclass
class Rehearsal:
    """What became of buyers who wanted the same thing at once. `until` is when the winner's hold ends."""

    title: str = ""
    summary: str = ""
    until: str = ""
    rows: list[RehearsalRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass
class CheckRow:
    """One line of the checklist, with the step that mends it."""

    key: str
    text: str
    is_met: bool
    is_required: bool
    href: str
    step: str


@dataclass
class GateShown:
    """What is asked before anything is published. `unmet` counts what has to be met, `compared` is what `diff` is from."""

    risk: str = ""
    reasons: list[str] = field(default_factory=list)
    needs: str = ""
    checks: list[CheckRow] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    unmet: int = 0
    compared: str = ""
    document: str = ""
    asks: bool = False
