"""The conversation: turns, suggested openings, chips, the composer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from app.components.basics import button, icon, notice, skeleton
from app.components.native import composer, thread, waiting
from app.views import Chip, EventHead, Loosening, Piece, Turn


def monogram(initial: Any, small: bool = False) -> rx.Component:
    classes = "monogram serif" + (" monogram--small" if small else "")
    return rx.el.span(initial, class_name=classes, custom_attrs={"aria-hidden": "true"})


def turn(item: rx.Var[Turn], guide: Any, initial: Any) -> rx.Component:
    text = rx.cond(item.pieces.length() > 0, rx.foreach(item.pieces, piece), item.text)
    said_by_guide = rx.el.article(
        monogram(initial, small=True),
        rx.el.div(
            rx.el.span(guide, ": ", class_name="visually-hidden"),
            rx.el.p(text, class_name="turn__text"),
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


def piece(item: rx.Var[Piece]) -> rx.Component:
    """A stretch of an answer, and the mark of its source where it is a statement."""
    return rx.cond(item.source != "", rx.el.span(item.text, source_mark(item.source)), item.text)


def source_mark(source: Any, of: Any = "this statement") -> rx.Component:
    """Says where something comes from: on hover, on focus, and at a tap."""
    return rx.el.button(
        icon("file-text", 14),
        rx.el.span(source, class_name="source__tip", role="tooltip"),
        type="button",
        class_name="source",
        custom_attrs={"aria-label": "Source of " + rx.Var.create(of) + ": " + source},
    )


def on_its_way(head: Any, saying: Any, doing: Any) -> rx.Component:
    """Where the answer will be: its shape at once, then its words as they come. It is read out when it is whole."""
    slow = head.guide + " is going through the " + head.nouns + " with your wishes in hand."
    coming = rx.el.div(
        rx.el.p(saying, class_name="turn__text turn__text--coming"), custom_attrs={"aria-hidden": "true"}
    )
    return rx.el.div(
        monogram(head.initial, small=True),
        rx.cond(saying != "", coming, waiting(said=doing, slow=slow)),
        class_name="turn turn--guide turn--coming",
    )


def opening(words: rx.Var[str], on_pick: Any, hint: Any = "") -> rx.Component:
    """Something one could say, at a tap; `hint` is how many that would leave."""
    count = rx.el.span(
        rx.el.span(", leaves ", class_name="visually-hidden"), hint, class_name="opening__count num"
    )
    shown = rx.cond(rx.Var.create(hint).to(str) != "", count)
    return rx.el.button(
        words, shown, icon("arrow-right"), type="button", class_name="opening", on_click=on_pick
    )


def conversation(
    *,
    head: Any,
    turns: Any,
    quick: Any,
    busy: Any,
    on_pick: Any,
    problem: rx.Component,
    hints: Any = None,
    saying: Any = "",
    doing: Any = "",
    cards: Sequence[rx.Component] = (),
) -> rx.Component:
    """The log of a conversation, and below it what waits for the buyer: cards to confirm, what one could say next."""
    suggestions = rx.el.div(
        rx.foreach(
            quick, lambda words, at: opening(words, on_pick(words), hints[at] if hints is not None else "")
        ),
        class_name="openings",
        role="group",
        custom_attrs={"aria-label": "Suggestions"},
    )
    return thread(
        rx.foreach(turns, lambda item: turn(item, head.guide, head.initial)),
        *cards,
        rx.cond((quick.length() > 0) & ~busy, suggestions),
        rx.cond(busy, on_its_way(head, rx.Var.create(saying), rx.Var.create(doing))),
        problem,
        class_name="thread",
        label="Conversation",
    )


def thread_notice(problem: Any, on_again: Any = None) -> rx.Component:
    """Why a message was not answered. The words are still in the composer, and can be sent again as they are."""
    again = button("Try again", small=True, on_click=on_again) if on_again else rx.fragment()
    return rx.cond(problem != "", notice(problem, " Your message is still below. ", again))


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
    *,
    head: Any,
    busy: Any,
    accepted: Any,
    failed: Any,
    on_send: Any,
    foot: rx.Component,
    person: Any = "",
) -> rx.Component:
    """The composer, above it what has been stopped and whether a person was asked, below it a line."""
    person = rx.Var.create(person)
    return rx.el.div(
        rx.el.div(
            rx.cond(head.notice != "", rx.el.p(icon("circle-pause"), head.notice, class_name="paused")),
            rx.cond(person != "", rx.el.p(icon("user-round"), person, class_name="paused paused--person")),
            role="status",
        ),
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
        title=item.why,
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


def ways_out(ways: Any, title: Any, on_pick: Any) -> rx.Component:
    """What could be let go, and how many that would give."""
    return rx.cond(
        ways.length() > 0,
        rx.el.div(
            rx.el.p(title, class_name="ways__title", id="ways"),
            rx.el.ul(
                rx.foreach(ways, lambda way, at: rx.el.li(_way(way, on_pick(at)))), class_name="ways__list"
            ),
            class_name="ways",
            role="group",
            custom_attrs={"aria-labelledby": "ways"},
        ),
    )


def _way(way: rx.Var[Loosening], on_pick: Any) -> rx.Component:
    return rx.el.button(way.text, icon("arrow-right"), type="button", class_name="opening", on_click=on_pick)


def event_header(head: rx.Var[EventHead], on_person: Any, *actions: rx.Component) -> rx.Component:
    person = rx.el.div(
        monogram(head.initial),
        rx.el.div(
            rx.el.p(rx.el.strong(head.guide), ", ", head.guide_role, ". "),
            rx.el.button("Talk to a person", type="button", class_name="guide__person", on_click=on_person),
            class_name="guide__words",
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
