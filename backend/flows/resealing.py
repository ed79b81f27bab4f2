"""Seals everything anew with the first key of `MPAX_SEAL_KEYS`, so that the others can be thrown away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from backend.adapters.sealing import Sealer
from backend.core.db import Database
from backend.core.errors import Conflict
from backend.domains.policy import sealed as texts
from backend.domains.policy.sealed import Sealed

_AT_ONCE: Final = 200


@dataclass(slots=True)
class Resealed:
    """How many texts were looked at and sealed anew, by kind; `lost` fit no key."""

    seen: int = 0
    renewed: Counter[str] = field(default_factory=Counter[str])
    lost: list[Sealed] = field(default_factory=list[Sealed])


async def rotate(
    database: Database, sealer: Sealer, *, tell: Callable[[Resealed], None] = lambda _: None
) -> Resealed:
    """Goes through every sealed text, page by page. May be interrupted and begun again. Raises: Busy `core.not_configured`."""
    done, last = Resealed(), None
    while True:
        async with database.as_system("seal everything anew with the first key") as ctx:
            page = await texts.list_sealed(ctx, after=last, limit=_AT_ONCE)
            for one in page:
                done.seen += 1
                try:
                    if sealer.is_old(one.sealed) and await texts.reseal(
                        ctx, old=one, sealed=sealer.renewed(one.sealed)
                    ):
                        done.renewed[one.kind] += 1
                except Conflict:
                    done.lost.append(one)
        if not page:
            return done
        last = page[-1]
        tell(done)
