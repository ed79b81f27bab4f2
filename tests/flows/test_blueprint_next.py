"""The next list of an event that is live: its document stays, its rows follow once somebody has gone through the gate."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import psycopg
import pytest

from backend.flows import clarifications, storefront
from tests.factories import World
from tests.fakes import ScriptedModel
from tests.flows.conftest import FOLDER, SLUG, House, house
from tests.flows.test_blueprint_sandbox import Sale
from tests.flows.test_blueprints import Desk

__all__ = ["house"]


@pytest.fixture
async def desk(house: House, world: World) -> AsyncIterator[Desk]:
    desk = Desk(house.runtime, world)
    desk.actor = world.actor("admin")
    yield desk
    await house.runtime.inventories.close()
    await house.runtime.samples.close()


def shorter() -> bytes:
    """The shipped inventory without its second half."""
    lines = (FOLDER / "inventory.csv").read_text("utf-8").splitlines(keepends=True)
    return "".join(lines[: len(lines) // 2]).encode()


def listed(owner: psycopg.Connection[Any]) -> dict[str, Any]:
    """Everything a buyer can be shown of the listings that are listed, by stock number."""
    rows = owner.execute(
        """
        select l.external_id, to_jsonb(l) - array['source_file_id', 'content_sha256', 'updated_at'] as shown
        from listings l join events e on e.id = l.event_id where e.slug = %s and l.listed
        """,
        (SLUG,),
    ).fetchall()
    return {row["external_id"]: row["shown"] for row in rows}


async def test_rows_of_a_live_event_come_with_publishing_and_its_document_stays(
    desk: Desk, house: House, owner: psycopg.Connection[Any]
) -> None:
    before, rows = house.runtime.bundles.current(SLUG), listed(owner)
    view = await desk.open(title="February", event=SLUG)
    await desk.add(view, "february.csv", shorter())
    sale = Sale(desk, await desk.read(view))
    state = await sale.preview()
    assert (state["stage"], state["imports"]) == ("ready", [])
    many = state["screen"]["matches"]
    judged = await sale.gate()
    assert (judged["diff"]["changes"], judged["compared_with"]) == ([], f"version {before.number}")
    live = await sale.publish(desk.actor)
    assert (live["status"], live["version"]) == ("applied", before.number)
    await desk.runtime.work.join()
    await desk.runtime.bundles.refresh()
    screen = (await storefront.start(desk.runtime, slug=SLUG, key="b"))["ui"]
    assert 0 < screen["matches"] < many
    named = {line.split(",")[0] for line in shorter().decode("utf-8-sig").splitlines()}
    assert listed(owner) == {number: row for number, row in rows.items() if number in named}
    assert (await desk.get(view))["status"] == "published"


async def test_the_same_list_again_changes_nothing_but_a_new_column(
    desk: Desk, house: House, owner: psycopg.Connection[Any]
) -> None:
    rows = listed(owner)
    started = (await storefront.start(desk.runtime, slug=SLUG, key="a"))["ui"]
    head, *cells = csv.reader(io.StringIO((FOLDER / "inventory.csv").read_text("utf-8-sig")))
    text = io.StringIO()
    csv.writer(text).writerows([[*head, "Seats"], *([*row, str(4 + at % 3)] for at, row in enumerate(cells))])
    view = await desk.open(title="March", event=SLUG)
    await desk.add(view, "march.csv", text.getvalue().encode())
    sale = Sale(desk, await desk.read(view))
    await sale.preview()
    assert (await sale.publish(desk.actor))["status"] == "applied"
    await desk.runtime.work.join()
    await desk.runtime.bundles.refresh()
    now = listed(owner)
    assert {row["specs"].pop("seats") for row in now.values()} == {4, 5, 6}
    assert now == rows
    screen = (await storefront.start(desk.runtime, slug=SLUG, key="b"))["ui"]
    assert screen["matches"] == started["matches"]


async def test_two_lists_of_a_live_event_do_not_take_away_each_others_rows(
    desk: Desk, owner: psycopg.Connection[Any]
) -> None:
    listed = (
        "select count(*) as n from listings l join events e on e.id = l.event_id where e.slug = %s and listed"
    )
    head, *lines = (FOLDER / "inventory.csv").read_text("utf-8").splitlines(keepends=True)
    view = await desk.open(title="Both halves", event=SLUG)
    middle = len(lines) // 2
    await desk.add(view, "first.csv", "".join([head, *lines[:middle]]).encode())
    await desk.add(view, "second.csv", "".join([head, *lines[middle:]]).encode())
    sale = Sale(desk, await desk.read(view))
    await sale.preview()
    assert (await sale.publish(desk.actor))["status"] == "applied"
    await desk.runtime.work.join()
    left = owner.execute(listed, (SLUG,)).fetchone()
    assert left is not None
    assert left["n"] > 0.8 * len(lines)  # either half alone is less than half of them


async def test_a_model_is_asked_only_for_what_rules_do_not_understand_and_checked(desk: Desk) -> None:
    answer = {
        "changes": [
            {"column": "Trim", "left": "unused"},
            {"column": "No such", "target": "price"},
            {"column": "Make", "target": "DROP"},
        ]
    }
    desk.runtime.ports = replace(desk.runtime.ports, model=ScriptedModel(answer))
    view = await desk.open()
    await desk.add(view, "stock.csv", b"Stock No,Make,Model,Trim,Price\n" + b"".join(
        b"A%d,Arden,City,LX,%d\n" % (n, 1000 + n) for n in range(30)))  # fmt: skip
    await desk.read(view)
    said = await clarifications.clarify(
        desk.runtime,
        desk.actor,
        key="m",
        blueprint_id=UUID(view["id"]),
        text="nobody cares about the fancy level",
    )
    assert [(change["field"], change["after"]) for change in said["changes"]] == [
        ("Trim", {"left": "unused"})
    ]
