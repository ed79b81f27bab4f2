"""The profiles of an event in the order they are looked at, and the parts of the tab Policy."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components.basics import icon, notice, pill
from app.components.frame import go, section
from app.policy_views import Mend, ProfileRow, Where

PARTS = (("profiles", "Profiles"), ("replay", "Replay"), ("decisions", "Decisions"))


def parts(current: Any) -> rx.Component:
    """Each part is an address of its own."""
    links = [
        go(
            title,
            href=f"?tab=policy&part={key}" if key != "profiles" else "?tab=policy",
            class_name="part",
            custom_attrs={"aria-current": rx.cond(current == key, "true", "false")},
        )
        for key, title in PARTS
    ]
    return rx.el.nav(*links, class_name="parts", custom_attrs={"aria-label": "Parts of the policy"})


def whereabouts(where: rx.Var[Where]) -> rx.Component:
    """Whether this is live, and the way to the gate where it is not."""
    mark = rx.cond(where.draft != "", icon("pencil-line"), icon("circle-check"))
    return rx.el.p(
        mark,
        rx.el.span(where.words),
        rx.cond(
            where.gate != "",
            go(
                rx.cond(where.draft != "", "Review and publish", "Open the draft"),
                href=where.gate,
                class_name="link",
            ),
        ),
        class_name=rx.cond(where.draft != "", "where where--draft", "where"),
    )


def mending(where: rx.Var[Where]) -> rx.Component:
    """What keeps the reader's draft from being read here, each with the way to its place."""

    def line(item: rx.Var[Mend]) -> rx.Component:
        return rx.el.li(go(item.place, href=item.address, class_name="link"), ": ", item.text)

    more = rx.cond(where.more != "", rx.el.li(go(where.more, href=where.gate, class_name="link")))
    told = rx.el.ul(rx.foreach(where.mends, line), more, class_name="reasons")
    lead = rx.el.p("Your draft can be changed here again once this is mended in the document:")
    return rx.cond(where.mends.length() > 0, notice(lead, told, tone="warn"))


def profiles(rows: Any, *, may_edit: Any, visits: Any) -> rx.Component:
    add = rx.cond(
        may_edit,
        go(icon("plus"), "New profile", href="?tab=policy&add=1", class_name="button button--quiet button--small"),
    )  # fmt: skip
    lead = rx.el.p(
        "A conversation gets the first of these that matches it, from the top down. ",
        rx.cond(
            visits != "0",
            rx.el.span("The share says how many of the latest ", visits, " conversations each would get."),
            "Once conversations have begun, it says here how many each would get.",
        ),
        class_name="section__help",
    )
    return section(
        "Profiles",
        lead,
        rx.el.ol(rx.foreach(rows, _profile), class_name="ladder"),
        action=add,
    )


def _profile(row: rx.Var[ProfileRow]) -> rx.Component:
    name = rx.cond(
        row.key != "",
        go(row.name, href=row.address, class_name="rung__name"),
        rx.el.span(row.name, class_name="rung__name"),
    )
    states = rx.match(
        row.status,
        ("paused", pill("Paused", tone="warn")),
        ("active", rx.fragment()),
        rx.fragment(),
    )
    facts = rx.el.dl(
        _fact("Autonomy", row.autonomy),
        _fact("Compliance", row.compliance),
        _fact(
            "Would get it",
            rx.el.span(
                row.caught, rx.cond(row.beside != "", rx.el.span(row.beside, class_name="table__sub tiny"))
            ),
        ),
        class_name="rung__facts",
    )
    return rx.el.li(
        rx.el.span(
            rx.el.span("Priority ", class_name="visually-hidden"), row.priority, class_name="rung__rank num"
        ),
        rx.el.div(
            rx.el.p(name, states, class_name="desk__line"),
            rx.el.p(row.whom, class_name="muted"),
            class_name="rung__words",
        ),
        facts,
        class_name=rx.cond(row.key != "", "rung", "rung rung--last"),
        key=row.key,
    )


def _fact(label: str, value: Any) -> rx.Component:
    return rx.el.div(rx.el.dt(label), rx.el.dd(value))
