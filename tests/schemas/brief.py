"""The documents of the product brief, word for word."""

from __future__ import annotations

from typing import Any, Final

PLATFORM_DEFAULTS: Final = """{
  "id": "platform_defaults",
  "persona": {"name": "Claire","style": {"tone": "professional_warm","directness": "balanced"}},
  "preference_extraction": {
    "signals": ["BUDGET_RANGE","TIMELINE_URGENCY","USE_CASE","FEATURE_PRIORITY","DESIGN_AESTHETIC","RISK_TOLERANCE","EMOTIONAL_DRIVER","GEO_RADIUS"],
    "variant_generation": {"provider": "groq","k": 5}
  },
  "search_defaults": {"hybrid": true,"filters": {},"max_results": 12},
  "ranking_weights": {"individual_match": 0.6,"spec_alignment": 0.2,"scarcity": 0.1,"social_proof": 0.1},
  "ui_contract": {
    "tile_fields": ["title","price","match","badges","specs","media"],
    "chips": ["Budget","Brand/Make","Feature/Specs","Condition"],
    "comparison_fields": ["key_specs","verifications","ownership_costs"],
    "actions": ["Compare","Reserve","Schedule Call","Request Info"]
  },
  "conversion": {"actions": ["Reserve","Schedule Call"],"hold_minutes": 24,"deposit_required": false},
  "safety": {"claims_review": [],"compliance_flags": true},
  "analytics": {"ab_enabled": true,"primary_kpis": ["time_to_match","felt_understood","conversion_step_throughput"]}
}
"""  # noqa: E501

TESLA: Final = """{
  "extends": "platform_defaults",
  "id": "tesla-q1-2026",
  "domain": "vehicles_ev",
  "persona": {"name": "Claire","style": {"tone": "calm_expert","directness": "crisp"}},
  "search_defaults": {
    "hybrid": true,
    "filters": {"model": ["Model 3"],"year": {"min": 2021},"accidents": 0},
    "max_results": 24,
    "data_sources": ["supabase.vehicle_listings"]
  },
  "ranking_weights": {"individual_match": 0.55,"spec_alignment": 0.25,"scarcity": 0.1,"social_proof": 0.1},
  "conversion": {"actions": ["Reserve","Schedule Video Walkthrough"],"hold_minutes": 24,"deposit_required": true},
  "safety": {"claims_review": ["title_status","battery_health"],"compliance_flags": true},
  "sdme": {"scarcity_badges": true,"drop_calendar": ["2026-01-10","2026-01-24"]},
  "cspe": {"trending_signals": ["views","wishlists","holds"]},
  "analytics": {"ab_enabled": true,"test_plan": "pricing_cards_vs_ownership_cost_cards_v1"}
}
"""

OTTO: Final = """{
  "id": "otto-used-cars-v1",
  "domain": "used_cars",
  "persona": {"name": "Otto","style": {"tone": "friendly_expert","directness": "supportive"}},
  "preference_extraction": {
    "signals": ["BUDGET_RANGE","TIMELINE_URGENCY","BODY_STYLE","DRIVETRAIN","FEATURES","MILEAGE_CAP","BRAND_FLEXIBILITY","FINANCING_NEED","GEO_RADIUS"],
    "variant_generation": {"provider": "groq","k": 5}
  },
  "dealer_matching": {"inventory_alignment_min": 0.65,"max_dealers_per_lead": 5},
  "privacy": {"mode": "buyer_controlled","reveal_requires_buyer_confirm": true},
  "pricing": {"model": "usage_based","events": {"message_delivered": 6,"buyer_reply": 14,"contact_reveal": 39}},
  "ui_contract": {"actions": ["Message Dealer","Schedule Test Drive","Reserve"]}
}
"""  # noqa: E501


def is_within(part: Any, whole: Any) -> bool:
    """Whether everything that `part` says is said by `whole` too; lists and values must be equal."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(name in whole and is_within(value, whole[name]) for name, value in part.items())
    return part == whole
