"""What waits for the buyer's yes: a card in the conversation, or a dialog for what the buyer chose."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components.basics import button, dialog, icon, notice
from app.components.native import local_time
from app.views import Confirmation, Labelled


def card(
    item: rx.Var[Confirmation], *, on_confirm: Any, on_decline: Any, on_again: Any, busy: Any
) -> rx.Component:
    """What will happen, on which terms, until when it can be confirmed; afterwards what came of it."""
    result = rx.el.div(
        rx.cond(item.state == "done", icon("circle-check", 20), icon("circle-alert", 20)),
        rx.el.div(
            rx.el.p(item.said),
            rx.cond(
                item.held_until != "",
                rx.el.p("until ", local_time(item.held_until), class_name="muted small"),
            ),
            rx.cond(item.state == "over", button("Look at it again", small=True, on_click=on_again)),
        ),
        class_name="card__result",
        role="status",
    )
    waits = rx.fragment(
        rx.el.p(item.text),
        _terms(item),
        rx.cond(item.said != "", notice(item.said)),
        _actions(item, on_confirm, on_decline, busy),
    )
    return rx.el.section(
        _about(item),
        rx.cond(item.state == "open", rx.el.h2(item.title, class_name="card__title serif")),
        rx.cond(item.state == "open", waits, result),
        class_name="card",
        id="card-" + item.key,
        key=item.key,
        tab_index=-1,
        custom_attrs={"aria-label": item.title},
    )


def _about(item: rx.Var[Confirmation]) -> rx.Component:
    shown = rx.el.div(
        rx.cond(item.photo != "", rx.el.img(src=item.photo, alt="")),
        rx.el.p(item.item, class_name="serif"),
        class_name="card__about",
    )
    return rx.cond(item.item != "", shown)


def _terms(item: rx.Var[Confirmation]) -> rx.Component:
    def term(one: rx.Var[Labelled]) -> rx.Component:
        return rx.el.div(rx.el.dt(one.label), rx.el.dd(one.text))

    return rx.cond(
        item.terms.length() > 0, rx.el.dl(rx.foreach(item.terms, term), class_name="card__terms num")
    )


def _actions(item: rx.Var[Confirmation], on_confirm: Any, on_decline: Any, busy: Any) -> rx.Component:
    until = rx.el.p("You can confirm it until ", local_time(item.until), ".", class_name="muted small")
    return rx.fragment(
        rx.cond(item.until != "", until),
        rx.el.div(
            button(item.do, kind="primary", on_click=on_confirm, disabled=busy),
            button("Not now", on_click=on_decline),
            class_name="dialog__actions",
        ),
    )


def ask_dialog(
    *, item: rx.Var[Confirmation], needs_words: Any, busy: Any, on_submit: Any, on_dismiss: Any
) -> rx.Component:
    """The same for what the buyer chose: with a field where a person is to read something."""
    words = rx.el.label(
        rx.el.span("In your words", class_name="field__label"),
        rx.el.textarea(
            name="words", class_name="input", rows="3", max_length=1000, required=True, auto_focus=True
        ),
        class_name="field",
    )
    asking = rx.el.form(
        _about(item),
        rx.el.p(item.text),
        _terms(item),
        rx.cond(needs_words, words),
        rx.cond(item.said != "", notice(item.said)),
        rx.el.div(
            button(item.do, kind="primary", type="submit", disabled=busy),
            button("Not now", on_click=on_dismiss),
            class_name="dialog__actions",
        ),
        on_submit=on_submit,
        key=item.key,
        class_name="dialog__form",
    )
    told = rx.fragment(
        rx.el.p(item.said, role="status"),
        rx.el.div(button("Go on looking", kind="primary", on_click=on_dismiss), class_name="dialog__actions"),
    )
    body = rx.cond(item.state == "open", asking, told)
    return dialog(body, title=item.title, is_open=item.key != "", on_dismiss=on_dismiss)
