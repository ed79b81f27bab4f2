"""How an event should behave, seeded from the nearest template and from the inventory itself; each value with its reason. Pure.

Only what differs from the extended document is proposed. A template is extended where it is of the very domain and what it
begins with holds for these rows; else its values are taken over one by one, so that nothing unseen is inherited.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from backend.domains.blueprints.behavior.catalogue import propose_catalogue, propose_interface, propose_search
from backend.domains.blueprints.behavior.nearest import (
    DEFAULTS,
    Nearest,
    Profile,
    nearest_of,
    profile_named,
    shipped_profiles,
)
from backend.domains.blueprints.behavior.place import (
    country_of,
    domain_of,
    nouns_of,
    propose_address,
    propose_place,
)
from backend.domains.blueprints.behavior.policy import (
    propose_analytics,
    propose_conversion,
    propose_privacy,
    propose_ranking,
    propose_safety,
    propose_scarcity,
)
from backend.domains.blueprints.behavior.scene import Scene, attributes_of, value
from backend.domains.blueprints.behavior.voice import propose_branding, propose_voice
from backend.domains.blueprints.behavior.words import THINGS, family_of
from backend.domains.blueprints.inventory import InventoryFacts
from backend.domains.blueprints.model import BehaviorProposal, Evidence, Proposal, ValueProposal

#: The share of rows that a template's starting filter must leave, or a conversation begins with next to nothing.
_LEFT: Final = 0.3


def propose_behavior(
    proposal: Proposal, facts: InventoryFacts, *, profiles: Sequence[Profile] | None = None
) -> BehaviorProposal:
    """What the event document says beyond the template that it extends, which the value at `/extends` names."""
    known = profiles if profiles is not None else shipped_profiles()
    domain, why = domain_of(proposal, facts)
    ranked = nearest_of(domain, [each.target for each in facts.attributes], _price(facts), known)
    seed, nearest = _seed(ranked, proposal.choices.template, known)
    base, reason = _base(seed, nearest, facts, known, is_chosen=bool(proposal.choices.template))
    scene = _scene(proposal, facts, domain, seed, base, nearest)
    said = [value("/extends", base.name, reason, 0.9), *_values(scene)]
    kept = tuple(each for each in said if _differs(each, base.document))
    return BehaviorProposal(seed.name, domain, kept, (why, *_ranked_words(ranked, seed)))


def _price(facts: InventoryFacts) -> float | None:
    return facts.price.median if facts.price else None


def _seed(ranked: Sequence[Nearest], chosen: str, known: Sequence[Profile]) -> tuple[Profile, Nearest | None]:
    """The template to learn from: as chosen, the nearest, or the defaults."""
    named = profile_named(chosen, known) if chosen else None
    if named is not None:
        found = next(nearest for nearest in ranked if nearest.profile is named)
        return named, None if named.name == DEFAULTS else found
    if ranked and ranked[0].is_near:
        return ranked[0].profile, ranked[0]
    return _defaults(known), None


def _defaults(known: Sequence[Profile]) -> Profile:
    return next(profile for profile in known if profile.name == DEFAULTS)


def _base(
    seed: Profile,
    nearest: Nearest | None,
    facts: InventoryFacts,
    known: Sequence[Profile],
    *,
    is_chosen: bool,
) -> tuple[Profile, str]:
    defaults = _defaults(known)
    if nearest is None:
        chosen = "As chosen." if is_chosen else "No template is near enough to what is sold here."
        return defaults, chosen
    broken = [name for name, wanted in seed.filters.items() if _share_left(name, wanted, facts) < _LEFT]
    if broken:
        return (
            defaults,
            f"{seed.name} begins with a filter by {', '.join(broken)}, which these rows do not bear.",
        )
    sellers = facts.find("seller")
    if seed.is_marketplace and not is_chosen and (sellers is None or sellers.distinct < 2):
        return (
            defaults,
            f"{seed.name} is for several dealers, and these rows are of one seller: its values are taken over.",
        )
    if not (nearest.is_same or is_chosen):
        return defaults, f"{seed.name} is near, and of another kind: its values are taken over one by one."
    return seed, "As chosen." if is_chosen else f"Of the same kind: {seed.domain.replace('_', ' ')}."


def _share_left(name: str, wanted: Any, facts: InventoryFacts) -> float:
    found = facts.find(name)
    if found is None:
        return 0.0
    if isinstance(wanted, Mapping):
        spread = found.spread
        low, high = wanted.get("min", float("-inf")), wanted.get("max", float("inf"))
        return (
            0.0
            if spread is None
            else sum(low <= q <= high for q in (spread.q1, spread.median, spread.q3)) / 3
        )
    listed: Iterable[Any] = wanted if isinstance(wanted, list) else [wanted]
    texts = {str(each).casefold() for each in listed}
    total = sum(count for _, count in found.top)
    return found.filled * sum(count for text, count in found.top if text.casefold() in texts) / max(total, 1)


def _scene(
    proposal: Proposal,
    facts: InventoryFacts,
    domain: str,
    seed: Profile,
    base: Profile,
    nearest: Nearest | None,
) -> Scene:
    noun = seed.document["catalogue"]["noun"]
    is_same = nearest is not None and nearest.is_same
    stated = [sheet.currency for sheet in proposal.sheets if sheet.currency]
    currency = (
        proposal.choices.currency.upper() or facts.currency or next(iter(stated), base.document["currency"])
    )
    country = country_of(proposal, facts, currency)
    return Scene(
        proposal=proposal,
        facts=facts,
        attributes=attributes_of(proposal, facts),
        domain=domain,
        family=family_of(domain) or THINGS,
        noun=nouns_of(proposal, domain, (noun["one"], noun["many"]) if is_same else None),
        seed=seed,
        base=base,
        nearest=nearest,
        currency=str(currency),
        locale="en-GB" if country and country != "US" else str(base.document["locale"]),
    )


def _values(scene: Scene) -> list[ValueProposal]:
    interface = list(propose_interface(scene))
    tile = next((each.value for each in interface if each.path == "/ui_contract/tile_specs"), [])
    country = country_of(scene.proposal, scene.facts, scene.currency)
    return [
        *propose_address(scene.proposal, scene.noun[1], scene.choices),
        *propose_place(scene, country),
        *propose_branding(scene),
        *propose_voice(scene),
        *propose_catalogue(scene),
        *propose_search(scene),
        *propose_ranking(scene),
        *interface,
        *propose_conversion(scene),
        *propose_scarcity(scene),
        *propose_safety(scene),
        *propose_privacy(scene),
        *propose_analytics(scene, tile),
    ]


def _differs(proposed: ValueProposal, base: Mapping[str, Any]) -> bool:
    below: Any = base
    for step in proposed.path.split("/")[1:]:
        if not isinstance(below, Mapping) or step not in below or proposed.path in ("/id", "/name"):
            return True
        below = below[step]
    return below != proposed.value


def _ranked_words(ranked: Sequence[Nearest], seed: Profile) -> list[Evidence]:
    told = [nearest for nearest in ranked if nearest.profile is seed] or list(ranked[:1])
    return [
        Evidence(
            "distribution",
            f"{each.profile.name}: alike by domain {each.by_domain:.0%}, by attributes {each.by_attributes:.0%}, "
            f"by prices {each.by_price:.0%}.",
            each.likeness,
        )
        for each in told
        if each.profile.name != DEFAULTS
    ]
