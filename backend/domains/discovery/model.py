"""The words of the conversation: signals, filters, what was understood, what is shown. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID

Op: TypeAlias = Literal["lte", "gte", "between", "eq", "in", "not_in", "within"]
Group: TypeAlias = Literal["must", "nice"]
OPS: frozenset[str] = frozenset({"lte", "gte", "between", "eq", "in", "not_in", "within"})


def plain(value: Any) -> Any:
    """As it reads back from JSON: dictionaries for dataclasses, lists for tuples."""
    if isinstance(value, str | int | float | None):
        return value
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    return {name: plain(getattr(value, name)) for name in value.__slots__}


@dataclass(frozen=True, slots=True)
class Filter:
    """One limit or wish on one attribute. `must` decides what is shown, `nice` only the order.

    `source` is the words of the buyer it came from; `default` marks what the event begins with. A number with
    `eq` in the group `nice` is a value to be near.
    """

    field: str
    op: Op
    value: Any
    group: Group = "must"
    turn: int = 0
    source: str = ""
    default: bool = False

    @property
    def id(self) -> str:
        """Names the chip of this filter; stable while the field and the kind of limit stay."""
        return f"{self.field}:{self.op}:{self.group}"

    def as_nice(self) -> Filter:
        return replace(self, group="nice", default=False)


@dataclass(frozen=True, slots=True)
class Signal:
    """Something understood about the buyer, with how sure we are and the words it came from."""

    type: str
    value: Mapping[str, Any]
    confidence: float = 0.8
    source: str = ""
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Settings:
    """What the event says about how a message is read. `geo`: whether distances can be searched."""

    currency: str = "USD"
    locale: str = "en-US"
    mileage_unit: str = "mi"
    filters: tuple[Filter, ...] = ()
    geo: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """What a conversation has understood so far. Stored as JSON with the session.

    `shown` are the tiles of the last answer in their order, so that “the second one” can be found; `focus` the listing that
    was spoken of last, which “it” means; `moods` the latest sentiments (-1..1); `order` what was asked to stand first
    (`year:max`), until something else is wished; `offer` the changes of limits that the last answer asked about:
    `{chip_id, change, value}` each; `done` what is done once per conversation: `handed_off`, `surveyed`,
    `suggested:<key>`; `language` (ISO 639-1) what was spoken last, and before a word is said that of the event.
    """

    filters: tuple[Filter, ...] = ()
    signals: tuple[Signal, ...] = ()
    asked: tuple[str, ...] = ()
    pending: str = ""  # the attribute that the last answer asked for
    turn: int = 0
    matches: int | None = None
    text: str = ""
    shown: tuple[int, ...] = ()
    moods: tuple[float, ...] = ()
    done: tuple[str, ...] = ()
    order: str = ""
    offer: tuple[Mapping[str, Any], ...] = ()
    language: str = "en"
    focus: int | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "filters": plain(self.filters),
            "signals": plain(self.signals),
            "asked": list(self.asked),
            "pending": self.pending,
            "turn": self.turn,
            "matches": self.matches,
            "text": self.text,
            "shown": list(self.shown),
            "moods": list(self.moods),
            "done": list(self.done),
            "order": self.order,
            "offer": plain(self.offer),
            "language": self.language,
            "focus": self.focus,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> State:
        return cls(
            filters=tuple(Filter(**f) for f in stored.get("filters", ())),
            signals=tuple(Signal(**s) for s in stored.get("signals", ())),
            asked=tuple(stored.get("asked", ())),
            pending=stored.get("pending", ""),
            turn=stored.get("turn", 0),
            matches=stored.get("matches"),
            text=stored.get("text", ""),
            shown=tuple(stored.get("shown", ())),
            moods=tuple(stored.get("moods", ())),
            done=tuple(stored.get("done", ())),
            order=stored.get("order", ""),
            offer=tuple(stored.get("offer", ())),
            language=stored.get("language", "en"),
            focus=stored.get("focus"),
        )


@dataclass(frozen=True, slots=True)
class Understanding:
    """One message, read. `signals` are of this message; `filters` is the whole state after it.

    `added` and `removed` are what changed; `topics` the attributes a question is about, `named` the values it names, each
    with its attribute; `language` is ISO 639-1.
    """

    signals: tuple[Signal, ...]
    filters: tuple[Filter, ...]
    added: tuple[Filter, ...] = ()
    removed: tuple[Filter, ...] = ()
    questions: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    language: str = "en"
    named: tuple[tuple[str, str], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """For the transcript and for audit."""
        return {
            "language": self.language,
            "signals": plain(self.signals),
            "filters": plain(self.filters),
            "removed": plain(self.removed),
            "questions": list(self.questions),
            "intents": list(self.intents),
        }


@dataclass(frozen=True, slots=True)
class Loosening:
    """One limit loosened as far as it takes, and how many listings that gives. `to` is None where it is left out.

    `also` is what has to be loosened with it where no limit alone would help.
    """

    filter: Filter
    to: Filter | None
    matches: int
    also: tuple[Loosening, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement about a listing and where it comes from. `confidence` is 0..1; `source` is in words for people.

    `place` is the same for machines, see `origins.Origin.place`; None where nobody knows.
    """

    text: str
    listing_id: int
    field: str
    source: str
    confidence: float = 1.0
    place: Mapping[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        values: dict[str, Any] = plain(self)
        return values if self.place else {name: v for name, v in values.items() if name != "place"}


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter, or a soft signal, as the buyer sees and edits it. A signal only moves the order of what is shown."""

    id: str
    group: Group
    field: str
    label: str
    op: str
    value: Any
    text: str
    default: bool = False
    removable: bool = True
    kind: Literal["filter", "signal"] = "filter"
    confidence: float | None = None
    turn: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """A listing as the buyer sees it. `price` is in major units or None.

    `score` and its four `parts` are points of 100; the parts sum to it exactly. `diversity` is what the tile was put
    behind by for being like those before it, in the same points, and no part of the score.
    """

    listing_id: int
    title: str
    price: float | None
    price_text: str
    currency: str
    match: int
    reasons: tuple[str, ...]
    badges: tuple[Mapping[str, str], ...]
    specs: tuple[Mapping[str, str], ...]
    media: tuple[Mapping[str, Any], ...]
    state: str
    held_until: str | None
    parts: Mapping[str, float] = field(default_factory=dict)
    costs: tuple[Mapping[str, str], ...] = ()
    score: float = 0.0
    diversity: float = 0.0
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        """As `plain` has it, one level deep: what is below is plain already."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}  # pyright: ignore[reportUnknownArgumentType]


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything a buyer gets for one message or one changed chip.

    `extras` are parts that few answers have: `question`, `loosenings`, `comparison`, `confirmations`, `withdrawn`, `handoff`,
    `survey`, `suggestions`; each becomes an event of its own (`screen`).
    """

    reply: str
    note: str
    signals: tuple[Signal, ...]
    tiles: tuple[Tile, ...]
    chips: tuple[Chip, ...]
    actions: tuple[Mapping[str, str], ...]
    matches: int
    quick_replies: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    stance: str = "answer_safely"
    language: str = "en"
    extras: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The contract of `discovery/message`, without the session."""
        return {
            "reply": self.reply,
            "note": self.note,
            "signals": plain(self.signals),
            "tiles": [tile.to_json() for tile in self.tiles],
            "chips": plain(self.chips),
            "actions": plain(self.actions),
            "matches": self.matches,
            "quick_replies": list(self.quick_replies),
            "claims": [claim.to_json() for claim in self.claims],
            "stance": self.stance,
            "language": self.language,
            **plain(self.extras),
        }


@dataclass(frozen=True, slots=True)
class TurnRow:
    """One message and its answer as they were given; `confirmations` are those that can still be used."""

    number: int
    message: str
    reply: str
    note: str
    created_at: datetime
    claims: Sequence[Mapping[str, Any]] = ()
    confirmations: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Session:
    """One conversation of one buyer, pinned to a version."""

    id: UUID
    event_id: UUID
    organization_id: UUID
    version_id: UUID
    state: State
    arms: Mapping[str, str]
    turn_count: int


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who a conversation is tied to, by the hash of the browser's secret, and when its last word was said."""

    hashed: str
    last_seen_at: datetime
