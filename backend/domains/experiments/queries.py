"""SQL of experiments: counted from the facts, as far as the actor may read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.core.db import Connection

# A session counts once per experiment, in the arm it saw first, and converts by any outcome from then on:
# that is so exactly if its last outcome is not earlier.
_COUNTS = """
with asked as materialized (
  select a.experiment, a.kind, a.action
  from jsonb_to_recordset(%(outcomes)s) as a (experiment text, kind text, action text)
), exposed as (
  select distinct on (j.facts ->> 'experiment', j.session_id)
    j.facts ->> 'experiment' as experiment, j.facts ->> 'arm' as arm, j.session_id, j.recorded_at
  from public.journal j
  where j.event_id = %(event_id)s and j.kind = 'experiment.exposed' and j.session_id is not null
    and j.facts ->> 'experiment' in (select experiment from asked)
  order by j.facts ->> 'experiment', j.session_id, j.recorded_at, j.id
), outcomes as (
  select j.session_id, j.kind, coalesce(j.facts ->> 'action', '') as action, max(j.recorded_at) as last_at
  from public.journal j
  where j.event_id = %(event_id)s and j.kind = any (%(kinds)s) and j.session_id is not null
  group by 1, 2, 3
)
select e.experiment, e.arm, count(distinct e.session_id)::int as exposed,
       count(distinct e.session_id) filter (where o.last_at >= e.recorded_at)::int as converted
from exposed e join asked a on a.experiment = e.experiment
left join outcomes o
  on o.session_id = e.session_id and o.kind = a.kind and (a.action is null or o.action = a.action)
group by e.experiment, e.arm
"""


async def count_arms(
    conn: Connection, *, event_id: UUID, outcomes: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """`outcomes`: [{experiment, kind, action or None}]. Shape: experiment, arm, exposed, converted."""
    kinds = sorted({outcome["kind"] for outcome in outcomes})
    cursor = await conn.execute(
        _COUNTS, {"event_id": event_id, "outcomes": Jsonb(list(outcomes)), "kinds": kinds}
    )
    return await cursor.fetchall()
