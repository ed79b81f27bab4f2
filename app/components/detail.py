"""One listing in full: gallery, why it fits, facts with their sources, and the way to hold it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components.basics import button, icon, icon_button
from app.components.conversation import source_mark
from app.components.native import countdown, layer
from app.components.tiles import badge, costs_block, reason_line, ring
from app.views import Fact, FactGroup, Listing, Photo, Share


def fact(item: rx.Var[Fact]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(item.label),
        rx.el.dd(item.text, rx.cond(item.source != "", source_mark(item.source, item.label))),
        class_name="fact",
    )


def fact_group(group: rx.Var[FactGroup]) -> rx.Component:
    return rx.el.section(
        rx.el.h3(group.title, class_name="facts__title"),
        rx.el.dl(rx.foreach(group.facts, fact)),
        class_name="facts",
    )


def _photo(photo: rx.Var[Photo]) -> rx.Component:
    return rx.el.img(
        src=photo.url,
        src_set=photo.sizes,
        sizes="(max-width: 720px) 100vw, 640px",
        alt=photo.alt,
        width="800",
        height="600",
    )


def _gallery(photos: rx.Var[list[Photo]]) -> rx.Component:
    return rx.el.div(
        rx.foreach(photos, _photo),
        class_name="detail__gallery",
        tab_index=0,
        role="group",
        custom_attrs={"aria-label": "Photographs"},
    )


def _compare(compared: Any, on_compare: Any) -> rx.Component:
    return button(
        rx.cond(compared, icon("check"), icon("plus")),
        "Compare",
        small=True,
        on_click=on_compare,
        custom_attrs={"aria-pressed": compared},
    )


def _share(item: rx.Var[Share]) -> rx.Component:
    """One part of the match: its points in words, and as a bar for who sees it."""
    bar = rx.el.span(
        rx.el.span(style={"width": item.width.to_string() + "%"}),
        class_name="share__bar",
        custom_attrs={"aria-hidden": "true"},
    )
    return rx.el.div(
        rx.el.dt(item.label), rx.el.dd(bar, rx.el.span(item.points, class_name="num")), class_name="share"
    )


def detail(
    item: rx.Var[Listing],
    *,
    is_open: Any,
    on_dismiss: Any,
    on_hold: Any,
    on_release: Any,
    on_end: Any,
    actions: Any,
    on_action: Any,
    on_alike: Any,
    compared: Any,
    may_compare: Any,
    on_compare: Any,
) -> rx.Component:
    """The sheet with one listing."""
    more = rx.el.section(
        rx.el.h3("What next", class_name="facts__title"),
        rx.el.div(
            rx.cond(may_compare, _compare(compared, on_compare)),
            button("More like this", small=True, on_click=on_alike(False)),
            rx.cond(item.priced, button("Like this, but cheaper", small=True, on_click=on_alike(True))),
            rx.foreach(actions, lambda one: button(one.label, small=True, on_click=on_action(one.verb))),
            class_name="detail__more",
        ),
        class_name="facts facts--next",
    )
    head = rx.el.div(
        rx.el.div(
            rx.el.h2(item.title, class_name="detail__title serif"),
            rx.el.p(item.price, class_name="detail__price"),
        ),
        rx.cond(item.match > 0, ring(item.match)),
        class_name="tile__row",
    )
    why = rx.el.section(
        rx.el.h3(rx.cond(item.fits, "Why it fits", "How close it comes"), class_name="facts__title"),
        rx.el.ul(
            rx.foreach(item.reasons, lambda words: reason_line(words, item.fits, rx.el.li)),
            class_name="detail__reasons",
        ),
        class_name="facts",
        style={"gap": "12px"},
    )
    made_of = rx.el.details(
        rx.el.summary("What the match is made of", class_name="facts__title"),
        rx.el.dl(
            rx.foreach(item.shares, _share),
            rx.el.div(
                rx.el.dt("Together"),
                rx.el.dd(
                    rx.el.span("of 100 points", class_name="muted"), rx.el.span(item.score, class_name="num")
                ),
                class_name="share share--total",
            ),
            class_name="shares",
        ),
        rx.el.p(
            "These points decide the order. The ring compares them with the best one shown, and takes off what misses a must.",
            class_name="muted small",
        ),
        class_name="facts",
    )
    body = rx.el.div(
        head,
        costs_block(item.costs),
        rx.cond(
            item.badges.length() > 0,
            rx.el.ul(rx.foreach(item.badges, badge), class_name="detail__badges"),
        ),
        rx.cond(item.reasons.length() > 0, why),
        rx.cond(item.shares.length() > 0, made_of),
        more,
        rx.cond(item.description != "", rx.el.p(item.description)),
        rx.foreach(item.groups, fact_group),
        class_name="detail__body",
    )
    scroll = rx.el.div(
        icon_button("x", "Close", class_name="detail__close", on_click=on_dismiss),
        _gallery(item.photos),
        body,
        _foot(item, on_hold, on_release, on_end),
        class_name="sheet__scroll",
    )
    return layer(
        scroll,
        open=is_open,
        label=item.title,
        class_name="sheet detail",
        address="?item=" + item.id.to_string(),
        on_dismiss=on_dismiss,
    )


def _foot(item: rx.Var[Listing], on_hold: Any, on_release: Any, on_end: Any) -> rx.Component:
    clock = countdown(until=item.held_until, on_end=on_end)
    mine = rx.fragment(
        rx.el.p("Held for you for another ", rx.el.strong(clock, class_name="num")),
        button("Give it back", on_click=on_release),
    )
    others = rx.el.p(
        "Someone else holds it for another ", rx.el.strong(clock, class_name="num"), ". It may come back."
    )
    free = rx.fragment(
        rx.el.p("Free to hold", class_name="muted small"),
        button("Hold it for me", kind="primary", on_click=on_hold),
    )
    state = rx.match(
        item.state,
        ("held", rx.cond(item.mine, mine, others)),
        ("sold", rx.el.p("This one has been sold.")),
        free,
    )
    return rx.el.div(state, class_name="detail__foot")
