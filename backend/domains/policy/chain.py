"""Whether receipts are what they were: hashes recomputed without the database's help, and the place where they part. Pure.

A receipt's hash covers the one before it, so that changing, inserting, leaving out or reordering shows at that place. A
chain's end is kept with its conversation, and the ends of all chains under the organization's anchors, whose own end is kept
with the organization. What a receipt is decided by, the snapshot of a policy, has a receipt of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

GENESIS: Final = "0" * 64
FIELDS: Final = (
    *("previous", "session_id", "n", "created_at", "event_id", "organization_id", "version_id", "turn", "verb", "origin"),
    *("verdict", "reasons", "inputs_sha256", "policy_sha256", "confirmation"),
)  # fmt: skip
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ALPHABETS: Final = {
    **dict.fromkeys(("previous", "inputs_sha256", "policy_sha256"), "0123456789abcdef"),
    **dict.fromkeys(("session_id", "event_id", "organization_id", "version_id", "confirmation"), "0123456789abcdef"),
    **dict.fromkeys(("n", "created_at", "turn"), "0123456789"),
    **dict.fromkeys(("verb", "origin", "verdict"), "abcdefghijklmnopqrstuvwxyz_"),
    "reasons": "abcdefghijklmnopqrstuvwxyz0123456789_.:-,",
}  # fmt: skip
_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "verdict": ("allow", "confirm", "deny"),
    "origin": ("buyer", "guide", "job"),
    "confirmation": ("",),
}


@dataclass(frozen=True, slots=True)
class Broken:
    """One place where the records are not what they were. `n` counts receipts, or anchors where there is no session."""

    code: str
    organization_id: UUID
    session_id: UUID | None
    n: int
    place: str = ""
    found: str = ""
    expected: str = ""


def microseconds(moment: datetime) -> int:
    """Since 1970, exactly."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def parts(receipt: Mapping[str, Any]) -> dict[str, str]:
    """What is hashed, field by field, in its order."""
    written = {name: receipt[name] for name in FIELDS}
    written["created_at"] = microseconds(receipt["created_at"])
    # joined by commas: one with a comma in it is none of the product's, and does not pass for two
    written["reasons"] = ",".join(str(reason).replace(",", ";") for reason in receipt["reasons"])
    written["confirmation"] = receipt["confirmation"] or ""
    return {name: str(value) for name, value in written.items()}


def hashed(written: Mapping[str, str]) -> str:
    """The hash of a receipt's fields."""
    return hashlib.sha256("\n".join(written.values()).encode()).hexdigest()


def anchor_sha256(anchor: Mapping[str, Any]) -> str:
    """The hash of one seal over an organization's chains."""
    heads = sorted((str(session), int(head[0]), str(head[1])) for session, head in anchor["heads"].items())
    lines = [
        anchor["previous"],
        anchor["organization_id"],
        anchor["n"],
        microseconds(anchor["created_at"]),
        microseconds(anchor["sealed_until"]),
        *(f"{session} {n} {sha256}" for session, n, sha256 in heads),
    ]
    return hashlib.sha256("\n".join(map(str, lines)).encode()).hexdigest()


def check_chain(
    receipts: Sequence[Mapping[str, Any]],
    *,
    organization_id: UUID,
    session_id: UUID,
    head: tuple[int, str] | None,
) -> Iterator[Broken]:
    """Every place where one conversation's chain is broken; `receipts` in their order, `head` as its row keeps it.

    `head` is None where the conversation's row is gone. Only conversations in which something happened are asked about.
    """

    def broken(code: str, n: int, place: str = "", found: str = "", expected: str = "") -> Broken:
        return Broken(code, organization_id, session_id, n, place, found, expected)

    last, before = 0, GENESIS
    for receipt in receipts:
        n = receipt["n"]
        if n != last + 1:
            yield broken("receipts_missing", last + 1, f"{last + 1} to {n - 1}")
        elif receipt["previous"] != before:
            yield broken("not_after_the_one_before", n, "previous", receipt["previous"], before)
        yield from _own_hash(receipt, broken)
        last, before = n, receipt["sha256"]
    if head is None:
        yield broken("conversation_gone", last)
    elif head[0] == 0 and not receipts:
        yield broken("nothing_written", 0)
    elif head[0] > last:
        yield broken("end_missing", last + 1, f"{last + 1} to {head[0]}")
    elif head[0] < last:
        yield broken("more_than_were_written", head[0] + 1, f"{head[0] + 1} to {last}")
    elif head[1] != before:
        yield broken("end_differs", last, "sha256", before, head[1])


def _own_hash(receipt: Mapping[str, Any], broken: Any) -> Iterator[Broken]:
    written = parts(receipt)
    if (computed := hashed(written)) == receipt["sha256"]:
        return
    for name, value in _as_it_was(written, receipt["sha256"]):
        yield broken("field_changed", receipt["n"], name, written[name], value)
        return
    if sum(a != b for a, b in zip(computed, receipt["sha256"], strict=False)) <= 1:
        yield broken("field_changed", receipt["n"], "sha256", receipt["sha256"], computed)
    else:
        yield broken("content_changed", receipt["n"], "", receipt["sha256"], computed)


def _as_it_was(written: Mapping[str, str], sha256: str) -> Iterator[tuple[str, str]]:
    """Which one field, changed in one place or to another word, gives the hash that was kept."""
    for name in FIELDS:
        for value in _near(name, written[name]):
            if hashed({**written, name: value}) == sha256:
                yield name, value


def _near(name: str, value: str) -> Iterator[str]:
    yield from _WORDS.get(name, ())
    for at in range(len(value)):
        for letter in _ALPHABETS[name]:
            if letter != value[at]:
                yield value[:at] + letter + value[at + 1 :]


def check_anchors(anchors: Sequence[Mapping[str, Any]], *, from_the_beginning: bool) -> Iterator[Broken]:
    """Every place where an organization's chain of seals is broken."""
    last, before = (
        (0, GENESIS) if from_the_beginning or not anchors else (anchors[0]["n"] - 1, anchors[0]["previous"])
    )
    for anchor in anchors:
        owner, n = anchor["organization_id"], anchor["n"]
        if n != last + 1:
            yield Broken("anchors_missing", owner, None, last + 1, f"{last + 1} to {n - 1}")
        elif anchor["previous"] != before:
            yield Broken(
                "anchor_not_after_the_one_before", owner, None, n, "previous", anchor["previous"], before
            )
        if (computed := anchor_sha256(anchor)) != anchor["sha256"]:
            yield Broken("anchor_changed", owner, None, n, "", anchor["sha256"], computed)
        last, before = n, anchor["sha256"]


def check_heads(anchor: Mapping[str, Any], known: Mapping[UUID, Mapping[int, str]]) -> Iterator[Broken]:
    """Chains that are shorter or other than they were when sealed; `known` has the hash of each receipt asked for."""
    for session, (n, sha256) in anchor["heads"].items():
        found = known.get(UUID(session), {}).get(int(n))
        if found != sha256:
            code = "sealed_receipts_gone" if found is None else "sealed_receipt_differs"
            place = f"anchor {anchor['n']}"
            yield Broken(code, anchor["organization_id"], UUID(session), int(n), place, found or "", sha256)
