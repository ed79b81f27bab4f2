"""Reports and photos in the step Mapping: pages with boxes over them, pictures with the row they belong to."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.blueprint_views import PhotoRow, ReportShown
from app.components.basics import icon, pill
from app.components.frame import empty


class ReportViewer(rx.Component):
    """A page of a report with a box around each value found; a value lights its box, a box its value."""

    library = "$/public/mapping.jsx"
    tag = "ReportViewer"
    report: rx.Var[ReportShown]


def report(*, shown: rx.Var[ReportShown], options: Any, may_edit: Any, on_link: Any) -> rx.Component:
    """One report: what it belongs to, and what was read where."""
    return rx.el.section(
        rx.el.div(
            rx.cond(
                may_edit,
                _pick("Belongs to", shown.listing, options, on_link),
                rx.el.p("Belongs to ", rx.cond(shown.listing != "", shown.listing, "no row yet")),
            ),
            rx.cond(shown.linked != "", rx.el.span(shown.linked, class_name="muted")),
            rx.el.span(shown.strategy, class_name="muted"),
            class_name="desk__line",
        ),
        rx.cond(
            shown.notes.length() > 0,
            rx.el.ul(rx.foreach(shown.notes, lambda text: rx.el.li(text)), class_name="reasons"),
        ),
        ReportViewer.create(report=shown),
        class_name="section section--wide",
    )


def _pick(label: Any, value: Any, options: Any, on_change: Any, hidden: Any = None) -> rx.Component:
    named = {"aria-label": hidden} if hidden is not None else {}
    return rx.el.label(
        rx.el.span(label, class_name="field__label") if hidden is None else "",
        rx.el.select(
            rx.el.option("No row", value=""),
            rx.foreach(options, lambda item: rx.el.option(item.text, value=item.value)),
            value=value,
            on_change=on_change,
            class_name="input input--small select",
            custom_attrs=named,
        ),
        class_name="field field--row",
    )


def photos(*, rows: Any, options: Any, may_edit: Any, on_link: Any) -> rx.Component:
    """Pictures in rows of thumbnails. What is wrong with one stands below it; its row can be changed."""
    nothing = empty(
        "No photos", rx.el.p("Drop some in the step Samples; they find their rows by name, number or order.")
    )

    def one(row: rx.Var[PhotoRow]) -> rx.Component:
        link = rx.cond(
            may_edit,
            _pick(
                "", row.listing, options, lambda value: on_link(row.id, value), hidden="Row of " + row.name
            ),
            rx.el.span(rx.cond(row.listing != "", row.listing, "No row")),
        )
        return rx.el.li(
            rx.cond(
                row.image != "",
                rx.el.img(src=row.image, alt="", loading="lazy", class_name="photo__image"),
                rx.el.div(icon("image", 20), class_name="photo__image photo__image--none"),
            ),
            rx.el.p(row.name, class_name="photo__name", title=row.name),
            rx.el.p(
                rx.el.span(row.size, class_name="num"),
                rx.foreach(row.warnings, lambda text: pill(text, tone="warn")),
                rx.cond(row.duplicate_of != "", pill("Same as ", row.duplicate_of, tone="warn")),
                class_name="photo__facts muted tiny",
            ),
            link,
            rx.cond(row.linked != "", rx.el.p(row.linked, class_name="tiny muted")),
            class_name="photo",
            key=row.id,
        )

    return rx.cond(rows.length() > 0, rx.el.ul(rx.foreach(rows, one), class_name="photos"), nothing)
