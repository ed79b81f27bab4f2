"""The dealer portal: people who look for what stands on the dealer's lot, without the people."""

from __future__ import annotations

import reflex as rx

from app.components.basics import icon, skeleton, skip_link, theme_toggle
from app.components.frame import empty, sign_out
from app.components.native import local_time
from app.components.tiles import ring
from app.states.dealer import Dealer
from app.views import Prospect


def dealer() -> rx.Component:
    head = rx.el.header(
        rx.el.a("MPAX", href="/dealer", class_name="wordmark"),
        rx.el.span(Dealer.organization, class_name="portal__org"),
        rx.el.span(Dealer.email, class_name="muted guide__note"),
        sign_out(),
        theme_toggle(),
        class_name="portal__head",
    )
    intro = rx.el.div(
        rx.el.h1("Who is looking for what you have", class_name="portal__title serif"),
        rx.el.p(
            "Each line is one person who chose to be found. You see what they look for and how it fits your inventory; who they "
            "are stays with them. When somebody stops sharing, the line is gone.",
            class_name="muted",
            style={"margin-top": "16px"},
        ),
    )
    rows = rx.cond(
        Dealer.prospects.length() > 0,
        rx.el.div(rx.foreach(Dealer.prospects, _prospect), class_name="prospects", aria_live="polite"),
        empty(
            "Nobody yet",
            rx.el.p(
                "As soon as a buyer whose wishes fit your inventory shares them, they appear here. You need not reload."
            ),
        ),
    )
    refused = empty(
        Dealer.problem,
        rx.el.p(
            rx.el.a("See the open events", href="/"),
            " or ",
            rx.el.a("open the cockpit", href="/cockpit"),
            ".",
        ),
    )
    waiting = rx.el.div(
        *[skeleton("100%", "96px") for _ in range(3)],
        style={"display": "grid", "gap": "20px"},
        custom_attrs={"aria-busy": "true"},
    )
    found = rx.cond(Dealer.problem != "", refused, rx.cond(Dealer.ready, rows, waiting))
    more = rx.cond(
        Dealer.more,
        rx.el.button(
            "Show earlier ones", type="button", class_name="button button--quiet", on_click=Dealer.load_more
        ),
    )
    return rx.el.div(
        skip_link(),
        head,
        rx.el.main(
            intro,
            found,
            more,
            id="main",
            class_name="portal__main",
        ),
        class_name="portal",
    )


def _prospect(item: rx.Var[Prospect]) -> rx.Component:
    return rx.el.article(
        rx.el.h2(item.portrait, class_name="prospect__portrait serif"),
        ring(item.alignment),
        rx.el.ul(
            rx.foreach(item.why, lambda words: rx.el.li(icon("check"), words)), class_name="prospect__why"
        ),
        rx.el.p("Shared ", local_time(item.since, "full"), class_name="prospect__since"),
        class_name="prospect",
        key=item.id,
    )
