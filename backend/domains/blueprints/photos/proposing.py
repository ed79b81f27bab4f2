"""A seller's photos: what speaks against showing each, and which are one and the same picture.

Files are read in `photo_reading`; which listing a photo belongs to is decided in `photo_links`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from backend.core.errors import AppError, Conflict
from backend.domains.blueprints.model import Evidence, PhotoProposal
from backend.domains.blueprints.photos.reading import Look, PhotoLimits, PhotoReader
from backend.kit.archives import ArchiveLimits, read_archive

#: Below these a photo is doubtful. Sharpness is measured at 1,024 pixels (see `worker.sharpness`).
SHARP: Final = 20.0
SMALL_SIDE: Final = 640
DARK_MEDIAN: Final = 40.0
DARK_BRIGHTEST: Final = 120.0
BRIGHT_MEDIAN: Final = 235.0
ODD_ASPECT: Final = 3.0
#: How many of 64 bits two hashes of one picture may differ in, shape and gradient.
NEAR_SHAPE: Final = 6
NEAR_GRADIENT: Final = 10

Progress = Callable[[str, int, int], None]
Cancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class RefusedPhoto:
    """A file among photos that is not read. `code` and `facts` as of an error."""

    file: str
    code: str
    facts: Mapping[str, Any]


def is_archive(head: bytes) -> bool:
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def photos_in(path: Path, name: str, limits: ArchiveLimits | None = None) -> Iterator[tuple[str, Path]]:
    """Yields (name, file) of one photo, or of each file of a zip of photos. A file is gone when the next one comes.

    Raises: InvalidInput `core.unsafe_archive`, `core.unreadable_archive`.
    """
    with path.open("rb") as content:
        head = content.read(64)
    if not is_archive(head):
        yield name, path
        return
    with tempfile.TemporaryDirectory(prefix="mpax-photos-") as folder:
        unpacked = Path(folder) / "photo"  # the names of the archive are never paths of ours
        for entry, content in read_archive(path, limits or ArchiveLimits()):
            unpacked.write_bytes(content)
            yield entry, unpacked


def read_photos(
    files: Iterable[tuple[str, Path]],
    *,
    limits: PhotoLimits | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> tuple[tuple[PhotoProposal, ...], tuple[RefusedPhoto, ...]]:
    """Photos, and zips of them, by (name, file). What cannot be read is told beside the others.

    Raises: Conflict `blueprints.cancelled`; InvalidInput for a zip that is not to be trusted.
    """
    found: list[PhotoProposal] = []
    refused: list[RefusedPhoto] = []
    with PhotoReader(limits) as reader:
        for name, path in (photo for file in files for photo in photos_in(file[1], file[0])):
            if cancelled is not None and cancelled():
                raise Conflict("blueprints.cancelled")
            try:
                found.append(proposed(name, reader.look(path, name)))
            except AppError as error:
                refused.append(RefusedPhoto(name, error.code, error.facts))
            if progress is not None:
                progress("photos", len(found) + len(refused), 0)
    return tuple(found), tuple(refused)


def proposed(name: str, look: Look) -> PhotoProposal:
    """What the measures of a photo say, before it is compared with others and linked."""
    warnings, evidence = judged(look)
    return PhotoProposal(
        file=name, sha256=look.sha256, width=look.width, height=look.height, rotated=look.rotated,
        phash=look.phash, warnings=warnings, evidence=evidence,
    )  # fmt: skip


def judged(look: Look) -> tuple[tuple[str, ...], tuple[Evidence, ...]]:
    """What speaks against showing a photo, with the measure that says so."""
    dark, middle, bright = look.light
    long, short = max(look.width, look.height), max(1, min(look.width, look.height))
    sharp = look.sharpness
    found = {
        "too_small": (long < SMALL_SIDE, f"{look.width} x {look.height} pixels; tiles need {SMALL_SIDE}"),
        "blurry": (
            sharp is not None and sharp < SHARP and not look.is_flat,
            f"sharpness {sharp}; below {SHARP:.0f} a photo looks blurred",
        ),
        "too_dark": (middle < DARK_MEDIAN and bright < DARK_BRIGHTEST, f"half of it is darker than {middle:.0f} of 255"),
        "too_bright": (middle > BRIGHT_MEDIAN and dark > BRIGHT_MEDIAN, f"nearly all of it is lighter than {dark:.0f} of 255"),
        "empty": (look.is_flat, "one even color"),
        "odd_aspect": (long / short > ODD_ASPECT, f"one side is {long / short:.1f} times the other"),
        "animated": (look.is_animated, "only its first frame is shown"),
    }  # fmt: skip
    warnings = tuple(name for name, (is_so, _) in found.items() if is_so)
    evidence = [Evidence("file", found[name][1]) for name in warnings]
    if look.has_place:
        evidence.append(Evidence("file", "carries the place where it was taken, which is taken out"))
    return warnings, tuple(evidence)


def with_duplicates(photos: Sequence[PhotoProposal]) -> tuple[PhotoProposal, ...]:
    """The same photos, each that shows what a larger (or earlier) one shows naming it in `duplicate_of`."""
    ranked = sorted(range(len(photos)), key=lambda at: (-photos[at].width * photos[at].height, at))
    kept: list[PhotoProposal] = []
    twins: dict[int, str] = {}
    for at in ranked:
        original = next((other for other in kept if is_near(photos[at], other)), None)
        if original is None:
            kept.append(photos[at])
        else:
            twins[at] = original.file
    return tuple(replace(photo, duplicate_of=twins.get(at)) for at, photo in enumerate(photos))


def is_near(a: PhotoProposal, b: PhotoProposal) -> bool:
    """Whether two photos are one picture, perhaps in another size or saved anew.

    Source: perceptual and difference hash of 64 bits each, http://www.hackerfactor.com/blog/?/archives/432 and /529.
    """
    if a.sha256 == b.sha256:
        return True
    if not a.phash or not b.phash or len(a.phash) != len(b.phash):
        return False
    differing = int(a.phash, 16) ^ int(b.phash, 16)
    return (differing >> 64).bit_count() <= NEAR_SHAPE and (
        differing & (1 << 64) - 1
    ).bit_count() <= NEAR_GRADIENT
