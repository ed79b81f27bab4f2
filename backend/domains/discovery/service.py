"""Verbs of the conversation: begin it, say something, change a chip, come back.

Searching is the catalogue's; what is read and said is decided by pure functions. Words for people come from
`conversation` alone. A turn is kept whole with its key: a repeated request gets the answer it got before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any
from uuid import UUID

from backend.core.context import Context
from backend.core.errors import Conflict, InvalidInput, NotFound
from backend.core.ports import Embedder
from backend.domains.catalogue.model import Vocabulary
from backend.domains.catalogue.service import Index
from backend.domains.discovery import conversation, escalating, offering, queries, rules, signals, unsaying
from backend.domains.discovery.hearing import hear
from backend.domains.discovery.model import Answer, Session, Settings, State, TurnRow, Understanding
from backend.domains.discovery.signal_chips import PREFIX, edited_signal
from backend.domains.discovery.turning import (
    Prepared,
    Turned,
    answer_to,
    answered,
    embedded,
    nothing_said,
    prepare,
    resaid,
    today_of,
    worded,
)
from backend.domains.discovery.wording import Words
from backend.domains.events.model import Bundle, Document
from backend.domains.events.service import document_for
from backend.domains.experiments import service as experiments

__all__ = ["Prepared", "Turned", "answer_to", "answered", "prepare", "resaid", "today_of", "worded"]


@dataclass(frozen=True, slots=True)
class Opened:
    """Where a conversation stands when a message comes. `answer` is what the same request got before.

    `policy` is that of its latest snapshot; `is_fresh` whether that still stands. `waiting` is what was prepared and waits
    for the buyer's yes still, each once, as it was kept.
    """

    session: Session
    answer: dict[str, Any] | None
    policy: Mapping[str, Any] | None
    is_fresh: bool
    has_hold: bool
    spent_tokens: int
    waiting: Sequence[Mapping[str, Any]] = ()


def load_words() -> None:
    """Reads the words of every language, of limits and wishes and of what may be asked for: a second, once per process."""
    signals.prepare()
    hear("Hold the first one, please.")


async def start(
    ctx: Context,
    *,
    bundle: Bundle,
    visitor: UUID,
    policy: Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Session:
    """Opens a conversation on the version in force; `visitor` alone decides the arms of its experiments.

    `policy` and what it was decided from become its first snapshot.

    Raises: NotFound `events.not_found`; Gone `events.paused`, `events.closed`; Conflict `events.version_superseded`.
    """
    arms = experiments.assign_all(bundle.document, visitor)
    state = rules.opening(rules.settings_of(document_for(bundle.document, arms)))
    row = await queries.open_session(
        ctx.conn,
        slug=bundle.slug,
        version_id=bundle.version_id,
        state=state.to_json(),
        arms=arms,
        policy=policy,
        facts=facts,
    )
    return _session(row)


def document_of(bundle: Bundle, visitor: UUID) -> Document:
    """The document as a visitor's arms of its experiments have it."""
    return document_for(bundle.document, experiments.assign_all(bundle.document, visitor))


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
    """The actor's conversation so far, oldest first, with what can still be confirmed; at most the last 200."""
    if ctx.actor.session_id is None:
        raise NotFound("discovery.no_such_session")
    return [TurnRow(**row) for row in await queries.list_turns(ctx.conn, session_id=ctx.actor.session_id)]


async def open_turn(ctx: Context, *, key: str, message: str) -> Opened:
    """Where the actor's conversation stands, in one round trip.

    Raises: NotFound `discovery.no_such_session`; Conflict `core.key_reused` for another message under the same key.
    """
    session_id = ctx.actor.session_id
    row = await queries.open_turn(ctx.conn, session_id=session_id, key=key) if session_id else None
    if row is None:
        raise NotFound("discovery.no_such_session")
    if row["kept_answer"] is not None and row["kept_message"] != message:
        raise Conflict("core.key_reused", operation="discovery/message")
    session = _session({name: row[name] for name in queries.SESSION_COLUMNS})
    waiting = {one["confirmation"]: one for one in row["waiting"]}
    return Opened(
        session, row["kept_answer"], row["policy"], row["is_fresh"], row["has_hold"], row["spent_tokens"],
        tuple(waiting.values()),
    )  # fmt: skip


async def take_turn(
    ctx: Context, *, message: str, key: str, bundle: Bundle, vocabulary: Vocabulary, index: Index
) -> dict[str, Any]:
    """One message understood, searched for and kept, in one unit of work: no guard, no tools, no model.

    A buyer's message goes through `flows.turns`. Raises: as `open_turn`; Conflict `discovery.turn_taken`.
    """
    opened = await open_turn(ctx, key=key, message=message)
    if opened.answer is not None:
        return opened.answer
    prepared = prepare(
        opened.session, message=message, bundle=bundle, vocabulary=vocabulary, index=index, embedder=ctx.ports.embedder,
        today=today_of(ctx, bundle.document),
    )  # fmt: skip
    answer, state = await answer_to(ctx, prepared)
    said = any(not f.default for f in state.filters)
    return await keep_turn(ctx, prepared, answer, state, key=key, matched=answer.matches > 0 and said)


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
    words = Words.of(document, vocabulary, session.state.language)
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
    return await keep_turn(
        ctx, prepared, answer, turned.state, key=key, matched=answer.matches > 0, request=request
    )


async def present(
    ctx: Context, *, session: Session, bundle: Bundle, vocabulary: Vocabulary, index: Index
) -> Answer:
    """The screen of a conversation as it stands, without a new turn: for its beginning, and for who comes back."""
    prepared = standing(
        session, bundle=bundle, vocabulary=vocabulary, index=index, embedder=ctx.ports.embedder
    )
    document = prepared.document
    turned = await answered(ctx, prepared)
    openings = tuple(str(o) for o in document["persona"].get("openings", ()))
    answer = worded(turned, conversation.greeting(turned.facts))
    return replace(answer, quick_replies=openings) if session.turn_count == 0 else answer


def standing(
    session: Session, *, bundle: Bundle, vocabulary: Vocabulary, index: Index, embedder: Embedder
) -> Prepared:
    """A conversation as it stands, with no new message."""
    document, vector = document_for(bundle.document, session.arms), embedded(embedder, session.state.text)
    said = nothing_said(session.state)
    return Prepared(session, document, vocabulary, index, "", said, session.state, vector, perf_counter())


def reread(prepared: Prepared, understanding: Understanding, message: str) -> Prepared:
    """A prepared message with another reading of it."""
    state = rules.after(prepared.session.state, understanding, message)
    state = unsaying.unsaid(state, understanding.removed, prepared.index.attributes)
    return replace(prepared, understanding=understanding, state=state)


def settings_of(document: Document) -> Settings:
    """How messages of the event are read."""
    return rules.settings_of(document)


async def find_spent(ctx: Context) -> Mapping[str, int]:
    """Tokens of models. Shape: `{conversation, today_input, today_output}`, the last two of its event."""
    return await queries.find_spent(ctx.conn)


async def answer_survey(ctx: Context, *, bundle: Bundle, answers: Mapping[str, Any]) -> bool:
    """Keeps the answers to the survey; the first ones count. Raises: InvalidInput `discovery.survey_answer`."""
    session = await get_session(ctx)
    document = document_for(bundle.document, session.arms)
    good, nps, wrong = escalating.checked_answers(document, answers)
    if wrong or not good:
        raise InvalidInput("discovery.survey_answer", wrong=sorted(wrong)[:20])
    return await queries.record_survey(ctx.conn, answers=good, nps=nps)


async def note_exposure(ctx: Context, *, experiment: str) -> None:
    """That the buyer saw an arm; once per conversation."""
    await queries.record_exposure(ctx.conn, experiment=experiment)


async def note_failure(ctx: Context) -> None:
    """That the product failed the actor's own conversation; counted once per conversation."""
    await queries.record_failure(ctx.conn)


async def note_action(ctx: Context, *, action: str, listing_id: int | None = None) -> None:
    """Something only the screen can see. Raises: InvalidInput `discovery.unknown_action`."""
    await queries.record_action(ctx.conn, action=action, listing_id=listing_id)


async def keep_turn(
    ctx: Context,
    prepared: Prepared,
    answer: Answer,
    state: State,
    *,
    key: str,
    matched: bool,
    request: list[Any] | None = None,
    beside: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Writes a turn with all that belongs to it, in one call; `beside` as `private.record_turn` names it.

    Raises: Conflict `discovery.turn_taken` when another message was faster.
    """
    body = answer.to_json() | ({"request": request} if request else {})
    turn = {
        "number": prepared.session.turn_count + 1,
        "key": key,
        "message": prepared.message,
        "reply": answer.reply,
        "understanding": prepared.understanding.to_json(),
        "tiles": [
            {"listing_id": t.listing_id, "match": t.match, "parts": dict(t.parts)} for t in answer.tiles
        ],
        "answer": body,
        "state": offering.remembered(state, answer).to_json(),
        "took_ms": (perf_counter() - prepared.began) * 1000,
        "matched": matched,
    }
    await queries.record_turn(ctx.conn, turn={**turn, **(beside or {})})
    return body


def _edited(
    state: State, words: Words, chip_id: str, change: str, value: Any, vocabulary: Vocabulary
) -> tuple[State, Understanding, str]:
    """The state after a chip was changed, what changed, and the same in words."""
    if chip_id.startswith(PREFIX):
        state, before, after = edited_signal(state, chip_id, change, value)
        read = replace(nothing_said(state), signals=(after,) if after else (), filters=state.filters)
        return state, read, conversation.signal_change(words, before, after)
    state, old, new = rules.edited(state, chip_id, change, value, vocabulary)
    state = state if new else unsaying.unsaid(state, [old], words.attributes)
    read = replace(
        nothing_said(state),
        filters=state.filters,
        added=(new,) if new else (),
        removed=() if new else (old,),
    )
    return state, read, conversation.filter_change(words, change, old, new)


def _session(row: Mapping[str, Any]) -> Session:
    values: dict[str, Any] = {**row, "state": State.from_json(row["state"])}
    return Session(**values)
