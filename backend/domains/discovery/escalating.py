"""When a person takes over, when a survey is due, what else may be suggested. Pure: rules of the document, facts of a turn."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from backend.domains.discovery.model import State
from backend.domains.events.model import Document

NEGATIVE: Final = -0.25
_KEPT_MOODS: Final = 6
HANDED_OFF, SURVEYED, UNHEARD = "handed_off", "surveyed", "unheard"
_SUGGESTED: Final = "suggested:"
_FEWEST_TURNS: Final = 2


@dataclass(frozen=True, slots=True)
class Happened:
    """What a turn has seen that rules may ask for. `tools` are names of those used, `failed` of those that failed."""

    intents: Collection[str] = ()
    mood: str = "steady"
    reasons: Collection[str] = ()
    tools: Collection[str] = ()
    failed: Collection[str] = ()
    is_heard: bool = True
    has_hold: bool = False
    wants_person: bool = False


@dataclass(frozen=True, slots=True)
class Escalation:
    """A rule that applies."""

    trigger: str
    action: str
    urgency: str
    tool: str = ""


def felt(state: State, sentiment: float) -> State:
    """The state with the sentiment of one more message."""
    return replace(state, moods=(*state.moods, round(sentiment, 3))[-_KEPT_MOODS:])


def noted(state: State, mark: str) -> State:
    """The state with something noted as done."""
    return replace(state, done=tuple(dict.fromkeys([*state.done, mark])))


def heard(state: State, is_heard: bool) -> State:
    """Counts messages in a row of which nothing could be made: `unheard`, then `unheard:2`."""
    before = sum(mark.startswith(UNHEARD) for mark in state.done)
    rest = tuple(mark for mark in state.done if not mark.startswith(UNHEARD))
    marks = () if is_heard else tuple(UNHEARD + (f":{n}" if n else "") for n in range(min(before + 1, 3)))
    return replace(state, done=(*rest, *marks))


def escalation(document: Document, state: State, happened: Happened) -> Escalation | None:
    """The first rule that applies; none once a person was asked, but for a buyer who asks again."""
    if HANDED_OFF in state.done and not happened.wants_person:
        return None
    rules: Sequence[Mapping[str, Any]] = document.get("agent", {}).get("escalation", {}).get("rules", ())
    for rule in rules:
        if _applies(rule, state, happened):
            return Escalation(
                rule["trigger"],
                rule.get("action", "human_handoff"),
                rule.get("urgency", "medium"),
                rule.get("tool") or "",
            )
    return None


def _applies(rule: Mapping[str, Any], state: State, happened: Happened) -> bool:
    tool = rule.get("tool")
    match rule["trigger"]:
        case "user_requested":
            return happened.wants_person
        case "user_frustrated":
            return happened.mood == "frustrated"
        case "sentiment_negative_3_turns":
            return len(state.moods) >= 3 and all(mood <= NEGATIVE for mood in state.moods[-3:])
        case "tool_failed":
            return bool(happened.failed) if tool is None else tool in happened.failed
        case "tool_used":
            return bool(happened.tools) if tool is None else tool in happened.tools
        case "out_of_scope":
            return "out_of_scope" in happened.reasons or f"{UNHEARD}:2" in state.done
        case "compliance":
            return bool({"compliance", "discrimination", "steer", "steering"} & set(happened.reasons))
        case _:
            return False


def survey_due(document: Document, state: State, happened: Happened) -> dict[str, Any] | None:
    """The survey, where it is time for it. Asked once."""
    survey: Mapping[str, Any] = document.get("agent", {}).get("survey", {})
    if not survey.get("enabled") or not survey.get("questions") or SURVEYED in state.done:
        return None
    match survey.get("when", "conversation_end"):
        case "hold_placed":
            is_due = happened.has_hold
        case "handoff_end":
            is_due = HANDED_OFF in state.done and not happened.wants_person
        case _:
            is_due = state.turn >= _FEWEST_TURNS and bool(
                {"thanks", "farewell", "bye"} & set(happened.intents)
            )
    if not is_due:
        return None
    questions = [
        {name: q[name] for name in ("key", "question", "kind", "options") if name in q}
        for q in survey["questions"]
    ]
    return {"questions": questions, "is_skippable": bool(survey.get("is_skippable", True))}


def suggestion(document: Document, state: State, happened: Happened) -> dict[str, Any] | None:
    """What else may be suggested: it fits a signal that is sure enough, and this conversation has not had its share.

    Never to somebody who is upset, asks for a person, or was just declined.
    """
    selling: Mapping[str, Any] = document.get("agent", {}).get("cross_sell", {})
    made = [mark for mark in state.done if mark.startswith(_SUGGESTED)]
    if not selling.get("enabled") or len(made) >= selling.get("per_conversation", 1):
        return None
    if happened.reasons or happened.wants_person or happened.mood in ("falling", "frustrated"):
        return None
    sure = {s.type for s in state.signals if s.confidence >= selling.get("least_confidence", 0.7)}
    for product in selling.get("products", ()):
        if f"{_SUGGESTED}{product['key']}" not in made and sure & set(product.get("signals", ())):
            return {
                "key": product["key"],
                "title": product["title"],
                "text": product.get("suggestion") or product["title"],
            }
    return None


def suggested(state: State, key: str) -> State:
    return noted(state, f"{_SUGGESTED}{key}")


def checked_answers(
    document: Document, answers: Mapping[str, Any]
) -> tuple[dict[str, Any], int | None, list[str]]:
    """Answers to the survey that fit its questions, the NPS among them, and the keys of those that do not fit."""
    questions: Sequence[Mapping[str, Any]] = document.get("agent", {}).get("survey", {}).get("questions", ())
    known = {q["key"]: q for q in questions}
    wrong = [key for key in answers if key not in known or not _fits(known[key], answers[key])]
    good = {key: value for key, value in answers.items() if key not in wrong}
    nps = next((int(good[key]) for key, q in known.items() if q["kind"] == "nps_scale" and key in good), None)
    return good, nps, wrong


def _fits(question: Mapping[str, Any], value: Any) -> bool:
    match question["kind"]:
        case "nps_scale":
            return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10
        case "rating":
            return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 5
        case "single_choice":
            return value in question.get("options", ())
        case "multiple_choice":
            return isinstance(value, list) and all(v in question.get("options", ()) for v in value)  # pyright: ignore[reportUnknownVariableType]
        case _:
            return isinstance(value, str) and len(value) <= 2000
