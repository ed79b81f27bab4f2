"""Listings as the buyer meets them: tiles, the ring of the match, badges, held states."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components.basics import button, icon, skeleton
from app.components.native import countdown
from app.views import Badge, Labelled, Tile


def ring(match: Any) -> rx.Component:
    """The match from 0 to 100 as a ring with its number."""
    number = rx.Var.create(match).to(int)
    return rx.el.div(
        rx.el.svg(
            rx.el.circle(cx="22", cy="22", r="20"),
            rx.el.circle(
                cx="22",
                cy="22",
                r="20",
                class_name="ring__value",
                custom_attrs={"pathLength": "100", "strokeDasharray": number.to_string() + " 100"},
            ),
            view_box="0 0 44 44",
            custom_attrs={"aria-hidden": "true"},
        ),
        rx.el.span(number, class_name="ring__number", custom_attrs={"aria-hidden": "true"}),
        rx.el.span("Match ", number, " of 100", class_name="visually-hidden"),
        class_name="ring",
    )


def badge(item: rx.Var[Badge]) -> rx.Component:
    return rx.el.li(item.text, class_name="badge badge--" + item.kind)


def held_mark(state: Any, held_until: Any, mine: Any, on_end: Any) -> rx.Component:
    """Who has it, and until when; nothing while it is free."""
    clock = countdown(until=held_until, on_end=on_end)
    return rx.match(
        state,
        (
            "held",
            rx.cond(
                mine,
                rx.el.div(
                    icon("lock-keyhole"), "Held for you", clock, class_name="tile__state tile__state--mine"
                ),
                rx.el.div(icon("clock"), "On hold", clock, class_name="tile__state"),
            ),
        ),
        ("sold", rx.el.div(icon("check"), "Sold", class_name="tile__state")),
        rx.fragment(),
    )


def costs_block(costs: Any) -> rx.Component:
    """What owning it costs, where the buyer's arm of the experiment shows it."""
    return rx.cond(costs.length() > 0, rx.el.dl(rx.foreach(costs, _pair), class_name="costs"))


def _pair(item: rx.Var[Labelled]) -> rx.Component:
    return rx.el.div(rx.el.dt(item.label), rx.el.dd(item.text))


def tile(
    item: rx.Var[Tile],
    *,
    on_open: Any,
    on_hold: Any,
    on_compare: Any,
    compared: Any,
    may_compare: Any,
    on_end: Any,
) -> rx.Component:
    """One listing. The whole tile is a link; at most two actions lie above it."""
    photo = rx.el.div(
        _picture(item),
        rx.el.ul(rx.foreach(item.badges, badge), class_name="tile__badges"),
        held_mark(item.state, item.held_until, item.mine, on_end),
        class_name="tile__photo",
    )
    title = rx.el.h3(
        rx.el.a(
            item.title,
            href="?item=" + item.id.to_string(),
            class_name="tile__link",
            on_click=on_open.prevent_default,
        ),
        class_name="tile__title serif",
    )
    head = rx.el.div(
        rx.el.div(title, rx.el.p(item.price, class_name="tile__price")),
        ring(item.match),
        class_name="tile__row",
    )
    reason = rx.cond(item.reason != "", reason_line(item.reason, item.fits, rx.el.p))
    specs = rx.el.dl(rx.foreach(item.specs, _pair), class_name="tile__specs")
    return rx.el.li(
        photo,
        head,
        costs_block(item.costs),
        reason,
        specs,
        _actions(item, on_hold, on_compare, compared, may_compare),
        class_name="tile tile--" + item.state + rx.cond(item.mine, " tile--mine", ""),
        id="tile-" + item.id.to_string(),
        key=item.id,
    )


def reason_line(words: Any, fits: Any, element: Any) -> rx.Component:
    """Why this one; the tick is for what meets every must, and not for what only comes close."""
    return element(rx.cond(fits, icon("check"), icon("minus")), rx.el.span(words), class_name="tile__reason")


_TILE_WIDTH = "(max-width: 720px) 100vw, 420px"


def _picture(item: rx.Var[Tile]) -> rx.Component:
    """The photo in the size and format that the browser takes best."""
    image = rx.el.img(
        src=item.photo,
        src_set=item.photo_sizes,
        sizes=_TILE_WIDTH,
        alt=item.photo_alt,
        loading="lazy",
        width="800",
        height="600",
    )
    small = rx.el.source(src_set=item.photo_avif, sizes=_TILE_WIDTH, type="image/avif")
    return rx.el.picture(rx.cond(item.photo_avif != "", small), image)


def _actions(
    item: rx.Var[Tile], on_hold: Any, on_compare: Any, compared: Any, may_compare: Any
) -> rx.Component:
    named = {"aria-label": "Hold " + item.title}
    hold = rx.cond(
        item.state == "available",
        button("Hold", small=True, on_click=on_hold, custom_attrs=named),
        rx.fragment(),
    )
    compare = button(
        rx.cond(compared, icon("check"), icon("plus")),
        "Compare",
        small=True,
        on_click=on_compare,
        custom_attrs={"aria-pressed": compared, "aria-label": "Compare " + item.title},
    )
    return rx.el.div(hold, rx.cond(may_compare, compare), class_name="tile__actions")


def aside_bar(words: Any, on_back: Any) -> rx.Component:
    """Says that the shelf shows something else for now, and leads back."""
    bar = rx.el.div(
        rx.el.p(words, role="status"),
        button("Back to what was found", small=True, on_click=on_back),
        class_name="aside",
    )
    return rx.cond(words != "", bar)


def no_tiles(nouns: Any) -> rx.Component:
    """Nothing meets every must: says so, and what can be done."""
    return rx.el.div(
        rx.el.p("No ", nouns, " meet all of that.", class_name="empty__title serif"),
        rx.el.p(
            "Remove a must above, or turn it into a nice-to-have, and the closest ones appear.",
            class_name="muted",
        ),
        class_name="empty",
    )


def tile_skeleton() -> rx.Component:
    """The shape of a tile, while the first ones are on their way."""
    lines = (
        skeleton("70%", "24px"),
        skeleton("32%", "18px"),
        skeleton("90%", "16px"),
        skeleton("60%", "14px"),
    )
    return rx.el.li(
        rx.el.div(class_name="tile__photo skeleton"),
        *lines,
        class_name="tile",
        custom_attrs={"aria-hidden": "true"},
    )


def tile_skeletons(count: int = 6) -> rx.Component:
    return rx.el.ul(
        *[tile_skeleton() for _ in range(count)], class_name="tiles", custom_attrs={"aria-busy": "true"}
    )
