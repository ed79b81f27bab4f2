"""The gate in the database: who may do what.

Everything here speaks SQL as the person would, so that it holds whatever the application does.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.db.gate import HIGH, LOW, MEDIUM, Gate, changed, refused

ACTIONS: dict[str, Any] = {
    "view_config": lambda g: g.one("operator", "select private.consequences(%s, 1)", g.world.event),
    "edit_document": lambda g: g.proposed("operator", changed(LOW)),
    "edit_system_prompt": lambda g: g.proposed("operator", changed(("persona", "greeting", "Good day."))),
    "add_remove_tools": lambda g: g.proposed(
        "operator", changed(("agent", None, {"tools": [{"name": "compare"}]}))
    ),
    "modify_integrations": lambda g: g.proposed(
        "operator", changed(("search_defaults", None, {"data_sources": ["supabase.vehicle_listings"]}))
    ),
    "change_voice_params": lambda g: g.proposed("operator", changed(("voice", None, {"max_tokens": 151}))),
    "move_levers": lambda g: g.lever("operator", changed(("conversion", "hold_minutes", 30))),
    "approve_changes": lambda g: g.review("operator", g.proposed("admin", changed(MEDIUM))),
    "deploy_to_production": lambda g: g.publish("operator", g.proposed("operator", changed(LOW))),
    "rollback_versions": lambda g: g.one(
        "operator", "select private.roll_back(%s, %s, 1, 'Try', null)", g.world.event, g.current["id"]
    ),
    "manage_branches": lambda g: g.one(
        "operator", "select private.open_branch(%s, 'staging', '', null)", g.world.event
    ),
    "manage_permissions": lambda g: g.one(
        "operator", "select private.set_permissions(%s, %s, '{}')", g.world.seller, g.world.users["viewer"]
    ),
}


@pytest.mark.parametrize("permission", ACTIONS)
def test_without_a_permission_the_database_refuses_and_with_it_it_does_not(
    gate: Gate, permission: str
) -> None:
    gate.permit("operator", **{permission: False})
    with refused(403, "identity.needs_permission") as facts:
        ACTIONS[permission](gate)
    assert facts["permission"] == permission
    gate.permit("operator", **{permission: True})
    ACTIONS[permission](gate)


def test_every_permission_has_a_refused_test(gate: Gate) -> None:
    preset = gate.one("admin", "select private.role_preset('admin') as keys")["keys"]
    assert set(ACTIONS) | {"max_risk_level"} == set(preset)


def test_nobody_puts_in_force_or_approves_above_his_level(gate: Gate) -> None:
    draft = gate.proposed("admin", changed(HIGH))
    with refused(403, "events.above_your_risk") as facts:
        gate.review("operator", draft)
    assert facts == {"risk": "high", "max_risk_level": "medium"}
    gate.one(
        "admin", "select private.set_approval_policy(%s, %s)", gate.world.seller, '{"medium": 0, "high": 0}'
    )
    with refused(403, "events.above_your_risk"):
        gate.direct("operator", changed(HIGH))


@pytest.mark.parametrize("persona", ["viewer", "specialist"])
def test_who_may_only_look_changes_nothing(gate: Gate, persona: str) -> None:
    with refused(403, "identity.needs_permission"):
        gate.save(persona, changed(LOW))


@pytest.mark.parametrize("persona", ["other_admin", "dealer", "stranger"])
def test_for_others_none_of_it_exists(gate: Gate, persona: str) -> None:
    draft = gate.proposed("operator", changed(MEDIUM))
    attempts: list[tuple[str, Any]] = [
        ("events.not_found", lambda: gate.save(persona, changed(LOW))),
        ("events.no_such_draft", lambda: gate.review(persona, draft)),
        ("events.no_such_draft", lambda: gate.publish(persona, draft)),
        ("events.no_such_draft", lambda: gate.one(persona, "select private.discard_draft(%s)", draft["id"])),
        ("events.not_found", lambda: gate.one(persona, "select private.consequences(%s, 1)", gate.world.event)),
        ("events.not_found", lambda: gate.lever(persona, changed(("conversion", "hold_minutes", 30)))),
        ("events.no_such_branch", lambda: gate.one(persona, "select private.close_branch(%s, 'closed')", gate.world.branch)),
    ]  # fmt: skip
    for code, attempt in attempts:
        with refused(404, code):
            attempt()


def test_nobody_gives_what_he_has_not(gate: Gate) -> None:
    gate.permit("operator", manage_permissions=True)
    sql = "select private.set_permissions(%s, %s, %s) as now"
    target = gate.world.users["viewer"]
    for overrides in ({"max_risk_level": "high"}, {"modify_integrations": True}):
        with refused(403, "identity.above_yourself"):
            gate.one("operator", sql, gate.world.seller, target, json.dumps(overrides))
    with refused(403, "identity.above_yourself"):  # an admin has more than an operator
        gate.one(
            "operator", sql, gate.world.seller, gate.world.users["admin"], '{"rollback_versions": false}'
        )
    with refused(422, "identity.unknown_permission") as facts:
        gate.one("operator", sql, gate.world.seller, target, '{"fly": true}')
    assert facts["permission"] == "fly"
    assert (
        gate.one("operator", sql, gate.world.seller, target, '{"move_levers": true}')["now"]["move_levers"]
        is True
    )


def test_somebody_can_always_manage_permissions(gate: Gate) -> None:
    with refused(409, "identity.last_manager"):
        gate.permit("admin", manage_permissions=False)


def test_a_role_alone_does_not_lift_an_admin_whose_right_was_taken(gate: Gate) -> None:
    second = gate.colleague("admin")
    gate.permit("admin", manage_permissions=False)
    with gate.being("admin") as conn:
        changed_rows = conn.execute(
            "update public.members set role = 'viewer' where user_id = %s", (second,)
        ).rowcount
    assert changed_rows == 0
