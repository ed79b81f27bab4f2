"""A process that looks at photos: one order per line on stdin, one answer per line on stdout, both JSON.

Started by `photos`. Imports nothing of the product: it may die of its input, and nothing but pixels leaves it. What was
written beside them (EXIF with places and names, color profiles, scripts hidden behind a picture) stays behind.
"""

from __future__ import annotations

import io
import json
import math
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms
from PIL.ImageFile import ImageFile

_MEASURED = 1024  # the side at which sharpness and light are measured, so that sizes compare
_GRID = 8
_FLAT = 4.0  # standard deviation of gray below which a picture has nothing to recognize it by
_SRGB = ImageCms.createProfile("sRGB")
_TURNED = {1: 0, 2: 0, 3: 180, 4: 180, 5: 90, 6: 90, 7: 270, 8: 270}  # EXIF orientation -> degrees clockwise
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip
_LARGER = 1.15  # a last size hardly above the one before is not worth its bytes
_WEBP = {"quality": 80, "method": 4}
_AVIF = {"quality": 55, "speed": 8}


class Refused(Exception):
    """The picture is not read; the argument is the problem, and facts about it."""

    def __init__(self, problem: str, **facts: Any) -> None:
        super().__init__(problem)
        self.answer = {"problem": problem, "facts": facts}


def limit_memory(memory: int) -> None:
    """Where the platform has limits."""
    try:
        import resource
    except ImportError:
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(
        resource.RLIMIT_AS, (memory if hard == resource.RLIM_INFINITY else min(memory, hard), hard)
    )


def limit_seconds(seconds: int) -> None:
    """From now on, for the next picture alone."""
    try:
        import resource
    except ImportError:
        return
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    allowed = math.ceil(time.process_time()) + seconds
    resource.setrlimit(
        resource.RLIMIT_CPU, (allowed if hard == resource.RLIM_INFINITY else min(allowed, hard), hard)
    )


def opened(order: dict[str, Any]) -> ImageFile:
    image = Image.open(order["path"], formats=[order["format"]])
    if image.width * image.height > order["pixels"]:
        raise Refused("photo_too_large", width=image.width, height=image.height, limit_pixels=order["pixels"])
    return image


def exif_of(image: Image.Image) -> dict[int, Any]:
    try:
        return dict(image.getexif())
    except Exception:  # noqa: BLE001 - broken EXIF: the picture is shown as it lies
        return {}


def orientation_of(image: Image.Image) -> int:
    found = exif_of(image).get(0x0112)
    return found if found in _TURNED else 1


def upright(image: ImageFile, side: int) -> Image.Image:
    """The first frame: turned as its EXIF says, at most `side` long, in sRGB, on white, with nothing but pixels."""
    turn = orientation_of(image)
    image.draft("RGB", (side, side))  # a JPEG is decoded at a fraction of its size
    image.load()
    plain = in_srgb(image)
    plain.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=3.0)
    turned = plain.transpose(_UPRIGHT[turn]) if turn in _UPRIGHT else plain
    return Image.frombytes("RGB", turned.size, turned.tobytes())


def in_srgb(image: Image.Image) -> Image.Image:
    """RGB pixels. A color profile that is broken is as good as none."""
    profile = image.info.get("icc_profile")
    if image.mode in ("I;16", "I;16L", "I;16B", "I;16N", "I", "F"):
        return deep(image).convert("RGB")
    if profile and image.mode in ("RGB", "CMYK", "L", "LAB"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            found = ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB")
            if found is not None:
                return found
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        ground = Image.new("RGBA", image.size, "white")
        ground.alpha_composite(image.convert("RGBA"))
        return ground.convert("RGB")
    return image.convert("RGB")


def deep(image: Image.Image) -> Image.Image:
    """Gray of more than 8 bits, spread over what 8 bits have."""
    values = np.nan_to_num(np.asarray(image).astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    top = max(float(values.max(initial=1.0)), 1.0 if image.mode == "F" else 65535.0)
    return Image.fromarray((values * (255.0 / top)).clip(0, 255).astype(np.uint8))


def sharpness(gray: NDArray[np.float64]) -> float:
    """Variance of the Laplacian in the sharpest tenth of the picture: a soft background is no fault.

    Source: Pech-Pacheco et al., Diatom autofocusing in brightfield microscopy (2000), by tiles.
    """
    if min(gray.shape) < 3 * _GRID:
        return math.inf
    edges = gray[:-2, 1:-1] + gray[2:, 1:-1] + gray[1:-1, :-2] + gray[1:-1, 2:] - 4 * gray[1:-1, 1:-1]
    tiles = [
        tile.var() for row in np.array_split(edges, _GRID) for tile in np.array_split(row, _GRID, axis=1)
    ]
    return float(np.percentile(tiles, 90))


def look(order: dict[str, Any]) -> dict[str, Any]:
    """What a picture is, by its measures."""
    image = opened(order)
    turn = orientation_of(image)
    width, height = image.size if turn < 5 else image.size[::-1]
    frames = bool(getattr(image, "is_animated", False))
    has_place = 0x8825 in exif_of(image)
    plain = upright(image, _MEASURED)
    gray_image = plain.convert("L")
    gray = np.asarray(gray_image).astype(np.float64)
    is_flat = float(gray.std()) < _FLAT
    hashes = "" if is_flat else f"{imagehash.phash(gray_image)}{imagehash.dhash(gray_image)}"
    sharp = sharpness(gray)
    return {
        "width": width, "height": height, "rotated": _TURNED[turn], "phash": hashes, "is_animated": frames,
        "sharpness": None if math.isinf(sharp) else round(sharp, 1), "is_flat": is_flat,
        "light": [round(float(v), 1) for v in np.percentile(gray, (5, 50, 95))],
        "has_place": has_place,
    }  # fmt: skip


def variants(order: dict[str, Any]) -> dict[str, Any]:
    """Writes the sizes into a folder; a size above the original is left out, but for the smallest."""
    folder, made = Path(order["folder"]), []
    whole = upright(opened(order), max(order["widths"]) * 2)
    wanted = [width for width in order["widths"] if width < whole.width]
    if len(wanted) < len(order["widths"]) and (not wanted or whole.width > _LARGER * wanted[-1]):
        wanted.append(min(whole.width, max(order["widths"])))
    for width in wanted:
        height = max(1, round(whole.height * width / whole.width))
        sized = (
            whole
            if width == whole.width
            else whole.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
        )
        webp = folder / f"{width}.webp"
        sized.save(webp, "WEBP", **_WEBP)
        if width in order["avif"]:
            avif = folder / f"{width}.avif"
            sized.save(avif, "AVIF", **_AVIF)
            if avif.stat().st_size < order["worth"] * webp.stat().st_size:
                made.append({"file": avif.name, "width": width, "height": height, "type": "image/avif"})
        made.append({"file": webp.name, "width": width, "height": height, "type": "image/webp"})
    return {"variants": made}


def preview(order: dict[str, Any]) -> dict[str, Any]:
    """Writes one upright picture, good enough to read text in."""
    upright(opened(order), order["side"]).save(order["to"], "JPEG", quality=92)
    return {}


_WORK = {"look": look, "variants": variants, "preview": preview}


def answer(order: dict[str, Any]) -> dict[str, Any]:
    try:
        limit_seconds(order["seconds"])
        return _WORK[order["do"]](order)
    except Refused as refused:
        return refused.answer
    except (MemoryError, Image.DecompressionBombError):
        return {"problem": "photo_too_large", "facts": {}}
    except Exception as error:  # noqa: BLE001 - whatever the libraries raise, the picture cannot be read
        return {"problem": "unreadable_photo", "facts": {"kind": type(error).__name__}}


def main() -> None:
    limit_memory(int(sys.argv[1]))
    Image.MAX_IMAGE_PIXELS = int(sys.argv[2])
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
