"""What a proposed policy would have made of decisions that were taken: counts and flips. Pure.

A verdict is compared with a verdict: what the conversation's own policy says of a call, and what the proposed one says of
the same call, both asked of `private.policy_verdict` without kill switches. Circumstances (a listing that was gone, a
stale yes, a switch that was on) are left out, for no policy makes them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from backend.domains.events.model import Document
from backend.domains.policy.model import DEFAULT, Outcome, SessionFacts
from backend.domains.policy.profiles import resolve

#: How many flips of each kind are listed; all are counted.
MOST_LISTED: Final = 50
#: From what hurts most to what hurts least.
KINDS: Final = (
    *(("allow", "deny"), ("confirm", "deny"), ("deny", "allow")),
    *(("confirm", "allow"), ("deny", "confirm"), ("allow", "confirm")),
)
_POLICYS_OWN: Final = frozenset({"policy.denied", "policy.confirmation_needed"})
_SWITCHES: Final = frozenset({"ai_off", "mutating_tools_off", "force_strict"})

#: Verb, origin, and whether the buyer's yes came with it.
Call: TypeAlias = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class Decision:
    """A receipt, as far as a replay needs it. `policy_sha256` names the snapshot it was taken under."""

    session_id: UUID
    n: int
    created_at: datetime
    verb: str
    origin: str
    verdict: str
    reasons: tuple[str, ...]
    policy_sha256: str
    has_confirmation: bool

    @property
    def call(self) -> Call:
        return self.verb, self.origin, self.has_confirmation

    @property
    def is_of_policy(self) -> bool:
        """Whether a policy decided it, and not the circumstances."""
        codes = {reason for reason in self.reasons if "." in reason}
        return bool(self.policy_sha256) and codes <= _POLICYS_OWN and _SWITCHES.isdisjoint(self.reasons)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `private.policy_verdict` says."""

    verdict: str
    reasons: tuple[str, ...] = ()


@dataclass(slots=True)
class Replay:
    """Counts as it goes, in memory that does not grow with the log."""

    decisions: int = 0
    left_out: int = 0
    since: datetime | None = None
    until: datetime | None = None
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    tools: Counter[tuple[str, str, str]] = field(default_factory=Counter[tuple[str, str, str]])
    profiles: Counter[tuple[str, str, bool]] = field(default_factory=Counter[tuple[str, str, bool]])
    flips: dict[tuple[str, str], list[dict[str, Any]]] = field(
        default_factory=dict[tuple[str, str], list[dict[str, Any]]]
    )

    def leave_out(self) -> None:
        self.left_out += 1

    def note(
        self, decision: Decision, *, before: Verdict, after: Verdict, profile_before: str, profile_after: str
    ) -> None:
        """One decision under both policies."""
        at, kind = decision.created_at, (before.verdict, after.verdict)
        self.decisions += 1
        self.since = min(self.since or at, at)
        self.until = max(self.until or at, at)
        self.kinds[kind] += 1
        self.tools[decision.verb, *kind] += 1
        is_flip = before.verdict != after.verdict
        self.profiles[profile_before, profile_after, is_flip] += 1
        listed = self.flips.setdefault(kind, []) if is_flip else []
        if is_flip and len(listed) < MOST_LISTED:
            listed.append(
                {
                    "session_id": str(decision.session_id),
                    "n": decision.n,
                    "at": at.isoformat(),
                    "verb": decision.verb,
                    "origin": decision.origin,
                    "before": before.verdict,
                    "after": after.verdict,
                    "reasons": list(after.reasons),
                    "profile_before": profile_before,
                    "profile_after": profile_after,
                }
            )

    def to_json(self) -> dict[str, Any]:
        """For the gate and the API; the same log and proposal give the same bytes."""
        flipped = {kind: self.kinds[kind] for kind in KINDS if self.kinds[kind]}
        return {
            "decisions": self.decisions,
            "left_out": self.left_out,
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "flipped": sum(flipped.values()),
            "flips": {f"{before}_to_{after}": count for (before, after), count in flipped.items()},
            "by_verb": [self._verb(verb) for verb in sorted({key[0] for key in self.tools})],
            "by_profile": [self._profile(*pair) for pair in sorted({key[:2] for key in self.profiles})],
            "examples": [flip for kind in KINDS for flip in self.flips.get(kind, ())],
        }

    def _verb(self, verb: str) -> dict[str, Any]:
        counts = {f"{b}_to_{a}": self.tools[verb, b, a] for b, a in KINDS if self.tools[verb, b, a]}
        total = sum(count for key, count in self.tools.items() if key[0] == verb)
        return {"verb": verb, "decisions": total, "flips": counts}

    def _profile(self, before: str, after: str) -> dict[str, Any]:
        same, flipped = self.profiles[before, after, False], self.profiles[before, after, True]
        return {"before": before, "after": after, "decisions": same + flipped, "flipped": flipped}


def caught(document: Document, visits: Iterable[SessionFacts]) -> dict[str, Any]:
    """How many of these conversations each profile would have got, and how many it matches but loses to a higher one."""
    chosen: Counter[str] = Counter()
    outranked: Counter[str] = Counter()
    total = 0
    for facts in visits:
        resolved = resolve(document, facts)
        total += 1
        chosen[resolved.profile] += 1
        outranked.update(step.profile for step in resolved.trace if step.outcome is Outcome.OUTRANKED)
    keys = [profile["key"] for profile in (document.get("policy") or {}).get("profiles", ())]
    counts = [{"profile": k, "caught": chosen[k], "outranked": outranked[k]} for k in (*keys, DEFAULT)]
    return {"sessions": total, "profiles": counts}


def call_json(policy: int, call: Call) -> dict[str, Any]:
    """A call as `private.policy_verdict` takes it, with the place of its policy in a list."""
    verb, origin, confirmed = call
    return {"policy": policy, "verb": verb, "origin": origin, "has_confirmation": confirmed}


def verdict_of(found: Mapping[str, Any]) -> Verdict:
    reasons: Sequence[str] = found.get("reasons") or ()
    return Verdict(found["verdict"], tuple(reasons))
