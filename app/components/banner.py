"""What stands above every page of the cockpit while an organization has stopped something."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components.basics import icon
from app.components.native import local_time
from app.config_views import OrganizationStop


def stop_banner(stops: Any) -> rx.Component:
    """Says on every page of the cockpit what is stopped, by whom, since when."""

    def line(item: rx.Var[OrganizationStop]) -> rx.Component:
        return rx.el.li(
            icon("octagon-x"),
            rx.el.span(
                rx.el.strong("In every event: "),
                item.words,
                rx.el.span(" ", item.who, ", ", local_time(item.at, "full"), "."),
                rx.cond(item.note != "", rx.el.span(" “", item.note, "”")),
            ),
            key=item.name,
        )

    return rx.cond(
        stops.length() > 0,
        rx.el.div(rx.el.ul(rx.foreach(stops, line)), class_name="stopped", role="status"),
    )
