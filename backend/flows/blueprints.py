"""Blueprints for staff: open one, drop files, see what is proposed, decide. Shared by the API and the cockpit.

What changes something is done once per key and answers with the blueprint as it is then. Preview, gate and publishing
are in `sandbox` and `blueprint_gate`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from backend.core.context import Actor, Context
from backend.core.errors import InvalidInput, NotFound
from backend.domains.blueprints import service as blueprints
from backend.domains.blueprints.deciding import proposal_of
from backend.domains.blueprints.kinds import LOOKED_AT, kind_of, media_type_of
from backend.domains.blueprints.records import LARGEST_FILE, Blueprint, SampleFile
from backend.domains.events import service as events
from backend.domains.identity import service as identity
from backend.flows.albums import add_album, is_album
from backend.flows.blueprint_views import blueprint_head, blueprint_view, file_view
from backend.flows.once import once
from backend.flows.proposing import proposed
from backend.flows.runtime import Runtime
from backend.flows.sample_files import BUCKET, safe_name
from backend.kit.text import storable

#: A zip that a blueprint can be made from. Unit: bytes.
LARGEST_BUNDLE: Final = 20_000_000
KINDS = ("sheet", "report", "feed", "photo", "screen")


async def open_blueprint(
    runtime: Runtime,
    actor: Actor,
    *,
    key: str,
    title: str,
    organization: str | None = None,
    template: str = "",
    event: str | None = None,
) -> dict[str, Any]:
    """Begins a blueprint, for a new event or (by slug) for the next files of one that exists.

    Raises: NotFound `identity.no_such_organization`, `events.not_found`; InvalidInput `blueprints.needs_title`,
    `identity.which_organization`; NotAllowed.
    """

    async def work(ctx: Context) -> dict[str, Any]:
        owner, event_id = await owner_of(ctx, organization, event)
        opened = await blueprints.open_blueprint(
            ctx, organization_id=owner, title=title, template=template, event_id=event_id
        )
        return {"blueprint_id": str(opened.id)}

    request = {"organization": organization, "title": title, "template": template, "event": event}
    done = await once(runtime, actor, operation="blueprints", key=key, request=request, work=work)
    return await get_blueprint(runtime, actor, blueprint_id=UUID(done["blueprint_id"]))


async def list_blueprints(runtime: Runtime, actor: Actor) -> dict[str, Any]:
    """Those the actor sees, the last changed first. Shape: `{blueprints: [...]}`."""
    async with runtime.database.as_actor(actor) as ctx:
        return {"blueprints": [blueprint_head(one) for one in await blueprints.list_blueprints(ctx)]}


async def get_blueprint(runtime: Runtime, actor: Actor, *, blueprint_id: UUID) -> dict[str, Any]:
    """A blueprint in full. Raises: NotFound `blueprints.no_such_blueprint`."""
    async with runtime.database.as_actor(actor) as ctx:
        blueprint = await blueprints.get_blueprint(ctx, blueprint_id=blueprint_id)
        files = await blueprints.list_files(ctx, blueprint_id=blueprint_id)
        said = await blueprints.list_clarifications(ctx, blueprint_id=blueprint_id)
    proposal, _ = await proposed(runtime, blueprint, files)
    return blueprint_view(blueprint, files, proposal, clarifications=said)


async def change_blueprint(
    runtime: Runtime,
    actor: Actor,
    *,
    key: str,
    blueprint_id: UUID,
    revision: int,
    changes: Mapping[str, Any],
) -> dict[str, Any]:
    """Title, template, choices or the edited document. Raises: Conflict `blueprints.stale`; NotFound; NotAllowed."""

    async def work(ctx: Context) -> dict[str, Any]:
        changed = await blueprints.change_blueprint(
            ctx, blueprint_id=blueprint_id, revision=revision, changes=changes
        )
        return {"revision": changed.revision}

    request = {"blueprint": blueprint_id, "revision": revision, "changes": dict(changes)}
    return await changing(runtime, actor, "change", key, request, work, blueprint_id)


async def choose(
    runtime: Runtime,
    actor: Actor,
    *,
    key: str,
    blueprint_id: UUID,
    revision: int,
    choices: Mapping[str, Any],
) -> dict[str, Any]:
    """What only the seller can decide; what is named changes. Raises: InvalidInput `blueprints.unreadable`; as above."""
    check_choices(choices)
    return await change_blueprint(
        runtime,
        actor,
        key=key,
        blueprint_id=blueprint_id,
        revision=revision,
        changes={"choices": dict(choices)},
    )


def check_choices(choices: Mapping[str, Any]) -> None:
    """Raises: InvalidInput `blueprints.unreadable` with the `path` of what no choice can be."""
    proposal_of((), choices=choices)


async def add_file(
    runtime: Runtime,
    actor: Actor,
    *,
    key: str,
    blueprint_id: UUID,
    name: str,
    content: bytes,
    kind: str | None = None,
) -> dict[str, Any]:
    """Keeps a sample and begins to read it; the same bytes a second time are the same file. The content says its kind.

    Raises: InvalidInput `blueprints.empty_file`, `blueprints.file_too_large`, `blueprints.unknown_kind`; Conflict
    `blueprints.too_many_files`, `blueprints.too_much`, `blueprints.is_over`; NotFound; NotAllowed; Upstream; Busy.
    """
    name = _name(name)
    if not content:
        raise InvalidInput("blueprints.empty_file", file=name)
    if len(content) > LARGEST_FILE:
        raise InvalidInput("blueprints.file_too_large", file=name, limit_bytes=LARGEST_FILE)
    if is_album(name, content):

        async def take_in(number: int, photo: str, of: bytes) -> dict[str, Any]:
            return await add_file(
                runtime, actor, key=f"{key}-{number}", blueprint_id=blueprint_id, name=photo, content=of, kind="photo"
            )  # fmt: skip

        return await add_album(name, content, take_in)
    found = _kind(name, content, kind)
    async with runtime.database.as_actor(actor) as ctx:
        blueprint = await blueprints.get_blueprint(ctx, blueprint_id=blueprint_id)
        blueprints.changeable(blueprint, blueprint.revision)
    digest = sha256(content).hexdigest()
    path = f"{blueprint.organization_id}/{blueprint_id}/{digest}"
    media_type = media_type_of(found, name, content[:LOOKED_AT])

    async def work(ctx: Context) -> dict[str, Any]:
        added = await blueprints.add_file(
            ctx, blueprint_id=blueprint_id, kind=found, name=name, media_type=media_type, size=len(content),
            sha256=digest, path=path,
        )  # fmt: skip
        return {"file_id": str(added.id)}

    request = {"blueprint": blueprint_id, "name": name, "sha256": digest, "kind": kind}
    # stored before the row: a row always has its bytes, and what is stored under a hash can be stored again
    await runtime.ports.files.put(BUCKET, path, content, content_type=media_type)
    done = await once(runtime, actor, operation="blueprints/files", key=key, request=request, work=work)
    return await _begun(runtime, actor, UUID(done["file_id"]), content)


async def _begun(runtime: Runtime, actor: Actor, file_id: UUID, content: bytes) -> dict[str, Any]:
    async with runtime.database.as_actor(actor) as ctx:
        file = await blueprints.get_file(ctx, file_id=file_id)
    if file.status.is_coming:
        await runtime.samples.local.keep(file, content)
        runtime.samples.start(actor, file_id)
    return file_view(file)


async def cancel_file(runtime: Runtime, actor: Actor, *, key: str, file_id: UUID) -> dict[str, Any]:
    """Stops reading. Raises: NotFound `blueprints.no_such_file`; NotAllowed; Conflict `blueprints.is_over`."""
    shown = await _steered(runtime, actor, "cancel", key, file_id)
    runtime.samples.stop(file_id)
    return shown


async def retry_file(runtime: Runtime, actor: Actor, *, key: str, file_id: UUID) -> dict[str, Any]:
    """Reads a file anew, with what was remembered meanwhile. Raises: as `cancel_file`."""
    shown = await _steered(runtime, actor, "retry", key, file_id)
    runtime.samples.start(actor, file_id)
    return shown


async def remove_file(runtime: Runtime, actor: Actor, *, key: str, file_id: UUID) -> dict[str, Any]:
    """Takes a file away for good, with what was stored of it. Raises: as `cancel_file`."""
    async with runtime.database.as_actor(actor) as ctx:
        path = (await blueprints.get_file(ctx, file_id=file_id)).path
    shown = await _steered(runtime, actor, "remove", key, file_id)
    runtime.samples.stop(file_id)
    await runtime.ports.files.remove(BUCKET, [path])
    return shown


async def _steered(runtime: Runtime, actor: Actor, verb: str, key: str, file_id: UUID) -> dict[str, Any]:
    async def work(ctx: Context) -> dict[str, Any]:
        return file_view(await blueprints.steer_file(ctx, file_id=file_id, verb=verb))

    request = {"file": file_id}
    return await once(runtime, actor, operation=f"blueprints/{verb}", key=key, request=request, work=work)


async def changing(
    runtime: Runtime,
    actor: Actor,
    name: str,
    key: str,
    request: dict[str, Any],
    work: Callable[[Context], Awaitable[dict[str, Any]]],
    blueprint_id: UUID,
) -> dict[str, Any]:
    """A change done once per key, and the blueprint as it is now: its proposal is not kept with each key."""
    await once(runtime, actor, operation=f"blueprints/{name}", key=key, request=request, work=work)
    return await get_blueprint(runtime, actor, blueprint_id=blueprint_id)


async def loaded(
    runtime: Runtime, actor: Actor, blueprint_id: UUID
) -> tuple[Blueprint, Sequence[SampleFile]]:
    """A blueprint with its files. Raises: NotFound `blueprints.no_such_blueprint`."""
    async with runtime.database.as_actor(actor) as ctx:
        blueprint = await blueprints.get_blueprint(ctx, blueprint_id=blueprint_id)
        return blueprint, await blueprints.list_files(ctx, blueprint_id=blueprint_id)


def _kind(name: str, content: bytes, wanted: str | None) -> str:
    found = kind_of(name, content[:LOOKED_AT])
    pictures = ("photo", "screen")
    if wanted is not None and wanted not in KINDS:
        raise InvalidInput("blueprints.unknown_kind", file=name, kind=wanted)
    if wanted in pictures and found in pictures:
        return wanted
    text = ("sheet", "feed")
    return wanted if wanted in text and found in text else found or "unknown"


def _name(name: str) -> str:
    plain = " ".join(storable(name).replace("\\", "/").rsplit("/", 1)[-1].split())
    return plain[-blueprints.LONGEST_NAME :] or safe_name("")


async def owner_of(ctx: Context, organization: str | None, event: str | None) -> tuple[UUID, UUID | None]:
    """The organization, by slug or the actor's only one, and the event if one is meant."""
    if event is not None:
        found = await events.get_readable(ctx, slug=event)
        return found.organization_id, found.id
    sellers = [m for m in await identity.list_memberships(ctx) if not m.is_dealer]
    if organization is not None:
        sellers = [m for m in sellers if m.slug == organization]
    if not sellers:
        raise NotFound("identity.no_such_organization", slug=organization)
    if len(sellers) > 1:
        raise InvalidInput("identity.which_organization", organizations=[m.slug for m in sellers])
    return sellers[0].organization_id, None
