"""Up to four listings side by side: what differs first, what is equal folded away."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components.basics import button, icon, icon_button
from app.components.native import layer
from app.views import CompareCell, CompareHead, CompareRow

MOST = 4


def compare_bar(*, count: Any, on_open: Any, on_clear: Any) -> rx.Component:
    """Stays in sight while something is chosen."""
    words = rx.cond(
        count == 1, "One chosen. Choose another to compare.", count.to_string() + " chosen to compare"
    )
    bar = rx.el.div(
        rx.el.span(words, role="status"),
        rx.el.div(
            rx.el.button("Clear", type="button", class_name="compare-bar__words", on_click=on_clear),
            rx.el.button(
                "Compare", type="button", class_name="compare-bar__do", on_click=on_open, disabled=count < 2
            ),
            class_name="compare-bar__actions",
        ),
        class_name="compare-bar",
    )
    return rx.cond(count > 0, bar)


def compare_sheet(
    *,
    is_open: Any,
    heads: Any,
    differing: Any,
    equal: Any,
    on_dismiss: Any,
    on_pick: Any,
    on_remove: Any,
    summary: Any = "",
) -> rx.Component:
    """A table that pages by column on a phone."""
    same = rx.el.details(
        rx.el.summary(
            "The same for all: ",
            rx.cond(equal.length() == 1, "1 fact", equal.length().to_string() + " facts"),
            class_name="compare__summary",
        ),
        rx.el.div(
            rx.el.table(rx.el.tbody(rx.foreach(equal, _row)), class_name="compare"),
            class_name="compare__scroll",
        ),
    )
    body = rx.el.div(
        rx.el.div(
            rx.el.h2("Side by side", class_name="dialog__title serif"),
            icon_button("x", "Close", on_click=on_dismiss),
            class_name="dialog__head",
        ),
        rx.cond(rx.Var.create(summary) != "", rx.el.p(summary, class_name="compare__told")),
        rx.el.div(
            rx.el.table(
                rx.el.caption("Differences between the chosen listings", class_name="visually-hidden"),
                rx.el.thead(
                    rx.el.tr(
                        rx.el.td(class_name="compare__label"),
                        rx.foreach(heads, lambda item: _head(item, on_pick, on_remove)),
                    )
                ),
                rx.el.tbody(rx.foreach(differing, _row)),
                class_name="compare",
            ),
            class_name="compare__scroll",
            tab_index=0,
            role="region",
            custom_attrs={"aria-label": "Comparison"},
        ),
        rx.cond(equal.length() > 0, same),
        class_name="compare__body",
    )
    return layer(
        body, open=is_open, label="Side by side", class_name="dialog dialog--wide", on_dismiss=on_dismiss
    )


def _head(item: rx.Var[CompareHead], on_pick: Any, on_remove: Any) -> rx.Component:
    return rx.el.th(
        rx.el.img(src=item.photo, alt=""),
        rx.el.button(item.title, type="button", class_name="serif compare__title", on_click=on_pick(item.id)),
        rx.el.p(item.price, class_name="num"),
        rx.cond(item.match > 0, rx.el.p("Match ", item.match, class_name="muted small num")),
        rx.cond(item.state == "held", rx.el.p("On hold", class_name="muted small")),
        rx.cond(item.state == "sold", rx.el.p("Sold", class_name="muted small")),
        button("Remove", kind="words", on_click=on_remove(item.id)),
        scope="col",
        class_name="compare__head",
    )


def _row(item: rx.Var[CompareRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(item.label, scope="row", class_name="compare__label"),
        rx.foreach(item.cells, _cell),
    )


def _cell(item: rx.Var[CompareCell]) -> rx.Component:
    """A best value is marked in form and in words, never by color alone."""
    best = rx.el.strong(icon("check", 14), item.text, rx.el.span(", the best", class_name="visually-hidden"))
    return rx.el.td(
        rx.cond(item.best, best, item.text),
        class_name=rx.cond(item.best, "compare__best", rx.cond(item.missing, "compare__missing", "")),
    )
