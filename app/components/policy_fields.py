"""What the parts of the profile editor share: groups, values, ticks and radios with their words, messages at their field."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components.basics import icon
from app.components.code_editor import value_field
from app.config_views import Option
from app.policy_views import Choice, ProfileForm

NO_OPTIONS: list[Option] = []


def group(title: str, *children: Any, help_text: Any = None) -> rx.Component:
    lead = [rx.el.p(help_text, class_name="section__help")] if help_text is not None else []
    return rx.el.section(
        rx.el.h3(title, class_name="profile__group"), *lead, *children, class_name="profile__part"
    )


def problem(text: Any) -> rx.Component:
    return rx.cond(
        text.to(str) != "", rx.el.p(icon("circle-alert"), text, class_name="line__problem", role="alert")
    )


def has(form: rx.Var[ProfileForm], name: str) -> Any:
    return form.problems.contains(name)


def placed(form: rx.Var[ProfileForm], name: str) -> rx.Component:
    return rx.cond(has(form, name), problem(form.problems[name].to(str)))


def value(kind: str, label: str, text: Any, locked: Any, on_set: Any, **props: Any) -> rx.Component:
    given = {"options": NO_OPTIONS, "low": "", "high": "", "step": "1", "hint": "", "described_by": ""}
    return value_field(kind=kind, label=label, value=text, disabled=locked, on_set=on_set, **given | props)


def ticks(name: str, choices: Any, locked: Any, on_tick: Any) -> rx.Component:
    def one(row: rx.Var[Choice]) -> rx.Component:
        return rx.el.label(
            rx.el.input(
                type="checkbox",
                checked=row.on,
                disabled=locked,
                on_change=lambda on: on_tick(name, row.value, on),
            ),
            rx.el.span(
                rx.el.strong(row.text), rx.el.span(row.help, class_name="muted"), class_name="choice__words"
            ),
            class_name="choice",
            key=row.value,
        )

    return rx.el.div(rx.foreach(choices, one), class_name="ticks")


def radios(title: str, name: str, choices: Any, locked: Any, on_text: Any) -> rx.Component:
    def one(row: rx.Var[Choice]) -> rx.Component:
        return rx.el.label(
            rx.el.input(
                type="radio",
                name=name,
                value=row.value,
                checked=row.on,
                disabled=locked,
                on_change=lambda _: on_text(name, row.value),
            ),
            rx.el.span(
                rx.el.strong(row.text), rx.el.span(row.help, class_name="muted"), class_name="choice__words"
            ),
            class_name="choice",
            key=row.value,
        )

    return rx.el.fieldset(
        rx.el.legend(title, class_name="rules__title"), rx.foreach(choices, one), class_name="ticks"
    )
