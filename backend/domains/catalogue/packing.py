"""Typed rows in the form of the staging table: values in its order, vectors in the binary form of pgvector."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from backend.core.ports import Embedder
from backend.domains.catalogue.model import SLOTS
from backend.domains.catalogue.queries.staging import COLUMNS, Halfvec
from backend.domains.catalogue.rows import TypedRow

_CORE: Final = list(COLUMNS)[3:22]


def pack(
    rows: Sequence[TypedRow],
    facets: Mapping[tuple[str, str], int],
    slots: Mapping[str, str],
    embedder: Embedder,
) -> list[tuple[Any, ...]]:
    """Embeds and packs a batch. `facets` holds the id of every (attribute, value) of the rows."""
    if not rows:
        return []
    names = [slots.get(slot) for slot in SLOTS]
    vectors = embedder.embed([row.prose for row in rows])
    # the binary form of a halfvec: dimension, reserved, then big-endian half floats
    head = embedder.dimension.to_bytes(2, "big") + b"\x00\x00"
    return [
        (
            row.row,
            "changed",
            row.external_id,
            *(row.core.get(name, "" if name == "description" else None) for name in _CORE),
            row.seller,
            row.listed,
            row.specs_json,
            row.media_json,
            json.dumps({"raw": row.raw}, ensure_ascii=False),
            row.sha256,
            *(row.numbers.get(name) if name else None for name in names),
            sorted({facets[facet[:2]] for facet in row.facets}),
            Halfvec(head + vector.astype(">f2").tobytes()),
        )
        for row, vector in zip(rows, vectors, strict=True)
    ]
