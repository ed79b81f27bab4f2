"""Which columns words mean, and where one statement ends and the next begins. Pure; knows no statement itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rapidfuzz import fuzz, process

from backend.domains.blueprints.clarifying import words as words
from backend.domains.blueprints.model import CORE_TARGETS, FieldProposal, Left
from backend.domains.catalogue.mapping import header_key
from backend.kit.money import parse_money
from backend.kit.units import canonical_unit

_QUOTED: Final = re.compile(
    r"(?<![\w’'])'([^'\n]{1,120})'(?!\w)|\"([^\"\n]{1,120})\"|“([^”\n]{1,120})”|„([^“”\n]{1,120})[“”]|«\s?([^»\n]{1,120}?)\s?»|"
    r"‘([^’\n]{1,120})’(?!\w)|‚([^‘’\n]{1,120})[‘’]|`([^`\n]{1,120})`"
)
_MARK: Final = re.compile(r"‹(\d+)›")
_SENTENCES: Final = re.compile(r"[;!\n]+|\.(?=\s|$)")
_JOINTS: Final = re.compile(
    r"(,? (?:and|but|then|und|aber|dann|et|mais|puis|y|e|pero|luego) |, )(?=\S)", re.IGNORECASE
)
_PLACE: Final = re.compile(
    r"^(?:in|im|dans|en|for|für|pour|para) [^,]+$", re.IGNORECASE
)  # “in 'CPO', J means yes”
_LIST: Final = re.compile(r",? (?:and|und|et|y|e|&|as well as|sowie) |, ?", re.IGNORECASE)
_PLAIN: Final = re.compile(r"[^\w]+")
_CLOSE: Final = 88.0
_NEAREST: Final = 3
_UNIT_WORDS: Final[Mapping[str, str]] = {
    "kilometers": "km", "kilometres": "km", "kilometer": "km", "kilomètres": "km", "kilómetros": "km", "kilometern": "km",
    "miles": "mi", "meilen": "mi", "milles": "mi", "millas": "mi", "feet": "ft", "fuß": "ft", "pieds": "ft", "pies": "ft",
    "meters": "m", "metres": "m", "meter": "m", "metern": "m", "mètres": "m", "metros": "m", "kilos": "kg", "kilograms": "kg",
    "kilogramm": "kg", "horsepower": "hp", "ps": "ps", "pferdestärken": "ps", "chevaux": "ps", "caballos": "ps", "hours": "h",
    "stunden": "h", "heures": "h", "horas": "h", "inches": "in", "zoll": "in", "pulgadas": "in", "pounds": "lb", "pfund": "lb",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """A column of a file as it stands. `was_left` is why it was kept back; `values` are in small letters."""

    file_id: str
    key: str
    index: int
    field: FieldProposal
    was_left: Left | None = None
    values: frozenset[str] = frozenset()
    samples: tuple[str, ...] = ()


class Columns:
    """Every column somebody may speak of. `files` is what is known of each sheet as a whole."""

    def __init__(self, known: Sequence[Known], files: Mapping[str, Mapping[str, Any]]) -> None:
        self.all = tuple(known)
        self.files = files
        self._exact: dict[str, list[Known]] = {}
        self._plain: dict[str, list[Known]] = {}
        for one in known:
            for name in {one.key, one.key.rsplit(" / ", 1)[-1]}:
                self._exact.setdefault(header_key(name), []).append(one)
                self._plain.setdefault(_letters(name), []).append(one)

    def find(self, name: str) -> tuple[Known, ...]:
        """The columns of that name, in every file that has one; under a near name only where one is meant."""
        exact = self._exact.get(header_key(name)) or self._plain.get(_letters(name))
        if exact:
            return tuple(exact)
        match = words.COLUMN.match(name.strip())
        if match:
            return self._at(match["at"])
        stripped = words.WRAPPED.match(name.strip())
        if stripped and stripped["x"] != name:
            return self.find(stripped["x"])
        near = process.extract(
            _letters(name), list(self._plain), scorer=fuzz.ratio, score_cutoff=_CLOSE, limit=2
        )
        if not near or (len(near) > 1 and near[0][1] - near[1][1] < 3):
            return ()
        return tuple(self._plain[near[0][0]])

    def find_all(self, said: str, clauses: Clauses) -> tuple[Known, ...]:
        """As `find`, for several names in one list; empty unless every one of them is a column."""
        whole = self.find(clauses.plain(said))
        if whole:
            return whole
        prefix = "column " if words.COLUMN.match(said) else ""
        parts = [part.strip() for part in _LIST.split(said) if part.strip()]
        found = [
            self.find(clauses.plain(p)) or (self.find(prefix + clauses.plain(p)) if prefix else ())
            for p in parts
        ]
        return tuple(one for columns in found for one in columns) if len(parts) > 1 and all(found) else ()

    def exactly(self, name: str) -> bool:
        """Whether a column is called just that."""
        return bool(self._exact.get(header_key(name)) or self._plain.get(_letters(name)))

    def holds(self, one: Known, value: str) -> bool:
        return value.casefold() in one.values

    def verbatim(self) -> list[str]:
        """Headers with signs in them, longest first: written out, they would be taken for grammar."""
        return sorted(
            (k.key for k in self.all if re.search(r"[^\w\s]", k.key) and len(k.key) > 2),
            key=len,
            reverse=True,
        )

    def nearest(self, text: str) -> tuple[str, ...]:
        keys = list(dict.fromkeys(one.key for one in self.all))
        found = process.extract(
            text,
            keys,
            scorer=fuzz.partial_token_set_ratio,
            processor=str.casefold,
            score_cutoff=50,
            limit=_NEAREST,
        )
        return tuple(name for name, *_ in found)

    def nearest_targets(self, text: str) -> tuple[str, ...]:
        named = {t: t.replace("_", " ") for t in CORE_TARGETS}
        found = process.extract(
            text.casefold(), named, scorer=fuzz.partial_ratio, score_cutoff=60, limit=_NEAREST
        )
        return tuple(target for *_, target in found)

    def _at(self, place: str) -> tuple[Known, ...]:
        """`K` or `11`, as spreadsheets count; else a name."""
        if place.isdecimal():
            return tuple(one for one in self.all if one.index == int(place) - 1)
        named = (
            self.find(place)
            if len(place) > 3 or not place.isalpha() or header_key(place) in self._exact
            else ()
        )
        if named or not re.fullmatch(r"[A-Za-z]{1,3}", place):
            return named
        number = 0
        for letter in place.upper():
            number = number * 26 + ord(letter) - ord("A") + 1
        return tuple(one for one in self.all if one.index == number - 1)


class Clauses:
    """A text cut into statements. Quoted words and headers with signs in them are marks meanwhile."""

    def __init__(self, parts: Sequence[str], kept: Sequence[str]) -> None:
        self.parts = parts
        self._kept = kept

    @classmethod
    def of(cls, text: str, columns: Columns, says: Callable[[str], bool]) -> Clauses:
        kept: list[str] = []

        def mark(match: re.Match[str]) -> str:
            kept.append(next((group for group in match.groups() if group is not None), match[0]))
            return f"‹{len(kept) - 1}›"

        masked = _QUOTED.sub(mark, text.replace("‹", "'").replace("›", "'"))
        for header in columns.verbatim():
            masked = re.sub(rf"(?<![\w‹]){re.escape(header)}(?![\w›])", mark, masked, flags=re.IGNORECASE)
        parts = [
            part
            for sentence in _SENTENCES.split(masked)
            for part in _statements(" ".join(sentence.split()), says)
        ]
        return cls(parts, kept)

    def plain(self, part: str) -> str:
        """The words as they were written."""
        return _MARK.sub(lambda match: self._kept[int(match[1])], part).strip()


def _statements(sentence: str, says: Callable[[str], bool]) -> Iterator[str]:
    """Cut at commas and “and” where the rest says something of its own."""
    pieces = _JOINTS.split(sentence)
    if not sentence:
        return
    current = pieces[0]
    for joint, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        if says(piece) and not _PLACE.match(current):
            yield current.strip(" ,")
            current = piece
        else:
            current += joint + piece
    yield current.strip(" ,")


def currency_of(text: str) -> str | None:
    """The currency that words name: `euros`, `US dollars`, `CHF`, `£`."""
    word = text.strip(" .!").casefold()
    if word in words.CURRENCIES:
        return words.CURRENCIES[word]
    money = parse_money(f"1 {word}") if word else None
    return money.currency if money else None


def unit_of(text: str) -> str | None:
    """The unit that words name: `km`, `kilometers`, `Stunden`."""
    word = text.strip(" .!").casefold()
    return _UNIT_WORDS.get(word) or canonical_unit(word)


def _letters(name: str) -> str:
    return _PLAIN.sub(" ", name.casefold()).strip()
