"""An event behind the gate, the people who want to change it, and what they do: each speaks SQL as the person would."""

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
from tests.factories import DOCUMENT, World, insert

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


def roll_back(gate: Gate, who: str, target: int, reason: str = "Complaints", current: Any = None) -> Any:
    return gate.one(
        who, "select * from private.roll_back(%s, %s, %s, %s, 'drain')", gate.world.event,
        current or gate.current["id"], target, reason,
    )  # fmt: skip


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


def commit(gate: Gate, branch: Any, number: int, document: dict[str, Any]) -> Any:
    text = texts(document)
    return gate.one(
        "operator", "select * from private.commit_to_branch(%s, %s, %s, %s, %s, 'Next')", branch["id"], number,
        text["source"], text["canonical"], text["sha"],
    )  # fmt: skip
