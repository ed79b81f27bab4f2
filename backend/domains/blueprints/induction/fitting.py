"""How well the cells of a column fit a kind of value: 1 is just such a column, 0 says nothing, -1 cannot be. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from backend.domains.blueprints.induction.lexicon import Concept
from backend.domains.blueprints.induction.traits import Traits

_DISTANCES: Final = frozenset({"mi", "km"})


def fit(concept: Concept, traits: Traits) -> float:
    """Range: -1 to 1. Columns without cells fit everything alike: 0."""
    if not traits.is_known:
        return 0.0
    score = _KINDS.get(concept.kind, _any)(traits)
    if concept.key == "core.identifier":
        score += 0.6 * (1 - min(1.0, traits.uniqueness))  # a reference may stand for many pieces
    if concept.words and (known := traits.words.get(concept.words, 0.0)) > 0.3:
        score = max(score, 0.3 + 0.7 * known)
    for target in concept.targets:
        if (known := traits.words.get(target, 0.0)) > 0.3:
            score = max(score, 0.3 + 0.7 * known)
    if concept.low is not None and concept.high is not None and traits.middle is not None:
        inside = sum(concept.low <= number <= concept.high for number in traits.numbers) / len(traits.numbers)
        score = min(score, 2 * inside - 1)
    if concept.unit and traits.units and concept.kind in {"measure", "number", "integer"}:
        score += 0.2 if traits.units[0][0] == concept.unit else 0.0
    return max(-1.0, min(1.0, score))


def _any(traits: Traits) -> float:
    """Of what stays inside: a yes or no is rarely that."""
    return -0.8 if traits.share("boolean") > 0.8 else 0.0


def _numeric(traits: Traits) -> float:
    number = traits.share("number")
    return 0.6 * number - 1.2 * (1 - number) if traits.share("link", "email", "date") < 0.5 else -1.0


def _plain_number(traits: Traits) -> float:
    """A number that is neither money nor a distance driven."""
    score = _numeric(traits)
    if traits.currencies and traits.currencies[0][1] > 0.5:
        score -= 0.5
    return score


def _whole(traits: Traits) -> float:
    return _plain_number(traits) - (0.0 if traits.are_whole else 0.3)


def _money(traits: Traits) -> float:
    score = _numeric(traits)
    if traits.currencies:
        score += 0.5 * traits.currencies[0][1]
    if traits.units and traits.units[0][1] > 0.5:
        score -= 0.9
    if traits.share("year") > 0.9 or traits.share("percent") > 0.5 or traits.share("point") > 0.7:
        score -= 0.9
    if traits.middle is not None and traits.middle < 20 and not traits.currencies:
        score -= 0.6
    return score


def _percent(traits: Traits) -> float:
    if traits.share("percent") > 0.5:
        return 0.9
    inside = traits.numbers and all(0 <= number <= 100 for number in traits.numbers)
    return min(_numeric(traits), 0.3) if inside else -0.6


def _distance(traits: Traits) -> float:
    score = _plain_number(traits)
    if traits.units and traits.units[0][0] in _DISTANCES:
        score += 0.5
    elif traits.units and traits.units[0][1] > 0.4:
        score -= 0.9
    if traits.share("year") > 0.9:
        score -= 0.8
    return score


def _year(traits: Traits) -> float:
    year = traits.share("year")
    return 0.9 * year - 1.3 * (1 - year)


def _code(traits: Traits) -> float:
    """Numbers and letters that tell one thing from all others."""
    like = max(traits.share("code", "vin"), traits.share("digits"))
    score = 0.5 * like - 0.5 * traits.share("prose", "link", "email", "date", "boolean")
    score += 0.5 if traits.uniqueness > 0.97 else -0.9 * (1 - traits.uniqueness)
    score -= (
        0.0 if traits.are_whole or traits.share("number") < 0.9 else 0.8
    )  # no number of a thing has decimals
    return score - (0.5 if traits.currencies and traits.currencies[0][1] > 0.5 else 0.0)


def _date(traits: Traits) -> float:
    like = traits.share("date", "month")
    return 0.9 * like - 1.2 * (1 - like)


def _month(traits: Traits) -> float:
    like = max(traits.share("month"), traits.share("date"))
    return 0.9 * like - 1.2 * (1 - like)


def _boolean(traits: Traits) -> float:
    like = traits.share("boolean")
    score = 0.8 * like - 1.1 * (1 - like)
    return score - (0.6 if traits.distinct > 8 else 0.0)


def _name(traits: Traits) -> float:
    """A short text that several listings may share."""
    wrong = traits.share("link", "email", "phone", "prose", "date", "boolean", "percent")
    score = 0.3 - 1.2 * wrong
    score -= 0.6 if traits.currencies and traits.currencies[0][1] > 0.5 else 0.0
    score += 0.5 * traits.share("make")
    return score - (0.4 if traits.length > 45 else 0.0)


def _text(traits: Traits) -> float:
    wrong = traits.share("link", "email", "phone", "date", "boolean")
    coded = traits.share("code") > 0.8 and traits.uniqueness > 0.9
    return 0.3 - 1.1 * wrong - (0.4 if traits.share("number") > 0.9 else 0.0) - (0.5 if coded else 0.0)


def _prose(traits: Traits) -> float:
    if traits.share("number") > 0.7 or traits.share("link", "email", "phone", "date", "boolean") > 0.5:
        return -0.8
    if traits.share("rating", "code") > 0.7:
        return -0.4
    return 0.2 + 0.7 * traits.share("prose") + (0.1 if traits.length > 25 else -0.1)


def _enum(traits: Traits) -> float:
    wrong = traits.share("link", "email", "phone", "prose", "date")
    few = traits.distinct <= max(12, 0.3 * traits.count)
    score = (0.4 if few else -0.2) - wrong
    return score - (0.3 if traits.share("number") > 0.9 else 0.0)


def _listed(traits: Traits) -> float:
    several = sum(any(mark in text for mark in ",;|\n") for text in traits.texts) / max(1, len(traits.texts))
    wrong = traits.share("link", "email", "phone", "date", "boolean", "number")
    return 0.6 * several - wrong


def _share_of(*names: str, miss: float = -1.0) -> Callable[[Traits], float]:
    def score(traits: Traits) -> float:
        like = min(1.0, traits.share(*names))
        return like if like > 0.5 else miss * (1 - like)

    return score


def _city(traits: Traits) -> float:
    wrong = traits.share(
        "number", "link", "email", "phone", "prose", "date", "boolean", "slot", "currency", "person"
    )
    codes = traits.share("state") if traits.share("state") > 0.7 else 0.0
    return 0.4 - 1.3 * min(1.0, wrong) - codes


def _region(traits: Traits) -> float:
    wrong = traits.share("number", "link", "email", "phone", "prose", "date", "boolean", "currency", "person")
    return 0.25 + 0.6 * traits.share("state") - 1.2 * min(1.0, wrong) - (0.4 if traits.length > 25 else 0.0)


def _country(traits: Traits) -> float:
    like = max(traits.share("country"), traits.share("country_code"))
    return like if like > 0.4 else -0.7


def _point(limit: float) -> Callable[[Traits], float]:
    def score(traits: Traits) -> float:
        inside = bool(traits.numbers) and all(-limit <= number <= limit for number in traits.numbers)
        return 0.3 + 0.6 * traits.share("point") if inside and traits.share("number") > 0.8 else -1.0

    return score


def _counter(traits: Traits) -> float:
    return 1.0 if traits.rises and traits.share("digits") > 0.9 else -1.0


def _images(traits: Traits) -> float:
    return 1.0 if traits.share("image") > 0.5 else (0.4 if traits.share("link") > 0.5 else -1.0)


def _url(traits: Traits) -> float:
    return (1.0 - traits.share("image")) if traits.share("link") > 0.5 else -1.0


def _person(traits: Traits) -> float:
    wrong = traits.share("number", "link", "prose", "date", "boolean")
    return 0.2 + 0.7 * traits.share("person", "email", "phone") - wrong


_KINDS: Final[Mapping[str, Callable[[Traits], float]]] = {
    "number": _plain_number,
    "measure": _plain_number,
    "integer": _whole,
    "money": _money,
    "percent": _percent,
    "distance": _distance,
    "distance_unit": _share_of("unit"),
    "year": _year,
    "code": _code,
    "date": _date,
    "month": _month,
    "boolean": _boolean,
    "name": _name,
    "text": _text,
    "prose": _prose,
    "enum": _enum,
    "list": _listed,
    "currency": _share_of("currency"),
    "city": _city,
    "region": _region,
    "country": _country,
    "latitude": _point(90),
    "longitude": _point(180),
    "images": _images,
    "url": _url,
    "phone": _share_of("phone", miss=-0.2),
    "email": _share_of("email", miss=-0.2),
    "person": _person,
    "counter": _counter,
}
