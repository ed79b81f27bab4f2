"""Changing one wish; sharing all of them with dealers without the person; keeping them for the next visit."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components.basics import button, dialog, icon, notice
from app.views import Chip


def chip_dialog(
    *, item: rx.Var[Chip], problem: Any, on_save: Any, on_remove: Any, on_dismiss: Any
) -> rx.Component:
    """Edits the value of one wish and says whether it must hold or would be nice."""
    choice = rx.el.fieldset(
        rx.el.legend("How important is it?", class_name="field__label"),
        _radio("must", "Must have", "Only what meets it is shown.", item.group),
        _radio("nice", "Nice to have", "What meets it comes first.", item.group),
        class_name="choice",
    )
    is_yes_or_no = (item.value == "True") | (item.value == "False")
    form = rx.el.form(
        rx.cond(is_yes_or_no, rx.el.p(item.text), _value(item)),
        rx.cond(
            item.kind == "filter",
            choice,
            rx.el.p("It only moves the order of what is shown.", class_name="muted small"),
        ),
        rx.cond(item.why != "", rx.el.p(item.why, class_name="small muted")),
        rx.cond(problem != "", notice(problem)),
        rx.el.div(
            button("Apply", kind="primary", type="submit"),
            button("Remove this wish", on_click=on_remove),
            class_name="dialog__actions",
        ),
        on_submit=on_save,
        key=item.id,
        class_name="dialog__form",
    )
    return dialog(form, title="Change a wish", is_open=item.id != "", on_dismiss=on_dismiss)


def _value(item: rx.Var[Chip]) -> rx.Component:
    return rx.el.label(
        rx.el.span(item.label, class_name="field__label"),
        rx.el.input(
            name="value", default_value=item.value, class_name="input", auto_complete="off", required=True
        ),
        class_name="field",
    )


def _radio(value: str, title: str, help_text: str, current: Any) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="radio", name="group", value=value, default_checked=current == value),
        rx.el.span(rx.el.strong(title), rx.el.span(help_text, class_name="muted")),
        class_name="choice__option",
    )


def share_control(*, shared: Any, on_open: Any) -> rx.Component:
    """The line below the composer that says whether dealers can see the wishes."""
    return rx.el.button(
        rx.cond(shared, icon("eye", 14), icon("eye-off", 14)),
        rx.cond(shared, "Dealers see your wishes, not you", "Share my wishes with dealers, anonymously"),
        type="button",
        on_click=on_open,
    )


def share_dialog(
    *, is_open: Any, shared: Any, reached: Any, problem: Any, on_share: Any, on_withdraw: Any, on_dismiss: Any
) -> rx.Component:
    """Consent in plain words, and the way back."""
    ask = rx.fragment(
        rx.el.p(
            "Dealers whose inventory fits will see what you are looking for: limits, features and timing. They will not see "
            "your name, your messages, how to reach you or where you are."
        ),
        rx.el.p("You can take it back at any moment; from then on no dealer sees it.", class_name="muted"),
        rx.cond(problem != "", notice(problem)),
        rx.el.div(
            button("Share anonymously", kind="primary", on_click=on_share),
            button("Not now", on_click=on_dismiss),
            class_name="dialog__actions",
        ),
    )
    given = rx.fragment(
        rx.el.p(reached),
        rx.el.p(
            "Dealers see your wishes as they are now. They do not see who you are.",
            class_name="muted",
        ),
        rx.el.div(
            button("Stop sharing", on_click=on_withdraw),
            button("Keep sharing", kind="primary", on_click=on_dismiss),
            class_name="dialog__actions",
        ),
    )
    return dialog(
        rx.cond(shared, given, ask), title="Let dealers look for you", is_open=is_open, on_dismiss=on_dismiss
    )


def memory_control(*, agreed: Any, on_open: Any) -> rx.Component:
    """The line below the composer that says whether wishes are kept for the next visit."""
    return rx.el.button(
        rx.cond(agreed, icon("bookmark-check", 14), icon("bookmark", 14)),
        rx.cond(agreed, "Your wishes are remembered", "Remember my wishes for my next visit"),
        type="button",
        on_click=on_open,
    )


def memory_dialog(
    *, is_open: Any, agreed: Any, problem: Any, on_agree: Any, on_forget: Any, on_dismiss: Any
) -> rx.Component:
    """What is kept, for how long, and the way back."""
    failed = rx.cond(problem != "", notice(problem))
    ask = rx.fragment(
        rx.el.p(
            "We keep what you are looking for: limits, features, timing, and your latest words about it. When you come back "
            "in this browser, a new conversation begins with them. It is for this event alone."
        ),
        rx.el.p(
            "It is kept for 180 days after your last visit. You can take it back here at any moment; then it is deleted.",
            class_name="muted",
        ),
        failed,
        rx.el.div(
            button("Remember my wishes", kind="primary", on_click=on_agree),
            button("Not now", on_click=on_dismiss),
            class_name="dialog__actions",
        ),
    )
    given = rx.fragment(
        rx.el.p(
            "Your wishes are kept as they are now, for 180 days after your last visit, in this event alone."
        ),
        rx.el.p(
            "If you take it back, they are deleted at once. This conversation goes on.", class_name="muted"
        ),
        failed,
        rx.el.div(
            button("Forget them", on_click=on_forget),
            button("Keep them", kind="primary", on_click=on_dismiss),
            class_name="dialog__actions",
        ),
    )
    return dialog(
        rx.cond(agreed, given, ask), title="Remember my wishes", is_open=is_open, on_dismiss=on_dismiss
    )
