"""How the event will look and behave: interface contract, tiles of the seller's own rows, proposals with reasons. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from app import formats
from app.blueprint_mapping import level, value_words
from app.blueprint_reading import photos
from app.blueprint_showing import UNTITLED
from app.blueprint_views import ChoicesShown, LookPart, ReasonGroup, ReasonRow
from app.blueprint_words import plain, target_words
from app.config_showing import section_title
from app.views import Labelled, Tile
from backend.domains.events import schema
from backend.domains.events.model import steps
from backend.kit.money import format_money, minor_units

View = Mapping[str, Any]
#: A name of the schema rather than words of a person.
_NAME = re.compile(r"[a-z]+(_[a-z]+)+|[A-Z]+(_[A-Z]+)*")

PARTS = (
    ("tile_fields", "Tile"),
    ("tile_specs", "Key facts"),
    ("chips", "Chips"),
    ("comparison_fields", "Comparison"),
    ("actions", "Actions"),
)
#: What the name of a ticked must begins with in the form.
MUST = "must:"
NO_PHOTO = "/photo-missing.svg"
#: As many facts as a tile of the storefront shows.
MOST_FACTS, MOST_TILES = 3, 6
HEAD_FIELDS = (
    "title",
    "price",
    "currency",
    "description",
    "image_urls",
    "url",
    "external_id",
    "identifier",
    "make",
    "model",
    "status",
)


def contract(proposal: View) -> dict[str, list[str]]:
    """What the interface would show: what behavior proposes, else what a screenshot shows."""
    values = {
        str(one["path"]): one.get("value") for one in (proposal.get("behavior") or {}).get("values") or ()
    }
    screens = proposal.get("screens") or ()
    found: dict[str, list[str]] = {}
    for name, _ in PARTS:
        value = values.get(f"/ui_contract/{name}")
        drawn = next((screen[name] for screen in screens if screen.get(name)), ())
        found[name] = [str(one) for one in (value if isinstance(value, list) and value else drawn)]
    return found


def look_parts(proposal: View) -> list[LookPart]:
    """The parts of the interface contract that something is proposed for, each with its reason."""
    chosen = contract(proposal)
    reasons = {
        str(one["path"]): str(one.get("reason") or "")
        for one in (proposal.get("behavior") or {}).get("values") or ()
    }
    drawn = [str(screen["file"]) for screen in proposal.get("screens") or ()]
    return [
        LookPart(
            title=title,
            shows=[_item(name, one) for one in chosen[name]],
            reason=reasons.get(f"/ui_contract/{name}") or (f"As drawn in {drawn[0]}." if drawn else ""),
        )
        for name, title in PARTS
        if chosen[name]
    ]


def _item(part: str, name: str) -> str:
    return target_words(name) if part in ("tile_specs", "comparison_fields", "tile_fields") else name


def tiles(rows: Sequence[View], proposal: View, pictures: Mapping[str, str]) -> list[Tile]:
    """Tiles of the seller's own rows, as the storefront will draw them. `pictures` are addresses by stock number."""
    facts = contract(proposal)["tile_specs"] or _first_facts(rows)
    currency, units = _currency(proposal), _units(proposal)
    return [_tile(row, n, facts, currency, units, pictures) for n, row in enumerate(rows[:MOST_TILES], 1)]


def _tile(
    row: View,
    n: int,
    facts: Sequence[str],
    currency: str,
    units: Mapping[str, str],
    pictures: Mapping[str, str],
) -> Tile:
    values = row.get("values") or {}
    images = values.get("image_urls") or ()
    photo = pictures.get(str(values.get("external_id") or "")) or next(iter(images), NO_PHOTO)
    shown = [
        Labelled(target_words(name), f"{value_words(values.get(name))} {units.get(name, '')}".strip())
        for name in facts
        if values.get(name) is not None
    ]
    return Tile(
        id=n,
        title=title_of(values),
        price=price_words(values, currency),
        costs=[],
        match=100,
        reason="",
        reasons=[],
        badges=[],
        specs=shown[:MOST_FACTS],
        photo=str(photo),
        photo_alt="",
        state="available",
        held_until="",
        mine=False,
    )


def title_of(values: View) -> str:
    made = " ".join(str(values[name]) for name in ("year", "make", "model", "trim") if values.get(name))
    return str(values.get("title") or made or values.get("external_id") or "Without a title")


def price_words(values: View, currency: str) -> str:
    price = values.get("price")
    if not isinstance(price, int | float):
        return "Price on request"
    code = str(values.get("currency") or currency or "")
    return (
        format_money(minor_units(Decimal(str(price)), code), code) if code else formats.number(round(price))
    )


def _first_facts(rows: Sequence[View]) -> list[str]:
    names = dict.fromkeys(name for row in rows for name in row.get("values") or {})
    return [name for name in names if name not in HEAD_FIELDS][:MOST_FACTS]


def _units(proposal: View) -> dict[str, str]:
    """In what each target is measured, as the file has it."""
    fields = [one for sheet in proposal.get("sheets") or () for one in sheet.get("fields") or ()]
    return {
        str(target): str(one["unit"])
        for one in fields
        if one.get("unit") and one.get("type") in ("integer", "number")
        for target in one.get("targets") or ()
    }


def _currency(proposal: View) -> str:
    chosen = (proposal.get("choices") or {}).get("currency")
    return str(
        chosen
        or next((s.get("currency") for s in proposal.get("sheets") or () if s.get("currency")), "")
        or ""
    )


# --- behavior ---------------------------------------------------------------------------------------------


def reasons(proposal: View) -> list[ReasonGroup]:
    """What is proposed for the document beside its head and its interface, by section, each with its reason."""
    by_section: dict[str, list[ReasonRow]] = {}
    for n, one in enumerate((proposal.get("behavior") or {}).get("values") or ()):
        path = steps(str(one["path"]))
        if len(path) > 1 and path[0] != "ui_contract":
            by_section.setdefault(path[0], []).append(_reason(one, path, n))
    return [ReasonGroup(section_title(name), rows) for name, rows in by_section.items()]


def _reason(one: View, path: Sequence[str], n: int) -> ReasonRow:
    confidence = float(one.get("confidence") or 0)
    return ReasonRow(
        key=str(n),
        section=path[0],
        label=_label(path),
        text=_value(one.get("value"), path),
        reason=str(one.get("reason") or ""),
        percent=round(100 * confidence),
        level=level(confidence),
    )


def _label(path: Sequence[str]) -> str:
    """What the schema calls the place and, where it lies deeper, the one around it: `Questions: in all`."""
    titles = [
        str((schema.at(tuple(path[:n])) or {}).get("title") or plain(path[n - 1]))
        for n in range(2, len(path) + 1)
    ]
    named = [title for title, step in zip(titles, path[1:], strict=True) if not step.isdigit()]
    return (
        ": ".join([named[0], *(one[:1].lower() + one[1:] for one in named[1:])]) if named else plain(path[-1])
    )


def _value(value: Any, path: Sequence[str]) -> str:
    """A proposed value in one line, with its unit."""
    if path[0] == "ranking_weights" and isinstance(value, int | float):
        return f"{100 * value:.0f} %"
    unit = str((schema.at(tuple(path)) or {}).get("x-unit") or "")
    return f"{_said(value)} {unit}".strip()


def _said(value: Any) -> str:
    """What entries of lists are called rather than all they hold; names of the schema as words."""
    if isinstance(value, Mapping):
        named = next(
            (value[name] for name in ("label", "question", "text", "name", "id") if value.get(name)), None
        )
        return str(named) if named else ", ".join(f"{plain(str(k))}: {_said(v)}" for k, v in value.items())
    if isinstance(value, list):
        return ", ".join(_said(one) for one in value)
    text = value_words(value)
    return plain(text) if _NAME.fullmatch(text) else text


def nearest(proposal: View) -> str:
    """Which template it begins from, and why: `Nearest template: used cars.`"""
    found = proposal.get("behavior") or {}
    why = " ".join(str(one["text"]) for one in found.get("evidence") or ())
    template = str(found.get("template") or "")
    return f"Begins from the template {template.replace('_', ' ')}. {why}".strip() if template else why


def choices(view: View) -> ChoicesShown:
    found = view.get("choices") or {}
    deposit, minutes = found.get("deposit_required"), found.get("hold_minutes")
    return ChoicesShown(
        name=str(found.get("name") or (title if (title := str(view.get("title") or "")) != UNTITLED else "")),
        slug=str(found.get("slug") or ""),
        currency=str(found.get("currency") or ""),
        transaction_mode=str(found.get("transaction_mode") or ""),
        deposit_required="" if deposit is None else str(bool(deposit)).lower(),
        hold_minutes="" if minutes is None else str(minutes),
        compliance=[str(one) for one in found.get("compliance") or ()],
    )


def chosen(form: Mapping[str, str]) -> dict[str, Any]:
    """The form of the choices as the service takes it; what is empty stays as the template has it."""
    deposit, minutes = form.get("deposit_required", ""), form.get("hold_minutes", "").strip()
    return {
        "name": form.get("name", "").strip(),
        "slug": form.get("slug", "").strip(),
        "currency": form.get("currency", "").strip().upper(),
        "transaction_mode": form.get("transaction_mode") or None,
        "deposit_required": None if deposit == "" else deposit == "true",
        "hold_minutes": int(minutes) if minutes.isdigit() else None,
        "compliance": [name.removeprefix(MUST) for name in form if name.startswith(MUST)],
    }


def own_photos(view: View) -> dict[str, str]:
    """The address of a picture of each listing that has one, by its stock number."""
    return {row.listing: row.image for row in reversed(photos(view)) if row.listing and not row.duplicate_of}
