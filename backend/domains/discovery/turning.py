"""One message read, searched for and answered: the part of a turn that keeps nothing.

Reading needs no database; searching needs one unit of work. Words come from `conversation` alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from backend.core.context import Context
from backend.core.ports import Embedder
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.model import Listing, Vocabulary
from backend.domains.catalogue.service import Index
from backend.domains.discovery import (
    answers,
    asking,
    conversation,
    finding,
    inquiring,
    offering,
    ranking,
    relative,
    relaxing,
    rules,
    unsaying,
)
from backend.domains.discovery.claims import claims_of, stated
from backend.domains.discovery.conversation import Facts
from backend.domains.discovery.inquiring import Inquiry
from backend.domains.discovery.model import Answer, Session, State, Understanding
from backend.domains.discovery.planning import Item, named_one, says_only
from backend.domains.discovery.signal_chips import signal_chips
from backend.domains.discovery.signals import understand
from backend.domains.discovery.wording import Words, chips
from backend.domains.events.model import Bundle, Document
from backend.domains.events.service import document_for


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


@dataclass(frozen=True, slots=True)
class Turned:
    """A message answered, before its words: what may be spoken of, the answer without words, the state to keep."""

    facts: Facts
    answer: Answer
    state: State
    found: finding.Found


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
        said = nothing_said(state)
        return Prepared(session, document, vocabulary, index, message, said, state, None, began)
    settings = rules.settings_of(document)
    read = understand(message, vocabulary=vocabulary, state=session.state, settings=settings, today=today)
    read = answers.in_light_of(read, message, session.state, index)
    read = offering.in_light_of(read, message, session.state)
    said = "" if offering.TAKEN_UP in read.intents else message  # a yes is nothing to search for
    state = unsaying.unsaid(rules.after(session.state, read, said), read.removed, index.attributes)
    return Prepared(
        session, document, vocabulary, index, message, read, state, embedded(embedder, state.text), began
    )


def nothing_said(state: State) -> Understanding:
    """No message, in the language of the conversation."""
    return Understanding((), (), language=state.language)


async def answer_to(ctx: Context, prepared: Prepared) -> tuple[Answer, State]:
    """What a prepared message gets for an answer, and what is understood after it. Keeps nothing."""
    turned = await answered(ctx, prepared)
    return worded(turned, conversation.reply(turned.facts)), turned.state


def worded(turned: Turned, reply: str) -> Answer:
    """The answer with its words."""
    facts, question = turned.facts, turned.facts.question
    asked: dict[str, Any] = {"question": _question(question)} if question and facts.matches else {}
    return replace(
        resaid(turned, turned.answer, reply),
        note=conversation.note(facts),
        quick_replies=conversation.quick_replies(facts),
        extras={**turned.answer.extras, **asked},
    )


def resaid(turned: Turned, answer: Answer, reply: str) -> Answer:
    """The answer in other words, each statement in them with its source."""
    claims = claims_of(reply, turned.facts.words, turned.facts.tiles, turned.found.listings)
    return replace(answer, reply=reply, claims=claims)


def _question(question: asking.Question) -> dict[str, Any]:
    """As the screen asks it; `counts` is how many each option would leave, about where not `is_exact`."""
    counted = {"counts": list(question.counts), "is_exact": question.is_exact} if question.counts else {}
    return {"field": question.field, "text": question.text, "options": list(question.options), **counted}


async def answered(ctx: Context, prepared: Prepared) -> Turned:
    """Searches and ranks for a prepared message. Keeps nothing."""
    prepared = await _against_shown(ctx, prepared)
    document, language = prepared.document, prepared.understanding.language
    words = Words.of(document, prepared.vocabulary, language)
    inquiry = inquiring.inquiry_of(prepared.message, prepared.understanding, prepared.index.attributes)
    order = _order(prepared, inquiry)
    found = await finding.search(
        ctx,
        event_id=prepared.session.event_id,
        document=document,
        state=prepared.state,
        index=prepared.index,
        vector=prepared.vector,
        order=inquiring.ordered_by(order),
    )
    unsupported = _unsupported(prepared, words, found.unsupported)
    scene = ranking.Scene(words, document, prepared.vocabulary, prepared.state.filters)
    tiles = ranking.tiles(scene, found.hits, found.listings)
    read, about = prepared.understanding, _about(prepared, found)
    if inquiry is None and about is not None and (_names_only(prepared, about) or _weighs(prepared)):
        inquiry = Inquiry("describe")
    quiet = bool({"thanks", "person", "hold"} & set(read.intents)) or (
        bool(inquiry or read.questions) and not (read.added or read.removed)
    )  # who asks is answered, and not asked back
    is_asking = not quiet and not conversation.is_resting(document)
    question = (
        asking.next_question(words, document, prepared.state, found.share, prepared.index)
        if is_asking
        else None
    )
    asked = (
        (*prepared.state.asked, *question.fields) if question and prepared.message else prepared.state.asked
    )
    state = replace(
        prepared.state,
        asked=tuple(dict.fromkeys(asked)),
        pending=question.field if question and prepared.message else "",
        matches=found.matches,
        shown=tuple(tile.listing_id for tile in tiles),
        order=order,
        language=language,
        focus=_focus(prepared, about, tiles[0].listing_id if tiles and inquiry and inquiry.order else None),
    )
    facts = Facts(
        words=words, document=document, understanding=prepared.understanding, matches=found.matches,
        before=await _before(ctx, prepared), tiles=tiles, first=found.listings.get(tiles[0].listing_id) if tiles else None,
        question=question, relaxation=found.relaxation, turn=state.turn, unsupported=unsupported,
        inquiry=inquiry, about=about, share=found.share, index=prepared.index, equals=found.equals,
    )  # fmt: skip
    actions = tuple({"kind": _slug(a), "label": str(a)} for a in document["ui_contract"]["actions"])
    shown_chips = (*chips(words, state.filters), *signal_chips(words, state.signals, state.filters))
    ways = [relaxing.to_json(words, one) for one in found.loosenings]
    answer = Answer(
        "", "", prepared.understanding.signals, tiles, shown_chips, actions, found.matches,
        language=language, extras={"loosenings": ways} if ways else {},
    )  # fmt: skip
    return Turned(facts, answer, state, found)


def _order(prepared: Prepared, inquiry: Inquiry | None) -> str:
    """What stands first: what is asked for now, else as before while nothing else is wished."""
    read = prepared.understanding
    if inquiry is not None and inquiry.order:
        return inquiry.order
    return "" if read.added or read.removed else prepared.state.order


def _about(prepared: Prepared, found: finding.Found) -> Listing | None:
    """The listing a message names of those that were shown before it, where it is still among them."""
    shown = prepared.session.state.shown or tuple(found.listings)
    items = [Item(one.id, one.title, one.external_id) for one in found.listings.values()]
    named = named_one(prepared.message, shown, items) if prepared.message else None
    return found.listings.get(named) if named is not None else None


def _names_only(prepared: Prepared, one: Listing) -> bool:
    """Whether a message says nothing but which listing: `the second one`."""
    read = prepared.understanding
    says_more = read.added or read.removed or read.signals or read.intents or read.questions
    return not says_more and says_only(prepared.message, Item(one.id, one.title, one.external_id))


def _focus(prepared: Prepared, about: Listing | None, first: int | None) -> int | None:
    """The listing that is spoken of: the one that is named, the first of an order that is asked for, else that of before
    while nothing else is wished."""
    if about is not None:
        return about.id
    read = prepared.understanding
    return first or (None if read.added or read.removed else prepared.state.focus)


def _weighs(prepared: Prepared) -> bool:
    """Whether it is asked how one listing stands beside others: its own figures say that."""
    read = prepared.understanding
    return (
        prepared.message.rstrip().endswith("?")
        and not (read.added or read.removed)
        and relative.compares(prepared.message)
    )


async def _against_shown(ctx: Context, prepared: Prepared) -> Prepared:
    """With what is wished against a listing that was shown, as a limit."""
    before = prepared.session.state
    than = relative.than_of(prepared.message, prepared.index.attributes) if before.shown else ()
    shown = await catalogue.list_listings(ctx, ids=before.shown) if than else []
    if not shown:
        return prepared
    one = stated(prepared.document, relative.meant(prepared.message, shown))
    read = prepared.understanding
    read, state = relative.against(read, prepared.state, before, prepared.message, one, than)
    return replace(prepared, understanding=read, state=state)


def embedded(embedder: Embedder, text: str) -> NDArray[np.float32] | None:
    return embedder.embed([text])[0] if text else None


async def _before(ctx: Context, prepared: Prepared) -> int | None:
    """How many there were before this turn; None where nothing was said."""
    known, before = prepared.session.state.matches, prepared.session.state.filters
    if known is not None or not prepared.message:
        return known
    event_id = prepared.session.event_id
    return await finding.count_lately(ctx, event_id=event_id, filters=before, index=prepared.index)


def _unsupported(prepared: Prepared, words: Words, fields: Sequence[str]) -> tuple[str, ...]:
    """What was understood and cannot be searched, in words."""
    far = any(s.type == "GEO_RADIUS" and "radius" in s.value for s in prepared.understanding.signals)
    named = [*fields, *(["geo"] if far else [])]
    return tuple(dict.fromkeys(words.spoken_label(field) for field in named))


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


def today_of(ctx: Context, document: Document) -> date:
    """The day it is where the event takes place."""
    return ctx.now.astimezone(ZoneInfo(document.get("timezone") or "UTC")).date()
