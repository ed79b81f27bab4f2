"""Verbs of the conversation: begin it, say something, change a chip, come back.

Searching is the catalogue's; what is read and said is decided by pure functions. Words for people come from
`conversation` alone. A turn is kept whole with its key: a repeated request gets the answer it got before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from time import perf_counter
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from backend.core.context import Context
from backend.core.errors import Conflict, NotFound
from backend.core.ports import Embedder
from backend.domains.catalogue.model import Vocabulary
from backend.domains.catalogue.service import Index
from backend.domains.discovery import asking, conversation, finding, queries, ranking, rules
from backend.domains.discovery.conversation import Facts
from backend.domains.discovery.model import Answer, Filter, Session, State, TurnRow, Understanding
from backend.domains.discovery.signals import understand
from backend.domains.discovery.wording import Words, chip_text, chips
from backend.domains.events.model import Bundle, Document
from backend.domains.events.service import document_for
from backend.domains.experiments import service as experiments

_NOTHING_SAID: Final = Understanding((), ())


@dataclass(frozen=True, slots=True)
class Prepared:
    """A message read and embedded, before anything is searched or written."""

    session: Session
    document: Document
    vocabulary: Vocabulary
    index: Index
    message: str
    understanding: Understanding
    state: State
    vector: NDArray[np.float32] | None
    began: float


async def start(ctx: Context, *, bundle: Bundle, visitor: UUID) -> Session:
    """Opens a conversation on the version in force; `visitor` alone decides the arms of its experiments.

    Raises: NotFound `events.not_found`; Gone `events.paused`, `events.closed`; Conflict `events.version_superseded`.
    """
    arms = experiments.assign_all(bundle.document, visitor)
    state = rules.opening(rules.settings_of(document_for(bundle.document, arms)))
    row = await queries.open_session(
        ctx.conn, slug=bundle.slug, version_id=bundle.version_id, state=state.to_json(), arms=arms
    )
    return _session(row)


def imagined(bundle: Bundle) -> Session:
    """A conversation that is kept nowhere and takes part in no experiment: to try a document out."""
    state = rules.opening(rules.settings_of(bundle.document))
    return Session(UUID(int=0), bundle.event_id, bundle.organization_id, bundle.version_id, state, {}, 0)


async def get_session(ctx: Context) -> Session:
    """The actor's own conversation. Raises: NotFound `discovery.no_such_session`."""
    row = (
        await queries.find_session(ctx.conn, session_id=ctx.actor.session_id)
        if ctx.actor.session_id
        else None
    )
    if row is None:
        raise NotFound("discovery.no_such_session")
    return _session(row)


async def list_turns(ctx: Context) -> list[TurnRow]:
    """The actor's conversation so far, oldest first; at most the last 200."""
    if ctx.actor.session_id is None:
        raise NotFound("discovery.no_such_session")
    return [TurnRow(**row) for row in await queries.list_turns(ctx.conn, session_id=ctx.actor.session_id)]


async def find_answer(ctx: Context, *, key: str, message: str) -> dict[str, Any] | None:
    """What the same request got before. Raises: Conflict `core.key_reused` for another message under the same key."""
    if ctx.actor.session_id is None:
        raise NotFound("discovery.no_such_session")
    kept = await queries.find_turn(ctx.conn, session_id=ctx.actor.session_id, key=key)
    if kept is not None and kept["message"] != message:
        raise Conflict("core.key_reused", operation="discovery/message")
    return None if kept is None else kept["answer"]


def prepare(
    session: Session,
    *,
    message: str,
    bundle: Bundle,
    vocabulary: Vocabulary,
    index: Index,
    embedder: Embedder,
    today: date,
) -> Prepared:
    """Reads and embeds a message. No I/O: call it between two units of work."""
    began = perf_counter()
    document = document_for(bundle.document, session.arms)
    if conversation.is_resting(document):  # nobody reads the message; what was understood before stands
        state = replace(session.state, turn=session.state.turn + 1)
        return Prepared(session, document, vocabulary, index, message, _NOTHING_SAID, state, None, began)
    settings = rules.settings_of(document)
    read = understand(message, vocabulary=vocabulary, state=session.state, settings=settings, today=today)
    state = rules.after(session.state, read, message)
    return Prepared(
        session, document, vocabulary, index, message, read, state, _embedded(embedder, state.text), began
    )


async def finish_turn(ctx: Context, prepared: Prepared, *, key: str) -> dict[str, Any]:
    """Searches, answers and keeps the turn. Raises: Conflict `discovery.turn_taken` when another message was faster."""
    answer, state = await answer_to(ctx, prepared)
    said = any(not f.default for f in state.filters)
    return await _kept(ctx, prepared, answer, state, key=key, matched=answer.matches > 0 and said)


async def answer_to(ctx: Context, prepared: Prepared) -> tuple[Answer, State]:
    """What a prepared message gets for an answer, and what is understood after it. Keeps nothing."""
    facts, answer, state = await _answered(ctx, prepared)
    reply, note = conversation.reply(facts), conversation.note(facts)
    return replace(answer, reply=reply, note=note, quick_replies=conversation.quick_replies(facts)), state


async def take_turn(
    ctx: Context, *, message: str, key: str, bundle: Bundle, vocabulary: Vocabulary, index: Index
) -> dict[str, Any]:
    """One message, in one unit of work. The same key gives the same answer.

    Raises: NotFound `discovery.no_such_session`; Conflict `core.key_reused`, `discovery.turn_taken`.
    """
    if (kept := await find_answer(ctx, key=key, message=message)) is not None:
        return kept
    session = await get_session(ctx)
    prepared = prepare(
        session, message=message, bundle=bundle, vocabulary=vocabulary, index=index, embedder=ctx.ports.embedder,
        today=today_of(ctx, bundle.document),
    )  # fmt: skip
    return await finish_turn(ctx, prepared, key=key)


async def change_filters(
    ctx: Context,
    *,
    chip_id: str,
    change: str,
    value: Any,
    key: str,
    bundle: Bundle,
    vocabulary: Vocabulary,
    index: Index,
) -> dict[str, Any]:
    """Removes a chip, moves it between must and nice, or gives it another value; kept as a turn like any other.

    `change`: remove, must, nice, value. Raises: NotFound `discovery.no_such_chip`; InvalidInput `discovery.chip_value`.
    """
    session = await get_session(ctx)
    document = document_for(bundle.document, session.arms)
    words = Words.of(document, vocabulary)
    kept = await queries.find_turn(ctx.conn, session_id=session.id, key=key)
    if kept is not None:
        if kept["answer"].get("request") != [chip_id, change, value]:
            raise Conflict("core.key_reused", operation="discovery/chip")
        return kept["answer"]
    state, old, new = rules.edited(session.state, chip_id, change, value, vocabulary)
    text = _change_text(words, change, old, new)
    read = Understanding((), state.filters, added=(new,) if new else (), removed=() if new else (old,))
    prepared = Prepared(
        session,
        document,
        vocabulary,
        index,
        text,
        read,
        state,
        _embedded(ctx.ports.embedder, state.text),
        perf_counter(),
    )
    facts, answer, state = await _answered(ctx, prepared)
    answer = replace(
        answer,
        reply=conversation.changed(facts, text),
        note=conversation.note(facts),
        quick_replies=conversation.quick_replies(facts),
    )
    return await _kept(
        ctx, prepared, answer, state, key=key, matched=answer.matches > 0, request=[chip_id, change, value]
    )


async def present(
    ctx: Context, *, session: Session, bundle: Bundle, vocabulary: Vocabulary, index: Index
) -> Answer:
    """The screen of a conversation as it stands, without a new turn: for its beginning, and for who comes back."""
    document = document_for(bundle.document, session.arms)
    vector = _embedded(ctx.ports.embedder, session.state.text)
    prepared = Prepared(
        session, document, vocabulary, index, "", _NOTHING_SAID, session.state, vector, perf_counter()
    )
    facts, answer, _ = await _answered(ctx, prepared)
    openings = tuple(str(o) for o in document["persona"].get("openings", ()))
    fresh = session.turn_count == 0
    return replace(
        answer,
        reply=conversation.greeting(facts),
        quick_replies=openings if fresh else conversation.quick_replies(facts),
    )


async def note_exposure(ctx: Context, *, experiment: str) -> None:
    """That the buyer saw an arm; once per conversation."""
    await queries.record_exposure(ctx.conn, experiment=experiment)


async def note_failure(ctx: Context) -> None:
    """That the product failed the actor's own conversation; counted once per conversation."""
    await queries.record_failure(ctx.conn)


async def note_action(ctx: Context, *, action: str, listing_id: int | None = None) -> None:
    """Something only the screen can see. Raises: InvalidInput `discovery.unknown_action`."""
    await queries.record_action(ctx.conn, action=action, listing_id=listing_id)


def today_of(ctx: Context, document: Document) -> date:
    """The day it is where the event takes place."""
    return ctx.now.astimezone(ZoneInfo(document.get("timezone") or "UTC")).date()


async def _answered(ctx: Context, prepared: Prepared) -> tuple[Facts, Answer, State]:
    """Facts to speak from, the answer without its words, and the state to keep."""
    document, words = prepared.document, Words.of(prepared.document, prepared.vocabulary)
    found = await finding.search(
        ctx,
        event_id=prepared.session.event_id,
        document=document,
        state=prepared.state,
        index=prepared.index,
        vector=prepared.vector,
    )
    shown = ranking.diversified(found.hits, found.listings, document["search_defaults"]["max_results"])
    unsupported = _unsupported(prepared, words, found.unsupported)
    scene = ranking.Scene(words, document, prepared.vocabulary, prepared.state.filters)
    tiles = ranking.tiles(scene, shown, found.listings)
    quiet = bool({"thanks", "person", "hold"} & set(prepared.understanding.intents))
    candidates = [] if quiet or conversation.is_resting(document) else list(found.listings.values())
    question = asking.next_question(words, prepared.state, candidates, found.matches)
    asked = (*prepared.state.asked, question.field) if question and prepared.message else prepared.state.asked
    state = replace(prepared.state, asked=tuple(dict.fromkeys(asked)), matches=found.matches)
    facts = Facts(
        words=words, document=document, understanding=prepared.understanding, matches=found.matches,
        before=await _before(ctx, prepared), tiles=tiles, first=found.listings.get(tiles[0].listing_id) if tiles else None,
        question=question, relaxation=found.relaxation, turn=state.turn, unsupported=unsupported,
    )  # fmt: skip
    actions = tuple({"kind": _slug(a), "label": str(a)} for a in document["ui_contract"]["actions"])
    answer = Answer(
        "", "", prepared.understanding.signals, tiles, chips(words, state.filters), actions, found.matches
    )
    return facts, answer, state


def _embedded(embedder: Embedder, text: str) -> NDArray[np.float32] | None:
    return embedder.embed([text])[0] if text else None


async def _kept(
    ctx: Context,
    prepared: Prepared,
    answer: Answer,
    state: State,
    *,
    key: str,
    matched: bool,
    request: list[Any] | None = None,
) -> dict[str, Any]:
    body = answer.to_json() | ({"request": request} if request else {})
    await queries.record_turn(
        ctx.conn,
        turn={
            "number": prepared.session.turn_count + 1,
            "key": key,
            "message": prepared.message,
            "reply": answer.reply,
            "understanding": prepared.understanding.to_json(),
            "tiles": [
                {"listing_id": t.listing_id, "match": t.match, "parts": dict(t.parts)} for t in answer.tiles
            ],
            "answer": body,
            "state": state.to_json(),
            "took_ms": (perf_counter() - prepared.began) * 1000,
            "matched": matched,
        },
    )
    return body


async def _before(ctx: Context, prepared: Prepared) -> int | None:
    """How many there were before this turn; None where nothing was said."""
    known, before = prepared.session.state.matches, prepared.session.state.filters
    if known is not None or not prepared.message:
        return known
    return await finding.count(ctx, event_id=prepared.session.event_id, filters=before, index=prepared.index)


def _unsupported(prepared: Prepared, words: Words, fields: Sequence[str]) -> tuple[str, ...]:
    """What was understood and cannot be searched, in words."""
    far = any(s.type == "GEO_RADIUS" and "radius" in s.value for s in prepared.understanding.signals)
    return tuple(dict.fromkeys([*(words.spoken_label(f) for f in fields), *(["distance"] if far else [])]))


def _change_text(words: Words, change: str, old: Filter, new: Filter | None) -> str:
    if new is None:
        return f"Without {_plain(chip_text(words, old))}"
    return {"must": "Must have: ", "nice": "Nice to have: "}.get(change, "Now: ") + _plain(
        chip_text(words, new)
    )


def _plain(text: str) -> str:
    return text[:1].lower() + text[1:] if text[:3] in ("Up ", "Not", "Aro", "Wit", "Fro") else text


def _slug(action: Any) -> str:
    kinds = {
        "reserve": "hold",
        "hold": "hold",
        "compare": "compare",
        "schedule call": "call",
        "request info": "info",
    }
    name = str(action).casefold()
    return kinds.get(name) or ("call" if "call" in name or "walkthrough" in name else name.replace(" ", "_"))


def _session(row: Mapping[str, Any]) -> Session:
    values: dict[str, Any] = {**row, "state": State.from_json(row["state"])}
    return Session(**values)
