"""Whatever is changed about a receipt is found and named: by hand in the table, past every trigger, and then asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner

from backend import worker
from backend.cli import wiring
from backend.cli.audit import _SAYS, audit, said
from backend.core.db import Database
from backend.core.errors import Conflict, NotFound
from backend.core.ports import Ports
from backend.core.settings import Settings
from backend.domains.policy import keeping
from backend.domains.policy.chain import Broken
from backend.domains.policy.seals import Seal
from backend.domains.transactions import service as transactions
from backend.flows import auditing
from tests.factories import World, confirmed

Owner = psycopg.Connection[Any]


@pytest.fixture
async def decided(database: Database, owner: Owner, world: World) -> World:
    """A conversation with six receipts, all sealed: policy, asked, held, refused, a search, given back."""
    buyer = world.actor("other_buyer")
    unit = world.listings[1]
    async with database.as_actor(buyer) as ctx:
        token = await confirmed(ctx, "hold", listing_id=unit)
    async with database.as_actor(buyer) as ctx:
        hold = await transactions.place_hold(ctx, listing_id=unit, key="k", confirmation=token)
    with pytest.raises(Conflict):
        async with database.as_actor(buyer) as ctx:
            await transactions.place_hold(ctx, listing_id=world.listings[2], key="l", confirmation=token)
    async with database.as_actor(buyer) as ctx:
        reasons = ["policy.confirmation_mismatch"]
        await keeping.note_block(ctx, verb="hold", arguments={}, origin="buyer", reasons=reasons)
    async with database.as_actor(buyer) as ctx:
        search = {
            "verb": "search",
            "origin": "guide",
            "verdict": "allow",
            "reasons": [],
            "inputs_sha256": "ab" * 32,
        }
        assert await keeping.note_decisions(ctx, entries=[search]) == 5
    async with database.as_actor(buyer) as ctx:
        await transactions.release_hold(ctx, hold_id=hold.id)
    owner.execute("select private.seal_receipts()")
    return world


@contextmanager
def past_every_trigger(owner: Owner) -> Iterator[Owner]:
    owner.execute("set session_replication_role = replica")
    try:
        yield owner
    finally:
        owner.execute("set session_replication_role = origin")


async def broken(database: Database, **chosen: Any) -> list[Broken]:
    return (await auditing.verify(database, **chosen)).broken


def of(world: World, found: list[Broken]) -> set[tuple[str, int, str]]:
    """What is broken about the conversation itself, without what its seals say."""
    own = {world.other_session}
    return {(b.code, b.n, b.place) for b in found if b.session_id in own and not b.code.startswith("sealed_")}


async def test_what_nobody_touched_is_whole(database: Database, decided: World) -> None:
    told: list[int] = []
    whole = await auditing.verify(database, tell=lambda a: told.append(a.conversations))
    assert (whole.broken, whole.conversations, told) == ([], 2, [2])
    assert whole.receipts >= 7
    assert whole.anchors >= 1
    assert whole.snapshots == 2
    assert await broken(database, organization="seller") == []
    assert (await auditing.verify(database, organization="other-seller")).receipts == 0
    with pytest.raises(NotFound):
        await auditing.verify(database, organization="nobody")


FLIPS = {
    "previous": "overlay(previous placing case left(previous, 1) when 'a' then 'b' else 'a' end from 1 for 1)",
    "created_at": "created_at + interval '1 microsecond'",
    "event_id": "(translate(left(event_id::text, 1), '0123456789abcdef', '123456789abcdef0') || substr(event_id::text, 2))::uuid",
    "organization_id": "(translate(left(organization_id::text, 1), '0123456789abcdef', '123456789abcdef0')"
                       " || substr(organization_id::text, 2))::uuid",
    "version_id": "(translate(left(version_id::text, 1), '0123456789abcdef', '123456789abcdef0')"
    " || substr(version_id::text, 2))::uuid",
    "turn": "turn + 1",
    "verb": "'holt'",
    "origin": "'job'",
    "verdict": "'deny'",
    "reasons": "array['confirmes']",
    "inputs_sha256": "translate(left(inputs_sha256, 1), '0123456789abcdef', '123456789abcdef0') || substr(inputs_sha256, 2)",
    "policy_sha256": "left(policy_sha256, 63) || translate(right(policy_sha256, 1), '0123456789abcdef', '123456789abcdef0')",
    "confirmation": "(translate(left(confirmation::text, 1), '0123456789abcdef', '123456789abcdef0')"
                    " || substr(confirmation::text, 2))::uuid",
    "sha256": "translate(left(sha256, 1), '0123456789abcdef', '123456789abcdef0') || substr(sha256, 2)",
}  # fmt: skip


def test_every_column_has_a_flip(owner: Owner, world: World) -> None:
    rows = owner.execute(
        "select column_name as name from information_schema.columns where table_schema = 'public' and table_name = 'receipts'"
    )
    assert {row["name"] for row in rows} == set(FLIPS) | {"n", "session_id"}


@pytest.mark.parametrize("column", sorted(FLIPS))
async def test_one_changed_byte_is_found_and_its_place_named(
    database: Database, owner: Owner, decided: World, column: str
) -> None:
    with past_every_trigger(owner):
        done = owner.execute(
            f"update public.receipts set {column} = {FLIPS[column]} where session_id = %s and n = 3",
            (decided.other_session,),
        )
    assert done.rowcount == 1
    assert ("field_changed", 3, column) in of(decided, await broken(database))


async def test_a_receipt_under_another_number_or_conversation_is_found(
    database: Database, owner: Owner, decided: World
) -> None:
    with past_every_trigger(owner):
        owner.execute("update public.receipts set n = 9 where n = 6")
    assert of(decided, await broken(database)) >= {
        ("receipts_missing", 6, "6 to 8"),
        ("field_changed", 9, "n"),
    }
    with past_every_trigger(owner):
        owner.execute("update public.receipts set n = 6 where n = 9")
        owner.execute(
            "update public.receipts set session_id = overlay(session_id::text placing %s from 1 for 1)::uuid where n = 6",
            ("0" if str(decided.other_session)[0] != "0" else "1",),
        )
    found = await broken(database)
    assert ("end_missing", 6, "6 to 6") in of(decided, found)
    assert ("field_changed", 6, "session_id") in {(b.code, b.n, b.place) for b in found}


async def test_an_end_that_was_cut_off_is_found(database: Database, owner: Owner, decided: World) -> None:
    with past_every_trigger(owner):
        owner.execute("delete from public.receipts where session_id = %s and n > 4", (decided.other_session,))
    assert of(decided, await broken(database)) == {("end_missing", 5, "5 to 6")}
    with past_every_trigger(owner):  # also where the conversation's row was made to fit
        owner.execute(
            """
            update public.sessions s set receipt_count = 4, receipt_head = r.sha256 from public.receipts r
            where s.id = %s and r.session_id = s.id and r.n = 4
            """,
            (decided.other_session,),
        )
    found = await broken(database)
    assert [(b.code, b.n) for b in found] == [("sealed_receipts_gone", 6)]


async def test_a_conversation_that_was_deleted_is_found(
    database: Database, owner: Owner, decided: World
) -> None:
    with past_every_trigger(owner):
        owner.execute("delete from public.sessions where id = %s", (decided.other_session,))
    assert of(decided, await broken(database)) == {("conversation_gone", 6, "")}
    with past_every_trigger(owner):
        owner.execute("delete from public.receipts where session_id = %s", (decided.other_session,))
    found = await broken(database)
    assert [(b.code, b.session_id, b.n) for b in found] == [
        ("sealed_receipts_gone", decided.other_session, 6)
    ]


async def test_two_receipts_that_changed_places_are_found(
    database: Database, owner: Owner, decided: World
) -> None:
    with past_every_trigger(owner):
        for before, after in ((2, 99), (3, 2), (99, 3)):
            owner.execute(
                "update public.receipts set n = %s where session_id = %s and n = %s",
                (after, decided.other_session, before),
            )
    found = of(decided, await broken(database))
    assert {("not_after_the_one_before", 2, "previous"), ("not_after_the_one_before", 3, "previous")} <= found


async def test_a_receipt_that_was_put_in_is_found(database: Database, owner: Owner, decided: World) -> None:
    with past_every_trigger(owner):
        owner.execute(
            """
            insert into public.receipts select (r2).* from (
              select jsonb_populate_record(r, jsonb_build_object('n', 7, 'previous', r.sha256)) as r2
              from public.receipts r where r.session_id = %s and r.n = 6) x
            """,
            (decided.other_session,),
        )
        owner.execute(
            "update public.receipts set sha256 = private.receipt_sha256(receipts.*) where session_id = %s and n = 7",
            (decided.other_session,),
        )
    assert of(decided, await broken(database)) == {("more_than_were_written", 7, "7 to 7")}


async def test_a_chain_rewritten_from_its_beginning_differs_from_its_seal(
    database: Database, owner: Owner, decided: World
) -> None:
    with past_every_trigger(owner):
        owner.execute(
            "update public.receipts set verdict = 'deny' where session_id = %s and n = 6",
            (decided.other_session,),
        )
        owner.execute("update public.receipts set sha256 = private.receipt_sha256(receipts.*) where n = 6")
        owner.execute(
            "update public.sessions s set receipt_head = r.sha256 from public.receipts r where r.session_id = s.id and r.n = 6"
        )
    assert [(b.code, b.n, b.place) for b in await broken(database)] == [
        ("sealed_receipt_differs", 6, "anchor 2")
    ]


async def test_seals_are_a_chain_too(database: Database, owner: Owner, decided: World) -> None:
    with past_every_trigger(owner):
        owner.execute(
            "update public.receipt_anchors set sealed_until = sealed_until + interval '1 second' where n = 1"
        )
    assert [(b.code, b.n) for b in await broken(database)] == [("anchor_changed", 1)]
    with past_every_trigger(owner):
        owner.execute("delete from public.receipt_anchors where n = 1")
    assert [(b.code, b.place) for b in await broken(database)] == [("anchors_missing", "1 to 1")]


async def test_a_policy_that_was_changed_is_found(database: Database, owner: Owner, decided: World) -> None:
    with past_every_trigger(owner):
        owner.execute(
            """update public.policy_snapshots set policy = policy || '{"autonomy": "assisted-auto"}' where session_id = %s""",
            (decided.other_session,),
        )
    assert of(decided, await broken(database)) == {("policy_changed", 1, "policy snapshot 1")}


REWRITTEN = {
    "policy and its hash": (
        """policy = policy || '{"autonomy": "assisted-auto"}', sha256 = encode(sha256(convert_to(
           (policy || '{"autonomy": "assisted-auto"}')::text, 'UTF8')), 'hex')""",
        {("snapshot_changed", 1), ("policy_unknown", 1)},
    ),
    **{
        column: (change, {("snapshot_changed", 1)})
        for column, change in {
            "expires_at": "expires_at = expires_at + interval '1 microsecond'",
            "created_at": "created_at = created_at - interval '1 microsecond'",
            "profile": "profile = 'other'",
            "trace": """trace = '["x"]'""",
            "facts": "facts = '{}'",
            "reason": "reason = 'other'",
            "sealed_facts": "sealed_facts = 'x'",
            "version_id": "version_id = gen_random_uuid()",
            "event_id": "event_id = gen_random_uuid()",
            "organization_id": "organization_id = gen_random_uuid()",
        }.items()
    },
    "number": ("number = 2", {("snapshot_added", 2), ("snapshot_gone", 1)}),
}


@pytest.mark.parametrize("what", sorted(REWRITTEN))
async def test_a_rewritten_snapshot_is_found(
    database: Database, owner: Owner, decided: World, what: str
) -> None:
    change, expected = REWRITTEN[what]
    with past_every_trigger(owner):
        owner.execute(
            f"update public.policy_snapshots set {change} where session_id = %s", (decided.other_session,)
        )
    assert {(code, n) for code, n, _ in of(decided, await broken(database))} == expected


def test_every_column_of_a_snapshot_is_rewritten(owner: Owner, world: World) -> None:
    rows = owner.execute(
        "select column_name as name from information_schema.columns where table_schema = 'public' and table_name = %s",
        ("policy_snapshots",),
    )
    assert {row["name"] for row in rows} == set(REWRITTEN) - {"policy and its hash"} | {
        "session_id",
        "policy",
        "sha256",
    }


async def test_snapshots_that_were_deleted_are_found(
    database: Database, owner: Owner, decided: World
) -> None:
    with past_every_trigger(owner):
        owner.execute("delete from public.policy_snapshots")
    found = {(code, n) for code, n, _ in of(decided, await broken(database))}
    assert found == {("snapshot_gone", 1), ("policy_unknown", 1)}


async def test_two_reasons_do_not_pass_for_one(database: Database, owner: Owner, decided: World) -> None:
    joined = "update public.receipts set reasons = array[array_to_string(reasons, ',')] where cardinality(reasons) > 1"
    with past_every_trigger(owner), pytest.raises(psycopg.errors.CheckViolation):
        owner.execute(joined)
    with past_every_trigger(owner):
        owner.execute("alter table public.receipts drop constraint receipts_reasons_check")
        assert owner.execute(joined).rowcount
    assert {code for code, *_ in of(decided, await broken(database))} == {"content_changed"}


async def test_a_conversation_without_its_receipts_is_found(
    database: Database, owner: Owner, decided: World
) -> None:
    with past_every_trigger(owner):
        owner.execute("delete from public.receipt_anchors")
        owner.execute("update public.organizations set seal_count = 0, seal_head = repeat('0', 64)")
        owner.execute("delete from public.receipts where session_id = %s", (decided.other_session,))
        owner.execute(
            "update public.sessions set receipt_count = 0, receipt_head = repeat('0', 64) where id = %s",
            (decided.other_session,),
        )
    assert ("nothing_written", 0, "") in of(decided, await broken(database))
    with past_every_trigger(owner):
        owner.execute("delete from public.policy_snapshots where session_id = %s", (decided.other_session,))
    assert of(decided, await broken(database)) == {("nothing_written", 0, "")}


async def test_seals_that_were_cut_off_are_found(database: Database, owner: Owner, decided: World) -> None:
    (seal,) = (await auditing.verify(database)).heads.items()
    noted = Seal(seal[0], *seal[1])
    assert await broken(database, noted=[noted]) == []
    with past_every_trigger(owner):
        owner.execute("delete from public.receipt_anchors where n = 2")
    assert [(b.code, b.place) for b in await broken(database)] == [("seals_cut", "2 to 2")]
    with past_every_trigger(owner):  # also where the organization's row was made to fit, by what was noted
        owner.execute(
            """
            update public.organizations o set seal_count = 1, seal_head = a.sha256 from public.receipt_anchors a
            where a.organization_id = o.id
            """
        )
    assert [b.code for b in await broken(database, noted=[noted])] == ["noted_seal_gone"]
    owner.execute("select private.seal_receipts()")
    assert [b.code for b in await broken(database, noted=[noted])] == ["noted_seal_differs"]


async def test_what_is_not_sealed_in_time_is_found(
    database: Database, owner: Owner, decided: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with past_every_trigger(owner):
        owner.execute("delete from public.receipt_anchors")
        owner.execute("update public.organizations set seal_count = 0, seal_head = repeat('0', 64)")
    assert await broken(database) == []  # sealing has some minutes
    monkeypatch.setattr(auditing, "_SEALED_WITHIN", timedelta(0))
    assert ("not_sealed", 1, "1 to 6") in of(decided, await broken(database))
    assert await broken(database, since=datetime.now(UTC)) == []
    owner.execute("select private.seal_receipts()")
    assert await broken(database) == []


async def test_what_is_sealed_once_is_sealed_no_more(
    database: Database, owner: Owner, decided: World
) -> None:
    assert await worker.seal(database) == 0
    async with database.as_actor(decided.actor("buyer")) as ctx:
        await confirmed(ctx, "hold", listing_id=decided.listings[1])
    assert await worker.seal(database) == 1
    assert await worker.seal(database) == 0
    assert await broken(database) == []


def test_the_command_says_what_is_broken_and_ends_with_one(
    monkeypatch: pytest.MonkeyPatch, dsn: str, settings: Settings, ports: Ports, owner: Owner, world: World
) -> None:
    @asynccontextmanager
    async def here() -> AsyncIterator[Database]:
        database = Database(settings, ports)
        await database.open()
        try:
            yield database
        finally:
            await database.close()

    monkeypatch.setattr(wiring, "open_database", here)
    fine = CliRunner().invoke(audit, ["verify", "--organization", "seller", "--since", "2026-01-01"])
    assert fine.exit_code == 0, fine.output
    assert "0 broken" in fine.output
    (head,) = [line.removeprefix("last seal: ") for line in fine.output.splitlines() if "last seal" in line]
    assert head.startswith(f"{world.seller}:1:")
    assert CliRunner().invoke(audit, ["verify", "--head", head]).exit_code == 0
    wrong = CliRunner().invoke(audit, ["verify", "--head", head[:-1] + ("0" if head[-1] != "0" else "1")])
    assert "seal 1 is not the one that was noted" in wrong.output
    assert CliRunner().invoke(audit, ["verify", "--head", "seller:1"]).exit_code == 2
    with past_every_trigger(owner):
        owner.execute("update public.receipts set verdict = 'deny' where session_id = %s", (world.session,))
    bad = CliRunner().invoke(audit, ["verify"])
    assert bad.exit_code == 1
    assert (
        f"broken: conversation {world.session}: receipt 1: verdict was changed from “allow” to “deny”"
        in bad.output
    )


def test_every_finding_has_words(world: World) -> None:
    for code in _SAYS:
        found = Broken(code, world.seller, world.session, 3, "verdict", "deny", "allow")
        assert said(found)
