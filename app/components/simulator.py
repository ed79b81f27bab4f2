"""The simulator: a visit to imagine, and what it would get with the reasons."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components.basics import icon, notice, pill
from app.components.code_editor import chip_list, value_field
from app.components.policy_fields import NO_OPTIONS
from app.policy_views import Question, ReasonLine, Simulated, TraceRow, VerdictRow
from app.policy_words import CONSENTS, UTM

TONES = (("allow", "good"), ("confirm", "warn"), ("deny", "bad"))


def simulator(
    *,
    utm: Any,
    consent: Any,
    segments: Any,
    questions: Any,
    result: rx.Var[Simulated],
    failure: Any,
    where: Any,
    on_utm: Any,
    on_consent: Any,
    on_segments: Any,
    on_answer: Any,
) -> rx.Component:
    """Asked anew whenever something is said differently."""
    return rx.el.section(
        rx.el.h2("Simulator", class_name="section__title"),
        rx.el.p("Imagine a visit. ", where, class_name="section__help"),
        _visit(utm, consent, segments, questions, on_utm, on_consent, on_segments, on_answer),
        rx.cond(failure != "", notice(failure)),
        rx.cond(result.name != "", _result(result)),
        class_name="simulator",
        custom_attrs={"aria-label": "Simulator"},
    )


def _visit(
    utm: Any,
    consent: Any,
    segments: Any,
    questions: Any,
    on_utm: Any,
    on_consent: Any,
    on_segments: Any,
    on_answer: Any,
) -> rx.Component:
    def text(name: str, label: str, hint: str) -> rx.Component:
        field = value_field(
            kind="text",
            label="Campaign " + label.lower(),
            value=utm[name],
            options=NO_OPTIONS,
            low="",
            high="",
            step="1",
            hint=hint.partition(",")[0],
            described_by="",
            invalid=False,
            disabled=False,
            on_set=lambda said: on_utm(name, said),
        )
        return rx.el.div(
            rx.el.span(label, class_name="rule__label", aria_hidden="true"), field, class_name="rule"
        )

    consents = [
        rx.el.label(
            rx.el.input(
                type="checkbox",
                checked=consent[name].to(bool),
                on_change=lambda on, name=name: on_consent(name, on),
            ),
            rx.el.span(label),
            class_name="tool__box",
        )
        for name, label, _ in CONSENTS
    ]

    def question(row: rx.Var[Question]) -> rx.Component:
        field = value_field(
            kind="choice",
            label="Answer to " + row.key,
            value=row.value,
            options=row.options,
            low="",
            high="",
            step="1",
            hint="",
            described_by="",
            invalid=False,
            disabled=False,
            on_set=lambda said: on_answer(row.key, said),
        )
        return rx.el.div(
            rx.el.span(row.key, class_name="rule__label mono", aria_hidden="true"),
            field,
            class_name="rule",
            key=row.key,
        )

    chips = rx.el.div(
        rx.el.span("Segments", class_name="rule__label", aria_hidden="true"),
        chip_list(
            label="Segments of the visit",
            values=segments,
            options=NO_OPTIONS,
            described_by="",
            disabled=False,
            on_set=on_segments,
        ),
        class_name="rule",
    )
    return rx.el.div(
        *[text(*one) for one in UTM[:3]],
        rx.el.div(
            rx.el.span("Consent", class_name="rule__label", aria_hidden="true"),
            rx.el.div(
                *consents, class_name="simulator__consents", role="group", custom_attrs={"aria-label": "Consent"}
            ),
            class_name="rule",
        ),
        chips,
        rx.foreach(questions, question),
        rx.el.details(
            rx.el.summary("Term and content"), *[text(*one) for one in UTM[3:]], class_name="more"
        ),
        class_name="simulator__visit",
    )  # fmt: skip


def _result(result: rx.Var[Simulated]) -> rx.Component:
    verdict = rx.el.div(
        rx.el.p("This visit gets", class_name="muted"),
        rx.el.p(result.name, class_name="simulator__name"),
        rx.el.p(result.sentence, class_name="muted"),
        rx.el.p(result.context, class_name="muted"),
        aria_live="polite",
        class_name="simulator__answer",
    )
    why = rx.el.div(
        rx.el.h3("Why this profile", class_name="rules__title"),
        rx.cond(
            result.trace.length() > 0,
            rx.el.ol(rx.foreach(result.trace, _step), class_name="trace"),
            rx.el.p(
                "The event has no profiles, so the strictest policy holds for everybody.", class_name="muted"
            ),
        ),
    )
    tools = rx.el.div(
        rx.el.h3("What it may do", class_name="rules__title"),
        rx.el.table(
            rx.el.caption("Verdict for each verb", class_name="visually-hidden"),
            rx.el.thead(
                rx.el.tr(*[rx.el.th(words, scope="col") for words in ("Verb", "By button", "By the guide")])
            ),
            rx.el.tbody(rx.foreach(result.verdicts, _verdict)),
            class_name="verdicts",
        ),
    )
    return rx.el.div(
        verdict,
        rx.cond(result.note != "", notice(result.note, tone="warn")),
        why,
        tools,
        class_name="simulator__result",
    )


def _step(row: rx.Var[TraceRow]) -> rx.Component:
    def reason(line: rx.Var[ReasonLine]) -> rx.Component:
        return rx.el.li(
            rx.cond(line.holds, icon("check", 14), icon("x", 14)),
            rx.el.span(line.text),
            class_name=rx.cond(line.holds, "trace__reason", "trace__reason trace__reason--missed"),
        )

    return rx.el.li(
        rx.el.p(
            rx.el.span(row.name, class_name="trace__name"),
            pill(
                row.words,
                tone=rx.match(row.outcome, ("chosen", "good"), ("outranked", "accent"), "plain"),
            ),
            class_name="desk__line",
        ),
        rx.el.ul(rx.foreach(row.reasons, reason)),
        key=row.key,
    )


def _verdict(row: rx.Var[VerdictRow]) -> rx.Component:
    def cell(value: Any, text: Any, why: Any) -> rx.Component:
        return rx.el.td(
            pill(text, tone=rx.match(value, *TONES, "plain")),
            rx.el.span(why, class_name="table__sub tiny"),
        )

    return rx.el.tr(
        rx.el.th(row.verb, scope="row"),
        cell(row.button, row.button_words, row.button_why),
        cell(row.guide, row.guide_words, row.guide_why),
        key=row.verb,
    )
