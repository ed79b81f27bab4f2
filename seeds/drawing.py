# ruff: noqa: E501
"""What the drawings of all templates share: the canvas of 1200 x 900, gradients, a studio and a daylight behind things.

Drawings are generic shapes; none shows a maker's design, a house that stands somewhere or a work that hangs somewhere.
"""

from __future__ import annotations

from pathlib import Path


def head(view: str = "0 0 1200 900") -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}" width="1200" height="900">'


def gradient(name: str, box: str, *stops: tuple[float, str] | tuple[float, str, float]) -> str:
    """`box` are x1 y1 x2 y2; a stop is its place, its color and, if it is not 1, its opacity."""
    x1, y1, x2, y2 = box.split()
    inner = "".join(
        f'<stop offset="{stop[0]}" stop-color="{stop[1]}"'
        + (f' stop-opacity="{stop[2]}"' if len(stop) > 2 else "")
        + "/>"
        for stop in stops
    )
    return f'<linearGradient id="{name}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}">{inner}</linearGradient>'


def backdrop() -> str:
    """A studio: a pale wall, a floor that begins at y = 560, light from above. Needs the filter `b14`."""
    return (
        "<defs>"
        + gradient("wall", "0 0 0 1", (0, "#d9dcdf"), (0.75, "#f0f1f2"), (1, "#f6f6f5"))
        + gradient("floor", "0 0 0 1", (0, "#dfe1e2"), (0.5, "#cfd2d4"), (1, "#bfc3c6"))
        + gradient("fade", "0 0 0 1", (0, "#d8dadc", 0), (0.35, "#d2d5d7", 0.75), (1, "#c2c6c9", 1))
        + '<radialGradient id="glow" cx=".5" cy=".45" r=".55"><stop offset="0" stop-color="#fff" stop-opacity=".95"/>'
        '<stop offset="1" stop-color="#fff" stop-opacity="0"/></radialGradient></defs>'
        '<rect width="1200" height="600" fill="url(#wall)"/><rect y="560" width="1200" height="400" fill="url(#floor)"/>'
        '<rect y="520" width="1200" height="80" fill="#e9eaeb" filter="url(#b14)"/><rect width="1200" height="760" fill="url(#glow)"/>'
    )


def wall(top: str = "#eceae6", bottom: str = "#d6d2cb") -> str:
    """A plain wall with light from the upper left."""
    return (
        "<defs>"
        + gradient("wall", "0 0 .6 1", (0, top), (1, bottom))
        + '<radialGradient id="glow" cx=".38" cy=".3" r=".8"><stop offset="0" stop-color="#fff" stop-opacity=".7"/>'
        '<stop offset="1" stop-color="#fff" stop-opacity="0"/></radialGradient></defs>'
        '<rect width="1200" height="900" fill="url(#wall)"/><rect width="1200" height="900" fill="url(#glow)"/>'
    )


def blur(name: str, size: str) -> str:
    return f'<filter id="{name}" x="-.3" y="-.3" width="1.6" height="1.6"><feGaussianBlur stdDeviation="{size}"/></filter>'


def write(folder: Path, drawings: dict[str, str]) -> None:
    """By name without `.svg`."""
    folder.mkdir(exist_ok=True)
    for name, drawing in drawings.items():
        (folder / f"{name}.svg").write_text(drawing, "utf-8")
