"""The rule builder of a profile: campaign, consent, segments, answers to questions."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components.basics import button, icon, icon_button
from app.components.code_editor import chip_list
from app.components.policy_fields import NO_OPTIONS, group, placed, problem, ticks, value
from app.policy_views import ProfileForm, QualifierRow, UtmRow


def rules(
    form: rx.Var[ProfileForm],
    locked: Any,
    on_list: Any,
    on_tick: Any,
    on_add: Any,
    on_question: Any,
    on_answers: Any,
    on_drop: Any,
) -> rx.Component:
    def campaign(row: rx.Var[UtmRow]) -> rx.Component:
        return rx.el.div(
            rx.el.span(row.label, class_name="rule__label", aria_hidden="true"),
            rx.el.div(
                chip_list(
                    label="Campaign " + row.label,
                    values=row.accepted,
                    options=NO_OPTIONS,
                    described_by="",
                    disabled=locked,
                    on_set=lambda values: on_list("utm_" + row.name, values),
                ),
                rx.cond(
                    row.accepted.length() == 0,
                    rx.el.p("Any. Such as ", row.hint, ".", class_name="line__help"),
                ),
                problem(row.problem),
            ),
            class_name="rule",
            key=row.name,
        )

    segments = rx.el.div(
        rx.el.span("Segments", class_name="rule__label", aria_hidden="true"),
        rx.el.div(
            chip_list(
                label="Cookie segments",
                values=form.segments,
                options=NO_OPTIONS,
                described_by="",
                disabled=locked,
                on_set=lambda values: on_list("segments", values),
            ),
            rx.el.p(
                "One is enough. They count only with consent to personalization.", class_name="line__help"
            ),
            placed(form, "segments"),
        ),
        class_name="rule",
    )
    return group(
        "Whom it is for",
        rx.el.h4("Campaign the buyer came with", class_name="rules__title"),
        rx.foreach(form.utm, campaign),
        rx.el.h4("Consent the buyer has given", class_name="rules__title"),
        ticks("consent", form.consent, locked, on_tick),
        placed(form, "consent"),
        rx.el.h4("What is known of the buyer", class_name="rules__title"),
        segments,
        rx.el.h4("Answers to questions", class_name="rules__title"),
        rx.foreach(
            form.qualifiers,
            lambda row: _question(row, form.qualifiers.length(), locked, on_question, on_answers, on_drop),
        ),
        rx.cond(~locked, rx.el.div(button(icon("plus"), "Add a question", small=True, on_click=on_add))),
        placed(form, "match"),
        help_text="All rules must hold. One that names nothing asks for nothing; without any the profile is for everybody. What "
        " a visit says of itself comes from the browser: it chooses a profile and proves nothing.",
    )


def _question(
    row: rx.Var[QualifierRow], count: Any, locked: Any, on_question: Any, on_answers: Any, on_drop: Any
) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            value(
                "value",
                "Key of the question",
                row.question,
                locked,
                lambda text: on_question(row.index, text),
                hint="buying_for",
                invalid=row.problem != "",
            ),
        ),
        rx.el.div(
            chip_list(
                label="Answers to " + row.question,
                values=row.answers,
                options=NO_OPTIONS,
                described_by="",
                disabled=locked,
                on_set=lambda values: on_answers(row.index, values),
            ),
            problem(row.problem),
        ),
        rx.cond(
            ~locked, icon_button("x", "Remove the question " + row.question, on_click=on_drop(row.index))
        ),
        class_name="rule rule--question",
        key=row.index.to(str) + "/" + count.to(str),
    )
