"""The form of a document: its sections, the fields of one, and the quiet marks beside each field."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components.basics import button, icon
from app.components.code_editor import chip_list, new_entry, value_field
from app.document_views import FieldRow, SectionRow

RELOAD_ICONS = (("pinned", "pin"), ("live", "radio"), ("kill", "power"))
LEGEND = (
    ("pin", "New conversations only: open ones keep what they began with."),
    ("radio", "Live: reaches open conversations too."),
    ("power", "Stop switch: reaches everybody at once."),
    ("sliders-horizontal", "A lever: operators may move it inside its range without approval."),
)

RISKS = (
    ("low", "Low risk: as a rule nobody else has to agree."),
    ("medium", "Medium risk: somebody else has to agree."),
    ("high", "High risk: several have to agree, one of them an admin."),
)


def section_list(sections: Any, current: Any, on_pick: Any) -> rx.Component:
    def one(row: rx.Var[SectionRow]) -> rx.Component:
        return rx.el.li(
            rx.el.button(
                rx.el.span(row.title, class_name="sections__title"),
                rx.cond(row.is_unread, rx.el.span(", nothing reads it yet", class_name="visually-hidden")),
                rx.el.span(
                    rx.cond(row.problems != "", rx.el.span(row.problems, class_name="tally tally--bad")),
                    rx.cond(row.changed != "", rx.el.span(row.changed, class_name="tally tally--changed")),
                    rx.cond(row.own != "", rx.el.span(row.own, class_name="tally")),
                    class_name="sections__tallies",
                    title=row.summary,
                    aria_hidden="true",
                ),
                rx.el.span(row.summary, class_name="visually-hidden"),
                type="button",
                class_name=rx.cond(row.is_unread, "sections__one sections__one--unread", "sections__one"),
                on_click=on_pick(row.name),
                custom_attrs={"aria-current": rx.cond(row.name == current, "true", "false")},
            ),
            key=row.name,
        )

    return rx.el.nav(
        rx.el.ul(rx.foreach(sections, one), class_name="sections__list"),
        _legend(),
        class_name="sections",
        custom_attrs={"aria-label": "Sections of the document"},
    )


def _legend() -> rx.Component:
    lines = [rx.el.li(icon(name), rx.el.span(words)) for name, words in LEGEND]
    tallies = (
        rx.el.li(rx.el.span("2", class_name="tally tally--bad"), rx.el.span("Problems in this section.")),
        rx.el.li(
            rx.el.span("2", class_name="tally tally--changed"),
            rx.el.span("Changes against the version it began from."),
        ),
        rx.el.li(
            rx.el.span("2", class_name="tally"),
            rx.el.span("Values this document sets itself; all others are inherited."),
        ),
    )
    risks = [rx.el.li(_steps(risk), rx.el.span(words)) for risk, words in RISKS]
    unread = rx.el.li(rx.el.em("A"), rx.el.span("In italics: nothing reads this section yet."))
    return rx.el.details(
        rx.el.summary("What the marks mean"),
        rx.el.ul(*tallies, unread, *lines, *risks, class_name="legend__list"),
        class_name="legend",
    )


def form(
    *,
    rows: Any,
    title: Any,
    help_text: Any,
    is_unread: Any,
    readable: Any,
    on_set: Any,
    on_list: Any,
    on_toggle: Any,
    on_add: Any,
    on_entry: Any,
    on_remove: Any,
    on_move: Any,
    on_inherit: Any,
) -> rx.Component:
    """The fields of one section. The handlers take the key of the field first."""

    def line(row: rx.Var[FieldRow]) -> rx.Component:
        return rx.el.div(
            rx.match(
                row.kind,
                ("heading", _heading(row, on_inherit)),
                ("item", _item(row, on_toggle, on_remove, on_move)),
                ("add", button(icon("plus"), row.label, small=True, on_click=on_add(row.key))),
                ("entry", new_entry(label=row.label, on_add=lambda name: on_entry(row.key, name))),
                _field(row, on_set, on_list, on_remove, on_inherit),
            ),
            id=row.id,
            class_name="line line--" + row.kind,
            style={"--depth": row.depth},
            key=row.id,
        )

    notes = rx.fragment(
        rx.cond(
            is_unread,
            rx.el.p(
                "Nothing reads this section yet. What you write here is kept and waits.", class_name="muted"
            ),
        ),
        rx.cond(
            ~readable,
            rx.el.p(
                "The text cannot be read as YAML at the moment, so the form waits. Mend the text; the form follows.",
                class_name="form__waits",
                role="status",
            ),
        ),
    )
    return rx.el.section(
        rx.el.header(
            rx.el.h2(title, class_name="form__title"),
            rx.el.p(help_text, class_name="muted"),
            notes,
            class_name="form__head",
        ),
        rx.el.div(rx.foreach(rows, line), class_name="form__lines"),
        class_name="form",
        custom_attrs={"aria-label": title},
    )


def _heading(row: rx.Var[FieldRow], on_inherit: Any) -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.el.h3(row.label, class_name="line__group"), _origin(row, on_inherit), class_name="line__head"
        ),
        _help(row),
        _problem(row),
    )


def _item(row: rx.Var[FieldRow], on_toggle: Any, on_remove: Any, on_move: Any) -> rx.Component:
    def act(name: str, words: str, allowed: Any, handler: Any) -> rx.Component:
        return rx.el.button(
            icon(name),
            type="button",
            class_name="line__act",
            disabled=~allowed,
            on_click=handler,
            custom_attrs={"aria-label": f"{words} " + row.label, "title": words},
        )

    return rx.el.div(
        rx.el.button(
            rx.cond(row.is_open, icon("chevron-down"), icon("chevron-right")),
            rx.el.span(row.label, class_name="line__name"),
            rx.el.span(row.help, class_name="line__sketch"),
            rx.cond(
                row.problem != "",
                rx.el.span(icon("circle-alert"), class_name="line__alarm", title=row.problem),
            ),
            type="button",
            class_name="line__open",
            on_click=on_toggle(row.key),
            custom_attrs={"aria-expanded": rx.cond(row.is_open, "true", "false")},
        ),
        rx.cond(
            row.may_remove,
            rx.el.span(
                act("arrow-up", "Move up", row.may_move_up, on_move(row.key, -1)),
                act("arrow-down", "Move down", row.may_move_down, on_move(row.key, 1)),
                act("x", "Remove", row.may_remove, on_remove(row.key)),
                class_name="line__acts",
            ),
        ),
        class_name="line__item",
    )


def _field(row: rx.Var[FieldRow], on_set: Any, on_list: Any, on_remove: Any, on_inherit: Any) -> rx.Component:
    described = row.id + "-help"
    control = rx.cond(
        row.kind == "chips",
        chip_list(
            label=row.label,
            values=row.tokens,
            options=row.options,
            described_by=described,
            disabled=row.is_locked,
            on_set=lambda values: on_list(row.key, values),
        ),
        rx.el.div(
            value_field(
                kind=row.kind,
                label=row.label,
                value=row.value,
                options=row.options,
                low=row.low,
                high=row.high,
                step=row.step,
                hint=row.placeholder,
                described_by=described,
                invalid=row.problem != "",
                disabled=row.is_locked,
                on_set=lambda text: on_set(row.key, text),
            ),
            rx.cond(row.unit != "", rx.el.span(row.unit, class_name="line__unit")),
            class_name="line__control",
        ),
    )
    name = rx.el.span(
        rx.cond(row.is_changed, rx.el.span(class_name="line__dot", title="Changed in this draft")),
        row.label,
        rx.cond(row.is_changed, rx.el.span(", changed in this draft", class_name="visually-hidden")),
        class_name="line__label",
    )
    remove = rx.cond(
        row.may_remove,
        rx.el.button(
            icon("x"),
            type="button",
            class_name="line__act",
            on_click=on_remove(row.key),
            custom_attrs={"aria-label": "Remove " + row.label, "title": "Remove"},
        ),
    )
    return rx.fragment(
        rx.el.div(name, _origin(row, on_inherit), _marks(row), remove, class_name="line__head"),
        control,
        _help(row),
        _problem(row),
    )


def _help(row: rx.Var[FieldRow]) -> rx.Component:
    return rx.el.p(row.help, id=row.id + "-help", class_name="line__help")


def _problem(row: rx.Var[FieldRow]) -> rx.Component:
    return rx.cond(row.problem != "", rx.el.p(icon("circle-alert"), row.problem, class_name="line__problem"))


def _origin(row: rx.Var[FieldRow], on_inherit: Any) -> rx.Component:
    back = rx.cond(
        row.may_inherit,
        rx.el.button(
            icon("undo-2"),
            type="button",
            class_name="line__act",
            on_click=on_inherit(row.key),
            custom_attrs={"aria-label": "Back to inherited: " + row.label, "title": "Back to inherited"},
        ),
    )
    origin = rx.el.span(
        row.origin, class_name=rx.cond(row.is_own, "line__origin line__origin--own", "line__origin")
    )
    return rx.el.span(origin, back, class_name="line__from")


def _marks(row: rx.Var[FieldRow]) -> rx.Component:
    def mark(sign: rx.Component, words: Any) -> rx.Component:
        return rx.el.span(
            sign, rx.el.span(words, class_name="visually-hidden"), class_name="mark", title=words
        )

    reload_sign = rx.match(row.reload, *[(kind, icon(name)) for kind, name in RELOAD_ICONS], rx.fragment())
    return rx.el.span(
        rx.cond(row.lever != "", mark(icon("sliders-horizontal"), row.lever)),
        rx.cond(row.reload != "", mark(reload_sign, row.reload_words)),
        rx.cond(row.risk != "", mark(_steps(row.risk), row.risk.capitalize() + " risk")),
        class_name="marks",
    )


def _steps(risk: Any) -> rx.Component:
    """One, two or three steps up: how risky a change is."""
    bars = [rx.el.i() for _ in range(3)]
    return rx.el.span(*bars, class_name="steps steps--" + risk, aria_hidden="true")
