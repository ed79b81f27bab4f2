"""The parts of an event page in the cockpit."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components.basics import icon, notice, pill
from app.components.frame import bars, empty, go, pairs, section, table
from app.components.native import countdown, local_time
from app.config_views import Alert
from app.views import ArmRow, Happening, HoldRow, SessionRow


def alerts(rows: Any) -> rx.Component:
    """What somebody has to know or decide, one line each; nothing where all is well."""

    def row(item: rx.Var[Alert]) -> rx.Component:
        mark = rx.match(
            item.tone,
            ("bad", icon("circle-alert")),
            ("warn", icon("clock-alert")),
            ("good", icon("circle-check")),
            icon("git-pull-request"),
        )
        return rx.el.li(
            mark,
            rx.el.span(item.text),
            go(item.action, href=item.address, class_name="link"),
            class_name="alert alert--" + item.tone,
            key=item.key,
        )

    return rx.cond(
        rows.length() > 0,
        rx.el.ul(rx.foreach(rows, row), class_name="alerts", custom_attrs={"aria-label": "What to know"}),
    )


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
            rx.el.td(
                go(
                    rx.el.code(item.short, class_name="mono"),
                    href="?tab=live&session=" + item.id,
                    class_name="link",
                    custom_attrs={"aria-label": "Conversation " + item.short},
                )
            ),
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
