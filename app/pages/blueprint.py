"""The wizard: one blueprint in five steps, each an address of its own; and the list of what is in the making."""

from __future__ import annotations

import reflex as rx

from app.components import gate as gate_parts
from app.components import mapping_grid as grid_parts
from app.components import report_viewer as report_parts
from app.components import sample_files as file_parts
from app.components import sandbox as sandbox_parts
from app.components import ui_contract as look_parts
from app.components import wizard as parts
from app.components.basics import button, skeleton
from app.components.compare import compare_bar, compare_sheet
from app.components.conversation import conversation, thread_notice, write
from app.components.frame import empty, go, head
from app.components.native import server_clock
from app.components.tiles import no_tiles, tile
from app.pages.cockpit import desk
from app.states.blueprint import Blueprint as B
from app.states.blueprint_gate import Gate as G
from app.states.blueprint_look import Look as L
from app.states.blueprint_mapping import Mapping as M
from app.states.blueprint_preview import Preview as P
from app.states.blueprints import Blueprints as All


def blueprints() -> rx.Component:
    may_create = All.organizations.length() > 0
    new = rx.cond(
        may_create & (All.rows.length() > 0),
        rx.el.div(
            go("From a template", href="/cockpit/library", class_name="button button--quiet"),
            button("From samples", kind="primary", on_click=All.start, disabled=All.busy),
            class_name="desk__line",
        ),
    )
    return desk(
        head("Events in the making", new, words="From a seller’s files to a published event, step by step."),
        parts.blueprints(rows=All.rows, may_create=may_create, on_start=All.start),
        rx.cond(
            may_create, parts.import_bundle(on_sent=All.load, on_refused=All.refuse, failure=All.refused)
        ),
        parts.which_organization(
            options=All.organizations,
            is_open=All.asks,
            failure=All.failure,
            on_confirm=All.start_for,
            on_dismiss=All.leave,
        ),
        ready=All.ready,
        here="events",
    )


def blueprint() -> rx.Component:
    step = rx.match(
        B.step,
        ("mapping", _mapping()),
        ("look", _look()),
        ("preview", _preview()),
        ("publish", _publish()),
        _samples(),
    )
    found = rx.fragment(
        parts.wizard_head(
            B.head,
            failure=B.failure,
            notice_text=B.notice,
            may_edit=B.may_edit,
            on_give_up=G.ask_give_up(True),
        ),
        parts.steps_nav(B.steps),
        rx.el.div(step, class_name="wizard", id="step"),
        parts.give_up_dialog(
            title=B.head.title,
            is_open=G.asks_give_up,
            busy=G.busy,
            on_confirm=G.give_up,
            on_dismiss=G.ask_give_up(False),
        ),
    )
    missing = rx.fragment(
        head("New event"),
        empty(
            B.missing,
            rx.el.p(
                go("Go to what is in the making", href="/cockpit/blueprints"),
                " and choose one from the list.",
            ),
        ),
    )
    return desk(rx.cond(B.missing != "", missing, found), ready=B.ready | (B.missing != ""), here="events")


def _samples() -> rx.Component:
    why = rx.cond(B.is_reading, "The next step opens when the files have been read.", "Drop a file to go on.")
    return rx.fragment(
        rx.cond(
            B.may_edit,
            rx.fragment(
                file_parts.drop(
                    address=B.upload_to, may_edit=B.may_edit, on_sent=B.sent, on_refused=B.refuse
                ),
                file_parts.refusals(rows=B.refused, on_dismiss=B.dismiss),
            ),
        ),
        rx.cond(
            B.files.length() > 0,
            file_parts.files(rows=B.files, on_cancel=B.cancel, on_retry=B.retry, on_remove=B.remove),
        ),
        rx.cond(B.may_edit, file_parts.paste(busy=B.busy, on_paste=B.paste)),
        parts.step_foot(
            to="mapping", words="Check the mapping", is_ready=B.has_rows & ~B.is_reading, why=why
        ),
    )


def _mapping() -> rx.Component:
    columns = rx.fragment(
        grid_parts.sheet_facts(
            M.sheet, asked=M.asked, currency=M.currency, may_edit=B.may_edit, on_currency=M.set_currency
        ),
        grid_parts.clarify(
            may_edit=B.may_edit,
            understood=M.understood,
            guarded=M.is_guarded,
            words=M.understood_words,
            problem=M.clarify_problem,
            busy=M.busy,
            stamp=M.stamp,
            on_say=M.say,
            on_apply=M.apply,
            on_drop=M.drop,
        ),
        grid_parts.mapping_grid(
            rows=M.rows,
            groups=M.groups,
            targets=M.targets,
            may=B.may_edit,
            label="Columns and what they become",
            on_decide=M.decide,
            on_guarded=M.ask_to_publish,
        ),
        grid_parts.live_rows(heads=M.heads, rows=M.live, rejected=M.rejected, busy=M.is_live_busy),
        grid_parts.publish_anyway(
            column=M.guarded,
            targets=M.guarded_targets,
            options=M.guarded_options,
            failure=M.failure,
            busy=M.busy,
            on_confirm=M.publish_guarded,
            on_dismiss=M.keep_out,
        ),
    )
    shown = rx.match(
        M.kind,
        (
            "photo",
            report_parts.photos(rows=M.photos, options=M.listings, may_edit=B.may_edit, on_link=M.link),
        ),
        (
            "report",
            report_parts.report(
                shown=M.report, options=M.listings, may_edit=B.may_edit, on_link=M.link_report
            ),
        ),
        columns,
    )
    nothing = empty(
        "Nothing has been read yet",
        rx.el.p("Columns appear here as soon as a file has been read."),
        go("Drop files", href="?step=samples", class_name="link"),
    )
    body = rx.fragment(
        rx.el.div(
            grid_parts.file_tabs(B.tabs, M.file),
            rx.cond(B.may_edit, grid_parts.bulk(sure=B.sure, busy=M.busy, on_accept=M.accept_all)),
            class_name="mapping-bar",
        ),
        grid_parts.failure(M.failure),
        shown,
        parts.step_foot(to="look", words="See how it looks"),
    )
    return rx.cond(B.tabs.length() > 0, body, nothing)


def _look() -> rx.Component:
    form = look_parts.choices(
        chosen=L.choices, may_edit=B.may_edit, busy=L.busy, failure=L.failure, stamp=L.stamp, on_save=L.save
    )
    return rx.fragment(
        rx.cond(
            L.ready,
            look_parts.look(tiles=L.tiles, rows=L.parts, groups=L.groups, nearest=L.nearest, form=form),
            look_parts.waiting(),
        ),
        parts.step_foot(
            to="preview", words="Preview it", is_ready=B.has_rows, why="Drop a file with listings first."
        ),
    )


def _preview() -> rx.Component:
    waiting = rx.el.div(
        skeleton("100%", "520px"), custom_attrs={"aria-busy": "true", "aria-label": "Loading"}
    )
    state = rx.match(
        P.state,
        ("ready", _sandbox()),
        ("building", sandbox_parts.building(words=P.words, percent=P.percent, done=P.done, total=P.total)),
        ("failed", sandbox_parts.failed(problem=P.problem, may_edit=B.may_edit, busy=P.busy, on_open=P.open)),
        ("none", sandbox_parts.closed(may_edit=B.may_edit, busy=P.busy, is_over=False, on_open=P.open)),
        ("over", sandbox_parts.closed(may_edit=B.may_edit, busy=P.busy, is_over=True, on_open=P.open)),
        waiting,
    )
    return rx.fragment(
        server_clock(now=P.now),
        grid_parts.failure(P.failure),
        rx.el.div(state, class_name="sandbox-place"),
        parts.step_foot(
            to="publish", words="Go to publish", is_ready=B.has_rows, why="Drop a file with listings first."
        ),
    )


def _sandbox() -> rx.Component:
    shelf = rx.el.section(
        rx.el.div(
            rx.el.h2(P.title, class_name="shelf__title num"),
            sandbox_parts.wishes(P.must, P.nice),
            class_name="shelf__head",
        ),
        rx.cond(
            P.tiles.length() > 0,
            rx.el.ul(rx.foreach(P.tiles, _tile), class_name="tiles"),
            no_tiles(P.head.nouns),
        ),
        compare_bar(count=P.compared.length(), on_open=P.compare, on_clear=P.clear),
        class_name="sandbox__shelf",
        tab_index=0,
        custom_attrs={"aria-label": "Results in the preview"},
    )
    talk = rx.el.section(
        conversation(
            head=P.head,
            turns=P.turns,
            quick=P.quick,
            busy=P.talking,
            on_pick=P.say,
            problem=thread_notice(P.talk_problem),
        ),
        write(
            head=P.head,
            busy=P.talking,
            accepted=P.accepted,
            failed=P.failed,
            on_send=P.say,
            foot=rx.el.div(
                button("Start over", kind="words", on_click=P.start_over), class_name="composer__foot"
            ),
        ),
        class_name="sandbox__talk",
        custom_attrs={"aria-label": "Conversation in the preview"},
    )
    return rx.fragment(
        sandbox_parts.curtain(
            expires=P.expires, may_edit=B.may_edit, busy=P.busy, on_open=P.open, on_end=P.refresh
        ),
        rx.el.div(talk, shelf, class_name="brand sandbox", style=P.head.style),
        sandbox_parts.rehearse(
            options=P.options,
            chosen=P.rehearsed,
            shown=P.rehearsal,
            busy=P.busy,
            failure=P.rehearse_failure,
            on_choose=P.choose_listing,
            on_run=P.rehearse,
        ),
        compare_sheet(
            is_open=P.compare_open,
            heads=P.compare_heads,
            differing=P.compare_differing,
            equal=P.compare_equal,
            on_dismiss=P.close_compare,
            on_pick=lambda listing_id: P.close_compare(),
            on_remove=P.drop_compared,
        ),
    )


def _tile(item: rx.Var) -> rx.Component:
    return tile(
        item,
        on_open=P.toggle(item.id),
        on_hold=P.rehearse_one(item.id),
        on_compare=P.toggle(item.id),
        compared=P.compared.contains(item.id),
        may_compare=P.head.comparison,
        on_end=P.refresh,
    )


def _publish() -> rx.Component:
    opened = gate_parts.gate(
        shown=G.shown,
        diff=G.diff,
        head=B.head,
        may_edit=B.may_edit,
        may_review=B.may_review,
        busy=G.busy,
        failure=G.failure,
        download=B.artifacts,
        on_publish=G.publish,
        on_judge=G.judge,
    )
    waiting = rx.el.div(
        skeleton("100%", "240px"),
        custom_attrs={"aria-busy": "true", "aria-label": "The gate is being computed"},
    )
    nothing = empty(
        "Nothing to publish yet",
        rx.el.p("It takes a file with listings."),
        go("Drop files", href="?step=samples", class_name="link"),
    )
    return rx.cond(
        B.head.store != "",
        gate_parts.live(head=B.head, address=G.address, download=B.artifacts),
        rx.cond(B.has_rows, rx.cond(G.ready, opened, waiting), nothing),
    )
