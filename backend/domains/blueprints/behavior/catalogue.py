"""Proposes what a listing is made of and what of it is shown: nouns, attributes, tiles, chips, comparison, filters. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from rapidfuzz import fuzz, process

from backend.domains.blueprints.behavior.scene import USUAL_LABELS, Fact, Scene, value
from backend.domains.blueprints.behavior.words import clean, is_shape
from backend.domains.blueprints.model import ScreenProposal, ValueProposal

#: Numbers that search can limit beside price, year and mileage. Source: `catalogue.model.SLOTS`.
NUMERIC_SLOTS: Final = 8
_OWN_COLUMNS: Final = frozenset({"price", "year", "mileage"})
_CHIPS: Final = {"price": "Budget", "make": "Brand", "color_exterior": "Color", "location_city": "Location"}
_PLACES: Final = ("location_city", "location_region", "location_country")
_MOST_VALUES: Final = 12
_MOST_ATTRIBUTES: Final = 100
_TILE, _CHIP_ROW, _COMPARED = 3, 5, 8
_NEAR_NAME: Final = 80


def propose_catalogue(scene: Scene) -> Iterator[ValueProposal]:
    one, many = scene.noun
    yield value("/catalogue/noun/one", one[:40], f"The goods are {many}.", 0.8)
    yield value("/catalogue/noun/many", many[:40], f"The goods are {many}.", 0.8)
    unit = next((sheet.mileage_unit for sheet in scene.proposal.sheets if sheet.mileage_unit), None)
    if unit in ("mi", "km"):
        yield value("/catalogue/mileage_unit", unit, f"The file gives distances in {unit}.", 0.9)
    declared = declared_attributes(scene)
    said = [_attribute(fact) for fact in declared]
    numbers = [fact for fact in declared if _takes_a_slot(fact)]
    reason = f"{len(said)} facts are known of the listings; those that tell them apart best stand first."
    if len(numbers) > NUMERIC_SLOTS:
        late = ", ".join(fact.label for fact in numbers[NUMERIC_SLOTS:])
        reason += f" Search limits the first {NUMERIC_SLOTS} numbers; shown and compared only: {late}."
    if said:
        yield value("/catalogue/attributes", said, reason, 0.9)


def declared_attributes(scene: Scene) -> list[Fact]:
    """What the document declares: all that is particular to these goods, and common facts with a name of their own."""
    found = [fact for fact in scene.attributes if not fact.is_core or _needs_its_label(fact)]
    return [fact for fact in found if fact.is_core or fact.target.startswith("specs.")][:_MOST_ATTRIBUTES]


def _needs_its_label(fact: Fact) -> bool:
    """Whether a common fact has to be declared: by the seller's own name for it, or for a chip to be called by it."""
    is_own = fact.label != USUAL_LABELS.get(fact.target)
    return is_own or (fact.target in ("location_region", "location_country") and fact.is_choice)


def late_numbers(scene: Scene) -> list[Fact]:
    """Numbers beyond those that search can limit."""
    return [fact for fact in declared_attributes(scene) if _takes_a_slot(fact)][NUMERIC_SLOTS:]


def _takes_a_slot(fact: Fact) -> bool:
    return fact.kind == "number" and fact.target not in _OWN_COLUMNS


def _attribute(fact: Fact) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": fact.target.removeprefix("specs."),
        "label": fact.label,
        "kind": fact.kind,
    }
    if fact.unit:
        said["unit"] = clean(fact.unit, 20)
    if fact.kind == "enum" and fact.facts.is_whole and 2 <= fact.facts.distinct <= _MOST_VALUES:
        said["values"] = fact.values(_MOST_VALUES)
    return said


def propose_interface(scene: Scene) -> Iterator[ValueProposal]:
    """Of what screenshots show, what the rows can fill; else what tells the listings apart."""
    tile = _tile_specs(scene)
    if tile is not None:
        yield tile
    yield _chips(scene)
    yield _comparison(scene, tile.value if tile else [])
    fields = _from_screens(scene, "tile_fields")
    known = [name for name in fields if name in _TILE_FIELDS]
    if len(known) >= 2:
        yield value("/ui_contract/tile_fields", known, _as_shown(scene), 0.7)
    elif scene.has_rows and scene.facts.with_photos < 0.05 and not scene.proposal.photos:
        plain = [name for name in scene.of_seed("ui_contract", "tile_fields") if name != "media"]
        yield value("/ui_contract/tile_fields", [*plain, "media"], "Hardly any listing has a picture.", 0.6)


_TILE_FIELDS: Final = ("title", "price", "match", "badges", "specs", "media", "reasons", "location")


def _tile_specs(scene: Scene) -> ValueProposal | None:
    shown = _fields_of(scene, _from_screens(scene, "tile_specs"))
    if shown:
        return value("/ui_contract/tile_specs", shown[:8], _as_shown(scene), 0.75)
    fitting = [fact for fact in scene.attributes if _fits_a_tile(fact)]
    seeded = [
        name for name in scene.of_seed("ui_contract", "tile_specs") if name in {f.target for f in fitting}
    ]
    chosen = list(dict.fromkeys([*seeded, *(fact.target for fact in fitting)]))[: max(_TILE, len(seeded))]
    if not chosen:
        return None
    names = ", ".join(fact.label for name in chosen if (fact := scene.find(name)))
    return value("/ui_contract/tile_specs", chosen, f"Filled in most rows, and different: {names}.", 0.7)


def _fits_a_tile(fact: Fact) -> bool:
    is_elsewhere = fact.target in ("price", "make", "model", "trim", "year", *_PLACES)
    return (
        not is_elsewhere
        and fact.is_short
        and fact.kind != "text"
        and fact.facts.filled >= 0.6
        and fact.tells >= 0.3
    )


def _chips(scene: Scene) -> ValueProposal:
    drawn = [chip for label in _from_screens(scene, "chips") if (chip := _chip_for(scene, label))]
    if len(dict.fromkeys(drawn)) >= 2:
        return value("/ui_contract/chips", list(dict.fromkeys(drawn))[:12], _as_shown(scene), 0.75)
    facts = sorted(
        (f for f in scene.attributes if _fits_a_chip(f)), key=lambda f: (not is_shape(f.target), -f.tells)
    )
    named = [_chip_name(fact) for fact in facts if fact.target != "price"]
    first = ["Budget"] if scene.is_priced else []
    chosen = list(dict.fromkeys([*first, *named]))[:_CHIP_ROW]
    reason = "What buyers can limit by here, those first that leave fewest."
    return value("/ui_contract/chips", chosen or ["Budget"], reason, 0.75)


def _fits_a_chip(fact: Fact) -> bool:
    if fact.kind == "number":
        spread = fact.facts.spread
        return spread is not None and spread.q1 < spread.q3 and fact.facts.filled >= 0.6
    if fact.kind == "boolean":
        return fact.facts.filled >= 0.5 and fact.tells >= 0.4
    return fact.is_choice and fact.target not in ("model", "trim")


def _chip_name(fact: Fact) -> str:
    if fact.label == USUAL_LABELS.get(fact.target):
        return _CHIPS.get(fact.target, fact.label)
    return fact.label


def _chip_for(scene: Scene, label: str) -> str | None:
    """The chip that a drawn word stands for, in words the document understands."""
    if label.casefold() in ("budget", "price"):
        return "Budget"
    named = _fields_of(scene, [label])
    fact = scene.find(named[0]) if named else None
    return _chip_name(fact) if fact else None


def _comparison(scene: Scene, tile: Sequence[str]) -> ValueProposal:
    drawn = _fields_of(scene, _from_screens(scene, "comparison_fields"))
    if drawn:
        return value("/ui_contract/comparison_fields", ["key_specs", *drawn][:30], _as_shown(scene), 0.7)
    rest = [
        f for f in scene.attributes if f.kind != "text" and f.target not in tile and f.facts.filled >= 0.4
    ]
    wanted = [
        f.target
        for f in rest
        if not f.is_claim and f.target not in ("price", "make", "model", "trim", "year")
    ]
    claims = [
        f.target for f in scene.attributes if f.is_claim and f.target not in tile and f.facts.filled >= 0.2
    ]
    chosen = ["key_specs", *wanted[: _COMPARED - 4], "verifications", *claims[:3]]
    if scene.family.financed and scene.find("mileage"):
        chosen.append("ownership_costs")
    reason = "What is not on the tile already, then what can be proved."
    return value("/ui_contract/comparison_fields", list(dict.fromkeys(chosen)), reason, 0.7)


def propose_search(scene: Scene) -> Iterator[ValueProposal]:
    if not scene.has_rows:
        return
    most = 24 if scene.facts.rows >= 60 else 12
    yield value("/search_defaults/max_results", most, f"{scene.facts.rows:,} listings are offered.", 0.7)


def _from_screens(scene: Scene, what: str) -> list[str]:
    """What all screenshots show, in the order it is read."""
    found = [name for screen in scene.screens for name in getattr(screen, what)]
    return list(dict.fromkeys(found))


def _as_shown(scene: Scene) -> str:
    screens: Sequence[ScreenProposal] = scene.screens
    return f"As in {', '.join(screen.file for screen in screens)}, as far as the rows have it."


def _fields_of(scene: Scene, words: Iterable[str]) -> list[str]:
    """The listing fields that drawn words name, by target or label."""
    names = {fact.target: fact.target for fact in scene.attributes}
    names |= {fact.target.removeprefix("specs."): fact.target for fact in scene.attributes}
    names |= {fact.label.casefold(): fact.target for fact in scene.attributes}
    found: dict[str, None] = {}
    for word in words:
        near = process.extractOne(word.casefold(), names.keys(), scorer=fuzz.ratio, score_cutoff=_NEAR_NAME)
        if near:
            found[names[near[0]]] = None
    return list(found)
