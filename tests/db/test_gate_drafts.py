"""The gate in the database: what becomes of a draft, and of the conversations it reaches.

Everything here speaks SQL as the person would, so that it holds whatever the application does.
"""

from __future__ import annotations

from tests.db.gate import (
    HIGH,
    LIVE,
    LOW,
    MEDIUM,
    WITHOUT_RANGE,
    Gate,
    agreed,
    changed,
    refused,
    session,
    talking,
)

# --- drafts -----------------------------------------------------------------------------------------------------------


def test_a_stale_save_is_refused_and_says_who_was_faster(gate: Gate) -> None:
    draft = gate.save("operator", changed(LOW))
    newer = gate.save("admin", changed(MEDIUM), draft=draft["id"], revision=1)
    with refused(409, "events.draft_stale") as facts:
        gate.save("operator", changed(HIGH), draft=draft["id"], revision=1)
    assert (facts["revision"], facts["updated_by"], facts["sha256"]) == (
        2,
        "admin@example.com",
        newer["sha256"],
    )


def test_a_draft_with_errors_is_kept_but_goes_nowhere(gate: Gate) -> None:
    draft = gate.save("operator", None)
    with refused(409, "events.draft_invalid"):
        gate.submit("operator", draft)


def test_a_draft_runs_out_after_a_week(gate: Gate) -> None:
    draft = gate.save("operator", changed(LOW))
    assert (draft["expires_at"] - draft["created_at"]).days == 7
    with gate.being("system") as conn:
        conn.execute(
            "update public.drafts set expires_at = now() - interval '1 s' where id = %s", (draft["id"],)
        )
    with refused(410, "events.draft_expired"):
        gate.submit("operator", draft)
    with refused(410, "events.draft_expired"):
        gate.publish("operator", draft)


def test_a_draft_equal_to_what_is_in_force_is_no_change(gate: Gate) -> None:
    with refused(409, "events.nothing_changed"):
        gate.proposed("operator", LIVE)


def test_recall_takes_it_out_of_review_and_only_by_its_authors(gate: Gate) -> None:
    draft = gate.proposed("operator", changed(MEDIUM))
    with refused(403, "events.not_your_draft"):
        gate.one("admin", "select private.recall_draft(%s)", draft["id"])
    assert gate.one("operator", "select * from private.recall_draft(%s)", draft["id"])["status"] == "open"
    with refused(409, "events.not_in_review"):
        gate.review("admin", draft)


def test_a_rejection_needs_a_reason_and_ends_it(gate: Gate) -> None:
    draft = gate.proposed("operator", changed(MEDIUM))
    with refused(422, "events.reason_needed"):
        gate.review("admin", draft, "reject", " ")
    assert gate.review("admin", draft, "reject", "Wrong season")["status"] == "rejected"
    with refused(409, "events.not_in_review"):
        gate.publish("operator", draft)


def test_what_is_published_or_discarded_stays_so(gate: Gate) -> None:
    draft = gate.proposed("operator", changed(LOW))
    gate.publish("operator", draft)
    for attempt in (
        lambda: gate.save("operator", changed(MEDIUM), draft=draft["id"], revision=draft["revision"]),
        lambda: gate.publish("operator", draft),
        lambda: gate.one("operator", "select private.discard_draft(%s)", draft["id"]),
    ):
        with refused(409, "events.draft_over"):
            attempt()


# --- breaking changes and what becomes of open conversations ----------------------------------------------------------


def test_what_open_conversations_use_is_named_and_asks_for_a_choice(gate: Gate) -> None:
    talking(gate)
    draft = agreed(gate, WITHOUT_RANGE)
    with refused(409, "events.breaking_change") as facts:
        gate.publish("admin", draft)
    assert facts["gone"] == [{"kind": "field", "name": "specs.range", "conversations": 1}]
    before = session(gate)["version_id"]
    gate.publish("admin", draft, carry="drain")
    assert session(gate)["version_id"] == before


def test_migrate_renames_and_drops_in_the_same_commit(gate: Gate) -> None:
    talking(gate)
    document = changed(("catalogue", "attributes", [{"name": "specs.reach", "kind": "number"}]),
                       ("preference_extraction", "signals", ["BUDGET_RANGE"]))  # fmt: skip
    version = gate.publish(
        "admin", agreed(gate, document), carry="migrate", renames={"specs.range": "specs.reach"}
    )
    now = session(gate)
    assert now["version_id"] == version["id"]
    assert [f["field"] for f in now["state"]["filters"]] == ["specs.reach", "price"]
    assert [s["type"] for s in now["state"]["signals"]] == ["BUDGET_RANGE"]


def test_what_nobody_uses_may_go_without_a_word(gate: Gate) -> None:
    assert gate.publish("admin", agreed(gate, WITHOUT_RANGE))["carry"] is None
