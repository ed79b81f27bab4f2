"""A short answer read in the light of the question it answers: "Good" is a condition when the condition was asked for.

Pure. What the reader understood by itself stands; this adds only what the open question makes plain: a value of the
attribute that was asked for, yes, a bare number, or that it does not matter; in each language that questions are asked in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from backend.domains.catalogue.model import Attribute
from backend.domains.catalogue.service import Index
from backend.domains.discovery.directions import asked
from backend.domains.discovery.model import Filter, Op, State, Understanding
from backend.kit.units import plain_number

_LONGEST: Final = 10  # words; who says more says it whole
_REFUSES: Final = re.compile(
    r"\b(not|no|never|without|except|but|anything but|instead|nein|nicht|keine?[nmrs]?|nie|ohne|außer|sondern|"
    r"non|pas|jamais|sans|sauf|aucune?|nunca|sin|excepto|salvo|ning[uú]n[oa]?)\b",
    re.IGNORECASE,
)
_YES: Final = re.compile(
    r"^\W*(yes|yeah|yep|sure|of course|definitely|absolutely|please|a must|must have|it is|"
    r"ja|jawohl|klar|natürlich|sicher|unbedingt|auf jeden fall|gerne?|bitte|ein muss|muss sein|"
    r"oui|bien s[uû]r|absolument|volontiers|s'il vous pla[iî]t|c'est indispensable|indispensable|"
    r"sí|si(?! possible)|claro|por supuesto|desde luego|por favor|es imprescindible|imprescindible)\b",
    re.IGNORECASE,
)
_INDIFFERENT: Final = re.compile(
    r"\b(no preference|not (?:so |really )?sure|no idea|don'?t (?:know|care|mind)|do not (?:know|care|mind|need)|"
    r"(?:does not|doesn'?t) matter|not important|not needed|whatever|any(?:thing)? (?:is )?(?:fine|ok|okay)|up to you|"
    r"egal|keine ahnung|weiß (?:ich |es )*nicht|spielt keine rolle|nicht (?:so )?wichtig|muss nicht sein|"
    r"peu importe|m'est égal|aucune préférence|pas (?:si )?important|(?:ne )?sais pas|n'importe|"
    r"da igual|da lo mismo|no importa|sin preferencias?|no (?:lo )?sé|no es (?:tan )?importante)\b",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(
    r"(?<![\w.])(\d+(?:(?:[.,]|[ \u00a0\u202f](?=\d{3}(?!\d)))\d+)*)\s*(k|thousand|tausend|m|mil|million)?\b",
    re.IGNORECASE,
)
_NO_MORE: Final = re.compile(
    r"\b(no more than|nicht mehr als|nicht über|pas plus de|no m[aá]s de)\b", re.IGNORECASE
)
_AT_MOST: Final = re.compile(
    r"\b(up to|under|below|less than|at most|max(?:imum)?|no more than|or (?:less|fewer|older)|"
    r"bis|höchstens|maximal|unter|weniger als|nicht mehr als|nicht über|oder (?:weniger|älter)|"
    r"jusqu'à|au plus|moins de|pas plus de|ou moins|hasta|como m[aá]ximo|menos de|no m[aá]s de|o menos)(?!\w)",
    re.IGNORECASE,
)
_AT_LEAST: Final = re.compile(
    r"\b(at least|over|above|more than|min(?:imum)?|from|or (?:more|newer|later)|"
    r"ab|mindestens|über|mehr als|oder (?:mehr|neuer)|au moins|à partir de|plus de|ou plus|"
    r"al menos|como m[ií]nimo|desde|m[aá]s de|o m[aá]s)\b|\d\s*\+",
    re.IGNORECASE,
)
_TIMES: Final = {"k": 1e3, "thousand": 1e3, "tausend": 1e3, "m": 1e6, "mil": 1e6, "million": 1e6}


def in_light_of(read: Understanding, message: str, state: State, index: Index) -> Understanding:
    """The understanding with what the open question of the state makes of the message."""
    field = state.pending
    attribute = index.attributes.get(field)
    if attribute and (tapped := _tapped(message, attribute, index)):
        made = replace(tapped, turn=state.turn + 1)
        others = tuple(f for f in state.filters if f.field != field)
        return replace(read, filters=(*others, made), added=(made,), language=state.language)
    if not field or len(message.split()) > _LONGEST or any(f.field == field for f in read.added):
        return read
    if _INDIFFERENT.search(message) and not read.added:
        return replace(read, intents=(*read.intents, "indifferent"))
    if attribute is None or attribute.kind == "text":
        return read
    made: Filter | None = None
    if attribute.kind == "enum":
        made = _choice(message, field, index)
    elif attribute.kind == "boolean" and _YES.search(message) and not read.added:
        made = Filter(field, "eq", True, source=message.strip()[:60])
    elif attribute.kind == "number":
        made = _number(message, field)
        others = [f.field for f in read.added if f.field != field and _is_number(f.value)]
        if made and not (
            _fits(made, index) and not any(_fits(replace(made, field=o), index) for o in others)
        ):
            return read  # what it was taken for is as likely
    return _with(read, replace(made, turn=state.turn + 1), state) if made else read


def _tapped(message: str, attribute: Attribute, index: Index) -> Filter | None:
    """The very name of the feature, or of one value, that was asked for: it is that and nothing beside."""
    said = " ".join(message.split()).casefold()
    if attribute.kind == "boolean" and said == attribute.label.casefold():
        return Filter(attribute.name, "eq", True, source=message.strip())
    values = index.values.get(attribute.name, ()) if attribute.kind == "enum" else ()
    named = next((f.display for f in values if f.value == said), None)
    return Filter(attribute.name, "in", [named], source=message.strip()) if named else None


def _choice(message: str, field: str, index: Index) -> Filter | None:
    """The values of the attribute that stand in the message as whole words; of overlapping ones the longest."""
    if _REFUSES.search(message):
        return None
    left, found = message.casefold(), []
    for value in sorted((f.display for f in index.values.get(field, ())), key=lambda v: (-len(v), v)):
        pattern = rf"(?<!\w){re.escape(value.casefold())}(?!\w)"
        if re.search(pattern, left):
            found.append(value)
            left = re.sub(pattern, " | ", left)
    return Filter(field, "in", found, source=", ".join(found)) if found else None


def _number(message: str, field: str) -> Filter | None:
    """One bare number, in the direction that is said or else asked for."""
    said = list(_NUMBER.finditer(message))
    figure = plain_number(said[0][1]) if len(said) == 1 else None
    if figure is None or _REFUSES.search(_NO_MORE.sub("", message)):
        return None
    value = float(figure) * _TIMES.get((said[0][2] or "").lower(), 1.0)
    op: Op = "lte" if _AT_MOST.search(message) else "gte" if _AT_LEAST.search(message) else "eq"
    is_exact = op == "eq"
    if (
        is_exact
        and (direction := asked(field))
        and re.fullmatch(r"\W*" + re.escape(said[0][0]) + r"\W*", message.strip())
    ):
        op, is_exact = ("lte" if direction == "lower" else "gte"), False
    number = int(value) if value.is_integer() else value
    return Filter(field, op, number, "nice" if is_exact else "must", source=message.strip()[:60])


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _fits(f: Filter, index: Index) -> bool:
    """Whether a number is of the size that the values of its attribute have."""
    attribute = index.attributes.get(f.field)
    stats = attribute.stats if attribute else {}
    low, high = float(stats.get("min", 0)), float(stats.get("max", float("inf")))
    return 0.5 * min(low, high) <= f.value <= 2 * high


def _with(read: Understanding, made: Filter, state: State) -> Understanding:
    """The answer taken in, and out what the same words were taken for elsewhere; what that replaced comes back."""
    wrong = [f for f in read.added if _same_words(f, made)]
    back = [f for f in state.filters if any(f.id == w.id for w in wrong)]
    kept = [f for f in read.filters if f not in wrong and f.field != made.field]
    added = tuple(f for f in read.added if f not in wrong)
    return replace(read, filters=(*kept, *back, made), added=(*added, made))


def _same_words(f: Filter, made: Filter) -> bool:
    """Whether a filter on something else came from nothing but the value that was answered."""
    if made.op == "in" and f.op in ("in", "not_in"):
        answered = " ".join(str(v).casefold() for v in made.value)
        return all(any(word in answered for word in _words(v)) for v in f.value)
    return made.op != "in" and f.op == made.op and f.value == made.value


def _words(value: object) -> Sequence[str]:
    return str(value).casefold().split()
