"""Who may do what: the matrix of members and permissions, and the organization's policy of approvals."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components.basics import button, notice
from app.components.frame import section
from app.config_views import MemberRow, PermissionCell

RISKS = (("low", "Low"), ("medium", "Medium"), ("high", "High"))


def matrix(
    *,
    rows: Any,
    heads: Any,
    may_manage: Any,
    busy: Any,
    failure: Any,
    on_toggle: Any,
    on_risk: Any,
    on_preset: Any,
) -> rx.Component:
    """Members down, permissions across. A dot marks what differs from the role."""

    def cell(row: rx.Var[MemberRow], item: rx.Var[PermissionCell]) -> rx.Component:
        return rx.el.td(
            rx.el.label(
                rx.el.input(
                    type="checkbox",
                    checked=item.on,
                    disabled=~may_manage | busy,
                    on_change=lambda on: on_toggle(row.id, item.key, on),
                    custom_attrs={"aria-label": item.label + ", " + row.email + ", " + item.hint},
                    class_name="tick",
                ),
                rx.cond(item.differs, rx.el.span(class_name="tick__dot", aria_hidden="true")),
                class_name="tick__box",
                title=item.hint,
            ),
            key=item.key,
        )

    def member(row: rx.Var[MemberRow]) -> rx.Component:
        risk = rx.el.select(
            *[rx.el.option(title, value=value) for value, title in RISKS],
            value=row.max_risk,
            disabled=~may_manage | busy,
            on_change=lambda value: on_risk(row.id, value),
            class_name="input input--small",
            custom_attrs={"aria-label": "Highest risk they may decide on, " + row.email},
        )
        return rx.el.tr(
            rx.el.th(
                rx.el.span(row.email, rx.cond(row.you, " (you)", ""), class_name="matrix__who"),
                rx.el.span(row.role, class_name="table__sub"),
                rx.cond(
                    may_manage & row.differs,
                    rx.el.button(
                        "As the role says",
                        rx.el.span(" for ", row.email, class_name="visually-hidden"),
                        type="button",
                        class_name="link tiny",
                        on_click=on_preset(row.id),
                    ),
                ),
                scope="row",
            ),
            rx.foreach(row.cells, lambda item: cell(row, item)),
            rx.el.td(
                rx.el.div(
                    risk,
                    rx.cond(row.max_differs, rx.el.span(class_name="tick__dot", aria_hidden="true")),
                    class_name="tick__box",
                )
            ),
            key=row.id,
        )

    head = rx.el.tr(
        rx.el.th("Member", scope="col"),
        rx.foreach(heads, lambda item: rx.el.th(item.text, scope="col", title=item.value, key=item.text)),
        rx.el.th("Highest risk", scope="col"),
    )
    grid = rx.el.div(
        rx.el.table(
            rx.el.caption("Members and their permissions", class_name="visually-hidden"),
            rx.el.thead(head),
            rx.el.tbody(rx.foreach(rows, member)),
            class_name="table matrix",
        ),
        class_name="table-wrap",
        tab_index=0,
        role="region",
        custom_attrs={"aria-label": "Members and their permissions"},
    )
    legend = rx.el.p(
        rx.el.span(class_name="tick__dot tick__dot--inline", aria_hidden="true"),
        "differs from what the role gives.",
        rx.cond(may_manage, "", " Whoever manages permissions can change this; you may read it."),
        class_name="muted",
    )
    return section("Permissions", rx.cond(failure != "", notice(failure)), grid, legend)


def policy_form(
    *, policy: Any, may_change: Any, busy: Any, failure: Any, version: Any, on_save: Any
) -> rx.Component:
    """How many have to agree to what. `policy` maps names to text; `version` counts what was read."""

    def number(name: str, label: str, help_text: str, highest: int) -> rx.Component:
        return rx.el.label(
            rx.el.span(label, class_name="field__label"),
            rx.el.input(
                type="number",
                name=name,
                min=0,
                max=highest,
                required=True,
                default_value=policy[name],
                disabled=~may_change,
                class_name="input input--number",
            ),
            rx.el.span(help_text, class_name="field__help"),
            class_name="field",
        )

    admin = rx.el.label(
        rx.el.input(
            type="checkbox",
            name="high_needs_admin",
            default_checked=policy["high_needs_admin"] == "true",
            disabled=~may_change,
            class_name="tick",
        ),
        rx.el.span("One of those who agree to high risk is an admin"),
        class_name="choice",
    )
    form = rx.el.form(
        rx.el.div(
            number("low", "Low risk", "people besides the author", 9),
            number("medium", "Medium risk", "people besides the author", 9),
            number("high", "High risk", "people besides the author", 9),
            class_name="policy",
        ),
        admin,
        rx.el.div(
            number(
                "escalate_conversations",
                "Open conversations",
                "From so many on, a change that reaches them counts one level higher.",
                1_000_000,
            ),
            number("escalate_holds", "Running holds", "The same, counted by holds under way.", 1_000_000),
            class_name="policy",
        ),
        rx.cond(failure != "", notice(failure)),
        rx.cond(
            may_change, rx.el.div(button("Save the policy", kind="primary", type="submit", disabled=busy))
        ),
        on_submit=on_save,
        key=version,
        class_name="section section--wide",
    )
    return section(
        "Approvals",
        form,
        help_text="How many people have to agree before a change is published. The author never counts.",
    )
