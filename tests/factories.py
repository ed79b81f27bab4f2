"""Makes a small world in the database: two sellers, a dealer, an event with one of everything.

Written through the owner's connection, so that tests of rights have something to be refused.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.rows import dict_row

from backend.core.context import Actor, Context
from backend.domains.transactions import service as transactions
from backend.domains.transactions.model import Origin

DOCUMENT: dict[str, Any] = {
    "id": "spring-sale",
    "name": "Spring Sale",
    "conversion": {"hold_minutes": 24, "hold_limit": 2, "deposit_required": False},
}


ACTING = ("hold", "deposit", "book", "info", "message", "offer", "remind", "share", "reveal")
READING = ("search", "compare", "similar", "documents")


def policy(
    *, autonomy: str = "strict", compliance: str = "strict", confirm: bool = True, **changes: Any
) -> dict[str, Any]:
    """A policy with a tool for every verb; `changes` replace parts of it."""
    tools = [
        {
            "name": verb,
            "verb": verb,
            "is_mutating": verb in ACTING,
            "confirm": confirm and verb in ACTING,
            "idempotent": True,
        }
        for verb in (*ACTING, *READING)
    ]
    return {
        "profile": "default",
        "autonomy": autonomy,
        "compliance": compliance,
        "tools": tools,
        "context": {"sources": ["listings", "store"], "retrieval_limit": 8, "citations": "claims"},
        "context_tokens": 4000,
        "snapshot_minutes": 240,
        **changes,
    }


def give_policy(conn: psycopg.Connection[Any], *sessions: UUID, kept: dict[str, Any] | None = None) -> None:
    """What the application does when a conversation begins."""
    conn.execute(
        """
        select private.keep_snapshot(s, %s, '{"utm": {"source": "example"}}', 'given') from public.sessions s
        where s.id = any(%s)
        """,
        (json.dumps(kept or policy()), list(sessions)),
    )


async def confirmed(ctx: Context, verb: str, origin: Origin = "buyer", **arguments: Any) -> UUID:
    """The token of the buyer's yes, as the dialog of the storefront gets it."""
    prepared = await transactions.prepare(ctx, verb=verb, arguments=arguments, origin=origin)
    assert prepared.confirmation is not None, prepared
    return prepared.confirmation


@dataclass(slots=True)
class World:
    """Ids of everything that was made. `actors` by persona."""

    seller: UUID = field(default_factory=uuid4)
    other_seller: UUID = field(default_factory=uuid4)
    dealer_org: UUID = field(default_factory=uuid4)
    event: UUID = field(default_factory=uuid4)
    version: UUID = field(default_factory=uuid4)
    dealer: UUID = field(default_factory=uuid4)
    session: UUID = field(default_factory=uuid4)
    other_session: UUID = field(default_factory=uuid4)
    source: UUID = field(default_factory=uuid4)
    source_file: UUID = field(default_factory=uuid4)
    hold: UUID = field(default_factory=uuid4)
    lead: UUID = field(default_factory=uuid4)
    draft: UUID = field(default_factory=uuid4)
    branch: UUID = field(default_factory=uuid4)
    blueprint: UUID = field(default_factory=uuid4)
    sample: UUID = field(default_factory=uuid4)
    listings: list[int] = field(default_factory=list)
    users: dict[str, UUID] = field(default_factory=dict)
    slug: str = "spring-sale"

    def actor(self, persona: str) -> Actor:
        if persona == "anon":
            return Actor.anonymous()
        if persona == "buyer":
            return Actor.buyer(self.session, self.event)
        if persona == "other_buyer":
            return Actor.buyer(self.other_session, self.event)
        return Actor.user(self.users[persona], f"{persona}@example.com")


MEMBERS = {
    "admin": ("seller", "admin"),
    "operator": ("seller", "operator"),
    "specialist": ("seller", "specialist"),
    "viewer": ("seller", "viewer"),
    "other_admin": ("other_seller", "admin"),
    "dealer": ("dealer_org", "admin"),
    "stranger": (None, None),
}


def make_world(dsn: str, *, listings: int = 3) -> World:
    """Commits a fresh world."""
    world = World()
    with psycopg.connect(dsn, row_factory=dict_row) as conn:
        _people(conn, world)
        _event(conn, world)
        _catalogue(conn, world, listings)
        _conversation(conn, world)
        _proposals(conn, world)
        _blueprint(conn, world)
    return world


def insert(conn: psycopg.Connection[Any], table: str, **values: Any) -> dict[str, Any]:
    adapted = {k: json.dumps(v) if isinstance(v, dict | list) else v for k, v in values.items()}
    names = ", ".join(adapted)
    marks = ", ".join(f"%({name})s" for name in adapted)
    row = conn.execute(f"insert into {table} ({names}) values ({marks}) returning *", adapted).fetchone()
    assert row is not None
    return row


def _people(conn: psycopg.Connection[Any], world: World) -> None:
    for name, kind in (("seller", "seller"), ("other_seller", "seller"), ("dealer_org", "dealer")):
        insert(
            conn,
            "public.organizations",
            id=getattr(world, name),
            slug=name.replace("_", "-"),
            name=name,
            kind=kind,
        )
    for persona, (organization, role) in MEMBERS.items():
        user = uuid4()
        world.users[persona] = user
        conn.execute(
            "insert into auth.users (id, email, email_confirmed_at) values (%s, %s, now())",
            (user, f"{persona}@example.com"),
        )
        if organization:
            insert(
                conn, "public.members", organization_id=getattr(world, organization), user_id=user, role=role
            )
    insert(
        conn,
        "public.dealers",
        id=world.dealer,
        seller_id=world.seller,
        dealer_id=world.dealer_org,
        code="NB-PDX",
    )
    insert(
        conn,
        "public.invitations",
        organization_id=world.seller,
        email="new@example.com",
        role="viewer",
        token_sha256=hashlib.sha256(b"secret").digest(),
        invited_by=world.users["admin"],
    )


def _event(conn: psycopg.Connection[Any], world: World) -> None:
    insert(
        conn,
        "public.events",
        id=world.event,
        organization_id=world.seller,
        slug=world.slug,
        name="Spring Sale",
    )
    add_version(conn, world, DOCUMENT, number=1, version_id=world.version)


def add_version(
    conn: psycopg.Connection[Any],
    world: World,
    document: dict[str, Any],
    *,
    number: int,
    version_id: UUID | None = None,
) -> UUID:
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"))
    row = insert(
        conn,
        "public.event_versions",
        id=version_id or uuid4(),
        event_id=world.event,
        organization_id=world.seller,
        number=number,
        document=document,
        canonical=canonical,
        source=canonical,
        sha256=hashlib.sha256(canonical.encode()).hexdigest(),
        author_id=world.users["operator"],
    )
    return row["id"]


def _catalogue(conn: psycopg.Connection[Any], world: World, count: int) -> None:
    scope = {"event_id": world.event, "organization_id": world.seller}
    insert(conn, "public.sources", id=world.source, name="stock", mapping={}, mapping_sha256="0", **scope)
    insert(
        conn,
        "public.source_files",
        id=world.source_file,
        source_id=world.source,
        name="stock.csv",
        sha256="0",
        bytes=1,
        **scope,
    )
    for number in range(count):
        row = insert(
            conn,
            "public.listings",
            external_id=f"S-{number}",
            title=f"2022 Tesla Model 3 No. {number}",
            price_minor=3_500_000 + number * 100_000,
            currency="USD",
            make="Tesla",
            model="Model 3",
            year=2022,
            dealer_id=world.dealer,
            source_file_id=world.source_file,
            content_sha256="0",
            **scope,
        )
        world.listings.append(row["id"])
        conn.execute(
            "insert into public.listing_embeddings (listing_id, model, dimension, embedding) values (%s, 'test', 2, '[1,0]')",
            (row["id"],),
        )
    insert(conn, "public.event_attributes", name="price", kind="number", label="Price", slot="price", **scope)
    insert(conn, "public.facets", attribute="make", value="tesla", bit=0, n=count, **scope)


def _conversation(conn: psycopg.Connection[Any], world: World) -> None:
    scope = {"event_id": world.event, "organization_id": world.seller}
    for session in (world.session, world.other_session):
        insert(conn, "public.sessions", id=session, version_id=world.version, **scope)
    give_policy(conn, world.session, world.other_session)
    turn = insert(
        conn,
        "public.turns",
        session_id=world.session,
        number=1,
        message="hello",
        reply="hi",
        idempotency_key="k1",
        **scope,
    )
    _beside_a_turn(conn, {"turn_id": turn["id"], "session_id": world.session, **scope})
    conn.execute("update public.sessions set turn_count = 1 where id = %s", (world.session,))
    conn.execute(
        """
        insert into public.holds (id, listing_id, session_id, version_id, event_id, organization_id, expires_at, idempotency_key)
        values (%s, %s, %s, %s, %s, %s, now() + interval '1 hour', 'k1')
        """,
        (world.hold, world.listings[0], world.session, world.version, world.event, world.seller),
    )
    conn.execute(
        """
        update public.listing_units set state = 'held', hold_id = %s, held_until = now() + interval '1 hour'
        where listing_id = %s
        """,
        (world.hold, world.listings[0]),
    )
    insert(conn, "public.leads", id=world.lead, session_id=world.session, wishes=[], **scope)
    insert(
        conn,
        "public.lead_contacts",
        lead_id=world.lead,
        session_id=world.session,
        name="Robin Sample",
        email="robin@example.com",
        phone="555-0100",
        place="12 Sample Street",
    )
    insert(
        conn,
        "public.buyer_requests",
        session_id=world.session,
        kind="info",
        listing_id=world.listings[0],
        details={"question": "Has it been repainted?"},
        idempotency_key="r1",
        **scope,
    )
    insert(conn, "public.alerts", kind="blocked_spike", window_at="2026-01-01T00:00:00Z", **scope)
    conn.execute("select private.seal_receipts()")
    insert(
        conn,
        "public.prospects",
        lead_id=world.lead,
        event_id=world.event,
        dealer_id=world.dealer,
        dealer_organization_id=world.dealer_org,
        portrait={"wishes": []},
        alignment=0.8,
        matching_listings=2,
    )


def _beside_a_turn(conn: psycopg.Connection[Any], turn: dict[str, Any]) -> None:
    """What staff see of a turn, a survey, a memory and what models cost."""
    insert(conn, "public.turn_records", number=1, stance="answer_safely", **turn)
    call = {"tool": "search_listings", "verb": "search", "origin": "guide", "outcome": "ran"}
    insert(conn, "public.tool_calls", position=1, **call, **turn)
    insert(
        conn, "public.model_exchanges", position=1, purpose="answer", outcome="used", sealed="sealed", **turn
    )
    scope = {name: turn[name] for name in ("event_id", "organization_id")}
    insert(conn, "public.model_spend", day="2026-01-01", **scope)
    insert(
        conn, "public.buyer_memories", visitor_sha256=b"visitor", expires_at="2099-01-01T00:00:00Z", **scope
    )
    insert(conn, "public.survey_answers", session_id=turn["session_id"], nps=9, **scope)


def _proposals(conn: psycopg.Connection[Any], world: World) -> None:
    """A discarded draft with a review, a closed branch, a preview, a flag and a policy: nothing that waits for anybody."""
    scope = {"event_id": world.event, "organization_id": world.seller}
    text = json.dumps(DOCUMENT, sort_keys=True, separators=(",", ":"))
    compiled = {"source": text, "canonical": text, "sha256": hashlib.sha256(text.encode()).hexdigest()}
    author = world.users["operator"]
    insert(
        conn,
        "public.branches",
        id=world.branch,
        name="old-idea",
        status="closed",
        base_version_id=world.version,
        created_by=author,
        head_number=1,
        **scope,
    )
    insert(
        conn,
        "public.branch_versions",
        branch_id=world.branch,
        number=1,
        author_id=author,
        **compiled,
        **scope,
    )
    conn.execute(
        """
        insert into public.drafts (id, event_id, organization_id, source, canonical, sha256, base_version_id, status,
                                   author_id, contributors, expires_at)
        values (%s, %s, %s, %s, %s, %s, %s, 'discarded', %s, array[%s::uuid], now() + interval '7 days')
        """,
        (world.draft, world.event, world.seller, *compiled.values(), world.version, author, author),
    )
    insert(
        conn,
        "public.draft_reviews",
        draft_id=world.draft,
        organization_id=world.seller,
        reviewer_id=world.users["admin"],
        verdict="reject",
        reason="Not now",
        revision=1,
        sha256=compiled["sha256"],
    )
    insert(conn, "public.approval_policies", organization_id=world.seller)
    insert(conn, "public.organization_flags", organization_id=world.seller, name="old_flag", is_on=False)
    insert(
        conn, "public.previews", document=DOCUMENT, sha256=compiled["sha256"], draft_id=world.draft, **scope
    )


def _blueprint(conn: psycopg.Connection[Any], world: World) -> None:
    """A discarded blueprint with a file, a sentence, what was remembered, its preview, an import, a feed and a picture."""
    scope = {"event_id": world.event, "organization_id": world.seller}
    own = {"blueprint_id": world.blueprint, "organization_id": world.seller}
    insert(
        conn,
        "public.blueprints",
        id=world.blueprint,
        title="Old list",
        status="discarded",
        for_event=True,
        **scope,
    )
    insert(
        conn,
        "public.blueprint_files",
        id=world.sample,
        kind="sheet",
        name="old.csv",
        bytes=1,
        sha256="0" * 64,
        path="old",
        position=1,
        status="cancelled",
        **own,
    )
    insert(conn, "public.clarifications", said="ignore Lot", **own)
    insert(conn, "public.remembered_columns", organization_id=world.seller, header="bay", reason="internal")
    text = json.dumps(DOCUMENT, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()
    insert(conn, "public.sandboxes", source=text, canonical=text, sha256=digest, event_id=world.event, **own)
    insert(
        conn, "public.imports", source="old", mapping={}, status="cancelled", ended_at="2026-01-01T00:00:00Z",
        event_id=world.event, **own,
    )  # fmt: skip
    feed = insert(conn, "public.connectors", name="old feed", plan={}, mapping={}, **scope)
    insert(
        conn, "public.connector_runs", connector_id=feed["id"], organization_id=world.seller, status="cancelled",
        ended_at="2026-01-01T00:00:00Z",
    )  # fmt: skip
    insert(
        conn,
        "public.attached_media",
        external_id="S-gone",
        sha256="0" * 64,
        width=1,
        height=1,
        variants=[],
        **scope,
    )
