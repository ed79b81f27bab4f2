"""A process that reads the text of images: one after the other from stdin, a line of JSON for each to stdout.

Started by `ocr_local` with its limits as the only argument; ends when nothing comes for a while, or stdin closes. Imports
nothing of the product: it may die of its input. The models lie in rapidocr's own package: nothing is fetched.
"""

from __future__ import annotations

import io
import json
import math
import select
import struct
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import Any

_SURE = 0.85  # mean confidence below which the image may stand on its head
_WIDE_GAP = 0.55  # of a line's height; a usual space takes a third
_FORMATS = ("PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF", "AVIF", "MPO")


def limit_memory(memory: int) -> None:
    """Where the platform has them. Time is limited for each image."""
    try:
        import resource
    except ImportError:
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(
        resource.RLIMIT_AS, (memory if hard == resource.RLIM_INFINITY else min(memory, hard), hard)
    )


def limit_time(seconds: int) -> None:
    """So many more seconds of processor time than were used so far."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds, hard))


@cache
def engine(threads: int) -> Any:
    import rapidocr

    models = Path(rapidocr.__file__).parent / "models"
    names = {"Det": "PP-OCRv6_det_small.onnx", "Rec": "PP-OCRv6_rec_small.onnx"}
    return rapidocr.RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
        | {f"{step}.model_path": str(models / name) for step, name in names.items()}
    )


def picture(image: bytes, pixels: int) -> Any:
    """Shape: (height, width, 3), upright as its camera says. Raises: ValueError."""
    from PIL import Image, ImageOps

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(image), formats=_FORMATS) as opened:
            if opened.width * opened.height > pixels:
                raise ValueError("too many pixels")
            upright = ImageOps.exif_transpose(opened)
            if upright.mode in {"RGBA", "LA", "PA", "P"}:
                layer = upright.convert("RGBA")
                ground = Image.new("RGBA", layer.size, "white")
                upright = Image.alpha_composite(ground, layer)
            return upright.convert("RGB")


def lines_of(upright: Any, threads: int) -> list[tuple[str, float, Any]]:
    import numpy as np

    found = engine(threads)(np.asarray(upright)[:, :, ::-1], return_word_box=True)
    if found.boxes is None or found.txts is None:
        return []
    lines: list[tuple[str, float, Any]] = []
    for text, score, box, words in zip(
        found.txts, found.scores, found.boxes, found.word_results, strict=True
    ):
        runs = _runs(text, [(word[0], word[2]) for word in words if word[2] is not None])
        lines += [(run, float(score), corners) for run, corners in runs or [(text, box)]]
    return lines


def _runs(text: str, words: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """The parts of a line that wide gaps divide: the finder of lines sometimes takes two columns for one.

    Empty where there is one part only, or where the words do not make up the line.
    """
    if " ".join(word for word, _ in words).split() != text.split():
        return []
    groups: list[list[tuple[str, Any]]] = []
    for word, box in words:
        if groups and _gap(groups[-1][-1][1], box) <= _WIDE_GAP * min(
            _thickness(groups[-1][-1][1]), _thickness(box)
        ):
            groups[-1].append((word, box))
        else:
            groups.append([(word, box)])
    if len(groups) < 2:
        return []
    return [(" ".join(word for word, _ in group), [p for _, box in group for p in box]) for group in groups]


def weight(lines: list[tuple[str, float, Any]]) -> float:
    return sum(len(text) * score**2 for text, score, _ in lines)


def is_sideways(lines: list[tuple[str, float, Any]]) -> bool:
    """Whether most of the longer lines run up or down the page."""
    tall = [bool(_height(box) > 1.5 * _width(box)) for _, _, box in lines if _long(box)]
    return len(tall) >= 2 and sum(tall) > len(tall) / 2


def _gap(left: Any, right: Any) -> float:
    """The distance between two words of a line, along the line."""
    return math.dist(left[1], right[0])


def _thickness(box: Any) -> float:
    return math.dist(box[0], box[3])


def _width(box: Any) -> float:
    return max(point[0] for point in box) - min(point[0] for point in box)


def _height(box: Any) -> float:
    return max(point[1] for point in box) - min(point[1] for point in box)


def _long(box: Any) -> bool:
    short, long = sorted((_width(box), _height(box)))
    return long > 2 * max(short, 1)


def read(image: bytes, order: dict[str, Any]) -> list[list[Any]]:
    """Shape: [text, confidence, x0, y0, x1, y1, turned] per line; `turned` as in `core.ports.Word`."""
    upright = picture(image, order["pixels"])
    turned, best = 0, lines_of(upright, order["threads"])
    if is_sideways(best):
        turned, best = 90, lines_of(upright.rotate(90, expand=True), order["threads"])
    if not best or sum(score for _, score, _ in best) < _SURE * len(best):
        other = lines_of(upright.rotate(turned + 180, expand=True), order["threads"])
        if weight(other) > 1.3 * weight(best):
            turned, best = turned + 180, other
    lines = [
        [text, score, *_original(box, turned, upright.width, upright.height), turned]
        for text, score, box in best
    ]
    return sorted(lines, key=lambda line: (line[3], line[2]))


def _original(box: Any, turned: int, width: int, height: int) -> list[float]:
    """The bounds of a box found in an image that was turned counterclockwise, in the image as it came."""
    corners = [(float(point[0]), float(point[1])) for point in box]
    if turned == 90:
        corners = [(width - y, x) for x, y in corners]
    elif turned == 180:
        corners = [(width - x, height - y) for x, y in corners]
    elif turned == 270:
        corners = [(y, height - x) for x, y in corners]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return [min(xs), min(ys), max(xs), max(ys)]


def next_image(idle_seconds: float) -> bytes | None:
    """None when nobody asks any more."""
    ready, _, _ = select.select([sys.stdin.buffer], [], [], idle_seconds)
    head = sys.stdin.buffer.read(8) if ready else b""
    if len(head) < 8:
        return None
    (size,) = struct.unpack(">Q", head)
    image = sys.stdin.buffer.read(size)
    return image if len(image) == size else None


def main() -> None:
    order = json.loads(sys.argv[1])
    limit_memory(order["memory"])
    while (image := next_image(order["idle_seconds"])) is not None:
        limit_time(order["seconds"])
        try:
            answer: dict[str, Any] = {"lines": read(image, order)}
        except Exception:  # noqa: BLE001 - whatever the libraries raise, this image could not be read
            answer = {"problem": "unreadable_image"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
