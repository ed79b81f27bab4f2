"""Verbs of connectors: keep a plan with its mapping, seal its credentials, follow its runs. Fetching is a flow."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from backend.core.context import Context
from backend.core.errors import InvalidInput, NotFound
from backend.domains.blueprints.connecting.plan import Plan, plan_to_json, read_plan
from backend.domains.blueprints.connecting.steps import Spot
from backend.domains.blueprints.queries import connectors as queries
from backend.domains.catalogue import service as catalogue

LEASE_S: Final = 900
_MOST_LISTED: Final = 200


@dataclass(frozen=True, slots=True)
class Connector:
    """A plan that is kept, for an event or for a blueprint on its way to one. `state` makes the next run conditional."""

    id: UUID
    organization_id: UUID
    event_id: UUID | None
    blueprint_id: UUID | None
    name: str
    plan: Mapping[str, Any] = field(repr=False)
    mapping: Mapping[str, Any] = field(repr=False)
    has_secret: bool
    state: Mapping[str, Any] = field(repr=False)
    created_at: datetime
    updated_at: datetime

    @property
    def fingerprint(self) -> str:
        """Changes with whatever makes listings of the same answer different."""
        content = json.dumps([self.plan, self.mapping, str(self.event_id)], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Run:
    """One fetching of a feed. `cursor` is where to go on: a place, or that everything is there."""

    id: UUID
    connector_id: UUID
    status: str
    pages: int
    records: int
    cursor: Mapping[str, Any] | None
    problem: Mapping[str, Any] | None
    started_at: datetime
    ended_at: datetime | None

    @property
    def is_whole(self) -> bool:
        return bool(self.cursor and self.cursor.get("whole"))

    @property
    def spot(self) -> Spot | None:
        """None at the start."""
        return Spot(**self.cursor["spot"]) if self.cursor and self.cursor.get("spot") else None

    @property
    def validators(self) -> Mapping[str, str]:
        """Of the first page, as this run found them."""
        return dict((self.cursor or {}).get("validators", {}))


async def keep_connector(
    ctx: Context,
    *,
    name: str,
    plan: Plan,
    mapping: Mapping[str, Any],
    event: str | None = None,
    blueprint_id: UUID | None = None,
) -> Connector:
    """Makes one, or changes the one of that name. Credentials given for another host are forgotten.

    Raises: InvalidInput `blueprints.plan_invalid`, `catalogue.mapping_invalid`; NotFound `events.not_found`; NotAllowed.
    """
    document = plan_to_json(plan)
    read_plan(document)
    catalogue.parse_mapping(json.dumps(dict(mapping)), file=name)
    event_id = await queries.find_event(ctx.conn, event=event) if event is not None else None
    if event is not None and event_id is None:
        raise NotFound("events.not_found", slug=event)
    if not 1 <= len(name.strip()) <= 200:
        raise InvalidInput(
            "blueprints.plan_invalid", path="name", problem="needs a name of at most 200 characters"
        )
    row = await queries.keep_connector(
        ctx.conn,
        event_id=event_id,
        blueprint_id=blueprint_id,
        name=name.strip(),
        plan=document,
        mapping=mapping,
    )
    return Connector(**row)


async def get_connector(ctx: Context, *, connector_id: UUID) -> Connector:
    """Raises: NotFound `blueprints.no_such_connector`."""
    row = await queries.find_connector(ctx.conn, connector_id=connector_id)
    if row is None:
        raise NotFound("blueprints.no_such_connector", connector_id=str(connector_id))
    return Connector(**row)


async def list_connectors(ctx: Context, *, event: str | None = None) -> list[Connector]:
    """Those the actor sees, the last changed first."""
    return [
        Connector(**row) for row in await queries.list_connectors(ctx.conn, event=event, limit=_MOST_LISTED)
    ]


async def named_connector(ctx: Context, *, event: str, name: str) -> Connector:
    """Raises: NotFound `blueprints.no_such_connector`."""
    for each in await list_connectors(ctx, event=event):
        if each.name == name or str(each.id) == name:
            return each
    raise NotFound("blueprints.no_such_connector", connector_id=name)


async def keep_sealed(ctx: Context, *, connector_id: UUID, sealed: str | None) -> Connector:
    """None forgets. Raises: NotFound `blueprints.no_such_connector`; NotAllowed."""
    return Connector(**await queries.seal_connector(ctx.conn, connector_id=connector_id, sealed=sealed))


async def start_run(ctx: Context, *, connector_id: UUID) -> Run:
    """A new run, or the one that a dead process left. Raises: NotFound; NotAllowed; Conflict `blueprints.connector_running`."""
    return _run(await queries.start_run(ctx.conn, connector_id=connector_id, lease_s=LEASE_S))


async def cancel_run(ctx: Context, *, run_id: UUID) -> None:
    """The process at work stops before its next page. Raises: NotFound; NotAllowed."""
    await queries.cancel_run(ctx.conn, run_id=run_id)


async def list_runs(ctx: Context, *, connector_id: UUID) -> list[Run]:
    """The last ones first."""
    return [_run(row) for row in await queries.list_runs(ctx.conn, connector_id=connector_id, limit=50)]


async def find_sealed(ctx: Context, *, connector_id: UUID) -> str | None:
    """For the connector at work alone."""
    return await queries.find_sealed(ctx.conn, connector_id=connector_id)


async def reseal(ctx: Context, *, connector_id: UUID, before: str, after: str) -> None:
    """Under a newer key, unless somebody has changed it meanwhile."""
    await queries.reseal(ctx.conn, connector_id=connector_id, before=before, after=after)


async def note_page(
    ctx: Context,
    *,
    run_id: UUID,
    number: int,
    records: Sequence[Mapping[str, Any]],
    done: int,
    after: Spot | None,
    validators: Mapping[str, str],
) -> bool:
    """Keeps a page and the place after it; None: everything is there. False where the run was cancelled."""
    cursor = {
        "spot": asdict(after) if after else None,
        "whole": after is None,
        "validators": dict(validators),
    }
    return await queries.note_page(
        ctx.conn, run_id=run_id, number=number, records=records, done=done, cursor=cursor, lease_s=LEASE_S
    )


async def find_page(ctx: Context, *, run_id: UUID, number: int) -> Sequence[Mapping[str, Any]] | None:
    return await queries.find_page(ctx.conn, run_id=run_id, number=number)


async def finish_run(
    ctx: Context, *, run_id: UUID, status: str, problem: Mapping[str, Any] | None = None
) -> bool:
    """False where it had ended."""
    return await queries.finish_run(ctx.conn, run_id=run_id, status=status, problem=problem)


async def release_run(ctx: Context, *, run_id: UUID) -> None:
    """Of a process that ends before its run."""
    await queries.release_run(ctx.conn, run_id=run_id)


async def keep_state(ctx: Context, *, connector: Connector, validators: Mapping[str, str]) -> None:
    """What the next run sends to learn whether anything has changed since this import."""
    state = {"validators": dict(validators), "fingerprint": connector.fingerprint}
    await queries.keep_state(ctx.conn, connector_id=connector.id, state=state)


def _run(row: Mapping[str, Any]) -> Run:
    return Run(**row)
