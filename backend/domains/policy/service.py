"""Looks back over what was decided: receipts page by page, recent visits, a proposal replayed over the log.

Nothing is decided and nothing changed here; rows that the actor may not see are not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from backend.core.context import Context
from backend.core.errors import InvalidInput, NotFound
from backend.domains.events.model import Document
from backend.domains.policy import queries
from backend.domains.policy.keeping import Kept
from backend.domains.policy.model import Policy, Resolved, SessionFacts
from backend.domains.policy.profiles import resolve
from backend.domains.policy.replaying import Call, Decision, Replay, Verdict, call_json, verdict_of
from backend.kit.canonical_json import canonical

MOST_DECISIONS: Final = 100_000
MOST_VISITS: Final = 5_000
_PAGE: Final = 5_000
#: What a snapshot kept of a visit, as facts again: the caller alone can open what is sealed.
Opening: TypeAlias = Callable[[Mapping[str, Any], str | None], SessionFacts]
Place: TypeAlias = tuple[datetime, UUID, int]


@dataclass(frozen=True, slots=True)
class Switches:
    """Kill switches of an event and of its organization; what is on in either is on."""

    event: Mapping[str, bool]
    organization: Mapping[str, bool]

    @property
    def on(self) -> dict[str, bool]:
        return {name: is_on or bool(self.organization.get(name)) for name, is_on in self.event.items()}


async def switches(ctx: Context, *, event_id: UUID) -> Switches:
    """Raises: NotFound `events.not_found`."""
    row = await queries.kills_of(ctx.conn, event_id=event_id)
    if row is None:
        raise NotFound("events.not_found", event_id=str(event_id))
    return Switches(row["event"], row["organization"])


async def find_kept_of(ctx: Context, *, session_id: UUID) -> Kept | None:
    """The newest policy of any conversation the actor, one of staff, may see."""
    row = await queries.find_snapshot(ctx.conn, session_id=session_id)
    return Kept(**row) if row else None


async def verdicts(ctx: Context, *, policy: Policy, calls: Sequence[Call]) -> list[Verdict]:
    """What a policy says of calls, in their order, without kill switches."""
    asked = [call_json(0, call) for call in calls]
    found = await queries.verdicts(ctx.conn, policies=[policy], calls=asked)
    return [verdict_of(one) for one in found]


async def list_receipts(
    ctx: Context,
    *,
    event_id: UUID,
    session_id: UUID | None = None,
    verdict: str | None = None,
    verb: str | None = None,
    before: Place | None = None,
    limit: int = 100,
) -> list[dict[str, Any]]:
    """Receipts of an event, newest first."""
    return await queries.list_receipts(
        ctx.conn, event_id=event_id, session_id=session_id, verdict=verdict, verb=verb, before=before, limit=limit
    )  # fmt: skip


async def recent_visits(
    ctx: Context, *, event_id: UUID, opening: Opening, limit: int = 500
) -> list[SessionFacts]:
    """The facts of the latest conversations, each once.

    Raises: InvalidInput `policy.too_many` above the limit.
    """
    if not 0 < limit <= MOST_VISITS:
        raise InvalidInput("policy.too_many", limit=MOST_VISITS)
    rows = await queries.list_snapshots(ctx.conn, event_id=event_id, limit=limit)
    seen: dict[UUID, SessionFacts] = {}
    for row in rows:
        if row["session_id"] not in seen:
            seen[row["session_id"]] = opening(row["facts"], row["sealed_facts"])
    return list(seen.values())


async def replay(
    ctx: Context, *, event_id: UUID, document: Document, opening: Opening, most: int = MOST_DECISIONS
) -> Replay:
    """The latest decisions of an event under the policies of a proposed document. Reads page by page, whatever the size.

    Raises: InvalidInput `policy.too_many` above the limit.
    """
    if not 0 < most <= MOST_DECISIONS:
        raise InvalidInput("policy.too_many", limit=MOST_DECISIONS)
    known, replayed = _Known(ctx, event_id, document, opening), Replay()
    before: Place | None = None
    while most > 0:
        limit = min(_PAGE, most)
        rows = await queries.list_decisions(ctx.conn, event_id=event_id, before=before, limit=limit)
        decisions = [_decision(row) for row in rows]
        await known.learn([decision for decision in decisions if decision.is_of_policy])
        for decision in decisions:
            known.note(decision, replayed)
        if len(rows) < limit:
            break
        before = (rows[-1]["created_at"], rows[-1]["session_id"], rows[-1]["n"])
        most -= limit
    return replayed


def _decision(row: dict[str, Any]) -> Decision:
    row["reasons"] = tuple(row["reasons"])
    return Decision(**row)


@dataclass(slots=True)
class _Known:
    """What a replay has learned so far. Policies and verdicts are few, however long the log is."""

    ctx: Context
    event_id: UUID
    document: Document
    opening: Opening
    #: Policies by hash; `None` where a snapshot is gone. Proposed ones by the key of their profile.
    kept: dict[str, Policy | None] = field(default_factory=dict[str, "Policy | None"])
    proposed: dict[str, Policy] = field(default_factory=dict[str, Policy])
    #: The proposed profile of a conversation under one of its snapshots.
    of_session: dict[tuple[UUID, str], str] = field(default_factory=dict[tuple[UUID, str], str])
    by_facts: dict[str, Resolved] = field(default_factory=dict[str, Resolved])
    verdicts: dict[tuple[str, str, Call], Verdict] = field(
        default_factory=dict[tuple[str, str, Call], Verdict]
    )

    async def learn(self, decisions: Sequence[Decision]) -> None:
        """Everything that a page of decisions needs, in at most three round trips."""
        fresh = {d.session_id for d in decisions if (d.session_id, d.policy_sha256) not in self.of_session}
        if fresh:
            rows = await queries.list_snapshots(self.ctx.conn, event_id=self.event_id, sessions=list(fresh))
            for row in rows:
                resolved = self._resolved(self.opening(row["facts"], row["sealed_facts"]))
                self.proposed.setdefault(resolved.profile, resolved.policy)
                self.of_session[row["session_id"], row["sha256"]] = resolved.profile
        hashes = {d.policy_sha256 for d in decisions} - self.kept.keys()
        if hashes:
            rows = await queries.list_policies(self.ctx.conn, event_id=self.event_id, sha256s=list(hashes))
            self.kept |= dict.fromkeys(hashes) | {row["sha256"]: row["policy"] for row in rows}
        await self._ask(self._questions(decisions))

    def note(self, decision: Decision, replayed: Replay) -> None:
        policy = self.kept.get(decision.policy_sha256)
        after = self.of_session.get((decision.session_id, decision.policy_sha256))
        if not decision.is_of_policy or policy is None or after is None:
            replayed.leave_out()
            return
        replayed.note(
            decision,
            before=self.verdicts["kept", decision.policy_sha256, decision.call],
            after=self.verdicts["proposed", after, decision.call],
            profile_before=str(policy.get("profile", "")),
            profile_after=after,
        )

    def _resolved(self, facts: SessionFacts) -> Resolved:
        key = canonical(facts.to_json())
        if key not in self.by_facts:
            self.by_facts[key] = resolve(self.document, facts)
        return self.by_facts[key]

    def _questions(self, decisions: Iterable[Decision]) -> dict[tuple[str, str, Call], Policy]:
        asked: dict[tuple[str, str, Call], Policy] = {}
        for decision in decisions:
            policy = self.kept.get(decision.policy_sha256)
            after = self.of_session.get((decision.session_id, decision.policy_sha256))
            if policy is None or after is None:
                continue
            before = ("kept", decision.policy_sha256, decision.call)
            proposed = ("proposed", after, decision.call)
            if before not in self.verdicts:
                asked[before] = policy
            if proposed not in self.verdicts:
                asked[proposed] = self.proposed[after]
        return asked

    async def _ask(self, asked: Mapping[tuple[str, str, Call], Policy]) -> None:
        """Each question once, whatever the number of decisions it is about."""
        if not asked:
            return
        places: dict[tuple[str, str], int] = {}
        policies: list[Policy] = []
        calls: list[dict[str, Any]] = []
        for (side, name, call), policy in asked.items():
            if (side, name) not in places:
                places[side, name] = len(policies)
                policies.append(policy)
            calls.append(call_json(places[side, name], call))
        found = await queries.verdicts(self.ctx.conn, policies=policies, calls=calls)
        self.verdicts |= {key: verdict_of(one) for key, one in zip(asked, found, strict=True)}
