"""Draws confidence against being right as one small SVG that reads on light and on dark pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_SIDE: Final = 300
_LEFT, _TOP = 52, 34
_STYLE: Final = """
text{font:12px system-ui,sans-serif;fill:#333}.t{font-weight:600;font-size:13px}.m{fill:#667}
.g{stroke:#ccd;stroke-width:1}.d{stroke:#889;stroke-dasharray:4 4}.l{fill:none;stroke:#0f5c9c;stroke-width:2}.p{fill:#0f5c9c}
@media(prefers-color-scheme:dark){text{fill:#dde}.m{fill:#99a}.g{stroke:#445}.d{stroke:#99a}.l{stroke:#6cb6ff}.p{fill:#6cb6ff}}
"""


def drawn(bins: Sequence[tuple[float, float, int, float, float]]) -> str:
    """One point a bin of columns, at its mean confidence and its share right; the area of a point is its count."""
    most = max((count for _, _, count, _, _ in bins), default=1)
    parts = [_grid(), _at_line()]
    spots = [(_x(sure), _y(right)) for _, _, _, sure, right in bins]
    parts.append(f'<polyline class="l" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in spots)}"/>')
    for (x, y), (_, _, count, sure, right) in zip(spots, bins, strict=True):
        radius = 3 + 7 * (count / most) ** 0.5
        parts.append(
            f'<circle class="p" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"><title>{count} columns: '
            f"{sure:.0%} sure, {right:.1%} right</title></circle>"
        )
    width, height = _LEFT + _SIDE + 24, _TOP + _SIDE + 48
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="Confidence of proposals against the share that is right"><style>{_STYLE}</style>'
        f'<text class="t" x="{_LEFT}" y="18">How sure, and how often right</text>{"".join(parts)}</svg>\n'
    )


def _grid() -> str:
    parts: list[str] = []
    for step in range(0, 11, 2):
        share = step / 10
        parts.append(
            f'<path class="g" d="M{_x(share):.0f} {_y(0)}V{_y(1)}M{_x(0)} {_y(share):.0f}H{_x(1)}"/>'
        )
        parts.append(
            f'<text class="m" x="{_x(share):.0f}" y="{_y(0) + 18}" text-anchor="middle">{step * 10} %</text>'
        )
        parts.append(
            f'<text class="m" x="{_LEFT - 8}" y="{_y(share) + 4:.0f}" text-anchor="end">{step * 10} %</text>'
        )
    parts.append(
        f'<text x="{_x(0.5)}" y="{_y(0) + 38}" text-anchor="middle">confidence of the proposal</text>'
    )
    return "".join(parts)


def _at_line() -> str:
    return (
        f'<path class="d" d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}"/>'
        f'<text class="m" x="{_x(0.03):.0f}" y="{_y(0.94):.0f}">share that is right</text>'
    )


def _x(share: float) -> float:
    return _LEFT + share * _SIDE


def _y(share: float) -> float:
    return _TOP + (1 - share) * _SIDE
