"""Which arm a conversation gets, and which fact counts as its outcome. Pure: the same question, the same answer."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Final
from uuid import UUID

from backend.domains.experiments.model import Experiment

BUCKETS: Final = 10_000

_KINDS: Final = {
    "hold_placed": "hold.placed",
    "first_match": "turn.first_match",
    "lead_shared": "lead.opened",
}


def bucket(key: str, unit_id: UUID) -> int:
    """One of 10,000 equally likely buckets, independent between experiments. Permanent: never change it.

    Source: RFC 7693 (BLAKE2b); the first 64 bits modulo 10,000 are biased by less than 1e-15. A UUID has a fixed
    length, so that key and id cannot run into each other.
    """
    digest = blake2b(key.encode() + unit_id.bytes, digest_size=8).digest()
    return int.from_bytes(digest, "big") % BUCKETS


def assign(experiment: Experiment, unit_id: UUID) -> str:
    """The arm of one unit. Raising the weight of the first arm only moves units into it, never out of it.

    Weights are shares of their sum; an arm without weight gets nobody, and without any weight all get the control.
    """
    arms = experiment["arms"]
    total = sum(arm["weight"] for arm in arms)
    chosen: str = arms[0]["key"]
    drawn = bucket(experiment["key"], unit_id)
    reached = 0.0
    for arm in arms:
        if arm["weight"] <= 0:
            continue
        chosen = arm["key"]
        reached += arm["weight"]
        if drawn < round(BUCKETS * reached / total):
            break
    return chosen


def assign_all(document: Mapping[str, Any], session_id: UUID) -> dict[str, str]:
    """Experiment key → arm key for a new conversation; none where the event's experiments are off."""
    if not document.get("analytics", {}).get("ab_enabled", True):
        return {}
    return {item["key"]: assign(item, session_id) for item in document.get("experiments", ())}


def outcome_of(metric: str) -> tuple[str, str | None]:
    """The kind of fact a metric counts, and the action it must name where the kind is `action.chosen`."""
    kind = _KINDS.get(metric)
    return (kind, None) if kind else ("action.chosen", metric)
