"""The step Mapping: files as tabs, the grid, the sentence that clarifies, and rows as they would be imported."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_base.event import passthrough_event_spec

from app.blueprint_views import ColumnRow, FileTab, LiveCell, LiveRow, SheetHead, UnderstoodChange
from app.components.basics import button, dialog, icon, notice
from app.components.frame import go

#: Offered by name; any other can be said in words.
CURRENCIES = ("USD", "EUR", "GBP", "CHF", "CAD", "AUD", "JPY", "SEK", "NOK", "DKK", "PLN", "AED")


class MappingGrid(rx.Component):
    """The grid of `assets/mapping.jsx`. `on_decide` tells columns and one change; `on_guarded` what nobody should see."""

    library = "$/public/mapping.jsx"
    tag = "MappingGrid"
    rows: rx.Var[list[Any]]
    groups: rx.Var[list[Any]]
    targets: rx.Var[list[Any]]
    may: rx.Var[bool]
    label: rx.Var[str]
    on_decide: rx.EventHandler[passthrough_event_spec(list[str], dict[str, Any])]
    on_guarded: rx.EventHandler[passthrough_event_spec(str, list[str])]


mapping_grid = MappingGrid.create


def file_tabs(tabs: Any, current: Any) -> rx.Component:
    """The files that have something to decide. Each is an address of its own."""

    def one(tab: rx.Var[FileTab]) -> rx.Component:
        asked = rx.el.span(
            tab.questions, rx.el.span(" to decide", class_name="visually-hidden"), class_name="tab__count"
        )
        return go(
            tab.name,
            rx.cond(tab.questions > 0, asked),
            href="?step=mapping&file=" + tab.id,
            class_name="tab",
            custom_attrs={"aria-current": rx.cond(tab.id == current, "page", "false")},
        )

    return rx.el.nav(
        rx.foreach(tabs, one), class_name="tabs tabs--files", custom_attrs={"aria-label": "Files"}
    )


def sheet_facts(
    head: rx.Var[SheetHead], *, asked: Any, currency: Any, may_edit: Any, on_currency: Any
) -> rx.Component:
    """How the file is read, in one line; what is asked of it as a whole, and what it says of itself, below."""
    money = rx.el.label(
        rx.el.span("Currency", class_name="field__label"),
        rx.el.select(
            rx.el.option("Not said", value=""),
            rx.cond(
                (currency != "") & ~rx.Var.create(list(CURRENCIES)).contains(currency),
                rx.el.option(currency, value=currency),
            ),
            *[rx.el.option(code, value=code) for code in CURRENCIES],
            value=currency,
            on_change=on_currency,
            class_name="input input--small select",
        ),
        class_name="field field--row",
    )
    facts = rx.el.dl(
        rx.foreach(head.facts, lambda fact: rx.el.div(rx.el.dt(fact.label), rx.el.dd(fact.text))),
        rx.cond(
            head.others.length() > 0,
            rx.el.div(rx.el.dt("Passed over"), rx.el.dd(head.others.join(", "))),
        ),
        class_name="facts-line",
    )
    notes = rx.el.details(
        rx.el.summary("Noticed on the way: ", head.notes.length()),
        rx.el.ul(rx.foreach(head.notes, lambda text: rx.el.li(text)), class_name="reasons"),
        class_name="more",
    )
    return rx.fragment(
        rx.el.div(facts, rx.cond(may_edit, money), class_name="sheet-bar"),
        rx.foreach(asked, lambda text: notice(text, tone="warn")),
        rx.cond(head.notes.length() > 0, notes),
    )


def failure(words: Any) -> rx.Component:
    return rx.cond(words != "", notice(words))


def bulk(*, sure: Any, busy: Any, on_accept: Any) -> rx.Component:
    """Everything that is sure, in one press."""
    return rx.cond(
        sure > 0,
        button(
            icon("check-check"),
            rx.fragment("Accept all ≥ 90 (", sure, ")"),
            rx.el.span(" of every file", class_name="visually-hidden"),
            small=True,
            disabled=busy,
            on_click=on_accept,
        ),
    )


def clarify(
    *,
    may_edit: Any,
    understood: Any,
    guarded: Any,
    words: Any,
    problem: Any,
    busy: Any,
    stamp: Any,
    on_say: Any,
    on_apply: Any,
    on_drop: Any,
) -> rx.Component:
    """A sentence becomes changes, and the changes are shown before anything happens."""
    form = rx.el.form(
        icon("message-square-text", 20),
        rx.el.input(
            name="text",
            required=True,
            max_length=2000,
            placeholder="Say it in words: “treat Ext. Color as exterior color”, “prices are in euros”, “ignore column K”",
            class_name="input input--small",
            auto_complete="off",
            key=stamp,
            custom_attrs={"aria-label": "Say in words what is different"},
        ),
        button("Understand", small=True, type="submit", disabled=busy),
        on_submit=on_say,
        class_name="clarify__form",
    )
    shown = rx.el.div(
        rx.el.p(rx.el.strong("Understood: "), words),
        rx.cond(
            understood.length() > 0,
            rx.el.ul(rx.foreach(understood, _understood), class_name="changes"),
        ),
        rx.el.form(
            rx.cond(
                guarded,
                rx.el.label(
                    rx.el.input(type="checkbox", name="confirm", required=True),
                    rx.el.span(
                        "I am allowed to publish what was kept back as internal or personal",
                        class_name="choice__words",
                    ),
                    class_name="choice",
                ),
            ),
            rx.el.div(
                rx.cond(
                    understood.length() > 0,
                    button("Apply", kind="primary", small=True, type="submit", disabled=busy),
                ),
                button("Leave it", small=True, on_click=on_drop),
                class_name="dialog__actions",
            ),
            on_submit=on_apply,
            class_name="section",
        ),
        class_name="section clarify__shown",
        role="status",
    )
    return rx.cond(
        may_edit,
        rx.el.section(
            form,
            rx.cond(problem != "", notice(problem, tone="warn")),
            rx.cond(words != "", shown),
            class_name="section",
            custom_attrs={"aria-label": "Clarify in words"},
        ),
    )


def _understood(change: rx.Var[UnderstoodChange]) -> rx.Component:
    return rx.el.li(
        rx.el.span(icon("pencil-line"), class_name="change__mark"),
        rx.el.div(
            rx.el.p(rx.cond(change.text != "", change.text, change.column), class_name="change__text"),
            rx.el.p(
                rx.cond(change.before != "", change.before, "nothing"),
                " → ",
                rx.cond(change.after != "", change.after, "nothing"),
                class_name="muted",
            ),
            class_name="change__body",
        ),
        class_name="change",
        key=change.key,
    )


def live_rows(*, heads: Any, rows: Any, rejected: Any, busy: Any) -> rx.Component:
    """The file's own rows as they would be imported now. What was refused is marked, with what is written there."""
    table = rx.el.div(
        rx.el.table(
            rx.el.caption("Rows as they would be imported", class_name="visually-hidden"),
            rx.el.thead(
                rx.el.tr(
                    rx.el.th("Row", scope="col", class_name="table__num"),
                    rx.foreach(heads, lambda text: rx.el.th(text, scope="col")),
                )
            ),
            rx.el.tbody(rx.foreach(rows, _live_row)),
            class_name="table live-table",
        ),
        class_name="table-wrap live-wrap",
        tab_index=0,
        role="region",
        custom_attrs={"aria-label": "Rows as they would be imported", "aria-busy": busy},
    )
    said = rx.cond(
        rejected > 0,
        rx.el.p(
            icon("triangle-alert"),
            rejected,
            " cells cannot be read; the reason stands in each.",
            class_name="warned said",
        ),
        rx.el.p(icon("circle-check"), "Every cell of these rows can be read.", class_name="muted said"),
    )
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Rows as they would be imported", class_name="section__title"),
            rx.cond(rows.length() > 0, said),
            class_name="section__head",
        ),
        rx.cond(rows.length() > 0, table, rx.el.p("No rows yet: map a column first.", class_name="muted")),
        class_name="section",
    )


def _live_row(row: rx.Var[LiveRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(row.row, class_name="table__num muted"), rx.foreach(row.cells, _live_cell), key=row.row
    )


def _live_cell(cell: rx.Var[LiveCell]) -> rx.Component:
    refused = rx.el.td(
        rx.el.span(icon("triangle-alert", 14), cell.written, class_name="live__written"),
        rx.el.span(cell.problem, class_name="live__problem"),
        class_name="live__refused",
    )
    return rx.cond(cell.problem != "", refused, rx.el.td(cell.text))


def publish_anyway(
    *,
    column: rx.Var[ColumnRow],
    targets: Any,
    options: Any,
    failure: Any,
    busy: Any,
    on_confirm: Any,
    on_dismiss: Any,
) -> rx.Component:
    """Asks once more before anybody's telephone number or a dealer's cost is shown to the world."""
    return dialog(
        rx.el.p(
            "It was left out as ",
            rx.el.strong(column.left_words.lower()),
            ". Published, every buyer can read it, search engines too.",
        ),
        rx.el.p("Its cells: ", rx.el.span(column.samples.join(" · "), class_name="muted")),
        rx.el.form(
            rx.el.label(
                rx.el.span("Publish it as", class_name="field__label"),
                rx.el.select(
                    rx.foreach(options, lambda item: rx.el.option(item.text, value=item.value)),
                    name="target",
                    default_value=targets[0],
                    class_name="input",
                ),
                class_name="field",
            ),
            rx.el.label(
                rx.el.input(type="checkbox", name="sure", required=True),
                rx.el.span("I am allowed to publish this", class_name="choice__words"),
                class_name="choice",
            ),
            rx.cond(failure != "", notice(failure)),
            rx.el.div(
                button("Publish the column", kind="primary", type="submit", disabled=busy),
                button("Keep it out", on_click=on_dismiss),
                class_name="dialog__actions",
            ),
            on_submit=on_confirm,
            class_name="section section--wide",
        ),
        title="Publish " + column.title + "?",
        is_open=column.key != "",
        on_dismiss=on_dismiss,
        serif=False,
    )
