"""What an event can be asked for, as an index of phrases: built once per inventory from its attributes and facets.

Works for any category: values and names come from the event; the lexicon adds other words for the same thing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import Final, Literal, TypeAlias

from backend.domains.catalogue.model import Attribute, Vocabulary
from backend.domains.discovery.signals.languages import ENGLISH, Languages
from backend.domains.discovery.signals.lexicon import (
    Lexicon,
    Names,
    concept_of,
    lexicon,
    names,
    spellings,
)
from backend.domains.discovery.signals.text import fold, words_of

Kind: TypeAlias = Literal["value", "flag", "noun", "zero", "amount"]
Phrase: TypeAlias = tuple[str, ...]
_SOLE_HEADS: Final = frozenset(
    [
        "wheel",
        "class",
        "style",
        "wind",
        "strap",
        "bracelet",
        "type",
        "cab",
        "band",
        "edition",
        "package",
        "family",
        "plus",
    ]
)


@dataclass(frozen=True, slots=True)
class Term:
    """One meaning of a phrase. `weak` needs a neighbor that confirms it; `capital` and `upper` say how it must be written."""

    kind: Kind
    field: str
    values: tuple[str, ...] = ()
    amount: float = 0
    weak: bool = False
    capital: bool = False
    upper: bool = False
    known: bool = True


@dataclass(frozen=True, slots=True)
class Terms:
    """The index. `phrases` by their first word, the longest first."""

    attributes: Mapping[str, Attribute]
    phrases: Mapping[str, tuple[tuple[Phrase, tuple[Term, ...]], ...]]
    words: tuple[str, ...]
    known: frozenset[str]
    values: Mapping[str, tuple[str, ...]]

    def tail(self, field: str) -> str:
        return field.removeprefix("specs.")

    def find(self, name: str) -> str | None:
        """The field of this event with the given name, with or without `specs.`."""
        return next((f for f in (name, f"specs.{name}") if f in self.attributes), None)

    def is_number(self, field: str) -> bool:
        return field in self.attributes and self.attributes[field].kind == "number"


class _Builder:
    def __init__(self, vocabulary: Vocabulary, lex: Lexicon, world: Names) -> None:
        self.lex, self.world = lex, world
        self.attributes = {a.name: a for a in vocabulary.attributes}
        self.found: dict[Phrase, dict[tuple[Kind, str], Term]] = defaultdict(dict)
        self.values: dict[str, list[str]] = defaultdict(list)
        for facet in vocabulary.facets:
            self.values[facet.attribute].append(facet.display)

    def add(self, phrase: str, term: Term, *, over: bool = True) -> None:
        words = words_of(phrase, self.lex.stem)
        for form in {words, ("".join(words),)} if 1 < len(words) <= 3 else {words}:
            if form and form != ("",) and (over or (term.kind, term.field) not in self.found[form]):
                self.found[form][term.kind, term.field] = term

    def build(self) -> Terms:
        for attribute in self.attributes.values():
            self._names_of(attribute)
            if attribute.kind in ("enum", "text"):
                self._values_of(attribute)
                self._world_of(attribute)
        index: dict[str, list[tuple[Phrase, tuple[Term, ...]]]] = defaultdict(list)
        for phrase, terms in self.found.items():
            index[phrase[0]].append((phrase, tuple(terms.values())))
        ordered = {
            first: tuple(sorted(entries, key=lambda e: -len(e[0]))) for first, entries in index.items()
        }
        targets = {
            w
            for p, terms in self.found.items()
            for w in p
            if len(w) >= 5 and w.isalpha() and any(self._is_target(t) for t in terms.values())
        }
        known = frozenset(w for p in self.found for w in p)
        return Terms(
            self.attributes,
            ordered,
            tuple(sorted(targets)),
            known,
            {f: tuple(v) for f, v in self.values.items()},
        )

    def _is_target(self, term: Term) -> bool:
        """A misspelling is mended to what the event has; to a name of the world where it has no values of its own."""
        return term.kind != "noun" and (term.known or not self.values[term.field])

    def _names_of(self, attribute: Attribute) -> None:
        tail = attribute.name.removeprefix("specs.")
        spoken = [attribute.label, tail.replace("_", " ")]
        if attribute.kind == "boolean":
            for phrase in (*spoken, *_shorter(tail), *self.lex.flags.get(tail, ())):
                self.add(phrase, Term("flag", attribute.name, weak=fold(phrase) in self.lex.weak))
            return
        for phrase in (*spoken, *_figures(attribute.label), *self.lex.nouns.get(tail, ())):
            self.add(phrase, Term("noun", attribute.name))
        for phrase in self.lex.zero.get(tail, ()):
            self.add(phrase, Term("zero", attribute.name))
        for word, amount in self.lex.amounts.get(tail, ()):
            self.add(word, Term("amount", attribute.name, amount=amount))

    def _values_of(self, attribute: Attribute) -> None:
        shown = self.values[attribute.name] or [str(v) for v in attribute.stats.get("values", ())]
        self.values[attribute.name] = shown
        is_place = attribute.name.startswith("location_")  # a name: the code of Oregon is no French gold
        groups: dict[str, list[str]] = defaultdict(list)
        for value in shown:
            self.add(value, self._value(attribute, value, value))
            for phrase in () if is_place else self._words_for(value):
                self.add(phrase, self._value(attribute, phrase, value), over=False)
            for part in _parts(attribute.name, words_of(value, self.lex.stem)):
                if part not in self.lex.words["things"] and not self._is_mere_color(attribute.name, part):
                    groups[part].append(value)
        for value in shown:
            for phrase in () if is_place else self.lex.near.get(concept_of(value), ()):
                for form in spellings(phrase):
                    self.add(form, self._value(attribute, form, value), over=False)
        for first, value in _firsts(words_of(v, self.lex.stem) for v in shown).items():
            weak = first in self.lex.weak | self.lex.common or first in self.lex.colors
            term = Term("value", attribute.name, (shown[value],), weak=weak, known=False)
            self.add(first, term, over=False)
        for part, members in groups.items():
            weak = part in self.lex.weak
            whole = attribute.name == "trim"  # a short trim is a family: `Long Range` and `Long Range AWD`
            members += [
                v for v in shown if whole and words_of(v, self.lex.stem) == words_of(part, self.lex.stem)
            ]
            term = Term("value", attribute.name, tuple(dict.fromkeys(members)), weak=weak)
            self.add(part, term, over=whole)
            for phrase in self.lex.values.get(part, ()):
                self.add(phrase, replace(term, weak=fold(phrase) in self.lex.weak), over=False)

    def _is_mere_color(self, field: str, part: str) -> bool:
        """`black` of `Black Bay`, where goods have a color: it is one, unless the other words stand there."""
        named = field in ("model", "trim")
        return named and part in self.lex.colors and any("color" in f for f in self.attributes)

    def _words_for(self, value: str) -> Iterable[str]:
        """Other words for a value in the buyer's languages, whatever the seller's language is."""
        concept = concept_of(value)
        said = (
            (concept, *self.lex.values.get(concept, ()))
            if concept != fold(value)
            else self.lex.values.get(concept, ())
        )
        return (form for phrase in said for form in spellings(phrase))

    def _value(self, attribute: Attribute, phrase: str, value: str) -> Term:
        weak = fold(phrase) in self.lex.weak
        return Term("value", attribute.name, (value,), weak=weak, upper=len(phrase) <= 2)

    def _world_of(self, attribute: Attribute) -> None:
        """Names and colors that buyers use whether or not the inventory has them."""
        name = attribute.name
        mine = {fold(value): value for value in self.values[name]}
        if name == "make":
            self._world(name, ((alias, make) for alias, make in self.world.makes.items()), mine)
        elif name == "model":
            makes = {fold(v) for v in self.values["make"]}
            models = (
                (m, m) for m, (make, _) in self.world.models.items() if not makes or fold(make) in makes
            )
            self._world(name, models, mine)
        elif name == "trim" and not mine:
            self._world(name, ((t, t) for t in self.world.trims), mine)
        elif name == "location_region":
            self._regions(name, mine)
        elif name == "location_country":
            pairs = ((a, c) for c, aliases in self.world.countries.items() for a in (c, *aliases))
            self._world(name, pairs, mine)
        elif "color" in name and (name.startswith("color_") or not mine):
            self._colors(name, mine)

    def _world(self, field: str, pairs: Iterable[tuple[str, str]], mine: Mapping[str, str]) -> None:
        for phrase, value in pairs:
            shown = mine.get(fold(value), value)
            listed = fold(phrase) in self.world.capital
            capital = listed or (len(phrase) <= 3 and field != "make")
            term = Term(
                "value",
                field,
                (shown,),
                capital=capital,
                upper=listed and phrase.isupper(),
                known=shown in mine.values(),
            )
            self.add(phrase, term, over=False)

    def _regions(self, field: str, mine: Mapping[str, str]) -> None:
        for code, aliases in self.world.regions.items():
            shown = next((mine[fold(form)] for form in (code, *aliases) if fold(form) in mine), code)
            known = shown in mine.values()
            self.add(code, Term("value", field, (shown,), upper=True, known=known))
            for alias in aliases:
                capital = fold(alias) in self.world.capital
                self.add(alias, Term("value", field, (shown,), capital=capital, known=known), over=False)

    def _colors(self, field: str, mine: Mapping[str, str]) -> None:
        for color in self.lex.colors:
            alike = {color, "gray", "grey"} if color in ("gray", "grey") else {color}
            shown = [
                v for key, v in mine.items() if alike & set(key.split()) or alike & {key, concept_of(key)}
            ]
            value = tuple(dict.fromkeys(shown)) or (color.title(),)
            for phrase in (color, *self.lex.values.get(color, ())):
                for form in spellings(phrase):
                    self.add(form, Term("value", field, value, known=bool(shown)), over=form == color)


def _figures(label: str) -> Iterable[str]:
    """Other ways to say a name that is figures: `0 to 60 mph`, `0-60`, `0 to 60` for `0–60 mph`."""
    words = words_of(label)
    if len(words) > 1 and words[0].isdigit() and words[1].isdigit():
        yield from (" ".join(words[:2]), " to ".join(words[:2]), " ".join([words[0], "to", *words[1:]]))


def _parts(field: str, words: Phrase) -> Iterable[str]:
    """Shorter phrases that stand for every value with them: `long range` for `Long Range AWD`, `gold` for `Rose gold`."""
    if len(words) < 2:
        return
    if field in ("model", "trim"):
        yield from (" ".join(words[:n]) for n in range(len(words) - 1, 0, -1) if n > 1 or len(words[0]) >= 4)
    elif len(words[-1]) >= 4 and words[-1] not in _SOLE_HEADS:
        yield words[-1]


def _shorter(tail: str) -> Iterable[str]:
    """`certificate` for `certificate_of_authenticity`, `bench` for `bench_included`."""
    words = tail.split("_")
    if "of" in words[1:]:
        yield " ".join(words[: words.index("of", 1)])
    if len(words) > 1 and words[-1] in ("included", "present", "available", "equipped"):
        yield " ".join(words[:-1])


def _firsts(values: Iterable[Phrase]) -> dict[str, int]:
    """First words that tell values of the same last word apart: `twin` of `Twin engine` beside `Single engine`."""
    pairs = {i: words for i, words in enumerate(values) if len(words) == 2 and len(words[0]) >= 4}
    last = Counter(words[-1] for words in pairs.values())
    return {words[0]: i for i, words in pairs.items() if last[words[-1]] > 1}


_CACHE: dict[tuple[int, Languages], tuple[Vocabulary, Terms]] = {}
_KEEPING: Final = Lock()  # indexes are built in threads beside the messages
_CACHE_SIZE: Final = 512  # seven pairs of languages each


def terms_of(vocabulary: Vocabulary, languages: Languages = (ENGLISH,)) -> Terms:
    """The index of a vocabulary in some languages, built at first use and kept while the same object is in service."""
    key = (id(vocabulary), languages)
    held = _CACHE.get(key)
    if held is not None and held[0] is vocabulary:
        return held[1]
    terms = _Builder(vocabulary, lexicon(languages), names()).build()
    with _KEEPING:
        while len(_CACHE) >= _CACHE_SIZE:
            _CACHE.pop(next(iter(_CACHE)))
        _CACHE[key] = (vocabulary, terms)
    return terms
