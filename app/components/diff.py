"""A difference as people read it: sentences by section, the two sources beside each other, the JSON Patch.

The three readings are one fieldset: choosing another needs no round trip, so that it works wherever a diff stands.
"""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components.basics import icon, pill
from app.config_views import ChangeGroup, ChangeRow, DiffShown, SideRow

RISK_TONES = (("low", "good"), ("medium", "warn"), ("high", "bad"))
RELOADS = (
    ("live", "reaches open conversations"),
    ("kill", "reaches everybody at once"),
    ("pinned", "new conversations"),
)
KIND_ICONS = (("added", "plus"), ("removed", "minus"), ("moved", "arrow-up-down"))
READINGS = (("words", "In words"), ("source", "Side by side"), ("patch", "JSON Patch"))


def risk_mark(risk: rx.Var[str]) -> rx.Component:
    """`low risk`, `medium risk`, `high risk`; nothing where there is none."""
    return rx.cond(
        (risk != "") & (risk != "none"), pill(risk, " risk", tone=rx.match(risk, *RISK_TONES, "plain"))
    )


def reload_mark(reload: rx.Var[str]) -> rx.Component:
    """Whom a change reaches. What is pinned is the rule and needs no mark."""
    return rx.cond(
        (reload == "live") | (reload == "kill"), pill(rx.match(reload, *RELOADS, reload), tone="accent")
    )


def diff_view(diff: rx.Var[DiffShown], name: str, nothing: str = "Nothing differs.") -> rx.Component:
    """`name` tells this diff from others on the page."""
    body = rx.el.div(
        rx.el.fieldset(
            rx.el.legend("How to read the changes", class_name="visually-hidden"),
            *[_reading(name, key, title) for key, title in READINGS],
            class_name="readings",
        ),
        rx.el.p(diff.summary, class_name="diff__summary muted"),
        rx.el.div(rx.foreach(diff.groups, _group), class_name="diff__words"),
        _sides(diff),
        rx.el.div(
            rx.el.pre(diff.patch, class_name="mono diff__code"),
            class_name="diff__patch",
            tab_index=0,
            role="region",
            custom_attrs={"aria-label": "JSON Patch, RFC 6902"},
        ),
        class_name="diff",
    )
    return rx.cond(diff.groups.length() > 0, body, rx.el.p(nothing, class_name="muted"))


def _reading(name: str, key: str, title: str) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="radio",
            name=f"reading-{name}",
            value=key,
            default_checked=key == "words",
            class_name=f"readings__input readings__{key}",
        ),
        rx.el.span(title),
        class_name="readings__one",
    )


def _group(group: rx.Var[ChangeGroup]) -> rx.Component:
    return rx.el.section(
        rx.el.h3(group.title, class_name="diff__section"),
        rx.el.ul(rx.foreach(group.changes, _change), class_name="changes"),
        key=group.title,
    )


def _change(change: rx.Var[ChangeRow]) -> rx.Component:
    mark = rx.match(
        change.kind,
        *[(kind, icon(name, 16)) for kind, name in KIND_ICONS],
        icon("pencil-line", 16),
    )
    values = rx.el.div(
        rx.cond(change.before != "", rx.el.del_(change.before, class_name="mono")),
        rx.cond(change.after != "", rx.el.ins(change.after, class_name="mono")),
        class_name="change__values",
    )
    return rx.el.li(
        rx.el.span(mark, class_name="change__mark change__mark--" + change.kind),
        rx.el.div(
            rx.el.p(change.text, class_name="change__text"),
            rx.cond((change.before != "") | (change.after != ""), values),
            rx.el.code(change.path, class_name="mono tiny muted change__path"),
            class_name="change__body",
        ),
        rx.el.div(reload_mark(change.reload), risk_mark(change.risk), class_name="change__marks"),
        class_name="change",
        key=change.key,
    )


def _sides(diff: rx.Var[DiffShown]) -> rx.Component:
    heads = rx.el.div(
        rx.el.span("Before"), rx.el.span("After"), class_name="sides__heads", aria_hidden="true"
    )
    return rx.el.div(
        heads,
        rx.cond(
            diff.sides.length() > 0,
            rx.foreach(diff.sides, _side),
            rx.el.p("The written text is equal; only what it builds on differs.", class_name="muted"),
        ),
        class_name="diff__source sides",
        tab_index=0,
        role="region",
        custom_attrs={"aria-label": "Sources beside each other"},
    )


def _side(row: rx.Var[SideRow]) -> rx.Component:
    def cell(line: Any, text: Any, side: str) -> rx.Component:
        element = rx.el.del_ if side == "old" else rx.el.ins
        return rx.el.div(
            rx.el.span(line, class_name="sides__number", aria_hidden="true"),
            rx.cond(
                row.kind == "same",
                rx.el.code(text, class_name="mono"),
                rx.el.code(element(text), class_name="mono"),
            ),
            class_name=f"sides__cell sides__cell--{side}",
        )

    return rx.cond(
        row.kind == "fold",
        rx.el.p(row.old, class_name="sides__fold"),
        rx.el.div(
            cell(row.old_line, row.old, "old"),
            cell(row.new_line, row.new, "new"),
            class_name="sides__row sides__row--" + row.kind,
            key=row.key,
        ),
    )
