"""How the next page is asked for: parameters, what the answer says of further pages, documented sizes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from backend.domains.blueprints.connecting.api import Operation, Parameter
from backend.domains.blueprints.connecting.parameters import (
    Answer,
    begins_at_one,
    first_page_of,
    most_of,
    plain,
    roles_of,
)
from backend.domains.blueprints.connecting.plan import Paging, Reason
from backend.domains.blueprints.connecting.records import Found, at_path, words_of
from backend.domains.blueprints.connecting.schemas import Schemas, Shape
from backend.domains.blueprints.connecting.words import (
    CURSOR,
    KEYSET,
    LAST,
    MORE,
    PAGES_COUNT,
    TOTAL,
)
from backend.domains.blueprints.model import Evidence

_URL_NAME: Final = re.compile(r"url|link|href|uri", re.I)


def answer_of(operation: Operation, schemas: Schemas, records_path: str, response: Any) -> Answer:
    """Everything of the answer but the records."""
    shapes = (
        dict(_beside(schemas.shape(response), "", 0, schemas, records_path.removesuffix(".*")))
        if response is not None
        else {}
    )
    return Answer(shapes, operation.headers, operation.sample)


def _beside(
    shape: Shape, path: str, depth: int, schemas: Schemas, records: str
) -> Iterator[tuple[str, Shape]]:
    for name, node in shape.properties.items() if depth < 6 else ():
        here = f"{path}.{name}" if path else name
        if here == records:
            continue
        inner = schemas.shape(node, shape.refs)
        if inner.properties:
            yield from _beside(inner, here, depth + 1, schemas, records)
        elif inner.type != "array" and inner.items is None:
            yield here, inner


def find_paging(
    operation: Operation,
    answer: Answer,
    *,
    prose: str = "",
    is_pasted: bool = False,
    record: Found | None = None,
) -> tuple[Paging, Reason]:
    """The style whose evidence is strongest: a link that the server gives, then a cursor, page numbers, offsets."""
    by_role = roles_of(operation.parameters)
    size_param = by_role.get("size")
    base = Paging(
        size_param=size_param.name if size_param else "",
        size=most_of(size_param, is_pasted=is_pasted) if size_param else None,
        total_path=_first_path(answer, TOTAL),
        pages_path=_first_path(answer, PAGES_COUNT),
        more_path=_first_path(answer, MORE, kinds=("boolean", "")),
        last_path=_first_path(answer, LAST, kinds=("boolean",)),
        in_body=size_param is not None and size_param.place == "body",
    )
    paging, confidence, text = _style(
        by_role, answer, base, f"{operation.summary} {prose}", operation, record
    )
    evidence = [Evidence("document", text, 1.0)]
    if paging.size:
        evidence.append(
            Evidence("document", f"{paging.size} records a page, as {paging.size_param} allows", 0.3)
        )
    return paging, Reason("pagination", confidence, tuple(evidence))


def _style(
    by_role: Mapping[str, Parameter],
    answer: Answer,
    base: Paging,
    text: str,
    operation: Operation,
    record: Found | None,
) -> tuple[Paging, float, str]:
    link, next_path, is_url = answer.headers.get("link"), *_next(answer)
    if link is not None and ("rel=" not in link or "next" in link):
        return replace(base, style="link_header"), 0.95, "the answer has a Link header"
    cursor, page, offset = (by_role.get(role) for role in ("cursor", "page", "offset"))
    is_bare = plain(next_path.rpartition(".")[2]) == "next" and not is_number_at(answer, next_path)
    if next_path and (is_url or (is_bare and cursor is None)):
        return (
            replace(base, style="next_url", next_path=next_path),
            0.93,
            f"{next_path} holds the address of the next page",
        )
    if next_path and (cursor or not (page or offset)):
        name = cursor.name if cursor else _cursor_name(next_path)
        certain = 0.95 if cursor else 0.6
        return (
            replace(
                base, style="cursor", cursor_param=name, next_path=next_path, in_body=_in_body(cursor, base)
            ),
            certain,
            f"{next_path} is sent back as {name}",
        )
    if page:
        first, why = first_page_of(page, answer, text)
        return (
            replace(base, style="page", page_param=page.name, first_page=first, in_body=_in_body(page, base)),
            0.93,
            f"{page.name} counts pages from {first}: {why}",
        )
    if offset:
        first = 1 if begins_at_one(offset) else None
        counted = replace(base, style="offset", offset_param=offset.name, first_page=first)
        return replace(counted, in_body=_in_body(offset, base)), 0.93, f"{offset.name} counts records"
    if cursor and plain(cursor.name) in KEYSET:
        return (
            replace(base, style="cursor", cursor_param=cursor.name, next_path=_last_id(record)),
            0.6,
            f"{cursor.name} takes the id of the last record",
        )
    return _by_answer(answer, base, operation, text)


def _last_id(record: Found | None) -> str:
    """Path of what identifies the last record of a page."""
    if record is None:
        return "$[-1].id"
    paths = [leaf.path for leaf in record.leaves]
    key = next((path for path in paths if plain(path) in ("id", "uuid", "key", "listingid", "ref")), paths[0])
    return f"{record.path}[-1].{key}"


def _in_body(parameter: Parameter | None, base: Paging) -> bool:
    return parameter.place == "body" if parameter else base.in_body


def _by_answer(answer: Answer, base: Paging, operation: Operation, text: str) -> tuple[Paging, float, str]:
    """Where the request names no parameter: what headers, counters in the answer and words around say."""
    named = next(
        (name for name in ("x-next-page", "x-total-pages", "x-page") if name in answer.headers), None
    )
    shown = {plain(path.rpartition(".")[2]): path for path in answer.shapes}
    prose = re.search(r"[?&](page|p|page_?number|pageno)=\d", text, re.I)
    if (
        prose
        or named
        or (
            shown.keys() & {"page", "currentpage", "pagenumber", "pageno"}
            and (base.pages_path or base.total_path or base.more_path)
        )
    ):
        said = next(
            (
                path.rpartition(".")[2]
                for key, path in shown.items()
                if key in ("page", "pagenumber", "pageno")
            ),
            "page",
        )
        first = (
            0
            if any(
                at_path(answer.sample, shown[key]) == 0
                for key in ("page", "currentpage", "pagenumber", "pageno")
                if key in shown
            )
            else 1
        )
        return (
            replace(base, style="page", page_param=prose.group(1) if prose else said, first_page=first),
            0.6,
            "the answer counts pages",
        )
    if shown.keys() & {"offset", "skip", "start"} and base.total_path:
        name = next(shown[key].rpartition(".")[2] for key in ("offset", "skip", "start") if key in shown)
        size = base.size_param or next(
            (shown[key].rpartition(".")[2] for key in ("limit", "size", "count", "take") if key in shown), ""
        )
        return (
            replace(base, style="offset", offset_param=name, size_param=size),
            0.6,
            "the answer counts records from a start",
        )
    return base, 0.7 if not operation.parameters else 0.5, "nothing says that there are further pages"


def _next(answer: Answer) -> tuple[str, bool]:
    """Path of what leads to the next page, and whether it is an address."""
    best: tuple[float, str, bool] = (0.0, "", False)
    for path, shape in answer.shapes.items():
        strength, is_url = _leads(path, shape, at_path(answer.sample, path))
        if strength > best[0]:
            best = (strength, path, is_url)
    return best[1], best[2]


def _leads(path: str, shape: Shape, sample: Any) -> tuple[float, bool]:
    key = path.removeprefix("@").replace("@odata.", "odata.")
    words = words_of(key)
    last = plain(key.rpartition(".")[2])
    if {"prev", "previous", "self", "last", "has"} & set(words) or shape.type in ("boolean", "array"):
        return 0.0, False
    said = next((value for value in (sample, shape.example) if isinstance(value, str)), "")
    is_url = said.startswith(("http://", "https://", "/", "?")) or shape.format in (
        "uri",
        "url",
        "uri-reference",
        "iri",
    )
    if "next" in words or last in ("nextlink", "nexturl", "nextpageurl"):
        is_url = is_url or (
            not said
            and (
                bool(_URL_NAME.search(key)) or bool(re.search(r"\b(url|link|uri)\b", shape.description, re.I))
            )
        )
        return (3.0 if is_url else 2.0 if "count" not in words else 0.0), is_url
    if last in CURSOR and last not in ("position", "first", "sequence", "marker") and shape.type != "integer":
        return (1.5 if "cursor" in words or "token" in words or "continuation" in last else 1.0), is_url
    if {"cursor", "cursors"} & set(words) and last in ("after", "end", "endcursor"):
        return 1.6, is_url
    return 0.0, False


def is_number_at(answer: Answer, path: str) -> bool:
    """Whether a counter stands there."""
    shape = answer.shapes.get(path, Shape())
    return shape.type in ("integer", "number") or isinstance(at_path(answer.sample, path), int)


def _cursor_name(next_path: str) -> str:
    """How a cursor is usually sent back where no parameter is described for it."""
    last = next_path.rpartition(".")[2]
    bare = re.sub(r"^next_?", "", last)
    if plain(last) in ("endcursor", "aftercursor"):
        return "after"
    return (bare[:1].lower() + bare[1:]) if bare else "cursor"


def _first_path(
    answer: Answer, names: frozenset[str], kinds: Sequence[str] = ("integer", "number", "string", "")
) -> str:
    found = [
        path for path, shape in answer.shapes.items()
        if plain(path.rpartition(".")[2] if "@" not in path else path) in names and shape.type in kinds
    ]  # fmt: skip
    return min(found, key=lambda path: ("total" not in path.lower(), path.count(".")), default="")
