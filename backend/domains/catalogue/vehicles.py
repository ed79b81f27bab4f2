"""Takes `2021 Tesla Model 3 Long Range` apart: year, make, model and trim. Pure.

Makes are known by name; where a model ends and a trim begins is learnt from the whole column and kept in its mapping,
so that the next file is read the same way.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

from backend.domains.catalogue.cells import Cell, plain

_NAMES: Final = Path(__file__).with_name("makes.json")
_YEAR: Final = r"(?:19|20)\d\d"
_LEADING = re.compile(rf"(?:MY ?)?({_YEAR})\b[ ,:-]*|['’](\d\d)\b ?", re.IGNORECASE)
_TRAILING = re.compile(rf"[ ,]*[(\[]({_YEAR})[)\]]|[ ,]+(?:MY ?)?({_YEAR})$", re.IGNORECASE)
_LONGEST_MAKE: Final = 4  # words
_LEARNT: Final = 2_000


#: Beginning of a name → the word that comes next ("" at its end) → what follows that word.
_Tree: TypeAlias = Mapping[tuple[str, ...], Mapping[str, set[tuple[str, ...]]]]


@dataclass(frozen=True, slots=True)
class Vehicle:
    """The parts of a vehicle's name; None for what the text does not say."""

    title: str
    year: int | None
    make: str | None
    model: str | None
    trim: str | None


@cache
def _names() -> Mapping[str, Sequence[str]]:
    return json.loads(_NAMES.read_text("utf-8"))


@cache
def known_makes() -> Mapping[str, str]:
    """Lower-case make → make, of every category."""
    kinds = [names for kind, names in _names().items() if kind not in {"models_of_several_words", "trims"}]
    return {name.lower(): name for names in kinds for name in names}


@cache
def _folded(kind: str) -> frozenset[str]:
    return frozenset(name.lower() for name in _names()[kind])


def split_vehicle(text: str, *, makes: Iterable[str] = (), models: Iterable[str] = ()) -> Vehicle:
    """The parts of a name. `makes` and `models` are the column's own beside the well-known ones."""
    own = frozenset(name.lower() for name in makes)
    year, words = _year_and_words(text)
    length = _make_length(words, own)
    if not length:
        return Vehicle(text, year, None, None, None)
    rest = words[length:]
    end = _model_length(rest, frozenset(name.lower() for name in models))
    return Vehicle(
        text, year, " ".join(words[:length]), " ".join(rest[:end]) or None, " ".join(rest[end:]) or None
    )


def _year_and_words(text: str) -> tuple[int | None, list[str]]:
    """A year stands first, last or in brackets; a `2008` in the middle is a model."""
    leading = _LEADING.match(text)
    found = leading or _TRAILING.search(text)
    if not found:
        return None, text.split()
    digits = found.group(1) or found.group(2)
    year = int(digits) if len(digits) == 4 else int(digits) + (2000 if int(digits) < 50 else 1900)
    return year, (text[: found.start()] + " " + text[found.end() :]).split()


def _make_length(words: Sequence[str], own: frozenset[str]) -> int:
    for length in range(min(_LONGEST_MAKE, len(words)), 0, -1):
        name = " ".join(words[:length]).lower()
        if name in own or name in known_makes():
            return length
    return 0


def _model_length(rest: Sequence[str], own: frozenset[str]) -> int:
    """How many words of what follows the make are the model."""
    for length in range(len(rest), 0, -1):
        name = " ".join(rest[:length]).lower()
        if name in own or (length > 1 and name in _folded("models_of_several_words")):
            return length
    return _unlearnt_length(rest, frozenset())


def _unlearnt_length(rest: Sequence[str], trims: frozenset[str]) -> int:
    for start in range(1, len(rest)):
        ending, pair, first = (" ".join(rest[start:end]).lower() for end in (len(rest), start + 2, start + 1))
        if ending in trims or ending in _folded("trims") or pair in _folded("trims"):
            return start
        if first in _folded("trims") and not _continues(first):
            return start
    if len(rest) < 3:
        return len(rest)
    return 2 if _continues(rest[1]) else 1


def _continues(word: str) -> bool:
    """Whether a word goes on with the name of a model: a digit or single letter, as in `Model 3`, `Ioniq 5`."""
    return word.isdigit() or (len(word) == 1 and word.isalpha())


def learn_vehicles(values: Mapping[Cell, int]) -> dict[str, list[str]]:
    """`makes` (those that are not well known) and `models` of a column, for its entry in a mapping."""
    names = [_year_and_words(plain(cell))[1] for cell in values]
    makes = _unknown_makes(names)
    own = frozenset(make.lower() for make in makes)
    rests: defaultdict[str, list[list[str]]] = defaultdict(list)
    for words in names:
        length = _make_length(words, own)
        if length and words[length:]:
            rests[" ".join(words[:length]).lower()].append(words[length:])
    learnt = {"makes": makes, "models": _models(list(rests.values()))}
    return {name: entries for name, entries in learnt.items() if entries}


def _unknown_makes(names: Sequence[Sequence[str]]) -> list[str]:
    """First words that nobody knows and that several names share."""
    first = Counter(words[0] for words in names if len(words) > 1 and not _make_length(words, frozenset()))
    return sorted(word for word, times in first.items() if times > 1 and word[:1].isalpha())[:_LEARNT]


def _models(makes: Sequence[Sequence[Sequence[str]]]) -> list[str]:
    followed = [_following(rests) for rests in makes]
    trims = frozenset(
        " ".join(rest[end:]).lower()
        for rests, following in zip(makes, followed, strict=True)
        for rest in rests
        if (end := _branch(rest, following)) and end < len(rest)
    )
    found: dict[str, None] = {}
    for rests, following in zip(makes, followed, strict=True):
        for rest in rests:
            end = _known_model(rest) or _branch(rest, following) or _unlearnt_length(rest, trims)
            found.setdefault(" ".join(rest[:end]))
    return sorted(found)[:_LEARNT]


def _following(rests: Sequence[Sequence[str]]) -> _Tree:
    tree: defaultdict[tuple[str, ...], defaultdict[str, set[tuple[str, ...]]]] = defaultdict(
        lambda: defaultdict(set)
    )
    for rest in rests:
        folded = tuple(word.lower() for word in rest)
        for length in range(1, len(folded) + 1):
            tree[folded[:length]][folded[length] if length < len(folded) else ""].add(folded[length + 1 :])
    return tree


def _known_model(rest: Sequence[str]) -> int:
    return next(
        (
            n
            for n in range(len(rest), 1, -1)
            if " ".join(rest[:n]).lower() in _folded("models_of_several_words")
        ),
        0,
    )


def _branch(rest: Sequence[str], following: _Tree) -> int:
    """Where names that begin alike part into trims; 0 where they never do."""
    folded = tuple(word.lower() for word in rest)
    for length in range(1, len(folded) + 1):
        after = following[folded[:length]]
        if len(after) > 1 and not _goes_on(after):
            return length
    return 0


def _goes_on(after: Mapping[str, set[tuple[str, ...]]]) -> bool:
    """Whether the next words still tell models apart: digits and letters, or words that the same trims follow."""
    if sum(_continues(word) for word in after) * 2 > len(after):
        return True
    if any(word in _folded("trims") for word in after):
        return False
    endings = Counter(ending for word, found in after.items() if word for ending in found if ending)
    return sum(times > 1 for times in endings.values()) > 1
