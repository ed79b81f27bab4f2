"""The cockpit: the list of events and the page of one."""

from __future__ import annotations

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from app.components import event_parts as parts
from app.components.basics import button_link, icon, pill
from app.components.frame import cockpit, empty, table, tabs
from app.components.native import local_time, server_clock
from app.states.board import Board
from app.states.cockpit import Cockpit
from app.states.event_page import EventPage as E
from app.states.experiments import Experiments
from app.views import EventRow

TABS = (
    ("overview", "Overview"),
    ("document", "Document"),
    ("versions", "Versions"),
    ("live", "Live"),
    ("experiments", "Experiments"),
)
#: Tabs whose figures are read again when they are chosen.
READS = ("overview", "experiments")
STATE_TONES = (("live", "good"), ("paused", "warn"), ("closed", "bad"))


def state_pill(state: rx.Var[str]) -> rx.Component:
    return pill(state.capitalize(), tone=rx.match(state, *STATE_TONES, "plain"))


def events() -> rx.Component:
    nothing = empty(
        "No events yet",
        rx.el.p("An event is one document. Publish a shipped one to see how it looks:"),
        rx.el.code("mpax event publish seeds/tesla_q1_2026.yaml", class_name="code mono"),
    )
    rows = table(
        ("Event", "State", "Version", "Created"),
        rx.foreach(Cockpit.events, _event_row),
        "Events",
        numeric=(2,),
    )
    return cockpit(
        rx.el.header(rx.el.h1("Events", class_name="desk__title"), class_name="desk__head"),
        rx.cond(Cockpit.events.length() > 0, rows, nothing),
        ready=Cockpit.ready,
        organization=Cockpit.organization,
        email=Cockpit.email,
        role=Cockpit.role,
    )


def _event_row(item: rx.Var[EventRow]) -> rx.Component:
    name = rx.el.div(
        rx.cond(item.photo != "", rx.el.img(src=item.photo, alt="")),
        rx.el.span(
            rx.el.a(item.name, href="/cockpit/events/" + item.slug),
            rx.el.span(item.dates, class_name="table__sub tiny"),
        ),
        class_name="table__name",
    )
    return rx.el.tr(
        rx.el.td(name),
        rx.el.td(state_pill(item.state)),
        rx.el.td(item.version, class_name="table__num"),
        rx.el.td(local_time(item.since, "day")),
        class_name="row--link",
        key=item.slug,
    )


def event() -> rx.Component:
    panel = rx.match(
        E.tab,
        ("document", _document()),
        ("versions", parts.versions(E.versions)),
        ("live", _live()),
        ("experiments", _experiment()),
        parts.overview(story=Experiments.story, facts=E.facts, weights=E.weights),
    )
    found = rx.fragment(
        server_clock(now=E.now),
        _head(),
        tabs(
            TABS, E.tab, lambda key: [E.pick_tab(key), Experiments.load] if key in READS else E.pick_tab(key)
        ),
        rx.el.div(
            panel,
            id="panel",
            role="tabpanel",
            class_name="desk__inner",
            custom_attrs={"aria-labelledby": "tab-" + E.tab},
        ),
    )
    missing = rx.fragment(
        rx.el.header(rx.el.h1("Event", class_name="desk__title"), class_name="desk__head"),
        empty(
            E.missing,
            rx.el.p(rx.el.a("Go to your events", href="/cockpit"), " and choose one from the list."),
        ),
    )
    return cockpit(
        rx.cond(E.missing != "", missing, found),
        ready=E.ready | (E.missing != ""),
        organization=E.organization,
        email=E.email,
        role=E.role,
    )


def _live() -> rx.Component:
    return parts.live(
        sessions=Board.sessions,
        holds=Board.holds,
        happenings=Board.happenings,
        connected=Board.connected & ~has_connection_errors,
        on_end=Board.refresh,
    )


def _head() -> rx.Component:
    meta = rx.el.div(
        rx.el.span(icon("git-commit-horizontal"), "Version ", E.version, class_name="num"),
        rx.el.span(
            rx.el.code(E.sha, class_name="mono"), title="Beginning of the SHA-256 of the compiled document"
        ),
        rx.el.span("Published by ", E.published_by, ", ", local_time(E.published_at, "full")),
        class_name="desk__meta",
    )
    return rx.el.header(
        rx.el.div(
            rx.el.p(rx.el.a("Events", href="/cockpit"), " / ", E.shown_slug, class_name="desk__crumb"),
            rx.el.div(
                rx.el.h1(E.name, class_name="desk__title"), state_pill(E.status), class_name="desk__line"
            ),
            meta,
        ),
        button_link(
            "Open the storefront", icon("arrow-up-right"), href="/e/" + E.shown_slug, target="_blank"
        ),
        class_name="desk__head",
    )


def _document() -> rx.Component:
    return parts.document(
        store="mpax.document." + E.shown_slug + "@" + E.sha,
        source=E.source,
        problems=E.problems,
        problem_lines=E.problem_lines,
        line=E.line,
        state=E.draft_state,
        may_publish=E.may_publish,
        blocked=E.blocked,
        version=E.version,
        busy=E.busy,
        failure=E.failure,
        on_edit=E.edit,
        on_problem=E.go_to,
        on_publish=E.publish,
    )


def _experiment() -> rx.Component:
    def chart(figure: rx.Var) -> rx.Component:
        return rx.plotly.basic(
            data=figure, config={"displayModeBar": False, "responsive": True}, width="100%"
        )

    return parts.experiment(
        name=Experiments.name,
        title=Experiments.title,
        verdict=Experiments.verdict,
        arms=Experiments.arms,
        facts=Experiments.facts,
        figure=rx.color_mode_cond(chart(Experiments.figure_light), chart(Experiments.figure_dark)),
        warning=Experiments.warning,
    )
