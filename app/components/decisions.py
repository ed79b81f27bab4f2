"""Decisions of an event: the replay of a draft over them, their hours as a chart, and their receipts."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components.basics import button, icon, notice, pill
from app.components.frame import empty, go, section, table
from app.components.native import local_time
from app.policy_views import FlipCount, FlipRow, HourBar, ReceiptRow, Replayed
from app.policy_words import VERDICTS

HEADS = ("When", "What", "By", "Verdict", "Why", "Conversation", "Receipt")


def replay(
    result: rx.Var[Replayed], *, has_draft: Any, gate: Any, busy: Any, failure: Any, on_replay: Any
) -> rx.Component:
    nothing = empty(
        "Nothing to replay",
        rx.el.p("Change a profile first: it goes to your draft, and here you see what it would have decided otherwise."),
        go("Go to the profiles", href="?tab=policy", class_name="link"),
    )  # fmt: skip
    body = rx.el.div(
        rx.cond(
            busy,
            rx.el.p("Reading the log…", class_name="muted", role="status"),
            rx.el.p(result.summary, class_name="verdict", role="status"),
        ),
        rx.cond(result.scope != "", rx.el.p(result.scope, class_name="muted")),
        rx.cond(failure != "", notice(failure)),
        rx.cond(
            result.counts.length() > 0,
            rx.el.ul(rx.foreach(result.counts, _count), class_name="flips"),
        ),
        rx.cond(result.flips.length() > 0, _flips(result)),
        rx.el.div(
            button(icon("rotate-cw"), "Replay again", small=True, on_click=on_replay, disabled=busy),
            go("To the draft", href=gate, class_name="button button--quiet button--small"),
            class_name="desk__line",
        ),
        class_name="replay",
    )
    return section(
        "Replay",
        rx.cond(has_draft, body, nothing),
        help_text="A draft put over the latest decisions: each is judged again under the profile its conversation would get. "
        "Nothing changes by it.",
    )


def _count(row: rx.Var[FlipCount]) -> rx.Component:
    return rx.el.li(
        rx.el.span(row.count, class_name="flips__count num"),
        rx.el.span(row.words),
        class_name="flip flip--" + row.tone,
        key=row.key,
    )


def _flips(result: rx.Var[Replayed]) -> rx.Component:
    def row(item: rx.Var[FlipRow]) -> rx.Component:
        return rx.el.tr(
            rx.el.td(local_time(item.at, "full")),
            rx.el.td(item.verb, rx.el.span("by ", item.origin, class_name="table__sub tiny")),
            rx.el.td(pill(item.before, tone=item.before_tone)),
            rx.el.td(
                pill(item.after, tone=item.after_tone), rx.el.span(item.why, class_name="table__sub tiny")
            ),
            rx.el.td(item.profiles),
            rx.el.td(_talk(item.session, item.address)),
            key=item.key,
        )

    heads = ("When", "What", "Was", "Would be", "Profile", "Conversation")
    return rx.el.div(
        table(heads, rx.foreach(result.flips, row), "Decisions that would come out otherwise"),
        rx.cond(result.more != "", rx.el.p(result.more, class_name="muted tiny")),
    )


def _talk(session: Any, address: Any) -> rx.Component:
    return go(
        rx.el.code(session, class_name="mono"),
        href=address,
        class_name="link",
        custom_attrs={"aria-label": "Conversation " + session},
    )


def decisions(
    *,
    bars: Any,
    summary: Any,
    rows: Any,
    verdict: Any,
    verb: Any,
    verbs: Any,
    cursor: Any,
    on_choose: Any,
    on_more: Any,
) -> rx.Component:
    verdicts = (("", "Every verdict"), *VERDICTS.items())
    filters = rx.el.div(
        rx.el.select(
            *[rx.el.option(text, value=value) for value, text in verdicts],
            value=verdict,
            on_change=lambda value: on_choose("verdict", value),
            class_name="input input--small",
            custom_attrs={"aria-label": "Verdict"},
        ),
        rx.el.select(
            rx.foreach(verbs, lambda item: rx.el.option(item.text, value=item.value)),
            value=verb,
            on_change=lambda value: on_choose("verb", value),
            class_name="input input--small",
            custom_attrs={"aria-label": "Verb"},
        ),
        class_name="desk__line",
    )
    nothing = empty(
        "No receipts here",
        rx.el.p(
            "Every decision about what a conversation may do leaves one. Hold something in the storefront to see it."
        ),
    )
    listed = rx.el.div(
        table(HEADS, rx.foreach(rows, receipt), "Receipts, newest first"),
        rx.cond(cursor != "", rx.el.div(button("Show more", small=True, on_click=on_more))),
        class_name="section",
    )
    return rx.el.div(
        section("The last day", chart(bars, summary)),
        section(
            "Receipts",
            filters,
            rx.cond(rows.length() > 0, listed, nothing),
            help_text="Each is chained to the one before it in its conversation: nothing can be taken out unseen.",
        ),
        class_name="decisions",
    )


def chart(bars: Any, summary: Any) -> rx.Component:
    """Stacked columns, one an hour. The sentence says the same for who does not see it."""

    def column(item: rx.Var[HourBar]) -> rx.Component:
        return rx.el.li(
            rx.el.span(
                *[
                    rx.el.i(class_name=f"hour__part hour__part--{part}", style={"height": height})
                    for part, height in (("deny", item.deny), ("confirm", item.confirm), ("allow", item.allow))
                ],
                class_name="hour__bar",
            ),
            rx.cond(item.tick, rx.el.span(local_time(item.at), class_name="hour__at")),
            class_name="hour",
            title=item.words,
            key=item.key,
        )  # fmt: skip

    legend = rx.el.ul(
        *[
            rx.el.li(rx.el.i(class_name=f"hour__part hour__part--{key}"), text)
            for key, text in VERDICTS.items()
        ],
        class_name="hours__legend tiny muted",
        aria_hidden="true",
    )
    return rx.el.div(
        rx.el.p(summary),
        rx.el.ul(rx.foreach(bars, column), class_name="hours", aria_hidden="true"),
        legend,
        class_name="hours-chart",
    )


def receipt(item: rx.Var[ReceiptRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(local_time(item.at, "full")),
        rx.el.td(item.verb),
        rx.el.td(item.origin),
        rx.el.td(pill(item.verdict, tone=item.tone)),
        rx.el.td(item.why),
        rx.el.td(_talk(item.session, item.address)),
        rx.el.td(rx.el.code(item.sha, class_name="mono", title=item.full_sha)),
        key=item.key,
    )
