"""The guide with a language model: it reads beside the rules, words the answer, and may call tools; it decides nothing.

Whatever a model says is checked like a stranger's text: its reading must agree with the rules on every hard limit, its calls
must be of the policy and are at most prepared, its words lose every statement without a source. Slow or broken, it is left
out, and the built-in engine answers. No transaction is open while a model is asked.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Any, Final

from backend.core.errors import AppError
from backend.core.ports import ChatMessage, ToolCall
from backend.domains.discovery import acting, conversation, prompting
from backend.domains.discovery import service as discovery
from backend.domains.discovery.service import Opened, Prepared, Turned
from backend.domains.discovery.signals.agreeing import Agreed, agree
from backend.domains.discovery.signals.proposals import reading_schema
from backend.domains.policy import keeping
from backend.domains.policy.composing import compose
from backend.domains.transactions import service as transactions
from backend.flows import contexts, looking
from backend.flows.choosing import choose
from backend.flows.consulting import LEAST_S, Desk, agent_of, ask, day_is_spent, order_of
from backend.flows.guidance import Guidance
from backend.flows.runtime import Runtime
from backend.flows.tools import READING, Acted, Wanted, declared
from backend.kit.tokens import estimated_tokens

if TYPE_CHECKING:
    from backend.flows.turns import Turn

log = logging.getLogger(__name__)

_ANSWER_TOKENS: Final = 250
#: The class of sources that every tool which looks draws on.
_LISTINGS: Final = "listings"


def is_wanted(runtime: Runtime, prepared: Prepared, opened: Opened) -> bool:
    """Whether a model may be asked at all: one is there, it is switched on, and the conversation has not used up its share."""
    if conversation.is_resting(prepared.document) or not prepared.state.turn:
        return False
    budgets = agent_of(prepared).get("budgets", {})
    if opened.spent_tokens >= budgets.get("conversation_tokens", 60_000):
        return False
    return bool(order_of(prepared, runtime))


async def guided(turn: Turn) -> Turn:
    """The turn with what a model brings; without it where the model fails, is slow, or has used up its budget.

    What was asked by then is charged in any case.
    """
    exchanges: list[dict[str, Any]] = []
    try:
        return await _guided(turn, exchanges)
    except AppError as refused:
        log.info("the built-in engine answers: %s", refused)
    except Exception:  # a model is a stranger: whatever it sends, the buyer gets an answer
        log.exception("a model's turn broke, the built-in engine answers")
    return replace(turn, guidance=Guidance(exchanges=_numbered(exchanges)))


async def _guided(turn: Turn, exchanges: list[dict[str, Any]]) -> Turn:
    if not turn.heard.read.strip():
        return turn  # nothing in it that a model should see
    began = monotonic()
    budgets = agent_of(turn.prepared).get("budgets", {})
    async with turn.runtime.database.as_actor(turn.actor) as ctx:
        spent = await discovery.find_spent(ctx)
        said = await discovery.list_turns(ctx)
        kept = await keeping.find_kept(ctx)
        holds = [hold for hold in await transactions.list_own_holds(ctx) if hold.is_open(ctx.now)]
        turned = await discovery.answered(ctx, turn.prepared)
        today = discovery.today_of(ctx, turn.prepared.document)
    if day_is_spent(budgets, spent):
        return replace(turn, guidance=Guidance(turned=turned))
    remembered = contexts.remembered_of(turn.prepared, turned, said)
    scope = str(turn.prepared.session.event_id)
    told = contexts.snippets(
        turn.known.bundle, turn.prepared, turned, policy=turn.policy, facts=kept.facts if kept else {}, holds=holds,
        remembered=remembered, today=str(today),
    )  # fmt: skip
    composed = compose(
        turn.policy, told, budget_tokens=int(turn.policy.get("context_tokens", 4000)), scope=scope
    )
    history = tuple(
        message
        for one in remembered.recent[-6:]
        for message in (
            ChatMessage("user", prompting.quoted_message(one.message)),
            ChatMessage("assistant", one.reply),
        )
    )
    desk = Desk(
        turn,
        turned,
        today,
        composed,
        history,
        began + float(budgets.get("turn_seconds", 5)),
        int(budgets.get("turn_tokens", 6000)),
        int(budgets.get("tool_calls", 5)),
        exchanges,
    )
    return await _drafted(desk)


async def _drafted(desk: Desk) -> Turn:
    """The reading and several drafts side by side, the first draft with tools; the judge takes one, or the built-in words."""
    variants = _variants(desk)
    reading, *drafts = await asyncio.gather(
        _read(desk),
        _with_tools(desk),
        *(_variant(desk, number) for number in range(1, variants)),
        return_exceptions=True,
    )
    for failed in (reading, *drafts):
        if isinstance(failed, BaseException) and not isinstance(failed, AppError | TimeoutError):
            raise failed
    agreed = reading if isinstance(reading, Agreed) else None
    turn, turned, is_same = await _agreed(desk, agreed)
    texts = [draft for draft in drafts if isinstance(draft, str) and draft.strip()] if is_same else []
    return replace(turn, guidance=await _judged(desk, turned, texts, agreed))


async def _read(desk: Desk) -> Agreed | None:
    """The model's reading of the message beside that of the rules. What it says counts only where it agrees with them.

    None where the message has no wish in it, only requests.
    """
    wished = desk.turn.heard.wished
    if not wished:
        return None
    prepared = desk.turn.prepared
    words = desk.turned.facts.words
    system = f"{prompting.reading_instructions()}\n\n{prompting.attributes_text(words, prepared.vocabulary)}"
    message = ChatMessage("user", prompting.quoted_message(wished))
    answer = await ask(desk, "read", [message], system=system, schema=reading_schema(prepared.vocabulary))
    return agree(
        wished,
        prepared.understanding,
        json.loads(answer.text),
        vocabulary=prepared.vocabulary,
        state=prepared.session.state,
        settings=discovery.settings_of(prepared.document),
        today=desk.today,
    )


async def _agreed(desk: Desk, agreed: Agreed | None) -> tuple[Turn, Turned, bool]:
    """The turn with the reading both agree on; searched again where that is another one. Drafts were made for the first."""
    turn, prepared = desk.turn, desk.turn.prepared
    if agreed is None or agreed.understanding == prepared.understanding:
        return turn, desk.turned, True
    again = discovery.reread(prepared, agreed.understanding, turn.heard.wished)
    async with turn.runtime.database.as_actor(turn.actor) as ctx:
        turned = await discovery.answered(ctx, again)
    return replace(turn, prepared=again), turned, again.state.filters == prepared.state.filters


async def _judged(desk: Desk, turned: Turned, texts: Sequence[str], agreed: Agreed | None) -> Guidance:
    """What the models brought: the best of what is left of their drafts, what they wanted, and all of it for the record."""
    chosen = await choose(desk, turned, texts)
    language = turned.facts.understanding.language
    asks = acting.did_you_mean(turned.facts.words, agreed.disagreements, language) if agreed else None
    return Guidance(
        turned=turned,
        text=chosen.text if asks is None else "",
        dropped=chosen.dropped,
        wanted=tuple(desk.wanted),
        ran=tuple(desk.ran),
        extras=desk.extras,
        asks=asks,
        exchanges=_numbered(desk.exchanges),
        provider=next((str(one["provider"]) for one in desk.exchanges if one["outcome"] == "used"), ""),
        judgements=chosen.judgements,
        manifest=desk.composed.manifest(),
    )


def _numbered(exchanges: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
    return tuple({**one, "position": number} for number, one in enumerate(exchanges, 1))


def _variants(desk: Desk) -> int:
    """As many drafts as the document asks for and the tokens of a turn allow; at least one."""
    k = int(desk.turn.prepared.document["preference_extraction"]["variant_generation"].get("k", 1))
    cost = (
        desk.composed.tokens
        + estimated_tokens(prompting.instructions(desk.turn.prepared.document))
        + _ANSWER_TOKENS
    )
    return max(1, min(k, desk.tokens_left // max(1, cost)))


async def _variant(desk: Desk, number: int) -> str:
    answer = await ask(desk, "variant", _opening(desk), number=number)
    return answer.text


async def _with_tools(desk: Desk) -> str:
    """The loop: a question, the tools that were called, the question again, within the turn's calls, time and tokens."""
    messages = list(_opening(desk))
    specs = prompting.tool_specs(desk.turn.prepared.document, desk.turn.policy)
    while True:
        answer = await ask(desk, "answer", messages, specs)
        if not answer.calls or desk.calls_left <= 0:
            return answer.text
        messages.append(ChatMessage("assistant", answer.text, answer.calls))
        for call in answer.calls:
            result = await _called(desk, call) if desk.calls_left > 0 else {"refused": "too_many_calls"}
            desk.calls_left -= 1
            messages.append(ChatMessage("tool", prompting.quoted_result(result), call_id=call.id))


async def _called(desk: Desk, call: ToolCall) -> Mapping[str, Any]:
    """What a call gives. Nothing is changed here: what would change something is written down as wanted."""
    tool = next((t for t in desk.turn.policy.get("tools", ()) if t["name"] == call.name), None)
    if tool is None:
        desk.ran.append(Acted(call.name[:100], "unknown", "refused", reasons=("not_in_policy",)))
        return {"refused": "no such tool"}
    if tool["verb"] in READING:
        return await _looked(desk, call, tool)
    listing_id = call.arguments.get("listing_id")
    wanted = Wanted(
        tool["verb"],
        arguments={k: v for k, v in call.arguments.items() if k != "listing_id"},
        tool=call.name,
        listing_id=listing_id if isinstance(listing_id, int) and not isinstance(listing_id, bool) else None,
    )
    if all(one.verb != wanted.verb for one in desk.wanted):
        desk.wanted.append(wanted)
    return {"status": "waits for the buyer's own confirmation; nothing has been done"}


async def _looked(desk: Desk, call: ToolCall, tool: Mapping[str, Any]) -> Mapping[str, Any]:
    """A tool that only looks, in a short unit of its own; its fallback where it fails.

    What the policy keeps out of the context comes in by no other door.
    """
    began = perf_counter()
    allowed = desk.turn.policy.get("context", {})
    if _LISTINGS not in allowed.get("sources", ()):
        desk.ran.append(_ran(call, tool, "refused", began, ("source_not_allowed",)))
        return {"refused": "source_not_allowed"}
    described = declared(desk.turn.prepared.document, call.name)
    seconds = min(float(described.get("timeout_seconds") or 30), max(LEAST_S, desk.seconds))
    try:
        async with asyncio.timeout(seconds):
            async with desk.turn.runtime.database.as_actor(desk.turn.actor) as ctx:
                result, extras = await looking.look(
                    ctx,
                    desk.turn.prepared,
                    desk.turned,
                    tool["verb"],
                    call.arguments,
                    most=int(allowed.get("retrieval_limit", 1)),
                )
    except (AppError, TimeoutError) as failed:
        reason = failed.code if isinstance(failed, AppError) else "timed_out"
        desk.ran.append(_ran(call, tool, "failed", began, (reason,)))
        return {"failed": reason, "fallback": described.get("fallback") or "hand_off"}
    desk.extras |= extras
    desk.told.append({"bucket": "retrieval_context", "source": _LISTINGS, "by": call.name})
    desk.ran.append(_ran(call, tool, "ran", began))
    return result


def _ran(
    call: ToolCall, tool: Mapping[str, Any], outcome: str, began: float, reasons: tuple[str, ...] = ()
) -> Acted:
    took = (perf_counter() - began) * 1000
    return Acted(
        call.name, str(tool["verb"]), outcome, arguments=dict(call.arguments), reasons=reasons, took_ms=took
    )


def _opening(desk: Desk) -> tuple[ChatMessage, ...]:
    return (*desk.history, ChatMessage("user", prompting.quoted_message(desk.turn.heard.read)))
