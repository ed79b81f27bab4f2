"""What each column could be, and how much speaks for it: words, values, guards, memory. Pure; chooses nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from backend.domains.blueprints.induction.fitting import fit
from backend.domains.blueprints.induction.folding import Heading, spelled
from backend.domains.blueprints.induction.lexicon import Concept, Match, concepts, guards, matches
from backend.domains.blueprints.induction.traits import Traits
from backend.domains.blueprints.model import Evidence, Left, Remembered
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.model import ColumnProfile

HEADER: Final = 0.72
VALUES: Final = 0.28
_AGAINST: Final = 0.85
_FOREIGN: Final = 0.08  # what a word of another language than the file's is worth less
OWN: Final = 0.36  # a name of its own: what is left where nothing is known
#: Kinds whose cells speak for themselves.
_TELLING: Final[Mapping[str, float]] = {
    "images": 0.75, "currency": 0.7, "country": 0.6, "url": 0.6, "email": 0.9, "phone": 0.8, "distance_unit": 0.7,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Option:
    """One thing a column may be. `slot` is taken by one column alone."""

    slot: str
    score: float
    concept: Concept | None = None
    targets: tuple[str, ...] = ()
    left: Left | None = None
    named: float = 0.0
    fits: float = 0.0
    evidence: tuple[Evidence, ...] = ()


def options_of(
    at: int,
    column: ColumnProfile,
    heading: Heading,
    traits: Traits,
    remembered: Remembered | None,
    language: str,
) -> list[Option]:
    """Everything the column could be, best first; the last resort is a name of its own."""
    if remembered is not None and remembered.left is not None:
        return [_remembered(at, column, remembered)]
    if column.total and not traits.count:
        return [
            Option(
                f"left:{at}",
                1.0,
                left=Left.EMPTY,
                evidence=(Evidence("values", "No row has a value here.", 1.0),),
            )
        ]
    found = {match.concept.key: match for match in _named(heading)}
    options = [
        option
        for match in found.values()
        if (option := _option(at, match, column, heading, traits, language))
    ]
    options += _told_by_values(at, column, traits, found)
    options += _kept_back(at, heading, traits, found)
    options = [_over_its_parts(option, options) for option in options]
    options.append(_own(at, heading, traits))
    options.sort(key=lambda option: -option.score)
    # memory never brings out what these very cells or this group say is for the house, whatever the header meant before
    if remembered is not None and options[0].left not in {Left.INTERNAL, Left.PERSONAL}:
        return [_remembered(at, column, remembered)]
    return options


def _remembered(at: int, column: ColumnProfile, known: Remembered) -> Option:
    said = f" (“{known.said}”)" if known.said else ""
    text = f"This seller confirmed it {known.times} time{'s' if known.times > 1 else ''}{said}."
    slot = f"left:{at}" if known.left else known.targets[0]
    return Option(
        slot, 3.0, targets=known.targets, left=known.left, named=1.0, fits=1.0,
        evidence=(Evidence("memory", text, 3.0),),
    )  # fmt: skip


@cache
def _named(heading: Heading) -> tuple[Match, ...]:
    """Matches of the header alone, with what stands in brackets, and with its group."""
    best: dict[str, Match] = {}
    readings = [(heading.words, 1.0)]
    if heading.aside:
        readings += [
            ((*heading.words, *heading.aside), 1.0),
            ((*heading.aside, *heading.words), 0.98),
            (heading.aside, 0.6),
        ]
    if heading.group:
        readings += [
            ((*heading.group, *heading.words), 1.0),
            ((*heading.words, *heading.group), 0.98),
            ((*heading.group[-1:], *heading.words), 0.99),
        ]
    for words, share in readings:
        for match in matches(words):
            score = match.score * share
            known = best.get(match.concept.key)
            if known is None or score > known.score:
                best[match.concept.key] = Match(match.concept, round(score, 4), match.phrase, match.language)
    return tuple(best.values())


def _option(
    at: int, match: Match, column: ColumnProfile, heading: Heading, traits: Traits, language: str
) -> Option | None:
    concept = match.concept
    if concept.key.startswith("combined."):
        return _combined(match, column)
    fits = fit(concept, traits)
    if heading.unit and concept.kind in {"money", "year", "code"}:
        fits = min(fits, -0.8)  # its header names a unit of measure
    if heading.currency and concept.kind in {"distance", "year", "percent", "integer", "number", "measure"}:
        fits = min(fits, -0.8)
    against = 0.5 if concept.left else _AGAINST
    foreign = match.language not in {language, "en"} or (language == "en" and match.language != "en")
    named = match.score - (_FOREIGN if foreign else 0.0)
    score = HEADER * named + (VALUES * fits if fits > 0 else against * fits)
    words = f"“{column.header}” reads like “{match.phrase}”" + ("." if match.score > 0.9 else ", in part.")
    evidence = [Evidence("header", words, round(HEADER * match.score, 3))]
    if traits.is_known:
        evidence.append(Evidence("values", _told(concept, traits, fits), round(VALUES * fits, 3)))
    if concept.left:
        # when in doubt, leave out: cells can hardly speak for what is anything
        score = HEADER * named + VALUES * max(fits, 0.5 if match.score > 0.95 and fits >= 0 else fits) + 0.04
        if concept.left == "counter" and fits < 0:
            return None
        return Option(
            f"left:{at}",
            score,
            concept,
            left=Left(concept.left),
            named=match.score,
            fits=fits,
            evidence=tuple(evidence),
        )
    return Option(
        concept.targets[0], score, concept, concept.targets, None, match.score, fits, tuple(evidence)
    )


def _told(concept: Concept, traits: Traits, fits: float) -> str:
    sample = ", ".join(f"“{text[:24]}”" for text in traits.texts[:3])
    verdict = "as expected" if fits > 0.3 else "possible" if fits > -0.1 else "unlike it"
    return f"{sample}: {verdict}." if sample else "No values to judge by."


def _combined(match: Match, column: ColumnProfile) -> Option | None:
    kind = match.concept.kind
    if (
        kind == "vehicle"
        and match.score < 0.9
        and not any(re.match(r"(19|20)\d\d\b", str(c)) for c in list(column.values)[:20])
    ):
        return None
    if kind == "place" and match.score > 0.9:
        return _placed(match, column)
    share = _pairs(column) if kind == "colors" else catalogue.combined_share(column.values, kind)  # type: ignore[arg-type]
    if share < 0.6:
        return None
    score = max(HEADER * match.score + VALUES * share + 0.08, 0.72 * share)
    evidence = (
        Evidence("header", f"“{column.header}” reads like “{match.phrase}”.", round(HEADER * match.score, 3)),
        Evidence("values", f"{share:.0%} of the cells hold several things.", round(VALUES * share, 3)),
    )
    return Option(
        match.concept.key, score, match.concept, match.concept.targets, None, match.score, share, evidence
    )


def _placed(match: Match, column: ColumnProfile) -> Option | None:
    """A column that is called a place, and whose cells have two parts: the second may be a region nobody lists."""
    texts = [cell for cell in list(column.values)[:200] if isinstance(cell, str) and cell.strip()]
    wordy = sum(bool(re.fullmatch(r"[^\W\d][^,\d]+, ?[^\W\d][^,\d]+", text)) for text in texts)
    share = max(catalogue.combined_share(column.values, "place"), wordy / len(texts) if texts else 0.0)
    if share < 0.8:
        return None
    text = Evidence(
        "values", f"{share:.0%} of the cells hold a place and what it lies in.", round(VALUES * share, 3)
    )
    score = HEADER * match.score + VALUES * share + 0.08
    return Option(
        match.concept.key, score, match.concept, match.concept.targets, None, match.score, share, (text,)
    )


def _over_its_parts(option: Option, options: Sequence[Option]) -> Option:
    """Cells that hold several things are more than one of them: `Tulsa, OK` is no city."""
    if len(option.targets) < 2 or option.fits < 0.85 or (option.concept and option.concept.kind == "vehicle"):
        return option
    parts = [other.score for other in options if other.slot in option.targets]
    return replace(option, score=max([option.score, *(score + 0.05 for score in parts)]))


def _pairs(column: ColumnProfile) -> float:
    texts = [cell for cell in list(column.values)[:200] if isinstance(cell, str) and cell.strip()]
    return (
        sum(bool(re.fullmatch(r"[^/|]+ ?[/|] ?[^/|]+", text)) for text in texts) / len(texts)
        if texts
        else 0.0
    )


def _told_by_values(
    at: int, column: ColumnProfile, traits: Traits, found: Mapping[str, Match]
) -> list[Option]:
    """What the cells alone say, where the header does not."""
    options: list[Option] = []
    if traits.share("coordinates") > 0.8:
        text = Evidence("values", "Each cell holds a latitude and a longitude.", 0.9)
        concept = Concept("combined.coordinates", ("latitude", "longitude"), "coordinates")
        options.append(Option(concept.key, 0.95, concept, concept.targets, None, 0.5, 1.0, (text,)))
    named = max((m.score for m in found.values()), default=0.0)
    for kind, least in (("vehicle", 0.9), ("place", 0.9)):
        if f"combined.{kind}" in found or (
            kind == "place" and named > 0.9 and "core.location_city" not in found
        ):
            continue
        if kind == "vehicle" and traits.share("letters") > 0.2:
            continue  # only where a year stands in each
        share = catalogue.combined_share(column.values, kind) if traits.length > 6 else 0.0  # type: ignore[arg-type]
        if share > least:
            concept = concepts()[f"combined.{kind}"]
            text = Evidence("values", f"{share:.0%} of the cells hold several things.", 0.7)
            options.append(
                Option(concept.key, 0.72 * share, concept, concept.targets, None, 0.3, share, (text,))
            )
    for key, concept in concepts().items():
        strength = _TELLING.get(concept.kind, 0.0)
        if key == "core.identifier" and traits.share("vin") > 0.8:
            strength = 0.85
        elif key == "core.make" and traits.share("make") > 0.6:
            strength = 0.6
        elif (key == "core.year" and traits.share("year") > 0.9 and traits.distinct > 2) or (
            concept.words and traits.words.get(concept.words, 0.0) > 0.8 and key.startswith("core.")
        ):
            strength = 0.5
        if not strength or (key in found and found[key].score > 0.6):
            continue
        fits = fit(concept, traits)
        if fits < 0.5:
            continue
        text = Evidence("distribution", _told(concept, traits, fits), round(strength * fits, 3))
        left = Left(concept.left) if concept.left else None
        slot = f"left:{at}" if left else concept.targets[0]
        options.append(Option(slot, strength * fits, concept, concept.targets, left, 0.0, fits, (text,)))
    return options


def _kept_back(at: int, heading: Heading, traits: Traits, found: Mapping[str, Match]) -> list[Option]:
    """Internal or personal by a word anywhere in the header or its group, or by what the cells are."""
    public = max((m.score for m in found.values() if not m.concept.left), default=0.0)
    options: list[Option] = []
    for reason, words in guards().items():
        own = words.intersection((*heading.words, *heading.aside))
        group = words.intersection(heading.group)
        if group or (own and public < 0.93):
            word = next(iter(group or own))
            text = Evidence("header", f"“{word}” in its {'group' if group else 'header'}: {reason}.", 0.9)
            options.append(
                Option(f"left:{at}", 1.1 if group else 0.9, left=Left(reason), named=0.9, evidence=(text,))
            )
    seller = found.get("core.seller")
    if (
        seller is not None
        and seller.score > 0.6
        and max(traits.share("initials"), traits.share("person")) > 0.7
    ):
        text = Evidence(
            "values", f"Persons, such as “{traits.texts[0][:24]}”, and no code of a dealer.", 0.95
        )
        options.append(Option(f"left:{at}", 1.05, left=Left.PERSONAL, fits=1.0, named=0.8, evidence=(text,)))
    if traits.share("person") > 0.6 and public < 0.9:
        text = Evidence("values", f"Names of persons, such as “{traits.texts[0][:24]}”.", 0.7)
        options.append(
            Option(f"left:{at}", 0.7, left=Left.PERSONAL, fits=traits.share("person"), evidence=(text,))
        )
    if traits.share("slot") > 0.8 and public < 0.9:
        text = Evidence("values", f"Places on the site, such as “{traits.texts[0][:24]}”.", 0.7)
        options.append(
            Option(f"left:{at}", 0.72, left=Left.INTERNAL, fits=traits.share("slot"), evidence=(text,))
        )
    return options


def own_name(heading: Heading, at: int) -> str:
    """`specs.<name>` made of the header's own words."""
    bare = heading.text if heading.aside else re.sub(r"[(\[{].*?[)\]}]", " ", heading.text)
    name = (
        spelled(bare.rsplit(".", 1)[-1] if "." in bare and " " not in bare else bare)[:50].strip("_")
        or f"column_{at + 1}"
    )
    return f"specs.{name}" if name[0].isalpha() else f"specs.x_{name}"


def _own(at: int, heading: Heading, traits: Traits) -> Option:
    sample = ", ".join(f"“{text[:24]}”" for text in traits.texts[:3])
    text = Evidence("default", f"No known meaning; kept under its own name. Cells: {sample}.", OWN)
    return Option(f"own:{at}", OWN, targets=(own_name(heading, at),), evidence=(text,))


def best(options: Sequence[Option]) -> Option:
    return max(options, key=lambda option: option.score)
