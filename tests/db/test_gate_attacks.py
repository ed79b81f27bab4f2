"""The gate in the database: what an attacker tried.

Everything here speaks SQL as the person would, so that it holds whatever the application does.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tests.db.gate import (
    LIVE,
    LOW,
    MEDIUM,
    WITHOUT_RANGE,
    Gate,
    agreed,
    changed,
    commit,
    converse,
    refused,
    roll_back,
    session,
    talking,
    texts,
)


def branch_with(gate: Gate, author: str, document: dict[str, Any]) -> Any:
    branch = gate.one(author, "select * from private.open_branch(%s, 'next', '', null)", gate.world.event)
    text = texts(document)
    gate.one(
        author, "select private.commit_to_branch(%s, 2, %s, %s, %s, '')", branch["id"], text["source"],
        text["canonical"], text["sha"],
    )  # fmt: skip
    return branch


def merged(gate: Gate, who: str, branch: Any, document: dict[str, Any], number: int | None = None) -> Any:
    text = texts(document)
    return gate.one(
        who, "select * from private.save_draft(null, %s, null, null, '', %s, %s, %s, 'merge', %s, %s)", gate.world.event,
        text["source"], text["canonical"], text["sha"], branch["id"], number,
    )  # fmt: skip


def test_who_wrote_on_a_branch_does_not_approve_its_merge(gate: Gate) -> None:
    branch = branch_with(gate, "operator", changed(MEDIUM))
    draft = gate.submit("admin", merged(gate, "admin", branch, changed(MEDIUM)))
    with refused(403, "events.own_draft"):
        gate.review("operator", draft)


def test_a_branch_that_went_on_is_not_closed_by_an_older_merge(gate: Gate) -> None:
    branch = branch_with(gate, "operator", changed(LOW))
    draft = merged(gate, "operator", branch, changed(LOW), 2)
    commit(gate, branch, 3, changed(MEDIUM))
    gate.publish("operator", gate.submit("operator", draft))
    status = gate.one("system", "select status from branches where id = %s", branch["id"])["status"]
    assert status == "active"


def test_a_branch_of_another_event_is_not_found(gate: Gate) -> None:
    with refused(404, "events.no_such_branch"):
        merged(gate, "operator", {"id": uuid4()}, changed(LOW))


def test_one_event_that_cannot_be_judged_keeps_no_other_from_being_watched(gate: Gate) -> None:
    odd = changed(("safety", "auto_rollback", {**LIVE["safety"]["auto_rollback"], "watch_minutes": "soon"}))
    with gate.being("system") as conn:
        conn.execute(
            "insert into public.events (organization_id, slug, name) values (%s, 'odd', 'Odd')",
            (gate.world.seller,),
        )
        text = texts({**odd, "id": "odd"})
        for number in (1, 2):
            if number == 2:
                text = texts({**odd, "id": "odd", "name": "Again"})
            conn.execute(
                "select private.publish_version(e.id, %s, %s, %s, %s, '') from public.events e where e.slug = 'odd'",
                (number, text["canonical"], text["source"], text["sha"]),
            )
    gate.publish("operator", gate.proposed("operator", changed(LOW)))
    converse(gate, 20, 20)
    with gate.being("system") as conn:
        assert len(conn.execute("select private.watch_versions()").fetchall()) == 1
    assert gate.one("system", "select count(*) as n from journal where kind = 'event.watch_failed'")["n"] == 1


def test_a_lever_does_not_disarm_the_watch(gate: Gate) -> None:
    good = gate.current
    gate.publish("operator", gate.proposed("operator", changed(LOW)))
    converse(gate, 5, 5)
    gate.lever("operator", changed(LOW, ("conversion", "hold_minutes", 30)))
    converse(gate, 10, 10)
    with gate.being("system") as conn:
        conn.execute("select private.watch_versions()")
    assert gate.current["sha256"] == good["sha256"]


def test_a_rollback_is_not_rolled_forward_by_the_watch(gate: Gate) -> None:
    good = gate.current
    gate.publish("operator", gate.proposed("operator", changed(LOW)))
    roll_back(gate, "operator", 2)
    converse(gate, 20, 20)
    with gate.being("system") as conn:
        assert conn.execute("select private.watch_versions()").fetchall() == []
    assert gate.current["sha256"] == good["sha256"]


def test_nothing_but_a_lever_releases_a_kill_switch(gate: Gate) -> None:
    gate.publish("operator", gate.proposed("operator", changed(LOW)))
    gate.lever("operator", changed(LOW, ("safety", "ai_off", True)))
    converse(gate, 20, 20)
    with gate.being("system") as conn:
        conn.execute("select private.watch_versions()")
    assert gate.current["document"]["safety"]["ai_off"] is True
    with refused(409, "events.stops_on") as facts:
        roll_back(gate, "operator", 2)
    assert facts["stops"] == ["ai_off"]


def test_going_back_to_what_was_taken_back_needs_agreement(gate: Gate) -> None:
    gate.publish("operator", gate.review("admin", gate.proposed("operator", changed(MEDIUM))))
    roll_back(gate, "admin", 2, "Breach of contract")
    with refused(409, "events.needs_approval"):
        roll_back(gate, "operator", 3)
    gate.permit("operator", max_risk_level="low")
    with refused(403, "events.above_your_risk"):
        roll_back(gate, "operator", 3)


def test_force_drops_what_is_gone_for_conversations_of_older_versions_too(gate: Gate) -> None:
    talking(gate)
    gate.publish("admin", agreed(gate, WITHOUT_RANGE), carry="drain")
    fewer = deepcopy(WITHOUT_RANGE) | {"preference_extraction": {"signals": ["BUDGET_RANGE"]}}
    gate.publish("admin", agreed(gate, fewer), carry="force")
    state = session(gate)["state"]
    assert [f["field"] for f in state["filters"]] == ["price"]
    assert [s["type"] for s in state["signals"]] == ["BUDGET_RANGE"]


@pytest.mark.parametrize(
    "renames", [{"specs.range": "price"}, {"price": "specs.color"}, {"specs.range": {"x": 1}}]
)
def test_a_rename_leads_from_what_is_gone_to_what_is_there(gate: Gate, renames: dict[str, Any]) -> None:
    talking(gate)
    draft = agreed(gate, WITHOUT_RANGE)
    with refused(422, "events.bad_rename"):
        gate.publish("admin", draft, carry="migrate", renames=renames)


def test_an_objection_stands_until_the_text_changes(gate: Gate) -> None:
    gate.permit("specialist", approve_changes=True, max_risk_level="medium")
    draft = gate.proposed("operator", changed(MEDIUM))
    gate.review("specialist", draft)
    gate.one("operator", "select private.recall_draft(%s)", draft["id"])
    draft = gate.submit("operator", draft)
    gate.review("admin", draft, "reject", "Never")
    gate.one("operator", "select private.recall_draft(%s)", draft["id"])
    with refused(409, "events.needs_approval") as facts:
        gate.publish("operator", draft)
    assert [o["reason"] for o in facts["objections"]] == ["Never"]


def test_nobody_writes_into_a_draft_what_is_not_his_to_change(gate: Gate) -> None:
    gate.permit("specialist", edit_document=True)
    prompt = ("persona", "greeting", "Good day.")
    with refused(403, "identity.needs_permission") as facts:
        gate.save("specialist", changed(prompt))
    assert facts["permission"] == "edit_system_prompt"
    draft = gate.save(
        "operator", changed(prompt)
    )  # what a colleague wrote there is not the specialist's doing
    assert gate.save("specialist", changed(prompt, LOW), draft=draft["id"], revision=1)["revision"] == 2


def test_a_first_version_holds_nothing_its_author_may_not_write(gate: Gate) -> None:
    text = texts({"id": "fresh", "search_defaults": {"data_sources": ["supabase.cars"]}})
    with gate.being("system") as conn:
        conn.execute(
            "insert into public.events (organization_id, slug, name) values (%s, 'fresh', 'Fresh')",
            (gate.world.seller,),
        )
    sql = (
        "select private.publish_version(e.id, 1, %s, %s, %s, '') from public.events e where e.slug = 'fresh'"
    )
    with refused(403, "identity.needs_permission") as facts:
        gate.one("operator", sql, text["canonical"], text["source"], text["sha"])
    assert facts["permission"] == "modify_integrations"
    gate.one("admin", sql, text["canonical"], text["source"], text["sha"])


def test_a_role_or_an_invitation_gives_nothing_beyond_ones_own(gate: Gate) -> None:
    second = gate.colleague("admin")
    gate.permit("admin", deploy_to_production=False, approve_changes=False, max_risk_level="low")
    attempts: list[tuple[str, Any]] = [
        ("update public.members set role = 'admin' where user_id = %s", gate.world.users["viewer"]),
        ("update public.members set role = 'viewer' where user_id = %s", second),
        ("delete from public.members where user_id = %s", second),
        ("insert into public.invitations (organization_id, email, role, token_sha256, invited_by)"
         " select organization_id, 'x@example.com', 'admin', 'x', user_id from public.members where user_id = %s",
         gate.world.users["admin"]),
    ]  # fmt: skip
    for sql, who in attempts:
        with refused(403, "identity.above_yourself"), gate.being("admin") as conn:
            conn.execute(sql, (who,))


def test_the_last_who_manages_cannot_step_down(gate: Gate) -> None:
    second = gate.colleague("admin")
    with gate.being("system") as conn:
        conn.execute(
            "select private.set_permissions(%s, %s, %s)",
            (gate.world.seller, second, '{"manage_permissions": false}'),
        )
    with refused(409, "identity.last_manager"), gate.being("admin") as conn:
        conn.execute("update public.members set role = 'viewer' where user_id = auth.uid()")


def test_fewer_eyes_are_for_an_admin_to_decide(gate: Gate) -> None:
    gate.permit("operator", manage_permissions=True)
    with refused(403, "identity.above_yourself"):
        gate.one("operator", "select private.set_approval_policy(%s, %s)", gate.world.seller, '{"medium": 0}')
    gate.one("operator", "select private.set_approval_policy(%s, %s)", gate.world.seller, '{"low": 1}')


def test_an_event_is_renamed_by_its_document_and_never_a_draft_again(gate: Gate) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege), gate.being("operator") as conn:
        conn.execute("update public.events set name = 'Mine' where id = %s", (gate.world.event,))
    with refused(409, "events.published_already"), gate.being("operator") as conn:
        conn.execute("update public.events set status = 'draft' where id = %s", (gate.world.event,))


def test_a_flag_can_be_left_to_the_events_again(gate: Gate) -> None:
    sql = "select private.set_flag(%s, 'comparison', %s, '')"
    gate.one("operator", sql, gate.world.seller, False)
    gate.one("operator", sql, gate.world.seller, None)
    served = gate.one("anon", "select * from private.served_versions(%s)", gate.world.event)
    assert served["organization_flags"] == {"old_flag": False}
