"""The versions of an event: the timeline, two of them compared, and the way back to one."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components.basics import button, dialog, icon, notice, pill
from app.components.diff import diff_view, risk_mark
from app.components.frame import empty, go, section
from app.components.native import countdown, local_time
from app.config_views import ConsequenceReport, DiffShown, HoldLine, VersionLine

STATES = (("in force", "good"), ("rolled back", "warn"))
CARRY = (
    ("drain", "Let them finish", "Open conversations keep the version they began with until they end."),
    ("migrate", "Take them along", "Open conversations go on with what still fits; the rest is dropped."),
    ("force", "Switch at once", "Open conversations lose what is gone in the middle of a sentence."),
)


def versions(
    rows: Any,
    options: Any,
    before: Any,
    after: Any,
    diff: Any,
    *,
    may_roll_back: Any,
    may_clone: Any,
    on_compare: Any,
    on_roll_back: Any,
    on_clone: Any,
) -> rx.Component:
    clone = rx.cond(may_clone, button(icon("copy"), "Clone this event", small=True, on_click=on_clone))
    timeline = rx.el.ol(
        rx.foreach(rows, lambda row: _version(row, before, after, may_roll_back, on_roll_back)),
        class_name="history",
    )
    nothing = empty("No version yet", rx.el.p("Publish a draft on the tab Document; it becomes version 1."))
    return rx.fragment(
        section(
            "Versions",
            _compare(options, before, after, on_compare),
            help_text="A published version never changes. Going back makes a new version equal to the old one.",
            action=clone,
        ),
        rx.cond(
            after > 0,
            section(rx.fragment("From version ", before, " to ", after), diff_view(diff, "versions")),
        ),
        rx.cond(rows.length() > 0, timeline, nothing),
    )


def _compare(options: Any, before: Any, after: Any, on_compare: Any) -> rx.Component:
    def pick(name: str, words: str, chosen: Any) -> rx.Component:
        return rx.el.label(
            rx.el.span(words, class_name="field__label"),
            rx.el.select(
                rx.el.option("Choose", value=""),
                rx.foreach(options, lambda item: rx.el.option(item.text, value=item.value)),
                name=name,
                class_name="input input--small",
                value=rx.cond(chosen > 0, chosen.to_string(), ""),
                on_change=lambda value: on_compare(name, value),
            ),
            class_name="field field--row",
        )

    return rx.cond(
        options.length() > 1,
        rx.el.div(pick("before", "Compare", before), pick("after", "with", after), class_name="pick-two"),
    )


def _version(
    row: rx.Var[VersionLine], before: Any, after: Any, may_roll_back: Any, on_roll_back: Any
) -> rx.Component:
    mark = rx.match(
        row.kind,
        ("lever", icon("sliders-horizontal")),
        ("rollback", icon("undo-2")),
        ("auto_rollback", icon("shield-alert")),
        icon("git-commit-horizontal"),
    )
    line = rx.el.div(
        rx.el.span("Version ", row.number, class_name="history__number num"),
        rx.cond(row.state != "superseded", pill(row.state, tone=rx.match(row.state, *STATES, "plain"))),
        rx.cond(row.kind != "publish", pill(row.kind_words)),
        risk_mark(row.risk),
        class_name="history__line",
    )
    facts = rx.el.p(
        rx.el.span("by ", row.author),
        local_time(row.at, "full"),
        rx.cond(row.approvals != "", rx.el.span(row.approvals)),
        rx.cond(row.carry != "", rx.el.span(row.carry)),
        rx.el.code(row.sha, class_name="mono", title="Beginning of the SHA-256 of the compiled document"),
        class_name="history__facts muted",
    )
    compared = (row.number == after) & (before == row.number - 1)
    actions = rx.el.div(
        rx.cond(
            row.number > 1,
            go(
                "What changed",
                rx.el.span(" in version ", row.number, class_name="visually-hidden"),
                href="?tab=versions&before="
                + (row.number - 1).to_string()
                + "&after="
                + row.number.to_string(),
                class_name="link",
                custom_attrs={"aria-current": rx.cond(compared, "true", "false")},
            ),
        ),
        rx.cond(
            may_roll_back & (row.state != "in force"),
            rx.el.button(
                "Roll back to this…",
                rx.el.span(" version ", row.number, class_name="visually-hidden"),
                type="button",
                class_name="link",
                on_click=on_roll_back(row.number),
            ),
        ),
        class_name="history__actions",
    )
    title = rx.cond(row.title != "", row.title, "Without a message")
    return rx.el.li(
        rx.el.span(mark, class_name="history__mark"),
        rx.el.div(line, rx.el.p(title, class_name="history__title"), facts, actions),
        class_name="history__item",
        key=row.number,
    )


def roll_back_dialog(
    *,
    report: rx.Var[ConsequenceReport],
    diff: rx.Var[DiffShown],
    failure: Any,
    busy: Any,
    on_confirm: Any,
    on_dismiss: Any,
    on_end: Any,
) -> rx.Component:
    """What going back means for everybody who is under way, before it happens."""
    holds = rx.cond(
        report.holds.length() > 0,
        rx.el.div(
            rx.el.h3("Holds under way", class_name="section__title"),
            rx.el.ul(rx.foreach(report.holds, lambda hold: _hold(hold, on_end)), class_name="honored"),
            class_name="section",
        ),
    )
    form = rx.el.form(
        carry_choice(report.gone),
        rx.el.label(
            rx.el.span("Why", class_name="field__label"),
            rx.el.textarea(name="reason", required=True, max_length=500, rows="2", class_name="input"),
            rx.el.span("Stands in the history for everybody.", class_name="field__help"),
            class_name="field",
        ),
        rx.cond(failure != "", notice(failure)),
        rx.el.div(
            button("Roll back to version ", report.target, kind="primary", type="submit", disabled=busy),
            button("Not now", on_click=on_dismiss),
            class_name="dialog__actions",
        ),
        on_submit=on_confirm,
        class_name="section section--wide",
    )
    return dialog(
        rx.el.ul(
            rx.foreach(report.sentences, lambda sentence: rx.el.li(sentence)), class_name="consequences"
        ),
        holds,
        rx.el.details(
            rx.el.summary("What changes in the document"), diff_view(diff, "rollback"), class_name="more"
        ),
        form,
        title=rx.fragment("Back to version ", report.target, "?"),
        label="Roll back",
        is_open=report.target > 0,
        on_dismiss=on_dismiss,
        serif=False,
        wide=True,
    )


def carry_choice(gone: Any) -> rx.Component:
    """How conversations that use what is gone go on. Asked only when something is gone; nothing is chosen beforehand."""

    def choice(value: str, title: str, words: str) -> rx.Component:
        return rx.el.label(
            rx.el.input(type="radio", name="carry", value=value, required=True),
            rx.el.span(
                rx.el.strong(title), rx.el.span(words, class_name="muted"), class_name="choice__words"
            ),
            class_name="choice",
        )

    return rx.cond(
        gone.length() > 0,
        rx.el.fieldset(
            rx.el.legend("Open conversations use what would be gone", class_name="section__title"),
            rx.el.ul(rx.foreach(gone, lambda words: rx.el.li(words)), class_name="consequences"),
            *[choice(*one) for one in CARRY],
            class_name="choices",
        ),
    )


def _hold(hold: rx.Var[HoldLine], on_end: Any) -> rx.Component:
    return rx.el.li(
        rx.el.strong(hold.title),
        rx.el.span(countdown(until=hold.expires, on_end=on_end), " left", class_name="num muted"),
        rx.el.span(hold.text, class_name="muted"),
        key=hold.id,
    )


def clone_dialog(
    *,
    is_open: Any,
    name: Any,
    new_id: Any,
    failure: Any,
    busy: Any,
    on_name: Any,
    on_confirm: Any,
    on_dismiss: Any,
) -> rx.Component:
    return dialog(
        rx.el.p("A new event with the same document. Its listings, holds and conversations are its own."),
        rx.el.form(
            new_event_fields(name=name, new_id=new_id, on_name=on_name),
            rx.cond(failure != "", notice(failure)),
            rx.el.div(
                button("Clone the event", kind="primary", type="submit", disabled=busy),
                button("Not now", on_click=on_dismiss),
                class_name="dialog__actions",
            ),
            on_submit=on_confirm,
            class_name="section section--wide",
        ),
        title="Clone this event",
        is_open=is_open,
        on_dismiss=on_dismiss,
        serif=False,
    )


def new_event_fields(*, name: Any, new_id: Any, on_name: Any) -> rx.Component:
    """Name and id of an event to be. The id follows the name until it is written by hand."""
    return rx.fragment(
        rx.el.label(
            rx.el.span("Name", class_name="field__label"),
            rx.el.input(
                name="name",
                required=True,
                max_length=120,
                default_value=name,
                on_blur=on_name,
                class_name="input",
                auto_complete="off",
            ),
            class_name="field",
        ),
        rx.el.label(
            rx.el.span("Id", class_name="field__label"),
            rx.el.input(
                name="new_id",
                required=True,
                max_length=64,
                pattern="[a-z0-9][a-z0-9\\-]*",
                key=new_id,
                default_value=new_id,
                class_name="input mono",
                auto_complete="off",
                title="Small letters, digits and hyphens",
            ),
            rx.el.span("Its address: /e/…; it stays as it is for good.", class_name="field__help"),
            class_name="field",
        ),
    )
