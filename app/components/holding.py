"""Holding one listing: what it means, the clock, and a kind word when somebody was faster."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components.basics import button, dialog, notice
from app.components.native import countdown, local_time
from app.views import EventHead, Listing, Tile


def summary(item: rx.Var[Listing]) -> rx.Component:
    return rx.el.div(
        rx.el.img(src=item.photos[0].url, alt=""),
        rx.el.div(
            rx.el.p(item.title, class_name="serif nextbest__title"),
            rx.el.p(item.price, class_name="small num muted"),
        ),
        class_name="summary",
    )


def hold_dialog(
    *,
    item: rx.Var[Listing],
    head: rx.Var[EventHead],
    step: Any,
    would_end: Any,
    problem: Any,
    nearest: Any,
    busy: Any,
    on_confirm: Any,
    on_dismiss: Any,
    on_pick: Any,
    on_end: Any,
) -> rx.Component:
    """One dialog, steps: `ask`, `held`, `yours`, `lost`. An empty step keeps it closed."""
    title = rx.match(
        step,
        ("held", "It is yours for now"),
        ("yours", "You already hold this one"),
        ("lost", "Someone was a moment faster"),
        "Hold it for you?",
    )
    content = rx.match(
        step,
        ("held", _held(item, on_dismiss, on_end)),
        ("yours", _held(item, on_dismiss, on_end)),
        ("lost", _lost(head, problem, nearest, on_dismiss, on_pick)),
        _ask(item, head, would_end, problem, busy, on_confirm, on_dismiss),
    )
    return dialog(content, title=title, is_open=step != "", on_dismiss=on_dismiss)


def _ask(
    item: Any, head: Any, would_end: Any, problem: Any, busy: Any, on_confirm: Any, on_dismiss: Any
) -> rx.Component:
    deposit = rx.cond(
        head.deposit_required,
        "A deposit confirms it later; nothing is charged now, and if you do nothing it is simply free again.",
        "Nothing is charged, and if you do nothing it is simply free again.",
    )
    return rx.fragment(
        summary(item),
        rx.el.p("We keep it for you alone until ", rx.el.strong(local_time(would_end)), ". ", deposit),
        rx.cond(problem != "", notice(problem)),
        rx.el.div(
            button("Hold until ", local_time(would_end), kind="primary", on_click=on_confirm, disabled=busy),
            button("Not now", on_click=on_dismiss),
            class_name="dialog__actions",
        ),
    )


def _held(item: Any, on_dismiss: Any, on_end: Any) -> rx.Component:
    return rx.fragment(
        summary(item),
        rx.el.div(
            rx.el.p(countdown(until=item.held_until, on_end=on_end), class_name="clock"),
            rx.el.p(
                "until ", local_time(item.held_until), ", on every screen the same", class_name="small muted"
            ),
        ),
        rx.el.div(button("Keep looking", kind="primary", on_click=on_dismiss), class_name="dialog__actions"),
    )


def _lost(head: Any, problem: Any, nearest: Any, on_dismiss: Any, on_pick: Any) -> rx.Component:
    next_best = rx.fragment(
        rx.el.p("These come closest to what you are looking for:"),
        rx.el.div(rx.foreach(nearest, lambda item: _nearest(item, on_pick)), class_name="nextbest"),
    )
    return rx.fragment(
        rx.el.p(problem, role="alert"),
        rx.cond(nearest.length() > 0, next_best),
        rx.el.div(button("Back to all ", head.nouns, on_click=on_dismiss), class_name="dialog__actions"),
    )


def _nearest(item: rx.Var[Tile], on_pick: Any) -> rx.Component:
    return rx.el.button(
        rx.el.img(src=item.photo, alt=""),
        rx.el.span(
            rx.el.span(item.title, class_name="serif"),
            rx.el.br(),
            rx.el.span(item.price, class_name="muted num"),
        ),
        rx.el.span(item.match, "%", class_name="num muted"),
        type="button",
        on_click=on_pick(item.id),
    )
