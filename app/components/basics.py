"""Small things every screen uses: icons, buttons, pills, notices, the frame of a page that says one thing."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components.native import layer


def icon(name: str, size: int = 16) -> rx.Component:
    """A lucide icon. Decoration only: words stand beside it or in a label."""
    return rx.icon(name, size=size, stroke_width=1.75, custom_attrs={"aria-hidden": "true"})


def button(*children: Any, kind: str = "quiet", small: bool = False, **props: Any) -> rx.Component:
    """A button of one of the kinds `primary`, `quiet`, `words`."""
    classes = f"button button--{kind}" + (" button--small" if small else "")
    return rx.el.button(*children, type=props.pop("type", "button"), class_name=classes, **props)


def button_link(*children: Any, href: Any, kind: str = "quiet", **props: Any) -> rx.Component:
    return rx.el.a(*children, href=href, class_name=f"button button--{kind}", **props)


def icon_button(name: str, label: Any, class_name: str = "", **props: Any) -> rx.Component:
    attrs = {"aria-label": label, "title": label}
    return rx.el.button(
        icon(name, 20),
        type="button",
        class_name=f"button button--icon {class_name}",
        custom_attrs=attrs,
        **props,
    )


def pill(*children: Any, tone: Any = "") -> rx.Component:
    if isinstance(tone, rx.Var):
        return rx.el.span(*children, class_name="pill pill--" + tone.to(str))
    return rx.el.span(*children, class_name=f"pill pill--{tone}" if tone else "pill")


def notice(*children: Any, tone: str = "bad") -> rx.Component:
    """A message about what happened. Failures interrupt a screen reader, the rest waits its turn."""
    mark = {"bad": "circle-alert", "warn": "triangle-alert", "good": "circle-check"}[tone]
    role = "alert" if tone == "bad" else "status"
    return rx.el.div(icon(mark, 20), rx.el.div(*children), class_name=f"notice notice--{tone}", role=role)


def theme_toggle() -> rx.Component:
    return rx.el.button(
        rx.color_mode_cond(icon("moon", 20), icon("sun", 20)),
        type="button",
        class_name="button button--icon",
        on_click=rx.toggle_color_mode,
        custom_attrs={
            "aria-label": "Switch between light and dark",
            "title": "Switch between light and dark",
        },
    )


def skip_link(target: str = "main", words: str = "Skip to the content") -> rx.Component:
    return rx.el.a(words, href=f"#{target}", class_name="skip-link")


def dialog(
    *children: Any,
    title: Any,
    is_open: Any,
    on_dismiss: Any,
    serif: bool = True,
    wide: bool = False,
    label: str = "",
) -> rx.Component:
    """A dialog in the middle of the page, with its title and a way out. `label` names it where the title is no text."""
    head = rx.el.div(
        rx.el.h2(title, class_name="dialog__title serif" if serif else "dialog__title"),
        icon_button("x", "Close", on_click=on_dismiss),
        class_name="dialog__head",
    )
    body = rx.el.div(head, *children, class_name="dialog__body")
    classes = "dialog dialog--wide" if wide else "dialog"
    return layer(body, open=is_open, label=label or title, class_name=classes, on_dismiss=on_dismiss)


def skeleton(width: str = "100%", height: str = "1em", **style: str) -> rx.Component:
    return rx.el.div(class_name="skeleton", style={"width": width, "height": height, **style})


def plain_page(title: Any, *children: Any) -> rx.Component:
    """A page with one message and a next step."""
    return rx.el.div(
        rx.el.header(
            rx.el.a("MPAX", href="/", class_name="wordmark", custom_attrs={"aria-label": "MPAX, start page"}),
            theme_toggle(),
            class_name="plain__head",
        ),
        rx.el.main(
            rx.el.h1(title, class_name="plain__title serif"), *children, id="main", class_name="plain__main"
        ),
        class_name="plain",
    )
