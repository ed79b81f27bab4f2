"""One event in the cockpit: its head, and the tab that the address names."""

from __future__ import annotations

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from app.components import approvals as approval_parts
from app.components import branches as branch_parts
from app.components import event_parts as parts
from app.components import levers as lever_parts
from app.components import stopping as stop_parts
from app.components import transcript as transcript_parts
from app.components import versions as version_parts
from app.components.basics import button_link, icon
from app.components.code_editor import code_editor
from app.components.frame import empty, go, section, tabs
from app.components.native import local_time, server_clock
from app.pages.cockpit import desk, opened_draft, state_pill
from app.pages.document_tab import document_tab
from app.pages.policy_tab import policy_tab
from app.states.approvals import Approvals
from app.states.board import Board
from app.states.branches import Branches
from app.states.event_page import EventPage as E
from app.states.experiments import Experiments
from app.states.flags import Flags
from app.states.levers import Levers
from app.states.stopping import Stopping
from app.states.transcript import Transcript
from app.states.versions import Versions

TABS = (
    ("overview", "Overview"),
    ("document", "Document"),
    ("policy", "Policy"),
    ("versions", "Versions"),
    ("approvals", "Approvals"),
    ("branches", "Branches"),
    ("levers", "Levers"),
    ("live", "Live"),
    ("experiments", "Experiments"),
)


def event() -> rx.Component:
    panel = rx.match(
        E.tab,
        ("document", document_tab()),
        ("policy", policy_tab()),
        ("versions", _versions()),
        ("approvals", _approvals()),
        ("branches", _branches()),
        ("levers", _levers()),
        ("live", _live()),
        ("experiments", _experiment()),
        parts.overview(story=Experiments.story, facts=E.facts, weights=E.weights),
    )
    found = rx.fragment(
        server_clock(now=E.now),
        _head(),
        tabs(TABS, E.tab, E.in_review),
        rx.el.div(panel, id="panel", class_name="desk__inner"),
    )
    missing = rx.fragment(
        rx.el.header(rx.el.h1("Event", class_name="desk__title"), class_name="desk__head"),
        empty(
            E.missing,
            rx.el.p(go("Go to your events", href="/cockpit"), " and choose one from the list."),
        ),
    )
    return desk(rx.cond(E.missing != "", missing, found), ready=E.ready | (E.missing != ""), here="events")


def _head() -> rx.Component:
    meta = rx.el.div(
        rx.el.span(icon("git-commit-horizontal"), "Version ", E.version, class_name="num"),
        rx.el.span(
            rx.el.code(E.sha, class_name="mono"), title="Beginning of the SHA-256 of the compiled document"
        ),
        rx.el.span("Published by ", E.published_by, ", ", local_time(E.published_at, "full")),
        class_name="desk__meta",
    )
    title = rx.el.div(
        rx.el.p(go("Events", href="/cockpit"), " / ", E.shown_slug, class_name="desk__crumb"),
        rx.el.div(rx.el.h1(E.name, class_name="desk__title"), state_pill(E.status), class_name="desk__line"),
        rx.cond(E.version > 0, meta, rx.el.p("Nothing is published yet.", class_name="desk__meta")),
    )
    store = rx.cond(
        E.version > 0,
        button_link(
            "Open the storefront", icon("arrow-up-right"), href="/e/" + E.shown_slug, target="_blank"
        ),
    )
    return rx.fragment(
        rx.el.header(title, store, class_name="desk__head"),
        parts.alerts(E.alerts),
    )


def _versions() -> rx.Component:
    return rx.fragment(
        version_parts.versions(
            Versions.rows,
            Versions.options,
            Versions.before,
            Versions.after,
            Versions.diff,
            may_roll_back=E.may["rollback_versions"],
            may_clone=E.may["deploy_to_production"],
            on_compare=Versions.compare,
            on_roll_back=Versions.ask_roll_back,
            on_clone=Versions.ask_clone,
        ),
        version_parts.roll_back_dialog(
            report=Versions.report,
            diff=Versions.undone,
            failure=Versions.failure,
            busy=Versions.busy,
            on_confirm=Versions.roll_back,
            on_dismiss=Versions.leave_roll_back,
            on_end=Versions.ask_roll_back(Versions.report.target),
        ),
        version_parts.clone_dialog(
            is_open=Versions.cloning,
            name=Versions.clone_name,
            new_id=Versions.clone_id,
            failure=Versions.failure,
            busy=Versions.busy,
            on_name=Versions.name_clone,
            on_confirm=Versions.clone,
            on_dismiss=Versions.leave_clone,
        ),
    )


def _approvals() -> rx.Component:
    return rx.cond(
        Approvals.draft.id != "",
        opened_draft("?tab=approvals"),
        section("Drafts of this event", approval_parts.inbox(Approvals.rows, with_event=False)),
    )


def _branches() -> rx.Component:
    return rx.cond(
        Branches.branch.name != "",
        branch_parts.opened(
            branch=Branches.branch,
            diff=Branches.diff,
            steps=Branches.steps,
            editor=code_editor(
                store="mpax.branch." + E.shown_slug + "." + Branches.branch.name,
                value=Branches.text,
                stamp=Branches.stamp,
                mark=Branches.mark,
                accepted=Branches.accepted,
                label="Document of the branch, YAML",
                marks=[],
                line={},
                grammar=Branches.grammar,
                read_only=False,
                on_edit=Branches.write,
            ),
            conflicts=Branches.conflicts,
            undecided=Branches.undecided,
            may_manage=E.may["manage_branches"],
            failure=Branches.failure,
            busy=Branches.busy,
            on_choose=Branches.choose,
            on_commit=Branches.commit,
            on_merge=Branches.merge,
            on_close=Branches.close,
        ),
        branch_parts.branches(
            Branches.rows,
            Branches.options,
            may_manage=E.may["manage_branches"],
            failure=Branches.failure,
            busy=Branches.busy,
            on_open=Branches.open_branch,
        ),
    )


def _levers() -> rx.Component:
    may_move = E.may["move_levers"]
    return rx.fragment(
        rx.el.div(
            lever_parts.levers(
                groups=Levers.groups,
                rows=Levers.rows,
                may_move=may_move,
                busy=Levers.busy,
                on_move=Levers.move,
                on_undo=Levers.undo,
            ),
            lever_parts.stops(rows=Levers.stops, may_move=may_move, busy=Levers.busy, on_ask=Levers.ask_stop),
            stop_parts.organization_stops(
                rows=Stopping.rows, may_move=may_move, busy=Stopping.busy, on_ask=Stopping.ask
            ),
            class_name="levers-page",
        ),
        stop_parts.organization_stop_dialog(
            asked=Stopping.asked,
            failure=Stopping.failure,
            busy=Stopping.busy,
            on_confirm=Stopping.stop,
            on_dismiss=Stopping.leave,
        ),
        lever_parts.flags(
            rows=Flags.rows,
            may_move=may_move,
            busy=Flags.busy,
            on_organization=Flags.set_for_organization,
            on_event=Flags.set_for_event,
        ),
        lever_parts.stop_dialog(
            asked=Levers.asked,
            failure=Levers.failure,
            busy=Levers.busy,
            on_confirm=Levers.stop,
            on_dismiss=Levers.leave_stop,
        ),
    )


def _live() -> rx.Component:
    board = parts.live(
        sessions=Board.sessions,
        holds=Board.holds,
        happenings=Board.happenings,
        connected=Board.connected & ~has_connection_errors,
        on_end=Board.refresh,
    )
    talk = transcript_parts.transcript(
        head=Transcript.head, turns=Transcript.turns, ready=Transcript.ready, missing=Transcript.missing
    )
    return rx.cond(Transcript.asked != "", talk, board)


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
