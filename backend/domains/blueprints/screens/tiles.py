"""Tiles on a screen: blocks that repeat, found by their prices, and the order of their parts. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from backend.domains.blueprints.model import Evidence
from backend.domains.blueprints.reports.cells import Cell
from backend.domains.blueprints.screens.words import Part, fact_of, part_of

_REACH: Final = 9.0  # how far the parts of a tile lie from its price. Unit: heights of its letters
_PICTURE: Final = 4.0  # room without text from which a picture is taken to stand there. Unit: as above
_MOST_FACTS: Final = 8


@dataclass(frozen=True, slots=True)
class Tile:
    """The parts of a tile in order, the listing fields it shows as key facts, and where the first tile has them."""

    parts: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    places: tuple[tuple[str, Cell], ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class _Piece:
    part: Part
    down: float
    cell: Cell


def tile_of(cells: Sequence[Cell], *, others: Sequence[Cell]) -> Tile:
    """The tile that a screen repeats; nothing where no price and no title of one is seen."""
    anchors = [cell for cell in cells if part_of(cell.text) == "price"]
    anchors = anchors or [cell for cell in cells if part_of(cell.text) == "title"]
    if not anchors:
        return Tile()
    size = median(cell.y1 - cell.y0 for cell in anchors)
    tiles = [_around(anchor, anchors, cells, size) for anchor in anchors]
    pieces = _repeated(tiles, size)
    pieces = _with_title(pieces)
    if _has_picture(tiles, [*cells, *others], size) and not any(piece.part == "media" for piece in pieces):
        first = min(pieces, key=lambda piece: piece.down)
        pieces = [_Piece("media", first.down - size, first.cell), *pieces]
    pieces.sort(key=lambda piece: piece.down)
    parts = tuple(dict.fromkeys(piece.part for piece in pieces if piece.part))
    facts = [fact for piece in pieces if piece.part == "specs" for fact in _facts(piece.cell.text)]
    places = {piece.part: piece.cell for piece in reversed(pieces) if piece.part}
    said = f"{len(anchors)} block{'s' if len(anchors) > 1 else ''} with {', '.join(parts)} in this order."
    return Tile(
        parts=parts,
        facts=tuple(dict.fromkeys(facts))[:_MOST_FACTS],
        places=tuple((part, places[part]) for part in parts if part in places),
        evidence=(Evidence("document", said, 0.8 if len(anchors) > 1 else 0.5),),
    )


def _facts(text: str) -> list[str]:
    """The listing fields of a line of key facts, which dots or bars may divide; a placeholder names none."""
    if not any(map(str.isdigit, text)) and part_of(text) == "specs":
        return []
    for mark in ("·", "•", "|", " / "):
        if mark in text:
            return [fact for part in text.split(mark) if (fact := fact_of(part))]
    fact = fact_of(text)
    return [fact] if fact else []


def _around(anchor: Cell, anchors: Sequence[Cell], cells: Sequence[Cell], size: float) -> list[_Piece]:
    """What stands in the column of an anchor and nearer to it than to the next one above or below."""
    beside = sorted({a.x0 for a in anchors if abs(a.x0 - anchor.x0) > 3 * size})
    left = max((x for x in beside if x < anchor.x0), default=None)
    right = min((x for x in beside if x > anchor.x0), default=None)
    low = anchor.x0 - (min(anchor.x0 - left, 12 * size) / 3 if left is not None else 6 * size)
    high = right - size if right is not None else float("inf")
    column = [a for a in anchors if abs(a.x0 - anchor.x0) <= 3 * size and a is not anchor]
    above = max((a.middle for a in column if a.middle < anchor.middle), default=None)
    below = min((a.middle for a in column if a.middle > anchor.middle), default=None)
    pitch = min(
        [abs(edge - anchor.middle) for edge in (above, below) if edge is not None], default=2 * _REACH * size
    )
    reach = min(_REACH * size, pitch)
    return [
        _Piece(part_of(cell.text), cell.middle - anchor.middle, cell)
        for cell in cells
        if low <= cell.x0 < high and abs(cell.middle - anchor.middle) < reach
    ]


def _repeated(tiles: Sequence[Sequence[_Piece]], size: float) -> list[_Piece]:
    """The pieces of the fullest tile that others have at the same place; of a single tile all."""
    if len(tiles) == 1:
        return list(tiles[0])
    fullest = max(tiles, key=len)
    least = max(2, len(tiles) / 2)
    kept: list[_Piece] = []
    for piece in fullest:
        times = sum(
            any(abs(other.down - piece.down) < size and _alike(other, piece) for other in tile)
            for tile in tiles
        )
        if times >= least or (piece.part == "badges" and times):
            kept.append(piece)
    return kept


def _alike(one: _Piece, other: _Piece) -> bool:
    return one.part == other.part or not one.part or not other.part


def _with_title(pieces: Sequence[_Piece]) -> list[_Piece]:
    """The first text that is nothing else is the title; further ones near it are left aside or are key facts."""
    out: list[_Piece] = []
    titled = any(piece.part == "title" for piece in pieces)
    for piece in sorted(pieces, key=lambda each: each.down):
        if piece.part:
            out.append(piece)
        elif not titled and len(piece.cell.text) >= 4:
            out.append(_Piece("title", piece.down, piece.cell))
            titled = True
        elif _facts(piece.cell.text):
            out.append(_Piece("specs", piece.down, piece.cell))
    return out


def _has_picture(tiles: Sequence[Sequence[_Piece]], cells: Sequence[Cell], size: float) -> bool:
    """Whether above the text of most tiles there is room that no text takes."""
    rooms = 0
    for tile in tiles:
        if not tile:
            continue
        top = min(piece.cell.y0 for piece in tile)
        left = min(piece.cell.x0 for piece in tile)
        right = max(piece.cell.x1 for piece in tile)
        over = [c.y1 for c in cells if c.y1 <= top + 1 and c.x0 < right and c.x1 > left]
        rooms += top - max(over, default=0.0) > _PICTURE * size
    return bool(tiles) and rooms > len(tiles) / 2
