"""One message and its answer: guard, read, ask a model where one is there, search, act, write.

The built-in engine needs two short transactions: one that reads where the conversation stands, one that searches, prepares
what was asked for and writes everything down. A model is asked between the two, never within one. What was understood is
written with each turn, so that any process can go on from there.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from backend.adapters.sealing import Sealer
from backend.core.context import Actor, Context
from backend.core.errors import AppError, Busy, Conflict
from backend.domains.discovery import acting, conversation, escalating
from backend.domains.discovery import service as discovery
from backend.domains.discovery.hearing import Heard, hear
from backend.domains.discovery.model import Answer, State
from backend.domains.discovery.planning import Item, alike, compared
from backend.domains.discovery.requests import Stance
from backend.domains.discovery.screen import with_events
from backend.domains.discovery.service import Opened, Prepared, Turned
from backend.domains.discovery.signals.languages import spoken_in
from backend.domains.policy import keeping
from backend.domains.policy.model import Policy
from backend.domains.policy.profiles import strictest
from backend.flows import assenting, confiding, following, guarding, guiding, looking, remembering, tools
from backend.flows.guidance import Guidance
from backend.flows.knowing import Known, known_of, noting_failure
from backend.flows.runtime import Runtime
from backend.flows.tools import Acted, Scene, Wanted
from backend.kit.text import storable

log = logging.getLogger(__name__)

#: Of one message, so many things are prepared; whoever asks for more is shown the first ones.
_MOST_ACTS: Final = 3
#: What is longer is heard beside the event loop, since it may take tens of milliseconds; beyond the longest nothing is read.
_SHORT: Final = 250
_LONGEST: Final = 4000


@dataclass(frozen=True, slots=True)
class Turn:
    """A message on its way through a turn."""

    runtime: Runtime
    actor: Actor
    key: str
    message: str
    heard: Heard
    opened: Opened
    known: Known
    prepared: Prepared
    policy: Policy
    guidance: Guidance = field(default_factory=Guidance)


async def take_turn(runtime: Runtime, actor: Actor, *, message: str, key: str) -> dict[str, Any]:
    """One message and its answer with its events; the same key gives the same answer.

    Raises: NotFound `discovery.no_such_session`; Conflict `core.key_reused`, `discovery.turn_taken`.
    """
    message = storable(message[:_LONGEST])
    async with noting_failure(runtime, actor):
        heard = hear(message) if len(message) <= _SHORT else await asyncio.to_thread(hear, message)
        body = await _kept_or_taken(runtime, actor, message, key, heard)
    remembering.note_wishes(runtime, actor, turn=int(body.get("turn", 0)))
    return with_events(body, turn=int(body.get("turn", 0)))


async def _kept_or_taken(
    runtime: Runtime, actor: Actor, message: str, key: str, heard: Heard
) -> dict[str, Any]:
    async with runtime.database.as_actor(actor) as ctx:
        opened = await discovery.open_turn(ctx, key=key, message=heard.kept)
        now = ctx
    keys = runtime.settings.seal_keys
    if opened.answer is not None:
        return confiding.as_it_was(keys, opened.session.id, opened.answer)
    known = await known_of(runtime, actor, opened.session)
    prepared = replace(
        discovery.prepare(
            opened.session,
            message=heard.wished,
            bundle=known.bundle,
            vocabulary=known.vocabulary,
            index=known.index,
            embedder=runtime.ports.embedder,
            today=discovery.today_of(now, known.bundle.document),
        ),
        message=heard.kept,
    )
    prepared = _spoken(prepared, heard)
    if opened.policy is None or not opened.is_fresh:
        opened = await _refreshed(runtime, actor, opened)
    turn = Turn(
        runtime,
        actor,
        key,
        message,
        heard,
        opened,
        known,
        prepared,
        opened.policy or strictest(prepared.document),
    )
    if guiding.is_wanted(runtime, prepared, opened) and not assenting.word_to(turn):
        turn = await guiding.guided(turn)
    try:
        async with runtime.database.as_actor(actor) as ctx:
            return await _finished(ctx, turn)
    except Conflict as refused:
        if refused.code != "discovery.turn_taken":
            raise
        async with runtime.database.as_actor(actor) as ctx:  # the same request, a moment earlier?
            again = await discovery.open_turn(ctx, key=key, message=heard.kept)
        if again.answer is None:
            raise
        return confiding.as_it_was(keys, again.session.id, again.answer)


def _spoken(prepared: Prepared, heard: Heard) -> Prepared:
    """In the language of the whole message, also where only a request was said in it."""
    text = heard.read or heard.kept  # of what only claims a confirmation nothing is left to read
    if heard.wished == text:
        return prepared
    language = spoken_in(text, prepared.session.state.text)[0]
    return replace(prepared, understanding=replace(prepared.understanding, language=language))


async def _refreshed(runtime: Runtime, actor: Actor, opened: Opened) -> Opened:
    """With the policy of now: none was there, its time is over, or the conversation was carried to another version."""
    reason = "expired" if opened.policy is not None else "missing"
    try:
        kept = await guarding.refresh(runtime, actor, reason=reason)
    except AppError as refused:
        if refused.status == 404:
            raise
        log.warning("a policy could not be refreshed, the strictest holds: %s", refused)
        return opened
    return replace(opened, policy=kept.policy, is_fresh=True)


async def _finished(ctx: Context, turn: Turn) -> dict[str, Any]:
    """Searches, does what was asked for, words it, and writes everything down: one transaction."""
    turned = turn.guidance.turned or await discovery.answered(ctx, turn.prepared)
    acts = await _acts(ctx, turn, turned)
    beside = await _side_by_side(ctx, turn, turned)
    like = await _more_like(ctx, turn, turned)
    state = escalating.felt(turned.state, turn.heard.feeling)
    answer, state, dropped = _worded(turn, turned, state, acts)
    if beside:
        answer = discovery.resaid(turned, answer, beside["summary"])
        answer = replace(answer, extras={**answer.extras, "comparison": beside})
    if like and like.tiles:
        state = replace(state, shown=tuple(tile.listing_id for tile in like.tiles))
        answer = discovery.resaid(turned, answer, like.text)
        answer = replace(answer, tiles=like.tiles, matches=like.matches, note="")
    answer, state, acts = await following.what_follows(ctx, turn, answer, state, acts)
    said = any(not f.default for f in state.filters)
    if looked := [one.decision() for one in turn.guidance.ran]:
        await keeping.note_decisions(ctx, entries=looked)
    offered = answer.extras.get("confirmations")
    body = await discovery.keep_turn(
        ctx,
        turn.prepared,
        confiding.kept_answer(turn.runtime.settings.seal_keys, turn.prepared.session.id, answer),
        state,
        key=turn.key,
        matched=answer.matches > 0 and said,
        beside={
            "stance": answer.stance,
            "record": turn.heard.to_json() | turn.guidance.record() | {"dropped": list(dropped)},
            **_sealed_message(turn),
            **({"tools": rows} if (rows := _tool_rows(turn, acts)) else {}),
            **({"exchanges": list(turn.guidance.exchanges)} if turn.guidance.exchanges else {}),
        },
    )
    return {**body, "confirmations": offered} if offered else body


async def _acts(ctx: Context, turn: Turn, turned: Turned) -> list[Acted]:
    """What the buyer asked for in words, and what a model wanted on top, each once."""
    if conversation.is_resting(turn.prepared.document):
        return []
    scene = Scene(
        turn.prepared.document,
        turned.facts.words,
        turn.prepared.session.event_id,
        turn.policy,
        turn.key,
        _shown(turn, turned),
        turned.found.listings,
        turned.facts.understanding.language,
        turn.prepared.session.state.focus,
    )
    asked = [
        Wanted(r.verb, r.target, r.arguments, said=turn.message)
        for r in turn.heard.wishes
        if r.verb != "hand_off"
    ]
    if settled := await assenting.met(ctx, scene, turn, asked):
        return settled
    asked = list({(one.verb, one.target.casefold()): one for one in reversed(asked)}.values())[::-1]
    wanted = [*asked, *(w for w in turn.guidance.wanted if w.verb not in {a.verb for a in asked})]
    return [done for one in wanted[:_MOST_ACTS] for done in await tools.act_or_fall_back(ctx, scene, one)]


def _shown(turn: Turn, turned: Turned) -> tuple[int, ...]:
    """What the buyer sees while writing: the tiles of the last answer, or those of the first screen, which nobody kept."""
    return turn.prepared.session.state.shown or tuple(tile.listing_id for tile in turned.facts.tiles)


async def _side_by_side(ctx: Context, turn: Turn, turned: Turned) -> dict[str, Any] | None:
    """The comparison a buyer asks for in words: of those named, else of the first ones shown."""
    shown, read = _shown(turn, turned), turn.prepared.understanding
    if (
        "compare" not in read.intents
        or read.added
        or len(shown) < 2
        or tools.tool_of(turn.policy, "compare") is None
    ):
        return None
    items = [Item(one.id, one.title, one.external_id) for one in turned.found.listings.values()]
    return await looking.compare(ctx, turn.prepared, compared(turn.heard.read, shown, items))


async def _more_like(ctx: Context, turn: Turn, turned: Turned) -> looking.Alike | None:
    """More like one that is shown, where a message that is not declined asks for it."""
    if turn.heard.refused or conversation.is_resting(turn.prepared.document):
        return None
    items = [Item(one.id, one.title, one.external_id) for one in turned.found.listings.values()]
    wanted = alike(turn.heard.read, _shown(turn, turned), items)
    return await looking.more_like(ctx, turn.prepared, *wanted) if wanted else None


def _worded(
    turn: Turn, turned: Turned, state: State, acts: Sequence[Acted]
) -> tuple[Answer, State, tuple[str, ...]]:
    """The answer in words: those of the model where they passed every check, else the built-in ones."""
    heard, stance = turn.heard, _stance(turn.heard, acts)
    state = escalating.heard(state, _is_heard(turn))
    if conversation.is_resting(turn.prepared.document):
        return replace(discovery.worded(turned, conversation.reply(turned.facts))), state, ()
    parts = [conversation.refusal(turned.facts, [r.reason for r in heard.refused])] if heard.refused else []
    parts += [one.text for one in acts if one.text]
    language = turned.facts.understanding.language
    parts += [acting.asks_for_yes(language)] if any(one.outcome == "prepared" for one in acts) else []
    dropped: tuple[str, ...] = ()
    if turn.guidance.text and all(one.outcome in ("prepared", "executed") for one in acts):
        parts.append(turn.guidance.text)
        dropped = turn.guidance.dropped
    elif not parts or _says_something(turned, is_acting=bool(acts)):
        asks = turn.guidance.asks
        facts = replace(turned.facts, question=None) if asks else turned.facts
        parts += [conversation.reply(facts), *([asks["text"]] if asks else [])]
    elif turned.facts.question is not None:
        silent = replace(turned.facts, question=None)  # it is not asked, so nothing is offered to answer it
        turned = replace(turned, facts=silent)
        state = replace(state, pending="", asked=turn.prepared.state.asked)
    answer = discovery.worded(turned, " ".join(part for part in parts if part))
    extras = dict(answer.extras) | _extras(turn, acts)
    options = tuple(option for one in acts for option in one.options)
    if turn.guidance.asks:
        extras["question"], options = dict(turn.guidance.asks), tuple(turn.guidance.asks["options"])
    return (
        replace(
            answer,
            stance=str(stance),
            language=language,
            quick_replies=options or answer.quick_replies,
            extras=extras,
        ),
        state,
        dropped,
    )


def _extras(turn: Turn, acts: Sequence[Acted]) -> dict[str, Any]:
    confirmations = [dict(one.confirmation) for one in acts if one.confirmation]
    executed = [dict(one.executed) for one in acts if one.executed]
    made: dict[str, Any] = {"turn": turn.prepared.session.turn_count + 1}
    made |= {"confirmations": confirmations} if confirmations else {}
    made |= {"executed": executed} if executed else {}
    return made | assenting.extras(acts) | dict(turn.guidance.extras)


def _stance(heard: Heard, acts: Sequence[Acted]) -> Stance:
    """How the message was met; what was asked for and is not to be had here was declined."""
    stance = heard.screened.stance
    if any(one.outcome == assenting.GIVEN for one in acts):
        return Stance.CONFIRM
    if stance is Stance.CONFIRM and acts and not any(_is_waiting(one) for one in acts):
        return Stance.HELP if any(one.outcome == "executed" for one in acts) else Stance.REFUSE
    return stance


def _is_waiting(one: Acted) -> bool:
    return one.outcome in ("prepared", assenting.GIVEN) or one.is_open


def _is_heard(turn: Turn) -> bool:
    read = turn.prepared.understanding
    return bool(
        read.signals
        or read.added
        or read.removed
        or read.questions
        or read.intents
        or turn.heard.screened.requests
    )


def _says_something(turned: Turned, *, is_acting: bool) -> bool:
    """Whether there is more to answer; “could you hold it?” is answered by what was prepared."""
    read = turned.facts.understanding
    return bool(read.added or read.removed or read.signals or (read.questions and not is_acting))


def _tool_rows(turn: Turn, acts: Sequence[Acted]) -> list[dict[str, Any]]:
    calls = (one for one in (*turn.guidance.ran, *acts) if one.tool)
    return [one.row(position) for position, one in enumerate(calls, 1)]


def _sealed_message(turn: Turn) -> dict[str, Any]:
    """The message as it was written, where the kept one is masked; without a key to seal with it is not kept."""
    if not turn.heard.names_people:
        return {}
    sealer = Sealer(turn.runtime.settings.seal_keys)
    try:
        return {"sealed_message": sealer.seal(f"turn:{turn.prepared.session.id}", {"message": turn.message})}
    except Busy:
        return {}
