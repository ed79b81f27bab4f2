"""Where a fact of a listing comes from: a cell of the seller's list, a field of a feed, a place in a report. Pure.

What is malformed counts as unknown, and a confidence that is none as none at all: nothing becomes surer by being broken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final, Literal, TypeAlias

from backend.domains.catalogue.model import Listing
from backend.domains.discovery.phrasing import ENGLISH, phrase
from backend.kit.quoting import visible

Box: TypeAlias = tuple[float, float, float, float]
_CERTAIN: Final = 0.995
_LONGEST: Final = 200
_FARTHEST: Final = 100_000.0  # points: larger than any page


@dataclass(frozen=True, slots=True)
class Origin:
    """`row` and `column` are of a list or feed; `file`, `page` and `box` of a report.

    `box` is x0, y0, x1, y1. Unit: points from the top left corner, as the page is shown.
    """

    kind: Literal["cell", "field", "report"]
    row: int | None = None
    column: str = ""
    written: str = ""
    is_ruled: bool = False  # no column says it, but a rule of the mapping
    file: str = ""
    page: int | None = None
    box: Box | None = None
    confidence: float = 1.0

    def place(self) -> dict[str, Any]:
        """The place as JSON, without what is not known of it. Shape: `{kind, row, column}` or `{kind, file, page, box}`."""
        names = ("file", "page", "box") if self.kind == "report" else ("row", "column")
        known = {name: value for name in names if (value := getattr(self, name)) not in (None, "")}
        return {"kind": self.kind, **known}


def origin_of(listing: Listing, field: str) -> Origin | None:
    """Where a fact comes from; None where nobody knows."""
    told = listing.provenance
    read = _mapping(told.get("fields")).get(field)
    if isinstance(read, Mapping) and read:
        return _reported(read)  # pyright: ignore[reportUnknownArgumentType]
    if listing.source_row is None:
        return None
    columns = _mapping(told.get("columns"))
    return Origin(
        "field" if told.get("is_feed") is True else "cell",
        listing.source_row,
        str(columns.get(field, "")),
        str(_mapping(told.get("raw")).get(field, "")),
        bool(columns) and field not in columns,
    )


def in_words(origin: Origin | None, language: str = ENGLISH) -> str:
    """`row 14, column “Asking” of the seller's list`, `from the condition report, page 2`."""
    if origin is None:
        return phrase(language, "source.seller")
    if origin.kind == "report":
        page = phrase(language, "source.page", page=origin.page) if origin.page else ""
        return phrase(language, "source.report") + page
    whole, part = ("row", "cell") if origin.kind == "cell" else ("record", "field")
    told = phrase(
        language, f"source.{part if origin.column else whole}", row=origin.row, column=origin.column
    )
    ruled = phrase(language, "source.rule") if origin.is_ruled else ""
    written = phrase(language, "source.written", text=origin.written) if origin.written else ""
    return f"{told}{ruled}{written}"


def with_confidence(source: str, confidence: float, language: str = ENGLISH) -> str:
    """A source in words with how sure it is, where that is less than certain."""
    if confidence >= _CERTAIN:
        return source
    return phrase(language, "source.sure", source=source, percent=round(confidence * 100))


def _reported(read: Mapping[str, Any]) -> Origin:
    name = " ".join(visible(str(read.get("source") or "")).split())[:_LONGEST]
    page = read.get("page")
    return Origin(
        "report",
        file=PurePosixPath(name.replace("\\", "/")).name,
        page=page if isinstance(page, int) and not isinstance(page, bool) and page > 0 else None,
        box=_box(read.get("box")),
        confidence=_share(read.get("confidence", 1.0)),
    )


def _share(value: Any) -> float:
    return float(value) if _is_number(value) and 0 <= value <= 1 else 0.0


def _box(sides: Any) -> Box | None:
    if not isinstance(sides, list | tuple) or len(sides) != 4 or not all(map(_is_number, sides)):  # pyright: ignore[reportUnknownArgumentType]
        return None
    x0, y0, x1, y1 = (float(side) for side in sides)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return (x0, y0, x1, y1) if x0 <= x1 and y0 <= y1 else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _FARTHEST


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}  # pyright: ignore[reportUnknownVariableType]
