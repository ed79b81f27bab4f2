"""The Document tab: one draft, as a form and as YAML, with what is wrong in it and what becomes of it."""

from __future__ import annotations

import reflex as rx

from app.components import document_bar as bars
from app.components.basics import icon, notice, skeleton
from app.components.code_editor import code_editor, jump, panes
from app.components.document_fields import form, section_list
from app.document_views import Found
from app.states.document import Document as D


def document_tab() -> rx.Component:
    """All that stands below the tabs of an event's page when Document is chosen."""
    found = rx.el.div(
        _bar(),
        rx.cond(D.failure != "", notice(D.failure)),
        bars.clash_notice(D.clash, on_join=D.join_both, on_mine=D.keep_mine, on_theirs=D.take_theirs),
        bars.conflict_list(
            D.conflicts, D.undecided, busy=D.busy, on_choose=D.choose, on_update=D.bring_up_to_date
        ),
        panes(
            section_list(D.sections, D.section, D.pick_section),
            _form(),
            _editor(),
            label="How to see the document",
        ),
        _problems(),
        jump(to=D.jump),
        bars.discard_dialog(is_open=D.asks_discard, on_confirm=D.discard, on_dismiss=D.ask_discard(False)),
        class_name="doc",
    )
    return rx.cond(D.ready, found, _waiting())


def _bar() -> rx.Component:
    return bars.draft_bar(
        bar=D.bar,
        diff=D.diff,
        choices=D.choices,
        gone=D.gone,
        problems=D.problem_count,
        blocked=D.blocked | (D.clash.who != ""),
        busy=D.busy,
        is_open=D.reviewing,
        on_review=D.review,
        on_rename=D.rename,
        on_decide=D.decide,
        on_recall=D.recall,
        on_discard=D.ask_discard,
        on_update=D.bring_up_to_date,
    )


def _form() -> rx.Component:
    return form(
        rows=D.rows,
        title=D.section_title,
        help_text=D.section_help,
        is_unread=D.is_unread,
        readable=D.readable,
        on_set=D.set_value,
        on_list=D.set_list,
        on_toggle=D.toggle,
        on_add=D.add_item,
        on_entry=D.add_entry,
        on_remove=D.remove,
        on_move=D.move,
        on_inherit=D.inherit,
    )


def _editor() -> rx.Component:
    return rx.el.section(
        code_editor(
            store=D.store,
            value=D.text,
            stamp=D.stamp,
            mark=D.mark,
            accepted=D.accepted,
            label="Event document, YAML",
            marks=D.marks,
            line=D.line,
            grammar=D.grammar,
            read_only=~D.may_edit,
            on_edit=D.edit_text,
        ),
        rx.el.p(
            rx.el.kbd("Ctrl Space"),
            " completes, ",
            rx.el.kbd("Ctrl F"),
            " searches, ",
            rx.el.kbd("Ctrl ]"),
            " indents; Tab leaves the editor.",
            class_name="tiny muted",
        ),
        class_name="text",
        custom_attrs={"aria-label": "YAML"},
    )


def _problems() -> rx.Component:
    nothing = rx.el.p(icon("circle-check"), "No problems found.", class_name="muted doc__fine")
    return rx.el.section(
        rx.el.h2("Problems", class_name="section__title"),
        rx.el.div(
            rx.cond(
                D.problems.length() > 0,
                rx.el.ul(rx.foreach(D.problems, _problem), class_name="found"),
                nothing,
            ),
            aria_live="polite",
        ),
        id="problems",
        class_name="section",
    )


def _problem(item: rx.Var[Found]) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.cond(item.blocks, icon("circle-alert"), icon("triangle-alert")),
            rx.el.span(
                rx.el.span(item.place, class_name="found__place"),
                rx.el.span(item.text),
                rx.cond(item.hint != "", rx.el.span(item.hint, class_name="muted")),
                class_name="found__words",
            ),
            type="button",
            class_name=rx.cond(item.blocks, "found__one found__one--bad", "found__one found__one--warn"),
            on_click=D.go_to(item.key, item.line, item.column),
        ),
        rx.cond(
            item.line > 0,
            rx.el.button(
                "Line ",
                item.line,
                type="button",
                class_name="found__line",
                on_click=D.show_line(item.line, item.column),
            ),
        ),
    )


def _waiting() -> rx.Component:
    return rx.el.div(
        skeleton("100%", "64px"),
        rx.el.div(skeleton("100%", "420px"), skeleton("100%", "420px"), class_name="doc__waiting"),
        class_name="doc",
        custom_attrs={"aria-busy": "true", "aria-label": "Loading"},
    )
