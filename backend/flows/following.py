"""What may follow a turn: a person is asked to take over, a survey is due, something that goes with it is suggested."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from backend.core.context import Context
from backend.domains.discovery import acting, conversation, escalating
from backend.domains.discovery.escalating import Happened
from backend.domains.discovery.model import Answer, State
from backend.domains.discovery.requests import Stance
from backend.domains.discovery.sentiment import mood
from backend.domains.discovery.wording import Words
from backend.flows import tools
from backend.flows.tools import Acted, Scene

if TYPE_CHECKING:
    from backend.flows.turns import Turn


async def what_follows(
    ctx: Context, turn: Turn, answer: Answer, state: State, acts: list[Acted]
) -> tuple[Answer, State, list[Acted]]:
    """What may follow a turn: a person is asked for, a survey is due, something goes with it."""
    if conversation.is_resting(turn.prepared.document):
        return answer, state, acts
    happened = _happened(turn, state, acts)
    rule = escalating.escalation(turn.prepared.document, state, happened)
    if rule is not None or happened.wants_person:
        return await _handed_off(ctx, turn, answer, state, acts, rule)
    extras: dict[str, Any] = {}
    if survey := escalating.survey_due(turn.prepared.document, state, happened):
        extras["survey"], state = survey, escalating.noted(state, escalating.SURVEYED)
    elif offer := escalating.suggestion(turn.prepared.document, state, happened):
        extras["suggestions"], state = [offer], escalating.suggested(state, offer["key"])
    return replace(answer, extras={**answer.extras, **extras}) if extras else answer, state, acts


async def _handed_off(
    ctx: Context,
    turn: Turn,
    answer: Answer,
    state: State,
    acts: list[Acted],
    rule: escalating.Escalation | None,
) -> tuple[Answer, State, list[Acted]]:
    """A person is asked for, and it is said as it is: nobody has answered yet."""
    trigger, action, urgency = (
        (rule.trigger, rule.action, rule.urgency) if rule else ("user_requested", "human_handoff", "medium")
    )
    language = turn.prepared.understanding.language
    scene = Scene(
        turn.prepared.document,
        Words.of(turn.prepared.document, turn.prepared.vocabulary, language),
        turn.prepared.session.event_id,
        turn.policy,
        turn.key,
        language=language,
    )
    details = {"trigger": trigger, "action": action, "urgency": urgency}
    done = await tools.hand_off(ctx, scene, details)
    acts = [*acts, done]
    if done.outcome != "executed":
        return answer, state, acts
    offered: Sequence[str] = (
        turn.prepared.document.get("agent", {}).get("escalation", {}).get("unavailable", ())
    )
    text = acting.handed_off(offered, scene.language)
    state = escalating.noted(state, escalating.HANDED_OFF)
    handoff = {**details, "text": text, "unavailable": list(offered)}
    reply = text if trigger == "user_requested" and not acts[:-1] else f"{answer.reply} {text}".strip()
    return replace(answer, reply=reply, extras={**answer.extras, "handoff": handoff}), state, acts


def _happened(turn: Turn, state: State, acts: Sequence[Acted]) -> Happened:
    requests = turn.heard.screened.requests
    return Happened(
        intents=turn.prepared.understanding.intents,
        mood=mood(state.moods),
        reasons=tuple(r.reason for r in turn.heard.refused),
        tools=tuple(one.tool for one in acts if one.outcome in ("prepared", "executed")),
        failed=tuple(one.tool for one in acts if one.outcome == "failed"),
        has_hold=turn.opened.has_hold,
        wants_person="person" in turn.prepared.understanding.intents
        or any(r.verb == "hand_off" and r.stance is not Stance.REFUSE for r in requests),
    )
