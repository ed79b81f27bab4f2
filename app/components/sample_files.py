"""The step Samples: where files are dropped, how far each is, what was refused and how to mend it, what is pasted."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_base.event import no_args_event_spec, passthrough_event_spec

from app.blueprint_views import FileRow
from app.components.basics import button, icon, notice
from app.components.frame import go

KIND_ICONS = (
    ("sheet", "table-2"),
    ("report", "file-text"),
    ("feed", "plug"),
    ("photo", "image"),
    ("screen", "layout-template"),
)
#: What the file dialog offers; what a file is, is found by its content.
ACCEPT = (
    ".csv,.tsv,.txt,.xlsx,.xls,.ods,.pdf,.json,.yaml,.yml,.png,.jpg,.jpeg,.webp,.gif,.heic,.tif,.tiff,.avif"
)
HINT = "Spreadsheets, condition reports (PDF), photos, API descriptions, screenshots. Up to 60 files, 200 MB each."


class SampleDrop(rx.Component):
    """Takes files and sends each to `address`. `on_refused` tells name, code and facts of one that was not taken."""

    library = "$/public/samples.jsx"
    tag = "SampleDrop"
    address: rx.Var[str]
    label: rx.Var[str]
    hint: rx.Var[str]
    accept: rx.Var[str]
    disabled: rx.Var[bool]
    on_sent: rx.EventHandler[no_args_event_spec]
    on_refused: rx.EventHandler[passthrough_event_spec(str, str, dict[str, Any])]


def drop(*, address: Any, may_edit: Any, on_sent: Any, on_refused: Any) -> rx.Component:
    return SampleDrop.create(
        address=address,
        label="Drop files here, or choose them",
        hint=HINT,
        accept=ACCEPT,
        disabled=~may_edit,
        on_sent=on_sent,
        on_refused=on_refused,
    )


def bar_line(label: Any, percent: Any) -> rx.Component:
    """How far something is. While nobody knows, it moves and says nothing of a share."""
    named = {"aria-label": label}
    known = rx.el.progress(value=percent.to_string(), max="100", class_name="bar-line", custom_attrs=named)
    return rx.cond(percent > 0, known, rx.el.progress(class_name="bar-line", custom_attrs=named))


def files(*, rows: Any, on_cancel: Any, on_retry: Any, on_remove: Any) -> rx.Component:
    """One line per file. Nothing here blinks: a bar grows, and words say what is being done."""
    return rx.el.ul(
        rx.foreach(rows, lambda row: _file(row, on_cancel, on_retry, on_remove)),
        class_name="files",
        custom_attrs={"aria-label": "Samples"},
    )


def _file(row: rx.Var[FileRow], on_cancel: Any, on_retry: Any, on_remove: Any) -> rx.Component:
    sign = rx.match(row.kind, *[(kind, icon(name, 20)) for kind, name in KIND_ICONS], icon("file", 20))
    is_coming = (row.status == "waiting") | (row.status == "reading")
    bar = bar_line("Reading " + row.name, row.percent)
    name = rx.cond(
        row.address != "",
        go(row.name, href=row.address, class_name="file__name link--plain"),
        rx.el.span(row.name, class_name="file__name"),
    )
    body = rx.el.div(
        name,
        rx.el.span(
            rx.el.span(row.kind_words), rx.el.span(row.size, class_name="num"), class_name="file__facts muted"
        ),
        rx.el.span(
            rx.match(row.status, ("read", icon("check")), ("refused", icon("circle-alert")), rx.fragment()),
            row.words,
            class_name="file__words file__words--" + row.status,
        ),
        rx.cond(is_coming, bar),
        rx.cond(
            row.problem != "",
            rx.el.p(
                rx.cond(row.mend != "", rx.el.strong("At ", row.mend, ": ")),
                row.problem,
                class_name="file__problem",
            ),
        ),
        class_name="file__body",
    )
    actions = rx.el.div(
        rx.cond(row.may_cancel, _act("Cancel", row, on_cancel(row.id))),
        rx.cond(row.may_retry, _act("Try again", row, on_retry(row.id))),
        rx.cond(row.may_remove, _act("Remove", row, on_remove(row.id))),
        class_name="file__actions",
    )
    return rx.el.li(
        rx.el.span(sign, class_name="file__sign"),
        body,
        actions,
        class_name="file file--" + row.status,
        key=row.id,
    )


def _act(words: str, row: rx.Var[FileRow], event: Any) -> rx.Component:
    return button(
        words, rx.el.span(" ", row.name, class_name="visually-hidden"), kind="words", on_click=event
    )


def refusals(*, rows: Any, on_dismiss: Any) -> rx.Component:
    """Files that were not even taken: which, why, and what to do."""
    return rx.foreach(
        rows,
        lambda row: notice(
            rx.el.strong(row.label),
            rx.el.p(row.text),
            button(
                "Dismiss",
                rx.el.span(" ", row.label, class_name="visually-hidden"),
                kind="words",
                on_click=on_dismiss(row.label),
            ),
        ),
    )


def paste(*, busy: Any, on_paste: Any) -> rx.Component:
    """What an API says of itself, as text."""
    return rx.el.details(
        rx.el.summary("Paste a curl command, an OpenAPI document or an answer of your API"),
        rx.el.form(
            rx.el.label(
                rx.el.span("Text", class_name="field__label"),
                rx.el.textarea(
                    name="text",
                    rows="7",
                    required=True,
                    max_length=2_000_000,
                    placeholder="curl https://api.example.com/v1/listings -H 'Authorization: Bearer …'",
                    class_name="input mono",
                    spell_check=False,
                ),
                rx.el.span(
                    "Keys in it are kept out of what is published; use a test key.", class_name="field__help"
                ),
                class_name="field",
            ),
            rx.el.div(button("Read it", type="submit", disabled=busy)),
            on_submit=on_paste,
            reset_on_submit=True,
            class_name="section",
        ),
        class_name="more",
    )
