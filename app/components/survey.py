"""Quiet cards that can be passed over: a few questions at the end, and what goes with what is sold."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components.basics import button, notice
from app.views import Asked, Offered


def survey_card(
    *, questions: Any, skippable: Any, done: Any, problem: Any, on_submit: Any, on_skip: Any
) -> rx.Component:
    """The questions, then a word of thanks. Nothing is asked where there is no question."""
    form = rx.el.form(
        rx.foreach(questions, _question),
        rx.cond(problem != "", notice(problem)),
        rx.el.div(
            button("Send", kind="primary", small=True, type="submit"),
            rx.cond(skippable, button("Skip", small=True, on_click=on_skip)),
            class_name="dialog__actions",
        ),
        on_submit=on_submit,
        class_name="survey",
    )
    asked = rx.el.section(
        rx.el.h2("Before you go", class_name="card__title serif"),
        form,
        class_name="card card--quiet",
        custom_attrs={"aria-label": "A few questions"},
    )
    thanks = rx.el.p("Thank you. That helps us to do better.", class_name="muted small", role="status")
    return rx.cond(done, thanks, rx.cond(questions.length() > 0, asked))


def offer_card(item: rx.Var[Offered], *, on_ask: Any, on_pass: Any) -> rx.Component:
    """What goes with it. Asking the seller's team about it is the buyer's own step."""
    return rx.el.section(
        rx.el.h2(item.title, class_name="card__title serif"),
        rx.el.p(item.text),
        rx.el.div(
            button("Ask about it", small=True, on_click=on_ask),
            button("Not now", small=True, on_click=on_pass),
            class_name="dialog__actions",
        ),
        class_name="card card--quiet",
        key=item.key,
        custom_attrs={"aria-label": item.title},
    )


def _question(item: rx.Var[Asked]) -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(item.text, class_name="field__label"),
        rx.match(
            item.kind,
            ("scale", _scale(item)),
            ("single_choice", _choices(item, "radio")),
            ("multiple_choice", _choices(item, "checkbox")),
            rx.el.textarea(
                name=item.key,
                rows="2",
                max_length=1000,
                class_name="input",
                custom_attrs={"aria-label": item.text},
            ),
        ),
        class_name="survey__question",
        key=item.key,
    )


def _scale(item: rx.Var[Asked]) -> rx.Component:
    def step(value: rx.Var[str]) -> rx.Component:
        return rx.el.label(
            rx.el.input(type="radio", name=item.key, value=value),
            rx.el.span(value),
            class_name="survey__step",
        )

    return rx.el.div(
        rx.el.div(rx.foreach(item.options, step), class_name="survey__scale"),
        rx.el.p(rx.el.span(item.low), rx.el.span(item.high), class_name="survey__ends muted tiny"),
    )


def _choices(item: rx.Var[Asked], kind: str) -> rx.Component:
    def choice(value: rx.Var[str], at: rx.Var[int]) -> rx.Component:
        name = item.key if kind == "radio" else item.key + "." + at.to_string()
        return rx.el.label(
            rx.el.input(type=kind, name=name, value=value), rx.el.span(value), class_name="survey__choice"
        )

    return rx.el.div(rx.foreach(item.options, choice), class_name="survey__choices")
