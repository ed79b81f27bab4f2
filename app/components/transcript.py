"""One conversation, turn by turn: what was said, what was understood, decided, and told to a model."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components.basics import icon, pill, skeleton
from app.components.frame import empty, go
from app.components.native import local_time
from app.components.transcript_model import model
from app.policy_views import ReceiptRow
from app.transcript_views import RequestLine, SignalLine, ToolLine, TranscriptHead, TurnShown


def transcript(*, head: rx.Var[TranscriptHead], turns: Any, ready: Any, missing: Any) -> rx.Component:
    back = rx.el.p(go("Live", href="?tab=live"), " / ", "Conversation ", head.short, class_name="desk__crumb")
    found = rx.el.div(
        back,
        rx.el.header(
            rx.el.h2("Conversation ", rx.el.code(head.short, class_name="mono"), class_name="pull__title"),
            rx.el.p(
                head.version,
                ", began ",
                local_time(head.began_at, "full"),
                ", last heard of ",
                local_time(head.last_at),
                ". ",
                head.sum,
                class_name="muted",
            ),
            rx.el.p(
                "Names, addresses and numbers are masked, as they are kept.",
                rx.cond(
                    head.may_see_prompts, "", " What a model was sent is for those who may edit its prompt."
                ),
                class_name="muted",
            ),
            rx.cond(
                head.receipts.length() > 0,
                rx.el.details(
                    rx.el.summary("Decisions outside of turns: ", head.receipts.length()),
                    _receipts(head.receipts),
                    class_name="more",
                ),
            ),
            class_name="profile__head",
        ),
        rx.cond(
            turns.length() > 0,
            rx.el.ol(rx.foreach(turns, _turn), class_name="talk"),
            empty("Nothing was said yet", rx.el.p("The buyer has looked, and written nothing.")),
        ),
        class_name="transcript",
    )
    gone = empty(missing, go("Back to Live", href="?tab=live", class_name="link"))
    waiting = rx.el.div(
        skeleton("100%", "44px"),
        skeleton("100%", "200px"),
        class_name="transcript",
        custom_attrs={"aria-busy": "true", "aria-label": "Loading"},
    )
    return rx.cond(missing != "", gone, rx.cond(ready, found, waiting))


def _turn(turn: rx.Var[TurnShown]) -> rx.Component:
    said = rx.el.div(
        rx.el.p(rx.el.span("Buyer", class_name="talk__who"), local_time(turn.at), class_name="talk__head"),
        rx.el.p(turn.message, class_name="talk__words"),
        rx.el.p(
            rx.el.span("Guide", class_name="talk__who"),
            pill(turn.stance, tone=turn.stance_tone),
            class_name="talk__head",
        ),
        rx.el.p(turn.reply, class_name="talk__words"),
        rx.cond(turn.note != "", rx.el.p(turn.note, class_name="muted")),
        rx.el.p(
            rx.el.span(turn.engine),
            rx.el.span(turn.took),
            rx.cond(turn.found != "", rx.el.span(turn.found)),
            rx.cond(turn.statements != "", rx.el.span(turn.statements)),
            class_name="history__facts muted tiny",
        ),
        class_name="talk__said",
    )
    behind = rx.el.div(_understood(turn), _decided(turn), model(turn), class_name="talk__behind")
    return rx.el.li(
        rx.el.h3("Turn ", turn.number, class_name="visually-hidden"),
        said,
        behind,
        class_name="talk__turn",
        key=turn.key,
    )


def _understood(turn: rx.Var[TurnShown]) -> rx.Component:
    def signal(row: rx.Var[SignalLine]) -> rx.Component:
        return rx.el.li(
            rx.el.span(rx.el.strong(row.text), " ", row.value),
            rx.el.span(row.confidence, class_name="num muted"),
            rx.cond(row.source != "", rx.el.q(row.source, class_name="muted")),
            class_name="signal",
        )

    def request(row: rx.Var[RequestLine]) -> rx.Component:
        return rx.el.li(
            rx.el.span(row.text),
            rx.cond(row.source != "", rx.el.q(row.source, class_name="muted")),
            class_name="signal",
        )

    nothing = rx.el.p("No signal in this message.", class_name="muted")
    return rx.el.section(
        rx.el.h4("Understood", class_name="rules__title"),
        rx.cond(
            turn.signals.length() > 0,
            rx.el.ul(rx.foreach(turn.signals, signal), class_name="signals"),
            nothing,
        ),
        rx.cond(
            turn.requests.length() > 0,
            rx.el.ul(rx.foreach(turn.requests, request), class_name="signals"),
        ),
        rx.cond(
            turn.limits.length() > 0,
            rx.el.ul(
                rx.foreach(turn.limits, lambda text: rx.el.li(pill(text))),
                class_name="limits",
                custom_attrs={"aria-label": "Limits after this turn"},
            ),
        ),
        rx.cond(
            turn.flags != "",
            rx.el.p(icon("shield-alert"), "Cleaned of ", turn.flags, ".", class_name="talk__flag"),
        ),
    )


def _decided(turn: rx.Var[TurnShown]) -> rx.Component:
    def tool(row: rx.Var[ToolLine]) -> rx.Component:
        return rx.el.li(
            rx.el.span(rx.el.code(row.text, class_name="mono"), " ", pill(row.outcome, tone=row.tone)),
            rx.el.span(row.took, class_name="num muted"),
            rx.cond(row.why != "", rx.el.span(row.why, class_name="muted")),
            class_name="signal",
        )

    is_quiet = (turn.tools.length() == 0) & (turn.receipts.length() == 0)
    return rx.el.section(
        rx.el.h4("Tools and decisions", class_name="rules__title"),
        rx.cond(is_quiet, rx.el.p("No tool was used, nothing was decided.", class_name="muted")),
        rx.cond(turn.tools.length() > 0, rx.el.ul(rx.foreach(turn.tools, tool), class_name="signals")),
        rx.cond(
            turn.receipts.length() > 0,
            _receipts(turn.receipts),
        ),
    )


def _receipts(rows: Any) -> rx.Component:
    def row(item: rx.Var[ReceiptRow]) -> rx.Component:
        return rx.el.li(
            rx.el.span(item.verb, ", by ", item.origin, " ", pill(item.verdict, tone=item.tone)),
            rx.el.code(item.sha, class_name="mono muted", title=item.full_sha),
            rx.el.span(item.why, class_name="muted"),
            class_name="signal",
            key=item.key,
        )

    return rx.el.ul(rx.foreach(rows, row), class_name="signals")
