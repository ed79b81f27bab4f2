"""Stop switches of a whole organization on the tab Levers. What is on stands above every page, see `banner`."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components.basics import button, dialog, icon, notice, pill
from app.components.frame import section
from app.components.native import local_time
from app.config_views import OrganizationStop


def organization_stops(*, rows: Any, may_move: Any, busy: Any, on_ask: Any) -> rx.Component:
    def row(item: rx.Var[OrganizationStop]) -> rx.Component:
        told = rx.cond(
            item.at != "",
            rx.el.p(
                rx.el.span(item.who, ", "),
                local_time(item.at, "full"),
                rx.cond(item.note != "", rx.el.span(" “", item.note, "”")),
                class_name="muted tiny",
            ),
        )
        return rx.el.li(
            rx.el.div(
                rx.el.p(
                    item.label, " ", rx.cond(item.on, pill("In use", tone="bad")), class_name="lever__label"
                ),
                rx.el.p(item.help, class_name="muted"),
                told,
            ),
            button(
                rx.cond(item.on, icon("play"), icon("octagon-x")),
                rx.cond(item.on, item.end, item.use),
                "…",
                small=True,
                on_click=on_ask(item.name),
                disabled=~may_move | busy,
            ),
            class_name="stop",
            key=item.name,
        )

    return section(
        "Stop switches of the organization",
        rx.el.ul(rx.foreach(rows, row), class_name="stops"),
        help_text="They stop every event of the organization at once, whatever the event says.",
    )


def organization_stop_dialog(
    *, asked: rx.Var[OrganizationStop], failure: Any, busy: Any, on_confirm: Any, on_dismiss: Any
) -> rx.Component:
    title = rx.cond(asked.on, asked.end, asked.use)
    return dialog(
        rx.el.p(asked.help),
        rx.el.p(
            rx.cond(
                asked.on,
                "Every event goes on as its own document says, within a second.",
                "It reaches every open conversation of every event within a second. You can take it back at any time.",
            ),
            class_name="muted",
        ),
        rx.el.form(
            rx.el.label(
                rx.el.span("Why", class_name="field__label"),
                rx.el.input(name="note", max_length=500, class_name="input"),
                rx.el.span("Stands above every page while it is on. May be left out.", class_name="field__help"),
                class_name="field",
            ),
            rx.cond(failure != "", notice(failure)),
            rx.el.div(
                button(title, kind="primary", type="submit", disabled=busy),
                button("Not now", on_click=on_dismiss),
                class_name="dialog__actions",
            ),
            on_submit=on_confirm,
            class_name="section",
        ),
        title=title + "?",
        is_open=asked.name != "",
        on_dismiss=on_dismiss,
        serif=False,
    )  # fmt: skip
