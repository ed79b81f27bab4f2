"""Proposes how a sale goes: mode, holds, deposit, privacy, ranking, scarcity, social proof, claims, an experiment. Pure.

Only the seller decides what only a seller can: the mode, the deposit, the length of a hold. What is proposed says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from backend.domains.blueprints.behavior.scene import Scene, rounded, value
from backend.domains.blueprints.behavior.words import snake
from backend.domains.blueprints.model import ValueProposal

#: Up to which middle price a hold has which length. Unit: major units; minutes.
_HOLDS: Final = ((1_000, 20), (10_000, 45), (50_000, 120), (250_000, 1_440))
_LONGEST_HOLD: Final = 4_320
#: A deposit is asked for in a share of the price. Unit: percent.
_DEPOSIT_PERCENT: Final = 5
_UNIQUE, _MANY_SINGLES = 0.9, 0.5
_ACTIONS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "direct_sale": (("Compare", "Reserve", "Schedule Call", "Request Info"), ("Reserve", "Schedule Call")),
    "lead_generation": (
        ("Compare", "Message Dealer", "Schedule Call", "Request Info"),
        ("Message Dealer", "Schedule Call"),
    ),
    "human_handoff": (
        ("Compare", "Schedule Call", "Request Info", "Reserve"),
        ("Schedule Call", "Request Info"),
    ),
}
#: Tools that hand a buyer's wishes to partners.
_FOR_PARTNERS: Final = frozenset({"share_lead", "message_dealer", "reveal_contact"})
_MODES: Final = {
    "direct_sale": "sold here",
    "lead_generation": "led to the seller",
    "human_handoff": "handed to a person",
}


def propose_conversion(scene: Scene) -> Iterator[ValueProposal]:
    chosen = scene.choices.transaction_mode
    why = f"As chosen: the goods are {_MODES[scene.mode]}." if chosen else _mode_reason(scene)
    confidence = 1.0 if chosen else 0.6
    shown, counted = _actions(scene)
    drawn = list(dict.fromkeys(action for screen in scene.screens for action in screen.actions))
    if drawn and not chosen:
        files = ", ".join(screen.file for screen in scene.screens)
        yield value("/ui_contract/actions", drawn[:8], f"As in {files}.", 0.7)
    else:
        yield value("/ui_contract/actions", shown, why, confidence)
    yield value("/conversion/actions", counted, why, confidence)
    if chosen:
        yield value("/conversion/mode", chosen, why, 1.0)
    yield from _holds(scene)
    yield from _deposit(scene)


def _mode_reason(scene: Scene) -> str:
    if scene.mode == "lead_generation":
        return "Rows of several sellers, and nobody chose otherwise: a buyer writes to the seller."
    return "Rows of one seller, and nobody chose otherwise: a buyer reserves here."


def _actions(scene: Scene) -> tuple[list[str], list[str]]:
    """The seed's where it sells the same way, else those of the mode."""
    sells_alike = scene.seed.is_marketplace == (scene.mode == "lead_generation")
    if scene.is_seeded and sells_alike and scene.mode != "human_handoff":
        return scene.of_seed("ui_contract", "actions"), scene.of_seed("conversion", "actions")
    shown, counted = _ACTIONS[scene.mode]
    return [*shown], [*counted]


def _holds(scene: Scene) -> Iterator[ValueProposal]:
    path, price = "/conversion/hold_minutes", scene.price
    if scene.choices.hold_minutes is not None:
        yield value(path, scene.choices.hold_minutes, "As chosen.", 1.0)
    elif (
        scene.is_seeded and scene.nearest and scene.nearest.by_domain >= 0.5 and scene.nearest.by_price >= 0.5
    ):
        yield value(
            path, scene.of_seed("conversion", "hold_minutes"), f"{scene.as_seed()} Prices are alike.", 0.65
        )
    elif price is not None:
        minutes = next((length for most, length in _HOLDS if price < most), _LONGEST_HOLD)
        yield value(
            path, minutes, f"At prices around {price:,.0f} {scene.currency} people think that long.", 0.55
        )
    limit = 1 if scene.facts.singles >= _UNIQUE and (price or 0) >= 10_000 else 2
    reason = (
        "Each is the only one of its kind and dear." if limit == 1 else "A buyer may compare two at rest."
    )
    yield value("/conversion/hold_limit", limit, reason, 0.55)


def _deposit(scene: Scene) -> Iterator[ValueProposal]:
    asked, path = scene.choices.deposit_required, "/conversion/deposit_required"
    if asked is None:
        is_asked = bool(scene.of_seed("conversion", "deposit_required"))
        yield value(path, is_asked, scene.as_seed() if scene.is_seeded else "Nobody has asked for one.", 0.6)
        return
    yield value(path, asked, "As chosen.", 1.0)
    if asked and scene.price:
        amount = rounded(scene.price * _DEPOSIT_PERCENT / 100)
        reason = f"About {_DEPOSIT_PERCENT} % of the middle price."
        yield value("/conversion/deposit/kind", "fixed", reason, 0.5)
        yield value("/conversion/deposit/amount", min(amount, 1_000_000), reason, 0.5)


def propose_privacy(scene: Scene) -> Iterator[ValueProposal]:
    if scene.mode == "lead_generation":
        yield value(
            "/privacy/mode", "buyer_controlled", "Sellers learn who a buyer is when the buyer says so.", 0.9
        )
        yield value(
            "/dealer_matching/max_dealers_per_lead",
            _dealers(scene),
            "As many sellers as there are, at most 5.",
            0.6,
        )
    elif scene.choices.transaction_mode or not scene.has_sellers:
        yield value("/privacy/mode", "never_reveal", "One seller: there is no partner to tell.", 0.75)
    if scene.choices.transaction_mode in ("direct_sale", "human_handoff"):
        yield value("/pricing/model", "none", "No partner pays for leads.", 0.8)
    yield from _tools(scene)
    if scene.mode == "human_handoff":
        rules = [
            {"trigger": "user_requested", "urgency": "high"},
            {"trigger": "user_frustrated", "urgency": "high"},
        ]
        yield value("/agent/escalation/rules", rules, "Whoever asks for a person gets one.", 0.8)


def _tools(scene: Scene) -> Iterator[ValueProposal]:
    """What the guide can do for partners is of no use where there are none, unless a policy names it."""
    agent, policy = scene.base.document["agent"], scene.base.document["policy"]
    named = {name for profile in policy["profiles"] for name in profile["tool_policy"]["allowed"]}
    named |= {rule["tool"] for rule in agent["escalation"]["rules"]} | {
        tool["fallback"] for tool in agent["tools"]
    }
    idle = [t["name"] for t in agent["tools"] if t["name"] in _FOR_PARTNERS and t["name"] not in named]
    if idle and scene.choices.transaction_mode in ("direct_sale", "human_handoff"):
        yield value("/agent/tools", {"$remove": idle}, "There is no partner to share a lead with.", 0.7)


def _dealers(scene: Scene) -> int:
    found = scene.facts.find("seller")
    return min(max(found.distinct if found else 5, 1), 5)


def propose_ranking(scene: Scene) -> Iterator[ValueProposal]:
    """Begins with the seed's and moves a twentieth at a time; always sums to 1."""
    twentieths = {name: round(weight * 20) for name, weight in scene.of_seed("ranking_weights").items()}
    twentieths["individual_match"] += 20 - sum(twentieths.values())
    reasons: list[str] = []
    if scene.facts.singles >= _UNIQUE:
        _move(twentieths, "scarcity", "individual_match", 1)
        reasons.append("where each is the only one, rarity sets nothing apart")
    if scene.has_rows and scene.facts.rows < 40:
        _move(twentieths, "social_proof", "individual_match", 1)
        reasons.append("few listings draw too little interest to compare")
    filled = [fact for fact in scene.attributes if fact.tells >= 0.5 and fact.target.startswith("specs.")]
    if len(filled) >= 8 and not scene.is_seeded:
        _move(twentieths, "individual_match", "spec_alignment", 2)
        reasons.append(f"{len(filled)} facts are filled well enough to go by")
    elif scene.facts.mean_description >= 200 and not scene.is_seeded and len(filled) < 4:
        _move(twentieths, "spec_alignment", "individual_match", 1)
        reasons.append("descriptions say more than columns")
    start = f"From {scene.seed.name}"
    reason = f"{start}; {'; '.join(reasons)}." if reasons else f"{start}."
    for name, count in twentieths.items():
        yield value(f"/ranking_weights/{name}", count / 20, reason, 0.6)


def _move(twentieths: dict[str, int], source: str, target: str, count: int) -> None:
    moved = min(count, max(twentieths[source] - 1, 0))
    twentieths[source] -= moved
    twentieths[target] += moved


def propose_scarcity(scene: Scene) -> Iterator[ValueProposal]:
    yield value("/sdme/drop_calendar", [], "Days of drops are promises, which only the seller can make.", 0.8)
    if not scene.has_rows:
        return
    singles = scene.facts.singles
    share = f"{singles:.0%} of the listings are the only ones of their kind"
    badges = 0.05 <= singles < _UNIQUE
    why = "saying so is true and sets them apart" if badges else "saying so would be no news"
    yield value("/sdme/scarcity_badges", badges, f"{share}: {why}.", 0.65)
    is_rare = singles >= _MANY_SINGLES
    trends = ["wishlists", "holds"] if is_rare else ["views", "holds"]
    why = "what people keep says more than what they look at" if is_rare else "views add up"
    yield value("/cspe/trending_signals", trends, f"{share}; {why}.", 0.5)


def propose_safety(scene: Scene) -> Iterator[ValueProposal]:
    claims = [
        f.target.removeprefix("specs.") for f in scene.attributes if f.is_claim and f.facts.filled >= 0.05
    ]
    printed = [
        field.target.removeprefix("specs.")
        for report in scene.proposal.reports
        for field in report.fields
        if field.target
    ]
    known = {fact.target.removeprefix("specs.") for fact in scene.attributes}
    proved = [name for name in printed if name in known and name not in ("make", "model", "trim", "price")]
    wanted = [name for text in scene.choices.compliance if (name := snake(text))]
    named = list(dict.fromkeys([*wanted, *claims, *proved]))[:50]
    reason = "What a buyer relies on and cannot see is stated only with its source."
    if proved:
        reason += " Reports speak of some of it."
    if wanted:
        reason += f" Chosen by the seller: {', '.join(wanted)}."
    yield value("/safety/claims_review", named, reason, 0.75)
    yield value("/safety/compliance_flags", True, "Answers are checked against the claims.", 0.9)


def propose_analytics(scene: Scene, tile: Sequence[str]) -> Iterator[ValueProposal]:
    """An experiment of the inventory's own: what describes a listing against what proves it."""
    proofs = [
        f.target for f in scene.attributes if f.is_claim and f.facts.filled >= 0.5 and f.target not in tile
    ]
    proofs = [name for name in proofs if name.startswith("specs.") or name == "condition"][: len(tile)]
    metric = {"lead_generation": "lead_shared", "human_handoff": "call_requested"}.get(
        scene.mode, "hold_placed"
    )
    if len(proofs) < 2 or len(tile) < 2 or scene.facts.rows < 30:
        yield value("/experiments", [], "Too little is known to compare two tiles.", 0.6)
        yield value("/analytics/test_plan", None, "No experiment to begin with.", 0.6)
        return
    key = "measures_or_proof_v1"
    patch = {"ui_contract": {"tile_specs": proofs}}
    arms: list[dict[str, Any]] = [
        {"key": "measures", "title": _titles(scene, tile), "weight": 0.5},
        {"key": "proof", "title": _titles(scene, proofs), "weight": 0.5, "patch": patch},
    ]
    experiment = {
        "key": key,
        "title": "Measures or proof on the tile",
        "hypothesis": "Buyers who see what can be proved act sooner than buyers who see its measures.",
        "primary_metric": metric,
        "arms": arms,
    }
    reason = "Two facts that describe against two that can be proved: which brings a buyer to act is measured, not guessed."
    yield value("/experiments", [experiment], reason, 0.5)
    yield value("/analytics/test_plan", key, reason, 0.5)


def _titles(scene: Scene, names: Sequence[str]) -> str:
    return ", ".join(fact.label for name in names if (fact := scene.find(name)))[:120]
