"""Whether tools, escalation, survey, models and voice of a document fit each other. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from backend.domains.events.model import Document, Path, Severity
from backend.domains.events.table_rules import places
from backend.domains.events.violations import Finding

_CHOICES: Final = frozenset({"single_choice", "multiple_choice"})
_TOOL_TRIGGERS: Final = frozenset({"tool_failed", "tool_used"})


def fallbacks_end(doc: Document) -> Iterator[Finding]:
    """A tool that falls back on itself, at once or by way of others, would never give up."""
    next_of = {tool["name"]: tool["fallback"] for tool in doc["agent"]["tools"]}
    for index, tool in enumerate(doc["agent"]["tools"]):
        name, left = tool["fallback"], len(next_of)
        while name is not None and name != tool["name"] and left:
            name, left = next_of.get(name), left - 1
        if name == tool["name"]:
            path: Path = ("agent", "tools", index, "fallback")
            yield Finding(path, "cycle", f"The fallback of “{name}” leads back to it.", tool["fallback"])


def escalations_can_happen(doc: Document) -> Iterator[Finding]:
    for path, rule in places(doc, ("agent", "escalation", "rules", "*")):
        if rule["action"] == "human_transfer" and doc["agent"]["product"] == "chat":
            message = "Only a call can be transferred, and this agent takes none."
            yield Finding(
                (*path, "action"), "not_in_chat", message, "human_transfer", "such as human_handoff"
            )
        if rule["tool"] is not None and rule["trigger"] not in _TOOL_TRIGGERS:
            message = f"The trigger {rule['trigger']} has nothing to do with a tool."
            expected = "none, or the trigger tool_failed or tool_used"
            yield Finding((*path, "tool"), "tool_without_trigger", message, rule["tool"], expected)


def survey_can_be_answered(doc: Document) -> Iterator[Finding]:
    survey = doc["agent"]["survey"]
    for path, question in places(doc, ("agent", "survey", "questions", "*")):
        count = len(question["options"])
        if question["kind"] in _CHOICES and count < 2:
            message = "A choice needs at least two options."
            yield Finding((*path, "options"), "too_few_options", message, str(count), "at least 2")
        elif question["kind"] not in _CHOICES and count:
            message = f"Only choices list options; this question is of kind {question['kind']}."
            yield Finding((*path, "options"), "options_without_choice", message)
    if survey["enabled"] and not survey["questions"]:
        yield Finding(
            ("agent", "survey", "enabled"),
            "empty_survey",
            "The survey is on and asks nothing.",
            severity=Severity.WARNING,
        )


def models_are_reached(doc: Document) -> Iterator[Finding]:
    """The built-in engine always answers: who stands behind it is never asked."""
    order = doc["agent"]["models"]["order"]
    for index in range(order.index("builtin") + 1 if "builtin" in order else len(order), len(order)):
        message = f"{order[index]} stands behind the built-in engine, which always answers."
        path: Path = ("agent", "models", "order", index)
        yield Finding(path, "never_asked", message, order[index], "before builtin", None, Severity.WARNING)


def voice_fits_product(doc: Document) -> Iterator[Finding]:
    """Source: seed 002, §8 and §9: integrations belong to chats, and voice settings to calls."""
    product, is_on = doc["agent"]["product"], doc["voice"]["enabled"]
    if is_on and product == "chat":
        message = "Calls are on, and the agent is for chats alone."
        yield Finding(
            ("voice", "enabled"), "not_in_chat", message, "true", "agent.product voice or chat_and_voice"
        )
    if product != "chat" and not is_on:
        message = f"The agent's product is {product}, and calls are off."
        yield Finding(
            ("agent", "product"), "voice_is_off", message, product, "voice.enabled", severity=Severity.WARNING
        )
    if product == "voice" and doc["agent"]["integrations"]:
        message = "Integrations belong to chats; an agent for calls alone has none."
        yield Finding(("agent", "integrations"), "not_in_voice", message, None, "none")


def voice_is_complete(doc: Document) -> Iterator[Finding]:
    voice = doc["voice"]
    if voice["background_sound"]["type"] == "custom" and voice["background_sound"]["custom_url"] is None:
        message = "A sound of one's own needs its address."
        yield Finding(
            ("voice", "background_sound", "custom_url"), "no_sound", message, None, "an https address"
        )
    if voice["transfer"]["enabled"] and voice["transfer"]["number"] is None:
        message = "A transfer needs the number that is called."
        yield Finding(("voice", "transfer", "number"), "no_number", message, None, "a telephone number")
