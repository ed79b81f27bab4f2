"""The gate in the database: who has to agree, and what nobody gets past.

Everything here speaks SQL as the person would, so that it holds whatever the application does.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.db.gate import HIGH, LIVE, LOW, MEDIUM, Gate, changed, hold, refused, texts

# --- how many have to agree -------------------------------------------------------------------------------------------


def test_a_low_risk_needs_nobody(gate: Gate) -> None:
    draft = gate.proposed("operator", changed(LOW))
    assert (draft["status"], draft["risk"]) == ("approved", "low")
    assert gate.publish("operator", draft)["number"] == gate.number == 3


def test_a_medium_risk_needs_one_other_person(gate: Gate) -> None:
    draft = gate.proposed("operator", changed(MEDIUM))
    assert (draft["status"], draft["risk"]) == ("in_review", "medium")
    with refused(409, "events.needs_approval") as facts:
        gate.publish("operator", draft)
    assert (facts["needed"], facts["given"], facts["risk"]) == (1, 0, "medium")
    assert gate.review("admin", draft)["status"] == "approved"
    version = gate.publish("operator", draft)
    assert version["kind"] == "publish"
    assert [a["email"] for a in version["approvals"]] == ["admin@example.com"]


def test_a_high_risk_needs_an_admin_and_a_second_person(gate: Gate) -> None:
    second = gate.colleague("admin")
    draft = gate.proposed("operator", changed(HIGH))
    assert gate.review("admin", draft)["status"] == "in_review"
    with refused(409, "events.needs_approval") as facts:
        gate.publish("admin", draft)
    assert (facts["needed"], facts["given"]) == (2, 1)
    assert gate.review(second, draft)["status"] == "approved"
    assert gate.publish("admin", draft)["risk"] == "high"


def test_two_who_are_no_admins_are_not_enough_for_a_high_risk(gate: Gate) -> None:
    for persona in ("operator", "specialist"):
        gate.permit(persona, approve_changes=True, max_risk_level="high")
    gate.colleague("admin")
    draft = gate.proposed("admin", changed(HIGH))
    gate.review("specialist", draft)
    assert gate.review("operator", draft)["status"] == "in_review"
    with refused(409, "events.needs_approval") as facts:
        gate.publish("admin", draft)
    assert facts["needs_admin"] is True


def test_the_author_never_counts_and_neither_does_who_touched_the_draft(gate: Gate) -> None:
    gate.colleague("admin")
    draft = gate.save("operator", changed(MEDIUM))
    draft = gate.save("admin", changed(MEDIUM, LOW), draft=draft["id"], revision=draft["revision"])
    draft = gate.submit("operator", draft)
    for persona in ("operator", "admin"):
        with refused(403, "events.own_draft"):
            gate.review(persona, draft)


def test_an_approval_ends_when_the_text_changes(gate: Gate) -> None:
    draft = gate.proposed("operator", changed(MEDIUM))
    approved = gate.review("admin", draft)
    again = gate.save("operator", changed(HIGH), draft=draft["id"], revision=approved["revision"])
    assert again["status"] == "open"
    with refused(409, "events.needs_approval") as facts:
        gate.publish("admin", again)
    assert facts["given"] == 0


def test_an_approval_ends_when_another_version_comes_into_force(gate: Gate) -> None:
    draft = gate.review("admin", gate.proposed("operator", changed(MEDIUM)))
    gate.publish("operator", gate.proposed("operator", changed(LOW)))
    with refused(409, "events.base_moved"):
        gate.publish("operator", draft)


def test_whoever_changes_his_mind_no_longer_approves(gate: Gate) -> None:
    draft = gate.proposed("operator", changed(MEDIUM))
    gate.review("admin", draft)
    assert gate.review("admin", draft, "request_edits", "On second thought")["status"] == "open"
    with refused(409, "events.needs_approval"):
        gate.publish("operator", draft)


def test_an_approval_of_somebody_who_lost_the_right_no_longer_counts(gate: Gate) -> None:
    gate.colleague("admin")
    gate.permit("specialist", approve_changes=True, max_risk_level="medium")
    draft = gate.proposed("operator", changed(MEDIUM))
    gate.review("specialist", draft)
    gate.permit("specialist")
    with refused(409, "events.needs_approval"):
        gate.publish("operator", draft)


def test_an_organization_of_one_decides_alone_and_it_is_recorded(gate: Gate) -> None:
    with gate.being("system") as conn:
        others = [u for p, u in gate.world.users.items() if p in {"operator", "specialist", "viewer"}]
        conn.execute("delete from public.members where user_id = any(%s)", (others,))
    draft = gate.proposed("admin", changed(HIGH))
    assert draft["status"] == "approved"
    needs = gate.one("admin", "select private.draft_needs(%s) as needs", draft["id"])["needs"]
    assert needs["reasons"] == ["nobody_else_in_the_organization"]
    assert gate.publish("admin", draft)["number"] == 3


def test_where_nobody_else_may_approve_nothing_passes(gate: Gate) -> None:
    draft = gate.proposed("admin", changed(HIGH))
    needs = gate.one("admin", "select private.draft_needs(%s) as needs", draft["id"])["needs"]
    assert (needs["eligible"], needs["reasons"]) == (
        0,
        ["nobody_may_approve", "no_other_admin"],
    )
    with refused(409, "events.needs_approval"):
        gate.publish("admin", draft)


def test_the_policy_is_the_organizations_own(gate: Gate) -> None:
    policy = json.dumps({"medium": 0, "high": 1})
    with refused(403, "identity.needs_permission"):
        gate.one("operator", "select private.set_approval_policy(%s, %s)", gate.world.seller, policy)
    gate.one("admin", "select private.set_approval_policy(%s, %s)", gate.world.seller, policy)
    assert gate.proposed("operator", changed(MEDIUM))["status"] == "approved"
    fact = gate.one("system", "select facts from journal where kind = 'approval_policy.changed'")["facts"]
    assert (fact["before"]["medium"], fact["after"]["medium"]) == (1, 0)


def test_many_open_conversations_raise_the_risk_of_what_reaches_them(gate: Gate) -> None:
    gate.one(
        "admin",
        "select private.set_approval_policy(%s, %s)",
        gate.world.seller,
        '{"escalate_conversations": 2}',
    )
    assert (
        gate.proposed("operator", changed(MEDIUM))["risk"] == "high"
    )  # `name` is live, two conversations are open
    assert gate.proposed("operator", changed(LOW))["risk"] == "low"  # `branding` is pinned


def test_what_no_schema_knows_counts_as_high(gate: Gate) -> None:
    assert gate.proposed("operator", changed(("surprise", None, 1)))["risk"] == "high"


# --- nobody gets around -----------------------------------------------------------------------------------------------


def test_publishing_without_a_draft_meets_the_same_gate(gate: Gate) -> None:
    assert gate.direct("operator", changed(LOW))["number"] == 3
    for document in (changed(MEDIUM), changed(HIGH)):
        with (
            refused(409, "events.needs_approval")
            if document["conversion"] == LIVE["conversion"]
            else refused(403, "events.above_your_risk")
        ):
            gate.direct("operator", document)
    assert gate.number == 3


def test_an_approved_draft_publishes_its_own_text_only(gate: Gate) -> None:
    """An insert past the functions, with the claims of an admin: the trigger alone decides."""
    draft = gate.review("admin", gate.proposed("operator", changed(MEDIUM)))
    text = texts(changed(HIGH))
    with gate.being("system") as conn:
        conn.execute(
            """
            create function private.sneak(e uuid, o uuid, c text, s text, d uuid) returns void
            language sql security definer set search_path = '' as $$
              insert into public.event_versions (event_id, organization_id, number, document, canonical, source, sha256, draft_id)
              values (e, o, 3, c::jsonb, c, c, s, d)
            $$
            """
        )
        conn.execute("grant execute on function private.sneak to authenticated")
    call = "select private.sneak(%s, %s, %s, %s, %s)"
    where = (gate.world.event, gate.world.seller, text["canonical"], text["sha"])
    with refused(409, "events.draft_stale"):
        gate.one("admin", call, *where, draft["id"])
    with refused(409, "events.needs_approval"):
        gate.one("admin", call, *where, None)
    assert gate.number == 2


# --- levers -----------------------------------------------------------------------------------------------------------


def test_a_lever_inside_its_range_needs_nobody(gate: Gate) -> None:
    version = gate.lever("operator", changed(("conversion", "hold_minutes", 30)))
    assert (version["kind"], version["baseline_id"]) == ("lever", version["based_on"])


@pytest.mark.parametrize(
    "change",
    [("conversion", "hold_minutes", 61), ("conversion", "hold_minutes", 11), ("conversion", "deposit_required", True),
     ("ranking_weights", "individual_match", 0.7), ("name", None, "New"), ("safety", "ai_off", "yes")],
)  # fmt: skip
def test_a_lever_beyond_its_range_is_refused(gate: Gate, change: tuple[str, str | None, Any]) -> None:
    with refused(403, "events.outside_lever"):
        gate.lever("operator", changed(change))


def test_levers_do_not_creep(gate: Gate) -> None:
    """Ten per cent of what was approved, not of what the last lever made of it."""
    gate.lever("operator", changed(("conversion", "hold_minutes", 60)))
    with refused(403, "events.outside_lever") as facts:
        gate.lever("operator", changed(("conversion", "hold_minutes", 61)))
    assert facts["paths"] == ["conversion.hold_minutes"]
    # the same as a plain publication or as a draft: it counts as a lever, and is measured from the same place
    assert gate.direct("operator", changed(("conversion", "hold_minutes", 50)))["kind"] == "lever"
    draft = gate.proposed("operator", changed(("conversion", "hold_minutes", 55)))
    assert gate.publish("operator", draft)["kind"] == "lever"
    with refused(409, "events.needs_approval"):
        gate.direct("operator", changed(("conversion", "hold_minutes", 80)))


def test_a_kill_switch_is_a_lever_and_stops_holds_at_once(gate: Gate) -> None:
    assert gate.lever("operator", changed(("safety", "mutating_tools_off", True)))["reloads"] == ["kill"]
    with refused(409, "events.actions_off"):
        hold(gate)
    gate.lever("operator", LIVE)
    assert hold(gate)["status"] == "active"
