"""The tools of a profile: what each does, whether it may be used, and whether it asks first."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components.basics import icon, pill
from app.components.policy_fields import group, placed
from app.policy_views import ProfileForm, ToolRow


def tools(form: rx.Var[ProfileForm], locked: Any, on_tool: Any) -> rx.Component:
    def box(row: rx.Var[ToolRow], part: str, words: str, checked: Any, off: Any, why: Any) -> rx.Component:
        return rx.el.label(
            rx.el.input(
                type="checkbox",
                checked=checked,
                disabled=locked | off,
                on_change=lambda on: on_tool(row.name, part, on),
                custom_attrs={"aria-label": words + ": " + row.name},
            ),
            rx.el.span(why, aria_hidden="true"),
            class_name="tool__box",
        )

    def tool(row: rx.Var[ToolRow]) -> rx.Component:
        ask_why = rx.cond(row.acts, rx.cond(row.asks_itself, "Asks itself", "Ask first"), "Only looks")
        ask_why = rx.cond(row.is_open, "Always possible", ask_why)
        asks, fixed = row.confirm | (row.acts & row.asks_itself), ~row.allowed | ~row.acts | row.asks_itself
        return rx.el.li(
            rx.el.div(
                rx.el.p(
                    rx.el.code(row.name, class_name="mono"),
                    pill(row.verb, tone=rx.cond(row.acts, "accent", "plain")),
                    class_name="desk__line",
                ),
                rx.el.p(row.does, class_name="muted"),
                rx.cond(
                    row.problem != "",
                    rx.el.p(icon("triangle-alert"), row.problem, class_name="line__problem"),
                ),
                class_name="tool__words",
            ),
            rx.el.div(
                box(row, "allowed", "Allow", row.allowed, False, "Allow"),
                box(row, "confirm", "Ask first", asks, fixed, ask_why),
                box(
                    row,
                    "idempotent",
                    "Only once per key",
                    row.idempotent,
                    ~row.allowed | ~row.acts,
                    "Once per key",
                ),
                class_name="tool__boxes",
            ),
            class_name=rx.cond(row.allowed, "tool", "tool tool--off"),
            key=row.name,
        )

    nothing = rx.el.p(
        "The agent has no tools yet. Add some in the section Agent of the document.", class_name="muted"
    )
    return group(
        "What may be done",
        rx.cond(
            form.tools.length() > 0,
            rx.el.ul(rx.foreach(form.tools, tool), class_name="tools"),
            nothing,
        ),
        placed(form, "tools"),
        help_text="What is not allowed here is refused, whoever asks. “Ask first” needs the buyer’s yes each time. "
        "“Once per key” refuses a repeated click that does not say it is one.",
    )
