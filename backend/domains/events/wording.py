"""A difference as one sentence for people: “hold length 24 → 60 minutes”. Pure; decides nothing.

Nouns, titles and units come from the schemas, so that a new section speaks without a line here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from backend.domains.events import schema
from backend.domains.events.changing import ChangeKind, Step
from backend.domains.events.model import Document, Path
from backend.domains.events.patterns import is_number, trail

#: Members that name an element to people, the best first.
NAMES: Final = ("label", "title", "name", "key", "id", "signal", "field", "event", "code")
LONGEST_VALUE: Final = 48
#: Longer texts are not put side by side in a sentence.
LONGEST_QUOTED: Final = 60
#: From here on digits are grouped by commas; a year is not.
LEAST_GROUPED: Final = 10_000
_CODE = re.compile(
    r"[a-z0-9]+(?:[_.:/+#-][a-z0-9]+)*|[A-Z0-9]+(?:_[A-Z0-9]+)*|[a-z]{2}-[A-Z]{2}|[A-Z][a-z]+/[A-Z]\w+|#[0-9A-Fa-f]{3,8}|\d{4}-\d\d-\d\d[T0-9:.+Z-]*"
)
_PLAIN = re.compile(r"[A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+|[A-Z]{6,}|\d{4}-\d\d-\d\d")
#: Titles that say too little on their own, or are no noun.
_FRAGMENT = re.compile(
    r"(?:per|in|across|kept|may|from|at|by|on|when|if|where|who|what|how)\b", re.IGNORECASE
)
#: A word with a capital inside, or a later one that begins with one: `SMS`, `WhatsApp`, `Facebook Messenger`.
_PROPER = re.compile(r"^\S+[A-Z]|\s[A-Z][a-z]")
_MONEY: Final = "major units of the event's currency"
_NO_UNIT = re.compile(r"share|\bstep\b|\brank\b|\bversion\b|\btag\b|\bcode\b|\bname\b|\bdate\b|,| or ")


def label_of(path: Path) -> str:
    """The title of the leaf or section a path leads to; of what has none, its own name in words."""
    nodes = trail(path)
    steps = [step for step in path[: len(nodes)] if isinstance(step, str)]
    if len(nodes) == len(path) and path and (isinstance(path[-1], str) or "title" in nodes[-1]):
        return nodes[-1].get("title") or _in_words(str(path[-1]))
    names = [step for step in path if isinstance(step, str)]
    if not names:
        return "Document"
    if names != steps:
        return _in_words(names[-1])
    titled = [node["title"] for node in nodes if "title" in node]
    return titled[-1] if titled else _in_words(names[-1])


def text_of(step: Step, before: Document, after: Document) -> str:
    """The sentence of one difference between two documents."""
    whole = before if step.kind is ChangeKind.REMOVED else after
    sentence = _Sentence(step, whole)
    if step.kind is ChangeKind.MOVED:
        return sentence.moved()
    if step.kind is ChangeKind.CHANGED:
        return sentence.changed()
    return sentence.added_or_removed()


class _Sentence:
    """The words around one difference: `whole` is the document its path leads through."""

    def __init__(self, step: Step, whole: Document) -> None:
        self.step = step
        self.path = step.path
        self.nodes = trail(step.path)
        self.whole = whole

    def changed(self) -> str:
        before, after = self.step.before, self.step.after
        subject = self._subject(self.path)
        if isinstance(before, str) and isinstance(after, str) and _is_long(before, after):
            return f"{subject} reworded"
        if is_number(before) and is_number(after):
            return f"{subject} {shown(before)} → {shown(after)}{self._unit()}"
        return f"{subject}: {shown(before)} → {shown(after)}"

    def moved(self) -> str:
        element, is_named = self.step.element, _has_name(self.step.element)
        name = (
            quoted(self._name(element, self.path)) if is_named else f"the {self._noun(self.path) or 'entry'}"
        )
        places = f"from {ordinal(self.step.before + 1)} to {ordinal(self.step.after + 1)}"
        owner = self._owner(self.path[:-1])
        of_owner = f" of the {self._thing(owner)}" if owner else ""
        return f"moved {name} {places} in {_lower(label_of(self.path[:-1]))}{of_owner}"

    def added_or_removed(self) -> str:
        is_new = self.step.kind is ChangeKind.ADDED
        value = self.step.after if is_new else self.step.before
        verb, preposition = ("added", "to") if is_new else ("removed", "from")
        if isinstance(self.path[-1], int):
            return f"{verb} {self._listed(value, preposition)}"
        subject = f"the {self._thing(self.path)}" if self._is_entry(self.path) else self._subject(self.path)
        return f"{verb} {subject}{_value_after(value) if is_new else ''}"

    def _listed(self, value: Any, preposition: str) -> str:
        """“the value “SUV” to the attribute “Body style””, “2026-02-01 to the drop calendar”."""
        name, owner = quoted(self._name(value, self.path)), self._owner(self.path[:-1])
        if self.path[:-1] == owner:
            return f"{name} {preposition} the {self._thing(owner)}"
        noun = self._noun(self.path)
        if noun is None:
            title = label_of(self.path[:-1])
            place = f"“{title}”" if _FRAGMENT.match(title) else f"the {self._subject(self.path[:-1])}"
            return f"{name} {preposition} {place}"
        element = f"{noun} {name}" if _has_name(value) else f"{self._name(value, self.path)} {noun}"
        return f"the {element}" + (f" {preposition} the {self._thing(owner)}" if owner else "")

    def _subject(self, path: Path) -> str:
        """What is spoken of: its title, behind the thing it is part of, or behind its section where one word is too little."""
        if path and path == self._owner(path):
            return self._thing(path)
        title, owner = _lower(label_of(path)), self._owner(path)
        if owner:
            return f"{self._thing(owner)}, {title}"
        around = _lower(label_of(path[:-1])) if len(path) > 1 else title
        if around != title and (" " not in title or _FRAGMENT.match(title) or title in _ambiguous()):
            return f"{around} {title}"
        return title

    def _owner(self, path: Path) -> Path:
        """The path up to its last list position or to the last name that the author chose, or nothing."""
        for length in range(len(path), 0, -1):
            if isinstance(path[length - 1], int) or self._is_entry(path[:length]):
                return path[:length]
        return ()

    def _is_entry(self, path: Path) -> bool:
        """Whether a path ends in a name of an open map, such as a filter."""
        if not 2 <= len(path) <= len(self.nodes) + 1 or isinstance(path[-1], int):
            return False
        parent = self.nodes[len(path) - 2]
        return path[-1] not in parent.get("properties", {}) and isinstance(
            parent.get("additionalProperties"), Mapping
        )

    def _thing(self, path: Path) -> str:
        """An element or entry with its noun: `attribute “EPA range”`."""
        noun = self._noun(path) or _lower(label_of(path[:-1]))
        if isinstance(path[-1], str):
            return f"{noun} {quoted(path[-1].removeprefix('specs.'))}"
        renamed = self.path[:-1] == path and self.path[-1] in NAMES and isinstance(self.step.before, str)
        element = _found(self.whole, path)
        name = self.step.before if renamed else self._name(element, path)
        return f"{noun} {quoted(name)}" if renamed or _has_name(element) else f"{name} {noun}"

    def _noun(self, path: Path) -> str | None:
        """What one element of the list, or one entry of the map, around a path is called."""
        nodes = self.nodes[: len(path)]
        if len(nodes) == len(path) and isinstance(path[-1], int) and "title" in nodes[-1]:
            return _lower(nodes[-1]["title"])
        return singular(label_of(path[:-1]))

    def _name(self, element: Any, path: Path) -> str:
        if isinstance(element, Mapping):
            names = (element[name] for name in NAMES if _is_name(element.get(name)))
            return next((_shortened(name) for name in names), ordinal(int(path[-1]) + 1))
        return shown(element, bare=True).removeprefix("specs.")

    def _unit(self) -> str:
        unit = self.nodes[-1].get("x-unit", "") if len(self.nodes) == len(self.path) else ""
        if unit == "currency" or unit.startswith(_MONEY):
            unit = f"{self.whole.get('currency', '')}{unit.removeprefix('currency').removeprefix(_MONEY)}"
        elif unit == "mi or km":
            unit = self.whole.get("catalogue", {}).get("mileage_unit", "")
        elif _NO_UNIT.search(unit) or unit in _lower(label_of(self.path)):
            unit = ""
        return unit if unit.startswith("%") else f" {unit}" if unit else ""


def shown(value: Any, *, bare: bool = False) -> str:
    """A value in a sentence: `no`, `1,200`, `calm_expert`, “A text of some length…”. Bare: without quotation marks."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        grouped = "," if abs(value) >= LEAST_GROUPED else ""
        return f"{value:{grouped}}" if isinstance(value, int) else f"{value:{grouped}.10g}"
    if isinstance(value, str):
        text = _shortened(" ".join(value.split()))
        return text if bare or _CODE.fullmatch(text) else f"“{text}”" if text else "empty"
    if not value:
        return "empty"
    if isinstance(value, Mapping):
        return _shortened(", ".join(f"{name}: {shown(member)}" for name, member in value.items()))
    return _shortened(", ".join(shown(item, bare=True) for item in value))


def quoted(name: str) -> str:
    """A name in a sentence. Signals, such as GEO_RADIUS, and days stand out by themselves."""
    return name if _PLAIN.fullmatch(name) else f"“{name}”"


def singular(title: str) -> str | None:
    """`Chips` → `chip`. None where the title is no plural of a kind this knows."""
    words = _lower(title)
    if words.endswith("ies"):
        return f"{words[:-3]}y"
    if words.endswith("s") and not words.endswith(("ss", "us", "is")):
        return words[:-1]
    return None


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 11th."""
    if 10 <= number % 100 <= 20:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


@cache
def _ambiguous() -> frozenset[str]:
    """Titles that more than one place of the schemas has."""
    counts = Counter(_lower(leaf.get("title", "")) for _, leaf in schema.leaves())
    return frozenset(title for title, count in counts.items() if count > 1)


def _has_name(element: Any) -> bool:
    return not isinstance(element, Mapping) or any(_is_name(element.get(name)) for name in NAMES)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _value_after(value: Any) -> str:
    return "" if isinstance(value, Mapping | list) and not value else f": {shown(value)}"


def _is_long(before: str, after: str) -> bool:
    return bool(before and after) and max(len(before), len(after)) > LONGEST_QUOTED


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1].rstrip()}…"


def _lower(title: str) -> str:
    """`Hold length` → `hold length`, and `EPA range` as it is."""
    return title if _PROPER.search(title) else title[:1].lower() + title[1:]


def _in_words(name: str) -> str:
    words = name.removeprefix("specs.").replace("_", " ").replace(".", " ")
    return words[:1].upper() + words[1:]


def _found(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value
