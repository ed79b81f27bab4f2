"""Which policy a conversation gets, and why. Pure: the same document and facts, the same bytes.

What a policy then allows or denies for one call is decided in the database (`private.policy_verdict`), not here.
Source: 003 §5.2, §7.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from backend.domains.events.model import Document
from backend.domains.policy.model import (
    ACTING,
    DEFAULT,
    RIGHTS,
    SEGMENTS_NEED,
    Outcome,
    Policy,
    Reason,
    Resolved,
    SessionFacts,
    Step,
    verb_of,
    verb_of_action,
)

Profile = Mapping[str, Any]
Tool = dict[str, Any]


def resolve(document: Document, facts: SessionFacts) -> Resolved:
    """The active profile of highest priority whose match rules all hold, else the strictest policy.

    Ties go to the key that sorts first. The order in which the document lists its profiles does not count.
    """
    section: Mapping[str, Any] = document.get("policy") or {}
    chosen: Profile | None = None
    trace: list[Step] = []
    for profile in in_order(section.get("profiles", ())):
        step = _looked_at(profile, facts, is_first=chosen is None)
        trace.append(step)
        if step.outcome is Outcome.CHOSEN:
            chosen = profile
    policy = strictest(document) if chosen is None else policy_of(document, chosen)
    return Resolved(policy, policy["profile"], tuple(trace))


def in_order(profiles: Iterable[Profile]) -> list[Profile]:
    """Profiles as they are looked at."""
    return sorted(profiles, key=lambda profile: (-profile.get("priority", 100), profile["key"]))


def _looked_at(profile: Profile, facts: SessionFacts, *, is_first: bool) -> Step:
    priority = profile.get("priority", 100)
    named = (profile["key"], profile.get("name") or profile["key"], priority)
    if profile.get("status", "active") != "active":
        return Step(*named, Outcome.PAUSED, (Reason("paused", False),))
    reasons = tuple(_reasons(profile.get("match") or {}, facts)) or (Reason("matches_everybody", True),)
    if not all(reason.holds for reason in reasons):
        return Step(*named, Outcome.MISSED, reasons)
    return Step(*named, Outcome.CHOSEN if is_first else Outcome.OUTRANKED, reasons)


def _reasons(match: Mapping[str, Any], facts: SessionFacts) -> Iterator[Reason]:
    """Each part of the match rules that is given. Upper and lower case count the same."""
    for name, wanted in (match.get("utm") or {}).items():
        if wanted:
            yield Reason("utm", _is_one_of(facts.utm.get(name), wanted), f"utm.{name}", tuple(wanted))
    for purpose in match.get("consent_required") or ():
        yield Reason("consent", purpose in facts.consent, "consent", (purpose,))
    if segments := match.get("cookie_segments"):
        yield _segments(tuple(segments), facts)
    for qualifier in match.get("qualifiers") or ():
        question, answers = qualifier["question"], qualifier["answers"]
        holds = _is_one_of(facts.answers.get(question), answers)
        yield Reason("answer", holds, f"answers.{question}", tuple(answers))


def _segments(wanted: tuple[str, ...], facts: SessionFacts) -> Reason:
    """One of them is enough; none counts before the buyer agreed to be recognized."""
    if SEGMENTS_NEED not in facts.consent:
        return Reason("segment_without_consent", False, "segments", wanted)
    return Reason("segment", not facts.segments.isdisjoint(wanted), "segments", wanted)


def _is_one_of(said: str | None, wanted: Iterable[str]) -> bool:
    return said is not None and said.strip().casefold() in {value.strip().casefold() for value in wanted}


def policy_of(document: Document, profile: Profile) -> Policy:
    """What a profile comes to: only allowed tools, each with what it takes to use it."""
    rules, context = profile.get("tool_policy") or {}, profile.get("context_policy") or {}
    allowed, confirm = set(rules.get("allowed", ())), set(rules.get("confirm", ()))
    idempotent = set(rules.get("idempotent", ()))
    tools = [
        _tool(
            tool["name"], verb, tool, confirm=tool["name"] in confirm, idempotent=tool["name"] in idempotent
        )
        for tool, verb in _declared(document)
        if tool["name"] in allowed
    ]
    return _policy(
        document,
        profile["key"],
        autonomy=profile.get("autonomy", "strict"),
        compliance=profile.get("compliance", "strict"),
        tools=tools,
        context={
            "sources": sorted(context.get("sources", ("listings", "store"))),
            "retrieval_limit": context.get("retrieval_limit", 8),
            "citations": context.get("citations", "claims"),
        },
    )


def strictest(document: Document) -> Policy:
    """Where no profile matches: what the buttons of the page offer, each confirmed, and nothing else."""
    offered = offered_verbs(document)
    tools = [
        _tool(tool["name"], verb, tool, confirm=verb in ACTING, idempotent=True)
        for tool, verb in _declared(document)
        if verb in offered
    ]
    missing = [verb for verb in offered if verb not in {tool["verb"] for tool in tools}]
    tools += [_tool(verb, verb, {}, confirm=verb in ACTING, idempotent=True) for verb in missing]
    context = {"sources": ["listings", "store"], "retrieval_limit": 8, "citations": "all"}
    return _policy(document, DEFAULT, autonomy="strict", compliance="strict", tools=tools, context=context)


def offered_verbs(document: Document) -> tuple[str, ...]:
    """What the page itself offers a buyer, by its buttons and by its parts that are switched on."""
    labels = [
        *(document.get("conversion") or {}).get("actions", ()),
        *(document.get("ui_contract") or {}).get("actions", ()),
    ]
    offered = [verb for label in labels if (verb := verb_of_action(label))]
    flags = document.get("flags") or {}
    if flags.get("sharing", True):
        offered.append("share")
    if flags.get("comparison", True):
        offered.append("compare")
    if "hold" in offered and (document.get("conversion") or {}).get("deposit_required"):
        offered.append("deposit")
    return tuple(sorted(set(offered)))


def _declared(document: Document) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Tools of the document whose verb is known, as they are declared. One of unknown effect can never be allowed."""
    for tool in (document.get("agent") or {}).get("tools", ()):
        verb = verb_of(tool)
        if verb is not None:
            yield tool, verb


def _tool(name: str, verb: str, declared: Mapping[str, Any], *, confirm: bool, idempotent: bool) -> Tool:
    """What changes something is told by its verb too: a document cannot call a hold harmless."""
    is_mutating = verb in ACTING or bool(declared.get("is_mutating", False))
    asks = is_mutating and bool(declared.get("needs_confirmation", True))
    return {
        "name": name,
        "verb": verb,
        "is_mutating": is_mutating,
        "confirm": confirm or asks,
        "idempotent": idempotent or is_mutating,
    }


def _policy(
    document: Document,
    key: str,
    *,
    autonomy: str,
    compliance: str,
    tools: list[Tool],
    context: dict[str, Any],
) -> Policy:
    section: Mapping[str, Any] = document.get("policy") or {}
    return {
        "profile": key,
        "autonomy": autonomy,
        "compliance": compliance,
        "tools": _complete(document, tools, is_strict=autonomy == "strict"),
        "context": context,
        "context_tokens": section.get("context_tokens", 4000),
        "snapshot_minutes": section.get("snapshot_minutes", 240),
    }


def _complete(document: Document, tools: list[Tool], *, is_strict: bool) -> list[Tool]:
    """With what goes without saying, and as careful with a verb as the most careful of its tools."""
    present = {tool["verb"] for tool in tools}
    unsaid = [verb for verb in (*RIGHTS, *_looking(document)) if verb not in present]
    asking = {tool["verb"] for tool in tools if tool["confirm"]}
    if is_strict:
        asking |= {tool["verb"] for tool in tools if tool["is_mutating"]} - set(RIGHTS)
    said = [{**tool, "confirm": tool["verb"] in asking} for tool in tools]
    harmless = {"needs_confirmation": False}
    return said + [_tool(verb, verb, harmless, confirm=False, idempotent=False) for verb in unsaid]


def _looking(document: Document) -> Iterator[str]:
    """Looking at what the event lists is what its page is for; comparing and reading can be a tool's own affair."""
    declared = {verb for _, verb in _declared(document)}
    yield from ("search", "similar")
    yield from (verb for verb in ("compare", "documents") if verb not in declared)
