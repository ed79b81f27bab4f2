"""One turn's work with language models: each question within what is left of time and tokens, each written down, sealed.

What a model says is judged by whoever asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Any, Final

from backend.adapters.model_spending import estimated_question
from backend.adapters.sealing import Sealer
from backend.core.errors import AppError, Busy
from backend.core.ports import ChatAnswer, ChatMessage, ToolCall, ToolSpec, Usage
from backend.domains.discovery import prompting
from backend.domains.discovery.model import plain
from backend.domains.discovery.service import Prepared, Turned
from backend.domains.policy.composing import Composed
from backend.flows.runtime import Runtime
from backend.flows.tools import Acted, Wanted
from backend.kit.bounding import bounded
from backend.kit.text import storable
from backend.kit.tokens import cost, estimated_tokens

if TYPE_CHECKING:
    from backend.flows.turns import Turn

#: How long a buyer waits for a model that says nothing before the built-in engine answers. Unit: seconds.
PATIENCE_S: Final = 1.2
LEAST_S: Final = 0.2
_MOST_CALLS: Final = 16
_LONGEST_NAME: Final = 100


@dataclass(slots=True)
class Desk:
    """One turn's work with models: what it has said, cost, called."""

    turn: Turn
    turned: Turned
    today: date
    composed: Composed
    history: tuple[ChatMessage, ...]
    until: float
    tokens_left: int
    calls_left: int
    exchanges: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    wanted: list[Wanted] = field(default_factory=list[Wanted])
    ran: list[Acted] = field(default_factory=list[Acted])
    extras: dict[str, Any] = field(default_factory=dict[str, Any])
    told: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    @property
    def seconds(self) -> float:
        return self.until - monotonic()


async def ask(
    desk: Desk,
    purpose: str,
    messages: Sequence[ChatMessage],
    tools: Sequence[ToolSpec] = (),
    *,
    system: str = "",
    schema: Mapping[str, Any] | None = None,
    number: int = 0,
    patience_s: float = PATIENCE_S,
) -> ChatAnswer:
    """One question to a model, within what is left of the turn; written down whatever comes of it, and charged for.

    Raises: Busy `core.no_model`.
    """
    seconds = min(desk.seconds, patience_s)
    if seconds < LEAST_S or desk.tokens_left <= 0:
        raise Busy("core.no_model", tried={}, input_tokens=0, output_tokens=0)
    system = system or f"{prompting.instructions(desk.turn.prepared.document)}\n\n{desk.composed.text}"
    if number:
        system = f"{system}\nDraft {number + 1}: word it differently from your first thought."
    attempt = float(agent_of(desk.turn.prepared).get("models", {}).get("attempt_seconds", 2))
    began = perf_counter()
    heard: list[tuple[str, str]] = []
    try:
        async with asyncio.timeout(seconds + 0.1):
            answer = await desk.turn.runtime.ports.models.chat(
                order=order_of(desk.turn.prepared, desk.turn.runtime, first=purpose == "variant"),
                system=system,
                messages=messages,
                tools=tools,
                schema=schema,
                attempt_s=min(attempt, seconds),
                total_s=seconds,
                cache_key=str(desk.turn.prepared.session.id),  # a turn that is taken again asks the same once
                heard=lambda provider, raw: heard.append((provider, raw)),
            )
            answer = tidied(answer)
    except (AppError, TimeoutError) as failed:
        usage = _told(failed) or Usage(
            estimated_question(system, messages, tools, schema),
            sum(estimated_tokens(raw) for _, raw in heard),
        )
        _note(desk, purpose, system, messages, heard, failed, usage, began)
        raise
    _note(desk, purpose, system, messages, heard, answer, answer.usage, began)
    return answer


def tidied(answer: ChatAnswer) -> ChatAnswer:
    """What a model said as it can be stored, with few calls of bounded arguments."""
    calls = tuple(
        ToolCall(
            storable(call.id)[:_LONGEST_NAME], storable(call.name)[:_LONGEST_NAME], bounded(call.arguments)
        )
        for call in answer.calls[:_MOST_CALLS]
    )
    return replace(answer, text=storable(answer.text), calls=calls)


def _note(
    desk: Desk,
    purpose: str,
    system: str,
    messages: Sequence[ChatMessage],
    heard: Sequence[tuple[str, str]],
    came: ChatAnswer | AppError | TimeoutError,
    usage: Usage,
    began: float,
) -> None:
    """Writes an exchange down for the audit, sealed; without a key to seal with only its figures are kept.

    What could not be used is charged like what could: the provider counts both.
    """
    answer = came if isinstance(came, ChatAnswer) else None
    desk.tokens_left -= usage.input_tokens + usage.output_tokens
    content = {
        "system": system,
        "messages": [plain(m) for m in messages],
        "raw": [raw for _, raw in heard] or ([answer.raw] if answer else []),
        "parsed": {"text": answer.text, "calls": [plain(c) for c in answer.calls]} if answer else None,
        **_problem(came),
    }
    sealer = Sealer(desk.turn.runtime.settings.seal_keys)
    try:
        sealed = sealer.seal(f"exchange:{desk.turn.prepared.session.id}", content)
    except Busy:
        sealed = ""
    desk.exchanges.append(
        {
            "purpose": purpose,
            "provider": answer.provider if answer else next((name for name, _ in reversed(heard)), ""),
            "model": answer.model if answer else "",
            "outcome": "used" if answer else "failed",
            "sealed": sealed,
            "provenance": _provenance(desk, purpose),
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "took_ms": (perf_counter() - began) * 1000,
        }
    )


def _provenance(desk: Desk, purpose: str) -> list[dict[str, Any]]:
    """What went into a question: the context where it was part of it, and what tools had told by then."""
    if purpose not in ("answer", "variant", "judge"):
        return []
    return [*(one.to_json() for one in desk.composed.kept), *(desk.told if purpose == "answer" else [])]


def _told(failed: AppError | TimeoutError) -> Usage | None:
    """What a question cost that brought nothing, where that was told."""
    facts = failed.facts if isinstance(failed, AppError) else {}
    if "input_tokens" not in facts:
        return None
    return Usage(*(_count(facts.get(name)) for name in ("input_tokens", "output_tokens")))


def _count(given: object) -> int:
    return max(0, given) if isinstance(given, int) and not isinstance(given, bool) else 0


def _problem(came: ChatAnswer | AppError | TimeoutError) -> dict[str, Any]:
    """Why there is no answer, and which provider failed how."""
    if isinstance(came, ChatAnswer):
        return {"problem": ""}
    if isinstance(came, AppError):
        return {"problem": came.code, "tried": plain(came.facts.get("tried", {}))}
    return {"problem": "core.no_model", "tried": {}}


def order_of(prepared: Prepared, runtime: Runtime, *, first: bool = False) -> tuple[str, ...]:
    """Providers in the document's order, up to the built-in engine, those of them that are there.

    `first`: the one that drafts variants before the others.
    """
    order: Sequence[str] = agent_of(prepared).get("models", {}).get("order", ())
    before = list(order[: order.index("builtin")] if "builtin" in order else order)
    if first:
        wanted = prepared.document["preference_extraction"]["variant_generation"].get("provider")
        before.sort(key=lambda name: name != wanted)
    return tuple(name for name in before if name in runtime.ports.models.available)


def agent_of(prepared: Prepared) -> Mapping[str, Any]:
    return prepared.document.get("agent", {})


def day_is_spent(budgets: Mapping[str, Any], spent: Mapping[str, int]) -> bool:
    """Whether the event's models have used up their tokens or their money of today. Prices are per million tokens."""
    tokens, money = budgets.get("event_tokens_per_day"), budgets.get("event_cost_per_day")
    came_in, went_out = spent.get("today_input", 0), spent.get("today_output", 0)
    if tokens is not None and came_in + went_out >= tokens:
        return True
    prices = {f"{way}_price": Decimal(str(budgets.get(f"price_{way}", 0))) for way in ("input", "output")}
    return money is not None and cost(came_in, went_out, **prices) >= Decimal(str(money))
