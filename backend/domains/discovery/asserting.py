"""What a sentence claims of a listing, and the fact each claim needs: superlatives, praise, no damage, holds, deeds. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from backend.domains.discovery.evidence import Evidence, Source
from backend.domains.discovery.folding import Word, words

_FILE: Final = Path(__file__).with_name("grounding.toml")
_COMPUTED: Final = frozenset({" lowest "})  # of what is no price, `binding` finds out itself
_NAMES: Final = Path(__file__).parent / "signals" / "names.toml"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words of `grounding.toml`, and the names of the world."""

    phrases: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, frozenset[str]]
    numbers: Mapping[str, float]
    fields: tuple[str, ...]
    none: frozenset[str]
    world: frozenset[str]


def claims_stand(found: Sequence[Word], about: Sequence[Source], evidence: Evidence) -> bool:
    """Superlatives, praise, absence of damage, holds and deeds: each needs its fact."""
    lex = lexicon()
    plain = f" {' '.join(w.text for w in found)} "
    sources = about or evidence.sources[:1]
    said = " ".join(s.said for s in sources) + (evidence.said if not about else "")
    for phrase in _held_in(plain, lex.phrases["done"]):
        if not evidence.done:
            return bool(phrase in said)
    if any(True for _ in _held_in(plain, lex.phrases["held"])) and not _is_held(about, evidence):
        return False
    if any(
        p not in lex.phrases["undamaged"] and p not in said for p in _held_in(plain, lex.phrases["praise"])
    ):
        return _has_values(plain, sources)
    if any(True for _ in _held_in(plain, lex.phrases["undamaged"])) and not (
        sources and all(_is_undamaged(s, lex) for s in sources)
    ):
        return False
    return all(
        p in said
        or (p in _COMPUTED and f"{p}mileage " in plain)
        or _is_lowest(p, about, evidence)
        or _is_count(plain, p, evidence)
        for p in _held_in(plain, lex.phrases["superlatives"])
    )


def _held_in(plain: str, phrases: Sequence[str]) -> Iterator[str]:
    return (p for p in phrases if p in plain)


def _is_held(about: Sequence[Source], evidence: Evidence) -> bool:
    sources = about or evidence.sources
    return bool(evidence.done) or any(s.state in ("held", "sold") for s in sources)


def _has_values(plain: str, sources: Sequence[Source]) -> bool:
    """Whether praise is a value of the listing's own: `certified` where its condition says so."""
    values = " ".join(
        f" {' '.join(w.text for w in words(str(v)))} {k if v is True else ''} "
        for s in sources
        for k, v in s.facts.items()
    )
    return all(
        any(part in values for part in p.split()) for p in _held_in(plain, lexicon().phrases["praise"])
    ) and bool(sources)


def _is_undamaged(source: Source, lex: Lexicon) -> bool:
    """Whether a fact of the listing says that there is no accident or damage."""
    for name, value in source.facts.items():
        if any(f in name for f in lex.fields):
            if value is True and re.search(r"free|^no_|without|frei|sans|sin", name):
                return True
            if value is False or value == 0 or str(value).casefold() in lex.none:
                return True
    return any(p in source.said for p in lex.phrases["undamaged"])


def _is_lowest(phrase: str, about: Sequence[Source], evidence: Evidence) -> bool:
    """`cheapest` and `lowest` hold for whoever has the lowest price of those shown."""
    if not any(
        p in phrase
        for p in (
            "cheapest",
            "lowest",
            "gunstig",
            "billig",
            "niedrig",
            "moins cher",
            "plus bas",
            "barat",
            "mas baj",
        )
    ):
        return False
    priced = [s.price for s in evidence.sources if s.price is not None]
    return len(about) == 1 and about[0].price is not None and about[0].price <= min(priced, default=0)


def _is_count(plain: str, phrase: str, evidence: Evidence) -> bool:
    """`only 2 cars` holds where 2 is a count."""
    if phrase.strip() not in ("only",):
        return False
    after = plain.split(phrase, 1)[1].split()[:1]
    return bool(after and after[0].isdigit() and ("count", float(after[0])) in evidence.numbers)


@cache
def lexicon() -> Lexicon:
    """The words, ready to use."""
    data: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    world: dict[str, Any] = tomllib.loads(_NAMES.read_text(encoding="utf-8"))
    common = {w.casefold() for w in world["capital"]}
    makes = [(name, *row.get("aliases", ()), *row.get("models", ())) for name, row in world["makes"].items()]
    tokens = {
        w.text for row in makes for name in row for w in words(name) if len(w.text) > 2 and w.text.isalpha()
    }
    texts = {kind: tuple(data[kind]["words"].split()) for kind in data}
    return Lexicon(
        {
            kind: tuple(f" {p.replace('_', ' ')} " for p in texts[kind])
            for kind in ("superlatives", "praise", "undamaged", "done", "held")
        },
        {kind: frozenset(texts[kind]) for kind in ("counted", "limits")},
        {name: float(value) for name, value in (pair.split("=") for pair in texts["numbers"])},
        tuple(data["undamaged"]["fields"].split()),
        frozenset(data["undamaged"]["none"].split()),
        frozenset(tokens - common),
    )
