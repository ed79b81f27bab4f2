"""The start page, and the pages for when something is missing or over."""

from __future__ import annotations

import reflex as rx

from app.components.basics import button_link, icon, plain_page, skeleton, skip_link, theme_toggle
from app.components.frame import empty
from app.states.landing import Landing
from app.views import EventRow


def landing() -> rx.Component:
    head = rx.el.header(
        rx.el.a("MPAX", href="/", class_name="wordmark"),
        rx.el.div(
            rx.el.a("Sign in", href="/sign-in", class_name="button button--quiet button--small"),
            theme_toggle(),
            class_name="desk__line",
        ),
        class_name="plain__head",
    )
    intro = rx.el.div(
        rx.el.h1("Find yours in one conversation", class_name="landing__title serif"),
        rx.el.p(
            "Say what matters to you. A guide who knows every listing shows what fits, says why, "
            "and keeps one for you while you think.",
            class_name="landing__lead",
        ),
    )
    nothing = empty(
        "No event is open right now", rx.el.p("Sellers open theirs from the cockpit. Sign in to publish one.")
    )
    rows = rx.cond(
        Landing.events.length() > 0,
        rx.el.div(rx.foreach(Landing.events, _event), class_name="events"),
        nothing,
    )
    return rx.el.div(
        skip_link(),
        head,
        rx.el.main(
            intro, rx.cond(Landing.ready, rows, skeleton("100%", "240px")), id="main", class_name="landing"
        ),
    )


def _event(item: rx.Var[EventRow]) -> rx.Component:
    return rx.el.article(
        rx.cond(
            item.photo != "",
            rx.el.img(src=item.photo, alt="", width="800", height="600"),
            rx.el.div(
                item.name[0], class_name="event-row__letter serif", custom_attrs={"aria-hidden": "true"}
            ),
        ),
        rx.el.div(
            rx.el.h2(rx.el.a(item.name, href="/e/" + item.slug), class_name="event-row__name serif"),
            rx.cond(item.tagline != "", rx.el.p(item.tagline, class_name="event-row__meta")),
            rx.el.p(item.dates, class_name="event-row__meta small"),
        ),
        icon("arrow-right", 20),
        class_name="event-row",
    )


def not_found() -> rx.Component:
    return plain_page(
        "There is nothing at this address",
        rx.el.p(
            "It may have moved, or the link lost a letter on its way. The open events are all on the start page.",
            class_name="muted",
        ),
        button_link("See the open events", href="/", kind="primary"),
    )
