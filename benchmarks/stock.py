"""An event with a given number of listings, brought in by the product's own import, and the same stock for numpy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID, uuid4

import numpy as np
from numpy.typing import NDArray

from backend.core.context import Actor
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.model import CompiledFilters, Filter, Vocabulary, Weights
from benchmarks import corpus
from benchmarks.ground import Ground, scalar
from benchmarks.importing import import_in_process


@dataclass(frozen=True, slots=True)
class Stock:
    """One event that is full."""

    slug: str
    event: UUID
    version: UUID
    listings: int
    vocabulary: Vocabulary
    index: catalogue.Index
    imported: dict[str, Any]

    def compiled(self, filters: Iterable[Filter]) -> CompiledFilters:
        return catalogue.compile_filters(filters, self.index)

    def new_buyer(self, ground: Ground) -> Actor:
        """Somebody in a conversation of the event."""
        session = uuid4()
        with ground.owner() as owner:
            owner.execute(
                "insert into public.sessions (id, event_id, organization_id, version_id) "
                "select %s, e.id, e.organization_id, e.current_version_id from public.events e where e.id = %s",
                (session, self.event),
            )
        return Actor.buyer(session, self.event)


_kept: dict[tuple[str, int], dict[str, Any]] = {}


async def stock_of(ground: Ground, listings: int) -> Stock:
    """Made at the first call of a run, found by the others."""
    slug = f"bench-stock-{listings}"
    version = await ground.publish(slug)
    with ground.owner() as owner:
        there = scalar(owner, "select count(*) from public.listings where event_id = %s", version.event_id)
    if not there:
        with TemporaryDirectory() as folder:
            mapping = Path(folder) / "mapping.yaml"
            mapping.write_text(corpus.MAPPING, "utf-8")
            file = corpus.write_csv(Path(folder) / "stock.csv", listings)
            _kept[ground.owner_dsn, listings] = import_in_process(ground, slug, file, mapping)
        with ground.owner() as owner:
            owner.execute("vacuum analyze")
    async with ground.database.as_system("read the vocabulary for a benchmark") as ctx:
        vocabulary = await catalogue.vocabulary(ctx, event_id=version.event_id)
    imported = _kept.get((ground.owner_dsn, listings), {})
    return Stock(
        slug,
        version.event_id,
        version.id,
        listings,
        vocabulary,
        catalogue.Index(vocabulary),
        imported,
    )


@dataclass(frozen=True, slots=True)
class Arrays:
    """All that decides a ranking, as arrays: what brute force scans."""

    ids: NDArray[np.int64]
    price: NDArray[np.float32]
    year: NDArray[np.int16]
    make: NDArray[np.int32]
    bits: NDArray[np.uint64]  # Shape: (n, 4)
    scarcity: NDArray[np.float32]
    social: NDArray[np.float32]
    vectors: NDArray[np.float32]

    @classmethod
    def of(cls, ground: Ground, stock: Stock) -> Arrays:
        makes = [facet.id for facet in stock.vocabulary.facets if facet.attribute == "make"]
        with ground.owner() as owner, owner.cursor(binary=True) as cursor:
            cursor.execute(
                """
                select s.id, s.price, s.year, (select t from unnest(s.tags) t where t = any(%s) limit 1), s.bits,
                       s.scarcity, s.social, e.embedding
                from private.listing_scan s join public.listing_embeddings e on e.listing_id = s.id
                where s.event_id = %s order by s.id
                """,
                (makes, stock.event),
            )
            rows = cursor.fetchall()
        columns = list(zip(*rows, strict=True))
        # binary forms: bit(256) is a length and 32 bytes, halfvec a dimension, two spare bytes, big-endian halves
        bits = np.frombuffer(b"".join(bytes(value)[4:] for value in columns[4]), ">u8").astype(np.uint64)
        halves = np.frombuffer(b"".join(bytes(value)[4:] for value in columns[7]), ">f2")
        return cls(
            np.array(columns[0], np.int64),
            np.array(columns[1], np.float32),
            np.array(columns[2], np.int16),
            np.array(columns[3], np.int32),
            bits.reshape(-1, 4),
            np.array(columns[5], np.float32),
            np.array(columns[6], np.float32),
            halves.astype(np.float32).reshape(len(rows), -1),
        )


@dataclass(frozen=True, slots=True)
class Query:
    """A search in the terms of both sides."""

    text: str
    vector: NDArray[np.float32]
    limits: dict[str, Any]  # price (low, high), year, make: what there is of them
    mask: NDArray[np.uint64]
    wishes: int

    def selected(self, arrays: Arrays) -> NDArray[np.int64] | None:
        keep: NDArray[np.bool_] | None = None
        if price := self.limits.get("price"):
            keep = (arrays.price >= price[0]) & (arrays.price <= price[1])
            keep &= arrays.year >= self.limits["year"]
        if make := self.limits.get("make"):
            assert keep is not None
            keep &= arrays.make == make
        return None if keep is None else np.flatnonzero(keep)

    def brute_force(
        self, arrays: Arrays, weights: Weights, k: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The exact best `k`: ids and scores, best first."""
        at = self.selected(arrays)
        a = arrays
        score = (a.vectors if at is None else a.vectors[at]) @ self.vector * np.float32(weights.individual)
        if self.wishes:
            had = np.bitwise_count((a.bits if at is None else a.bits[at]) & self.mask).sum(axis=1)
            score += had.astype(np.float32) * np.float32(weights.spec / self.wishes)
        score += (a.scarcity if at is None else a.scarcity[at]) * np.float32(weights.scarcity)
        score += (a.social if at is None else a.social[at]) * np.float32(weights.social)
        k = min(k, len(score))
        best = np.argpartition(-score, k - 1)[:k] if k else np.empty(0, np.int64)
        best = best[np.argsort(-score[best], kind="stable")]
        return (a.ids[best] if at is None else a.ids[at[best]]), score[best]
