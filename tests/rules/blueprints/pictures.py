"""Pictures for tests, drawn here: like photographs in what is measured of them, and some that mean harm."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageCms, ImageDraw, ImageFont


def scene(width: int = 1200, height: int = 900, seed: int = 1) -> Image.Image:
    """Soft large forms with fine detail over them."""
    rng = np.random.default_rng(seed)
    layers = [
        (12, 16, 0.75, Image.Resampling.BICUBIC),
        (max(2, height // 6), max(2, width // 6), 0.25, Image.Resampling.NEAREST),
    ]
    total = np.zeros((height, width, 3))
    for rows, columns, share, way in layers:
        noise = Image.fromarray(rng.integers(0, 255, (rows, columns, 3), dtype=np.uint8))
        total += share * np.asarray(noise.resize((width, height), way))
    return Image.fromarray(total.clip(0, 255).astype(np.uint8))


def saved(image: Image.Image, path: Path, **options: Any) -> Path:
    image.save(path, **options)
    return path


def label(text: str) -> Image.Image:
    picture = Image.new("RGB", (900, 300), "white")
    ImageDraw.Draw(picture).text((40, 110), text, fill="black", font=ImageFont.load_default(64))
    return picture


def swapped_profile() -> bytes:
    """A color profile in which red means green and green means red."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    (count,) = struct.unpack_from(">I", profile, 128)
    places = {bytes(profile[at : at + 4]): at for at in range(132, 132 + 12 * count, 12)}
    red, green = places[b"rXYZ"], places[b"gXYZ"]
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile)


def huge_png(width: int, height: int) -> bytes:
    """A PNG that says it is as large as that, in a hundred bytes and a little."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def as_bytes(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()
