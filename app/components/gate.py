"""The step Publish: what would change and what it risks, what is still missing, who has to agree, and the way out."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.blueprint_views import BlueprintHead, CheckRow, GateShown
from app.components.basics import button, button_link, icon, notice
from app.components.diff import diff_view, risk_mark
from app.components.frame import go, section
from app.config_views import DiffShown


def gate(
    *,
    shown: rx.Var[GateShown],
    diff: rx.Var[DiffShown],
    head: rx.Var[BlueprintHead],
    may_edit: Any,
    may_review: Any,
    busy: Any,
    failure: Any,
    download: Any,
    on_publish: Any,
    on_judge: Any,
) -> rx.Component:
    """Reads like a pull request: the change at the left, what one may do about it at the right."""
    document = rx.el.details(
        rx.el.summary("The document, as it would be published"),
        rx.el.pre(
            rx.el.code(shown.document, class_name="mono"),
            class_name="gate__document",
            tab_index=0,
            role="region",
            custom_attrs={"aria-label": "The document"},
        ),
        class_name="more",
    )
    main = rx.el.div(
        section("Before it goes live", _checklist(shown)),
        rx.cond(
            shown.problems.length() > 0,
            section(
                "Problems",
                rx.el.ul(rx.foreach(shown.problems, lambda text: rx.el.li(text)), class_name="reasons"),
            ),
        ),
        section(
            rx.cond(shown.compared != "", "Compared with " + shown.compared, "What it says"),
            diff_view(diff, "gate", "It says nothing beyond its template."),
        ),
        document,
        rx.cond(
            shown.remarks.length() > 0,
            rx.el.details(
                rx.el.summary("Remarks on the document: ", shown.remarks.length()),
                rx.el.ul(rx.foreach(shown.remarks, lambda text: rx.el.li(text)), class_name="reasons"),
                class_name="more",
            ),
        ),
        class_name="pull__main",
    )
    side = rx.el.div(
        section(
            "Risk",
            rx.el.div(risk_mark(shown.risk)),
            rx.el.ul(rx.foreach(shown.reasons, lambda text: rx.el.li(text)), class_name="reasons"),
        ),
        section(
            "Who has to agree",
            rx.cond(
                head.status == "waiting",
                rx.el.p(
                    "It waits for others; they find it among the ",
                    go("approvals", href="/cockpit/approvals", class_name="link"),
                    ". Once they have agreed, publish it here.",
                ),
                rx.el.p(shown.needs),
            ),
        ),
        rx.cond(failure != "", notice(failure)),
        rx.cond(may_edit, _publish(shown, head, busy, on_publish)),
        rx.cond(may_review & (head.status == "waiting"), _judge(busy, on_judge)),
        section(
            "Take it along",
            rx.el.p(
                "Mapping, document, contract tests and adapters as one archive; it can be imported elsewhere.",
                class_name="muted",
            ),
            rx.el.div(
                button_link(
                    icon("download"), "Download the artifacts", href=download, download=True, target="_blank"
                )
            ),
        ),
        class_name="pull__side",
    )
    return rx.el.div(main, side, class_name="pull")


def _checklist(shown: rx.Var[GateShown]) -> rx.Component:
    return rx.el.ul(rx.foreach(shown.checks, _check), class_name="checks")


def _check(row: rx.Var[CheckRow]) -> rx.Component:
    mark = rx.cond(row.is_met, icon("circle-check"), icon("circle-dashed"))
    return rx.el.li(
        mark,
        rx.el.span(
            row.text,
            rx.el.span(rx.cond(row.is_met, " Met.", " Not met yet."), class_name="visually-hidden"),
            rx.cond(~row.is_met & ~row.is_required, rx.el.span(" May wait.", class_name="muted")),
        ),
        rx.cond(
            row.href != "",
            go(
                "Mend it in ",
                row.step,
                rx.el.span(": ", row.text, class_name="visually-hidden"),
                href=row.href,
                class_name="link",
            ),
        ),
        class_name=rx.cond(
            row.is_met, "check check--met", rx.cond(row.is_required, "check", "check check--advice")
        ),
        key=row.key,
    )


def _publish(
    shown: rx.Var[GateShown], head: rx.Var[BlueprintHead], busy: Any, on_publish: Any
) -> rx.Component:
    words = rx.cond(shown.asks, "Ask for approval", "Publish")
    return rx.el.form(
        rx.el.label(
            rx.el.span("Message", class_name="field__label"),
            rx.el.textarea(
                name="message",
                rows="2",
                max_length=500,
                default_value="The first version, from " + head.title,
                class_name="input",
            ),
            rx.el.span("Stands in the history for everybody.", class_name="field__help"),
            class_name="field",
        ),
        button(
            rx.cond(busy, "Publishing…", words),
            kind="primary",
            type="submit",
            disabled=busy | (shown.unmet > 0),
        ),
        rx.cond(
            shown.unmet > 0,
            rx.el.p("The list at the left has to be met first.", class_name="muted"),
        ),
        on_submit=on_publish,
        class_name="section",
    )


def _judge(busy: Any, on_judge: Any) -> rx.Component:
    return rx.el.form(
        rx.el.fieldset(
            rx.el.legend("Send it back", class_name="section__title"),
            _verdict("request_edits", "Ask for edits", "Its author goes on with it."),
            _verdict("reject", "Reject", "It ends here; the files stay."),
            class_name="choices",
        ),
        rx.el.label(
            rx.el.span("Reason", class_name="field__label"),
            rx.el.textarea(name="reason", rows="2", required=True, max_length=1000, class_name="input"),
            class_name="field",
        ),
        rx.el.div(button("Send it back", type="submit", small=True, disabled=busy)),
        on_submit=on_judge,
        class_name="section",
    )


def _verdict(value: str, title: str, words: str) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="radio", name="verdict", value=value, required=True),
        rx.el.span(rx.el.strong(title), rx.el.span(words, class_name="muted"), class_name="choice__words"),
        class_name="choice",
    )


def live(*, head: rx.Var[BlueprintHead], address: Any, download: Any) -> rx.Component:
    """It is live: where, and what comes next."""
    copy = rx.set_clipboard(address)
    return rx.el.section(
        rx.el.h2("It is live", class_name="live-now__title serif"),
        rx.el.p("Buyers meet it here:", class_name="muted"),
        rx.el.div(
            rx.el.a(address, href=head.store, target="_blank", class_name="live-now__address mono link"),
            button(
                icon("copy"), "Copy the address", small=True, on_click=[copy, rx.toast.success("Copied.")]
            ),
            class_name="desk__line",
        ),
        rx.el.div(
            button_link(
                "Open the storefront",
                icon("arrow-up-right"),
                href=head.store,
                kind="primary",
                target="_blank",
            ),
            go("Run the event", href="/cockpit/events/" + head.event, class_name="button button--quiet"),
            button_link(
                icon("download"), "Download the artifacts", href=download, download=True, target="_blank"
            ),
            class_name="dialog__actions",
        ),
        class_name="section section--wide live-now",
        role="status",
    )
