"""Tries a document out before anybody is served by it: test messages through the built-in engine, against what is in force.

Nothing of it remains but the report, for an hour: no conversation is opened, no turn kept, no fact recorded.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from backend.core.context import Actor, Context
from backend.core.errors import InvalidInput
from backend.domains.catalogue.model import Vocabulary
from backend.domains.catalogue.service import Index
from backend.domains.discovery import service as discovery
from backend.domains.discovery.model import Answer
from backend.domains.events import approvals, drafts
from backend.domains.events import service as events
from backend.domains.events.changes import Diff, diff
from backend.domains.events.editing import Edit, edited
from backend.domains.events.joining import authored
from backend.domains.events.lifecycle import to_json
from backend.domains.events.model import (
    Bundle,
    Compilation,
    Document,
    EventStatus,
    EventVersion,
    Path,
    Source,
    steps,
)
from backend.flows import policies
from backend.flows.config_views import diff_view, validation_view
from backend.flows.once import once
from backend.flows.runtime import Runtime
from backend.kit.text import storable

MOST_SCENARIOS: Final = 20
LONGEST_MESSAGE: Final = 2000
_WORD: Final = re.compile(r"[a-z0-9_$]{3,}")
#: Sections that policies are resolved from, how many decisions are replayed, and how many flips are shown.
_OF_POLICY: Final = frozenset({"policy", "agent", "conversion", "ui_contract", "flags"})
_REPLAYED: Final = 20_000
_SHOWN: Final = 50
#: Words that say nothing about what is expected.
_PLAIN: Final = frozenset(
    (
        *(
            "should",
            "must",
            "will",
            "would",
            "the",
            "and",
            "with",
            "for",
            "from",
            "that",
            "this",
            "are",
            "its",
            "not",
        ),
        *(
            "all",
            "any",
            "show",
            "shows",
            "find",
            "finds",
            "offer",
            "offers",
            "trigger",
            "reply",
            "replies",
            "answer",
        ),
        *(
            "says",
            "ask",
            "asks",
            "mention",
            "mentions",
            "tells",
            "gives",
            "tool",
            "buyer",
            "message",
            "only",
            "first",
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One test message, and what its author expects of the answer, in words."""

    user_message: str
    expected_behavior: str = ""


@dataclass(frozen=True, slots=True)
class _Stage:
    """Everything an answer depends on but the document."""

    version: EventVersion
    draft_id: UUID | None
    compilation: Compilation
    vocabulary: Vocabulary
    index: Index


async def preview(
    runtime: Runtime,
    actor: Actor,
    *,
    key: str,
    slug: str,
    scenarios: Sequence[Scenario],
    draft_id: UUID | None = None,
    yaml_content: str | None = None,
    changes: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Runs test messages on a proposed document and on the one in force.

    The proposal is a draft, a text, or `changes`: JSON Pointer (or nested maps) → value over what is in force.
    Shape: `{preview_id, config_id, expires_at, sandbox_url, test_results, validation, diff, …}`. An invalid proposal gives
    its problems and no results. Raises: NotFound; Conflict `events.never_published`; InvalidInput `events.no_proposal`.
    """
    if len(scenarios) > MOST_SCENARIOS:
        raise InvalidInput("events.too_many_scenarios", limit=MOST_SCENARIOS)
    stage = await _staged(runtime, actor, slug, draft_id, yaml_content, changes)
    report = await _report(runtime, actor, stage, scenarios)
    compiled = stage.compilation.compiled
    if compiled is None:
        return {"preview_id": None, "config_id": slug, "expires_at": None, "sandbox_url": None, **report}

    async def work(ctx: Context) -> dict[str, Any]:
        kept = await approvals.keep_preview(
            ctx, slug=slug, document=compiled.document, sha256=compiled.sha256, results=report,
            draft_id=stage.draft_id,
        )  # fmt: skip
        return _view(runtime, kept)

    request = {"slug": slug, "sha256": compiled.sha256, "scenarios": [to_json(item) for item in scenarios]}
    return await once(runtime, actor, operation="configs/preview", key=key, request=request, work=work)


async def get_preview(runtime: Runtime, actor: Actor, *, preview_id: UUID) -> dict[str, Any]:
    """What trying a document gave. Raises: NotFound `events.no_such_preview`; Gone `events.preview_over`."""
    async with runtime.database.as_actor(actor) as ctx:
        return _view(runtime, await approvals.get_preview(ctx, preview_id=preview_id))


def changed_text(source: str, changes: Mapping[str, Any]) -> str:
    """The text in force with some values set: keys are JSON Pointers or names, whose maps are gone into."""
    values = authored(source)
    return edited(source, [Edit("set", _placed(path, values), value) for path, value in _leaves(changes, ())])


def judged(expected: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    """Whether the words of an expectation occur in what the buyer would see: a hint for a person, no understanding."""
    wanted = sorted(set(_WORD.findall(expected.casefold())) - _PLAIN)
    seen = " ".join(_texts(answer)).casefold()
    missing = [word for word in wanted if word not in seen]
    return {
        "success": not missing if wanted else None,
        "judged_by": "words",
        "found": [word for word in wanted if word not in missing],
        "missing": missing,
    }


async def _staged(
    runtime: Runtime,
    actor: Actor,
    slug: str,
    draft_id: UUID | None,
    yaml_content: str | None,
    changes: Mapping[str, Any] | None,
) -> _Stage:
    async with runtime.database.as_actor(actor) as ctx:
        version = await events.get_in_force(ctx, slug=slug)
        draft = await drafts.get_draft(ctx, draft_id=draft_id) if draft_id else None
        event = await events.get_event(ctx, slug=slug)
    text = draft.source if draft else yaml_content
    if changes:
        text = await asyncio.to_thread(changed_text, text or version.source, changes)
    if text is None:
        raise InvalidInput("events.no_proposal", expected=["draft_id", "yaml_content", "changes"])
    source = Source(text, "document.yaml")
    compilation = await asyncio.to_thread(events.checked_for, source, events.shipped_templates(), slug)
    served = _bundle(version, version.document, event.catalogue_revision, slug)
    vocabulary = await runtime.vocabularies.of(served, actor)
    return _Stage(
        version,
        draft.id if draft else None,
        compilation,
        vocabulary,
        runtime.vocabularies.index_of(vocabulary),
    )


async def _report(
    runtime: Runtime, actor: Actor, stage: _Stage, scenarios: Sequence[Scenario]
) -> dict[str, Any]:
    compiled, in_force = stage.compilation.compiled, stage.version.document
    found = await asyncio.to_thread(diff, in_force, compiled.document) if compiled else None
    report: dict[str, Any] = {
        "compared_with": stage.version.number,
        "validation": validation_view(stage.compilation, found, in_force),
        "test_results": [],
    }
    if compiled is None or found is None:
        return report
    for scenario in scenarios:
        message = storable(scenario.user_message)[:LONGEST_MESSAGE]
        proposed = _shown(await _rehearsed(runtime, actor, stage, compiled.document, message))
        now = _shown(await _rehearsed(runtime, actor, stage, in_force, message))
        report["test_results"].append(
            {
                "scenario": scenario.user_message,
                "expected_behavior": scenario.expected_behavior or None,
                "agent_response": proposed["reply"],
                "tool_called": None,  # nothing that changes something is ever called while trying out
                **judged(scenario.expected_behavior, proposed),
                "answer": proposed,
                "in_force": now,
                "differs": sorted(name for name in proposed if proposed[name] != now[name]),
            }
        )
    replay = await _policy_replay(runtime, actor, stage, compiled.document, found)
    return {**report, "policy_replay": replay, "diff": diff_view(found, in_force, compiled.document)}


async def _policy_replay(
    runtime: Runtime, actor: Actor, stage: _Stage, document: Document, found: Diff
) -> dict[str, Any] | None:
    """What of the latest decisions would flip, where the proposal changes what a policy is made of; else nothing."""
    if _OF_POLICY.isdisjoint(str(change.path[0]) for change in found.changes if change.path):
        return None
    async with runtime.database.as_actor(actor) as ctx:
        event = await events.get_readable(ctx, slug=str(stage.version.document["id"]))
        seen = await policies.replayed(runtime, ctx, event, document, _REPLAYED)
    return {**seen, "examples": seen["examples"][:_SHOWN]}


async def _rehearsed(
    runtime: Runtime, actor: Actor, stage: _Stage, document: Document, message: str
) -> Answer:
    """The answer to a first message of somebody who has just come in. Reads the inventory and writes nothing."""
    bundle = _bundle(stage.version, document, stage.vocabulary.revision, str(document["id"]))
    session = discovery.imagined(bundle)
    async with runtime.database.as_actor(actor) as ctx:
        today = discovery.today_of(ctx, document)
    prepared = discovery.prepare(
        session, message=message, bundle=bundle, vocabulary=stage.vocabulary, index=stage.index,
        embedder=runtime.ports.embedder, today=today,
    )  # fmt: skip
    async with runtime.database.as_actor(actor) as ctx:
        answer, _ = await discovery.answer_to(ctx, prepared)
    return answer


def _shown(answer: Answer) -> dict[str, Any]:
    """What of an answer can be compared from one document to another."""
    body = answer.to_json()
    return {
        "reply": body["reply"],
        "note": body["note"],
        "tiles": [tile["title"] for tile in body["tiles"]],
        "reasons": [list(tile["reasons"]) for tile in body["tiles"]],
        "signals": sorted({signal["type"] for signal in body["signals"]}),
        "chips": [chip["text"] for chip in body["chips"]],
        "actions": [action["label"] for action in body["actions"]],
        "quick_replies": body["quick_replies"],
        "matches": body["matches"],
    }


def _bundle(version: EventVersion, document: Document, revision: int, slug: str) -> Bundle:
    return Bundle(
        event_id=version.event_id,
        organization_id=version.organization_id,
        slug=slug,
        status=EventStatus.LIVE,
        catalogue_revision=revision,
        version_id=version.id,
        number=version.number,
        sha256=version.sha256,
        created_at=version.created_at,
        document=document,
    )


def _view(runtime: Runtime, kept: approvals.Preview) -> dict[str, Any]:
    return {
        "preview_id": str(kept.id),
        "config_id": kept.slug,
        "draft_id": to_json(kept.draft_id),
        "sha256": kept.sha256,
        "created_at": kept.created_at.isoformat(),
        "expires_at": kept.expires_at.isoformat(),
        "sandbox_url": f"{runtime.settings.base_url}/api/v1/configs/previews/{kept.id}",
        **kept.results,
    }


def _leaves(value: Mapping[str, Any], at: tuple[str, ...]) -> list[tuple[tuple[str, ...], Any]]:
    found: list[tuple[tuple[str, ...], Any]] = []
    for name, member in value.items():
        path = (*at, *steps(name))
        nested = isinstance(member, Mapping) and member and not name.startswith("/")
        found += _leaves(member, path) if nested else [(path, member)]
    return found


def _placed(path: tuple[str, ...], value: Any) -> Path:
    """The same path with positions of lists as numbers, as far as the text has those lists."""
    placed: list[str | int] = []
    for step in path:
        if isinstance(value, list) and step.isdecimal():
            placed.append(int(step))
            value = value[int(step)] if int(step) < len(value) else None
        else:
            placed.append(step)
            value = value.get(step) if isinstance(value, dict) else None
    return tuple(placed)


def _texts(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [text for member in value.values() for text in _texts(member)]
    if isinstance(value, list | tuple):
        return [text for member in value for text in _texts(member)]
    return [str(value)]
