"""The controls of `assets/editor.jsx` as components: the text editor, the two panes, and the fields of the form."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_base.event import passthrough_event_spec


class _Editor(rx.Component):
    library = "$/public/editor.jsx"


class CodeEditor(_Editor):
    """A YAML editor. `value` is the server's text and replaces what is shown when `stamp` changes.

    What is typed is kept in the browser under `store` until `accepted` is the number of the edit that carried it.
    `mark` names the revision that an edit begins from.
    `grammar` is JSON to complete from; `line` is `{number, column, focus, n}` to go to.
    """

    tag = "CodeEditor"
    store: rx.Var[str]
    value: rx.Var[str]
    stamp: rx.Var[int]
    mark: rx.Var[str]
    accepted: rx.Var[int]
    label: rx.Var[str]
    marks: rx.Var[list[Any]]
    line: rx.Var[dict[str, int]]
    grammar: rx.Var[str]
    read_only: rx.Var[bool]
    on_edit: rx.EventHandler[passthrough_event_spec(str, int)]


class Panes(_Editor):
    """Form, text, or both beside each other where there is room."""

    tag = "Panes"
    label: rx.Var[str]


class Jump(_Editor):
    """Leads to a line of the form; `to` is `{id, n}`."""

    tag = "Jump"
    to: rx.Var[dict[str, Any]]


class ValueField(_Editor):
    """One value: a switch, a choice, a number or text. Tells what was typed when typing pauses or ends."""

    tag = "ValueField"
    kind: rx.Var[str]
    label: rx.Var[str]
    value: rx.Var[str]
    options: rx.Var[list[Any]]
    low: rx.Var[str]
    high: rx.Var[str]
    step: rx.Var[str]
    hint: rx.Var[str]
    described_by: rx.Var[str]
    invalid: rx.Var[bool]
    disabled: rx.Var[bool]
    on_set: rx.EventHandler[passthrough_event_spec(str)]


class ChipList(_Editor):
    """A list of scalars as chips that can be added, changed, moved and removed, with the keyboard too."""

    tag = "ChipList"
    label: rx.Var[str]
    values: rx.Var[list[str]]
    options: rx.Var[list[Any]]
    described_by: rx.Var[str]
    disabled: rx.Var[bool]
    on_set: rx.EventHandler[passthrough_event_spec(list[str])]


class NewEntry(_Editor):
    """Asks for the name of a new entry."""

    tag = "NewEntry"
    label: rx.Var[str]
    on_add: rx.EventHandler[passthrough_event_spec(str)]


code_editor = CodeEditor.create
panes = Panes.create
jump = Jump.create
value_field = ValueField.create
chip_list = ChipList.create
new_entry = NewEntry.create
