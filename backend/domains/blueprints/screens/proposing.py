"""Screenshots and wireframes: parts of tiles, chips, comparison and buttons, in the names of the interface contract.

Text and its places come from the `Ocr` port; pictures are seen only as the room that no text takes. Boxes are in pixels.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Final

from backend.core.errors import InvalidInput
from backend.core.ports import Ocr, Word
from backend.domains.blueprints.model import Box, Evidence, ScreenProposal
from backend.domains.blueprints.reports.cells import Cell, Grid, lines_of
from backend.domains.blueprints.reports.grids import blocks_of
from backend.domains.blueprints.reports.scans import tokens_of_words
from backend.domains.blueprints.screens.tiles import Tile, tile_of
from backend.domains.blueprints.screens.words import action_of, chip_text, field_of, may_be_chip, part_of

_MOST_BYTES: Final = 25 * 1024 * 1024
_LEAST_CHIPS: Final = 3
_MOST_ACTIONS: Final = 8
_MOST_CHIPS: Final = 12
_MOST_COMPARED: Final = 30


async def propose_screen(path: Path, *, ocr: Ocr, file: str = "") -> ScreenProposal:
    """What a screenshot or wireframe shows of the interface.

    Raises: InvalidInput `blueprints.unreadable_screen`, `blueprints.file_too_large` (limit_bytes); Busy.
    """
    name = file or path.name
    try:
        image = await asyncio.to_thread(_image, path)
        if len(image) > _MOST_BYTES:
            raise InvalidInput("blueprints.file_too_large", file=name, limit_bytes=_MOST_BYTES)
        words = await ocr.read(image)
    except OSError as error:
        raise InvalidInput("blueprints.unreadable_screen", file=name) from error
    except InvalidInput as error:
        if error.code != "core.unreadable_image":
            raise
        raise InvalidInput("blueprints.unreadable_screen", file=name) from error
    return screen_of(words, file=name)


def _image(path: Path) -> bytes:
    """At most one byte more than is allowed, so that a larger file is known as such."""
    with path.open("rb") as file:
        return file.read(_MOST_BYTES + 1)


def screen_of(words: Sequence[Word], *, file: str) -> ScreenProposal:
    """The interface that the words of a screen and their places speak of. Pure."""
    width = max((word.x1 for word in words), default=1.0)
    height = max((word.y1 for word in words), default=1.0)
    tokens = tokens_of_words(words, width=width, height=height, pixels=(round(width), round(height)))
    lines = lines_of(tokens)
    cells = [cell for line in lines for cell in line]
    compared = _comparison(lines)
    inside = {id(cell) for row in compared for cell in row}
    actions = _actions(cells)
    chips = _chips(lines, inside)
    taken = inside | {id(cell) for cell in chips} | {id(cell) for _, cell in actions}
    tile = tile_of(
        [cell for cell in cells if id(cell) not in taken], others=[c for c in cells if id(c) in taken]
    )
    return _proposal(file, tile, chips, compared, actions)


def _proposal(
    file: str,
    tile: Tile,
    chips: Sequence[Cell],
    compared: Sequence[tuple[Cell, ...]],
    actions: Sequence[tuple[str, Cell]],
) -> ScreenProposal:
    first = dict(reversed(actions))
    fields = {field: row[0] for row in reversed(compared) if (field := field_of(row[0].text))}
    ordered = list(dict.fromkeys(name for name, _ in actions))[:_MOST_ACTIONS]
    compared_fields = tuple(dict.fromkeys(f for row in compared if (f := field_of(row[0].text))))[
        :_MOST_COMPARED
    ]
    labels = tuple(dict.fromkeys(chip_text(cell.text) for cell in chips))[:_MOST_CHIPS]
    boxes = [
        *((f"tile_fields/{part}", _box(cell)) for part, cell in tile.places),
        *((f"chips/{chip_text(cell.text)}", _box(cell)) for cell in chips),
        *((f"comparison_fields/{name}", _box(fields[name])) for name in compared_fields),
        *((f"actions/{name}", _box(first[name])) for name in ordered),
    ]
    return ScreenProposal(
        file=file,
        tile_fields=tile.parts,
        tile_specs=tile.facts,
        chips=labels,
        comparison_fields=compared_fields,
        actions=tuple(ordered),
        evidence=(*tile.evidence, *_evidence(labels, compared_fields, [first[name] for name in ordered])),
        boxes=tuple(boxes),
    )


def _evidence(chips: Sequence[str], compared: Sequence[str], buttons: Sequence[Cell]) -> list[Evidence]:
    found: list[Evidence] = []
    if chips:
        found.append(Evidence("document", f"Short labels in a row or column: {', '.join(chips)}.", 0.8))
    if compared:
        found.append(Evidence("document", f"A table sets several values beside {len(compared)} labels.", 0.8))
    if buttons:
        said = ", ".join(f"“{cell.text}”" for cell in buttons)
        found.append(Evidence("document", f"Buttons say {said}.", 0.9))
    return found


def _actions(cells: Sequence[Cell]) -> list[tuple[str, Cell]]:
    """Buttons by what they say; a headline says no less, but larger."""
    usual = median(cell.size for cell in cells) if cells else 0.0
    return [(name, cell) for cell in cells if cell.size < 1.35 * usual and (name := action_of(cell.text))]


def _chips(lines: Sequence[tuple[Cell, ...]], taken: set[int]) -> list[Cell]:
    """Labels of filters: three or more in a row, or under each other at one left edge."""
    rows = [[cell for cell in line if id(cell) not in taken and may_be_chip(cell.text)] for line in lines]
    beside = max(rows, key=len, default=[])
    if len(beside) >= _LEAST_CHIPS:
        return beside
    edges: dict[int, list[Cell]] = {}
    for cell in (cell for line in lines for cell in line if id(cell) not in taken):
        edges.setdefault(round(cell.x0 / max(cell.size, 6)), []).append(cell)
    # where a title or a picture stands in the column, it is a tile of a wireframe
    columns = [
        column
        for column in edges.values()
        if not any(part_of(cell.text) in {"title", "media"} for cell in column)
    ]
    under = max(
        ([cell for cell in column if may_be_chip(cell.text)] for column in columns), key=len, default=[]
    )
    return under if len(under) >= _LEAST_CHIPS else []


def _comparison(lines: Sequence[tuple[Cell, ...]]) -> list[tuple[Cell, ...]]:
    """Rows of a table that has labels in its first column and the values of several listings beside them."""
    found: list[tuple[Cell, ...]] = []
    for block in blocks_of(list(lines)):
        if not isinstance(block, Grid) or len(block.columns) < 3:
            continue
        rows = [
            tuple(cell for cell in row if cell)
            for row in block.rows
            if row[0] and sum(c is not None for c in row) >= 3
        ]
        named = [
            row for row in rows if field_of(row[0].text) and not all(may_be_chip(cell.text) for cell in row)
        ]
        if len(named) >= 2 and len(named) >= len(rows) / 2:
            found += named
    return found


def _box(cell: Cell) -> Box:
    return Box(1, *(round(edge, 1) for edge in cell.bounds))
