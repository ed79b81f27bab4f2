"""The conversation: turns, suggested openings, chips, the composer."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components.basics import icon, notice, skeleton
from app.components.native import composer, thread
from app.views import Chip, EventHead, Turn


def monogram(initial: Any, small: bool = False) -> rx.Component:
    classes = "monogram serif" + (" monogram--small" if small else "")
    return rx.el.span(initial, class_name=classes, custom_attrs={"aria-hidden": "true"})


def turn(item: rx.Var[Turn], guide: Any, initial: Any) -> rx.Component:
    said_by_guide = rx.el.article(
        monogram(initial, small=True),
        rx.el.div(
            rx.el.span(guide, ": ", class_name="visually-hidden"),
            rx.el.p(item.text, class_name="turn__text"),
        ),
        class_name="turn turn--guide",
        key=item.key,
    )
    said_by_you = rx.el.article(
        rx.el.span("You: ", class_name="visually-hidden"),
        rx.el.p(item.text, class_name="turn__text"),
        class_name="turn turn--you",
        key=item.key,
    )
    return rx.cond(item.who == "guide", said_by_guide, said_by_you)


def thinking(guide: Any, initial: Any, nouns: Any) -> rx.Component:
    """What stands where the answer will be; after two seconds it says what takes so long."""
    return rx.el.div(
        monogram(initial, small=True),
        rx.el.div(
            rx.el.span(
                rx.el.i(), rx.el.i(), rx.el.i(), class_name="thinking", custom_attrs={"aria-hidden": "true"}
            ),
            rx.el.p(guide, " is going through the ", nouns, " with your wishes in hand.", class_name="slow"),
        ),
        class_name="turn turn--guide",
    )


def opening(words: rx.Var[str], on_pick: Any) -> rx.Component:
    return rx.el.button(words, icon("arrow-right"), type="button", class_name="opening", on_click=on_pick)


def conversation(
    *, head: Any, turns: Any, quick: Any, busy: Any, on_pick: Any, problem: rx.Component
) -> rx.Component:
    """The log of a conversation, and below it what one could say next without typing."""
    suggestions = rx.el.div(
        rx.foreach(quick, lambda words: opening(words, on_pick(words))),
        class_name="openings",
        role="group",
        custom_attrs={"aria-label": "Suggestions"},
    )
    return thread(
        rx.foreach(turns, lambda item: turn(item, head.guide, head.initial)),
        rx.cond((quick.length() > 0) & ~busy, suggestions),
        rx.cond(busy, thinking(head.guide, head.initial, head.nouns)),
        problem,
        class_name="thread",
        label="Conversation",
    )


def thread_notice(problem: Any) -> rx.Component:
    """Why a message was not answered. The words are still in the composer."""
    return rx.cond(problem != "", notice(problem, " Your message is still below."))


def conversation_skeleton() -> rx.Component:
    lines = [skeleton(width, "18px") for width in ("92%", "84%", "46%")]
    pills = [skeleton(width, "44px", **{"border-radius": "22px"}) for width in ("260px", "300px", "220px")]
    return rx.el.div(
        rx.el.div(*lines, style={"display": "grid", "gap": "12px"}),
        rx.el.div(*pills, style={"display": "grid", "gap": "10px"}),
        class_name="thread",
        custom_attrs={"aria-busy": "true", "aria-label": "The conversation is being prepared"},
    )


def write(
    *, head: Any, busy: Any, accepted: Any, failed: Any, on_send: Any, foot: rx.Component
) -> rx.Component:
    """The composer and the line below it."""
    return rx.el.div(
        rx.el.p(head.notice, class_name="muted small", role="status"),
        composer(
            store="mpax.draft." + head.slug,
            label="Write to " + head.guide,
            placeholder=head.placeholder,
            send_label="Send",
            busy=busy,
            accepted=accepted,
            failed=failed,
            on_send=on_send,
        ),
        foot,
        class_name="composer",
    )


def chip(item: rx.Var[Chip], on_edit: Any, on_remove: Any) -> rx.Component:
    edit = rx.el.button(
        item.text,
        type="button",
        class_name="chip__edit",
        on_click=on_edit,
        custom_attrs={"aria-label": "Change: " + item.text},
    )
    remove = rx.el.button(
        icon("x", 14),
        type="button",
        class_name="chip__remove",
        on_click=on_remove,
        custom_attrs={"aria-label": "Remove: " + item.text, "title": "Remove"},
    )
    return rx.el.li(edit, remove, class_name="chip chip--" + item.group, key=item.id)


def chip_groups(must: Any, nice: Any, *, on_edit: Any, on_remove: Any) -> rx.Component:
    """What was understood, in two groups."""

    def group(title: str, chips: Any) -> rx.Component:
        row = rx.el.div(
            rx.el.span(title, class_name="chips__group"),
            rx.el.ul(
                rx.foreach(chips, lambda item: chip(item, on_edit(item.id), on_remove(item.id))),
                class_name="chips__list",
                custom_attrs={"aria-label": title},
            ),
            class_name="chips",
        )
        return rx.cond(chips.length() > 0, row)

    return rx.cond(
        (must.length() > 0) | (nice.length() > 0),
        rx.el.div(group("Must have", must), group("Nice to have", nice), class_name="chip-groups"),
    )


def event_header(head: rx.Var[EventHead], *actions: rx.Component) -> rx.Component:
    person = rx.el.div(
        monogram(head.initial),
        rx.el.p(
            rx.el.strong(head.guide),
            ", ",
            head.guide_role,
            ". ",
            rx.el.span("A person can join.", class_name="guide__note"),
        ),
        class_name="guide",
    )
    titles = rx.el.div(
        rx.el.div(
            rx.el.h1(head.name, class_name="event-head__name serif"),
            rx.el.p(head.dates, class_name="event-head__dates"),
            class_name="event-head__row",
        ),
        class_name="event-head__titles",
    )
    return rx.el.header(titles, person, *actions, class_name="event-head")
