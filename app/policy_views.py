"""What the Policy tab shows: flat values, already in words. Decides nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.config_views import Option


@dataclass
class ProfileRow:
    """One profile in the order they are looked at; `key` is empty for what holds where none matches."""

    key: str
    name: str
    status: str
    priority: str
    whom: str
    autonomy: str
    compliance: str
    caught: str
    beside: str = ""
    address: str = ""
    differs: bool = False


@dataclass
class ToolRow:
    """One tool of the agent and what a profile says of it. `asks_itself`: the tool asks first, whatever the profile says."""

    name: str
    verb: str
    does: str
    acts: bool
    is_open: bool
    asks_itself: bool
    allowed: bool
    confirm: bool
    idempotent: bool
    problem: str = ""


@dataclass
class QualifierRow:
    index: int
    question: str
    answers: list[str]
    problem: str = ""


@dataclass
class Choice:
    """One of several ways, explained."""

    value: str
    text: str
    help: str
    on: bool


@dataclass
class UtmRow:
    name: str
    label: str
    hint: str
    accepted: list[str]
    problem: str = ""


@dataclass
class ProfileForm:
    """One profile, open to be changed. `problems` are messages by field; `elsewhere` what it makes wrong outside."""

    key: str = ""
    is_new: bool = False
    name: str = ""
    status: str = "active"
    priority: str = "100"
    whom: str = ""
    utm: list[UtmRow] = field(default_factory=list)
    consent: list[Choice] = field(default_factory=list)
    segments: list[str] = field(default_factory=list)
    qualifiers: list[QualifierRow] = field(default_factory=list)
    sources: list[Choice] = field(default_factory=list)
    retrieval_limit: str = "8"
    citations: list[Choice] = field(default_factory=list)
    tools: list[ToolRow] = field(default_factory=list)
    autonomy: list[Choice] = field(default_factory=list)
    compliance: list[Choice] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)
    elsewhere: list[str] = field(default_factory=list)
    blocks: bool = False


@dataclass
class Mend:
    """A problem of a draft, and its place in the Document tab."""

    place: str
    text: str
    address: str


@dataclass
class Where:
    """What the list and the simulator speak of: a draft, or the version in force. `mends` are what keeps a draft from it."""

    words: str = ""
    draft: str = ""
    gate: str = ""
    mends: list[Mend] = field(default_factory=list)
    more: str = ""


@dataclass
class ReasonLine:
    text: str
    holds: bool


@dataclass
class TraceRow:
    """One profile as a visit met it, with every part of its rules."""

    key: str
    name: str
    priority: str
    outcome: str
    words: str
    reasons: list[ReasonLine]


@dataclass
class VerdictRow:
    """One verb by button and by guide."""

    verb: str
    button: str
    button_words: str
    button_why: str
    guide: str
    guide_words: str
    guide_why: str


@dataclass
class Simulated:
    """What a visit would get."""

    profile: str = ""
    name: str = ""
    sentence: str = ""
    trace: list[TraceRow] = field(default_factory=list)
    verdicts: list[VerdictRow] = field(default_factory=list)
    context: str = ""
    note: str = ""


@dataclass
class Question:
    """A question some profile asks about, with the answers they know."""

    key: str
    value: str
    options: list[Option]


@dataclass
class FlipCount:
    key: str
    words: str
    tone: str
    count: str


@dataclass
class FlipRow:
    key: str
    at: str
    verb: str
    origin: str
    before: str
    before_tone: str
    after: str
    after_tone: str
    why: str
    profiles: str
    session: str
    address: str


@dataclass
class Replayed:
    """A proposal over the log."""

    summary: str = ""
    scope: str = ""
    counts: list[FlipCount] = field(default_factory=list)
    flips: list[FlipRow] = field(default_factory=list)
    more: str = ""


@dataclass
class HourBar:
    """One hour of the chart; the heights are percent of the busiest one."""

    key: str
    at: str
    allow: str
    confirm: str
    deny: str
    words: str
    tick: bool


@dataclass
class ReceiptRow:
    key: str
    at: str
    verb: str
    origin: str
    verdict: str
    tone: str
    why: str
    session: str
    address: str
    turn: str
    sha: str
    full_sha: str
    previous: str = ""
