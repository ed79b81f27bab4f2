"""One message, read: signals, the state of filters after it, questions, intents.

No model, no I/O. A wish that is not understood is left out, never guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final
from uuid import UUID

from backend.domains.catalogue.model import Attribute, Vocabulary
from backend.domains.discovery.inquiring import is_superlative
from backend.domains.discovery.model import Settings, Signal, State, Understanding
from backend.domains.discovery.signals import finance, limits, mentions, moods, places, text, timeline, wishes
from backend.domains.discovery.signals.languages import ENGLISH, pairs, spoken_in
from backend.domains.discovery.signals.lexicon import lexicon
from backend.domains.discovery.signals.mentions import Mention
from backend.domains.discovery.signals.merging import merge
from backend.domains.discovery.signals.reader import Found, Reader
from backend.domains.discovery.signals.terms import terms_of
from backend.domains.discovery.signals.yielding import yielded

_INTENTS: Final = ("restart", "greeting", "thanks", "cheaper", "compare", "hold", "person")


def prepare() -> None:
    """Reads and compiles the words of every language, so that no buyer waits for it: about two seconds, once."""
    names = ("make", "model", "trim", "location_region", "location_country", "color_exterior")
    goods = Vocabulary(UUID(int=0), 0, tuple(Attribute(name, "enum", name) for name in names), ())
    for languages in pairs():
        lex = lexicon(languages)
        terms_of(goods, languages)
        places.patterns(lex.languages)
        timeline.patterns(lex.languages)


def index(vocabulary: Vocabulary) -> None:
    """Arranges what an event can be asked for, in every language: a tenth of a second, once per inventory."""
    for languages in pairs():
        terms_of(vocabulary, languages)


def understand(
    message: str, *, vocabulary: Vocabulary, state: State, settings: Settings, today: date
) -> Understanding:
    """Reads one message in its conversation. Never raises on any text."""
    reader = reader_for(message, vocabulary, state, settings, today)
    if not reader.text.tokens:
        return Understanding((), state.filters, language=reader.lex.languages[0])
    if reader.says("restart"):
        return _restarted(reader, vocabulary)
    given_up = yielded(reader)
    reader = replace(reader, mentions=_beside(reader.mentions, given_up)) if given_up else reader
    found = _parts(reader)
    said = [f for part in found for f in part.filters]
    fields = given_up.union(*(part.removed for part in found))
    if reader.says("open_to"):
        fields |= {"make"}
        said = [f for f in said if not (f.field == "make" and f.group == "must" and f.op == "in")] + [
            f.as_nice() for f in said if f.field == "make" and f.group == "must" and f.op == "in"
        ]
    widen = reader.says("widen") and (not reader.corrects or reader.says("too"))
    filters = merge(state.filters, said, removed=fields, widen=widen)
    return Understanding(
        signals=tuple(_once([s for part in found for s in part.signals])),
        filters=filters,
        added=tuple(f for f in filters if f not in state.filters),
        removed=tuple(f for f in state.filters if f.field not in {kept.field for kept in filters}),
        questions=tuple(_questions(reader)),
        intents=_intents(reader),
        topics=_topics(reader),
        language=_language(reader),
        named=_named(reader),
    )


def _beside(found: Sequence[Mention], fields: frozenset[str]) -> tuple[Mention, ...]:
    """Mentions of anything else."""
    return tuple(m for m in found if not any(t.field in fields for t in m.terms))


def _language(reader: Reader) -> str:
    """What is spoken. Names of the event's own, `Heat pump`, `White`, say nothing of who tapped or typed them: only the words
    beside them turn a conversation to English."""
    spoken, kept = reader.lex.languages[0], reader.state.language
    if spoken != ENGLISH or kept == ENGLISH:
        return spoken
    named = {i for m in reader.mentions for i in range(m.first, m.end)}
    beside = " ".join(token.raw for i, token in enumerate(reader.text.tokens) if i not in named)
    return spoken_in(beside, kept=kept)[0]


def _restarted(reader: Reader, vocabulary: Vocabulary) -> Understanding:
    """Everything is gone; what is said after it is new: `start again: a BSA in black`."""
    state, kept = reader.state, reader.settings.filters
    end = max(end for _, end, _ in reader.text.find(reader.lex.patterns["restart"]))
    rest = reader.text.raw[reader.text.tokens[end - 1].end :]
    fresh = understand(
        rest,
        vocabulary=vocabulary,
        state=replace(state, filters=kept),
        settings=reader.settings,
        today=reader.today,
    )
    return replace(
        fresh,
        removed=tuple(f for f in state.filters if f not in fresh.filters),
        intents=tuple(dict.fromkeys(("restart", *fresh.intents))),
        language=reader.lex.languages[0],
    )


def reader_for(message: str, vocabulary: Vocabulary, state: State, settings: Settings, today: date) -> Reader:
    languages = spoken_in(message, state.text, state.language)
    lex, terms = lexicon(languages), terms_of(vocabulary, languages)
    words = text.read(message, lex.stem)
    corrects = bool(state.filters) and lex.patterns["correct"].search(words.plain) is not None
    found = tuple(mentions.find(words, terms, lex))
    nos = tuple(
        (first, end)
        for first, end, _ in words.find(lex.patterns["negation"])
        if not any(m.first <= first and end <= m.end for m in found)
    )
    nos += tuple((i, i + 1) for i in range(len(words.tokens)) if mentions.is_except(words, lex, i))
    clauses = tuple(mentions.clauses(words, lex, found))
    after = tuple(first for first, _, _ in words.find(lex.patterns["negated_after"]))
    after += tuple(  # `rojo no`
        c.end - 1
        for c in clauses
        if c.end - c.first > 1 and words.tokens[c.end - 1].text in lex.words["refusing_last"]
    )
    return Reader(
        words, lex, terms, state, settings, today, clauses, found, corrects, nos, after
    )  # fmt: skip


def _parts(reader: Reader) -> list[Found]:
    """Each part keeps its tokens from those after it: a date is no price, a place no name."""
    when = timeline.read(reader)
    where = places.read(reader)
    values = {i for m in reader.mentions if _is_no_amount(reader, m) for i in range(m.first, m.end)}
    values |= {i for first, end, _ in reader.text.find(reader.lex.figures) for i in range(first, end)}
    taken = when.taken | where.taken
    paid = finance.read(reader, taken | values)
    wished = wishes.read(reader, taken)
    limited = limits.read(reader, taken | paid.taken | values)
    return [limited, wished, where, moods.read(reader, limited.taken), when, paid]


def _is_no_amount(reader: Reader, mention: Mention) -> bool:
    """Figures in a name are no amounts: `Model 3`, `0-60`."""
    words = [t.text for t in reader.text.tokens[mention.first : mention.end]]
    if any(t.kind in ("value", "flag") for t in mention.terms):
        return True
    return len(words) > 1 and (words[0][0].isdigit() or words[0] in reader.lex.numbers)


def _once(signals: Sequence[Signal]) -> list[Signal]:
    kept: dict[str, Signal] = {}
    for signal in signals:
        kept.setdefault(signal.type, signal)
    return list(kept.values())


def _questions(reader: Reader) -> list[str]:
    asked: dict[int, tuple[int, int]] = {}
    for clause in reader.clauses:
        if clause.question:
            first, _ = asked.get(clause.sentence, (clause.first, 0))
            asked[clause.sentence] = (first, clause.end)
    return [reader.text.words(first, end) for first, end in asked.values()]


def _topics(reader: Reader) -> tuple[str, ...]:
    """Attributes that a question names, or a wish for the most or the least of something."""
    whole = is_superlative(reader.text.raw)
    asked = [m for m in reader.mentions if whole or ((clause := reader.clause(m.first)) and clause.question)]
    fields = [t.field for m in asked for t in m.terms if t.kind in ("noun", "flag")]
    words = [t.text for c in reader.clauses if c.question for t in reader.text.tokens[c.first : c.end]]
    if "mileage" in reader.terms.attributes and any(reader.lex.units.get(w) in ("mi", "km") for w in words):
        fields.append("mileage")
    return tuple(dict.fromkeys(fields))


def _named(reader: Reader) -> tuple[tuple[str, str], ...]:
    """Values that a question names, each with its attribute."""
    asked = [m for m in reader.mentions if (clause := reader.clause(m.first)) and clause.question]
    found = ((t.field, t.values[0]) for m in asked for t in m.terms[:1] if t.kind == "value" and t.values)
    return tuple(dict.fromkeys(found))


def _intents(reader: Reader) -> tuple[str, ...]:
    return tuple(name for name in _INTENTS if reader.says(name))
