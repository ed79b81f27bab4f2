"""Whether the policies that receipts name are there, and are what they were. Pure.

Each snapshot has a receipt over all its columns: a policy that was rewritten together with its own hash differs from it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from backend.domains.policy.chain import Broken, microseconds

_VERB: Final = "policy"
_REASON: Final = "snapshot_"


def snapshot_sha256(kept: Mapping[str, Any]) -> str:
    """The hash that a snapshot's receipt has; `policy`, `facts` and `trace` are texts as Postgres writes them."""
    fields = [
        *(kept[name] for name in ("session_id", "number", "event_id", "organization_id", "version_id", "profile")),
        *(kept[name] for name in ("policy", "sha256", "facts")),
        "sealed" if kept["is_sealed"] else "",
        kept["trace"],
        kept["reason"],
        microseconds(kept["created_at"]),
        microseconds(kept["expires_at"]),
    ]  # fmt: skip
    lines = (f"{len(str(field).encode())}:{field}" for field in fields)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def check_snapshots(
    receipts: Sequence[Mapping[str, Any]],
    *,
    organization_id: UUID,
    session_id: UUID,
    before: Mapping[int, Mapping[str, Any]],
    after: Mapping[int, Mapping[str, Any]],
) -> Iterator[Broken]:
    """Every snapshot of one conversation that is not what its receipts say; by number, as read before and after them.

    Twice, for a conversation goes on meanwhile: what was there before has its receipt, what a receipt names is there after.
    """

    def broken(code: str, n: int, place: str, found: str = "", expected: str = "") -> Broken:
        return Broken(code, organization_id, session_id, n, place, found, expected)

    given = _given(receipts)
    for number, kept in before.items():
        place = f"policy snapshot {number}"
        if hashlib.sha256(kept["policy"].encode()).hexdigest() != kept["sha256"]:
            yield broken("policy_changed", number, place)
        elif number not in given:
            yield broken("snapshot_added", number, place)
        elif (computed := snapshot_sha256(kept)) != given[number]:
            yield broken("snapshot_changed", number, place, computed, given[number])
    for number in given:
        if number not in after:
            yield broken("snapshot_gone", number, f"policy snapshot {number}")
    known = {"", *(kept["sha256"] for kept in after.values())}
    for receipt in receipts:
        if (named := receipt["policy_sha256"]) not in known:
            known.add(named)  # told once, with the first that names it
            yield broken("policy_unknown", receipt["n"], "policy_sha256", named)


def _given(receipts: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    given: dict[int, str] = {}
    for receipt in receipts:
        reason = "".join(receipt["reasons"])
        number = reason.removeprefix(_REASON)
        if receipt["verb"] == _VERB and reason.startswith(_REASON) and number.isdecimal():
            given.setdefault(int(number), receipt["inputs_sha256"])
    return given
