"""What a conversation looks like to staff: flat values, already in words. Decides nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.policy_views import ReceiptRow


@dataclass
class SignalLine:
    """Something understood: `source` is the words it came from, empty where there are none."""

    text: str
    value: str
    confidence: str
    source: str


@dataclass
class ToolLine:
    text: str
    outcome: str
    tone: str
    why: str
    took: str


@dataclass
class RequestLine:
    text: str
    source: str


@dataclass
class ContextLine:
    """One snippet of the context; `why` says what became of it where it was not told whole."""

    source: str
    place: str
    tokens: str
    sha: str
    why: str


@dataclass
class BucketShown:
    title: str
    sum: str
    lines: list[ContextLine]


@dataclass
class ExchangeShown:
    """One question to a model. `prompt` and `answer` are empty where the reader may not see them."""

    title: str
    model: str
    outcome: str
    tone: str
    facts: str
    prompt: str
    answer: str
    is_hidden: bool


@dataclass
class VariantRow:
    name: str
    is_chosen: bool
    total: str
    groundedness: str
    fit: str
    tone: str
    brevity: str


@dataclass
class TurnShown:
    """One turn: what was said, and everything that stands behind the answer."""

    key: str
    number: str
    at: str
    message: str
    reply: str
    note: str
    stance: str
    stance_tone: str
    engine: str
    took: str
    found: str
    language: str
    signals: list[SignalLine] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)
    requests: list[RequestLine] = field(default_factory=list)
    flags: str = ""
    tools: list[ToolLine] = field(default_factory=list)
    receipts: list[ReceiptRow] = field(default_factory=list)
    statements: str = ""
    dropped: list[str] = field(default_factory=list)
    asked_model: bool = False
    room: str = ""
    buckets: list[BucketShown] = field(default_factory=list)
    left: list[ContextLine] = field(default_factory=list)
    exchanges: list[ExchangeShown] = field(default_factory=list)
    variants: list[VariantRow] = field(default_factory=list)


@dataclass
class TranscriptHead:
    """Above the turns; `receipts` are those of no turn, such as that of the policy."""

    session: str = ""
    short: str = ""
    began_at: str = ""
    last_at: str = ""
    version: str = ""
    sum: str = ""
    may_see_prompts: bool = False
    receipts: list[ReceiptRow] = field(default_factory=list)
