"""The cockpit's pages of the organization: events, inbox, approvals, library, members."""

from __future__ import annotations

from typing import Any

import reflex as rx

from app.components import approvals as approval_parts
from app.components import inbox as inbox_parts
from app.components import library as library_parts
from app.components import members as member_parts
from app.components.basics import icon, pill
from app.components.frame import cockpit, empty, go, head, table
from app.components.native import local_time
from app.states.approvals import Approvals
from app.states.cockpit import Cockpit
from app.states.desk import Desk
from app.states.inbox import Inbox
from app.states.library import Library
from app.states.members import Members
from app.views import EventRow

STATE_TONES = (("live", "good"), ("paused", "warn"), ("closed", "bad"))


def desk(*children: Any, ready: Any, here: str) -> rx.Component:
    """A page inside the cockpit's frame."""
    return cockpit(
        *children,
        ready=ready,
        organization=Desk.organization,
        email=Desk.email,
        role=Desk.role,
        waiting=Desk.waiting,
        asked=Desk.open_requests,
        stops=Desk.stops,
        here=here,
    )


def state_pill(state: rx.Var[str]) -> rx.Component:
    return pill(state.capitalize(), tone=rx.match(state, *STATE_TONES, "plain"))


def events() -> rx.Component:
    nothing = empty(
        "No events yet",
        rx.el.p(
            "An event is one document. Begin with a template from the library, or with a seller’s files:"
        ),
        go("Open the library", href="/cockpit/library", class_name="link"),
        go("Start from samples", href="/cockpit/blueprints", class_name="link"),
    )
    rows = table(
        ("Event", "State", "Version", "Created"),
        rx.foreach(Cockpit.events, _event_row),
        "Events",
        numeric=(2,),
    )
    new = rx.el.div(
        go("In the making", href="/cockpit/blueprints", class_name="link"),
        go(icon("plus"), "New event", href="/cockpit/library", class_name="button button--quiet"),
        class_name="desk__line",
    )
    return desk(
        head("Events", new),
        rx.cond(Cockpit.events.length() > 0, rows, nothing),
        ready=Cockpit.ready,
        here="events",
    )


def _event_row(item: rx.Var[EventRow]) -> rx.Component:
    name = rx.el.div(
        rx.cond(item.photo != "", rx.el.img(src=item.photo, alt="")),
        rx.el.span(
            go(item.name, href="/cockpit/events/" + item.slug),
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


def opened_draft(back: str) -> rx.Component:
    """The draft that the address names. `back` leads to the list it was opened from."""
    return approval_parts.opened(
        draft=Approvals.draft,
        diff=Approvals.diff,
        reviews=Approvals.reviews,
        gone=Approvals.gone,
        back=back,
        failure=Approvals.failure,
        busy=Approvals.busy,
        on_review=Approvals.review,
        on_recall=Approvals.recall,
        on_publish=Approvals.publish,
    )


def approvals() -> rx.Component:
    return desk(
        head("Approvals", words="Changes that wait for a second person, in all events."),
        rx.cond(
            Approvals.draft.id != "",
            opened_draft("/cockpit/approvals"),
            approval_parts.inbox(Approvals.rows, with_event=True),
        ),
        ready=Approvals.ready,
        here="approvals",
    )


def inbox() -> rx.Component:
    return desk(
        head("Inbox", words="What buyers ask a person to do, in all events."),
        inbox_parts.inbox(
            rows=Inbox.rows, shown=Inbox.shown, busy=Inbox.busy, failure=Inbox.failure, on_end=Inbox.end
        ),
        ready=Inbox.ready,
        here="inbox",
    )


def library() -> rx.Component:
    return desk(
        head(
            "Library",
            go(
                icon("file-up"),
                "Start from samples",
                href="/cockpit/blueprints",
                class_name="button button--quiet",
            ),
            words="Templates to begin an event from. Each is a whole event that you make your own. "
            "Or drop a seller’s files, and the event is proposed from them.",
        ),
        library_parts.templates(
            rows=Library.rows, may_create=Library.organizations.length() > 0, on_pick=Library.pick
        ),
        library_parts.new_event_dialog(
            template=Library.picked,
            organizations=Library.organizations,
            name=Library.name,
            new_id=Library.new_id,
            failure=Library.failure,
            busy=Library.busy,
            on_name=Library.suggest,
            on_confirm=Library.make,
            on_dismiss=Library.leave,
        ),
        ready=Library.ready,
        here="library",
    )


def members() -> rx.Component:
    choose = rx.cond(
        Members.organizations.length() > 1,
        rx.el.select(
            rx.foreach(Members.organizations, lambda item: rx.el.option(item.text, value=item.value)),
            value=Members.chosen,
            on_change=Members.choose,
            class_name="input input--small",
            custom_attrs={"aria-label": "Organization"},
        ),
    )
    return desk(
        head(
            "Members",
            choose,
            words="Who may do what. The role gives a preset; what differs from it is marked.",
        ),
        member_parts.matrix(
            rows=Members.rows,
            heads=Members.heads,
            may_manage=Members.may_manage,
            busy=Members.busy,
            failure=Members.failure,
            on_toggle=Members.toggle,
            on_risk=Members.set_risk,
            on_preset=Members.use_preset,
        ),
        member_parts.policy_form(
            policy=Members.policy,
            may_change=Members.may_manage,
            busy=Members.busy,
            failure=Members.policy_failure,
            version=Members.policy_read,
            on_save=Members.save_policy,
        ),
        ready=Members.ready,
        here="members",
    )
