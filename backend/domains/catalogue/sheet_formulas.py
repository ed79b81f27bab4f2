"""Works out the plain formulas of a workbook that was saved without their results: arithmetic, cells and SUM.

Runs within `sheet_worker`. Nothing else is evaluated: other functions, other sheets, links and names leave a cell empty,
as does a reference to an empty cell or a text. XML with a document type is refused. Time and memory are bounded.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePosixPath
from typing import Any, Final, TypeAlias
from xml.parsers import expat

Place: TypeAlias = tuple[int, int]  # row and column, 1-based
Formulas: TypeAlias = dict[Place, str]

MOST_FORMULAS: Final = 500_000
MOST_KEPT: Final = 3_000_000  # cells that formulas refer to
MOST_READS: Final = 2_000_000  # cells read by sums
MOST_CHARS: Final = 300
DEEPEST: Final = 40

_CHUNK: Final = 1 << 20
_UNSAVED = re.compile(rb"</(?:\w+:)?f>\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>")
_CELL = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_TOKEN = re.compile(
    r"\s*(?:(SUM)\(|\$?([A-Z]{1,3})\$?([1-9]\d{0,6})(?::\$?([A-Z]{1,3})\$?([1-9]\d{0,6}))?(?![\w.!(])|(\d+(?:\.\d+)?(?:E[+-]?\d+)?)|([-+*/(),%]))",
    re.IGNORECASE,
)


class NotPlainError(Exception):
    """A formula that is more than arithmetic, or whose cells hold no numbers."""


def find_formulas(path: str, sheet: str) -> Formulas:
    """Formulas of one sheet that have no saved result; none where the file is no XLSX or says something odd."""
    try:
        with zipfile.ZipFile(path) as archive:
            part = _part(archive, sheet)
            if part is None or not _has_unsaved(archive, part):
                return {}
            return _read(archive, part)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, expat.ExpatError):
        return {}


def _parser(started: Callable[[str, dict[str, str]], None]) -> Any:
    def refuse(*_: Any) -> None:
        raise ValueError("a document type")

    parser: Any = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = started
    return parser


def _part(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """The name of the part a sheet is stored in."""
    ids: dict[str, str] = {}
    targets: dict[str, str] = {}

    def named(tag: str, facts: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "sheet":
            ids[facts.get("name", "")] = next(
                (v for k, v in facts.items() if k.rpartition(":")[2] == "id"), ""
            )

    def related(tag: str, facts: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "Relationship":
            targets[facts.get("Id", "")] = facts.get("Target", "")

    if "xl/workbook.xml" not in archive.namelist():
        return None
    _parser(named).Parse(archive.read("xl/workbook.xml"), True)
    _parser(related).Parse(archive.read("xl/_rels/workbook.xml.rels"), True)
    target = targets.get(ids.get(sheet, ""), "")
    return target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)


def _has_unsaved(archive: zipfile.ZipFile, part: str) -> bool:
    tail = b""
    with archive.open(part) as file:
        while chunk := file.read(_CHUNK):
            if _UNSAVED.search(tail + chunk):
                return True
            tail = chunk[-200:]
    return False


def _read(archive: zipfile.ZipFile, part: str) -> Formulas:
    found: Formulas = {}
    state = {"cell": "", "formula": "", "value": "", "in": ""}

    def started(tag: str, facts: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "c":
            state.update({"cell": facts.get("r", ""), "formula": "", "value": ""})
        state["in"] = name

    def said(text: str) -> None:
        if state["in"] == "f" and len(state["formula"]) <= MOST_CHARS:
            state["formula"] += text
        elif state["in"] == "v":
            state["value"] = "saved" if text.strip() else state["value"]

    def ended(tag: str) -> None:
        name = tag.rpartition(":")[2]
        state["in"] = ""
        place = (
            _CELL.fullmatch(state["cell"])
            if name == "c" and state["formula"] and not state["value"]
            else None
        )
        if place and len(state["formula"]) <= MOST_CHARS and len(found) < MOST_FORMULAS:
            found[int(place.group(2)), _column(place.group(1))] = state["formula"]

    parser = _parser(started)
    parser.CharacterDataHandler = said
    parser.EndElementHandler = ended
    with archive.open(part) as file:
        while chunk := file.read(_CHUNK):
            parser.Parse(chunk, False)
    parser.Parse(b"", True)
    return found


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


class Calculator:
    """Results of formulas over the numbers of a sheet, each worked out once."""

    def __init__(self, formulas: Formulas, rows: Iterable[Sequence[Any]]) -> None:
        self._formulas = formulas
        self._results: dict[Place, float | None] = {}
        self._reads = 0
        self._depth = 0
        self._numbers: dict[Place, Any] = {}
        wanted = {column for formula in set(formulas.values()) for column in _columns(formula)}
        for row, cells in enumerate(rows, 1):
            for column in wanted:
                if column <= len(cells) and cells[column - 1] not in (None, ""):
                    self._numbers[row, column] = cells[column - 1]
            if len(self._numbers) > MOST_KEPT:
                self._formulas = {}
                break

    def fill(self, row: int, cells: list[Any], columns: Iterable[int]) -> None:
        """Puts results into the empty cells of a row."""
        for column in columns:
            if column > len(cells) or cells[column - 1] not in (None, ""):
                continue
            result = self._result((row, column))
            if result is not None:
                cells[column - 1] = (
                    int(result) if result.is_integer() and abs(result) < 1e15 else round(result, 10)
                )

    def by_row(self) -> dict[int, list[int]]:
        """Row → columns that hold formulas."""
        rows: dict[int, list[int]] = {}
        for row, column in self._formulas:
            rows.setdefault(row, []).append(column)
        return rows

    def _result(self, place: Place) -> float | None:
        if place not in self._results:
            self._results[place] = None  # a formula that leads back to itself has no result
            self._depth += 1
            try:
                if self._depth <= DEEPEST:
                    self._results[place] = self._evaluate(self._formulas[place])
            except (NotPlainError, ZeroDivisionError, OverflowError):
                pass
            finally:
                self._depth -= 1
        return self._results[place]

    def value(self, place: Place, *, needed: bool) -> float:
        """The number of a cell. In a sum, what is none counts nothing; elsewhere it is `needed`."""
        self._reads += 1
        if self._reads > MOST_READS:
            raise NotPlainError
        found = self._result(place) if place in self._formulas else self._numbers.get(place)
        if isinstance(found, int | float) and not isinstance(found, bool):
            return float(found)
        if needed:
            raise NotPlainError
        return 0.0

    def _evaluate(self, formula: str) -> float:
        parser = _Arithmetic(_pieces(formula), self.value)
        result = parser.sum_of_terms()
        if not parser.is_done or result != result or abs(result) == float("inf"):
            raise NotPlainError
        return result


def _pieces(formula: str) -> list[Any]:
    """Numbers, operators, places and ranges; fails at anything else."""
    pieces: list[Any] = []
    at, text = 0, formula.strip().removeprefix("=").rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            raise NotPlainError
        at = found.end()
        function, letters, row, letters_to, row_to, number, sign = found.groups()
        if function:
            pieces.append("SUM(")
        elif letters and letters_to:
            pieces.append(((int(row), _column(letters)), (int(row_to), _column(letters_to))))
        elif letters:
            pieces.append((int(row), _column(letters)))
        else:
            pieces.append(float(number) if number else sign)
    return pieces


def _columns(formula: str) -> set[int]:
    try:
        pieces = _pieces(formula)
    except NotPlainError:
        return set()
    columns: set[int] = set()
    for piece in pieces:
        if isinstance(piece, tuple):
            ends: Any = piece if isinstance(piece[0], tuple) else (piece, piece)
            columns |= set(range(ends[0][1], min(ends[1][1], ends[0][1] + 50) + 1))
    return columns


class _Arithmetic:
    """Precedence climbing over pieces: terms of factors of values."""

    def __init__(self, pieces: Sequence[Any], value: Callable[..., float]) -> None:
        self._pieces = pieces
        self._at = 0
        self._value = value
        self._depth = 0

    @property
    def is_done(self) -> bool:
        return self._at == len(self._pieces)

    def _next(self) -> Any:
        return None if self.is_done else self._pieces[self._at]

    def _take(self) -> Any:
        piece = self._next()
        if piece is None:
            raise NotPlainError
        self._at += 1
        return piece

    def sum_of_terms(self) -> float:
        result = self._product()
        while self._next() in ("+", "-"):
            result = result + self._product() if self._take() == "+" else result - self._product()
        return result

    def _product(self) -> float:
        result = self._factor()
        while self._next() in ("*", "/"):
            result = result * self._factor() if self._take() == "*" else result / self._factor()
        return result

    def _factor(self) -> float:
        self._depth += 1
        if self._depth > DEEPEST:
            raise NotPlainError
        piece = self._take()
        if piece in ("+", "-"):
            result = self._factor() * (1 if piece == "+" else -1)
        elif piece == "(":
            result = self.sum_of_terms()
            self._close()
        elif piece == "SUM(":
            result = self._sum()
        elif isinstance(piece, float):
            result = piece
        elif isinstance(piece, tuple) and not isinstance(piece[0], tuple):
            result = self._value(piece, needed=True)
        else:
            raise NotPlainError
        self._depth -= 1
        if self._next() == "%":
            self._at += 1
            result /= 100
        return result

    def _close(self) -> None:
        if self._take() != ")":
            raise NotPlainError

    def _sum(self) -> float:
        total = 0.0
        while True:
            piece = self._next()
            if isinstance(piece, tuple):
                self._at += 1
                total += self._area(piece)
            else:
                total += self.sum_of_terms()
            piece = self._take()
            if piece == ")":
                return total
            if piece != ",":
                raise NotPlainError

    def _area(self, piece: Any) -> float:
        first, last = piece if isinstance(piece[0], tuple) else (piece, piece)
        if last[1] - first[1] > 50:
            raise NotPlainError
        return sum(
            self._value((row, column), needed=False)
            for row in range(first[0], last[0] + 1)
            for column in range(first[1], last[1] + 1)
        )
