"""`propose_fields`: what the columns of a sheet, the paths of a feed or the labels of a report become, with reasons. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from backend.core.ports import Embedder
from backend.domains.blueprints.induction.assigning import Choice, assign
from backend.domains.blueprints.induction.columns import reading_of
from backend.domains.blueprints.induction.domains import domain_of
from backend.domains.blueprints.induction.folding import Heading, heading_of
from backend.domains.blueprints.induction.lexicon import concepts
from backend.domains.blueprints.induction.relations import at_home, related, wanted
from backend.domains.blueprints.induction.scoring import OWN, Option, options_of
from backend.domains.blueprints.induction.settings import FileReading, file_reading
from backend.domains.blueprints.induction.traits import Traits, traits_of
from backend.domains.blueprints.model import Alternative, Evidence, FieldProposal, Left, Remembered
from backend.domains.catalogue.model import ColumnProfile, header_key
from backend.domains.catalogue.normalizers import Cell

_MEANT: Final = 0.55  # cosine from which a meaning counts
_MEANING: Final = 0.25  # what a perfect one is worth
_ASK_BELOW: Final = 0.6


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is known of a source beside its columns. `rows` are some listings, cell by cell in the order of the columns."""

    kind: Literal["sheet", "feed", "report"] = "sheet"
    text: str = ""
    domain: str = ""
    language: str = ""
    rows: Sequence[Sequence[Cell]] = ()


@dataclass(frozen=True, slots=True)
class Induced:
    """The fields with what was seen on the way."""

    fields: tuple[FieldProposal, ...]
    reading: FileReading
    domain: str
    choices: tuple[Choice, ...]
    traits: tuple[Traits, ...]


def propose_fields(
    columns: Sequence[ColumnProfile],
    *,
    facts: FileFacts,
    embedder: Embedder | None,
    remembered: Sequence[Remembered] = (),
) -> tuple[FieldProposal, ...]:
    """One proposal a column, in order. Each target of a listing is proposed once at most."""
    return induce(columns, facts=facts, embedder=embedder, remembered=remembered).fields


def induce(
    columns: Sequence[ColumnProfile],
    *,
    facts: FileFacts,
    embedder: Embedder | None,
    remembered: Sequence[Remembered] = (),
) -> Induced:
    """As `propose_fields`, with the evidence it was decided by."""
    headings = tuple(heading_of_column(column, facts.kind) for column in columns)
    reading = file_reading(columns, headings, text=facts.text, language=facts.language)
    traits = tuple(traits_of(column, reading.decimal) for column in columns)
    known = {each.header: each for each in remembered}
    headers = Counter(header_key(column.header) for column in columns)
    options = [
        options_of(
            at,
            column,
            heading,
            trait,
            _memory(known, column, headers),
            reading.language,
        )
        for at, (column, heading, trait) in enumerate(zip(columns, headings, traits, strict=True))
    ]
    if embedder is not None:
        options = _with_meaning(options, headings, embedder)
    options = related(options, columns, traits, facts.rows)
    choices = _settled(options)
    domain = facts.domain or domain_of(
        [c.option.targets for c in choices], traits, [c.key for c in columns], facts.text
    )
    choices = _settled(wanted(at_home(options, domain)))
    fields = tuple(
        _field(column, heading, trait, choice, reading)
        for column, heading, trait, choice in zip(columns, headings, traits, choices, strict=True)
    )
    return Induced(_distinct(fields), reading, domain, tuple(choices), traits)


def _memory(
    known: Mapping[str, Remembered], column: ColumnProfile, headers: Mapping[str, int]
) -> Remembered | None:
    """What was confirmed of this very column; by its bare header only where no group and no twin makes it another."""
    exact = known.get(header_key(column.key))
    alone = not column.group and headers[header_key(column.header)] == 1
    return exact or (known.get(header_key(column.header)) if alone else None)


def heading_of_column(column: ColumnProfile, kind: str) -> Heading:
    """The header of a column taken apart; of a feed, its path."""
    if kind != "feed":
        return heading_of(
            "" if column.key.startswith("#") and not column.header else column.header, column.group
        )
    steps = [
        step for step in column.key.replace("[]", "").replace("[", ".").replace("]", "").split(".") if step
    ]
    named = [step for step in steps if not step.isdigit()]
    last = heading_of(" ".join(named[-1:]), " ".join(named[:-1]))
    return replace(last, text=column.key)


def _with_meaning(
    options: Sequence[list[Option]], headings: Sequence[Heading], embedder: Embedder
) -> list[list[Option]]:
    """Adds what a header that no word of which is known may mean, by the nearness of its words to concepts."""
    lost = [at for at, each in enumerate(options) if each[0].score <= OWN + 0.05 and headings[at].words]
    if not lost:
        return list(options)
    known = [concept for concept in concepts().values() if concept.targets and len(concept.targets) == 1]
    names = [concept.key.split(".", 1)[1].replace("_", " ") for concept in known]
    near = embedder.embed([" ".join(headings[at].words) for at in lost]) @ embedder.embed(names).T
    out = [list(each) for each in options]
    for row, at in enumerate(lost):
        for place in np.argsort(-near[row])[:3]:
            if near[row, place] < _MEANT or not known[place].key.startswith("specs."):
                continue
            score = OWN + _MEANING * float(near[row, place]) - 0.1
            text = Evidence("meaning", f"Its words are near to “{names[place]}”.", round(score, 3))
            out[at].append(
                Option(known[place].targets[0], score, known[place], known[place].targets, evidence=(text,))
            )
        out[at].sort(key=lambda option: -option.score)
    return out


def _settled(options: Sequence[Sequence[Option]]) -> list[Choice]:
    """The assignment, with columns of several targets giving way where another column holds one of them."""
    choices = assign(options)
    for _ in range(3):
        claimed = {
            target
            for c in choices
            for target in c.option.targets
            if len(c.option.targets) == 1 and c.option.named > 0.5
        }
        narrowed = [_narrowed(each, choice, claimed) for each, choice in zip(options, choices, strict=True)]
        if narrowed == list(options):
            return choices
        options, choices = narrowed, assign(narrowed)
    return choices


def _narrowed(options: Sequence[Option], choice: Choice, claimed: set[str]) -> Sequence[Option]:
    targets = choice.option.targets
    if len(targets) < 2 or not claimed.intersection(targets):
        return options
    kept = tuple(target for target in targets if target not in claimed)
    kind = choice.option.concept.kind if choice.option.concept is not None else ""
    if len(kept) >= 2 and (kind != "vehicle" or "make" in kept or "model" in kept):
        return [replace(o, targets=kept) if o is choice.option else o for o in options]
    single = [o for o in options if o.slot != choice.option.slot]
    if kept and kind != "vehicle":
        single.append(
            replace(choice.option, slot=kept[0], targets=kept[:1], concept=concepts().get(f"core.{kept[0]}"))
        )
    return sorted(single, key=lambda option: -option.score)


def _field(
    column: ColumnProfile, heading: Heading, traits: Traits, choice: Choice, file: FileReading
) -> FieldProposal:
    option = choice.option
    shared = FieldProposal(
        key=column.key,
        targets=(),
        confidence=choice.confidence,
        left=option.left,
        evidence=option.evidence,
        alternatives=tuple(Alternative(o.targets, _share(o, choice)) for o in choice.others if o.targets)[:3],
        samples=traits.texts[:5],
        filled=round(traits.filled, 4),
        distinct=traits.distinct,
    )
    if option.left is not None or not option.targets:
        return replace(shared, left=option.left or Left.UNUSED, question=_question(column, choice, ""))
    read = reading_of(option, option.targets, column, heading, traits, file)
    return replace(
        shared,
        targets=read.targets,
        type=read.type,
        unit=read.unit,
        normalizer=read.normalizer,
        column=read.entry,
        question=_question(column, choice, read.doubt),
    )


def _share(option: Option, choice: Choice) -> float:
    """What is left of the confidence, by how near an alternative comes."""
    rest = 1 - choice.confidence
    total = sum(max(other.score, 0.01) for other in choice.others) or 1.0
    return round(rest * max(option.score, 0.01) / total, 3)


def _question(column: ColumnProfile, choice: Choice, doubt: str) -> str:
    if choice.confidence >= _ASK_BELOW:
        return doubt
    named = [o for o in choice.others if o.targets and o.concept is not None]
    if choice.option.left in {Left.INTERNAL, Left.PERSONAL}:
        return f"Is “{column.key}” for the house alone? It stays out until you say otherwise."
    if choice.option.concept is None and named:
        return f"Is “{column.key}” {named[0].targets[0].removeprefix('specs.').replace('_', ' ')}?"
    return doubt or f"What is “{column.key}”?"


def _distinct(fields: Sequence[FieldProposal]) -> tuple[FieldProposal, ...]:
    """Names of one's own that two columns share get a number."""
    seen: dict[str, int] = {}
    out: list[FieldProposal] = []
    for each in fields:
        targets: list[str] = []
        for target in each.targets:
            seen[target] = seen.get(target, 0) + 1
            targets.append(target if seen[target] == 1 else f"{target}_{seen[target]}")
        entry: Mapping[str, object] = each.column
        if tuple(targets) != each.targets:
            entry = {**entry, **({"target": targets[0]} if len(targets) == 1 else {"targets": targets})}
        out.append(replace(each, targets=tuple(targets), column=entry))
    return tuple(out)
