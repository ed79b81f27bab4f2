"""Whether the profiles of a document can do what they say: tools, ranks, reach, costs. Pure.

What a profile comes to for a conversation is the business of the domain `policy`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from backend.domains.events.model import Document, Path, Severity
from backend.domains.events.table_rules import places
from backend.domains.events.verbs import ACTING, VERBS, verb_of, verb_of_action
from backend.domains.events.violations import Finding

#: The policy that holds where no profile matches is known by this name.
_RESERVED: Final = "default"
_PROFILES: Final = ("policy", "profiles", "*")


def tools_are_understood(doc: Document) -> Iterator[Finding]:
    """A tool nobody understands is kept and never used."""
    for path, tool in places(doc, ("agent", "tools", "*")):
        verb = verb_of(tool)
        if verb is None:
            message = f"What “{tool['name']}” does cannot be told from its name: nobody is allowed to use it."
            expected = f"one of {', '.join(VERBS)}"
            yield Finding((*path, "verb"), "unknown_verb", message, None, expected, None, Severity.WARNING)


def tool_policies_hang_together(doc: Document) -> Iterator[Finding]:
    """What is confirmed or repeated safely must be allowed in the first place."""
    declared = {tool["name"] for tool in doc["agent"]["tools"]}
    for path, policy in places(doc, (*_PROFILES, "tool_policy")):
        for part in ("confirm", "idempotent"):
            for index, name in enumerate(policy[part]):
                if name in declared and name not in policy["allowed"]:
                    message = f"“{name}” is not among the allowed tools of this profile."
                    where: Path = (*path, part, index)
                    yield Finding(where, "not_among_allowed", message, name, "a tool of `allowed`")


def profiles_are_told_apart(doc: Document) -> Iterator[Finding]:
    """Equal ranks are decided by the key, which hardly anybody means; a profile behind one for everybody waits forever."""
    seen: dict[int, str] = {}
    ordered = sorted(places(doc, _PROFILES), key=lambda found: (-found[1]["priority"], found[1]["key"]))
    everybody: str | None = None
    for path, profile in ordered:
        key, rank = profile["key"], profile["priority"]
        if key == _RESERVED:
            message = "“default” is what holds where no profile matches; a profile needs another key."
            yield Finding((*path, "key"), "reserved_key", message, key, "any other key")
        if profile["status"] != "active":
            continue
        if everybody is not None:
            message = f"“{everybody}” matches everybody and comes first: “{key}” is never used."
            yield Finding((*path, "priority"), "never_reached", message, str(rank), severity=Severity.WARNING)
        elif rank in seen:
            message = (
                f"“{seen[rank]}” has the same priority; of two that match, “{min(seen[rank], key)}” wins."
            )
            yield Finding((*path, "priority"), "same_priority", message, str(rank), severity=Severity.WARNING)
        seen.setdefault(rank, key)
        everybody = everybody or (key if _matches_everybody(profile["match"]) else None)


def _matches_everybody(match: Mapping[str, Any]) -> bool:
    return not any(match.get("utm", {}).values()) and not any(
        match.get(part) for part in ("consent_required", "cookie_segments", "qualifiers")
    )


def buttons_are_allowed(doc: Document) -> Iterator[Finding]:
    """A button that no profile allows refuses everybody. Where there is no profile, the strictest policy offers them."""
    active = [p for _, p in places(doc, _PROFILES) if p["status"] == "active"]
    if not active:
        return
    allowed = {name for profile in active for name in profile["tool_policy"]["allowed"]}
    possible = {verb_of(tool) for tool in doc["agent"]["tools"] if tool["name"] in allowed}
    for section in ("conversion", "ui_contract"):
        for index, label in enumerate(doc[section]["actions"]):
            verb = verb_of_action(label)
            if verb in ACTING and verb not in possible:
                message = f"No profile allows what “{label}” does ({verb}): the button refuses everybody."
                path: Path = (section, "actions", index)
                expected = f"a tool for {verb} that a profile allows"
                yield Finding(path, "button_refused", message, label, expected, None, Severity.WARNING)


def costs_can_be_counted(doc: Document) -> Iterator[Finding]:
    budgets = doc["agent"]["budgets"]
    if budgets["event_cost_per_day"] and not (budgets["price_input"] or budgets["price_output"]):
        message = "Without a price of input or output nothing costs anything: the limit is never met."
        path: Path = ("agent", "budgets", "event_cost_per_day")
        found = str(budgets["event_cost_per_day"])
        yield Finding(path, "cost_without_price", message, found, severity=Severity.WARNING)
