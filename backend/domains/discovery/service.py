"""Verbs of the conversation: begin it, say something, change a chip, come back.

Searching is the catalogue's; what is read and said is decided by pure functions. Words for people come from
`conversation` alone. A turn is kept whole with its key: a repeated request gets the answer it got before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from time import perf_counter
from typing import Any
from uuid import UUID

from backend.core.context import Context
from backend.core.errors import Conflict, NotFound
from backend.domains.catalogue.model import Vocabulary
from backend.domains.catalogue.service import Index
from backend.domains.discovery import conversation, queries, rules
from backend.domains.discovery.model import Answer, Filter, Session, Signal, State, TurnRow, Understanding
from backend.domains.discovery.signal_chips import PREFIX, edited_signal, signal_text
from backend.domains.discovery.turning import (
    NOTHING_SAID,
    Prepared,
    Turned,
    answer_to,
    answered,
    embedded,
    prepare,
    today_of,
    worded,
)
from backend.domains.discovery.wording import Words, chip_text
from backend.domains.events.model import Bundle
from backend.domains.events.service import document_for
from backend.domains.experiments import service as experiments

__all__ = ["Prepared", "Turned", "answer_to", "answered", "prepare", "today_of", "worded"]


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


async def finish_turn(ctx: Context, prepared: Prepared, *, key: str) -> dict[str, Any]:
    """Searches, answers and keeps the turn. Raises: Conflict `discovery.turn_taken` when another message was faster."""
    answer, state = await answer_to(ctx, prepared)
    said = any(not f.default for f in state.filters)
    return await _kept(ctx, prepared, answer, state, key=key, matched=answer.matches > 0 and said)


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
    state, read, text = _edited(session.state, words, chip_id, change, value, vocabulary)
    vector = embedded(ctx.ports.embedder, state.text)
    prepared = Prepared(session, document, vocabulary, index, text, read, state, vector, perf_counter())
    turned = await answered(ctx, prepared)
    answer = worded(turned, conversation.changed(turned.facts, text))
    request = [chip_id, change, value]
    return await _kept(
        ctx, prepared, answer, turned.state, key=key, matched=answer.matches > 0, request=request
    )


async def present(
    ctx: Context, *, session: Session, bundle: Bundle, vocabulary: Vocabulary, index: Index
) -> Answer:
    """The screen of a conversation as it stands, without a new turn: for its beginning, and for who comes back."""
    document = document_for(bundle.document, session.arms)
    vector = embedded(ctx.ports.embedder, session.state.text)
    prepared = Prepared(
        session, document, vocabulary, index, "", NOTHING_SAID, session.state, vector, perf_counter()
    )
    turned = await answered(ctx, prepared)
    openings = tuple(str(o) for o in document["persona"].get("openings", ()))
    answer = worded(turned, conversation.greeting(turned.facts))
    return replace(answer, quick_replies=openings) if session.turn_count == 0 else answer


async def note_exposure(ctx: Context, *, experiment: str) -> None:
    """That the buyer saw an arm; once per conversation."""
    await queries.record_exposure(ctx.conn, experiment=experiment)


async def note_failure(ctx: Context) -> None:
    """That the product failed the actor's own conversation; counted once per conversation."""
    await queries.record_failure(ctx.conn)


async def note_action(ctx: Context, *, action: str, listing_id: int | None = None) -> None:
    """Something only the screen can see. Raises: InvalidInput `discovery.unknown_action`."""
    await queries.record_action(ctx.conn, action=action, listing_id=listing_id)


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


def _edited(
    state: State, words: Words, chip_id: str, change: str, value: Any, vocabulary: Vocabulary
) -> tuple[State, Understanding, str]:
    """The state after a chip was changed, what changed, and the same in words."""
    if chip_id.startswith(PREFIX):
        state, before, after = edited_signal(state, chip_id, change, value)
        return (
            state,
            Understanding((after,) if after else (), state.filters),
            _signal_change(words, before, after),
        )
    state, old, new = rules.edited(state, chip_id, change, value, vocabulary)
    read = Understanding((), state.filters, added=(new,) if new else (), removed=() if new else (old,))
    return state, read, _change_text(words, change, old, new)


def _signal_change(words: Words, old: Signal, new: Signal | None) -> str:
    said = signal_text(words, new or old)
    return f"Now: {said}" if new else f"Without {said[:1].lower()}{said[1:]}"


def _change_text(words: Words, change: str, old: Filter, new: Filter | None) -> str:
    if new is None:
        return f"Without {_plain(chip_text(words, old))}"
    return {"must": "Must have: ", "nice": "Nice to have: "}.get(change, "Now: ") + _plain(
        chip_text(words, new)
    )


def _plain(text: str) -> str:
    return text[:1].lower() + text[1:] if text[:3] in ("Up ", "Not", "Aro", "Wit", "Fro") else text


def _session(row: Mapping[str, Any]) -> Session:
    values: dict[str, Any] = {**row, "state": State.from_json(row["state"])}
    return Session(**values)
