"""Reports and photos of a blueprint in flat values: boxes on pages, findings, and the row each belongs to. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.blueprint_mapping import level, sure_words, value_words
from app.blueprint_views import FindingRow, PageBox, PhotoRow, ReportLine, ReportPage, ReportShown
from app.blueprint_words import LINKED, STRATEGIES, WARNINGS, target_words
from app.config_views import Option

View = Mapping[str, Any]


def report(found: View, file_id: str, listings: Sequence[Option]) -> ReportShown:
    """`listings` are the rows it may belong to."""
    fields, items = list(found.get("fields") or ()), list(found.get("items") or ())
    heads = [str(one) for one in found.get("item_columns") or ()]
    return ReportShown(
        name=str(found.get("file") or ""),
        strategy=STRATEGIES.get(str(found.get("strategy") or ""), ""),
        pages=_pages(found, fields, items, file_id),
        lines=[_line(one, n) for n, one in enumerate(fields)],
        finding_heads=heads,
        findings=[_finding(one, n, heads) for n, one in enumerate(items)],
        listing=str(found.get("listing") or ""),
        linked=linked_words(str(found.get("linked_by") or "")),
        notes=[str(note["text"]) for note in found.get("notes") or ()],
    )


def _pages(found: View, fields: Sequence[View], items: Sequence[View], file_id: str) -> list[ReportPage]:
    boxes: dict[int, list[PageBox]] = defaultdict(list)
    sizes = [(float(w), float(h)) for w, h in found.get("page_sizes") or ()]
    labels = [(f"f{n}", str(one.get("label") or ""), one.get("box")) for n, one in enumerate(fields)]
    labels += [(f"i{n}", f"Finding {n + 1}", one.get("box")) for n, one in enumerate(items)]
    for key, label, box in labels:
        page = int(box["page"]) if box else 0
        if box and 1 <= page <= len(sizes):
            boxes[page].append(_box(key, label, box, sizes[page - 1]))
    strategies = [str(one) for one in found.get("page_strategies") or ()]
    return [
        ReportPage(
            number=n,
            strategy=STRATEGIES.get(strategies[n - 1] if n <= len(strategies) else "", ""),
            image=page_address(file_id, n),
            ratio=round(width / height, 4) if height else 0.77,
            boxes=boxes[n],
        )
        for n, (width, height) in enumerate(sizes, 1)
    ]


def page_address(file_id: str, page: int) -> str:
    return f"/api/v1/blueprints/files/{file_id}/pages/{page}"


def photo_address(file_id: str) -> str:
    return page_address(file_id, 1)


def _box(key: str, label: str, box: View, size: tuple[float, float]) -> PageBox:
    """Points on the page as percent of it, so that it lies right however large the picture is shown."""
    width, height = size[0] or 1.0, size[1] or 1.0
    x0, y0, x1, y1 = (float(box[name]) for name in ("x0", "y0", "x1", "y1"))
    return PageBox(
        key=key,
        label=label,
        x=round(100 * x0 / width, 2),
        y=round(100 * y0 / height, 2),
        width=round(100 * max(0.0, x1 - x0) / width, 2),
        height=round(100 * max(0.0, y1 - y0) / height, 2),
    )


def _line(one: View, n: int) -> ReportLine:
    confidence, unit = float(one.get("confidence") or 0), str(one.get("unit") or "")
    text = value_words(one.get("value")) or str(one.get("text") or "")
    return ReportLine(
        key=f"f{n}",
        label=str(one.get("label") or ""),
        target=target_words(str(one.get("target") or "")),
        text=f"{text} {unit}".strip(),
        percent=round(100 * confidence),
        level=level(confidence),
        sure=sure_words(round(100 * confidence)),
        page=_page(one),
    )


def _page(one: View) -> int:
    return int((one.get("box") or {}).get("page") or 0)


def _finding(one: View, n: int, heads: Sequence[str]) -> FindingRow:
    cells = one.get("cells") or {}
    return FindingRow(f"i{n}", [value_words(cells.get(head)) for head in heads], _page(one))


def linked_words(by: str) -> str:
    """`by` is a way of linking, or says in words what a report has in common with its row."""
    return LINKED.get(by) or (f"Linked by {by}" if by else "")


# --- photos -----------------------------------------------------------------------------------------------


def photos(view: View) -> list[PhotoRow]:
    """Pictures in the order they came, those without a row first."""
    ids = {str(one["name"]): str(one["id"]) for one in view.get("files") or ()}
    rows = [
        _photo(found, str(found.get("file_id") or ids.get(str(found["file"]), found["file"])))
        for found in (view.get("proposal") or {}).get("photos") or ()
    ]
    return sorted(rows, key=lambda row: (bool(row.listing), bool(row.duplicate_of)))


def _photo(found: View, file_id: str) -> PhotoRow:
    confidence, by = float(found.get("confidence") or 0), str(found.get("linked_by") or "")
    return PhotoRow(
        id=file_id,
        name=str(found["file"]),
        image=photo_address(file_id),
        size=f"{found.get('width')} × {found.get('height')}",
        warnings=[
            WARNINGS.get(str(one), str(one).replace("_", " ").capitalize())
            for one in found.get("warnings") or ()
        ],
        duplicate_of=str(found.get("duplicate_of") or ""),
        listing=str(found.get("listing") or ""),
        linked=linked_words(by),
        level=level(1.0 if by == "chosen" else confidence),
    )


def listing_options(rows: Iterable[View]) -> list[Option]:
    """The rows that a photo or a report may belong to: `K-1204 · Steinway Model B`."""
    found: dict[str, str] = {}
    for row in rows:
        values = row.get("values") or {}
        name = str(values.get("external_id") or values.get("identifier") or "")
        if name:
            title = str(
                values.get("title")
                or " ".join(str(values.get(k)) for k in ("make", "model") if values.get(k))
            )
            found.setdefault(name, f"{name} · {title}" if title else name)
    return [Option(value, text) for value, text in found.items()]
