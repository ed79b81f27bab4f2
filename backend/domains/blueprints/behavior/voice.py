"""Proposes who speaks and how: tone, greeting, openings made of the inventory's own values, signals, questions, accent. Pure.

Nothing that a seller would have to prove is put into the guide's mouth.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from backend.domains.blueprints.behavior.scene import Fact, Scene, rounded, value
from backend.domains.blueprints.behavior.words import (
    AIRCRAFT,
    HOMES,
    MACHINES,
    is_blemish,
    is_look,
    is_money,
    is_shape,
    is_wear,
    listed,
    with_article,
)
from backend.domains.blueprints.model import ValueProposal
from backend.kit.money import format_money, minor_units

#: From which middle price on people expect calm, and up to which they expect a friend. Unit: major units, of the size of
#: a dollar or euro.
_CALM, _FRIENDLY = 20_000, 3_000
_DEAR: Final = 5_000
_FINANCED: Final = 8_000
_MOST_OPENINGS: Final = 4
_LONGEST: Final = 120
#: So few listings can be read by a person: questions narrow down to this many.
_READABLE: Final = 6


def propose_voice(scene: Scene) -> Iterator[ValueProposal]:
    yield _tone(scene)
    yield _directness(scene)
    yield value(
        "/persona/name", scene.of_seed("persona", "name"), "A name of the product's, no person's.", 0.9
    )
    yield value("/persona/greeting", _greeting(scene), "Made of the commonest names of the inventory.", 0.7)
    yield value("/persona/openings", _openings(scene), "Each is answered by listings that are here.", 0.75)
    yield from _questions(scene)
    yield _signals(scene)


def propose_branding(scene: Scene) -> Iterator[ValueProposal]:
    seeded = scene.of_seed("branding", "accent") if scene.nearest and scene.nearest.is_same else None
    reason = (
        scene.as_seed()
        if seeded
        else f"The product's color for {scene.family.name}; it can be read on white."
    )
    yield value("/branding/accent", seeded or scene.family.color, reason, 0.5)
    for name in ("tagline", "hero"):
        yield value(f"/branding/{name}", "", "A template's own is not this seller's.", 0.6)


def _tone(scene: Scene) -> ValueProposal:
    path = "/persona/style/tone"
    if scene.is_seeded and scene.nearest and scene.nearest.by_domain >= 0.5:
        return value(path, scene.of_seed("persona", "style", "tone"), scene.as_seed(), 0.7)
    price = scene.price
    if price is None:
        return value(path, "professional_warm", "No price says what buyers expect.", 0.5)
    tone = (
        "calm_expert" if price >= _CALM else "friendly_expert" if price < _FRIENDLY else "professional_warm"
    )
    return value(path, tone, f"Half of the listings cost {_money(scene, price)} or more.", 0.65)


def _directness(scene: Scene) -> ValueProposal:
    path = "/persona/style/directness"
    if scene.is_seeded and scene.nearest and scene.nearest.by_domain >= 0.5:
        return value(path, scene.of_seed("persona", "style", "directness"), scene.as_seed(), 0.7)
    if scene.family in (MACHINES, AIRCRAFT):
        return value(path, "crisp", "Whoever buys these for work wants the answer first.", 0.6)
    return value(path, "balanced", "Nothing speaks for haste or for more words.", 0.6)


def _greeting(scene: Scene) -> str:
    one, _ = scene.noun
    name = scene.of_seed("persona", "name")
    make = scene.find("make")
    names = make.values(3) if make and make.facts.distinct > 1 and make.is_short else []
    among = f", {listed(names)} among them" if names else ""
    return f"Hello, I am {name}. I know every {one} here{among}, and what is written about it. {scene.family.asks}"[
        :600
    ]


def _openings(scene: Scene) -> list[str]:
    found = [text for text in _thoughts(scene) if len(text) <= _LONGEST]
    return list(dict.fromkeys(found))[:_MOST_OPENINGS]


def _thoughts(scene: Scene) -> Iterator[str]:
    """What a buyer might say first, by the values that most listings have."""
    one, _ = scene.noun
    if not scene.has_rows:
        yield f"What is the best {one} here for the money?"
        return
    make, price = scene.find("make"), scene.facts.price
    under = f"under {_money(scene, rounded(price.q3))}" if price else ""
    if make and make.is_choice:
        yield f"{with_article(make.values(1)[0])[:1].upper()}{with_article(make.values(1)[0])[1:]} {under}".strip()
    elif under:
        yield f"{with_article(one)[:1].upper()}{with_article(one)[1:]} {under}"
    choices = [f for f in scene.attributes if f.is_choice and f.target.startswith("specs.")]
    shapes = [f for f in choices if is_shape(f.target)] or choices[:1]
    years = scene.facts.year
    if shapes:
        newer = f", {int(years.q1)} or newer" if years and years.q1 < years.high else ""
        yield f"{shapes[0].values(1)[0]}{newer}"
    measures = sorted((f for f in scene.attributes if _is_measure(f)), key=lambda f: is_wear(f.target))
    if measures:
        yield _measured(measures[0])
    yes = [
        f
        for f in scene.attributes
        if f.kind == "boolean" and _share_of_yes(f) >= 0.15 and not is_blemish(f.target)
    ]
    if yes:
        yield _wished([f.label for f in yes[:2]])
    looks = next((f for f in scene.attributes if is_look(f.target) and f.is_choice), None)
    if looks:
        yield " or ".join(looks.values(2))
    yield f"Which {one} is the best value here?"


def _measured(fact: Fact) -> str:
    """What most listings reach: at least half of them, or for what wears things down, at most."""
    spread = fact.facts.spread
    assert spread is not None
    unit = f" {fact.unit}" if fact.unit else ""
    if is_wear(fact.target):
        return f"{fact.label} under {rounded(spread.median):,g}{unit}"
    return f"{fact.label} at least {_round_down(spread.median):,g}{unit}"


def _is_measure(fact: Fact) -> bool:
    spread = fact.facts.spread
    is_own = (
        fact.target.startswith("specs.") and fact.kind == "number" and not is_money(fact.target, fact.unit)
    )
    return is_own and spread is not None and spread.q1 < spread.q3 and fact.facts.filled >= 0.6


def _share_of_yes(fact: Fact) -> float:
    counts = dict(fact.facts.top)
    return counts.get("true", 0) / max(sum(counts.values()), 1) * fact.facts.filled


def _round_down(number: float) -> float:
    """Two significant digits, so that half of the listings still reach it."""
    if number <= 0:
        return number
    step = 10 ** (math.floor(math.log10(number)) - 1)
    return math.floor(number / step) * step


def _wished(labels: Sequence[str]) -> str:
    """`Restored`, `Bow thruster` → Restored, with bow thruster."""
    adjectives = [label for label in labels if label.casefold().endswith(("ed", "free", "able", "proof"))]
    things = [_lower(label) for label in labels if label not in adjectives]
    said = ", ".join(
        [*(_lower(label) for label in adjectives), *([f"with {listed(things)}"] if things else [])]
    )
    return said[:1].upper() + said[1:]


def _lower(label: str) -> str:
    """`Bow thruster` → bow thruster, but `ABS` and `GPS plotter` as they are."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def _questions(scene: Scene) -> Iterator[ValueProposal]:
    """As many questions as it takes to come down to what can be read at a glance, if each tells all it can.

    Source: information gain (Quinlan 1986): facts are asked for by their entropy.
    """
    if not scene.has_rows:
        return
    left = scene.facts.rows / _READABLE
    needed = 0
    for fact in scene.attributes:
        if left <= 1 or fact.tells < 0.3:
            break
        needed += 1
        left /= 2 ** min(fact.tells, 2.0)
    most = min(max(needed + 1, 3), 8)
    reason = f"So many answers bring {scene.facts.rows:,} listings down to {_READABLE}, with one to spare."
    yield value("/persona/questioning/most", most, reason, 0.55)


def _signals(scene: Scene) -> ValueProposal:
    facts = {fact.target: fact for fact in scene.attributes}
    booleans = [f for f in scene.attributes if f.kind == "boolean"]
    price = scene.price or 0
    place = next((facts[name] for name in ("location_city", "location_region") if name in facts), None)
    wanted = {
        "BUDGET_RANGE": scene.is_priced,
        "TIMELINE_URGENCY": True,
        "USE_CASE": True,
        "FEATURE_PRIORITY": len(facts) > 4,
        "BODY_STYLE": any(is_shape(f.target) and f.is_choice for f in scene.attributes),
        "DRIVETRAIN": "specs.drivetrain" in facts,
        "FEATURES": len(booleans) >= 3 or any(f.facts.kind == "list" for f in scene.attributes),
        "MILEAGE_CAP": "mileage" in facts,
        "BRAND_FLEXIBILITY": "make" in facts and facts["make"].facts.distinct >= 3,
        "DESIGN_AESTHETIC": any(is_look(f.target) for f in scene.attributes),
        "RISK_TOLERANCE": any(f.is_claim for f in scene.attributes),
        "EMOTIONAL_DRIVER": price >= _DEAR and scene.family is not MACHINES,
        "FINANCING_NEED": scene.family.financed and price >= _FINANCED,
        "GEO_RADIUS": place is not None
        and place.facts.distinct > 1
        and not (scene.family.travels and price < _DEAR * 20),
    }
    chosen = [name for name, holds in wanted.items() if holds]
    left = [name for name, holds in wanted.items() if not holds]
    reason = "What these listings can be chosen by." + (
        f" Nothing here answers {', '.join(left)}." if left else ""
    )
    return value("/preference_extraction/signals", chosen, reason, 0.7 if scene.family is not HOMES else 0.75)


def _money(scene: Scene, amount: float) -> str:
    minor = minor_units(Decimal(str(amount)), scene.currency)
    return format_money(minor, scene.currency, scene.locale)
