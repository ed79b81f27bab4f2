"""Photos of a blueprint become pictures of listings: sizes are made, stored for good and attached.

Addresses are made of the content, so that caches may keep them for ever and doing it again changes nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from backend.core.context import Actor, Context
from backend.core.errors import AppError, Busy, Conflict
from backend.core.ports import Files, Ocr, Word
from backend.domains.blueprints.model import PhotoProposal
from backend.domains.blueprints.photos.links import link_photos, natural, need_text
from backend.domains.blueprints.photos.proposing import Cancelled, Progress, with_duplicates
from backend.domains.blueprints.photos.reading import PhotoReader, Variant
from backend.domains.catalogue import media
from backend.domains.catalogue.media import Picture
from backend.flows.runtime import Runtime

BUCKET: Final = "media"
FOR_EVER: Final = "31536000, immutable"
#: What is less certain than this waits for a person.
LEAST: Final = 0.5
_AT_ONCE: Final = 2
#: How long text is looked for in pictures, each of which takes a second or two. The rest is linked by other means.
READING_S: Final = 45.0

#: Opens a unit of work for whoever attaches.
Door = Callable[[], AbstractAsyncContextManager[Context]]
#: Opens the bytes of a photo as a file of this machine.
Originals = Callable[[PhotoProposal], AbstractAsyncContextManager[Path]]


@dataclass(slots=True)
class Published:
    """What became of photos: how many are attached now, and which were left out with the code of why."""

    attached: int = 0
    left_out: list[dict[str, Any]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {"attached": self.attached, "left_out": list(self.left_out)}


async def relate(
    photos: Sequence[PhotoProposal],
    listings: Sequence[Mapping[str, Any]],
    *,
    ocr: Ocr | None,
    originals: Originals,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> tuple[PhotoProposal, ...]:
    """Photos with their duplicates and the listings they belong to; what is written in a picture is read where its name
    says nothing. Raises: Conflict `blueprints.cancelled`.
    """
    compared = await asyncio.to_thread(with_duplicates, photos)
    wanted = set(need_text(compared, listings)) if ocr is not None else set[str]()
    texts: dict[str, Sequence[Word]] = {}
    unread = [photo for photo in compared if photo.sha256 in wanted]
    end = time.monotonic() + READING_S
    with PhotoReader() as reader:
        for done, photo in enumerate(unread):
            if time.monotonic() > end:
                break
            if cancelled is not None and cancelled():
                raise Conflict("blueprints.cancelled")
            if progress is not None:
                progress("text", done, len(unread))
            assert ocr is not None
            try:
                async with originals(photo) as path:
                    texts[photo.sha256] = await ocr.read(
                        await asyncio.to_thread(reader.preview, path, photo.file)
                    )
            except AppError:  # a picture whose text cannot be read is linked by other means
                continue
    return await asyncio.to_thread(lambda: link_photos(compared, listings, texts=texts))


async def publish_photos(
    runtime: Runtime,
    actor: Actor,
    *,
    event_id: UUID,
    photos: Sequence[PhotoProposal],
    originals: Originals,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Published:
    """Attaches every photo that certainly belongs to a listing, in the order of names, one picture once; takes it off
    where it was attached before and does not belong any more.

    Raises: NotFound `events.not_found`; NotAllowed `identity.needs_permission`; Gone `events.closed`; Conflict
    `blueprints.cancelled`; Busy `core.files_unreachable`; Upstream `core.files_failed`. What was stored stays stored.
    """
    return await attach_photos(
        runtime.ports.files,
        lambda: runtime.database.as_actor(actor),
        event_id=event_id,
        photos=photos,
        originals=originals,
        progress=progress,
        cancelled=cancelled,
    )


async def attach_photos(
    files: Files,
    door: Door,
    *,
    event_id: UUID,
    photos: Sequence[PhotoProposal],
    originals: Originals,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Published:
    """The same for whoever comes by that door. Raises: as `publish_photos`."""
    async with door() as ctx:
        await media.check_may_attach(ctx, event_id=event_id)
        known = {(one.external_id, one.sha256): one for one in await media.list_media(ctx, event_id=event_id)}
    published, places = Published(), placed(photos)
    made = {sha256: one.variants for (_, sha256), one in known.items()}
    press = _Press(files, event_id, originals, made)
    try:
        waiting = list({photo.sha256: photo for photo, _, _ in places}.values())
        for start in range(0, len(waiting), _AT_ONCE):
            if cancelled is not None and cancelled():
                raise Conflict("blueprints.cancelled")
            if progress is not None:
                progress("photos", start, len(waiting))
            await press.make_all(waiting[start : start + _AT_ONCE], published)
    finally:
        press.close()
    pictures = [
        Picture(
            listing, position, photo.sha256, photo.width, photo.height, photo.phash, "", made[photo.sha256]
        )
        for photo, listing, position in places
        if photo.sha256 in made
    ]
    moved = _moved(known, photos, places)
    if pictures or moved:
        async with door() as ctx:
            for listing, sha256 in moved:
                await media.detach_media(ctx, event_id=event_id, external_id=listing, sha256=sha256)
            published.attached = await media.attach_media(ctx, event_id=event_id, pictures=pictures)
    return published


def _moved(
    known: Iterable[tuple[str, str]],
    photos: Sequence[PhotoProposal],
    places: Sequence[tuple[PhotoProposal, str, int]],
) -> list[tuple[str, str]]:
    """(listing, sha256) of these photos that hang where they do not belong any more."""
    wanted = {(listing, photo.sha256) for photo, listing, _ in places}
    ours = {photo.sha256 for photo in photos}
    return [
        (listing, sha256) for listing, sha256 in known if sha256 in ours and (listing, sha256) not in wanted
    ]


def placed(photos: Sequence[PhotoProposal]) -> list[tuple[PhotoProposal, str, int]]:
    """(photo, listing, position) of those that are shown; of pictures that are the same the first found is shown once."""
    by_file = {photo.file: photo for photo in photos}
    counts: dict[str, int] = {}
    seen: set[tuple[str, str]] = set()
    places: list[tuple[PhotoProposal, str, int]] = []
    for photo in sorted(photos, key=lambda one: natural(one.file)):
        if photo.listing is None or photo.confidence < LEAST:
            continue
        best = by_file.get(photo.duplicate_of or "", photo)
        if (photo.listing, best.sha256) not in seen:
            seen.add((photo.listing, best.sha256))
            places.append((best, photo.listing, counts.get(photo.listing, 0)))
            counts[photo.listing] = counts.get(photo.listing, 0) + 1
    return places


class _Press:
    """Makes the sizes of photos and stores them, a few at once. `made` gathers their addresses by sha256."""

    def __init__(
        self,
        files: Files,
        event_id: UUID,
        originals: Originals,
        made: dict[str, tuple[Mapping[str, Any], ...]],
    ) -> None:
        self._files, self._event_id, self._originals, self._made = files, event_id, originals, made
        self._idle = [PhotoReader() for _ in range(_AT_ONCE)]

    def close(self) -> None:
        for reader in self._idle:
            reader.close()

    async def make_all(self, photos: Sequence[PhotoProposal], published: Published) -> None:
        """Beside each other; what goes wrong with one is raised when none of them works any more."""
        work = [self._make(photo, published) for photo in photos]
        for problem in await asyncio.gather(*work, return_exceptions=True):
            if isinstance(problem, BaseException):
                raise problem

    async def _make(self, photo: PhotoProposal, published: Published) -> None:
        if photo.sha256 in self._made:
            return
        try:
            async with self._originals(photo) as path:
                variants = await self._sizes(path, photo.file)
        except Busy:
            raise
        except AppError as error:
            published.left_out.append({"file": photo.file, "code": error.code})
            return
        self._made[photo.sha256] = tuple([await self._store(photo, variant) for variant in variants])

    async def _sizes(self, path: Path, name: str) -> tuple[Variant, ...]:
        reader = self._idle.pop()
        work = asyncio.ensure_future(asyncio.to_thread(reader.variants, path, name))
        try:
            return await asyncio.shield(work)
        finally:
            if not work.done():  # cancelled: its thread goes on with the reader and the file
                await asyncio.wait([work])
            self._idle.append(reader)

    async def _store(self, photo: PhotoProposal, variant: Variant) -> dict[str, Any]:
        path = f"{self._event_id}/{photo.sha256}/{variant.name}"
        await self._files.put(
            BUCKET, path, variant.content, content_type=variant.type, cache_control=FOR_EVER
        )
        url = self._files.public_url(BUCKET, path)
        return {"url": url, "width": variant.width, "height": variant.height, "type": variant.type}
