"""The parts of an event page in the cockpit."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components.basics import button, icon, notice, pill
from app.components.frame import bars, empty, pairs, section, table
from app.components.native import countdown, document_editor, local_time
from app.views import ArmRow, Happening, HoldRow, Problem, SessionRow, VersionRow


def overview(*, story: Any, facts: Any, weights: Any) -> rx.Component:
    return rx.fragment(
        rx.el.p(story, class_name="story"),
        rx.el.div(
            section("What buyers meet", pairs(facts)),
            section(
                "How results are ranked",
                bars(weights),
                help_text="Shares of the score, from the version in force.",
            ),
            class_name="columns",
        ),
    )


def document(
    *,
    store: Any,
    source: Any,
    problems: Any,
    problem_lines: Any,
    line: Any,
    state: Any,
    may_publish: Any,
    blocked: Any,
    version: Any,
    busy: Any,
    failure: Any,
    on_edit: Any,
    on_problem: Any,
    on_publish: Any,
) -> rx.Component:
    """The document as YAML, its problems beside it, and the way to put it in force."""
    editor = document_editor(
        store=store,
        value=source,
        label="Event document, YAML",
        problem_lines=problem_lines,
        line=line,
        read_only=~may_publish,
        on_edit=on_edit,
    )
    found = rx.cond(
        problems.length() > 0,
        rx.el.div(rx.foreach(problems, lambda item: _problem(item, on_problem)), class_name="problems"),
        rx.el.p(
            icon("circle-check", 16),
            " No problems found.",
            class_name="muted",
            style={"display": "flex", "gap": "8px", "align-items": "center"},
        ),
    )
    publish = rx.el.form(
        rx.el.label(
            rx.el.span("What changes, and why", class_name="field__label"),
            rx.el.input(
                name="message",
                key=version,
                class_name="input",
                max_length=500,
                placeholder="Longer holds for the weekend",
            ),
            class_name="field",
        ),
        rx.cond(failure != "", notice(failure)),
        button("Publish", kind="primary", type="submit", disabled=busy | blocked),
        rx.el.p(
            "Every running process serves it within a second. Open conversations keep the version they began with.",
            class_name="muted",
        ),
        on_submit=on_publish,
        class_name="section",
        style={"gap": "14px"},
    )
    return rx.el.div(
        editor,
        rx.el.div(
            rx.el.section(
                rx.el.h2("Problems", class_name="section__title"),
                found,
                class_name="section",
                aria_live="polite",
            ),
            rx.el.section(
                rx.el.h2("Publish", class_name="section__title"),
                rx.el.p(state, class_name="muted", role="status"),
                rx.cond(
                    may_publish,
                    publish,
                    rx.el.p(
                        "Your role may read this document. Admins and operators publish.", class_name="muted"
                    ),
                ),
                class_name="section",
            ),
            class_name="panel",
        ),
        class_name="document",
    )


def _problem(item: rx.Var[Problem], on_problem: Any) -> rx.Component:
    where = rx.cond(
        item.line > 0,
        rx.el.span(
            "Line ", item.line, ", column ", item.column, " · ", item.path, class_name="problem__where"
        ),
        rx.el.span(item.path, class_name="problem__where"),
    )
    return rx.el.button(
        rx.el.span(item.text, class_name="problem__text"),
        rx.cond(item.hint != "", rx.el.span(item.hint, class_name="problem__hint")),
        where,
        type="button",
        class_name="problem",
        on_click=on_problem(item.line),
    )


def versions(rows: Any) -> rx.Component:
    def row(item: rx.Var[VersionRow]) -> rx.Component:
        return rx.el.tr(
            rx.el.td(
                rx.el.span(item.number, class_name="num"),
                " ",
                rx.cond(item.current, pill("In force", tone="good")),
                style={"white-space": "nowrap"},
            ),
            rx.el.td(rx.cond(item.message != "", item.message, rx.el.span("No message", class_name="muted"))),
            rx.el.td(item.author),
            rx.el.td(local_time(item.at, "full")),
            rx.el.td(rx.el.code(item.sha, class_name="mono muted")),
        )

    heads = ("Version", "What changed", "Published by", "When", "Fingerprint")
    return section(
        "Versions",
        table(heads, rx.foreach(rows, row), "Versions of this event"),
        help_text="A published version never changes. The fingerprint is the beginning of the SHA-256 of its compiled form.",
    )


def live(*, sessions: Any, holds: Any, happenings: Any, connected: Any, on_end: Any) -> rx.Component:
    status = rx.cond(
        connected,
        pill(rx.el.span(class_name="dot"), "Live", tone="good"),
        pill(rx.el.span(class_name="dot"), "Connecting again", tone="warn"),
    )
    board = rx.el.div(
        section("Holds", _holds(holds, on_end)),
        section("Conversations", _sessions(sessions)),
        style={"display": "grid", "gap": "40px", "min-width": "0"},
    )
    line = rx.el.section(
        rx.el.div(rx.el.h2("Right now", class_name="section__title"), status, class_name="desk__line"),
        rx.cond(
            happenings.length() > 0,
            rx.el.div(
                rx.foreach(happenings, _happening), class_name="timeline", role="log", aria_live="polite"
            ),
            rx.el.p("It is quiet. What buyers do appears here as it happens.", class_name="muted"),
        ),
        class_name="section",
    )
    return rx.el.div(board, line, class_name="live")


def _happening(item: rx.Var[Happening]) -> rx.Component:
    return rx.el.div(
        local_time(item.at),
        rx.el.span(item.text),
        class_name="happening happening--" + item.tone,
        key=item.key,
    )


def _holds(rows: Any, on_end: Any) -> rx.Component:
    def row(item: rx.Var[HoldRow]) -> rx.Component:
        return rx.el.tr(
            rx.el.td(rx.el.strong(item.title)),
            rx.el.td(rx.el.code(item.buyer, class_name="mono")),
            rx.el.td(local_time(item.placed)),
            rx.el.td(pill(countdown(until=item.expires, on_end=on_end), " left", tone="accent")),
            key=item.id,
        )

    nothing = empty(
        "Nothing is on hold", rx.el.p("When a buyer holds something, it stands here with its clock.")
    )
    return rx.cond(
        rows.length() > 0,
        table(("Listing", "Buyer", "Since", "Hold"), rx.foreach(rows, row), "Holds"),
        nothing,
    )


def _sessions(rows: Any) -> rx.Component:
    def row(item: rx.Var[SessionRow]) -> rx.Component:
        return rx.el.tr(
            rx.el.td(rx.el.code(item.short, class_name="mono")),
            rx.el.td(
                rx.cond(item.wishes != "", item.wishes, rx.el.span("Nothing said yet", class_name="muted"))
            ),
            rx.el.td(item.turns, class_name="table__num"),
            rx.el.td(item.first_match),
            rx.el.td(local_time(item.started)),
            rx.el.td(item.version),
            key=item.id,
        )

    nothing = empty("No conversations yet", rx.el.p("Open the storefront in another window to begin one."))
    heads = ("Buyer", "Looks for", "Turns", "First match", "Began", "Version")
    return rx.cond(
        rows.length() > 0, table(heads, rx.foreach(rows, row), "Conversations", numeric=(2,)), nothing
    )


def experiment(
    *, name: Any, title: Any, verdict: Any, arms: Any, facts: Any, figure: Any, warning: Any
) -> rx.Component:
    """A two-arm test: the verdict first, then the picture, then the figures behind it."""

    def row(item: rx.Var[ArmRow]) -> rx.Component:
        return rx.el.tr(
            rx.el.td(rx.el.strong(item.name), rx.el.span(item.key, class_name="table__sub mono tiny")),
            rx.el.td(item.weight, class_name="table__num"),
            rx.el.td(item.exposed, class_name="table__num"),
            rx.el.td(item.converted, class_name="table__num"),
            rx.el.td(item.rate, class_name="table__num"),
            rx.el.td(item.interval, class_name="table__num"),
        )

    heads = ("Arm", "Share", "Saw it", "Converted", "Rate", "95 % interval")
    body = rx.fragment(
        rx.el.div(
            rx.el.p(rx.cond(title != "", title, name), class_name="muted"),
            rx.el.p(verdict, class_name="verdict"),
            class_name="section",
        ),
        rx.cond(warning != "", notice(warning, tone="warn")),
        section("Conversion by arm", rx.el.div(figure, class_name="chart")),
        table(heads, rx.foreach(arms, row), "Arms of the experiment", numeric=(1, 2, 3, 4, 5)),
        section("Behind the verdict", pairs(facts)),
    )
    nothing = empty(
        "No experiment in this version",
        rx.el.p(
            "Add an ",
            rx.el.code("experiments", class_name="mono"),
            " section with two arms to the document and publish it. Buyers are split evenly and keep their arm.",
        ),
    )
    return rx.cond(name != "", body, nothing)
