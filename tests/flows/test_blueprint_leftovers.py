"""What is decided, taken away or asked for anew after a preview: nothing of before goes live."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from backend.flows import blueprints, sandbox
from tests.flows.test_blueprint_sandbox import LIST, Sale, begun
from tests.flows.test_blueprints import Desk, desk, refusal

__all__ = ["desk"]

TOLD = LIST.replace("Certified\n", "Certified,Description\n").replace("yes\n", "yes,Ask for Ida\n")
TOLD = TOLD.replace(",no\n", ",no,Ask for Ida\n")
_TOLD = "select count(*) as n from listings where description = 'Ask for Ida'"
_NAMED = "select count(*) as n from listings where external_id like %s"


@pytest.fixture
async def sale(desk: Desk) -> Sale:
    begun_sale = await begun(desk, TOLD)
    await begun_sale.say("prices are in euros")
    return begun_sale


def count(owner: psycopg.Connection[Any], statement: str, *values: str) -> int:
    row = owner.execute(statement, values or None).fetchone()  # type: ignore[arg-type]
    return int(row["n"]) if row else -1


async def test_rows_read_otherwise_than_now_do_not_go_live(
    sale: Sale, owner: psycopg.Connection[Any]
) -> None:
    await sale.preview()
    assert (await sale.gate())["can_publish"]
    await sale.decide({"field": "Description", "left": "internal"})
    assert not (await sale.gate())["can_publish"]
    unmet = await refusal(sale.publish(sale.desk.world.actor("admin")))
    assert (unmet.code, unmet.facts["unmet"]) == ("blueprints.gate_unmet", ["preview_current"])
    assert count(owner, _TOLD) == 60
    await sale.preview()
    assert count(owner, _TOLD) == 0
    assert (await sale.publish(sale.desk.world.actor("admin")))["status"] == "applied"


async def test_what_an_earlier_preview_asked_for_never_comes_in(
    sale: Sale, owner: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as dead:
        dead.setattr(sandbox, "fill", lambda *_: None)  # the process that asked dies before it begins
        await sandbox.open_sandbox(sale.runtime, sale.actor, key="dies", blueprint_id=sale.id)
    await sale.decide({"field": "Description", "left": "internal"})
    await sale.preview()
    assert (await sale.publish(sale.desk.world.actor("admin")))["status"] == "applied"
    owner.execute("update imports set created_at = now() - interval '2 minutes'")
    assert await sale.runtime.imports.resume() == 0
    assert count(owner, _TOLD) == 0


async def test_nothing_of_a_file_that_was_taken_away_stays(
    sale: Sale, owner: psycopg.Connection[Any]
) -> None:
    await sale.desk.add(sale.view, "other.csv", LIST.replace("P-", "Z-").encode())
    sale.view = await sale.desk.read(sale.view)
    assert (await sale.preview())["screen"]["matches"] == 120
    other = next(file for file in sale.view["files"] if file["name"] == "other.csv")
    await blueprints.remove_file(sale.runtime, sale.actor, key=str(uuid4()), file_id=UUID(other["id"]))
    assert (await sale.preview())["screen"]["matches"] == 60
    assert (count(owner, _NAMED, "Z-%"), count(owner, _NAMED, "P-%")) == (0, 60)


async def test_two_lists_of_one_name_do_not_take_away_each_others_rows(sale: Sale) -> None:
    await sale.desk.add(sale.view, "pianos 2027.csv", LIST.replace("P-", "Q-").encode())
    sale.view = await sale.desk.read(sale.view)
    sources = [sheet["mapping"]["source"] for sheet in sale.view["proposal"]["sheets"]]
    assert sources == ["pianos", "pianos 2027"]
    assert (await sale.preview())["screen"]["matches"] == 120


async def test_what_waits_for_somebody_is_there_when_they_come(
    sale: Sale, owner: psycopg.Connection[Any]
) -> None:
    await sale.preview()
    assert (await sale.publish(key="operator"))["status"] == "pending_approval"
    owner.execute("update sandboxes set expires_at = expires_at - interval '5 days'")  # a long weekend
    owner.execute("select private.tidy_blueprints()")
    assert (await sale.desk.get(sale.view))["status"] == "waiting"
    assert (await sale.publish(sale.desk.world.actor("admin")))["status"] == "applied"
