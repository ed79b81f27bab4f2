"""The gate in the database: who may change what, who has to agree, and what nobody gets past.

Everything here speaks SQL as the person would, so that it holds whatever the application does.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from backend.core.context import Actor
from tests.db.test_matrix import as_persona
from tests.factories import DOCUMENT, World, give_policy, insert

LIVE: dict[str, Any] = {
    **DOCUMENT,
    "currency": "USD",
    "persona": {"greeting": "Hello."},
    "branding": {"tagline": "Cars"},
    "ranking_weights": {"individual_match": 0.6, "spec_alignment": 0.2, "scarcity": 0.1, "social_proof": 0.1},
    "preference_extraction": {"signals": ["BUDGET_RANGE", "USE_CASE"]},
    "catalogue": {"attributes": [{"name": "specs.range", "kind": "number"}, {"name": "specs.color", "kind": "enum"}]},
    "safety": {"ai_off": False, "mutating_tools_off": False,
               "auto_rollback": {"enabled": True, "watch_minutes": 15, "failure_share": 0.1, "least_conversations": 10}},
}  # fmt: skip

LOW = ("branding", "tagline", "Cars, honestly")
MEDIUM = ("name", None, "Summer Sale")
HIGH = ("conversion", "deposit_required", True)


def changed(*changes: tuple[str, str | None, Any], base: dict[str, Any] = LIVE) -> dict[str, Any]:
    """The document with some values put in."""
    document = deepcopy(base)
    for section, name, value in changes:
        if name is None:
            document[section] = value
        else:
            document[section][name] = value
    return document


def texts(document: dict[str, Any]) -> dict[str, str]:
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return {
        "canonical": canonical,
        "source": canonical,
        "sha": hashlib.sha256(canonical.encode()).hexdigest(),
    }


@dataclass
class Gate:
    """One event with a version in force, and people who want to change it."""

    conn: psycopg.Connection[Any]
    world: World

    @contextmanager
    def being(self, who: str | UUID) -> Iterator[psycopg.Connection[Any]]:
        with self.conn.transaction():
            if who != "system":
                as_persona(self.conn, self.world.actor(who) if isinstance(who, str) else Actor.user(who))
            yield self.conn

    def one(self, who: str | UUID, sql: str, *parameters: Any) -> Any:
        with self.being(who) as conn:
            row = conn.execute(sql, parameters).fetchone()
        assert row is not None
        return row

    def save(
        self, who: str, document: dict[str, Any] | None, *, draft: Any = None, revision: int | None = None
    ) -> Any:
        text = texts(document) if document else {"canonical": None, "source": "broken: [", "sha": None}
        return self.one(
            who,
            "select * from private.save_draft(%s, %s, %s, null, 'A draft', %s, %s, %s, 'edit', null)",
            draft, self.world.event, revision, text["source"], text["canonical"], text["sha"],
        )  # fmt: skip

    def submit(self, who: str, draft: Any) -> Any:
        return self.one(
            who, "select * from private.submit_draft(%s, %s, 'Because')", draft["id"], draft["revision"]
        )

    def proposed(self, who: str, document: dict[str, Any]) -> Any:
        return self.submit(who, self.save(who, document))

    def review(self, who: str | UUID, draft: Any, verdict: str = "approve", reason: str = "Fine") -> Any:
        return self.one(
            who,
            "select * from private.review_draft(%s, %s, %s, %s)",
            draft["id"],
            draft["revision"],
            verdict,
            reason,
        )

    def publish(
        self, who: str | UUID, draft: Any, carry: str | None = None, renames: dict[str, str] | None = None
    ) -> Any:
        return self.one(
            who, "select * from private.publish_draft(%s, %s, %s, %s)", draft["id"], draft["revision"], carry,
            json.dumps(renames or {}),
        )  # fmt: skip

    def direct(self, who: str, document: dict[str, Any]) -> Any:
        text = texts(document)
        return self.one(
            who,
            "select * from private.publish_version(%s, %s, %s, %s, %s, '')",
            self.world.event, self.number + 1, text["canonical"], text["source"], text["sha"],
        )  # fmt: skip

    def lever(self, who: str, document: dict[str, Any]) -> Any:
        text = texts(document)
        return self.one(
            who,
            "select * from private.move_lever(%s, %s, %s, %s, %s, '')",
            self.world.event, self.number + 1, text["canonical"], text["source"], text["sha"],
        )  # fmt: skip

    @property
    def number(self) -> int:
        return self.one(
            "system", "select max(number) as n from event_versions where event_id = %s", self.world.event
        )["n"]

    @property
    def current(self) -> Any:
        return self.one(
            "system",
            "select v.* from event_versions v join events e on e.current_version_id = v.id where e.id = %s",
            self.world.event,
        )

    def colleague(self, role: str) -> UUID:
        """One more member of the seller."""
        user = uuid4()
        with self.being("system") as conn:
            conn.execute(
                "insert into auth.users (id, email, email_confirmed_at) values (%s, %s, now())",
                (user, f"{user}@example.com"),
            )
            insert(conn, "public.members", organization_id=self.world.seller, user_id=user, role=role)
        return user

    def permit(self, persona: str, **overrides: Any) -> Any:
        return self.one(
            "system",
            "select private.set_permissions(%s, %s, %s)",
            self.world.seller, self.world.users[persona], json.dumps(overrides),
        )  # fmt: skip


@contextmanager
def refused(status: int, code: str) -> Iterator[dict[str, Any]]:
    facts: dict[str, Any] = {}
    with pytest.raises(psycopg.Error) as caught:
        yield facts
    assert (caught.value.sqlstate, caught.value.diag.message_primary) == (f"MX{status}", code)
    facts |= json.loads(caught.value.diag.message_detail or "{}")


@pytest.fixture
def gate(owner: psycopg.Connection[Any], world: World) -> Gate:
    gate = Gate(owner, world)
    gate.direct("system", LIVE)
    return gate


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


# --- permissions ------------------------------------------------------------------------------------------------------

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


def hold(gate: Gate) -> Any:
    """One unit for the buyer, with a yes to exactly that where there can be one."""
    unit = gate.world.listings[1]
    return gate.one(
        "buyer",
        """
        select * from private.place_hold(%s, 'k',
          (private.prepare_action('hold', jsonb_build_object('listing_id', %s::bigint)) ->> 'confirmation')::uuid)
        """,
        unit,
        unit,
    )


def test_a_kill_switch_is_a_lever_and_stops_holds_at_once(gate: Gate) -> None:
    assert gate.lever("operator", changed(("safety", "mutating_tools_off", True)))["reloads"] == ["kill"]
    with refused(409, "events.actions_off"):
        hold(gate)
    gate.lever("operator", LIVE)
    assert hold(gate)["status"] == "active"


# --- breaking changes and what becomes of open conversations ----------------------------------------------------------

WITHOUT_RANGE = changed(("catalogue", "attributes", [{"name": "specs.color", "kind": "enum"}]))
STATE = {
    "filters": [{"field": "specs.range", "op": "gte", "value": 250}, {"field": "price", "op": "lte", "value": 40000}],
    "signals": [{"type": "USE_CASE", "value": {}}, {"type": "BUDGET_RANGE", "value": {}}],
}  # fmt: skip


def talking(gate: Gate) -> None:
    with gate.being("system") as conn:
        conn.execute(
            "update public.sessions set state = %s, version_id = %s where id = %s",
            (json.dumps(STATE), gate.current["id"], gate.world.session),
        )


def session(gate: Gate) -> Any:
    return gate.one("system", "select * from public.sessions where id = %s", gate.world.session)


def agreed(gate: Gate, document: dict[str, Any]) -> Any:
    second = gate.colleague("admin")
    draft = gate.proposed("operator", document)
    gate.review("admin", draft)
    return gate.review(second, draft) if draft["risk"] == "high" else draft


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


# --- rollback ---------------------------------------------------------------------------------------------------------


def roll_back(gate: Gate, who: str, target: int, reason: str = "Complaints", current: Any = None) -> Any:
    return gate.one(
        who, "select * from private.roll_back(%s, %s, %s, %s, 'drain')", gate.world.event,
        current or gate.current["id"], target, reason,
    )  # fmt: skip


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


def converse(gate: Gate, count: int, failed: int) -> None:
    with gate.being("system") as conn:
        conn.execute(
            """
            insert into public.sessions (event_id, organization_id, version_id, failed_at, created_at)
            select %s, %s, e.current_version_id, case when n <= %s then now() end, clock_timestamp()
            from generate_series(1, %s) n, public.events e where e.id = %s
            """,
            (gate.world.event, gate.world.seller, failed, count, gate.world.event),
        )


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


def commit(gate: Gate, branch: Any, number: int, document: dict[str, Any]) -> Any:
    text = texts(document)
    return gate.one(
        "operator", "select * from private.commit_to_branch(%s, %s, %s, %s, %s, 'Next')", branch["id"], number,
        text["source"], text["canonical"], text["sha"],
    )  # fmt: skip


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


# --- what an attacker tried -------------------------------------------------------------------------------------------


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
