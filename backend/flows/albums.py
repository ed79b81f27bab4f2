"""A zip of photos becomes the photos in it, each a file of its own. Nothing else of a zip is taken in."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Final

from backend.core.errors import InvalidInput
from backend.domains.blueprints.kinds import LOOKED_AT, kind_of
from backend.domains.blueprints.photos.proposing import is_archive, photos_in
from backend.domains.blueprints.photos.reading import photo_format
from backend.domains.blueprints.records import MOST_FILES

_BETWEEN: Final = " - "  # folders stay in the name, which often carries the number of the thing

#: Takes in one photo by (number, name, content) and gives its view.
TakeIn = Callable[[int, str, bytes], Awaitable[dict[str, Any]]]


def is_album(name: str, content: bytes) -> bool:
    """Whether it may be a zip of photos: a workbook is a zip too."""
    return is_archive(content[:4]) and kind_of(name, content[:LOOKED_AT]) is None


async def add_album(name: str, content: bytes, take_in: TakeIn) -> dict[str, Any]:
    """Takes in every photo of a zip. Shape: the view of the last one, and `album`: the views of all.

    Raises: InvalidInput `core.unsafe_archive`, `core.unreadable_archive`, `blueprints.unknown_kind` without photos,
    `blueprints.too_many_files`; as `take_in` does.
    """
    with tempfile.TemporaryDirectory(prefix="mpax-album-") as folder:
        path = Path(folder) / (PurePosixPath(name).name or "album.zip")
        await asyncio.to_thread(path.write_bytes, content)
        count = await asyncio.to_thread(lambda: sum(1 for _ in _photos(path)))
        if not count:
            raise InvalidInput("blueprints.unknown_kind", file=name)
        if count > MOST_FILES:
            raise InvalidInput("blueprints.too_many_files", file=name, limit=MOST_FILES)
        photos = _photos(path)
        views: list[dict[str, Any]] = []
        while (photo := await asyncio.to_thread(next, photos, None)) is not None:
            views.append(await take_in(len(views), *photo))
        return {**views[-1], "album": views}


def _photos(path: Path) -> Iterator[tuple[str, bytes]]:
    for entry, file in photos_in(path, path.name):
        content = file.read_bytes()
        if photo_format(content[:LOOKED_AT]) is not None:
            yield _BETWEEN.join(PurePosixPath(entry.replace("\\", "/")).parts), content
