"""A process that reads the text of one image from stdin and writes its lines to stdout as JSON.

Started by `ocr_local` with its limits as the only argument. Imports nothing of the product: it may die of its input.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def limit_resources(memory: int, seconds: int) -> None:
    """Where the platform has them."""
    try:
        import resource
    except ImportError:
        return
    for kind, value in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds)):
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def read(image: bytes, threads: int) -> list[list[Any]]:
    """Shape: [text, confidence, x0, y0, x1, y1] per line."""
    from rapidocr import RapidOCR

    engine = RapidOCR(
        params={"Global.log_level": "error", "EngineConfig.onnxruntime.intra_op_num_threads": threads}
    )
    found: Any = engine(image)
    if found.boxes is None:
        return []
    lines: list[list[Any]] = []
    for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True):
        xs, ys = [float(point[0]) for point in box], [float(point[1]) for point in box]
        lines.append([text, float(score), min(xs), min(ys), max(xs), max(ys)])
    return sorted(lines, key=lambda line: (line[3], line[2]))


def main() -> None:
    order = json.loads(sys.argv[1])
    limit_resources(order["memory"], order["seconds"])
    try:
        answer: dict[str, Any] = {"lines": read(sys.stdin.buffer.read(), order["threads"])}
    except Exception:  # noqa: BLE001 - whatever the libraries raise, the image could not be read
        answer = {"problem": "unreadable_image"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
