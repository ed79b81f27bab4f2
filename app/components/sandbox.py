"""The step Preview: the event as buyers will meet it, seen by nobody else, and a dry run of holds."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.blueprint_views import Rehearsal, RehearsalRow
from app.components.basics import button, icon, notice
from app.components.frame import empty, section
from app.components.native import countdown, local_time
from app.components.sample_files import bar_line

BUYERS = 5


def curtain(*, expires: Any, may_edit: Any, busy: Any, on_open: Any, on_end: Any) -> rx.Component:
    """Says who can see this, and until when."""
    return rx.el.div(
        rx.el.p(
            icon("eye-off"),
            rx.el.span(
                "Nobody outside your organization can see this. It is thrown away in ",
                countdown(until=expires, on_end=on_end),
                ".",
            ),
            class_name="curtain__words",
        ),
        rx.cond(
            may_edit,
            button(icon("refresh-cw"), "Build it again", small=True, disabled=busy, on_click=on_open),
        ),
        class_name="curtain",
    )


def closed(*, may_edit: Any, busy: Any, is_over: Any, on_open: Any) -> rx.Component:
    """Before it is built, and after it has run out."""
    return empty(
        rx.cond(is_over, "The preview has run out", "Not built yet"),
        rx.el.p(
            "The preview imports your rows into a draft event that nobody else can see: tiles, filters, comparison, the "
            "conversation and holds, all as they will be."
        ),
        rx.cond(may_edit, button("Build the preview", kind="primary", disabled=busy, on_click=on_open)),
    )


def building(*, words: Any, percent: Any, done: Any, total: Any) -> rx.Component:
    """What is being done, in words, and how far it is."""
    return rx.el.div(
        rx.el.p(
            words,
            rx.cond(total > 0, rx.fragment(": ", done, " of ", total)),
            role="status",
            class_name="num",
        ),
        bar_line("Building the preview", percent),
        class_name="section building",
        custom_attrs={"aria-busy": "true"},
    )


def failed(*, problem: Any, may_edit: Any, busy: Any, on_open: Any) -> rx.Component:
    return rx.el.div(
        notice(problem),
        rx.cond(
            may_edit, rx.el.div(button("Build it again", kind="primary", disabled=busy, on_click=on_open))
        ),
        class_name="section",
    )


def rehearse(
    *,
    options: Any,
    chosen: Any,
    shown: rx.Var[Rehearsal],
    busy: Any,
    failure: Any,
    on_choose: Any,
    on_run: Any,
) -> rx.Component:
    """Five buyers reach for the same thing at once: who gets it, who waits, and until when. Everything is undone."""
    run = rx.el.div(
        rx.el.label(
            rx.el.span("They reach for", class_name="field__label"),
            rx.el.select(
                rx.foreach(options, lambda item: rx.el.option(item.text, value=item.value)),
                value=chosen,
                on_change=on_choose,
                class_name="input input--small select",
            ),
            class_name="field field--row",
        ),
        button("Run it", small=True, disabled=busy, on_click=on_run),
        class_name="rehearse",
    )
    report = rx.el.div(
        rx.el.p(rx.el.strong(shown.title), " ", shown.summary, role="status"),
        rx.el.ol(rx.foreach(shown.rows, lambda row: _buyer(row, shown.until)), class_name="tries"),
        rx.el.ul(rx.foreach(shown.notes, lambda text: rx.el.li(text)), class_name="reasons"),
        class_name="section",
    )
    return section(
        "Dry run of holds",
        run,
        rx.cond(failure != "", notice(failure)),
        rx.cond(shown.rows.length() > 0, report),
        help_text=f"{BUYERS} buyers reach for the same thing at the same moment. Nothing of it remains.",
    )


def _buyer(row: rx.Var[RehearsalRow], until: Any) -> rx.Component:
    mark = rx.match(row.tone, ("good", icon("lock-keyhole")), ("warn", icon("clock")), icon("x"))
    return rx.el.li(
        rx.el.span(mark, class_name="try__mark"),
        rx.el.span(row.who, class_name="try__who"),
        rx.el.span(
            row.outcome,
            rx.cond((row.tone == "good") & (until != ""), rx.fragment(" until ", local_time(until))),
        ),
        class_name="try try--" + row.tone,
        key=row.key,
    )


def wishes(must: Any, nice: Any) -> rx.Component:
    """What the guide has understood so far; it changes by what is said."""

    def group(title: str, chips: Any) -> rx.Component:
        return rx.cond(
            chips.length() > 0,
            rx.el.div(
                rx.el.span(title, class_name="chips__group"),
                rx.el.ul(
                    rx.foreach(chips, lambda chip: rx.el.li(chip.text, class_name="said-one", key=chip.id)),
                    class_name="said-list",
                ),
                class_name="chips",
            ),
        )

    return rx.fragment(group("Must have", must), group("Nice to have", nice))
