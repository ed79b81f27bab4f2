"""The words of policy: what is known of a conversation, what it may do, and why. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, TypeAlias

from backend.domains.events import verbs
from backend.domains.events.verbs import verb_of, verb_of_action

__all__ = ["verb_of", "verb_of_action"]

#: What a conversation may see and do, as plain JSON: stored with its snapshot, read by the guard in the database.
#: `profile`, `autonomy`, `compliance`, `tools` (only allowed ones, each `name, verb, is_mutating, confirm, idempotent`),
#: `context` (`sources, retrieval_limit, citations`), `context_tokens`, `snapshot_minutes`.
Policy: TypeAlias = Mapping[str, Any]

READING: Final = frozenset(verbs.READING)
ACTING: Final = frozenset(verbs.ACTING)
#: Taking back what one did, asking for a person, saying how it was: no profile can take these from a buyer.
RIGHTS: Final = ("release", "withdraw", "hand_off", "survey")

#: The key of the policy that holds where no profile matches. No profile may be called so.
DEFAULT: Final = "default"
#: What a buyer must have agreed to before a cookie's segments count. Source: 003 §14, question 2.
SEGMENTS_NEED: Final = "personalization"

UTM: Final = ("source", "medium", "campaign", "term", "content")
CONSENTS: Final = ("functional", "analytics", "personalization", "marketing")


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What is known of a conversation when its policy is resolved. Said by the browser: it chooses, it grants nothing.

    `utm` by short name (`source`, not `utm_source`); `answers` by the key of the question.
    """

    utm: Mapping[str, str] = field(default_factory=dict[str, str])
    consent: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    answers: Mapping[str, str] = field(default_factory=dict[str, str])
    locale: str = ""
    channel: str = "web"

    def to_json(self) -> dict[str, Any]:
        """As it is stored with the snapshot; the same facts give the same text."""
        return {
            "utm": dict(sorted(self.utm.items())),
            "consent": sorted(self.consent),
            "segments": sorted(self.segments),
            "answers": dict(sorted(self.answers.items())),
            "locale": self.locale,
            "channel": self.channel,
        }


class Outcome(StrEnum):
    """What became of a profile: `outranked` ones match too, and stand behind the chosen one."""

    CHOSEN = "chosen"
    OUTRANKED = "outranked"
    MISSED = "missed"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of a profile's match rules and whether it holds: `on` is `utm.source`, `wanted` what it asks for."""

    code: str
    holds: bool
    on: str = ""
    wanted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One profile as it was looked at, in the order of looking: highest priority first, ties by key."""

    profile: str
    name: str
    priority: int
    outcome: Outcome
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolved:
    """The policy of a conversation and why it is this one. `profile` is a key, or `default` where none matched."""

    policy: Policy
    profile: str
    trace: tuple[Step, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "profile": self.profile,
            "policy": dict(self.policy),
            "trace": [step_json(step) for step in self.trace],
        }


def step_json(step: Step) -> dict[str, Any]:
    """A step of the trace as JSON."""
    reasons = [{"code": r.code, "holds": r.holds, "on": r.on, "wanted": list(r.wanted)} for r in step.reasons]
    named = {"profile": step.profile, "name": step.name, "priority": step.priority}
    return {**named, "outcome": str(step.outcome), "reasons": reasons}
