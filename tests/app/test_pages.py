"""Every page can be built, and what is delivered before a check holds no data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import reflex as rx

from app import app as application
from app import serve
from app.states.members import Members
from app.states.storefront import Storefront

PAGES = application.app._unevaluated_pages
STYLES = Path(serve.ROOT, "assets", "styles")


@pytest.mark.parametrize("route", PAGES)
def test_every_page_can_be_built(route: str) -> None:
    component = PAGES[route].component
    assert isinstance(component() if callable(component) else component, rx.Component)


def test_the_routes_are_those_of_the_product() -> None:
    cockpit = {
        "cockpit",
        *(f"cockpit/{name}" for name in ("events/[slug]", "inbox", "approvals", "library", "members")),
        *(f"cockpit/{name}" for name in ("blueprints", "blueprints/[blueprint_id]")),
    }
    assert set(PAGES) == {"index", "sign-in", "e/[slug]", "dealer", "404", *cockpit}


def test_secrets_and_identities_are_never_sent_to_the_browser() -> None:
    """What a state sends begins without an underscore; tokens, ids of holds and topics must not be among it."""
    for state in _states(rx.State):
        sent = {name for name in state.vars if not name.startswith("_")}
        assert not {name for name in sent if re.search(r"secret|cookie|user_id|_token$", name)}, state


def test_the_token_of_a_buyer_and_what_a_member_may_do_are_not_among_what_is_sent() -> None:
    assert not {"_token", "_own", "_hold_ids"} & set(Storefront.vars)
    assert not {"_organization_id", "_overrides"} & set(Members.vars)
    assert "tokens" in Storefront.vars  # the browser's own copy


def test_every_class_of_the_components_has_a_style() -> None:
    styled = set(re.findall(r"\.([a-z][\w-]*)", "".join(path.read_text() for path in STYLES.glob("*.css"))))
    used: set[str] = set()
    for path in Path(serve.ROOT, "app").rglob("*.py"):
        for names in re.findall(r'class_name="([a-z][\w\- ]*)"', path.read_text()):
            used |= {name for name in names.split() if not name.endswith("--")}  # completed at run time
    assert used - styled - UNSTYLED == set()


#: Names that only tests or scripts look for.
UNSTYLED = {"detail", "nextbest__title"}


def test_the_lock_files_name_no_registry() -> None:
    text = Path(serve.ROOT, "reflex.lock", "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert "integrity" in text
    assert json.loads(text)["lockfileVersion"] >= 3


def _states(root: type[rx.State]) -> Iterator[type[rx.State]]:
    for state in root.get_substates():
        if state.__module__.startswith("app."):
            yield state
        yield from _states(state)
