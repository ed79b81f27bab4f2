"""Which kind of goods a list is of, by what its columns mean, what its cells say and how its file is called. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from backend.domains.blueprints.induction.folding import words_of
from backend.domains.blueprints.induction.lexicon import concepts
from backend.domains.blueprints.induction.traits import Traits

_FILE: Final = Path(__file__).resolve().parents[1] / "lexicon" / "domains.yaml"


@cache
def _words() -> Mapping[str, frozenset[str]]:
    """Word → the domains it speaks for."""
    document: Mapping[str, str] = yaml.safe_load(_FILE.read_text("utf-8"))
    found: dict[str, set[str]] = {}
    for domain, listed in document.items():
        for phrase in listed.split(";"):
            found.setdefault(" ".join(words_of(phrase)), set()).add(domain)
    return {word: frozenset(domains) for word, domains in found.items()}


def domain_of(
    targets: Sequence[Sequence[str]], traits: Sequence[Traits], keys: Sequence[str], text: str
) -> str:
    """A name such as `cars`; `general` where nothing speaks for any. `targets` and `keys` are those of the columns."""
    votes: defaultdict[str, float] = defaultdict(float)
    for each in targets:
        for target in each:
            concept = concepts().get(target)
            domains = concept.domains if concept else ()
            for domain in domains:
                votes[domain] += 1.0 / len(domains)
    for trait in traits:
        for cell in trait.texts[:40]:
            _vote(votes, cell, 1.5 / max(1, len(trait.texts[:40])))
    _vote(votes, text, 1.0)
    for key in keys:
        _vote(votes, key, 0.4)
    domain, worth = max(votes.items(), key=lambda vote: (vote[1], vote[0]), default=("general", 0.0))
    return domain if worth >= 1.0 else "general"


def _vote(votes: defaultdict[str, float], text: str, weight: float) -> None:
    words = words_of(text[:300])
    seen = {" ".join(words[at : at + length]) for length in (1, 2) for at in range(len(words) - length + 1)}
    for word in seen:
        for domain in _words().get(word, ()):
            votes[domain] += weight
