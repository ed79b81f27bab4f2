"""Every function that can change something for whoever is outside: what guards it, and that nothing gets past.

A new one without a line in `private.verbs` fails here; so does one whose text does not ask what the line says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from backend.core.context import Actor
from tests.db.test_matrix import WRITABLE, as_persona
from tests.factories import World, give_policy, insert, policy

Owner = psycopg.Connection[Any]

OUTSIDE = """
select p.oid, p.proname as name, p.prosrc as text, p.pronamespace::regnamespace::text as schema,
       array(select format_type(t, null) from unnest(p.proargtypes::oid[]) with ordinality a (t, n) order by n) as types,
       coalesce(p.proargnames, '{}') as names,
       has_function_privilege('anon', p.oid, 'execute') as by_anon,
       has_function_privilege('authenticated', p.oid, 'execute') as by_members
from pg_proc p
where p.pronamespace in ('private'::regnamespace, 'public'::regnamespace) and p.provolatile = 'v'
  and p.prorettype <> 'trigger'::regtype
  and (has_function_privilege('anon', p.oid, 'execute') or has_function_privilege('authenticated', p.oid, 'execute')
       or has_function_privilege('app_api', p.oid, 'execute'))
order by p.proname
"""
# what a line may claim, and what the function then has to reach
ASKS = {
    "guard": {"guard"},
    "permission": {"demand", "organizations_of_actor", "may", "my_permissions"},
    "own": {"session_id", "lock_session", "uid", "token"},
}
#: Rows of consequence: changed by a guarded verb, by a member who may, or by the clock.
CONSEQUENCES = ("holds", "listing_units", "leads", "lead_contacts", "prospects", "buyer_requests", "listings")
_CALLS = re.compile(r"\b(?:private|auth)\.([a-z_0-9]+)\s*\(")
_WRITES = re.compile(r"(?:insert\s+into|update|delete\s+from)\s+public\.([a-z_]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Function:
    name: str
    guard: str | None
    reached: frozenset[str]  # functions it calls, and those that they call
    written: frozenset[str]  # tables that any of them writes
    row: Any


def functions(owner: Owner) -> list[Function]:
    said = {r["name"]: r["guard"] for r in owner.execute("select name, guard from private.verbs").fetchall()}
    texts = {
        r["name"]: r["text"]
        for r in owner.execute(
            "select proname as name, prosrc as text from pg_proc where pronamespace = 'private'::regnamespace"
        )
    }
    rows = owner.execute(OUTSIDE).fetchall()
    return [_function(row, said.get(row["name"]), texts) for row in rows]


def _function(row: Any, guard: str | None, texts: dict[str, str]) -> Function:
    reached: set[str] = set()
    left = [row["name"]]
    while left:
        for called in _CALLS.findall(texts.get(left.pop(), "")):
            if called not in reached:
                reached.add(called)
                left.append(called)
    written = {table for name in (row["name"], *reached) for table in _WRITES.findall(texts.get(name, ""))}
    if "p_token" in str(row["names"]) or "p_secret" in str(row["names"]) or "bytea" in row["types"]:
        reached.add("token")  # a secret that only its owner has
    return Function(row["name"], guard, frozenset(reached), frozenset(written), row)


def offences(owner: Owner) -> list[str]:
    """What is wrong with how functions are guarded, one line each."""
    found: list[str] = []
    for one in functions(owner):
        if one.row["schema"] == "public":
            found.append(f"{one.name}: changes something and stands in the exposed schema")
        elif one.guard is None:
            found.append(f"{one.name}: has no line in private.verbs")
        elif one.guard in ASKS and not ASKS[one.guard] & one.reached:
            found.append(f"{one.name}: is said to be guarded by {one.guard} and asks nobody")
        elif one.guard in ("own", "fact") and one.written & set(CONSEQUENCES):
            found.append(
                f"{one.name}: is said to be harmless and writes {sorted(one.written & set(CONSEQUENCES))}"
            )
        elif one.row["by_anon"] and "demand" not in one.reached and one.guard == "permission":
            found.append(f"{one.name}: asks for a membership that a buyer cannot have")
    return found


def test_every_function_that_writes_is_guarded(owner: Owner, world: World) -> None:
    assert offences(owner) == []


def test_no_line_is_about_nothing(owner: Owner, world: World) -> None:
    lines = {r["name"] for r in owner.execute("select name from private.verbs").fetchall()}
    assert lines == {one.name for one in functions(owner)}


PLANTED = """
create function private.planted(p_listing bigint) returns void language sql security definer set search_path = '' as $$
  {0} $$;
grant execute on function private.planted(bigint) to anon;
"""


@pytest.mark.parametrize(
    ("line", "text", "said"),
    [
        (None, "update public.listing_units set state = 'sold' where listing_id = p_listing", "no line"),
        (
            "guard",
            "update public.listing_units set state = 'sold' where listing_id = p_listing",
            "asks nobody",
        ),
        (
            "own",
            "select private.session_id(); delete from public.holds where listing_id = p_listing",
            "said to be harmless",
        ),
        ("permission", "delete from public.holds where listing_id = p_listing", "asks nobody"),
    ],
)
def test_a_new_function_without_a_guard_is_found(
    owner: Owner, world: World, line: str | None, text: str, said: str
) -> None:
    owner.execute(PLANTED.format(text))
    if line:
        insert(owner, "private.verbs", name="planted", guard=line, note="planted")
    [offence] = offences(owner)
    assert offence.startswith("planted: ")
    assert said in offence


def test_buyers_write_into_no_table_themselves(owner: Owner, world: World) -> None:
    rows = owner.execute(
        """
        select grantee, table_schema || '.' || table_name as name, table_name from information_schema.table_privileges
        where grantee in ('anon', 'authenticated', 'app_api', 'PUBLIC')
          and privilege_type in ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')
          and table_schema in ('public', 'private', 'procrastinate')
        """
    ).fetchall()
    assert [row["name"] for row in rows if row["grantee"] != "authenticated"] == []
    known = {table for table, _ in WRITABLE} | {"members", "invitations"}  # the matrix says who deletes there
    assert {row["table_name"] for row in rows} <= known


# --- fuzz: every function, by whoever should not, with whatever may be lying about -------------------------------------

#: Tables that a refusal or a caller's own bookkeeping may add to. Everything else stays as it was.
OWN_BOOKS = {"public.journal_default", "private.answers"}


#: Verbs without an argument that names anything: they reach the caller's own conversation and no other.
OPEN_TO_OWN = {"record_survey"}


def tables(owner: Owner) -> list[str]:
    rows = owner.execute(
        """
        select c.oid::regclass::text as name from pg_class c
        where c.relkind = 'r' and c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
        """
    ).fetchall()
    return [r["name"] if "." in r["name"] else f"public.{r['name']}" for r in rows]


def state_of(owner: Owner, names: list[str]) -> dict[str, str]:
    lines = " union all ".join(
        f"select '{name}' as name, md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as sum from {name} t"
        for name in names
    )
    return {row["name"]: row["sum"] for row in owner.execute(lines).fetchall()}  # type: ignore[arg-type]


def guesses(world: World, type_name: str, name: str, yes: list[UUID | None]) -> list[Any]:
    """Values of a type, real ones of the seller first."""
    if name == "p_confirmation":
        return list(yes)
    if type_name == "uuid":
        named = {
            "p_organization": world.seller, "p_event": world.event, "p_hold": world.hold, "p_draft": world.draft,
            "p_branch": world.branch, "p_blueprint": world.blueprint, "p_version": world.version, "p_file": world.sample,
            "p_user": world.users["viewer"], "p_session": world.session,
        }  # fmt: skip
        return [named.get(name, world.event), uuid4()]
    if type_name == "bigint":
        return [world.listings[1], 987654321]
    if name == "p_origin":
        return ["buyer", "guide"]
    return {
        "integer": [1], "text": [{"p_verb": "hold", "p_kind": "book"}.get(name, "spring-sale")], "jsonb": ["{}", "[]"],
        "boolean": [True], "bytea": [b"secret"], "text[]": [["x"]], "real": [1.0], "interval": ["1 day"],
    }.get(type_name, [None])  # fmt: skip


def calls(world: World, one: Function, yes: list[UUID | None]) -> Iterator[list[Any]]:
    names = one.row["names"] or [""] * len(one.row["types"])
    choices = [guesses(world, t, n, yes) for t, n in zip(one.row["types"], names, strict=False)]
    for count, arguments in enumerate(product(*choices)):
        if count == 40:
            return
        yield list(arguments)


def attempt(owner: Owner, actor: Actor, one: Function, arguments: list[Any]) -> bool:
    """Whether the call went through; what it did is kept."""
    marks = ", ".join(f"%s::{t}" for t in one.row["types"])
    try:
        with owner.transaction():
            as_persona(owner, actor)
            owner.execute(f"select private.{one.name}({marks})", arguments)  # type: ignore[arg-type]
    except psycopg.Error:
        return False
    return True


@pytest.fixture
def strangers(owner: Owner, world: World) -> dict[str, Actor]:
    """Who may do nothing to the seller's event: nobody, another event's buyer, forged tokens, other organizations."""
    event = insert(
        owner, "public.events", organization_id=world.other_seller, slug="their-sale", name="Theirs"
    )
    session = insert(
        owner,
        "public.sessions",
        event_id=event["id"],
        organization_id=world.other_seller,
        version_id=world.version,
    )
    give_policy(
        owner, session["id"], kept=policy(autonomy="assisted-auto", compliance="standard", confirm=False)
    )
    return {
        "nobody": Actor.anonymous(),
        "buyer_of_another_event": Actor.buyer(session["id"], event["id"]),
        "token_of_no_conversation": Actor.buyer(uuid4(), world.event),
        "token_with_another_event": Actor.buyer(world.session, event["id"]),
        "stranger": world.actor("stranger"),
        "other_admin": world.actor("other_admin"),
        "dealer": world.actor("dealer"),
    }


def yeses(owner: Owner, world: World) -> list[UUID | None]:
    """None, one that is over, one that was used, one that is good: each for holding a unit, given to another conversation."""
    made: list[UUID | None] = [None]
    for expires, used in (
        ("- interval '1 minute'", "null"),
        ("+ interval '1 minute'", "now()"),
        ("+ interval '1 minute'", "null"),
    ):
        row = owner.execute(
            f"""
            insert into private.confirmations (session_id, verb, inputs_sha256, terms, origin, expires_at, used_at)
            select s.id, 'hold', private.inputs_sha256('hold', jsonb_build_object('listing_id', %s::bigint)),
                   private.terms_of(s, e, 'hold', jsonb_build_object('listing_id', %s::bigint)), 'buyer', now() {expires}, {used}
            from public.sessions s join public.events e on e.id = s.event_id where s.id = %s returning id
            """,
            (world.listings[1], world.listings[1], world.other_session),
        ).fetchone()
        assert row is not None
        made.append(row["id"])
    return made


def test_whoever_should_not_changes_nothing(owner: Owner, world: World, strangers: dict[str, Actor]) -> None:
    """Every function that asks for a guard or a permission, called by those who have none, with real ids and real tokens."""
    yes, names = (
        yeses(owner, world),
        [n for n in tables(owner) if n not in OWN_BOOKS and not n.startswith("public.journal")],
    )
    before, made = state_of(owner, names), 0
    for one in functions(owner):
        if one.guard not in ("guard", "permission") or one.name in OPEN_TO_OWN:
            continue
        for actor in strangers.values():
            if not (one.row["by_members"] if actor.role == "authenticated" else one.row["by_anon"]):
                continue
            for arguments in calls(world, one, yes):
                attempt(owner, actor, one, arguments)
                made += 1
        assert {n: s for n, s in state_of(owner, names).items() if before[n] != s} == {}, one.name
    assert made > 500


def test_a_viewer_changes_nothing(owner: Owner, world: World) -> None:
    """Whoever may only look, at every function for members."""
    names = [n for n in tables(owner) if n not in OWN_BOOKS and not n.startswith("public.journal")]
    looked = {
        "public.sandboxes",
        "public.previews",
    }  # a viewer tries documents out: an hour's result, and that it was seen
    before = state_of(owner, names)
    for one in functions(owner):
        if one.guard == "permission" and one.row["by_members"]:
            for arguments in calls(world, one, [None]):
                attempt(owner, world.actor("viewer"), one, arguments)
            after = state_of(owner, names)
            assert {n for n, s in after.items() if before[n] != s} <= looked, one.name


def test_a_buyer_acts_with_nobodys_yes_but_the_own(owner: Owner, world: World) -> None:
    """Guarded verbs by a buyer of the event, without a yes, and with every yes of another conversation."""
    mine = Actor.buyer(world.session, world.event)
    names = [n for n in tables(owner) if n not in OWN_BOOKS and not n.startswith("public.journal")]
    yes = yeses(owner, world)
    before = state_of(owner, names)
    for one in functions(owner):
        if one.guard == "guard" and one.name in ("place_hold", "open_lead", "make_request"):
            passed = [
                arguments for arguments in calls(world, one, yes) if attempt(owner, mine, one, arguments)
            ]
            after = {n for n, s in state_of(owner, names).items() if before[n] != s}
            allowed = _standing(one, passed)
            assert after <= allowed, (one.name, after)


def _standing(one: Function, passed: list[list[Any]]) -> set[str]:
    """Bringing a lead up to date goes on under the yes that opened it; nothing else goes through."""
    if one.name == "open_lead":
        refresh = one.row["names"].index("p_refresh")
        assert all(arguments[refresh] for arguments in passed)
        return {
            "public.leads",
            "public.prospects",
            "public.sessions",
            "public.receipts",
            "public.lead_contacts",
        }
    assert passed == []
    return set()


def test_nobodys_own_functions_touch_anothers_conversation(
    owner: Owner, world: World, strangers: dict[str, Actor]
) -> None:
    """What needs no permission works on the caller's own conversation alone: the others' rows stay as they were."""
    own = {
        "public.sessions": "id",
        "public.turns": "session_id",
        "public.receipts": "session_id",
        "public.policy_snapshots": "session_id",
    }

    def others() -> list[Any]:
        return [
            owner.execute(f"select md5(string_agg(t::text, '|' order by t::text)) as s from {table} t where {column} = any(%s)",  # type: ignore[arg-type]
                          ([world.session, world.other_session],)).fetchone()
            for table, column in own.items()
        ]  # fmt: skip

    before = others()
    for one in functions(owner):
        if (one.guard in ("own", "fact") or one.name in OPEN_TO_OWN) and one.row["by_anon"]:
            for who in ("nobody", "buyer_of_another_event", "token_of_no_conversation"):
                for arguments in calls(world, one, [None]):
                    attempt(owner, strangers[who], one, arguments)
            assert others() == before, one.name


def test_the_fuzz_would_see_a_change(owner: Owner, world: World, strangers: dict[str, Actor]) -> None:
    """The twin: with a function that asks nobody, the same calls do change something."""
    owner.execute(
        PLANTED.format("update public.listing_units set version = version + 1 where listing_id = p_listing")
    )
    insert(owner, "private.verbs", name="planted", guard="guard", note="planted")
    names = tables(owner)
    before = state_of(owner, names)
    planted = next(one for one in functions(owner) if one.name == "planted")
    for arguments in calls(world, planted, [None]):
        attempt(owner, strangers["nobody"], planted, arguments)
    assert [n for n, s in state_of(owner, names).items() if before[n] != s] == ["public.listing_units"]


def test_altered_arguments_of_each_request_are_refused(owner: Owner, world: World) -> None:
    """For every kind: a yes to one thing is none to another listing, other details or another kind."""
    kinds = ("book", "info", "message", "offer", "deposit", "reveal", "remind")
    for kind in kinds:
        with owner.transaction():
            as_persona(owner, world.actor("buyer"))
            row = owner.execute(
                "select private.prepare_action(%s, %s) as p",
                (kind, json.dumps({"listing_id": world.listings[1], "details": {"a": 1}})),
            ).fetchone()
        assert row is not None
        yes = row["p"]["confirmation"]
        for other, listing, details in (
            (kind, world.listings[2], {"a": 1}),
            (kind, None, {"a": 1}),
            (kind, world.listings[1], {"a": 2}),
            (kind, world.listings[1], {"a": 1, "b": 1}),
            (kinds[(kinds.index(kind) + 1) % len(kinds)], world.listings[1], {"a": 1}),
        ):
            with pytest.raises(psycopg.Error) as refused, owner.transaction():
                as_persona(owner, world.actor("buyer"))
                owner.execute(
                    "select private.make_request(%s, %s, %s, %s, %s)",
                    (other, listing, json.dumps(details), str(uuid4()), yes),
                )
            assert str(refused.value).startswith("policy.confirmation_mismatch")
        with owner.transaction():
            as_persona(owner, world.actor("buyer"))
            owner.execute(
                "select private.make_request(%s, %s, %s, %s, %s)",
                (kind, world.listings[1], json.dumps({"a": 1}), str(uuid4()), yes),
            )
