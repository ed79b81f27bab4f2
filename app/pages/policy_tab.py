"""The Policy tab: profiles with their editor and the simulator, the replay of a draft, and the decisions that were taken."""

from __future__ import annotations

import reflex as rx

from app.components import decisions as decision_parts
from app.components.basics import skeleton
from app.components.frame import empty
from app.components.policy_editor import editor
from app.components.policy_list import mending, parts, profiles, whereabouts
from app.components.simulator import simulator
from app.states.decisions import Decisions
from app.states.policy import Policy as P
from app.states.replaying import Replaying as R
from app.states.simulating import Simulating as S


def policy_tab() -> rx.Component:
    """All that stands below the tabs of an event's page when Policy is chosen."""
    part = rx.match(P.part, ("replay", _replay()), ("decisions", _decisions()), _profiles())
    found = rx.el.div(
        rx.el.div(parts(P.part), whereabouts(P.where), class_name="policy-tab__head"),
        mending(P.where),
        part,
        class_name="policy-tab",
    )
    missing = empty(P.missing, rx.el.p("Once a version is published, its profiles stand here."))
    return rx.cond(P.missing != "", missing, rx.cond(P.ready, found, _waiting()))


def _profiles() -> rx.Component:
    form = editor(
        P.form,
        may_edit=P.may_edit,
        is_changed=P.is_changed,
        busy=P.busy,
        failure=P.failure,
        saved=P.saved,
        yaml=rx.cond(P.where.gate != "", P.where.gate, "?tab=document"),
        on_text=P.set_text,
        on_list=P.set_list,
        on_tick=P.tick,
        on_tool=P.set_tool,
        on_add_question=P.add_question,
        on_question=P.set_question,
        on_answers=P.set_answers,
        on_drop_question=P.drop_question,
        on_revert=P.revert,
        on_save=[P.save, S.load],
    )
    trial = simulator(
        utm=S.utm,
        consent=S.consent,
        segments=S.segments,
        questions=S.questions,
        result=S.result,
        failure=S.failure,
        where=rx.cond(P.where.draft != "", "Your draft answers.", "The version in force answers."),
        on_utm=S.set_utm,
        on_consent=S.set_consent,
        on_segments=S.set_segments,
        on_answer=S.set_answer,
    )
    main = rx.cond(P.is_open, form, profiles(P.rows, may_edit=P.may_edit, visits=P.visits))
    return rx.el.div(rx.el.div(main), trial, class_name="policy-tab__columns")


def _replay() -> rx.Component:
    return decision_parts.replay(
        R.result, has_draft=R.of != "", gate=R.gate, busy=R.busy, failure=R.failure, on_replay=R.replay
    )


def _decisions() -> rx.Component:
    return rx.cond(
        Decisions.ready,
        decision_parts.decisions(
            bars=Decisions.bars,
            summary=Decisions.summary,
            rows=Decisions.rows,
            verdict=Decisions.verdict,
            verb=Decisions.verb,
            verbs=Decisions.verbs,
            cursor=Decisions.cursor,
            on_choose=Decisions.choose,
            on_more=Decisions.more,
        ),
        _waiting(),
    )


def _waiting() -> rx.Component:
    return rx.el.div(
        skeleton("240px", "32px"),
        rx.el.div(skeleton("100%", "320px"), skeleton("100%", "320px"), class_name="policy-tab__columns"),
        class_name="policy-tab",
        custom_attrs={"aria-busy": "true", "aria-label": "Loading"},
    )
