"""The step Look: tiles of the seller's own rows, what the interface shows, how the guide behaves, what only people decide."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.blueprint_views import ChoicesShown, LookPart, ReasonGroup, ReasonRow
from app.components.basics import button, notice, skeleton
from app.components.frame import empty, section
from app.components.tiles import tile, tile_skeletons

MODES = (
    ("", "As the template has it"),
    ("direct_sale", "Direct sale: hold, deposit, buy"),
    ("lead_generation", "Leads: dealers or advisers follow up"),
    ("human_handoff", "Hand over to a person"),
)
DEPOSITS = (("", "As the template has it"), ("true", "Needed"), ("false", "Not needed"))
#: What sellers are asked for most. A key is a flag of the document, and stands as it is in the choices.
COMPLIANCE = (
    ("price_disclosure", "State every price with what it includes"),
    ("condition_disclosure", "Show the condition report before a hold"),
    ("gdpr", "Ask before personal data is kept (GDPR)"),
    ("tcpa", "Ask before anybody is called or texted (TCPA)"),
    ("age_21", "Adults only, 21 and over"),
)


def waiting() -> rx.Component:
    """The shape of the step, while tiles are made of the rows."""
    return rx.el.div(
        rx.el.div(skeleton("160px", "20px"), tile_skeletons(), class_name="section section--wide"),
        rx.el.div(skeleton("100%", "560px")),
        class_name="look look--waiting",
        custom_attrs={"aria-busy": "true", "aria-label": "Tiles are made of the rows"},
    )


def own_tiles(tiles: Any) -> rx.Component:
    """Tiles as buyers will meet them, made of the file's first rows. They lead nowhere yet."""
    shown = rx.el.ul(
        rx.foreach(
            tiles,
            lambda item: tile(
                item,
                on_open=rx.noop(),
                on_hold=rx.noop(),
                on_compare=rx.noop(),
                compared=False,
                may_compare=False,
                on_end=rx.noop(),
            ),
        ),
        class_name="tiles tiles--sample",
        custom_attrs={"inert": True},
    )
    nothing = empty("No rows yet", rx.el.p("Tiles appear as soon as a spreadsheet or an API has been read."))
    return rx.cond(tiles.length() > 0, shown, nothing)


def parts(rows: Any) -> rx.Component:
    """What a tile, a filter and a comparison show, with the reason."""

    def one(part: rx.Var[LookPart]) -> rx.Component:
        return rx.el.div(
            rx.el.dt(part.title),
            rx.el.dd(
                rx.el.ul(
                    rx.foreach(part.shows, lambda text: rx.el.li(text, class_name="said-one")),
                    class_name="said-list",
                ),
                rx.cond(part.reason != "", rx.el.p(part.reason, class_name="muted")),
            ),
        )

    return rx.el.dl(rx.foreach(rows, one), class_name="pairs look-parts")


def behavior(*, groups: Any, nearest: Any) -> rx.Component:
    """What was proposed for the conversation, the ranking and the deal; each line says why."""
    return rx.el.div(
        rx.el.p(nearest),
        rx.foreach(groups, _group),
        rx.cond(
            groups.length() == 0,
            rx.el.p("Nothing is proposed yet. It follows from the inventory.", class_name="muted"),
        ),
        class_name="section section--wide",
    )


def _group(group: rx.Var[ReasonGroup]) -> rx.Component:
    return rx.el.section(
        rx.el.h3(group.title, class_name="diff__section"),
        rx.el.dl(rx.foreach(group.rows, _row), class_name="because"),
        key=group.title,
    )


def _row(row: rx.Var[ReasonRow]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(row.label),
        rx.el.dd(row.text, class_name="because__value"),
        rx.el.dd(row.reason, class_name="muted"),
        class_name="because__row",
        key=row.key,
    )


def choices(
    *, chosen: rx.Var[ChoicesShown], may_edit: Any, busy: Any, failure: Any, stamp: Any, on_save: Any
) -> rx.Component:
    """What no file can say. Everything may stay as it is."""

    def pick(name: str, label: str, options: Any, value: Any) -> rx.Component:
        return rx.el.label(
            rx.el.span(label, class_name="field__label"),
            rx.el.select(
                *[rx.el.option(text, value=key) for key, text in options],
                name=name,
                default_value=value,
                disabled=~may_edit,
                class_name="input select",
            ),
            class_name="field",
        )

    def line(name: str, label: str, value: Any, help_text: str, **props: Any) -> rx.Component:
        return rx.el.label(
            rx.el.span(label, class_name="field__label"),
            rx.el.input(
                name=name,
                default_value=value,
                disabled=~may_edit,
                auto_complete="off",
                class_name="input",
                **props,
            ),
            rx.el.span(help_text, class_name="field__help"),
            class_name="field",
        )

    def must(key: str, words: str) -> rx.Component:
        return rx.el.label(
            rx.el.input(
                type="checkbox",
                name=f"must:{key}",
                default_checked=chosen.compliance.contains(key),
                disabled=~may_edit,
            ),
            rx.el.span(words, class_name="choice__words"),
            class_name="choice",
        )

    return rx.el.form(
        line("name", "Name of the event", chosen.name, "What buyers read first.", max_length=120),
        line(
            "slug",
            "Address",
            chosen.slug,
            "/e/…, small letters, digits and hyphens. Empty: from the name.",
            max_length=64,
            pattern="[a-z0-9][a-z0-9\\-]*",
        ),
        pick("transaction_mode", "How it is sold", MODES, chosen.transaction_mode),
        pick("deposit_required", "Deposit", DEPOSITS, chosen.deposit_required),
        line(
            "hold_minutes",
            "Hold length in minutes",
            chosen.hold_minutes,
            "Empty: as the template has it.",
            type="number",
            min="1",
            max="10080",
        ),
        line(
            "currency",
            "Currency",
            chosen.currency,
            "Three letters. Empty: as the files say.",
            max_length=3,
            pattern="[A-Za-z]{3}",
        ),
        rx.el.fieldset(
            rx.el.legend("Must be kept", class_name="field__label"),
            *[must(*one) for one in COMPLIANCE],
            class_name="choices",
        ),
        rx.cond(failure != "", notice(failure)),
        rx.cond(may_edit, rx.el.div(button("Save the choices", type="submit", disabled=busy))),
        on_submit=on_save,
        key=stamp,
        class_name="choices-form",
    )


def look(*, tiles: Any, rows: Any, groups: Any, nearest: Any, form: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            section("Your rows as tiles", own_tiles(tiles)),
            section("What the interface shows", parts(rows)),
            section("How the guide behaves, and why", behavior(groups=groups, nearest=nearest)),
            class_name="look__main",
        ),
        section("What only you can decide", form),
        class_name="look",
    )
