"""Requests of buyers: what waits for a person, and what became of the rest."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components.basics import button, icon, notice, pill
from app.components.frame import empty, go
from app.components.native import local_time
from app.inbox_views import RequestRow

SHOWN = (("open", "Open", "/cockpit/inbox"), ("over", "Over", "/cockpit/inbox?shown=over"))
ICONS = (
    *(("book", "calendar"), ("info", "circle-help"), ("message", "message-square"), ("offer", "tag")),
    *(("deposit", "banknote"), ("reveal", "contact"), ("remind", "bell"), ("hand_off", "user-round")),
)


def inbox(*, rows: Any, shown: Any, busy: Any, failure: Any, on_end: Any) -> rx.Component:
    choose = rx.el.nav(
        *[
            go(text, href=href, class_name="part", custom_attrs={"aria-current": rx.cond(shown == key, "true", "false")})
            for key, text, href in SHOWN
        ],
        class_name="parts",
        custom_attrs={"aria-label": "Which requests"},
    )  # fmt: skip
    nothing = rx.cond(
        shown == "open",
        empty(
            "Nothing waits",
            rx.el.p(
                "When a buyer asks for a call, a visit, a person or an answer, it appears here at once, with the conversation."
            ),
        ),
        empty("Nothing is over yet", rx.el.p("What you have answered stays here.")),
    )
    return rx.fragment(
        choose,
        rx.cond(failure != "", notice(failure)),
        rx.cond(
            rows.length() > 0,
            rx.el.ul(rx.foreach(rows, lambda row: _request(row, busy, on_end)), class_name="requests"),
            nothing,
        ),
    )


def _request(row: rx.Var[RequestRow], busy: Any, on_end: Any) -> rx.Component:
    facts = rx.el.p(
        rx.el.span(row.event),
        rx.cond(row.listing != "", rx.el.span(row.listing)),
        rx.el.span("Asked ", local_time(row.at, "full")),
        rx.cond(row.ended_at != "", rx.el.span("Ended ", local_time(row.ended_at, "full"))),
        class_name="history__facts muted",
    )
    details = rx.cond(
        row.details.length() > 0,
        rx.el.dl(
            rx.foreach(
                row.details,
                lambda item: rx.el.div(rx.el.dt(item.label), rx.el.dd(item.text), class_name="request__detail"),
            )
        ),
    )  # fmt: skip
    actions = rx.el.div(
        rx.cond(
            row.may_end & row.is_open,
            rx.fragment(
                _end("Done", "check", row, "done", busy, on_end),
                _end("Decline", "x", row, "declined", busy, on_end),
            ),
        ),
        go("The conversation", href=row.talk, class_name="link"),
        class_name="request__acts",
    )
    sign = rx.match(row.kind, *[(kind, icon(name, 20)) for kind, name in ICONS], icon("inbox", 20))
    return rx.el.li(
        rx.el.span(sign, class_name="request__mark"),
        rx.el.div(
            rx.el.p(
                rx.el.strong(row.title),
                rx.cond(~row.is_open, pill(row.status, tone=row.tone)),
                class_name="desk__line",
            ),
            facts,
            details,
            class_name="request__words",
        ),
        actions,
        class_name="request",
        key=row.id,
    )


def _end(words: str, sign: str, row: rx.Var[RequestRow], status: str, busy: Any, on_end: Any) -> rx.Component:
    return button(
        icon(sign),
        words,
        small=True,
        custom_attrs={"aria-label": words + ": " + row.title},
        disabled=busy,
        on_click=on_end(row.id, status),
    )
