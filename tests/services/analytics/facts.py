"""Writes conversations and facts of an experiment past the services, at chosen times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg

from tests.factories import DOCUMENT, World, insert

KEY = "pricing_cards_vs_ownership_cost_cards_v1"
EXPERIMENT: dict[str, Any] = {
    "key": KEY,
    "title": "Pricing cards or ownership cost cards",
    "hypothesis": "",
    "primary_metric": "hold_placed",
    "arms": [
        {"key": "pricing_cards", "title": "Pricing cards", "weight": 0.5, "patch": {}},
        {"key": "ownership_cost_cards", "title": "", "weight": 0.5, "patch": {}},
    ],
}
TESTED: dict[str, Any] = DOCUMENT | {"analytics": {"ab_enabled": True}, "experiments": [EXPERIMENT]}
NOON = datetime(2027, 1, 15, 12, tzinfo=UTC)

Owner = psycopg.Connection[Any]


class Facts:
    """Facts of one event, by minutes after noon."""

    def __init__(self, owner: Owner, world: World) -> None:
        self.owner, self.world = owner, world

    def session(self, **values: Any) -> UUID:
        scope = {"event_id": self.world.event, "organization_id": self.world.seller}
        return insert(
            self.owner, "public.sessions", id=uuid4(), version_id=self.world.version, **scope, **values
        )["id"]

    def record(
        self, kind: str, session: UUID, minute: float = 0, *, event: UUID | None = None, **facts: Any
    ) -> None:
        insert(
            self.owner,
            "public.journal",
            kind=kind,
            facts=facts,
            organization_id=self.world.seller,
            event_id=event or self.world.event,
            session_id=session,
            actor_kind="buyer",
            recorded_at=NOON + timedelta(minutes=minute),
        )

    def expose(self, arm: str, minute: float = 0, *, key: str = KEY, session: UUID | None = None) -> UUID:
        session = session or uuid4()
        self.record("experiment.exposed", session, minute, experiment=key, arm=arm)
        return session
