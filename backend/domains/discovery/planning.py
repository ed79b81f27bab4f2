"""The built-in planner: what a buyer asks for becomes calls of tools, each with the listing it is about. Pure.

It decides what is meant, never what is allowed: that is the policy's, next to the row.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

#: Verbs that are about one listing; the others are about the conversation, or need none.
ABOUT_ONE: Final = frozenset({"hold", "deposit", "book", "info", "offer", "remind", "reveal", "release"})
#: Of these, those that can also be asked for without naming a listing.
_MAY_LACK: Final = frozenset({"book", "info", "remind", "reveal", "release"})
MOST_COMPARED: Final = 4


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ORDINALS: Final[Mapping[str, int]] = {
    word: at
    for at, words in enumerate(
        (
            "first 1st erste ersten erstes premier première primero primera primer",
            "second 2nd zweite zweiten zweites deuxième second seconde segundo segunda",
            "third 3rd dritte dritten drittes troisième tercero tercera tercer",
            "fourth 4th vierte vierten viertes quatrième cuarto cuarta",
            "fifth 5th fünfte fünften fünftes cinquième quinto quinta",
            "sixth 6th sechste sechsten sechstes sixième sexto sexta",
        )
    )
    for word in words.split()
}
_LAST: Final = _set("last letzte letzten letztes dernier dernière último última")
_NUMBERED: Final = re.compile(
    r"^(?:(?:no|nr|number|nummer|numéro|número|num|tile|option)\.?\s*|#\s*)(\d{1,2})$"
)
_NUMBERED_WITHIN: Final = re.compile(
    r"(?<!\w)(?:no\.?|nr\.?|number|nummer|numéro|número|tile|option|#)\s*(\d{1,2})(?!\w)"
)
_POINTING: Final = _set(
    "it this that one the this-one that-one them these those es das dies diese diesen dieses den die der dieser ihn sie "
    "le la les ce cet cette celui celle lo el ese esa este esta esto eso"
)
_PLAIN: Final = _set(
    "the a an one this that please car cars listing listings item items for me of with and or my your on in to at "
    "der die das den ein eine einen mit und le la les un une du de des et el los las una con y like wie comme como à al "
    "mir mich uns moi nous mí nosotros"
)
_NAMING: Final = _POINTING | _set("car listing item unit stock number no nr lot nummer numéro número un une")
_MOST_NAMING: Final = 12
_WORD: Final = re.compile(r"[^\W_]+(?:[-./'][^\W_]+)*", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Item:
    """A listing that can be meant."""

    id: int
    title: str
    external_id: str = ""
    color: str = ""


@dataclass(frozen=True, slots=True)
class Meant:
    """Which listings a few words mean, best first. `exact`: nothing else can be meant."""

    ids: tuple[int, ...] = ()
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One call the planner wants. `listing_ids` are what it is about; `asks` has those to choose from where that is open."""

    verb: str
    tool: str
    listing_ids: tuple[int, ...] = ()
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])
    asks: tuple[int, ...] = ()
    unknown: str = ""


def meant(target: str, items: Sequence[Item], shown: Sequence[int], focus: int | None = None) -> Meant:
    """The listings that words such as `HE-703`, `the second one`, `the blue RAV4` or `it` mean."""
    words = [_fold(w) for w in _WORD.findall(target)]
    text = _fold(target).strip(" .,!?\"'“”")
    if (at := _position(text, words, len(shown))) is not None:
        return Meant((shown[at],), True)
    numbered = [item.id for item in items if item.external_id and _fold(item.external_id) in (text, *words)]
    if numbered:
        return Meant(tuple(numbered), len(numbered) == 1)
    telling = [w for w in words if w not in _PLAIN and w not in _POINTING]
    if not telling:
        one = focus if focus is not None else shown[0] if len(shown) == 1 else None
        return Meant((one,), True) if one is not None else Meant(tuple(shown[:MOST_COMPARED]))
    return _by_words(telling, items, shown)


def says_only(words: str, item: Item) -> bool:
    """Whether words say nothing but which listing: a place, a pointing word, words of its title, its color, its number."""
    told = [_fold(word) for word in _WORD.findall(words)]
    number = _fold(item.external_id)
    return (
        0 < len(told) <= _MOST_NAMING
        and all(
            word in _NAMING
            or word in _ORDINALS
            or word in _LAST
            or (number and word == number)
            or _holds(item, word)
            for word in told
        )
        and re.fullmatch(r"[\w\s./'’#&+-]+", words) is not None
    )


def plan(
    verb: str,
    tool: str,
    *,
    target: str,
    arguments: Mapping[str, Any],
    items: Sequence[Item],
    shown: Sequence[int],
    focus: int | None = None,
) -> Step:
    """The call that a request means, or what must be asked first."""
    if verb not in ABOUT_ONE:
        return Step(verb, tool, arguments=arguments)
    found = meant(target, items, shown, focus)
    if found.exact:
        return Step(verb, tool, found.ids[:1], arguments)
    has_words = not is_pointing(target)
    if has_words and not found.ids:
        return Step(verb, tool, arguments=arguments, unknown=target.strip())
    if not has_words and verb in _MAY_LACK:
        return Step(verb, tool, arguments=arguments)
    return Step(verb, tool, arguments=arguments, asks=found.ids[:MOST_COMPARED])


def is_pointing(target: str) -> bool:
    """Whether words name nothing: `it`, `that one for me`, or none at all."""
    return all(_fold(w) in _PLAIN | _POINTING for w in _WORD.findall(target))


def compared(message: str, shown: Sequence[int], items: Sequence[Item]) -> tuple[int, ...]:
    """Which listings a buyer wants side by side: named ones, else the first shown. At most four."""
    words = [_fold(w) for w in _WORD.findall(message)]
    named = [at for w in words if (at := _ORDINALS.get(w)) is not None and at < len(shown)]
    count = next((n for w in words if (n := _COUNTS.get(w))), 0)
    if len(set(named)) > 1:
        return tuple(shown[at] for at in dict.fromkeys(named))[:MOST_COMPARED]
    by_words = _named_in(words, items, shown)
    if len(by_words) > 1:
        return by_words[:MOST_COMPARED]
    return tuple(shown[: count or 2])


def named_one(message: str, shown: Sequence[int], items: Sequence[Item]) -> int | None:
    """The shown listing a sentence is about: by its place, its number, or words that only its title has."""
    words = [_fold(w) for w in _WORD.findall(message)]
    if (found := _NUMBERED_WITHIN.search(_fold(message))) and 0 < int(found[1]) <= len(shown):
        return shown[int(found[1]) - 1]
    for word in words:
        at = len(shown) - 1 if word in _LAST else _ORDINALS.get(word)
        if at is not None and 0 <= at < len(shown):
            return shown[at]
    numbered = [item.id for item in items if item.external_id and _fold(item.external_id) in words]
    if numbered:
        return numbered[0]
    by_words = _named_in([w for w in words if w not in _PLAIN], items, shown)
    return by_words[0] if len(by_words) == 1 else None


#: Ways to ask for more of the kind, in four languages.
_ALIKE: Final = re.compile(
    r"\b(?:more|others?|something|anything|ones?) (?:like|similar to)\b|\bsimilar (?:to|ones?)\b"
    r"|\bähnlich\w*|\bso (?:etwas|einer|eins) wie\b"
    r"|\bsemblables?\b|\bdans le (?:même )?genre\b|\b(?:parecid|similar)\w* a(?:l|\b)",
    re.IGNORECASE,
)
_THAN: Final[Mapping[str, re.Pattern[str]]] = {
    "cheaper": re.compile(r"\bcheaper|less expensive|günstiger|billiger|moins cher|más barat", re.IGNORECASE),
    "newer": re.compile(r"\bnewer|neuer\b|plus récent|más nuev", re.IGNORECASE),
    "fewer_miles": re.compile(
        r"\b(?:fewer|less) (?:miles|mileage)|weniger (?:kilometer|laufleistung)", re.IGNORECASE
    ),
}


def alike(message: str, shown: Sequence[int], items: Sequence[Item]) -> tuple[int, tuple[str, ...]] | None:
    """The listing a buyer wants more like, and in what they should differ; None where the message asks for no such thing."""
    found = _ALIKE.search(message)
    if found is None or not shown:
        return None
    than = tuple(name for name, pattern in _THAN.items() if pattern.search(message))
    after = re.split(r"[,;.!?]| but | aber | mais | pero ", message[found.end() :])[0]
    one = meant(after, items, shown, focus=shown[0])
    return (one.ids[0], than) if one.exact else None


_COUNTS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("two", "2", "both", "zwei", "beide", "beiden", "deux", "dos", "ambos"), 2),
    **dict.fromkeys(("three", "3", "drei", "trois", "tres"), 3),
    **dict.fromkeys(("four", "4", "vier", "quatre", "cuatro", "all", "alle", "tous", "todos"), 4),
}


def _position(text: str, words: Sequence[str], shown: int) -> int | None:
    if found := _NUMBERED.match(text):
        at = int(found.group(1)) - 1
        return at if 0 <= at < shown else None
    telling = [w for w in words if w not in _PLAIN and w not in _POINTING]
    if len(telling) != 1:
        return None
    if telling[0] in _LAST:
        return shown - 1 if shown else None
    at = _ORDINALS.get(telling[0])
    return at if at is not None and at < shown else None


def _by_words(telling: Sequence[str], items: Sequence[Item], shown: Sequence[int]) -> Meant:
    """Those whose title holds most of the words; what is shown counts before what is not."""
    scored = [(sum(_holds(item, w) for w in telling) / len(telling), item) for item in items]
    best = max((share for share, _ in scored), default=0.0)
    if best < 0.5:
        return Meant()
    top = [item.id for share, item in scored if share == best]
    seen = [listing_id for listing_id in shown if listing_id in top]
    ids = tuple(dict.fromkeys([*seen, *top]))
    return Meant(ids, best == 1.0 and (len(ids) == 1 or len(seen) == 1))


def _holds(item: Item, word: str) -> bool:
    told = _words_of(item.title, item.color)
    if word in told:
        return True
    bare = _bare(word)
    return len(bare) > 2 and bare in told


@lru_cache(maxsize=8192)
def _words_of(title: str, color: str) -> frozenset[str]:
    """The words of a listing's name, each also without what is no letter or digit."""
    words = _WORD.findall(_fold(f"{title} {color}"))
    return frozenset((*words, *map(_bare, words)))


def _bare(word: str) -> str:
    return word if word.isalnum() else re.sub(r"\W", "", word)


def _named_in(words: Sequence[str], items: Sequence[Item], shown: Sequence[int]) -> tuple[int, ...]:
    """Shown listings of which some word of the message is only theirs."""
    seen = set(shown)
    own = [(item, _fold(item.external_id)) for item in items if item.id in seen]
    found: list[int] = []
    for w in dict.fromkeys(words):
        holders = [item.id for item, number in own if w == number or _holds(item, w)]
        if len(holders) == 1:
            found += holders
    return tuple(dict.fromkeys(found))


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
