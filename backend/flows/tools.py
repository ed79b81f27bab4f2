"""The guide's tools: what each verb does when the planner or a model calls it.

Those that look are run; those that change something are only prepared, and wait for the buyer's own yes, unless the
policy lets the guide act. Whether anything may be done is decided in the database, next to the row; nothing is here.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from time import perf_counter
from typing import Any, Final
from uuid import UUID

from backend.core.context import Context
from backend.core.db import translated_errors
from backend.core.errors import AppError
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.model import Listing
from backend.domains.discovery import acting
from backend.domains.discovery.hearing import masked
from backend.domains.discovery.ordering import is_order
from backend.domains.discovery.phrasing import ENGLISH
from backend.domains.discovery.planning import ABOUT_ONE, Item, Step, plan
from backend.domains.discovery.wording import Words
from backend.domains.events.model import Document
from backend.domains.policy import keeping
from backend.domains.policy.model import Policy
from backend.domains.transactions import service as transactions
from backend.domains.transactions.model import Prepared
from backend.flows import guarding
from backend.flows.confiding import masked_arguments
from backend.flows.taking import find_taken
from backend.kit.canonical_json import canonical_sha256

#: Verbs that only look.
READING: Final = frozenset({"search", "compare", "similar", "documents"})
_MOST_NAMED: Final = 12
_TOKEN: Final = re.compile(r"[A-Za-z0-9][\w./-]*\d[\w./-]*")


@dataclass(frozen=True, slots=True)
class Scene:
    """What a turn's tools know: the event, its policy, and the listings that can be meant."""

    document: Document
    words: Words
    event_id: UUID
    policy: Policy
    key: str
    shown: tuple[int, ...] = ()
    listings: Mapping[int, Listing] = field(default_factory=dict[int, Listing])
    language: str = ENGLISH
    focus: int | None = None  # the listing that was spoken of last


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants done: a verb of the guard, the words it is about, and what goes with it.

    `said`: the buyer's whole message where the rules read it there. What only a model wants is at most prepared, and so is
    what is more than a bare order.
    """

    verb: str
    target: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])
    tool: str = ""
    listing_id: int | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Acted:
    """What came of it. `outcome`: ran, prepared, executed, refused or failed; `asks` where first something is unclear."""

    tool: str
    verb: str
    outcome: str
    text: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])
    reasons: tuple[str, ...] = ()
    confirmation: Mapping[str, Any] | None = None
    executed: Mapping[str, Any] | None = None
    options: tuple[str, ...] = ()
    listing_id: int | None = None
    took_ms: float = 0.0

    @property
    def is_open(self) -> bool:
        """Whether something has to be asked before it can be prepared."""
        return self.outcome == "refused" and bool({"which", "unknown"} & set(self.reasons))

    def row(self, position: int) -> dict[str, Any]:
        """As the tool log keeps it."""
        return {
            "position": position, "tool": self.tool, "verb": self.verb, "origin": "guide", "outcome": self.outcome,
            "arguments": masked_arguments(self.arguments), "reasons": list(self.reasons), "took_ms": self.took_ms,
        }  # fmt: skip

    def decision(self) -> dict[str, Any]:
        """As the receipts keep a call that only looked, or was of no tool."""
        return {
            "verb": self.verb, "origin": "guide", "verdict": "deny" if self.outcome == "refused" else "allow",
            "reasons": list(self.reasons), "inputs_sha256": canonical_sha256([self.verb, dict(self.arguments)]),
        }  # fmt: skip


def tool_of(policy: Policy, verb: str) -> Mapping[str, Any] | None:
    """The first allowed tool for a verb."""
    return next((tool for tool in policy.get("tools", ()) if tool["verb"] == verb), None)


def declared(document: Document, name: str) -> Mapping[str, Any]:
    """A tool as the document describes it; empty where it does not."""
    tools: Sequence[Mapping[str, Any]] = document.get("agent", {}).get("tools", ())
    return next((tool for tool in tools if tool["name"] == name), {})


async def act(ctx: Context, scene: Scene, wanted: Wanted) -> Acted:
    """Prepares what is wanted, or carries it out where the policy lets the guide; a refusal is an answer here.

    Each runs in a savepoint of its own: what fails leaves the turn as it was.
    """
    began = perf_counter()
    tool = tool_of(scene.policy, wanted.verb)
    name = wanted.tool or (str(tool["name"]) if tool else wanted.verb)
    seconds = float(declared(scene.document, name).get("timeout_seconds") or 30)
    try:
        with translated_errors():
            async with ctx.conn.transaction():
                done = await asyncio.wait_for(_act(ctx, scene, wanted, name), seconds)
    except TimeoutError:
        done = Acted(name, wanted.verb, "failed", reasons=("timed_out",))
    except AppError as refused:
        done = _refused(scene, name, wanted, refused)
        if guarding.is_block(refused):  # its own savepoint is gone, so that the receipt is written behind it
            about = {
                "listing_id": wanted.listing_id,
                "target": wanted.target,
                "details": dict(wanted.arguments),
            }
            await keeping.note_block(
                ctx, verb=wanted.verb, arguments=about, origin="guide", reasons=done.reasons
            )
    return _timed(done, began)


async def act_or_fall_back(ctx: Context, scene: Scene, wanted: Wanted) -> list[Acted]:
    """What came of it, and where it failed, of the document's fallback for it: once, and never of a fallback again."""
    first = await act(ctx, scene, wanted)
    name = declared(scene.document, first.tool).get("fallback") if first.outcome == "failed" else None
    fallback = next((tool for tool in scene.policy.get("tools", ()) if tool["name"] == name), None)
    if fallback is None or fallback["verb"] in READING:
        return [first]
    other = replace(wanted, verb=fallback["verb"], tool=fallback["name"], said="")
    return [first, await act(ctx, scene, other)]


async def _act(ctx: Context, scene: Scene, wanted: Wanted, name: str) -> Acted:
    items = await _items(ctx, scene, wanted)
    step = _step(wanted, name, items, scene)
    by_id = {item.id: item for item in items}
    if step.unknown or step.asks:
        return _unclear(scene, step, by_id)
    listing_id = step.listing_ids[0] if step.listing_ids else None
    title = by_id[listing_id].title if listing_id in by_id else ""
    arguments = await _exact(ctx, wanted, listing_id)
    if arguments is None:
        return Acted(name, wanted.verb, "refused", acting.no_hold(scene.language), reasons=("no_hold",))
    if wanted.verb == "hold" and listing_id is not None:
        taken = await find_taken(
            ctx, scene.words, scene.document.get("timezone", "UTC"), scene.language, listing_id=listing_id,
            title=title, nearby=scene.listings, order=scene.shown,
            may_remind=tool_of(scene.policy, "remind") is not None,
        )  # fmt: skip
        if taken is not None:
            return Acted(
                name, "hold", "refused", taken.text, arguments, (taken.reason,), options=taken.options,
                listing_id=listing_id,
            )  # fmt: skip
    prepared = await transactions.prepare(ctx, verb=wanted.verb, arguments=arguments, origin="guide")
    return await _settled(ctx, scene, wanted, name, prepared, by_id.get(listing_id or 0))


def _may_execute(wanted: Wanted, item: Item | None) -> bool:
    """A hold that is ordered in so many words; a person may always be asked for."""
    if wanted.verb == "hand_off":
        return True
    return wanted.verb == "hold" and item is not None and is_order(wanted.said, item)


async def _settled(
    ctx: Context,
    scene: Scene,
    wanted: Wanted,
    name: str,
    prepared: Prepared,
    item: Item | None,
) -> Acted:
    """What the verdict makes of it."""
    words, listing_id, title = scene.words, item.id if item else None, item.title if item else ""
    base: dict[str, Any] = {
        "arguments": prepared.arguments, "reasons": prepared.reasons, "listing_id": listing_id,
    }  # fmt: skip
    if prepared.verdict == "deny":
        return Acted(name, wanted.verb, "refused", acting.declined(prepared.reasons, scene.language), **base)
    if prepared.verdict == "allow" and _may_execute(wanted, item):
        result = await _execute(ctx, scene, wanted.verb, prepared, listing_id)
        text = acting.done(words, wanted.verb, title, prepared.terms, scene.language)
        told = {
            "verb": wanted.verb,
            "tool": name,
            "listing_id": listing_id,
            "title": title,
            "text": text,
            "result": result,
        }
        return Acted(name, wanted.verb, "executed", text, executed=told, **base)
    text = acting.would(words, wanted.verb, title, prepared.terms, prepared.arguments, scene.language)
    until = prepared.expires_at.isoformat() if prepared.expires_at else ""
    confirmation = {
        "confirmation": str(prepared.confirmation), "verb": wanted.verb, "tool": name, "listing_id": listing_id,
        "title": title, "text": text, "until": until, "arguments": dict(prepared.arguments), "terms": dict(prepared.terms),
    }  # fmt: skip
    return Acted(name, wanted.verb, "prepared", text, confirmation=confirmation, **base)


async def _execute(
    ctx: Context, scene: Scene, verb: str, prepared: Prepared, listing_id: int | None
) -> dict[str, Any]:
    """What the policy lets the guide do without asking; the guard next to the row looks again."""
    key = _key(scene, verb, listing_id)
    if verb == "hold":
        assert listing_id is not None
        hold = await transactions.place_hold(ctx, listing_id=listing_id, key=key, origin="guide")
        return {"reservation_id": str(hold.id), "expires_at": hold.expires_at.isoformat()}
    details: Mapping[str, Any] = prepared.arguments.get("details", {})
    request = await transactions.make_request(ctx, kind=verb, details=details, key=key, origin="guide")
    return {"request_id": str(request.id)}


def _key(scene: Scene, verb: str, listing_id: int | None = None) -> str:
    """One of its own for each turn, whatever its key's length."""
    return f"guide:{sha256(scene.key.encode()).hexdigest()}:{verb}:{listing_id or ''}"


async def hand_off(ctx: Context, scene: Scene, details: Mapping[str, Any]) -> Acted:
    """Asks for a person. Nothing blocks this; staff hear of it with the commit."""
    began = perf_counter()
    tool = tool_of(scene.policy, "hand_off")
    name = str(tool["name"]) if tool else "hand_off"
    try:
        with translated_errors():
            async with ctx.conn.transaction():
                request = await transactions.make_request(
                    ctx,
                    kind="hand_off",
                    details=details,
                    key=_key(scene, "hand_off"),
                    origin="guide",
                )
    except AppError as refused:
        return _timed(_refused(scene, name, Wanted("hand_off"), refused), began)
    done = Acted(
        name, "hand_off", "executed", arguments={"details": dict(details), "request": str(request.id)}
    )
    return _timed(done, began)


def _step(wanted: Wanted, name: str, items: Sequence[Item], scene: Scene) -> Step:
    if wanted.listing_id is not None:
        return Step(wanted.verb, name, (wanted.listing_id,), wanted.arguments)
    focus = scene.focus if scene.focus in scene.shown else None
    return plan(
        wanted.verb, name, target=wanted.target, arguments=wanted.arguments, items=items, shown=scene.shown, focus=focus
    )  # fmt: skip


async def _exact(ctx: Context, wanted: Wanted, listing_id: int | None) -> dict[str, Any] | None:
    """The arguments the guard knows for a verb; None where there is nothing to release."""
    if wanted.verb == "release":
        holds = [hold for hold in await transactions.list_own_holds(ctx) if hold.is_open(ctx.now)]
        own = next((h for h in holds if h.listing_id == listing_id), holds[0] if len(holds) == 1 else None)
        return {"hold_id": str(own.id)} if own else None
    if wanted.verb == "share":
        return {}
    arguments: dict[str, Any] = {"listing_id": listing_id} if listing_id is not None else {}
    if wanted.verb in ("hold", "withdraw"):
        return arguments
    details = {k: v for k, v in wanted.arguments.items() if k not in ("listing_id", "details")}
    given = wanted.arguments.get("details")
    whole = {**(dict(given) if isinstance(given, Mapping) else {}), **details}  # pyright: ignore[reportUnknownArgumentType]
    return {**arguments, "details": whole}


async def _items(ctx: Context, scene: Scene, wanted: Wanted) -> list[Item]:
    """Listings that can be meant: those at hand, those shown before, and those of that number or name."""
    if wanted.verb not in ABOUT_ONE and wanted.listing_id is None:
        return []
    known = dict(scene.listings)
    missing = [listing_id for listing_id in scene.shown if listing_id not in known]
    if wanted.listing_id is not None and wanted.listing_id not in known:
        missing.append(wanted.listing_id)
    if missing:
        known |= {one.id: one for one in await catalogue.list_listings(ctx, ids=missing)}
    tokens = _TOKEN.findall(wanted.target)
    for one in await catalogue.find_named(ctx, event_id=scene.event_id, tokens=tokens):
        known[one.id] = one
    if wanted.target.strip() and wanted.listing_id is None:
        known |= await _named(ctx, scene, wanted.target)
    return [Item(one.id, one.title, one.external_id, one.color_exterior or "") for one in known.values()]


async def _named(ctx: Context, scene: Scene, target: str) -> dict[int, Listing]:
    """Listings whose text holds the words, whatever is filtered."""
    hits = await catalogue.search(ctx, event_id=scene.event_id, text=target, limit=_MOST_NAMED)
    return {one.id: one for one in await catalogue.list_listings(ctx, ids=[hit.listing_id for hit in hits])}


def _unclear(scene: Scene, step: Step, items: Mapping[int, Item]) -> Acted:
    if step.unknown:
        text = acting.not_found(scene.words, masked(step.unknown), scene.language)
        return Acted(step.tool, step.verb, "refused", text, step.arguments, ("unknown",))
    asked = [items[i] for i in step.asks if i in items]
    titles = [one.title for one in asked]
    names = [
        one.title if titles.count(one.title) == 1 else f"{one.title}, {one.external_id}" for one in asked
    ]
    return Acted(
        step.tool, step.verb, "refused", acting.which(names, scene.language), step.arguments, ("which",),
        options=tuple(names),
    )  # fmt: skip


def _refused(scene: Scene, name: str, wanted: Wanted, refused: AppError) -> Acted:
    """A refusal of the guard or of the circumstances; what is no fault of anybody is a refusal, the rest a failure."""
    outcome = "failed" if refused.status >= 500 else "refused"
    reasons = (refused.code, *(str(r) for r in refused.facts.get("reasons", ())))
    text = acting.declined([r.split(".")[-1] for r in reasons], scene.language)
    return Acted(name, wanted.verb, outcome, text, reasons=reasons)


def _timed(acted: Acted, began: float) -> Acted:
    return replace(acted, took_ms=(perf_counter() - began) * 1000)
