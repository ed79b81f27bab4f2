"""What a model saw in a turn, and what it said: the context by bucket, every exchange, the wordings that were judged."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components.basics import icon, pill
from app.transcript_views import BucketShown, ContextLine, ExchangeShown, TurnShown, VariantRow


def model(turn: rx.Var[TurnShown]) -> rx.Component:
    nobody = rx.el.p(
        icon("eye-off"),
        "No model saw anything of this turn. The built-in engine answered.",
        class_name="talk__flag muted",
    )
    seen = rx.el.div(
        rx.el.ul(rx.foreach(turn.exchanges, _exchange), class_name="exchanges"),
        rx.cond(turn.room != "", _context(turn)),
        rx.cond(turn.variants.length() > 0, _variants(turn.variants)),
        rx.cond(
            turn.dropped.length() > 0,
            rx.el.details(
                rx.el.summary("Left out of the answer, for want of a source: ", turn.dropped.length()),
                rx.el.ul(rx.foreach(turn.dropped, lambda text: rx.el.li(text)), class_name="reasons"),
                class_name="more",
            ),
        ),
        class_name="talk__model",
    )
    return rx.el.section(
        rx.el.h4("What a model saw", class_name="rules__title"), rx.cond(turn.asked_model, seen, nobody)
    )


def _exchange(row: rx.Var[ExchangeShown]) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            rx.el.strong(row.title), rx.el.span(row.model), pill(row.outcome, tone=row.tone), class_name="desk__line"
        ),
        rx.el.p(row.facts, class_name="muted tiny num"),
        rx.cond(row.prompt != "", _raw("Exactly what was sent", row.prompt)),
        rx.cond(row.answer != "", _raw("Exactly what came back", row.answer)),
        rx.cond(
            row.is_hidden,
            rx.el.p("Its words are sealed, and no key opens them any more.", class_name="muted tiny"),
        ),
    )  # fmt: skip


def _raw(title: str, text: Any) -> rx.Component:
    return rx.el.details(
        rx.el.summary(title),
        rx.el.pre(
            rx.el.code(text, class_name="mono"),
            class_name="raw",
            tab_index=0,
            role="region",
            custom_attrs={"aria-label": title},
        ),
        class_name="more",
    )


def _context(turn: rx.Var[TurnShown]) -> rx.Component:
    def bucket(row: rx.Var[BucketShown]) -> rx.Component:
        return rx.el.li(
            rx.el.p(
                rx.el.strong(row.title), rx.el.span(row.sum, class_name="muted num"), class_name="desk__line"
            ),
            rx.el.ul(rx.foreach(row.lines, _line), class_name="snippets"),
        )

    left = rx.el.details(
        rx.el.summary("Not told: ", turn.left.length()),
        rx.el.ul(rx.foreach(turn.left, _line), class_name="snippets"),
        class_name="more",
    )
    return rx.el.details(
        rx.el.summary("The context, and where each line came from: ", turn.room),
        rx.el.ul(rx.foreach(turn.buckets, bucket), class_name="buckets"),
        rx.cond(turn.left.length() > 0, left),
        class_name="more",
    )


def _line(row: rx.Var[ContextLine]) -> rx.Component:
    return rx.el.li(
        rx.el.span(row.source),
        rx.el.span(row.place, class_name="mono tiny"),
        rx.cond(row.why != "", rx.el.span(row.why, class_name="muted")),
        rx.cond(row.tokens != "", rx.el.span(row.tokens, " tokens", class_name="num muted")),
        rx.el.code(row.sha, class_name="mono tiny muted", title="Beginning of the SHA-256 of the text"),
    )


def _variants(rows: Any) -> rx.Component:
    def row(item: rx.Var[VariantRow]) -> rx.Component:
        scores = (item.total, item.groundedness, item.fit, item.tone, item.brevity)
        return rx.el.tr(
            rx.el.th(item.name, rx.cond(item.is_chosen, pill("Taken", tone="good")), scope="row"),
            *[rx.el.td(score, class_name="num") for score in scores],
        )

    heads = ("Wording", "Score", "Sourced", "Fits", "Tone", "Brief")
    return rx.el.details(
        rx.el.summary("How the wordings were judged: ", rows.length()),
        rx.el.div(
            rx.el.table(
                rx.el.caption("Scores of the wordings, 0 to 1", class_name="visually-hidden"),
                rx.el.thead(rx.el.tr(*[rx.el.th(words, scope="col") for words in heads])),
                rx.el.tbody(rx.foreach(rows, row)),
                class_name="scores",
            ),
            class_name="scores-wrap",
            tab_index=0,
            role="region",
            custom_attrs={"aria-label": "Scores of the wordings"},
        ),
        class_name="more",
    )
