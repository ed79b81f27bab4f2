"""What stands above the document: the state of the draft, what it changes, who has to agree, and what can be done."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components.basics import button, dialog, icon, notice, pill
from app.components.diff import diff_view, risk_mark
from app.components.frame import go
from app.components.native import local_time
from app.components.versions import carry_choice
from app.config_views import ConflictRow, DiffShown
from app.document_views import Clash, DraftBar, DraftChoice

STATUS_TONES = (("in_review", "accent"), ("approved", "good"), ("rejected", "bad"), ("open", "accent"))
SIDES = (("ours", "This draft"), ("theirs", "The version in force"))


def draft_bar(
    *,
    bar: rx.Var[DraftBar],
    diff: rx.Var[DiffShown],
    choices: Any,
    gone: Any,
    problems: Any,
    blocked: Any,
    busy: Any,
    is_open: Any,
    on_review: Any,
    on_rename: Any,
    on_decide: Any,
    on_recall: Any,
    on_discard: Any,
    on_update: Any,
) -> rx.Component:
    facts = rx.el.div(
        pill(bar.status_words, tone=rx.match(bar.status, *STATUS_TONES, "plain")),
        rx.el.span(bar.words),
        rx.cond(bar.saved_at != "", rx.el.span("Saved ", local_time(bar.saved_at), class_name="muted")),
        rx.cond(bar.expires != "", rx.el.span(bar.expires, class_name="muted")),
        _problem_count(problems, blocked),
        class_name="draft__facts",
        role="status",
    )
    sum_up = rx.el.p(
        rx.cond(
            diff.summary != "",
            rx.cond(
                diff.groups.length() > 0, diff.summary, "Nothing differs from the version it was begun from."
            ),
            "What changes is said here once the problems are mended.",
        ),
        " ",
        risk_mark(bar.risk),
        class_name="draft__sum",
    )
    wanted = rx.cond(bar.may_publish, "Review and publish", "Review and ask for approval")
    actions = rx.el.div(
        rx.cond(bar.may_discard, button("Discard", kind="words", on_click=on_discard(True), disabled=busy)),
        rx.cond(
            bar.may_recall, button("Take back from review", small=True, on_click=on_recall, disabled=busy)
        ),
        rx.cond(
            bar.may_publish | bar.may_submit,
            button(
                rx.cond(is_open, "Hide", wanted),
                kind="primary",
                small=True,
                on_click=on_review,
                disabled=blocked,
                custom_attrs={
                    "aria-expanded": rx.cond(is_open, "true", "false"),
                    "aria-controls": "draft-review",
                },
            ),
            rx.cond(
                bar.status != "none",
                button(
                    rx.cond(is_open, "Hide what changes", "What changes"),
                    small=True,
                    on_click=on_review,
                    custom_attrs={
                        "aria-expanded": rx.cond(is_open, "true", "false"),
                        "aria-controls": "draft-review",
                    },
                ),
            ),
        ),
        class_name="draft__actions",
    )
    return rx.el.section(
        rx.el.div(
            rx.el.div(facts, rx.cond(bar.status != "none", sum_up), class_name="draft__words"),
            actions,
            class_name="draft__line",
        ),
        rx.cond(bar.is_behind, _behind(on_update, busy)),
        rx.cond(
            is_open & (bar.status != "none"), _review(bar, diff, gone, blocked, busy, on_rename, on_decide)
        ),
        rx.cond(choices.length() > 1, _choices(choices)),
        class_name="draft",
        custom_attrs={"aria-label": "Draft"},
    )


def _problem_count(problems: Any, blocked: Any) -> rx.Component:
    """The way down to the list; warnings alone keep nobody from publishing."""
    return rx.cond(
        problems != "",
        rx.el.a(
            rx.cond(blocked, icon("circle-alert"), icon("triangle-alert")),
            problems,
            href="?tab=document#problems",
            class_name=rx.cond(blocked, "draft__problems draft__problems--bad", "draft__problems"),
        ),
    )


def _review(
    bar: rx.Var[DraftBar],
    diff: rx.Var[DiffShown],
    gone: Any,
    blocked: Any,
    busy: Any,
    on_rename: Any,
    on_decide: Any,
) -> rx.Component:
    title = rx.el.form(
        rx.el.label(
            rx.el.span("Title of the draft", class_name="field__label"),
            rx.el.input(
                name="title",
                default_value=bar.title,
                max_length=200,
                class_name="input",
                placeholder="Longer weekend holds",
            ),
            class_name="field",
        ),
        button("Save the title", small=True, type="submit", disabled=busy),
        on_submit=on_rename,
        class_name="draft__title",
        key=bar.id + bar.title,
    )
    decide = rx.el.form(
        rx.el.label(
            rx.el.span("What changes, and why", class_name="field__label"),
            rx.el.input(
                name="message",
                default_value=bar.message,
                max_length=500,
                class_name="input",
                placeholder="Buyers asked for more time to think",
            ),
            class_name="field",
        ),
        carry_choice(gone),
        rx.el.div(
            button(
                rx.cond(bar.may_publish, "Publish", "Submit for approval"),
                kind="primary",
                type="submit",
                disabled=busy | blocked,
            )
        ),
        rx.el.p(
            rx.cond(
                bar.may_publish,
                "Every running process serves it within a second.",
                "They find it under Approvals. You can take it back until they have decided.",
            ),
            class_name="muted",
        ),
        on_submit=on_decide,
        class_name="draft__decide",
    )
    return rx.el.div(
        rx.el.div(
            rx.el.h2("What changes", class_name="section__title"),
            rx.el.div(
                diff_view(diff, "draft", "Nothing to show yet."),
                class_name="draft__diff",
                tab_index=0,
                role="region",
                custom_attrs={"aria-label": "Changes of this draft"},
            ),
            go(
                "Replay it over the latest decisions",
                href="?tab=policy&part=replay&draft=" + bar.id,
                class_name="link",
            ),
            class_name="section",
        ),
        rx.el.div(
            rx.el.h2("Who has to agree", class_name="section__title"),
            rx.el.p(bar.needs),
            rx.el.ul(
                rx.foreach(bar.reasons, lambda words: rx.el.li(words, class_name="muted")),
                class_name="draft__reasons",
            ),
            title,
            rx.cond(bar.may_publish | bar.may_submit, decide),
            class_name="section",
        ),
        id="draft-review",
        class_name="draft__review",
    )


def _behind(on_update: Any, busy: Any) -> rx.Component:
    return notice(
        rx.el.p(
            "Another version came into force since this draft was begun. Take its changes in, then go on."
        ),
        rx.el.p(button("Bring up to date", small=True, on_click=on_update, disabled=busy)),
        tone="warn",
    )


def _choices(choices: Any) -> rx.Component:
    def one(choice: rx.Var[DraftChoice]) -> rx.Component:
        return rx.el.li(
            rx.cond(
                choice.is_open,
                rx.el.span(choice.text, custom_attrs={"aria-current": "true"}),
                go(choice.text, href=choice.address, class_name="link"),
            ),
            key=choice.address,
        )

    return rx.el.details(
        rx.el.summary(choices.length(), " drafts of this event"),
        rx.el.ul(rx.foreach(choices, one), class_name="draft__others"),
        class_name="legend",
    )


def clash_notice(clash: rx.Var[Clash], *, on_join: Any, on_mine: Any, on_theirs: Any) -> rx.Component:
    """Two people wrote at the same time: what differs, and three ways on. Nothing is lost before one is chosen."""
    words = rx.el.div(
        rx.el.p(
            rx.el.strong(clash.who, " saved this draft while you were writing."),
            " Your text is kept here. What yours changes in theirs:",
        ),
        rx.cond(
            clash.changes.length() > 0,
            rx.el.ul(rx.foreach(clash.changes, lambda words: rx.el.li(words)), class_name="clash__changes"),
            rx.el.p("Only the way it is written, or one of the two still has problems.", class_name="muted"),
        ),
        rx.el.div(
            rx.cond(
                clash.may_join, button("Keep both changes", kind="primary", small=True, on_click=on_join)
            ),
            button("Mine over theirs", small=True, on_click=on_mine),
            button("Take theirs", small=True, on_click=on_theirs),
            class_name="draft__actions",
        ),
        class_name="section",
    )
    return rx.cond(clash.who != "", notice(words, tone="warn"))


def conflict_list(
    conflicts: Any, undecided: Any, *, busy: Any, on_choose: Any, on_update: Any
) -> rx.Component:
    """Places that the draft and the version in force both changed: which value stands."""

    def side(row: rx.Var[ConflictRow], key: str, title: str, text: Any) -> rx.Component:
        return rx.el.label(
            rx.el.input(
                type="radio",
                name="conflict-" + row.path,
                value=key,
                checked=row.choice == key,
                on_change=lambda _value: on_choose(row.path, key),
            ),
            rx.el.span(rx.el.strong(title), rx.el.code(text, class_name="mono"), class_name="choice__words"),
            class_name="choice",
        )

    def one(row: rx.Var[ConflictRow]) -> rx.Component:
        return rx.el.fieldset(
            rx.el.legend(row.label, class_name="section__title"),
            rx.el.p("Before: ", rx.el.code(row.base, class_name="mono"), class_name="muted"),
            side(row, *SIDES[0], row.ours),
            side(row, *SIDES[1], row.theirs),
            class_name="choices",
            key=row.path,
        )

    return rx.cond(
        conflicts.length() > 0,
        rx.el.section(
            rx.el.h2("Both changed the same place", class_name="section__title"),
            rx.foreach(conflicts, one),
            rx.el.div(
                button(
                    "Go on with these choices",
                    kind="primary",
                    small=True,
                    on_click=on_update,
                    disabled=busy | (undecided > 0),
                ),
                rx.cond(
                    undecided > 0,
                    rx.el.span(undecided, " still to choose", class_name="muted", role="status"),
                ),
                class_name="draft__actions",
            ),
            class_name="section draft__conflicts",
        ),
    )


def discard_dialog(*, is_open: Any, on_confirm: Any, on_dismiss: Any) -> rx.Component:
    return dialog(
        rx.el.p("Its text is given up for everybody. The version in force stays as it is."),
        rx.el.div(
            button(icon("trash-2"), "Discard the draft", kind="primary", on_click=on_confirm),
            button("Keep it", on_click=on_dismiss),
            class_name="dialog__actions",
        ),
        title="Discard this draft?",
        is_open=is_open,
        on_dismiss=on_dismiss,
        serif=False,
    )
