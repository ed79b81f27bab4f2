"""The wizard: its head, its five named steps, and the list of what is in the making."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.blueprint_views import BlueprintHead, BlueprintRow, StepShown
from app.components.basics import button, button_link, dialog, icon, notice, pill
from app.components.frame import empty, go, table
from app.components.native import local_time
from app.components.sample_files import SampleDrop

STATUS_TONES = (("previewed", "accent"), ("waiting", "warn"), ("published", "good"), ("discarded", "bad"))


def status_pill(status: Any, words: Any) -> rx.Component:
    return pill(words, tone=rx.match(status, *STATUS_TONES, "plain"))


def blueprints(*, rows: Any, may_create: Any, on_start: Any) -> rx.Component:
    """What is in the making, newest first. Nothing yet: what to bring, and how it goes."""
    lines = table(("Event", "State", "Goes on at", "Changed"), rx.foreach(rows, _row), "Events in the making")
    nothing = empty(
        "Nothing in the making",
        rx.el.p(
            "Bring what you have: one to three spreadsheets, condition reports as PDF, photos, the description of an "
            "API, a screenshot of a page you like."
        ),
        rx.el.ol(
            rx.el.li("Drop the files. Each is read within seconds."),
            rx.el.li(
                "Check what every column became. Questions come first; what is sure is accepted at once."
            ),
            rx.el.li("Look at it with your own rows, talk to it, and publish."),
            class_name="teach",
        ),
        rx.cond(
            may_create,
            rx.el.div(
                button("Start from samples", kind="primary", on_click=on_start),
                go("Begin with a template instead", href="/cockpit/library", class_name="link"),
                class_name="desk__line",
            ),
        ),
    )
    return rx.cond(rows.length() > 0, lines, nothing)


def _row(item: rx.Var[BlueprintRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.el.div(go(item.title, href=item.address), class_name="table__name")),
        rx.el.td(status_pill(item.status, item.status_words)),
        rx.el.td(item.step.capitalize(), class_name="muted"),
        rx.el.td(local_time(item.updated, "full")),
        class_name="row--link",
        key=item.id,
    )


def which_organization(
    *, options: Any, is_open: Any, failure: Any, on_confirm: Any, on_dismiss: Any
) -> rx.Component:
    """Asked only of somebody who belongs to several."""
    return dialog(
        rx.el.form(
            rx.el.label(
                rx.el.span("Organization", class_name="field__label"),
                rx.el.select(
                    rx.foreach(options, lambda item: rx.el.option(item.text, value=item.value)),
                    name="organization",
                    class_name="input",
                ),
                class_name="field",
            ),
            rx.cond(failure != "", notice(failure)),
            rx.el.div(
                button("Start", kind="primary", type="submit"),
                button("Not now", on_click=on_dismiss),
                class_name="dialog__actions",
            ),
            on_submit=on_confirm,
            class_name="section section--wide",
        ),
        title="Whose event is it?",
        is_open=is_open,
        on_dismiss=on_dismiss,
        serif=False,
    )


def give_up_dialog(*, title: Any, is_open: Any, busy: Any, on_confirm: Any, on_dismiss: Any) -> rx.Component:
    """Asked before the work is thrown away."""
    return dialog(
        rx.el.p(
            "Its draft event and its preview are removed, and nothing of it can be published any more. ",
            "What this seller confirmed about columns stays known.",
        ),
        rx.el.div(
            button("Give it up", kind="primary", disabled=busy, on_click=on_confirm),
            button("Not now", on_click=on_dismiss),
            class_name="dialog__actions",
        ),
        title="Give up " + title + "?",
        is_open=is_open,
        on_dismiss=on_dismiss,
        serif=False,
    )


def wizard_head(
    head: rx.Var[BlueprintHead], *, failure: Any, notice_text: Any, may_edit: Any, on_give_up: Any
) -> rx.Component:
    """Where one is, what it is called, how far it is."""
    return rx.fragment(
        rx.el.header(
            rx.el.div(
                rx.el.p(go("Events in the making", href="/cockpit/blueprints"), class_name="desk__crumb"),
                rx.el.div(
                    rx.el.h1(head.title, class_name="desk__title"),
                    status_pill(head.status, head.status_words),
                    class_name="desk__line",
                ),
            ),
            rx.cond(
                head.store != "",
                button_link("Open the storefront", icon("arrow-up-right"), href=head.store, target="_blank"),
                rx.cond(may_edit, button("Give it up…", kind="words", on_click=on_give_up)),
            ),
            class_name="desk__head",
        ),
        rx.cond(notice_text != "", notice(notice_text, tone="warn")),
        rx.cond(failure != "", notice(failure)),
    )


def steps_nav(steps: Any) -> rx.Component:
    """The five steps. Each is an address of its own, so that one can leave and come back."""

    def one(step: rx.Var[StepShown]) -> rx.Component:
        mark = rx.cond(step.state == "done", icon("check", 14), rx.el.span(step.number, class_name="num"))
        said = rx.cond(step.state == "done", rx.el.span(", done", class_name="visually-hidden"))
        return rx.el.li(
            go(
                rx.el.span(mark, class_name="way__mark", aria_hidden="true"),
                rx.el.span(
                    rx.el.span(step.title, said, class_name="way__title"),
                    rx.cond(step.words != "", rx.el.span(step.words, class_name="way__words num")),
                    class_name="way__text",
                ),
                href=step.href,
                class_name="way__step way__step--" + step.state,
                custom_attrs={"aria-current": rx.cond(step.state == "now", "step", "false")},
            ),
            key=step.key,
        )

    return rx.el.nav(
        rx.el.ol(rx.foreach(steps, one), class_name="way"),
        class_name="way-nav",
        custom_attrs={"aria-label": "Steps"},
    )


def step_foot(
    *children: Any, to: str = "", words: str = "", is_ready: Any = True, why: Any = ""
) -> rx.Component:
    """What leads on, always in the same place. `why` says what is missing where nothing leads on yet."""
    onward = (
        go(words, icon("arrow-right"), href=f"?step={to}", class_name="button button--primary") if to else ""
    )
    waiting = rx.el.p(why, class_name="muted", role="status")
    return rx.el.div(*children, rx.cond(is_ready, onward, waiting), class_name="step-foot")


def import_bundle(*, on_sent: Any, on_refused: Any, failure: Any) -> rx.Component:
    """The way back: an archive of artifacts that was downloaded here or elsewhere."""
    return rx.el.details(
        rx.el.summary("Import a bundle"),
        rx.el.div(
            SampleDrop.create(
                address="/api/v1/blueprints/bundles",
                label="Drop a bundle here, or choose one",
                hint="A zip that was downloaded in the step Publish, or written by mpax blueprint.",
                accept=".zip",
                disabled=False,
                on_sent=on_sent,
                on_refused=on_refused,
            ),
            rx.cond(failure != "", notice(failure)),
            class_name="section drop--small",
        ),
        class_name="more",
    )
