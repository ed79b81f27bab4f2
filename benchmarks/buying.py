"""A buyer with one listing in mind, and how such people talk. No I/O; the same for the same seed.

It never says an identifier, a title, an exact price or an exact distance. It begins with a budget (the price rounded up
by as much as a tenth to a figure people say) and one thing that the event itself says it is about; then it answers what
it is asked from what its listing is, in words: a value, a bound rounded outward, yes or no. One answer in five is vague:
two values of which one is right, "around" a rounded number, or no preference. What its listing does not state it has
no preference about. Asked nothing, it adds one more thing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from backend.domains.catalogue.model import Listing
from backend.domains.catalogue.service import Index
from backend.domains.discovery.directions import asked
from backend.domains.discovery.relaxing import sayable
from backend.domains.discovery.wording import Words, value_of
from backend.domains.events.model import Document, field_name

VAGUE: Final = 0.2
_OPENINGS: Final = (
    "I am looking for {what}, {budget}",
    "{what} {budget} please",
    "Do you have {what} {budget}?",
)
_NAMED: Final = ("{value}", "{value} please", "{value} would be great", "I would like {value}")
_UNDECIDED: Final = ("no preference", "I am not sure yet", "that does not matter to me")
_UNSPOKEN: Final = frozenset({"identifier", "external_id", "title", "description"})


@dataclass(slots=True)
class TalkingBuyer:
    """Looks for one listing and knows nothing but what it is."""

    target: Listing
    words: Words
    index: Index
    document: Document
    random: Random
    said: set[str] = field(default_factory=set[str])

    def opening(self) -> str:
        """The first message: a budget, and one thing the event is about."""
        kinds = [name for name in self._about() if self._kind(name) == "enum" and self._value(name)]
        what = "something"
        if kinds:
            chosen = self.random.choice(kinds[:3])
            what = str(self._value(chosen))
            self.said.add(chosen)
        price = self._value("price")
        budget = "" if price is None else f"up to {self._outward('price', float(price), upper=True)}"
        if price is not None:
            self.said.add("price")
        return self.random.choice(_OPENINGS).format(what=what, budget=budget).strip()

    def answer(self, question: Mapping[str, Any] | None) -> str:
        """What is said to a question, or unasked where there is none."""
        name = str(question["field"]) if question else ""
        if name not in self.index.attributes:
            name = next((n for n in self._about() if n not in self.said and self._value(n) is not None), "")
        self.said.add(name)
        value = self._value(name) if name else None
        if value is None:
            return self.random.choice(_UNDECIDED)
        is_vague = self.random.random() < VAGUE
        if is_vague and self.random.random() < 0.34:
            return self.random.choice(_UNDECIDED)
        kind = self._kind(name)
        if kind == "boolean":
            label = self.words.spoken_label(name)
            return f"yes, it must have {label}" if value else "no, I do not need that"
        return (
            self._number(name, float(value), is_vague)
            if kind == "number"
            else self._choice(name, value, is_vague)
        )

    def _choice(self, name: str, value: Any, is_vague: bool) -> str:
        others = [f.display for f in self.index.values.get(name, ()) if f.display != str(value)]
        if is_vague and others:
            two = [str(value), self.random.choice(others[:6])]
            self.random.shuffle(two)
            return f"{two[0]} or {two[1]}"
        return self.random.choice(_NAMED).format(value=value)

    def _number(self, name: str, value: float, is_vague: bool) -> str:
        label = "" if name in ("price", "mileage") else f"{self.words.spoken_label(name)} "
        if name == "year":
            least = int(value) - self.random.randint(0, 1)
            return f"around {least}" if is_vague else f"{least} or newer"
        if is_vague:
            return (
                f"{label}around {self.words.measure(name, sayable(value, upper=self.random.random() < 0.5))}"
            )
        direction = asked(name)
        if direction == "lower":
            return f"{label}up to {self._outward(name, value, upper=True)}"
        if direction == "higher":
            return f"{label}at least {self._outward(name, value, upper=False)}"
        low, high = self._outward(name, value, upper=False), self._outward(name, value, upper=True)
        return f"{label}between {low} and {high}"

    def _outward(self, name: str, value: float, *, upper: bool) -> str:
        """A figure people say, up to a tenth beyond: the exact one is never said."""
        beyond = value * (1 + self.random.uniform(0.02, 0.1) * (1 if upper else -1))
        if abs(value) < 20 and value.is_integer():
            beyond = value  # nobody says nine tenths of a bedroom
        return self.words.measure(name, sayable(beyond, upper=upper))

    def _about(self) -> Sequence[str]:
        """What the event says it is about: its chips by label, the facts on its tiles, then all else."""
        contract = self.document["ui_contract"]
        labels = {self.words.label(name).casefold(): name for name in self.words.attributes}
        parts = [part.strip().casefold() for chip in contract["chips"] for part in str(chip).split("/")]
        named = [labels[part] for part in parts if part in labels]
        tiles = [field_name(name) for name in contract["tile_specs"]]
        rest = sorted(name for name, a in self.words.attributes.items() if a.kind in ("enum", "boolean"))
        every = dict.fromkeys(["model", "make", *named, *tiles, *rest])
        return [name for name in every if name in self.words.attributes and name not in _UNSPOKEN]

    def _kind(self, name: str) -> str:
        return self.words.attributes[name].kind

    def _value(self, name: str) -> Any:
        return value_of(self.target, name)
