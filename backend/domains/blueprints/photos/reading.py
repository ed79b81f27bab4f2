"""Looks at photos without trusting them, and makes their sizes for the web.

The work is done in `worker`, a process with limits on memory and time whose death is a refusal of one photo and
nothing more. What the measures mean is said in `photos`.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from backend.core.errors import InvalidInput

WIDTHS: Final = (320, 640, 1280, 1920)
_AVIF_WIDTHS: Final = (640, 1280)  # what tiles show; larger ones cost a second each
_AVIF_WORTH: Final = 0.85  # of the bytes of WebP: with less to gain, one file fewer
_PREVIEW_SIDE: Final = 1280  # a plate can be read, in half the time of 1,920
_WORKER: Final = Path(__file__).with_name("worker.py")


@dataclass(frozen=True, slots=True)
class PhotoLimits:
    """Bounds of one photo, and of the process that reads it."""

    file_bytes: int = 64 * 1024 * 1024
    pixels: int = 120_000_000
    memory_bytes: int = 2 * 1024 * 1024 * 1024
    cpu_seconds: int = 20
    wall_seconds: float = 40.0


@dataclass(frozen=True, slots=True)
class Look:
    """What a photo is by its measures. `light` is the gray (0..255) that 5, 50 and 95 % of it are darker than;
    `sharpness` is measured at 1,024 pixels, None where there is too little to measure."""

    sha256: str
    width: int
    height: int
    rotated: int
    phash: str
    sharpness: float | None
    light: tuple[float, float, float]
    is_flat: bool
    is_animated: bool
    has_place: bool


@dataclass(frozen=True, slots=True)
class Variant:
    """One size of a photo for the web. `type` is its media type."""

    width: int
    height: int
    type: str
    content: bytes

    @property
    def name(self) -> str:
        return f"{self.width}.{self.type.removeprefix('image/')}"


def photo_format(head: bytes) -> str | None:
    """The kind of picture by its first bytes, as Pillow names it; `HEIC` and `SVG` are known and not read."""
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WEBP"
    if head.startswith((b"II*\0", b"MM\0*")):
        return "TIFF"
    if head[4:8] == b"ftyp":
        brands = head[8:64]
        return "AVIF" if b"avif" in brands or b"avis" in brands else "HEIC" if _is_heic(brands) else None
    text = head[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return "SVG" if text.startswith((b"<svg", b"<?xml", b"<!doctype svg")) and b"<svg" in text else None


def _is_heic(brands: bytes) -> bool:
    return any(brand in brands for brand in (b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1"))


class PhotoReader:
    """Looks at photos one after the other, in one process until one of them ends it. Not for two threads at once."""

    def __init__(self, limits: PhotoLimits | None = None) -> None:
        self._limits = limits or PhotoLimits()
        self._worker: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._end()

    def look(self, path: Path, name: str) -> Look:
        """Raises: InvalidInput `blueprints.unsupported_photo` (kind), `.photo_too_large`, `.unreadable_photo`."""
        seen = self._ask(path, name, {"do": "look"})
        with path.open("rb") as content:
            sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        facts: dict[str, Any] = {**seen, "sha256": sha256, "light": tuple(seen["light"])}
        return Look(**facts)

    def variants(self, path: Path, name: str) -> tuple[Variant, ...]:
        """Sizes for the web, smallest first, the last one WebP; pixels and nothing else. Raises: as `look`."""
        with tempfile.TemporaryDirectory(prefix="mpax-photo-") as folder:
            order = {
                "do": "variants",
                "folder": folder,
                "widths": WIDTHS,
                "avif": _AVIF_WIDTHS,
                "worth": _AVIF_WORTH,
            }
            made = self._ask(path, name, order)["variants"]
            return tuple(
                Variant(
                    each["width"], each["height"], each["type"], (Path(folder) / each["file"]).read_bytes()
                )
                for each in made
            )

    def preview(self, path: Path, name: str) -> bytes:
        """An upright JPEG to read text in. Raises: as `look`."""
        with tempfile.TemporaryDirectory(prefix="mpax-photo-") as folder:
            to = Path(folder) / "preview.jpg"
            self._ask(path, name, {"do": "preview", "to": str(to), "side": _PREVIEW_SIDE})
            return to.read_bytes()

    def _ask(self, path: Path, name: str, order: dict[str, Any]) -> dict[str, Any]:
        limits = self._limits
        if path.stat().st_size > limits.file_bytes:
            raise InvalidInput("blueprints.photo_too_large", file=name, limit_bytes=limits.file_bytes)
        with path.open("rb") as content:
            kind = photo_format(content.read(1024))
        if kind in (None, "SVG", "HEIC"):
            raise InvalidInput("blueprints.unsupported_photo", file=name, kind=(kind or "unknown").lower())
        line = self._exchange(
            order
            | {
                "path": str(path.resolve()),
                "format": kind,
                "pixels": limits.pixels,
                "seconds": limits.cpu_seconds,
            }
        )
        if not line:
            raise InvalidInput("blueprints.photo_too_large", file=name, problem="needs_too_much")
        answer: dict[str, Any] = json.loads(line)
        if "problem" in answer:
            raise InvalidInput(f"blueprints.{answer['problem']}", file=name, **answer["facts"])
        return answer

    def _exchange(self, order: dict[str, Any]) -> str:
        """One line for one line; empty when the process ended over it."""
        worker = self._worker or self._start()
        assert worker.stdin is not None
        assert worker.stdout is not None
        clock = threading.Timer(self._limits.wall_seconds, worker.kill)
        clock.start()
        try:
            worker.stdin.write(json.dumps(order) + "\n")
            worker.stdin.flush()
            line = worker.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            clock.cancel()
        if not line.endswith("\n"):
            self._end()
            return ""
        return line

    def _start(self) -> subprocess.Popen[str]:
        command = [
            sys.executable,
            "-I",
            str(_WORKER),
            str(self._limits.memory_bytes),
            str(self._limits.pixels),
        ]
        self._worker = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},  # each thread would reserve memory that is limited
        )  # fmt: skip
        return self._worker

    def _end(self) -> None:
        worker, self._worker = self._worker, None
        if worker is None:
            return
        worker.kill()
        worker.wait()
        for pipe in (worker.stdin, worker.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
