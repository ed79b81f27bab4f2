"""What a set of listings is like, packed by the database and counted here: which values they have, and their numbers.

Pure. A share is whole while few fit; of many it is an even part, the same one for the same listings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from backend.domains.catalogue.model import FacetValue

SLOTS: Final = ("price", "year", "mileage", *(f"n{n}" for n in range(1, 9)))
_BITS_ROW, _NUMBERS_ROW = 36, 4 * len(SLOTS)


@dataclass(frozen=True, slots=True)
class Share:
    """Rows of the search index. `bits` has a column per facet bit; `numbers` are NaN where a listing has none.

    Shape: bits (rows, 256), each of numbers (rows,). `matches` counts all that the rows stand for.
    """

    matches: int
    bits: NDArray[np.bool_]
    numbers: Mapping[str, NDArray[np.float32]]
    _counts: list[int] = field(default_factory=list[int], init=False, repr=False, compare=False)

    @classmethod
    def unpacked(cls, matches: int, bits: bytes, numbers: bytes) -> Share:
        """From the two packed columns of `private.find_listings`."""
        rows = np.frombuffer(bits, np.uint8).reshape(-1, _BITS_ROW)[:, 4:]
        values = np.frombuffer(numbers, ">f4").reshape(-1, len(SLOTS)).astype(np.float32)
        return cls(
            matches,
            np.unpackbits(rows, axis=1).astype(np.bool_),
            {slot: values[:, at] for at, slot in enumerate(SLOTS)},
        )

    @property
    def rows(self) -> int:
        return len(self.bits)

    @property
    def is_whole(self) -> bool:
        return self.rows == self.matches

    def count(self, facet: FacetValue) -> int:
        """How many of the rows have a value; 0 for one too rare to have a bit."""
        if not self._counts:  # of all bits at once, when the first is asked for
            self._counts.extend(np.count_nonzero(self.bits, axis=0).tolist())
        return 0 if facet.bit is None else self._counts[facet.bit]

    def known(self, slot: str) -> NDArray[np.float32]:
        """The known numbers of a column, ascending."""
        column = self.numbers[slot]
        return np.sort(column[~np.isnan(column)])

    def estimated(self, rows: int) -> int:
        """How many of all that fit so many rows stand for; exact where the share is whole."""
        return rows if self.is_whole or not self.rows else round(rows * self.matches / self.rows)
