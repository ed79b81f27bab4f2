"""Blueprints in the database: who may, what stays hidden, and a dry run of holds that leaves nothing behind."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from backend.core.context import Actor
from tests.db.test_matrix import as_persona
from tests.factories import DOCUMENT, World

SHA = "a" * 64


@contextmanager
def acting(owner: psycopg.Connection[Any], actor: Actor) -> Iterator[psycopg.Connection[Any]]:
    with owner.transaction():
        as_persona(owner, actor)
        yield owner


def ask(owner: psycopg.Connection[Any], actor: Actor, call: str, *values: Any) -> dict[str, Any]:
    with acting(owner, actor) as conn:
        row = conn.execute(f"select * from private.{call}", values).fetchone()
    assert row is not None
    return dict(row)


def refused(owner: psycopg.Connection[Any], actor: Actor, call: str, *values: Any) -> tuple[str, str]:
    with pytest.raises(psycopg.Error) as caught:
        ask(owner, actor, call, *values)
    return caught.value.sqlstate or "", str(caught.value.diag.message_primary)


def blueprint(owner: psycopg.Connection[Any], world: World, persona: str = "operator") -> dict[str, Any]:
    return ask(owner, world.actor(persona), "open_blueprint(%s, 'Pianos', '')", world.seller)


def file_of(
    owner: psycopg.Connection[Any], world: World, blueprint_id: UUID, sha: str = SHA
) -> dict[str, Any]:
    return ask(
        owner,
        world.actor("operator"),
        "add_blueprint_file(%s, 'sheet', 'pianos.csv', 'text/csv', 10, %s, 'p')",
        blueprint_id,
        sha,
    )


def sandbox(owner: psycopg.Connection[Any], world: World) -> tuple[dict[str, Any], dict[str, Any]]:
    """An open sandbox with one listing in its draft event."""
    own = blueprint(owner, world)
    text = json.dumps({**DOCUMENT, "id": "fine-pianos"}, sort_keys=True, separators=(",", ":"))
    sha = hashlib.sha256(text.encode()).hexdigest()
    opened = ask(
        owner, world.actor("operator"), "open_sandbox(%s, 'fine-pianos', 'Fine pianos', %s, %s, %s)",
        own["id"], text, text, sha,
    )  # fmt: skip
    listing = owner.execute(
        """
        insert into public.listings (organization_id, event_id, external_id, title, content_sha256)
        values (%s, %s, 'P-1', 'A grand', 'x') returning id
        """,
        (world.seller, opened["event_id"]),
    ).fetchone()
    assert listing is not None
    return opened, dict(listing)


def test_a_viewer_may_look_and_not_begin(owner: psycopg.Connection[Any], world: World) -> None:
    own = blueprint(owner, world)
    assert refused(owner, world.actor("viewer"), "open_blueprint(%s, 'x', '')", world.seller)[1] == (
        "identity.needs_permission"
    )
    with acting(owner, world.actor("viewer")) as conn:
        assert conn.execute("select id from public.blueprints where id = %s", (own["id"],)).fetchone()


@pytest.mark.parametrize("persona", ["stranger", "other_admin", "dealer"])
def test_for_others_it_does_not_exist(owner: psycopg.Connection[Any], world: World, persona: str) -> None:
    own = blueprint(owner, world)
    file = file_of(owner, world, own["id"])
    other = world.actor(persona)
    assert refused(owner, other, "change_blueprint(%s, 2, '{}')", own["id"]) == (
        "MX404",
        "blueprints.no_such_blueprint",
    )
    assert refused(owner, other, "steer_blueprint_file(%s, 'remove')", file["id"])[0] == "MX404"
    assert refused(owner, other, "claim_blueprint_file(%s, 30)", file["id"])[0] == "MX404"
    with acting(owner, other) as conn:
        for table in ("blueprints", "blueprint_files", "clarifications", "remembered_columns", "sandboxes"):
            assert conn.execute(f"select 1 from public.{table}").fetchone() is None


def test_a_stale_change_is_refused(owner: psycopg.Connection[Any], world: World) -> None:
    own = blueprint(owner, world)
    ask(owner, world.actor("operator"), "change_blueprint(%s, 1, %s)", own["id"], Jsonb({"title": "Grands"}))
    assert refused(owner, world.actor("admin"), "change_blueprint(%s, 1, '{}')", own["id"]) == (
        "MX409",
        "blueprints.stale",
    )


def test_one_reads_a_file_at_a_time(owner: psycopg.Connection[Any], world: World) -> None:
    file = file_of(owner, world, blueprint(owner, world)["id"])
    operator = world.actor("operator")
    assert ask(owner, operator, "claim_blueprint_file(%s, 30)", file["id"])["status"] == "reading"
    assert ask(owner, operator, "claim_blueprint_file(%s, 30)", file["id"])["id"] is None
    # a dead reader's lease runs out; after the fourth attempt the file is refused instead of read for ever
    for _ in range(3):
        owner.execute("update public.blueprint_files set lease_until = now() - interval '1 second'")
        assert ask(owner, operator, "claim_blueprint_file(%s, 30)", file["id"])["id"] == file["id"]
    owner.execute("update public.blueprint_files set lease_until = now() - interval '1 second'")
    assert ask(owner, operator, "claim_blueprint_file(%s, 30)", file["id"])["id"] is None
    found = owner.execute(
        "select status, problem ->> 'code' as code from public.blueprint_files where id = %s", (file["id"],)
    ).fetchone()
    assert found == {
        "status": "refused", "code": "blueprints.reading_failed",
    }  # fmt: skip


def test_what_was_cancelled_is_not_finished(owner: psycopg.Connection[Any], world: World) -> None:
    file = file_of(owner, world, blueprint(owner, world)["id"])
    operator = world.actor("operator")
    ask(owner, operator, "claim_blueprint_file(%s, 30)", file["id"])
    ask(owner, operator, "steer_blueprint_file(%s, 'cancel')", file["id"])
    assert ask(owner, operator, "note_blueprint_file(%s, 'reading', 1, 2, 30)", file["id"]) == {
        "note_blueprint_file": False
    }
    done = ask(owner, operator, "finish_blueprint_file(%s, 'sheet', '{}', null)", file["id"])
    assert done["status"] == "cancelled"


def test_the_same_bytes_are_the_same_file_and_there_is_an_end(
    owner: psycopg.Connection[Any], world: World
) -> None:
    own = blueprint(owner, world)
    assert file_of(owner, world, own["id"])["id"] == file_of(owner, world, own["id"])["id"]
    for at in range(59):
        file_of(owner, world, own["id"], f"{at:064x}")
    with pytest.raises(psycopg.Error) as caught:
        file_of(owner, world, own["id"], "b" * 64)
    assert caught.value.diag.message_primary == "blueprints.too_many_files"


def test_what_a_seller_confirmed_counts_up_and_stays_with_the_seller(
    owner: psycopg.Connection[Any], world: World
) -> None:
    call = (
        "remember_column(%s, '', 'ext. color', array['color_exterior'], null, '{}', 'treat it as exterior')"
    )
    for times in (1, 2):
        assert ask(owner, world.actor("operator"), call, world.seller)["times"] == times
    assert refused(owner, world.actor("other_admin"), call, world.seller)[0] == "MX404"


def test_holds_are_rehearsed_by_the_real_functions_and_undone(
    owner: psycopg.Connection[Any], world: World
) -> None:
    opened, listing = sandbox(owner, world)
    row = owner.execute(
        "select private.rehearse_holds(%s, %s, 6) as report", (opened["id"], listing["id"])
    ).fetchone()
    assert row is not None
    report = row["report"]
    assert (report["winners"], report["winner"]) == (1, 1)
    assert report["hold_seconds"] == 24 * 60
    assert report["asking_twice_gives_the_same"]
    assert report["free_again_after_the_clock"]
    assert {t.get("code") for t in report["tries"][1:]} == {"transactions.already_held"}
    left = owner.execute(
        """
        select (select count(*) from public.holds where event_id = %(e)s) as holds,
               (select count(*) from public.sessions where event_id = %(e)s) as sessions,
               (select count(*) from public.event_versions where event_id = %(e)s) as versions,
               (select status from public.events where id = %(e)s) as status,
               (select state from public.listing_units where listing_id = %(l)s) as state
        """,
        {"e": opened["event_id"], "l": listing["id"]},
    ).fetchone()
    assert left == {"holds": 0, "sessions": 0, "versions": 0, "status": "draft", "state": "available"}


def test_nobody_outside_sees_a_sandbox(owner: psycopg.Connection[Any], world: World) -> None:
    opened, listing = sandbox(owner, world)
    for persona in ("anon", "buyer", "stranger", "other_admin", "dealer"):
        with acting(owner, world.actor(persona)) as conn:
            found = conn.execute("select 1 from public.listings where id = %s", (listing["id"],)).fetchone()
            assert found is None, persona
    assert refused(owner, world.actor("stranger"), "see_sandbox(%s)", opened["id"])[0] == "MX404"
    assert refused(
        owner, world.actor("anon"), "open_session('fine-pianos', %s, '{}', '{}')", world.version
    ) == ("MX404", "events.not_found")
    assert ask(owner, world.actor("viewer"), "see_sandbox(%s)", opened["id"])["seen_at"]
    # the dry run itself is nobody's to call past the door that asks first
    assert (
        refused(owner, world.actor("admin"), "rehearse_holds(%s, %s, 3)", opened["id"], listing["id"])[0]
        == "42501"
    )


def test_a_sandbox_ends_and_its_event_goes(owner: psycopg.Connection[Any], world: World) -> None:
    opened, listing = sandbox(owner, world)
    owner.execute("update public.sandboxes set expires_at = now() - interval '1 minute'")
    assert refused(owner, world.actor("operator"), "see_sandbox(%s)", opened["id"]) == (
        "MX410",
        "blueprints.sandbox_over",
    )
    owner.execute("select private.tidy_blueprints()")
    assert (
        owner.execute("select 1 from public.events where id = %s", (opened["event_id"],)).fetchone() is None
    )
    assert owner.execute("select 1 from public.listings where id = %s", (listing["id"],)).fetchone() is None
    found = owner.execute(
        "select status, event_id from public.blueprints where id = %s", (opened["blueprint_id"],)
    ).fetchone()
    assert found == {
        "status": "open", "event_id": None,
    }  # fmt: skip


def test_a_live_event_is_never_removed(owner: psycopg.Connection[Any], world: World) -> None:
    row = owner.execute("select private.remove_draft_event(%s) as gone", (world.event,)).fetchone()
    assert row == {"gone": False}
    assert owner.execute("select 1 from public.events where id = %s", (world.event,)).fetchone()


def test_stock_of_a_live_event_is_for_whoever_may_bring_in_sources(
    owner: psycopg.Connection[Any], world: World
) -> None:
    call = "request_import(%s, null, null, null, 'stock', '{}')"
    assert ask(owner, world.actor("admin"), call, world.event)["status"] == "queued"
    assert refused(owner, world.actor("viewer"), call, world.event)[1] == "identity.needs_permission"
    assert refused(owner, world.actor("other_admin"), call, world.event)[0] == "MX404"
    assert refused(owner, world.actor("admin"), "finish_import(%s, '{}', null)", uuid4())[0] == "42501"


def test_pictures_stay_when_rows_come_again(owner: psycopg.Connection[Any], world: World) -> None:
    opened, listing = sandbox(owner, world)
    picture = {
        "external_id": "P-1", "sha256": SHA, "width": 1280, "height": 960, "alt": "A grand",
        "variants": [{"url": "/m/320.webp", "width": 320}, {"url": "/m/1280.webp", "width": 1280}],
    }  # fmt: skip
    ask(owner, world.actor("operator"), "attach_media(%s, %s)", opened["event_id"], Jsonb([picture]))

    def media() -> list[dict[str, Any]]:
        row = owner.execute("select media from public.listings where id = %s", (listing["id"],)).fetchone()
        assert row is not None
        return row["media"]

    assert [m["url"] for m in media()] == ["/m/1280.webp"]
    owner.execute("""update public.listings set media = '[{"url": "https://example.com/a.jpg"}]'""")
    owner.execute("select private.apply_media(%s)", (opened["event_id"],))
    owner.execute("select private.apply_media(%s)", (opened["event_id"],))
    assert [m["url"] for m in media()] == ["/m/1280.webp", "https://example.com/a.jpg"]
    ask(owner, world.actor("operator"), "detach_media(%s, 'P-1', null)", opened["event_id"])
    assert [m["url"] for m in media()] == ["https://example.com/a.jpg"]
    assert refused(
        owner, world.actor("dealer"), "attach_media(%s, %s)", opened["event_id"], Jsonb([picture])
    )[0] == ("MX404")


def test_a_secret_does_not_travel_to_another_host(owner: psycopg.Connection[Any], world: World) -> None:
    admin = world.actor("admin")
    plan = {"base_url": "https://feed.example.com"}
    kept = ask(owner, admin, "keep_connector(%s, null, 'feed', %s, '{}')", world.event, Jsonb(plan))
    assert ask(owner, admin, "seal_connector(%s, 'sealed')", kept["id"])["has_secret"]
    again = ask(owner, admin, "keep_connector(%s, null, 'feed', %s, '{}')", world.event, Jsonb(plan))
    assert (again["id"], again["has_secret"]) == (kept["id"], True)
    other = {"base_url": "https://elsewhere.example.com"}
    moved = ask(owner, admin, "keep_connector(%s, null, 'feed', %s, '{}')", world.event, Jsonb(other))
    assert not moved["has_secret"]
    assert owner.execute("select 1 from private.connector_secrets").fetchone() is None
    with pytest.raises(psycopg.errors.InsufficientPrivilege), acting(owner, admin) as conn:
        conn.execute("select * from private.connector_secrets")


def test_a_connector_of_an_event_takes_no_blueprint_of_another_organization(
    owner: psycopg.Connection[Any], world: World
) -> None:
    admin, other = world.actor("admin"), world.actor("other_admin")
    theirs = ask(owner, other, "open_blueprint(%s, 'Theirs', '')", world.other_seller)
    call = "keep_connector(%s, %s, 'feed', '{}', '{}')"
    for stranger in (theirs["id"], uuid4()):
        assert refused(owner, admin, call, world.event, stranger) == ("MX404", "blueprints.no_such_blueprint")
    mine = ask(owner, admin, "open_blueprint(%s, 'Mine', '')", world.seller)
    assert ask(owner, admin, call, world.event, mine["id"])["blueprint_id"] == mine["id"]


def test_one_run_at_a_time_and_a_dead_one_goes_on(owner: psycopg.Connection[Any], world: World) -> None:
    admin = world.actor("admin")
    kept = ask(owner, admin, "keep_connector(%s, null, 'feed', '{}', '{}')", world.event)
    first = ask(owner, admin, "start_connector_run(%s, 30)", kept["id"])
    assert refused(owner, admin, "start_connector_run(%s, 30)", kept["id"]) == (
        "MX409",
        "blueprints.connector_running",
    )
    owner.execute("update public.connector_runs set lease_until = now() - interval '1 second'")
    assert ask(owner, admin, "start_connector_run(%s, 30)", kept["id"])["id"] == first["id"]
