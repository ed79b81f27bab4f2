"""Drafts that wait for somebody: the inbox, and one of them opened like a pull request."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components.basics import button, icon, notice, pill
from app.components.diff import diff_view, risk_mark
from app.components.frame import empty, go, section
from app.components.native import local_time
from app.components.versions import carry_choice
from app.config_views import DiffShown, DraftLine, DraftShown, ReviewLine

STATUS_TONES = (
    ("in_review", "accent"),
    ("approved", "good"),
    ("published", "good"),
    ("rejected", "bad"),
)
VERDICTS = (
    ("approve", "Approve", "I have read it and would stand for it."),
    ("request_edits", "Request edits", "Nearly: say what has to change."),
    ("reject", "Reject", "This should not happen: say why."),
)
VERDICT_MARKS = (("approve", "circle-check"), ("reject", "circle-x"))


def inbox(drafts: Any, *, with_event: bool) -> rx.Component:
    """Drafts one below the other. `with_event` says of which event each is."""
    nothing = empty(
        "Nothing waits",
        rx.el.p(
            "A change of medium or high risk waits here for a second person. It gets here from the tab Document, ",
            "with “Ask for approval”.",
        ),
    )
    rows = rx.el.ul(rx.foreach(drafts, lambda draft: _row(draft, with_event)), class_name="inbox")
    return rx.cond(drafts.length() > 0, rows, nothing)


def _row(draft: rx.Var[DraftLine], with_event: bool) -> rx.Component:
    where = rx.el.span(draft.event) if with_event else ""
    facts = rx.el.p(
        where,
        rx.el.span("by ", draft.author),
        local_time(draft.updated, "full"),
        rx.cond(draft.expires != "", rx.el.span(draft.expires, class_name="warned")),
        class_name="history__facts muted",
    )
    return rx.el.li(
        rx.el.div(
            go(draft.title, href=draft.address, class_name="inbox__title"), facts, class_name="inbox__words"
        ),
        rx.el.div(
            rx.cond(draft.waits != "", rx.el.span(draft.waits, class_name="muted")),
            risk_mark(draft.risk),
            status_pill(draft.status, draft.status_words),
            class_name="inbox__marks",
        ),
        class_name="inbox__item",
        key=draft.id,
    )


def status_pill(status: rx.Var[str], words: rx.Var[str]) -> rx.Component:
    return pill(words, tone=rx.match(status, *STATUS_TONES, "plain"))


def _replay(draft: rx.Var[DraftShown]) -> rx.Component:
    """The way to what it would have decided otherwise."""
    address = "/cockpit/events/" + draft.slug + "?tab=policy&part=replay&draft=" + draft.id
    return go("Replay it over the latest decisions", href=address, class_name="link")


def opened(
    *,
    draft: rx.Var[DraftShown],
    diff: rx.Var[DiffShown],
    reviews: Any,
    gone: Any,
    back: str,
    failure: Any,
    busy: Any,
    on_review: Any,
    on_recall: Any,
    on_publish: Any,
) -> rx.Component:
    """One draft: what changes, what it risks, who has agreed, and what one may do about it."""
    side = rx.el.div(
        section(
            "Risk",
            rx.el.div(risk_mark(draft.risk)),
            rx.el.ul(rx.foreach(draft.reasons, lambda words: rx.el.li(words)), class_name="reasons"),
        ),
        section(
            "Who has to agree",
            rx.el.p(draft.needs),
            rx.cond(reviews.length() > 0, rx.el.ul(rx.foreach(reviews, _review), class_name="reviews")),
        ),
        _actions(draft, gone, failure, busy, on_review, on_recall, on_publish),
        class_name="pull__side",
    )
    return rx.el.article(
        _head(draft, back),
        rx.el.div(
            rx.el.div(
                rx.cond(draft.message != "", rx.el.p(draft.message, class_name="pull__message")),
                section(
                    "What changes", diff_view(diff, "draft", "Equal to the version in force."), _replay(draft)
                ),
                class_name="pull__main",
            ),
            side,
            class_name="pull",
        ),
        class_name="section section--wide",
    )


def _head(draft: rx.Var[DraftShown], back: str) -> rx.Component:
    return rx.el.header(
        rx.el.p(go(icon("arrow-left"), "All drafts", href=back, class_name="link link--icon")),
        rx.el.div(
            rx.el.h2(draft.title, class_name="pull__title"),
            status_pill(draft.status, draft.status_words),
            class_name="desk__line",
        ),
        rx.el.p(
            rx.el.span("by ", draft.author),
            rx.el.span(
                "on ",
                go(draft.event, href="/cockpit/events/" + draft.slug, class_name="link link--quiet"),
                ", based on ",
                draft.base,
            ),
            rx.cond(draft.submitted != "", local_time(draft.submitted, "full")),
            rx.cond(draft.origin != "", rx.el.span(draft.origin)),
            class_name="history__facts muted",
        ),
        rx.cond(
            draft.is_stale,
            notice(
                "The version it was made from is no longer in force. Its author brings it up to date on the tab Document.",
                tone="warn",
            ),
        ),
        rx.cond(draft.expires_soon, notice(draft.expires, tone="warn")),
        class_name="pull__head",
    )


def _review(review: rx.Var[ReviewLine]) -> rx.Component:
    mark = rx.match(
        review.verdict, *[(verdict, icon(name)) for verdict, name in VERDICT_MARKS], icon("message-square")
    )
    return rx.el.li(
        rx.el.span(mark, class_name="review__mark review__mark--" + review.verdict),
        rx.el.div(
            rx.el.p(rx.el.strong(review.who), " ", review.verdict_words),
            rx.cond(review.reason != "", rx.el.p("“", review.reason, "”")),
            rx.el.p(
                local_time(review.at, "full"),
                rx.cond(~review.is_current, rx.el.span("of an earlier text, no longer counted")),
                class_name="history__facts muted tiny",
            ),
        ),
        class_name="review",
        key=review.id,
    )


def _actions(
    draft: rx.Var[DraftShown],
    gone: Any,
    failure: Any,
    busy: Any,
    on_review: Any,
    on_recall: Any,
    on_publish: Any,
) -> rx.Component:
    review = rx.el.form(
        rx.el.fieldset(
            rx.el.legend("Your verdict", class_name="section__title"),
            *[_verdict(*one) for one in VERDICTS],
            class_name="choices",
        ),
        rx.el.label(
            rx.el.span("Reason", class_name="field__label"),
            rx.el.textarea(name="reason", rows="3", max_length=1000, class_name="input"),
            class_name="field",
        ),
        button("Send the verdict", kind="primary", type="submit", disabled=busy),
        on_submit=on_review,
        class_name="section section--wide",
    )
    publish = rx.el.form(
        rx.el.h2("Publish", class_name="section__title"),
        carry_choice(gone),
        rx.el.p("Every running process serves it within a second.", class_name="muted"),
        button("Publish now", kind="primary", type="submit", disabled=busy),
        on_submit=on_publish,
        class_name="section",
    )
    own = rx.el.p(
        "This one has your own words in it, so others decide. You are told here when they have.",
        class_name="muted",
    )
    return rx.el.div(
        rx.cond(failure != "", notice(failure)),
        rx.cond(draft.may_publish, publish),
        rx.cond(draft.may_review, review),
        rx.cond(draft.kind_word == "own", own),
        rx.cond(
            draft.kind_word == "above",
            rx.el.p("Its risk is above what your permissions let you decide on.", class_name="muted"),
        ),
        rx.cond(
            draft.may_edit,
            rx.el.p(
                go(
                    "Edit it on the tab Document",
                    href="/cockpit/events/" + draft.slug + "?tab=document&draft=" + draft.id,
                    class_name="link",
                )
            ),
        ),
        rx.cond(
            draft.may_recall,
            rx.el.div(
                button("Recall", small=True, on_click=on_recall, disabled=busy),
                rx.el.p(
                    "Takes it back to edit it. What was agreed so far no longer counts.", class_name="muted"
                ),
                class_name="section",
            ),
        ),
        class_name="section section--wide",
    )


def _verdict(value: str, title: str, words: str) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="radio", name="verdict", value=value, required=True),
        rx.el.span(rx.el.strong(title), rx.el.span(words, class_name="muted"), class_name="choice__words"),
        class_name="choice",
    )
