"""Branches of a document: lines of development beside the version in force, and bringing them back into it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components.basics import button, icon, notice, pill
from app.components.diff import diff_view
from app.components.frame import empty, go, section, table
from app.components.native import local_time
from app.config_views import BranchLine, ConflictRow, DiffShown, StepLine

SIDES = (("theirs", "Branch"), ("ours", "In force"), ("base", "As it was before both"))


def branches(
    rows: Any, options: Any, *, may_manage: Any, failure: Any, busy: Any, on_open: Any
) -> rx.Component:
    """All branches, and a new one."""
    nothing = empty(
        "No branches",
        rx.el.p(
            "A branch lets you prepare something large, next month's event perhaps, while small changes go on. ",
            "It is merged back as one draft.",
        ),
    )
    heads = ("Branch", "State", "From", "Newest", "By", "Since")
    form = rx.el.form(
        rx.el.label(
            rx.el.span("Name", class_name="field__label"),
            rx.el.input(
                name="name",
                required=True,
                max_length=64,
                pattern="[a-z0-9][a-z0-9._\\/\\-]*",
                title="Small letters, digits, dots, dashes",
                placeholder="staging",
                class_name="input",
            ),
            class_name="field",
        ),
        rx.el.label(
            rx.el.span("What for", class_name="field__label"),
            rx.el.input(name="description", max_length=500, class_name="input"),
            class_name="field field--wide",
        ),
        rx.el.label(
            rx.el.span("From", class_name="field__label"),
            rx.el.select(
                rx.foreach(options, lambda item: rx.el.option(item.text, value=item.value)),
                name="base",
                class_name="input",
            ),
            class_name="field",
        ),
        button("Open the branch", type="submit", disabled=busy),
        on_submit=on_open,
        class_name="form-row",
    )
    return rx.fragment(
        section(
            "Branches",
            rx.cond(
                rows.length() > 0, table(heads, rx.foreach(rows, _row), "Branches of this event"), nothing
            ),
        ),
        rx.cond(
            may_manage, section("New branch", rx.cond(failure != "", notice(failure)), form), rx.fragment()
        ),
    )


def _row(row: rx.Var[BranchLine]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(
            go(row.name, href="?tab=branches&branch=" + row.name, class_name="link"),
            rx.cond(row.description != "", rx.el.span(row.description, class_name="table__sub tiny")),
        ),
        rx.el.td(pill(row.status, tone=rx.cond(row.status == "active", "accent", "plain"))),
        rx.el.td(row.base),
        rx.el.td(row.head),
        rx.el.td(row.author),
        rx.el.td(local_time(row.at, "day")),
        key=row.name,
    )


def opened(
    *,
    branch: rx.Var[BranchLine],
    diff: rx.Var[DiffShown],
    steps: Any,
    editor: rx.Component,
    conflicts: Any,
    undecided: Any,
    may_manage: Any,
    failure: Any,
    busy: Any,
    on_choose: Any,
    on_commit: Any,
    on_merge: Any,
    on_close: Any,
) -> rx.Component:
    """One branch: what it would change, and the merge with its conflicts."""
    conflict_part = rx.cond(
        conflicts.length() > 0,
        section(
            "Both sides changed",
            rx.el.div(rx.foreach(conflicts, lambda row: _conflict(row, on_choose)), class_name="conflicts"),
            help_text="Choose for each place which value stands after the merge.",
        ),
    )
    merge = rx.el.form(
        rx.el.label(
            rx.el.span("What the merge brings, and why", class_name="field__label"),
            rx.el.input(name="message", required=True, max_length=500, class_name="input"),
            class_name="field field--wide",
        ),
        button(
            rx.cond(conflicts.length() > 0, "Merge with these choices", "Merge into the version in force"),
            kind="primary",
            type="submit",
            disabled=busy | (undecided > 0),
        ),
        rx.cond(undecided > 0, rx.el.p(undecided, " still to choose.", class_name="muted", role="status")),
        on_submit=on_merge,
        class_name="form-row",
    )
    actions = rx.cond(
        may_manage & (branch.status == "active"),
        rx.fragment(
            section(
                "Merge",
                merge,
                help_text="The merge is a draft like any other: its risk decides who has to agree.",
            ),
            section(
                "Close",
                rx.el.p("The branch stays readable; nothing more is written on it.", class_name="muted"),
                rx.el.div(button("Close the branch", small=True, on_click=on_close, disabled=busy)),
            ),
        ),
    )
    return rx.fragment(
        rx.el.header(
            rx.el.p(
                go(icon("arrow-left"), "All branches", href="?tab=branches", class_name="link link--icon")
            ),
            rx.el.div(
                rx.el.h2(branch.name, class_name="pull__title"), pill(branch.status), class_name="desk__line"
            ),
            rx.el.p(branch.description, class_name="muted"),
            class_name="pull__head",
        ),
        rx.cond(failure != "", notice(failure)),
        section(
            "Beside the version in force",
            diff_view(diff, "branch", "The branch equals the version in force."),
        ),
        conflict_part,
        actions,
        rx.cond(may_manage & (branch.status == "active"), _editing(editor, busy, on_commit)),
        section("Steps", rx.el.ol(rx.foreach(steps, _step), class_name="history")),
    )


def _editing(editor: rx.Component, busy: Any, on_commit: Any) -> rx.Component:
    form = rx.el.form(
        rx.el.label(
            rx.el.span("What this step does", class_name="field__label"),
            rx.el.input(name="message", required=True, max_length=500, class_name="input"),
            class_name="field field--wide",
        ),
        button("Commit to the branch", type="submit", disabled=busy),
        on_submit=on_commit,
        class_name="form-row",
    )
    return rx.el.details(
        rx.el.summary("Edit the branch"),
        rx.el.div(editor, form, class_name="section section--wide"),
        class_name="more",
    )


def _step(row: rx.Var[StepLine]) -> rx.Component:
    return rx.el.li(
        rx.el.span(icon("git-commit-horizontal"), class_name="history__mark"),
        rx.el.div(
            rx.el.p(row.message, class_name="history__title"),
            rx.el.p(
                rx.el.span("Step ", row.number, class_name="num"),
                rx.el.span("by ", row.author),
                local_time(row.at, "full"),
                class_name="history__facts muted",
            ),
        ),
        class_name="history__item",
        key=row.number,
    )


def _conflict(row: rx.Var[ConflictRow], on_choose: Any) -> rx.Component:
    def side(key: str, title: str, value: Any) -> rx.Component:
        return rx.el.label(
            rx.el.input(
                type="radio",
                name=row.path,
                value=key,
                checked=row.choice == key,
                on_change=lambda _: on_choose(row.path, key),
            ),
            rx.el.span(
                rx.el.strong(title),
                rx.el.code(value, class_name="mono conflict__value"),
                class_name="choice__words",
            ),
            class_name="choice",
        )

    values = {"ours": row.ours, "theirs": row.theirs, "base": row.base}
    shown = [side(key, title, values[key]) for key, title in SIDES]
    shown[-1] = rx.cond(row.base != "", shown[-1])  # what neither side has any more cannot be chosen
    return rx.el.fieldset(
        rx.el.legend(row.label, " ", rx.el.code(row.path, class_name="mono tiny muted")),
        rx.el.div(*shown, class_name="conflict__sides"),
        class_name="conflict",
        key=row.path,
    )
