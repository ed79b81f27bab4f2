"""The Reflex application: pages, the HTTP API beneath them, and what to say when something fails."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import reflex as rx
from reflex_base.event import EventSpec
from reflex_base.utils.types import ASGIApp

from app import bridge
from app.components.frame import connection_lost
from app.messages import UNKNOWN, words
from app.pages import blueprint as wizard
from app.pages import cockpit, dealer, landing, sign_in
from app.pages.event import event
from app.pages.storefront import storefront
from app.states.approvals import Approvals
from app.states.blueprint import Blueprint
from app.states.blueprints import Blueprints
from app.states.board import Board
from app.states.cockpit import Cockpit
from app.states.comparing import Comparing
from app.states.confirming import Confirming
from app.states.dealer import Dealer
from app.states.desk import Desk
from app.states.event_page import EventPage
from app.states.inbox import Inbox
from app.states.landing import Landing
from app.states.library import Library
from app.states.members import Members
from app.states.remembering import Remembering
from app.states.sharing import Sharing
from app.states.sign_in import SignIn
from app.states.storefront import Storefront
from app.states.tabs import Tabs
from app.states.talking import Talking
from backend.core.errors import AppError, NotFound, NotSignedIn
from backend.main import create_app

log = logging.getLogger(__name__)

STYLES = tuple(
    f"/styles/{name}.css"
    for name in ("tokens", "base", "storefront", "answers", "cockpit", "document", "policy", "blueprint")
)
RELOAD = "location.reload()"
SIGN_IN = "location.assign('/sign-in?next=' + encodeURIComponent(location.pathname + location.search))"


def tell(exception: Exception) -> EventSpec:
    """Whatever an event raises, in words. Nobody signed in means: the sign-in page, and back afterwards."""
    if isinstance(exception, NotSignedIn):
        return rx.call_script(RELOAD if exception.code == "identity.bad_token" else SIGN_IN)
    if isinstance(exception, AppError):
        return rx.toast.error(words(exception))
    log.error("an event failed", exc_info=exception)
    return rx.toast.error(UNKNOWN)


def with_api(pages: ASGIApp) -> ASGIApp:
    """The HTTP API first, the pages for everything else. Built when serving begins, so that compiling needs no stack."""
    api = create_app()

    @api.api_route(
        "/api/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False
    )
    async def no_such_route(path: str) -> None:
        raise NotFound("core.no_such_route", path=f"/api/{path}")

    api.mount("", pages)
    return api


@asynccontextmanager
async def serving() -> AsyncIterator[None]:
    """Opens what the process needs for as long as it serves. A mounted application gets no lifespan of its own."""
    async with bridge.runtime().lifespan():
        yield


#: Before what a page of the cockpit reads itself.
DESK = (Desk.load, Desk.follow)

app = rx.App(
    stylesheets=list(STYLES),
    html_lang="en",
    head_components=[rx.el.link(rel="icon", type="image/svg+xml", href="/favicon.svg")],
    toaster=rx.toast.provider(position="bottom-center", close_button=True),
    backend_exception_handler=tell,
    api_transformer=with_api,
)
app.app_wraps[5, "Overlay"] = lambda stateful: (
    connection_lost() if stateful else None
)  # instead of Reflex's own words
app.register_lifespan_task(serving)
app.add_page(landing.landing, route="/", title="MPAX", on_load=Landing.load)
app.add_page(sign_in.sign_in, route="/sign-in", title="Sign in · MPAX", on_load=SignIn.load)
app.add_page(
    storefront,
    route="/e/[slug]",
    title=Storefront.page_title,
    on_load=[Talking.load, Storefront.load, Sharing.load, Remembering.load, Comparing.load, Confirming.load],
)
app.add_page(cockpit.events, route="/cockpit", title="Events · MPAX", on_load=[*DESK, Cockpit.load])
app.add_page(
    event,
    route="/cockpit/events/[slug]",
    title=EventPage.page_title,
    on_load=[*DESK, EventPage.load, Board.load, Tabs.load],
)
app.add_page(cockpit.inbox, route="/cockpit/inbox", title="Inbox · MPAX", on_load=[*DESK, Inbox.load])
app.add_page(
    cockpit.approvals,
    route="/cockpit/approvals",
    title="Approvals · MPAX",
    on_load=[*DESK, Approvals.load],
)
app.add_page(cockpit.library, route="/cockpit/library", title="Library · MPAX", on_load=[*DESK, Library.load])
app.add_page(
    wizard.blueprints,
    route="/cockpit/blueprints",
    title="Events in the making · MPAX",
    on_load=[*DESK, Blueprints.load],
)
app.add_page(
    wizard.blueprint,
    route="/cockpit/blueprints/[blueprint_id]",
    title=Blueprint.page_title,
    on_load=[*DESK, Blueprint.load],
)
app.add_page(cockpit.members, route="/cockpit/members", title="Members · MPAX", on_load=[*DESK, Members.load])
app.add_page(dealer.dealer, route="/dealer", title="Prospects · MPAX", on_load=Dealer.load)
app.add_page(landing.not_found, route="404", title="Not found · MPAX")
