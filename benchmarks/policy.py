"""Policy: what a turn pays for it (resolve, compose, guard), and how fast a proposal is replayed over the log.

The guard is timed inside a transaction that is rolled back, beside the least a guard could do: lock the conversation's row,
insert one row, move the row on.
"""

from __future__ import annotations

import json
import random
from hashlib import sha256
from time import perf_counter
from typing import Any, Final
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.domains.events import service as events
from backend.domains.events.model import Document, EventVersion
from backend.domains.policy import service
from backend.domains.policy.composing import Bucket, Snippet, compose
from backend.domains.policy.facts import facts_from
from backend.domains.policy.model import SessionFacts
from backend.domains.policy.profiles import resolve
from backend.kit.canonical_json import canonical
from benchmarks.ground import Ground, Owner, ensure_organization
from benchmarks.measure import Findings, Goal, interleaved, timed

SLUG: Final = "bench-policy"
_PROFILES: Final = 8
_SNIPPETS: Final = 40
_PER_SESSION: Final = 10
_FACTS: Final = SessionFacts(
    utm={"source": "newsletter", "campaign": "spring"}, consent=frozenset({"personalization"})
)
_LISTING: Final = """
insert into public.listings (event_id, organization_id, external_id, title, currency, price_minor, content_sha256)
values (%(event)s, %(organization)s, 'b1', 'A car', 'USD', 4190000, repeat('0', 64)) returning id
"""
_FLOOR: Final = """
with own as (select s.id from public.sessions s where s.id = %(session)s for update),
  made as (insert into bench.lines (session_id, line) select own.id, %(line)s from own returning session_id)
update public.sessions s set turn_count = s.turn_count from made where s.id = made.session_id
"""
_LOG: Final = """
with taken as (
  insert into public.sessions (event_id, organization_id, version_id)
  select %(event)s, %(organization)s, %(version)s from generate_series(1, %(sessions)s) returning *
), kept as (
  insert into public.policy_snapshots (session_id, number, event_id, organization_id, version_id, profile, policy, sha256, facts,
                                       reason, expires_at)
  select t.id, 1, t.event_id, t.organization_id, t.version_id, %(policy)s::jsonb ->> 'profile', %(policy)s,
         encode(sha256(convert_to(%(policy)s::jsonb::text, 'UTF8')), 'hex'),
         jsonb_build_object('utm', jsonb_build_object('campaign', 'c' || (abs(hashtext(t.id::text)) %% 20))), 'bench',
         now() + interval '1 day'
  from taken t returning *
)
insert into public.receipts (session_id, n, event_id, organization_id, version_id, turn, verb, origin, verdict, reasons,
                             inputs_sha256, policy_sha256, previous, sha256)
select k.session_id, g, k.event_id, k.organization_id, k.version_id, g,
       (array['hold', 'search', 'compare', 'book', 'share'])[1 + g %% 5], (array['buyer', 'guide'])[1 + g %% 2],
       case when g %% 5 in (1, 2) then 'allow' else 'confirm' end, array['strict'], repeat('0', 64), k.sha256, '', ''
from kept k, generate_series(1, %(each)s) g
"""


async def run(ground: Ground) -> Findings:
    found = Findings("policy")
    version = await ground.publish(SLUG)
    document = _with_profiles(dict(version.document))
    snippets = _snippets()
    _pure(ground, found, document, snippets)
    with ground.owner() as owner:
        _guarded(ground, found, owner, version, document, snippets)
        sessions = max(5, ground.sizes.conversations // 2)
        _fill_log(owner, version, document, sessions)
    await _replayed(ground, found, document, sessions * _PER_SESSION)
    return found


def _with_profiles(document: dict[str, Any]) -> dict[str, Any]:
    """Eight profiles, of which the last one matches."""
    listed: list[dict[str, Any]] = document["policy"]["profiles"]
    match = {
        "utm": {"source": ["elsewhere"], "campaign": ["none", "other"]},
        "consent_required": ["marketing"],
    }
    more = [{**listed[0], "key": f"p{n}", "priority": 900 - n, "match": match} for n in range(_PROFILES - 1)]
    return {**document, "policy": {**document["policy"], "profiles": [*more, listed[-1]]}}


def _snippets() -> list[Snippet]:
    chance = random.Random(7)
    words = "white long range battery health seats one owner Größe $41,900 heated wheel delivery".split()  # noqa: SIM905
    made = [Snippet(Bucket.HARD, "session", "en-US", field=name) for name in ("locale", "currency", "event")]
    made += [
        Snippet(Bucket.SUMMARY, "conversation", " ".join(chance.choices(words, k=20)), str(n))
        for n in range(6)
    ]
    while len(made) < _SNIPPETS:
        text = ". ".join(" ".join(chance.choices(words, k=6)) for _ in range(3))
        made.append(Snippet(Bucket.RETRIEVAL, "listings", text, str(len(made)), "tile", rank=chance.random()))
    return made


def _pure(ground: Ground, found: Findings, document: Document, snippets: list[Snippet]) -> None:
    policy = resolve(document, _FACTS).policy
    wide = {**policy, "context": {**policy["context"], "retrieval_limit": 50}}
    plain = [{"source": s.source, "id": s.id, "field": s.field, "text": s.text} for s in snippets]

    def bare() -> str:
        return sha256("\n".join(json.dumps(one) for one in plain).encode()).hexdigest()

    times = interleaved(
        ground.sizes.rounds * 5,
        resolve=lambda: resolve(document, _FACTS),
        written=lambda: canonical(dict(policy)),
        compose=lambda: compose(wide, snippets, budget_tokens=100_000),
        bare=bare,
    )
    found.add(
        f"resolve ({_PROFILES} profiles)",
        times["resolve"],
        floor=("the policy written as JSON", times["written"]),
        goal=Goal("p95", "<=", 0.2),
    )
    found.add(
        f"compose ({_SNIPPETS} snippets)",
        times["compose"],
        floor=("the same as JSON, hashed", times["bare"]),
        goal=Goal("p50", "<=", 1),
    )


def _guarded(
    ground: Ground,
    found: Findings,
    owner: Owner,
    version: EventVersion,
    document: Document,
    snippets: list[Snippet],
) -> None:
    session, listing = _conversation(owner, version)
    calm = {**resolve(document, _FACTS).policy, "autonomy": "assisted-auto", "compliance": "standard"}
    calm["tools"] = [{**tool, "confirm": False} for tool in calm["tools"]]
    owner.execute(
        "select private.keep_snapshot(s, %s, '{}', 'bench') from public.sessions s where s.id = %s",
        (Jsonb(calm), session),
    )
    claims = json.dumps({"role": "anon", "session_id": str(session), "event_id": str(version.event_id)})
    owner.execute("select set_config('request.jwt.claims', %s, false)", (claims,))
    own: list[float] = []
    floor: list[float] = []
    whole: list[float] = []
    for _ in range(ground.sizes.rounds * 2):
        pure = timed(lambda: compose(resolve(document, _FACTS).policy, snippets, budget_tokens=4000))
        with owner.transaction(force_rollback=True):
            own.append(
                timed(owner.execute, "select private.guard('hold', %s)", (Jsonb({"listing_id": listing}),))
            )
        with owner.transaction(force_rollback=True):
            floor.append(timed(owner.execute, _FLOOR, {"session": session, "line": "x" * 400}))
        whole.append(pure + own[-1])
    found.add("guard (allowed)", own, floor=("lock, insert, update", floor))
    found.add(
        "resolve + compose + guard",
        whole,
        floor=("lock, insert, update", floor),
        goal=Goal("p95", "<=", 3),
    )


def _conversation(owner: Owner, version: EventVersion) -> tuple[UUID, int]:
    organization = ensure_organization(owner)
    ids = {"event": version.event_id, "organization": organization}
    owner.execute("create schema if not exists bench")
    owner.execute("create table if not exists bench.lines (session_id uuid not null, line text not null)")
    listing = owner.execute(_LISTING, ids).fetchone()
    session = owner.execute(
        "insert into public.sessions (event_id, organization_id, version_id) values (%s, %s, %s) returning id",
        (version.event_id, organization, version.id),
    ).fetchone()
    assert listing is not None
    assert session is not None
    return session[0], listing[0]


def _fill_log(owner: Owner, version: EventVersion, document: Document, sessions: int) -> None:
    """Conversations of twenty campaigns, each with decisions that a policy took. Their chains are not what is measured."""
    values = {
        "event": version.event_id,
        "organization": ensure_organization(owner),
        "version": version.id,
        "sessions": sessions,
        "each": _PER_SESSION,
        "policy": Jsonb(dict(resolve(document, SessionFacts()).policy)),
    }
    owner.execute(_LOG, values)
    owner.execute("analyze public.receipts, public.policy_snapshots")


async def _replayed(ground: Ground, found: Findings, document: Document, decisions: int) -> None:
    """A proposal in which one of the campaigns may do less."""
    less = {**document["policy"]["profiles"][-1], "key": "less", "priority": 999}
    less |= {
        "match": {"utm": {"campaign": ["c3"]}},
        "tool_policy": {"allowed": [], "confirm": [], "idempotent": []},
    }
    proposed = {
        **document,
        "policy": {**document["policy"], "profiles": [*document["policy"]["profiles"], less]},
    }
    own: list[float] = []
    floor: list[float] = []
    flipped = 0
    for _ in range(3):
        async with ground.database.as_system("a benchmark replays a proposal") as ctx:
            event = await events.get_event(ctx, slug=SLUG)
            began = perf_counter()
            seen = await service.replay(
                ctx, event_id=event.id, document=proposed, opening=lambda told, _: facts_from(told)
            )
            own.append(seen.decisions / (perf_counter() - began))
            flipped = seen.to_json()["flipped"]
            began = perf_counter()
            await (
                await ctx.conn.execute("select * from public.receipts where event_id = %s", (event.id,))
            ).fetchall()
            floor.append(decisions / (perf_counter() - began))
    found.add(
        f"replay over {decisions:,} decisions", own, "/s", floor=("reading their rows", floor),
        note=f"{flipped:,} would flip",
    )  # fmt: skip
