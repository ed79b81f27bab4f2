"""The next best question: the attribute whose answer is expected to tell most, among what people can answer. Pure.

The gain is over everything that still fits (`gaining`); how readily people answer is a prior. The document decides
whether, how often and in which order is asked (`persona.questioning`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from backend.domains.catalogue.service import Index, Share
from backend.domains.discovery.gaining import Bound, Split, split
from backend.domains.discovery.model import State
from backend.domains.discovery.phrasing import capital
from backend.domains.discovery.wording import Words
from backend.domains.events.model import Document, field_name

FEW: Final = 3  # so many one looks at, and needs no question
_MOST_OPTIONS: Final = 3
_LEAST_BITS: Final = 0.2
# How readily people answer: what they have thought about before they came, then what the event says it is about.
_READINESS: Final = {"price": 1.6, "model": 1.3, "color_exterior": 1.1, "mileage": 1.1, "year": 1.0}
_IN_CHIPS, _IN_TILES, _ELSE, _FEATURE = 1.2, 1.0, 0.75, 0.65
_MANY_VALUES: Final = 12  # more than one can keep in mind
_NEVER: Final = frozenset(
    {
        "title",
        "description",
        "identifier",
        "external_id",
        "location_city",
        "location_region",
        "location_country",
        "color_interior",
        "status",
    }
)
# Signals by the attribute that answers them, and those that none does: their questions are phrases, `ask.<signal>`.
_SIGNAL_FIELDS: Final = {
    "BUDGET_RANGE": ("price",),
    "MILEAGE_CAP": ("mileage",),
    "BODY_STYLE": ("specs.body_style", "specs.vessel_type", "specs.property_type"),
    "DRIVETRAIN": ("specs.drivetrain",),
    "BRAND_FLEXIBILITY": ("make",),
    "DESIGN_AESTHETIC": ("color_exterior", "specs.style"),
}
SIGNALS_ASKED: Final = (
    "TIMELINE_URGENCY",
    "USE_CASE",
    "FEATURE_PRIORITY",
    "FINANCING_NEED",
    "RISK_TOLERANCE",
    "GEO_RADIUS",
)


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask, about which attribute, with answers that can be tapped.

    `counts` says how many listings each answer would leave, about where not `is_exact`. `fields` are all that is
    asked for, where one answer of the guide holds several questions.
    """

    field: str
    text: str
    options: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    is_exact: bool = True
    gain: float = 0.0
    fields: tuple[str, ...] = ()


def next_question(
    words: Words, document: Document, state: State, share: Share, index: Index
) -> Question | None:
    """None when few remain, nothing would tell them apart, or the document wants no (more) questions."""
    wanted: Mapping[str, Any] = document.get("persona", {}).get("questioning", {})
    room = min(wanted.get("per_turn", 1), wanted.get("most", 6) - len(state.asked))
    enough = max(FEW, document.get("search_defaults", {}).get("max_results", 12) // 4)
    if room <= 0 or share.matches <= enough or wanted.get("strategy") == "none":
        return None
    in_order = wanted.get("strategy") == "in_order"
    found = (_in_order if in_order else _by_gain)(words, document, state, share, index)
    chosen = [question for question, _ in zip(found, range(room), strict=False)]
    if not chosen:
        return None
    first, text = chosen[0], " ".join(question.text for question in chosen)
    fields = tuple(question.field for question in chosen)
    return Question(first.field, text, first.options, first.counts, first.is_exact, first.gain, fields)


def _by_gain(
    words: Words, document: Document, state: State, share: Share, index: Index
) -> Iterator[Question]:
    """The most telling first; equal ones by name."""
    closed, shown = _closed(state) | _NEVER, _shown(document)
    ranked: list[tuple[float, str, Split]] = []
    for field, attribute in words.attributes.items():
        if field in closed or attribute.kind == "text" or words.label(field).startswith("No "):
            continue
        told = split(share, index, field)
        bits = told.gain * readiness(words, shown, told)
        if bits >= _LEAST_BITS and told.known * 2 >= share.rows * (attribute.kind != "boolean"):
            ranked.append((-bits, field, told))
    for _, _, told in sorted(ranked, key=lambda one: one[:2]):
        yield _asked(words, told, share)


def _in_order(
    words: Words, document: Document, state: State, share: Share, index: Index
) -> Iterator[Question]:
    """The signals of the document in their order, those not known yet."""
    closed, known = _closed(state), {s.type for s in state.signals}
    for signal in document.get("preference_extraction", {}).get("signals", ()):
        fields = [f for f in _SIGNAL_FIELDS.get(signal, ()) if f in words.attributes]
        if signal in known or signal in closed or closed & set(fields):
            continue
        told = next((t for f in fields if (t := split(share, index, f)).gain > 0), None)
        if told is not None:
            yield _asked(words, told, share)
        elif signal in SIGNALS_ASKED:
            yield Question(signal, words.say(f"ask.{signal}"))


def _closed(state: State) -> set[str]:
    """What was said or asked already; what an event begins with may still be asked for."""
    return {f.field for f in state.filters if not f.default} | set(state.asked)


@dataclass(frozen=True, slots=True)
class Shown:
    """What an event says it is about: labels of its chips in lower case, attributes on its tiles."""

    chips: frozenset[str]
    tiles: frozenset[str]


def _shown(document: Document) -> Shown:
    contract = document.get("ui_contract", {})
    return Shown(
        frozenset(
            part.strip().casefold() for chip in contract.get("chips", ()) for part in str(chip).split("/")
        ),
        frozenset(field_name(name) for name in contract.get("tile_specs", ())),
    )


def readiness(words: Words, shown: Shown, told: Split) -> float:
    """How readily people answer, against 1 for what an event shows on its tiles. A prior, not measured."""
    field = told.field
    if told.values and len(told.values) > max(2, told.known // 2):
        return 0.0  # nearly every listing has its own: a name, not a kind
    many = 0.8 if len(told.values) > _MANY_VALUES else 1.0
    if field in _READINESS:
        return _READINESS[field] * many
    if told.values and all(_is_code(value.display) for value, _ in told.values[:_MOST_OPTIONS]):
        return 0.0  # nobody thinks in reference numbers
    if words.seller.get(field, "").casefold() in shown.chips:
        return _IN_CHIPS * many
    if field in shown.tiles:
        return _IN_TILES * many
    return (_FEATURE if words.attributes[field].kind == "boolean" else _ELSE) * many


def _is_code(text: str) -> bool:
    """Whether a value is a number of its maker rather than a word: `126610LN`, `210.30.42.20`."""
    digits = sum(char.isdigit() for char in text)
    return digits > 2 and digits * 2 >= sum(char.isalnum() for char in text)


def _asked(words: Words, told: Split, share: Share) -> Question:
    field, label = told.field, words.spoken_label(told.field)
    kind = words.attributes[field].kind
    if kind == "number":
        options = [(_bound_text(words, field, bound), bound.rows) for bound in told.bounds][:_MOST_OPTIONS]
        text = _number_text(words, told, label)
    elif kind == "boolean":
        options = [(words.label(field), n) for _, n in told.values[:1]]
        text = words.say("ask.must", label=label)
    else:
        options = [(value.display, n) for value, n in told.values[:_MOST_OPTIONS]]
        named = [shown for shown, _ in options]
        if len(told.values) > len(options):
            text = words.say("ask.which_or_another", label=label, options=", ".join(named))
        else:
            text = words.say("ask.which", label=label, options=words.one_of(named))
    texts, rows = [shown for shown, _ in options], [n for _, n in options]
    counts = tuple(share.estimated(n) for n in rows)
    return Question(field, text, tuple(texts), counts, share.is_whole, told.gain, (field,))


def _number_text(words: Words, told: Split, label: str) -> str:
    low, high = words.measure(told.field, told.low), words.measure(told.field, told.high)
    key = told.field if told.field in ("price", "year", "mileage") else "number"
    return words.say(f"ask.{key}", label=label, low=low, high=high)


def _bound_text(words: Words, field: str, bound: Bound) -> str:
    """An answer in words that are understood as they stand."""
    low, high = (None if v is None else words.measure(field, v) for v in (bound.low, bound.high))
    if field == "year":
        return words.say("chip.newer", year=low) if low else words.say("chip.older", year=high)
    if low and high:
        limit = words.say("option.between", low=low, high=high)
    elif high:
        limit = words.say("chip.up_to", value=high)
    else:
        limit = words.say("option.at_least", value=low)
    is_plain = field in ("price", "mileage")
    return capital(limit if is_plain else words.say("chip.named", label=words.label(field), limit=limit))
