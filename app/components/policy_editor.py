"""One profile as a form: whom it is for, what the guide may be told, what may be done, how much on its own."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components.basics import button, notice, pill
from app.components.frame import go
from app.components.policy_fields import group, has, placed, radios, ticks, value
from app.components.policy_rules import rules
from app.components.policy_tools import tools
from app.config_views import Option
from app.policy_views import ProfileForm
from app.policy_words import STATUSES


def editor(
    form: rx.Var[ProfileForm],
    *,
    may_edit: Any,
    is_changed: Any,
    busy: Any,
    failure: Any,
    saved: Any,
    yaml: Any,
    on_text: Any,
    on_list: Any,
    on_tick: Any,
    on_tool: Any,
    on_add_question: Any,
    on_question: Any,
    on_answers: Any,
    on_drop_question: Any,
    on_revert: Any,
    on_save: Any,
) -> rx.Component:
    """The handlers take the name of the field first."""
    locked = ~may_edit
    head = rx.el.header(
        rx.el.p(go("Profiles", href="?tab=policy"), class_name="desk__crumb"),
        rx.el.div(
            rx.el.h2(
                rx.cond(form.is_new, "New profile", rx.cond(form.name != "", form.name, form.key)),
                class_name="pull__title",
            ),
            rx.cond(form.status == "paused", pill("Paused", tone="warn")),
            class_name="desk__line",
        ),
        rx.el.p(form.whom, class_name="muted", aria_live="polite"),
        class_name="profile__head",
    )
    return rx.el.div(
        head,
        _named(form, locked, on_text),
        rules(form, locked, on_list, on_tick, on_add_question, on_question, on_answers, on_drop_question),
        _context(form, locked, on_text, on_tick),
        tools(form, locked, on_tool),
        group(
            "How much the guide does on its own",
            radios("Autonomy", "autonomy", form.autonomy, locked, on_text),
            radios("Compliance", "compliance", form.compliance, locked, on_text),
        ),
        rx.cond(
            form.elsewhere.length() > 0,
            notice(
                rx.el.p("With this profile the document says elsewhere:"),
                rx.el.ul(rx.foreach(form.elsewhere, lambda text: rx.el.li(text)), class_name="reasons"),
                tone="warn",
            ),
        ),
        rx.cond(failure != "", notice(failure)),
        rx.cond(
            may_edit,
            _actions(form, is_changed, busy, saved, yaml, on_revert, on_save),
            rx.el.p(go("As YAML", href=yaml, class_name="link")),
        ),
        class_name="profile",
    )


def _actions(
    form: rx.Var[ProfileForm], is_changed: Any, busy: Any, saved: Any, yaml: Any, on_revert: Any, on_save: Any
) -> rx.Component:
    status = rx.cond(
        form.blocks,
        "Mend what is marked first.",
        rx.cond(saved != "", saved, rx.cond(is_changed, "Not saved yet.", "Nothing is changed.")),
    )
    return rx.el.div(
        button(
            rx.cond(busy, "Saving…", "Save to your draft"),
            kind="primary",
            on_click=on_save,
            disabled=~is_changed | busy | form.blocks,
        ),
        rx.cond(is_changed & ~busy, button("Undo the changes", kind="words", on_click=on_revert)),
        rx.el.p(status, class_name="muted", role="status"),
        go("As YAML", href=yaml, class_name="link"),
        class_name="profile__actions",
    )


def _named(form: rx.Var[ProfileForm], locked: Any, on_text: Any) -> rx.Component:
    def one(name: str, label: str, kind: str, text: Any, help_text: str, **props: Any) -> rx.Component:
        control = value(
            kind, label, text, locked, lambda said: on_text(name, said), invalid=has(form, name), **props
        )
        return rx.el.div(
            rx.el.span(label, class_name="field__label", aria_hidden="true"),
            control,
            rx.el.p(help_text, class_name="line__help"),
            placed(form, name),
            class_name="profile__field",
        )

    statuses = [Option(value, text) for value, text in STATUSES]
    return rx.el.div(
        rx.cond(
            form.is_new,
            one("key", "Key", "value", form.key, "Its permanent name: small letters, digits, - and _."),
        ),
        one("name", "Name", "text", form.name, "What it is called here."),
        one(
            "priority",
            "Priority",
            "number",
            form.priority,
            "0 to 1000. The highest that matches wins.",
            low="0",
            high="1000",
        ),
        one(
            "status",
            "Status",
            "choice",
            form.status,
            "A paused profile is given to nobody.",
            options=statuses,
        ),
        class_name="profile__row",
    )


def _context(form: rx.Var[ProfileForm], locked: Any, on_text: Any, on_tick: Any) -> rx.Component:
    return group(
        "What the guide may be told",
        ticks("sources", form.sources, locked, on_tick),
        placed(form, "sources"),
        rx.el.div(
            rx.el.span("Snippets an answer may draw on", class_name="field__label", aria_hidden="true"),
            value(
                "number",
                "Snippets an answer may draw on",
                form.retrieval_limit,
                locked,
                lambda text: on_text("retrieval_limit", text),
                low="0",
                high="50",
                invalid=has(form, "retrieval_limit"),
            ),
            rx.el.p("0 to 50. The best ones; the rest is not told.", class_name="line__help"),
            placed(form, "retrieval_limit"),
            class_name="profile__field",
        ),
        radios("Citations", "citations", form.citations, locked, on_text),
        placed(form, "context"),
        help_text="Everything that is not ticked is kept from the guide.",
    )
