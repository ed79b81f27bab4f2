"""The library of templates, and the way from one to an event of one's own."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components.basics import button, dialog, icon, notice
from app.components.frame import empty
from app.components.versions import new_event_fields
from app.config_views import TemplateRow


def templates(*, rows: Any, may_create: Any, on_pick: Any) -> rx.Component:
    """Templates one below the other: what each is for, and what it brings."""
    nothing = empty("No templates", rx.el.p("This installation ships none."))

    def row(item: rx.Var[TemplateRow]) -> rx.Component:
        return rx.el.li(
            rx.el.span(item.initial, class_name="shelf-item__letter serif", aria_hidden="true"),
            rx.el.div(
                rx.el.h2(item.title, class_name="shelf-item__title"),
                rx.el.p(item.description, class_name="muted"),
                rx.el.p(
                    rx.el.code(item.name, class_name="mono"),
                    rx.foreach(item.facts, lambda words: rx.el.span(words)),
                    class_name="history__facts muted tiny",
                ),
            ),
            rx.cond(
                may_create,
                button(
                    icon("plus"),
                    "New event",
                    rx.el.span(" from ", item.title, class_name="visually-hidden"),
                    small=True,
                    on_click=on_pick(item.name),
                ),
            ),
            class_name="shelf-item",
            key=item.name,
        )

    return rx.cond(rows.length() > 0, rx.el.ul(rx.foreach(rows, row), class_name="shelf-list"), nothing)


def new_event_dialog(
    *,
    template: rx.Var[TemplateRow],
    organizations: Any,
    name: Any,
    new_id: Any,
    failure: Any,
    busy: Any,
    on_name: Any,
    on_confirm: Any,
    on_dismiss: Any,
) -> rx.Component:
    organization = rx.cond(
        organizations.length() > 1,
        rx.el.label(
            rx.el.span("Organization", class_name="field__label"),
            rx.el.select(
                rx.foreach(organizations, lambda item: rx.el.option(item.text, value=item.value)),
                name="organization",
                class_name="input",
            ),
            class_name="field",
        ),
    )
    return dialog(
        rx.el.p(
            "It begins with everything the template says; you change what is yours. Version 1 is served as soon as it is made.",
            class_name="muted",
        ),
        rx.el.form(
            new_event_fields(name=name, new_id=new_id, on_name=on_name),
            organization,
            rx.cond(failure != "", notice(failure)),
            rx.el.div(
                button("Make the event", kind="primary", type="submit", disabled=busy),
                button("Not now", on_click=on_dismiss),
                class_name="dialog__actions",
            ),
            on_submit=on_confirm,
            class_name="section section--wide",
        ),
        title="New event: " + template.title,
        is_open=template.name != "",
        on_dismiss=on_dismiss,
        serif=False,
    )
