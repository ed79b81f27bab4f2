"""Two texts beside each other, line by line. Pure; knows nothing of documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest

from app.config_views import SideRow

#: Equal lines kept around a change, so that one sees where it stands.
CONTEXT = 3


def side_by_side(before: str, after: str) -> list[SideRow]:
    """The changed lines with a little of what surrounds them; longer equal runs become one fold."""
    old, new = before.splitlines(), after.splitlines()
    found = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    rows: list[SideRow] = []
    for tag, i1, i2, j1, j2 in found:
        if tag == "equal":
            rows += _equal(old[i1:i2], i1, j1, starts=i1 == 0, ends=i2 == len(old))
        else:
            rows += _changed(old[i1:i2], new[j1:j2], i1, j1)
    return rows if any(row.kind not in {"same", "fold"} for row in rows) else []


def _equal(lines: Sequence[str], i: int, j: int, *, starts: bool, ends: bool) -> Iterator[SideRow]:
    head, tail = (0 if starts else CONTEXT), (0 if ends else CONTEXT)
    hidden = len(lines) - head - tail
    for n, line in enumerate(lines):
        if hidden > 1 and head <= n < head + hidden:
            if n == head:
                yield SideRow(f"fold-{i + n}", "fold", "", f"{hidden} equal lines", "", "")
            continue
        yield SideRow(f"same-{i + n}", "same", str(i + n + 1), line, str(j + n + 1), line)


def _changed(old: Sequence[str], new: Sequence[str], i: int, j: int) -> Iterator[SideRow]:
    for n, (left, right) in enumerate(zip_longest(old, new)):
        kind = "added" if left is None else "removed" if right is None else "changed"
        yield SideRow(
            key=f"{kind}-{i + n}-{j + n}",
            kind=kind,
            old_line="" if left is None else str(i + n + 1),
            old=left or "",
            new_line="" if right is None else str(j + n + 1),
            new=right or "",
        )
