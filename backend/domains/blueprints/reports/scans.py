"""Text read from pictures of pages: turned upright, laid straight, measured in points. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from backend.core.ports import Word
from backend.domains.blueprints.reports.pages import Bounds, Token


def tokens_of_words(
    words: Sequence[Word], *, width: float, height: float, pixels: tuple[int, int]
) -> tuple[Token, ...]:
    """Text read from a picture, as tokens in points, turned upright and straight.

    Boxes of tokens that were turned are those of the upright page: `as_shown` brings them back.
    """
    turned = main_turn(words)
    scale_x, scale_y = width / max(pixels[0], 1), height / max(pixels[1], 1)
    tokens: list[Token] = []
    for word in words:
        if word.turned != turned or not _without_dots(word.text):
            continue
        x0, y0, x1, y1 = _upright(
            (word.x0 * scale_x, word.y0 * scale_y, word.x1 * scale_x, word.y1 * scale_y),
            turned,
            width,
            height,
        )
        tokens.append(Token(_without_dots(word.text), x0, y0, x1, y1, False, 0.72 * (y1 - y0), is_run=True))
    return tuple(tokens)


def _without_dots(text: str) -> str:
    """A run without single dots at its ends, as a line of leading dots leaves them."""
    return re.sub(r"^[.·](?=[^\W_]{2})|\s+[.·]+$", "", text.strip()).strip()


def main_turn(words: Sequence[Word]) -> int:
    """By how much most of the writing is turned. Unit: degrees clockwise."""
    weight: dict[int, int] = {}
    for word in words:
        weight[word.turned] = weight.get(word.turned, 0) + len(word.text)
    return max(weight, key=lambda turn: weight[turn], default=0)


def _upright(box: Bounds, turned: int, width: float, height: float) -> Bounds:
    x0, y0, x1, y1 = box
    if turned == 90:
        return y0, width - x1, y1, width - x0
    if turned == 180:
        return width - x1, height - y1, width - x0, height - y0
    if turned == 270:
        return height - y1, x0, height - y0, x1
    return box


def as_shown(box: Bounds, turned: int, width: float, height: float) -> Bounds:
    """A box of the upright page on the page as it is shown."""
    x0, y0, x1, y1 = box
    if turned == 90:
        return width - y1, x0, width - y0, x1
    if turned == 180:
        return width - x1, height - y1, width - x0, height - y0
    if turned == 270:
        return y0, height - x1, y1, height - x0
    return box


def skew_of(tokens: Sequence[Token]) -> float:
    """The slope of a scan's lines (down per right), by which rows and left edges fall together best."""
    if len(tokens) < 4:
        return 0.0
    size = median(token.y1 - token.y0 for token in tokens)
    middles = [(token.x0, (token.y0 + token.y1) / 2) for token in tokens]
    lefts = [(token.x0, token.y0) for token in tokens]

    def score(slope: float) -> float:
        rows = _crowding([y - slope * x for x, y in middles], 0.25 * size)
        edges = _crowding([x + slope * y for x, y in lefts], 0.35 * size)
        return rows + 0.5 * edges - 4.0 * abs(slope) * len(tokens)

    slopes = [step / 400 for step in range(-36, 37)]
    best = max(slopes, key=score)
    return best if score(best) > score(0.0) * 1.05 else 0.0


def _crowding(places: Sequence[float], width: float) -> float:
    """How closely numbers gather: the pairs of neighbors that are nearer than `width`, nearer ones counting more."""
    ordered = sorted(places)
    return sum(max(0.0, 1 - (b - a) / max(width, 0.1)) for a, b in pairwise(ordered))


def straightened(tokens: Sequence[Token], slope: float) -> tuple[Token, ...]:
    """The tokens where they would stand on a page laid straight."""
    if not slope:
        return _evened(tokens)
    cos = 1 / math.hypot(1, slope)
    out: list[Token] = []
    for token in tokens:
        wide, high = token.x1 - token.x0, token.y1 - token.y0
        true_high = max(high - abs(slope) * wide, 0.5 * min(high, wide), 3.0)
        x = (token.x0 + token.x1) / 2
        y = (token.y0 + token.y1) / 2
        nx, ny = (x + slope * y) * cos, (y - slope * x) * cos
        out.append(
            replace(
                token,
                x0=nx - wide / 2,
                x1=nx + wide / 2,
                y0=ny - true_high / 2,
                y1=ny + true_high / 2,
                size=0.72 * true_high,
            )
        )
    return _evened(out)


def _evened(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Letters of nearly the usual size are of that size: boxes of words with and without long letters differ."""
    if not tokens:
        return ()
    usual = median(token.size for token in tokens)
    return tuple(replace(token, size=usual) if 0.7 < token.size / usual < 1.3 else token for token in tokens)
