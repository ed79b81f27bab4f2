"""The migration of an event, where it needs one: indexes on numbers that search keeps no column for. Pure.

Listings keep their own facts in `specs`, so that a new attribute needs no new column. Search limits price, year, mileage and
eight numbers more; from the ninth on, a number is shown and compared, and read through the data interface only. There an index
makes it fast. Identifiers are made from checked names; nothing of a seller's text is in the statement.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final

from backend.domains.blueprints.behavior.catalogue import NUMERIC_SLOTS
from backend.domains.events.model import field_name

_NAME: Final = re.compile(r"specs\.([a-z][a-z0-9_]{0,79})")
_LONGEST: Final = 63  # bytes of an identifier in Postgres
_HEAD: Final = """\
-- {event}: numbers beyond the {slots} that search keeps columns for. Optional: it makes range queries on them fast through the
-- data interface (specs->{first}=gte.4) and changes nothing else. Runs again without harm. Apply it after somebody has read it.
"""
_INDEX: Final = """\
create index if not exists {index} on public.listings (event_id, (specs -> '{name}')) where specs ? '{name}';
"""


def index_migration(document: Mapping[str, Any]) -> str | None:
    """The statements, or None where search has room for every number of the event."""
    names = late_numbers(document)
    if not names:
        return None
    head = _HEAD.format(event=document["id"], slots=NUMERIC_SLOTS, first=names[0])
    return head + "".join(_INDEX.format(index=_index_name(name), name=name) for name in names)


def late_numbers(document: Mapping[str, Any]) -> list[str]:
    """Names in `specs` of the numbers after those that search takes, in the order the document declares them."""
    numbers = [
        field_name(each["name"]) for each in document["catalogue"]["attributes"] if each["kind"] == "number"
    ]
    own = [found[1] for name in numbers if (found := _NAME.fullmatch(name))]
    return own[NUMERIC_SLOTS:]


def _index_name(name: str) -> str:
    """The same for every event that has the attribute: one index serves them all."""
    whole = f"listings_specs_{name}"
    mark = hashlib.sha256(name.encode()).hexdigest()[:8]
    return whole if len(whole) <= _LONGEST else f"{whole[: _LONGEST - 9]}_{mark}"
