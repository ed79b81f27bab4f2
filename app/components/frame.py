"""The frame of the cockpit: rail, heads, tabs, tables, empty states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx
from reflex_base.components.memo import memo
from reflex_components_core.core.banner import has_connection_errors

from app.components.basics import icon, skeleton, skip_link, theme_toggle
from app.components.native import connection, plain_form


def cockpit(*children: Any, ready: Any, organization: Any, email: Any, role: Any) -> rx.Component:
    """The rail at the side and the desk beside it. Nothing but shapes is shown before the server has checked who asks."""
    return rx.el.div(
        skip_link(),
        _rail(organization, email, role),
        rx.el.main(
            rx.cond(ready, rx.el.div(*children, class_name="desk__inner"), _desk_skeleton()),
            id="main",
            class_name="desk",
        ),
        class_name="cockpit",
    )


def _rail(organization: Any, email: Any, role: Any) -> rx.Component:
    brand = rx.el.div(
        rx.el.a(
            "MPAX", href="/cockpit", class_name="wordmark", custom_attrs={"aria-label": "MPAX, all events"}
        ),
        rx.el.span(organization, class_name="rail__org"),
        class_name="rail__brand",
    )
    nav = rx.el.nav(
        rx.el.a(
            icon("layout-list", 16),
            "Events",
            href="/cockpit",
            class_name="rail__link",
            custom_attrs={"aria-current": "page"},
        ),
        class_name="rail__nav",
        custom_attrs={"aria-label": "Cockpit"},
    )
    who = rx.el.div(
        rx.el.div(rx.el.p(email), rx.el.p(role, class_name="tiny muted"), sign_out(), class_name="rail__who"),
        theme_toggle(),
        class_name="rail__me",
    )
    return rx.el.header(brand, nav, who, class_name="rail")


def sign_out() -> rx.Component:
    """A plain form, so that it works whatever state the page is in."""
    return plain_form(
        rx.el.button("Sign out", type="submit", class_name="rail__out"),
        action="/api/v1/auth/sign-out",
        method="post",
    )


def connection_lost() -> rx.Component:
    """What every page says while nothing gets through. A memo: only inside the event loop's context is it known."""

    def words() -> rx.Component:
        return connection(lost=has_connection_errors)

    return rx.fragment(memo(words)())


def _desk_skeleton() -> rx.Component:
    rows = [skeleton("100%", "44px") for _ in range(4)]
    return rx.el.div(
        skeleton("220px", "32px"),
        *rows,
        class_name="desk__inner",
        custom_attrs={"aria-busy": "true", "aria-label": "Loading"},
    )


def tabs(names: Sequence[tuple[str, str]], current: Any, on_pick: Any) -> rx.Component:
    """Tabs in the WAI-ARIA pattern; each is reachable with the Tab key, so that no script is needed for arrows."""

    def one(key: str, title: str) -> rx.Component:
        attrs = {"aria-selected": rx.cond(current == key, "true", "false"), "aria-controls": "panel"}
        return rx.el.button(
            title,
            type="button",
            role="tab",
            id=f"tab-{key}",
            class_name="tab",
            on_click=on_pick(key),
            custom_attrs=attrs,
        )

    return rx.el.div(
        *[one(key, title) for key, title in names],
        role="tablist",
        class_name="tabs",
        custom_attrs={"aria-label": "Parts of the event"},
    )


def table(heads: Sequence[str], rows: Any, caption: str, numeric: Sequence[int] = ()) -> rx.Component:
    """A calm table. `numeric` names the columns that are aligned to the right."""
    cells = [
        rx.el.th(head, scope="col", class_name="table__num" if i in numeric else "")
        for i, head in enumerate(heads)
    ]
    return rx.el.div(
        rx.el.table(
            rx.el.caption(caption, class_name="visually-hidden"),
            rx.el.thead(rx.el.tr(*cells)),
            rx.el.tbody(rows),
            class_name="table",
        ),
        class_name="table-wrap",
        tab_index=0,
        role="region",
        custom_attrs={"aria-label": caption},
    )


def empty(title: str, *words: Any) -> rx.Component:
    """What stands where nothing is yet: it teaches the first step."""
    return rx.el.div(rx.el.strong(title), *words, class_name="empty")


def section(title: str, *children: Any, help_text: str = "") -> rx.Component:
    words = [rx.el.p(help_text, class_name="section__help")] if help_text else []
    return rx.el.section(
        rx.el.h2(title, class_name="section__title"), *words, *children, class_name="section"
    )


def pairs(items: Any) -> rx.Component:
    return rx.el.dl(
        rx.foreach(items, lambda item: rx.el.div(rx.el.dt(item.label), rx.el.dd(item.text))),
        class_name="pairs",
    )


def bars(items: Any) -> rx.Component:
    """Shares as thin bars; `text` is the share in percent without its sign."""
    return rx.el.div(
        rx.foreach(
            items,
            lambda item: rx.el.div(
                rx.el.span(item.label, class_name="muted"),
                rx.el.div(
                    rx.el.div(class_name="bar__fill", style={"width": item.text + "%"}),
                    class_name="bar__track",
                    custom_attrs={"aria-hidden": "true"},
                ),
                rx.el.span(item.text, " %", class_name="num"),
                class_name="bar",
            ),
        ),
        class_name="bars",
    )
