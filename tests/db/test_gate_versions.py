"""The gate in the database: back to an earlier version, branches, flags, previews.

Everything here speaks SQL as the person would, so that it holds whatever the application does.
"""

from __future__ import annotations

import psycopg
import pytest

from tests.db.gate import HIGH, LOW, Gate, changed, commit, converse, hold, refused, roll_back
from tests.factories import give_policy

# --- rollback ---------------------------------------------------------------------------------------------------------


def test_a_rollback_is_a_new_version_equal_to_the_old(gate: Gate) -> None:
    old = gate.current
    gate.publish("operator", gate.proposed("operator", changed(LOW)))
    back = roll_back(gate, "operator", 2)
    assert (back["number"], back["sha256"], back["restores"], back["kind"]) == (
        4,
        old["sha256"],
        old["id"],
        "rollback",
    )
    assert gate.current["id"] == back["id"]
    assert "Complaints" in back["message"]


def test_a_rollback_of_something_already_replaced_is_refused(gate: Gate) -> None:
    seen = gate.current["id"]
    gate.publish("operator", gate.proposed("operator", changed(LOW)))
    with refused(409, "events.version_taken"):
        roll_back(gate, "operator", 1, current=seen)
    with refused(404, "events.no_such_version"):
        roll_back(gate, "operator", 99)
    with refused(422, "events.reason_needed"):
        roll_back(gate, "operator", 2, reason="")
    with refused(409, "events.nothing_changed"):
        roll_back(gate, "operator", 3)


def test_the_consequences_name_what_was_begun_under_the_versions_undone(gate: Gate) -> None:
    gate.publish("operator", gate.proposed("operator", changed(LOW)))
    with gate.being("system") as conn:
        conn.execute(
            "update public.sessions set version_id = %s where id = %s",
            (gate.current["id"], gate.world.session),
        )
    with gate.being("system") as conn:
        give_policy(conn, gate.world.session)
    hold(gate)
    found = gate.one("operator", "select private.consequences(%s, 2) as c", gate.world.event)["c"]
    assert (found["versions_undone"], found["conversations"], found["money_minor"]) == ([3], 1, 3_600_000)
    assert [(h["listing_id"], h["version"]) for h in found["holds"]] == [(gate.world.listings[1], 3)]


@pytest.mark.parametrize(
    ("count", "failed", "back"), [(20, 3, True), (20, 2, False), (9, 9, False), (10, 2, True)]
)
def test_a_fresh_version_that_fails_buyers_is_taken_back(
    gate: Gate, count: int, failed: int, back: bool
) -> None:
    good = gate.current
    gate.publish("operator", gate.proposed("operator", changed(LOW)))
    converse(gate, count, failed)
    with gate.being("system") as conn:
        told = conn.execute("select private.watch_versions() as alert").fetchall()
    assert (len(told) == 1) is back
    assert (gate.current["sha256"] == good["sha256"]) is back
    if back:
        assert gate.current["kind"] == "auto_rollback"
        alert = gate.one("system", "select payload from realtime.messages where event = 'alert'")["payload"]
        assert (alert["from"], alert["to"], alert["failed"]) == (3, 2, failed)
        converse(gate, 20, 20)
        with gate.being("system") as conn:  # what was restored is not undone again
            assert conn.execute("select private.watch_versions()").fetchall() == []


def test_only_the_worker_watches(gate: Gate) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        gate.one("admin", "select private.watch_versions()")


# --- branches, flags, previews ----------------------------------------------------------------------------------------


def test_a_branch_has_its_own_numbers_and_serves_nobody(gate: Gate) -> None:
    branch = gate.one(
        "operator", "select * from private.open_branch(%s, 'staging', 'Try', null)", gate.world.event
    )
    assert commit(gate, branch, 2, changed(HIGH))["number"] == 2
    with refused(409, "events.branch_moved"):
        commit(gate, branch, 2, changed(LOW))
    with refused(422, "events.wrong_document"):
        commit(gate, branch, 3, changed(("id", None, "another")))
    with refused(409, "events.branch_exists"):
        gate.one("operator", "select private.open_branch(%s, 'staging', '', null)", gate.world.event)
    with refused(422, "events.bad_branch_name"):
        gate.one("operator", "select private.open_branch(%s, 'Main!', '', null)", gate.world.event)
    assert gate.number == 2
    gate.one("operator", "select private.close_branch(%s, 'closed')", branch["id"])
    with refused(409, "events.branch_over"):
        commit(gate, branch, 3, changed(LOW))


def test_a_flag_of_the_organization_reaches_every_process(gate: Gate) -> None:
    before = gate.one("system", "select flags_revision as r from private.served_heads()")["r"]
    gate.one("operator", "select private.set_flag(%s, 'comparison', false, 'Too slow')", gate.world.seller)
    served = gate.one("anon", "select * from private.served_versions(%s)", gate.world.event)
    assert served["organization_flags"] == {"comparison": False, "old_flag": False}
    assert served["flags_revision"] == before + 1
    with refused(403, "identity.needs_permission"):
        gate.one("viewer", "select private.set_flag(%s, 'comparison', true, '')", gate.world.seller)


def test_a_preview_is_kept_for_an_hour(gate: Gate) -> None:
    kept = gate.one(
        "viewer", "select * from private.keep_preview(%s, null, '{}', 'x', '{}')", gate.world.event
    )
    assert (kept["expires_at"] - kept["created_at"]).seconds == 3600
    with refused(404, "events.not_found"):
        gate.one("other_admin", "select private.keep_preview(%s, null, '{}', 'x', '{}')", gate.world.event)


def test_a_conversation_fails_once(gate: Gate) -> None:
    for _ in range(2):
        gate.one("buyer", "select private.note_failure()")
    assert (
        gate.one("system", "select count(*) as n from journal where kind = 'conversation.failed'")["n"] == 1
    )
