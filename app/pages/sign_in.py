"""Sign-in: plain HTML forms, so that they work before and without the socket."""

from __future__ import annotations

import reflex as rx

from app.components.basics import button, notice, plain_page
from app.components.native import plain_form
from app.states.sign_in import SignIn


def sign_in() -> rx.Component:
    # The first form stays where it is while the page comes to life: what was typed by then is kept.
    content = rx.match(SignIn.step, ("code", _code()), ("ask", _ask_for_code()), _password())
    return plain_page(
        "Sign in",
        rx.cond(SignIn.problem != "", notice(SignIn.problem)),
        content,
    )


def _email() -> rx.Component:
    return rx.el.label(
        rx.el.span("E-mail", class_name="field__label"),
        rx.el.input(
            type="email",
            name="email",
            required=True,
            auto_complete="username",
            class_name="input",
            default_value=SignIn.email,
            key=SignIn.email,
        ),
        class_name="field",
    )


def _next() -> rx.Component:
    return rx.el.input(type="hidden", name="next", value=SignIn.next_path, read_only=True)


def _password() -> rx.Component:
    return plain_form(
        _email(),
        rx.el.label(
            rx.el.span("Password", class_name="field__label"),
            rx.el.input(
                type="password",
                name="password",
                required=True,
                auto_complete="current-password",
                class_name="input",
            ),
            class_name="field",
        ),
        _next(),
        button("Sign in", kind="primary", type="submit"),
        rx.el.p(
            "No password at hand? ",
            button("E-mail me a code", kind="words", on_click=SignIn.ask_for_code),
            class_name="signin__or",
        ),
        action="/api/v1/auth/form/password",
        method="post",
        class_name="signin",
    )


def _ask_for_code() -> rx.Component:
    return plain_form(
        rx.el.p("We send a code to your address. It works once and for a few minutes.", class_name="muted"),
        _email(),
        _next(),
        button("E-mail me a code", kind="primary", type="submit"),
        rx.el.p(
            button("Use a password instead", kind="words", on_click=SignIn.use_password),
            class_name="signin__or",
        ),
        action="/api/v1/auth/form/code",
        method="post",
        class_name="signin",
    )


def _code() -> rx.Component:
    return plain_form(
        rx.el.p(
            "If ",
            rx.el.strong(SignIn.email),
            " is known here, a code is on its way.",
            class_name="muted",
            role="status",
        ),
        rx.el.input(type="hidden", name="email", value=SignIn.email, read_only=True),
        rx.el.label(
            rx.el.span("Code from the e-mail", class_name="field__label"),
            rx.el.input(
                name="code",
                required=True,
                input_mode="numeric",
                auto_complete="one-time-code",
                max_length=12,
                class_name="input num",
                auto_focus=True,
            ),
            class_name="field",
        ),
        _next(),
        button("Sign in", kind="primary", type="submit"),
        rx.el.p(
            button("Send another code", kind="words", on_click=SignIn.ask_for_code), class_name="signin__or"
        ),
        action="/api/v1/auth/form/verify",
        method="post",
        class_name="signin",
    )
