"""Wishes against a listing that is shown: "cheaper than the second one", "something newer". Pure.

They become limits against the listing that is meant: the one named by its place or by words of its title, else the
first. A figure in the message is a limit of its own, and a question about what is shown is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from backend.domains.catalogue.model import Attribute, Listing
from backend.domains.discovery.likeness import limits_than
from backend.domains.discovery.model import Filter, State, Understanding

_WORDS: Final = {
    "cheaper": r"cheaper|less expensive|more affordable|g[uü]nstiger\w*|billiger\w*|moins ch[eè]re?s?|m[aá]s barat[oa]s?",
    "dearer": r"more expensive|dearer|pricier",
    "newer": r"newer|more recent|younger|neuere?[snr]?|plus r[eé]cente?s?|m[aá]s (?:nuev|recient)\w*",
    "older": r"older|[aä]ltere?[snr]?|plus anciens?|plus anciennes?|m[aá]s antigu\w*",
    "fewer_miles": r"(?:fewer|less|lower) (?:miles|mileage|kilomet(?:er|re)s|km)|weniger kilometer"
    r"|moins de kilom[eè]tres|menos kil[oó]metros",
}
_PATTERNS: Final = {
    word: re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE) for word, pattern in _WORDS.items()
}
_MORE: Final = r"(?:more|bigger|larger|higher|longer|greater|wider)"
_LESS: Final = r"(?:less|fewer|lower|smaller|shorter)"
#: That what is shown costs too much, without a figure: cheaper than that. `Too much` alone, not `too much mileage`.
_TOO_DEAR: Final = re.compile(
    r"\b(?:too|way too|much too) (?:expensive|pricey|costly|dear)\b|\b(?:too|way too) much(?: money| for me| for us)?\W*$"
    r"|\bzu teuer\b|\bzu viel(?: geld| f[uü]r mich| f[uü]r uns)?\W*$"
    r"|\btrop ch[eè]re?s?\b|\bc['’]est (?:beaucoup )?trop(?: pour (?:moi|nous))?\W*$"
    r"|\b(?:demasiado|muy) car[oa]s?\b|\bes demasiado(?: dinero| para (?:m[ií]|nosotros))?\W*$",
    re.IGNORECASE,
)
_THAN: Final = re.compile(r"\b(?:than|als|que)\b\s+(.*)$", re.IGNORECASE)
_ASKS: Final = re.compile(
    r"^\W*(?:which|what|why|how|is|are|was|does|do they|welche\w*|was|quell?e?s?|cu[aá]l\w*)\b", re.IGNORECASE
)
_REFUSES: Final = re.compile(r"\b(?:not|no|nothing|never|nicht|keine?\w*|pas|ning[uú]n\w*)\b", re.IGNORECASE)
_NO_FIRST: Final = re.compile(r"^\W*no\s*[,.;!]+", re.IGNORECASE)
_PLACES: Final[Mapping[str, int]] = {
    "first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3, "erste": 0, "ersten": 0,
    "zweite": 1, "zweiten": 1, "dritte": 2, "dritten": 2, "premier": 0, "deuxième": 1, "primero": 0, "segundo": 1,
}  # fmt: skip
_NO_NAME: Final = frozenset(
    {"the", "this", "that", "one", "it", "these", "those", "car", "der", "die", "das", "le", "la", "el"}
)


def compares(message: str) -> bool:
    """Whether a message holds something against something else: `is the second one cheaper?`."""
    return any(pattern.search(message) for pattern in _PATTERNS.values())


def than_of(message: str, attributes: Mapping[str, Attribute]) -> tuple[str, ...]:
    """What is wished against a listing, in the words of `likeness.THAN`; nothing where a figure or a question is said."""
    message = _NO_FIRST.sub("", message)
    if re.search(r"\d{3}|\d\s*k\b", message) or _ASKS.search(message) or _REFUSES.search(message):
        return ()
    found = [word for word, pattern in _PATTERNS.items() if pattern.search(message)]
    if _TOO_DEAR.search(message) and not {"cheaper", "dearer"} & set(found):
        found.append("cheaper")
    if _THAN.search(message):
        for name, attribute in attributes.items():
            label = re.escape(attribute.label)
            if attribute.kind == "number" and name not in ("price", "year", "mileage"):
                if re.search(rf"\b{_MORE} {label}\b", message, re.IGNORECASE):
                    found.append(f"more:{name}")
                elif re.search(rf"\b{_LESS} {label}\b", message, re.IGNORECASE):
                    found.append(f"less:{name}")
    return tuple(found)


def meant(message: str, shown: Sequence[Listing]) -> Listing:
    """The listing a wish is against: by its place, by the words of its title, else the first."""
    words = re.findall(r"[\w-]+", _naming(message))
    at = next((_PLACES[word] for word in words if word in _PLACES), 0)
    if at:
        return shown[min(at, len(shown) - 1)]
    telling = [word for word in words if word not in _NO_NAME and word not in _PLACES]
    score = [sum(word in listing.title.casefold().split() for word in telling) for listing in shown]
    return shown[score.index(max(score))] if any(score) else shown[0]


def _naming(message: str) -> str:
    """The words that say which one: those after "than", or those before what is too much."""
    if clause := _THAN.search(message):
        return clause[1].casefold()
    dear = _TOO_DEAR.search(message)
    return message[: dear.start()].casefold() if dear else ""


def against(
    read: Understanding, state: State, before: State, message: str, one: Listing, than: Sequence[str]
) -> tuple[Understanding, State]:
    """The understanding and the state with limits against the listing; its name is no wish for another of that name."""
    limits = [replace(f, turn=state.turn) for f in limits_than(one, than)[0]]
    if not limits:
        return read, state
    named = _naming(message)
    misread = [f for f in read.added if f.op == "in" and all(str(v).casefold() in named for v in f.value)]
    back = [f for f in before.filters if any(f.id == w.id for w in misread)]
    taken = {f.id for f in limits}
    kept = [f for f in read.filters if f not in misread and f.id not in taken]
    tight = [_tighter(f, read.filters) for f in limits]
    filters = (*kept, *back, *tight)
    added = (*(f for f in read.added if f not in misread and f.id not in taken), *tight)
    return replace(read, filters=filters, added=added), replace(state, filters=filters)


def _tighter(f: Filter, filters: Sequence[Filter]) -> Filter:
    """The limit, or one of the same kind that already asks for more."""
    same = next((other for other in filters if other.id == f.id), None)
    if same is None:
        return f
    is_tighter = same.value < f.value if f.op == "lte" else same.value > f.value
    return same if is_tighter else f
