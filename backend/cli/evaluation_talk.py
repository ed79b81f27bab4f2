"""The conversation's part of `mpax eval`: what the engine makes of buyer turns, from the inputs alone.

Reads the fields that a turn has (text, context, vocabulary, day, currency) and nothing that says what is right.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from backend.domains.catalogue.model import Attribute, AttributeKind, FacetValue, Vocabulary
from backend.domains.discovery.hearing import hear
from backend.domains.discovery.model import Filter, Settings, State
from backend.domains.discovery.signals import index, prepare, understand

#: What may be read of a line; everything else in it is for whoever scores.
_TURN: Final = (
    "id",
    "vocab",
    "domain",
    "lang",
    "reference_date",
    "default_currency",
    "context",
    "text",
    "channel",
)
_KINDS: Final[Mapping[str, AttributeKind]] = {
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "enum": "enum",
    "text": "enum",
}


def lines_of(path: Path) -> Iterator[dict[str, Any]]:
    """The turns of a file, without what says how they should be answered."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                whole: dict[str, Any] = json.loads(line)
                yield {name: whole[name] for name in _TURN if name in whole}


def vocabularies(folder: Path) -> dict[str, dict[str, Any]]:
    """Attributes by domain, as `vocab.json` has them."""
    return json.loads((folder / "vocab.json").read_text("utf-8"))


def vocabulary_of(attributes: Mapping[str, Mapping[str, Any]]) -> Vocabulary:
    """As the catalogue would describe an inventory with these attributes."""
    described: list[Attribute] = []
    facets: list[FacetValue] = []
    for name, attribute in attributes.items():
        label = name.removeprefix("specs.").replace("_", " ").capitalize()
        described.append(Attribute(name, _KINDS[attribute["type"]], label, attribute.get("unit")))
        for value in attribute.get("values", ()):
            facets.append(FacetValue(len(facets) + 1, name, str(value).lower(), str(value), 1, None))
    return Vocabulary(UUID(int=1), 1, tuple(described), tuple(facets))


def predict_utterance(turn: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:
    """Signals of the turn and hard limits after it. Shape: `{signals: [{type, value}], filters: [{field, op, value}]}`."""
    context: Mapping[str, Any] = turn.get("context") or {}
    before = tuple(Filter(f["field"], f["op"], f["value"]) for f in context.get("filters", ()))
    read = understand(
        hear(turn["text"]).wished,
        vocabulary=vocabulary,
        state=State(filters=before, turn=len(context.get("turns", ()))),
        settings=Settings(currency=turn["default_currency"], geo=True),
        today=date.fromisoformat(turn["reference_date"]),
    )
    return {
        "signals": [{"type": signal.type, "value": signal.value} for signal in read.signals],
        "filters": [
            {"field": f.field, "op": f.op, "value": f.value} for f in read.filters if f.group == "must"
        ],
    }


def utterance_reader(folder: Path) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    """Reads one line of `utterances.jsonl`."""
    known = {name: vocabulary_of(attributes) for name, attributes in vocabularies(folder).items()}
    prepare()
    for vocabulary in known.values():
        index(vocabulary)
    return lambda turn: predict_utterance(turn, known[turn["vocab"]])
