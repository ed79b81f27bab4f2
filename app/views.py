"""What the screens show: flat values, already in words. Nothing here reads the database or decides anything."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Labelled:
    """A label and what stands beside it."""

    label: str
    text: str


@dataclass
class Badge:
    kind: str
    text: str


@dataclass
class Photo:
    """`sizes` is a `srcset`, empty where there is one size alone."""

    url: str
    alt: str
    sizes: str = ""


@dataclass
class Tile:
    """One listing in the shelf."""

    id: int
    title: str
    price: str
    costs: list[Labelled]
    match: int
    reason: str
    reasons: list[str]
    badges: list[Badge]
    specs: list[Labelled]
    photo: str
    photo_alt: str
    state: str
    held_until: str
    mine: bool
    photo_sizes: str = ""
    photo_avif: str = ""
    shares: list[Share] = field(default_factory=list)
    score: str = ""
    fits: bool = True


@dataclass
class Share:
    """One part of what a match is made of; `width` is its length as a share of the longest, in percent."""

    label: str
    points: str
    width: int


@dataclass
class Chip:
    """One understood wish, editable and removable. `why` says which words it came from, and how sure that is."""

    id: str
    group: str
    field: str
    label: str
    op: str
    value: str
    text: str
    why: str = ""
    kind: str = "filter"


@dataclass
class Loosening:
    """One limit let go or moved, and how many that gives, as a button."""

    chip_id: str
    change: str
    text: str


@dataclass
class Piece:
    """A stretch of an answer; with a source, it is a statement that can be looked up."""

    text: str
    source: str = ""
    listing_id: int = 0


@dataclass
class Confirmation:
    """Something prepared that waits for the buyer's yes. `state`: open, done, over; `said` is what came of it."""

    key: str = ""
    verb: str = ""
    title: str = ""
    text: str = ""
    terms: list[Labelled] = field(default_factory=list)
    until: str = ""
    do: str = ""
    item: str = ""
    photo: str = ""
    state: str = "open"
    said: str = ""
    held_until: str = ""


@dataclass
class Offered:
    """Something that goes with what is sold; nothing happens unless the buyer takes it up."""

    key: str
    title: str
    text: str


@dataclass
class Asked:
    """One question of a survey; `options` are what can be chosen, none where it is answered in words."""

    key: str
    text: str
    kind: str
    options: list[str]
    low: str = ""
    high: str = ""


@dataclass
class Turn:
    """One message of the conversation; `who` is `guide` or `you`. `pieces` are the text in stretches, where some have sources."""

    key: str
    who: str
    text: str
    pieces: list[Piece] = field(default_factory=list)


@dataclass
class Fact:
    """One fact of a listing and where it comes from."""

    label: str
    text: str
    source: str


@dataclass
class FactGroup:
    title: str
    facts: list[Fact]


@dataclass
class Listing:
    """One listing in full, for the sheet."""

    id: int = 0
    title: str = ""
    price: str = ""
    costs: list[Labelled] = field(default_factory=list)
    match: int = 0
    reasons: list[str] = field(default_factory=list)
    badges: list[Badge] = field(default_factory=list)
    description: str = ""
    photos: list[Photo] = field(default_factory=list)
    groups: list[FactGroup] = field(default_factory=list)
    state: str = "available"
    held_until: str = ""
    mine: bool = False
    priced: bool = False
    shares: list[Share] = field(default_factory=list)
    score: str = ""
    fits: bool = True


@dataclass
class EventHead:
    """What stands above a storefront."""

    slug: str = ""
    name: str = ""
    dates: str = ""
    tagline: str = ""
    guide: str = ""
    guide_role: str = ""
    initial: str = ""
    style: dict[str, str] = field(default_factory=dict)
    placeholder: str = ""
    noun: str = "listing"
    nouns: str = "listings"
    deposit_required: bool = False
    hold_minutes: float = 0
    notice: str = ""
    comparison: bool = True
    sharing: bool = True
    actions: list[Action] = field(default_factory=list)


@dataclass
class Action:
    """Something a buyer can ask for, as the event's document calls it."""

    verb: str
    label: str


@dataclass
class EventRow:
    """An event in a list, on the start page or in the cockpit."""

    slug: str
    name: str
    dates: str
    tagline: str
    photo: str
    state: str
    version: str
    since: str


@dataclass
class SessionRow:
    id: str
    short: str
    started: str
    turns: int
    wishes: str
    version: str
    first_match: str


@dataclass
class HoldRow:
    id: str
    title: str
    buyer: str
    placed: str
    expires: str


@dataclass
class Happening:
    """One line of the live timeline."""

    key: str
    at: str
    text: str
    tone: str


@dataclass
class ArmRow:
    key: str
    name: str
    weight: str
    exposed: int
    converted: int
    rate: str
    interval: str


@dataclass
class Prospect:
    """An anonymous buyer as a dealer may see one."""

    id: str
    portrait: str
    why: list[str]
    alignment: int
    since: str


@dataclass
class CompareHead:
    """One column of a comparison."""

    id: int
    title: str
    price: str
    match: int
    photo: str
    state: str


@dataclass
class CompareCell:
    """One fact of one listing. `best` where it is beyond dispute, `missing` where it is not stated."""

    text: str
    best: bool = False
    missing: bool = False


@dataclass
class CompareRow:
    """One fact across the compared listings."""

    label: str
    cells: list[CompareCell]
