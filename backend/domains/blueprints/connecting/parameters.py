"""What the parameters of an operation are for: pages, offsets, cursors, sizes; the most they allow, where they begin. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from backend.domains.blueprints.connecting.api import Parameter
from backend.domains.blueprints.connecting.records import words_of
from backend.domains.blueprints.connecting.schemas import Shape, number
from backend.domains.blueprints.connecting.words import CURSOR, KEYSET, OFFSET, PAGE, SIZE

_MOST: Final = re.compile(
    r"(?:max(?:imum|\.)?(?:\s+(?:of|is|allowed|value|page size))*|up to|no more than|at most|<=|≤|limited to|cap(?:ped)? at)"
    r"[\s:=]*(\d{1,6})|(\d{1,6})\s*(?:\(?max|is the max|at most)",
    re.I,
)
_RANGE: Final = re.compile(r"\b\d{1,3}\s*(?:-|–|to|\.\.)\s*(\d{1,6})\b")


_ZERO: Final = re.compile(
    r"(?:zero|0)[- ]?(?:based|indexed|index)|start(?:s|ing)?\s+(?:at|from|with)\s+(?:0|zero)\b|\b0\s*\.\.\s*N|from 0\b|\(0\.\."
    r"|first page (?:is|=|has)?\s*(?:number )?(?:0|zero)\b",
    re.I,
)
_ONE: Final = re.compile(
    r"(?:one|1)[- ]?(?:based|indexed|index)|start(?:s|ing)?\s+(?:at|from|with)\s+(?:1|one)\b|first page (?:is|=)\s*(?:1|one)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer says beside its records: paths with their shapes, headers, a sample of it."""

    shapes: Mapping[str, Shape]
    headers: Mapping[str, str]
    sample: Any = None


def plain(name: str) -> str:
    """`page[size]`, `$skip`, `per-page` without case and marks."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def roles_of(parameters: Iterable[Parameter]) -> Mapping[str, Parameter]:
    """Role -> parameter. A name that can be either is decided by the others: `first` is a size beside `after`."""
    mine = [p for p in parameters if p.place in ("query", "body")]
    names = {plain(p.name) for p in mine}
    found: dict[str, Parameter] = {}
    for each in mine:
        for role in _role(each, names):
            known = found.get(role)
            if known is None or _rank(role, each) < _rank(role, known):
                found[role] = each
    if "offset" in found and "size" in found and found["offset"] is found["size"]:
        del found["offset" if names & CURSOR else "size"]
    return found


def _role(parameter: Parameter, names: set[str]) -> Iterator[str]:
    name = plain(parameter.name)
    nested = name.removeprefix("pagination").removeprefix("paging").removeprefix("filter") or name
    for key in dict.fromkeys((name, nested)):
        is_text = parameter.shape.type == "string" and parameter.shape.format not in ("int32", "int64")
        if key == "page" and (is_text and _is_token(parameter)):
            yield "cursor"
        elif key in PAGE:
            yield "page"
        elif key in SIZE and not (key == "first" and not names & CURSOR):
            yield "size"
        elif (
            key in CURSOR and parameter.shape.type not in ("integer", "number", "boolean", "array")
        ) or key in CURSOR & KEYSET:
            yield "cursor"
        elif key in OFFSET and not (
            parameter.shape.format.startswith("date") or "date" in words_of(parameter.description)
        ):
            yield "offset"
        else:
            continue
        return


def _is_token(parameter: Parameter) -> bool:
    return bool(set(words_of(parameter.description)) & {"cursor", "token", "opaque", "continuation"})


def _rank(role: str, parameter: Parameter) -> int:
    order = {
        "page": ("page", "pagenumber"), "offset": ("offset", "skip"), "cursor": ("cursor", "pagetoken", "after"),
        "size": ("limit", "perpage", "pagesize", "size", "take", "top", "rows", "maxresults", "first"),
    }[role]  # fmt: skip
    name = plain(parameter.name).removeprefix("page") or "page"
    return next((at for at, each in enumerate(order) if each in (name, plain(parameter.name))), len(order))


def most_of(parameter: Parameter, *, is_pasted: bool) -> int | None:
    """The documented maximum, else what is sent by default. A pasted value is sent as it was."""
    shape = parameter.shape
    if is_pasted:
        return _whole(parameter.example)
    said = _MOST.search(parameter.description)
    spanned = _RANGE.search(parameter.description) if not said else None
    listed = [
        int(v) for v in shape.enum if isinstance(v, int | float) or (isinstance(v, str) and v.isdigit())
    ]
    for value in (
        shape.maximum,
        max(listed, default=None),
        next((int(group) for group in said.groups() if group), None) if said else None,
        int(spanned.group(1)) if spanned else None,
        shape.default,
        parameter.example,
        shape.example,
    ):
        if (whole := _whole(value)) is not None:
            return whole
    return None


def _whole(value: Any) -> int | None:
    if isinstance(value, str) and value.isdigit():
        value = int(value)
    found = number(value)
    return int(found) if found is not None and 1 <= found <= 100_000 else None


def first_page_of(parameter: Parameter, answer: Answer, text: str) -> tuple[int, str]:
    shape = parameter.shape
    said = parameter.description
    for value, why in ((shape.default, "its default"), (shape.minimum, "its minimum")):
        if value in (0, 1, "0", "1") and not isinstance(value, bool):
            return int(cast("Any", value)), why
    if _ZERO.search(said):
        return 0, "its description"
    if _ONE.search(said):
        return 1, "its description"
    for value in (parameter.example, shape.example):
        if value in (0, "0"):
            return 0, "its example"
    names = {plain(path.rpartition(".")[2]) for path in answer.shapes}
    if names >= {"totalelements", "number"} or (
        names & {"numberofelements", "totalelements"} and names & {"last", "first", "islast"}
    ):
        return 0, "its answer is a page of Spring"
    if _ZERO.search(text):
        return 0, "the description"
    return (0, "an index") if plain(parameter.name) == "pageindex" else (1, "as usual")


def begins_at_one(parameter: Parameter) -> bool:
    """Whether an offset counts records from one, as SCIM and some search engines do."""
    shape = parameter.shape
    known = next(
        (value for value in (shape.default, shape.minimum, parameter.example) if value is not None), None
    )
    return known in (1, "1") or (known is None and _ONE.search(parameter.description) is not None)
