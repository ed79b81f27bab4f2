"""The frame of the cockpit: rail, heads, tabs, tables, empty states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import reflex as rx
from reflex_base.components.memo import memo
from reflex_components_core.core.banner import has_connection_errors
from reflex_components_core.react_router.dom import ReactRouterLink

from app.components.banner import stop_banner
from app.components.basics import icon, skeleton, skip_link, theme_toggle
from app.components.native import connection, plain_form

#: Where the rail leads: key, words, address, icon.
PLACES = (
    ("events", "Events", "/cockpit", "layout-list"),
    ("inbox", "Inbox", "/cockpit/inbox", "inbox"),
    ("approvals", "Approvals", "/cockpit/approvals", "git-pull-request"),
    ("library", "Library", "/cockpit/library", "library"),
    ("members", "Members", "/cockpit/members", "users"),
)


def go(*children: Any, href: Any, **props: Any) -> rx.Component:
    """A link inside the cockpit: the page changes without loading anew, and Back works."""
    return ReactRouterLink.create(*children, to=href, **props)


def cockpit(
    *children: Any,
    ready: Any,
    organization: Any,
    email: Any,
    role: Any,
    waiting: Any,
    asked: Any,
    stops: Any,
    here: str,
) -> rx.Component:
    """The rail at the side and the desk beside it. Nothing but shapes is shown before the server has checked who asks.

    `waiting` counts the drafts that the person may decide on, `asked` the open requests of buyers; `stops` are the switches of
    an organization that are on; `here` is the key of the place.
    """
    return rx.el.div(
        skip_link(),
        _rail(organization, email, role, {"approvals": waiting, "inbox": asked}, here),
        rx.el.main(
            stop_banner(stops),
            rx.cond(ready, rx.el.div(*children, class_name="desk__inner"), _desk_skeleton()),
            id="main",
            class_name="desk",
        ),
        class_name="cockpit",
    )


def _rail(organization: Any, email: Any, role: Any, counts: Mapping[str, Any], here: str) -> rx.Component:
    brand = rx.el.div(
        go("MPAX", href="/cockpit", class_name="wordmark", custom_attrs={"aria-label": "MPAX, all events"}),
        rx.el.span(organization, class_name="rail__org"),
        class_name="rail__brand",
    )
    nav = rx.el.nav(
        *[_place(*place, count=counts.get(place[0]), here=here) for place in PLACES],
        class_name="rail__nav",
        custom_attrs={"aria-label": "Cockpit"},
    )
    who = rx.el.div(
        rx.el.div(rx.el.p(email), rx.el.p(role, class_name="tiny muted"), sign_out(), class_name="rail__who"),
        theme_toggle(),
        class_name="rail__me",
    )
    return rx.el.header(brand, nav, who, class_name="rail")


def _place(key: str, words: str, href: str, sign: str, *, count: Any, here: str) -> rx.Component:
    waiting = "" if count is None else rx.cond(count > 0, _count(count, key))
    return go(
        icon(sign, 16),
        words,
        waiting,
        href=href,
        class_name="rail__link",
        custom_attrs={"aria-current": "page"} if key == here else {},
    )


def _count(count: Any, key: str) -> rx.Component:
    said = " waiting for you" if key == "approvals" else " open"
    return rx.el.span(count, rx.el.span(said, class_name="visually-hidden"), class_name="rail__count")


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
        rx.el.p("Loading", class_name="visually-hidden", role="status"),
        skeleton("220px", "32px"),
        *rows,
        class_name="desk__inner",
        custom_attrs={"aria-busy": "true"},
    )


def tabs(names: Sequence[tuple[str, str]], current: Any, count: Any = 0) -> rx.Component:
    """The parts of a page. Each is an address of its own, so that it can be linked to and Back works.

    `count` stands beside the part named `approvals`.
    """

    def one(key: str, title: str) -> rx.Component:
        number = rx.cond(count > 0, rx.el.span(count, class_name="tab__count")) if key == "approvals" else ""
        return go(
            title,
            number,
            href=f"?tab={key}",
            id=f"tab-{key}",
            class_name="tab",
            custom_attrs={"aria-current": rx.cond(current == key, "page", "false")},
        )

    return rx.el.nav(
        *[one(key, title) for key, title in names],
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


def head(title: Any, *actions: Any, words: Any = "") -> rx.Component:
    """What stands above a page of the cockpit: its title, what it is for, and what one may do at once."""
    lead = [rx.el.p(words, class_name="desk__words")] if words else []
    return rx.el.header(
        rx.el.div(rx.el.h1(title, class_name="desk__title"), *lead), *actions, class_name="desk__head"
    )


def section(title: Any, *children: Any, help_text: str = "", action: Any = None) -> rx.Component:
    words = [rx.el.p(help_text, class_name="section__help")] if help_text else []
    heading = rx.el.h2(title, class_name="section__title")
    top = rx.el.div(heading, action, class_name="section__head") if action is not None else heading
    return rx.el.section(top, *words, *children, class_name="section")


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
