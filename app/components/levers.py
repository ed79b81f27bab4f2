"""Levers, stop switches and flags: what may be moved at once, inside a range that was agreed before."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components.basics import button, dialog, icon, notice, pill
from app.components.frame import empty, section
from app.components.native import lever_slider, local_time
from app.config_views import FlagRow, KillSwitch, LeverRow


def levers(*, groups: Any, rows: Any, may_move: Any, busy: Any, on_move: Any, on_undo: Any) -> rx.Component:
    """Every lever with its range, under the title of its section."""
    nothing = empty(
        "Nothing to move", rx.el.p("A published version gives the levers their ranges. Publish one first.")
    )
    blocks = rx.foreach(
        groups,
        lambda group: rx.el.section(
            rx.el.h3(group, class_name="diff__section"),
            rx.foreach(
                rows,
                lambda row: rx.cond(row.group == group, _lever(row, may_move, busy, on_move, on_undo)),
            ),
            key=group,
        ),
    )
    return section(
        "Levers",
        rx.cond(rows.length() > 0, rx.el.div(blocks, class_name="levers"), nothing),
        help_text="A move inside the range asks nobody, is on record, and can be undone. The mark shows what was last approved.",
    )


def _lever(row: rx.Var[LeverRow], may_move: Any, busy: Any, on_move: Any, on_undo: Any) -> rx.Component:
    slider = lever_slider(
        path=row.path,
        label=row.label,
        low=row.low,
        high=row.high,
        step=row.step,
        value=row.value,
        unit=row.unit,
        baseline=row.baseline,
        disabled=~may_move | busy,
        on_move=on_move,
    )
    switch = _switch(
        row.label,
        row.value == "true",
        ~may_move | busy,
        lambda on: on_move(row.path, rx.cond(on, "true", "false")),
    )
    choice = rx.el.select(
        rx.foreach(row.options, lambda item: rx.el.option(item.text, value=item.value)),
        value=row.value,
        on_change=lambda value: on_move(row.path, value),
        disabled=~may_move | busy,
        class_name="input input--small",
        custom_attrs={"aria-label": row.label},
    )
    mover = rx.cond(
        row.moved != "",
        rx.el.p(
            rx.el.span(row.moved),
            local_time(row.moved_at, "full"),
            rx.cond(row.approved != "", rx.el.span(row.approved)),
            rx.cond(
                row.may_undo & may_move,
                rx.el.button(
                    "Undo",
                    rx.el.span(" the move of ", row.label, class_name="visually-hidden"),
                    type="button",
                    class_name="link",
                    on_click=on_undo(row.path),
                    disabled=busy,
                ),
            ),
            class_name="history__facts muted tiny",
        ),
    )
    return rx.el.div(
        rx.el.div(
            rx.el.p(row.label, class_name="lever__label"),
            rx.cond(row.help != "", rx.el.p(row.help, class_name="muted")),
            mover,
        ),
        rx.el.p(row.shown, class_name="lever__value num"),
        rx.el.div(
            rx.match(row.control, ("toggle", switch), ("choice", choice), slider), class_name="lever__control"
        ),
        class_name="lever",
        key=row.key,
    )


def _switch(label: Any, on: Any, disabled: Any, on_change: Any) -> rx.Component:
    """A toggle: what it says is what it is."""
    return rx.el.label(
        rx.el.input(
            type="checkbox",
            role="switch",
            checked=on,
            on_change=on_change,
            disabled=disabled,
            custom_attrs={"aria-label": label},
            class_name="onoff__input",
        ),
        rx.el.span(class_name="onoff__track", aria_hidden="true"),
        rx.el.span(rx.cond(on, "On", "Off"), aria_hidden="true"),
        class_name="onoff",
    )


def stops(*, rows: Any, may_move: Any, busy: Any, on_ask: Any) -> rx.Component:
    """The switches for a bad day, away from the levers, each behind one question."""

    def row(item: rx.Var[KillSwitch]) -> rx.Component:
        return rx.el.li(
            rx.el.div(
                rx.el.p(
                    item.label, " ", rx.cond(item.on, pill("In use", tone="bad")), class_name="lever__label"
                ),
                rx.el.p(item.help, class_name="muted"),
            ),
            button(
                rx.cond(item.on, icon("play"), icon("octagon-x")),
                rx.cond(item.on, item.end, item.use),
                "…",
                small=True,
                on_click=on_ask(item.path),
                disabled=~may_move | busy,
            ),
            class_name="stop",
            key=item.path,
        )

    return rx.cond(
        rows.length() > 0,
        section(
            "Stop switches",
            rx.el.ul(rx.foreach(rows, row), class_name="stops"),
            help_text="They reach every open conversation within a second.",
        ),
    )


def stop_dialog(
    *, asked: rx.Var[KillSwitch], failure: Any, busy: Any, on_confirm: Any, on_dismiss: Any
) -> rx.Component:
    return dialog(
        rx.el.p(asked.help),
        rx.el.p(
            rx.cond(
                asked.on,
                "Open conversations go on as before within a second.",
                "Every open conversation meets this within a second. You can take it back at any time.",
            ),
            class_name="muted",
        ),
        rx.cond(failure != "", notice(failure)),
        rx.el.div(
            button(
                rx.cond(asked.on, asked.end, asked.use), kind="primary", on_click=on_confirm, disabled=busy
            ),
            button("Not now", on_click=on_dismiss),
            class_name="dialog__actions",
        ),
        title=rx.cond(asked.on, asked.end, asked.use) + "?",
        is_open=asked.path != "",
        on_dismiss=on_dismiss,
        serif=False,
    )


def flags(*, rows: Any, may_move: Any, busy: Any, on_organization: Any, on_event: Any) -> rx.Component:
    """What buyers are offered: by this event, and what the organization says for all its events."""

    def row(item: rx.Var[FlagRow]) -> rx.Component:
        organization = rx.el.select(
            rx.cond(item.own == "", rx.el.option("As each event says", value="")),
            rx.el.option("On everywhere", value="on"),
            rx.el.option("Off everywhere", value="off"),
            value=item.own,
            on_change=lambda value: on_organization(item.name, value),
            disabled=~may_move | busy,
            class_name="input input--small",
            custom_attrs={"aria-label": item.name + ", in all events of the organization"},
        )
        return rx.el.tr(
            rx.el.td(
                rx.el.span(item.name, class_name="mono"),
                rx.cond(item.help != "", rx.el.span(item.help, class_name="table__sub tiny")),
            ),
            rx.el.td(
                _switch(
                    item.name + ", in this event",
                    item.event_on,
                    ~may_move | busy,
                    lambda on: on_event(item.name, rx.cond(on, "true", "false")),
                )
            ),
            rx.el.td(
                organization,
                rx.cond(item.note != "", rx.el.span(item.note, class_name="table__sub tiny")),
            ),
            rx.el.td(pill(rx.cond(item.on, "On", "Off"), tone=rx.cond(item.on, "good", "plain"))),
            key=item.name,
        )

    heads = rx.el.tr(
        *[
            rx.el.th(words, scope="col")
            for words in ("Flag", "This event", "The organization", "What buyers get")
        ]
    )
    grid = rx.el.div(
        rx.el.table(
            rx.el.caption("Flags", class_name="visually-hidden"),
            rx.el.thead(heads),
            rx.el.tbody(rx.foreach(rows, row)),
            class_name="table table--middle",
        ),
        class_name="table-wrap",
        tab_index=0,
        role="region",
        custom_attrs={"aria-label": "Flags"},
    )
    nothing = empty(
        "No flags",
        rx.el.p(
            "A flag switches a part of the storefront on or off. Add ",
            rx.el.code("flags", class_name="mono"),
            " to the document.",
        ),
    )
    return section(
        "Flags",
        rx.cond(rows.length() > 0, grid, nothing),
        help_text="What the organization says goes before what an event says.",
    )
