"""Whether seals are all there, and seal all that they have to. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.domains.policy.chain import GENESIS, Broken


@dataclass(frozen=True, slots=True)
class Seal:
    """One seal as it was noted somewhere else, or as the last one is."""

    organization_id: UUID
    n: int
    sha256: str


def check_end(last: Seal, kept: Seal | None) -> Iterator[Broken]:
    """Whether the last seal is the last that was made, as the organization's row keeps it; None where that is gone."""
    if kept is None or (kept.n, kept.sha256) == (last.n, last.sha256 or GENESIS):
        return
    if kept.n > last.n:
        yield Broken("seals_cut", last.organization_id, None, last.n + 1, f"{last.n + 1} to {kept.n}")
    else:
        yield Broken("seal_end_differs", last.organization_id, None, last.n, "", last.sha256, kept.sha256)


def check_noted(noted: Seal, found: str | None) -> Iterator[Broken]:
    """Whether a seal noted earlier is there and is the same."""
    if found is None:
        yield Broken("noted_seal_gone", noted.organization_id, None, noted.n, "", "", noted.sha256)
    elif found != noted.sha256:
        yield Broken("noted_seal_differs", noted.organization_id, None, noted.n, "", found, noted.sha256)


def check_sealed(
    receipts: Sequence[Mapping[str, Any]],
    *,
    organization_id: UUID,
    session_id: UUID,
    sealed: int,
    since: datetime | None,
    until: datetime,
) -> Iterator[Broken]:
    """Receipts between two moments that no seal covers, where seals cover the first `sealed`."""
    late = [
        receipt["n"]
        for receipt in receipts
        if receipt["n"] > sealed
        and receipt["created_at"] < until
        and (since is None or receipt["created_at"] >= since)
    ]
    if late:
        yield Broken("not_sealed", organization_id, session_id, late[0], f"{late[0]} to {late[-1]}")
