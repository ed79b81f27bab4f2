# ruff: noqa: E501
"""Draws the photos of the works: painted, printed, photographed and cast, in the colors of the inventory.

Run `python -m seeds.fine_art_spring_2026.make_photos`. Everything is composed here; nothing is after a work that exists.
"""

from __future__ import annotations

import random
from pathlib import Path

from seeds.drawing import blur, gradient, head, wall, write

OUT = Path(__file__).with_name("photos")
# deep, main, light, accent, ground
PALETTES = {
    "blue": ("#16324f", "#2f6690", "#9cc3d5", "#e0a458", "#eef1ec"),
    "red": ("#4a1519", "#a63d40", "#e3a48b", "#2f4858", "#f4ece2"),
    "green": ("#1f3528", "#4f7a5b", "#b3c79d", "#d98e4a", "#f1efe2"),
    "yellow": ("#5c4313", "#d9a520", "#f2d98d", "#35524a", "#f7f1e1"),
    "grey": ("#2c2f33", "#6f757b", "#c3c6c8", "#a4543b", "#efeeeb"),
    "black": ("#0f1011", "#2d2e31", "#8a8b8d", "#b9a27a", "#ecebe7"),
}
LEFT, TOP, WIDTH, HEIGHT = 312, 150, 576, 560


def abstract(color: str) -> str:
    """Slabs and one line that does not belong."""
    deep, main, light, accent, _ = PALETTES[color]
    rng = random.Random(f"abstract {color}")  # noqa: S311
    parts = []
    for shade, opacity, size in (
        (light, 0.9, 300),
        (main, 0.88, 260),
        (deep, 0.92, 200),
        (main, 0.7, 160),
        (light, 0.85, 120),
    ):
        x, y = LEFT + rng.randint(-40, WIDTH - 120), TOP + rng.randint(-40, HEIGHT - 120)
        w, h = rng.randint(size // 2, size + 80), rng.randint(size // 2, size + 60)
        parts.append(
            f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="8" fill="{shade}" opacity="{opacity}" transform="rotate({rng.randint(-9, 9)} {x} {y})"/>'
        )
    x, y = LEFT + rng.randint(120, 240), TOP + rng.randint(120, 260)
    parts.append(
        f'<path d="M{LEFT - 10} {y + 210}C{x} {y + 60} {x + 160} {y + 190} {LEFT + WIDTH + 10} {y}" fill="none" stroke="{accent}" stroke-width="13" stroke-linecap="round"/>'
    )
    parts.append(f'<circle cx="{x + 190}" cy="{y - 40}" r="46" fill="{accent}"/>')
    return "".join(parts)  # fmt: skip


def landscape(color: str) -> str:
    """Sky, three ridges, water."""
    deep, main, light, accent, ground = PALETTES[color]
    rng = random.Random(f"landscape {color}")  # noqa: S311
    parts = [
        f'<rect x="{LEFT}" y="{TOP}" width="{WIDTH}" height="{HEIGHT}" fill="{ground}"/><circle cx="{LEFT + rng.randint(120, 440)}" cy="{TOP + 150}" r="54" fill="{accent}" opacity=".9"/>'
    ]
    for at, shade in enumerate((light, main, deep)):
        y = TOP + 230 + at * 74
        points = [(LEFT + step * WIDTH / 6, y - rng.randint(0, 86 - at * 14)) for step in range(7)]
        line = " ".join(f"{px:.0f} {py}" for px, py in points)
        parts.append(
            f'<path d="M{LEFT} {TOP + HEIGHT}L{line}L{LEFT + WIDTH} {TOP + HEIGHT}Z" fill="{shade}" stroke="{shade}" stroke-width="18" stroke-linejoin="round"/>'
        )
    parts.append(f'<rect x="{LEFT}" y="{TOP + 452}" width="{WIDTH}" height="110" fill="{light}"/>')
    parts += [
        f'<path d="M{LEFT + rng.randint(20, 380)} {TOP + 472 + at * 18}h{rng.randint(60, 180)}" stroke="{ground}" stroke-width="6" stroke-linecap="round" opacity=".8"/>'
        for at in range(5)
    ]
    return "".join(parts)


def still_life(color: str) -> str:
    """A jug, a bowl, three fruits, a table's edge."""
    deep, main, light, accent, ground = PALETTES[color]
    return (
        f'<rect x="{LEFT}" y="{TOP}" width="{WIDTH}" height="{HEIGHT}" fill="{light}"/><rect x="{LEFT}" y="{TOP + 372}" width="{WIDTH}" height="190" fill="{deep}"/>'
        f'<path d="M{LEFT} {TOP + 372}h{WIDTH}v16h-{WIDTH}Z" fill="#fff" opacity=".18"/><path d="M{LEFT + 96} {TOP + 392}C{LEFT + 60} {TOP + 300} {LEFT + 92} {TOP + 236} {LEFT + 128} {TOP + 206}L{LEFT + 120} {TOP + 150}H{LEFT + 214}L{LEFT + 208} {TOP + 206}C{LEFT + 246} {TOP + 240} {LEFT + 274} {TOP + 302} {LEFT + 238} {TOP + 392}Z" fill="{main}"/>'
        f'<path d="M{LEFT + 226} {TOP + 236}C{LEFT + 300} {TOP + 220} {LEFT + 310} {TOP + 310} {LEFT + 250} {TOP + 330}" fill="none" stroke="{main}" stroke-width="20"/><path d="M{LEFT + 124} {TOP + 230}C{LEFT + 96} {TOP + 276} {LEFT + 94} {TOP + 320} {LEFT + 104} {TOP + 360}" fill="none" stroke="#fff" stroke-opacity=".4" stroke-width="12" stroke-linecap="round"/>'
        f'<circle cx="{LEFT + 384}" cy="{TOP + 318}" r="50" fill="{accent}"/><circle cx="{LEFT + 452}" cy="{TOP + 322}" r="46" fill="{ground}"/><circle cx="{LEFT + 420}" cy="{TOP + 286}" r="44" fill="{accent}" opacity=".85"/>'
        f'<path d="M{LEFT + 300} {TOP + 332}H{LEFT + 526}C{LEFT + 520} {TOP + 400} {LEFT + 470} {TOP + 424} {LEFT + 413} {TOP + 424}C{LEFT + 356} {TOP + 424} {LEFT + 306} {TOP + 400} {LEFT + 300} {TOP + 332}Z" fill="{ground}"/>'
        f'<path d="M{LEFT + 300} {TOP + 332}H{LEFT + 526}l-3 18H{LEFT + 303}Z" fill="#000" opacity=".12"/>'
    )


def figure(color: str) -> str:
    """Somebody reading by a window, with no face to know."""
    deep, main, light, accent, ground = PALETTES[color]
    return (
        f'<rect x="{LEFT}" y="{TOP}" width="{WIDTH}" height="{HEIGHT}" fill="{light}"/><path d="M{LEFT + 40} {TOP + 40}h190v300h-190Z" fill="{ground}"/><path d="M{LEFT + 135} {TOP + 40}v300M{LEFT + 40} {TOP + 180}h190" stroke="{light}" stroke-width="9"/>'
        f'<path d="M{LEFT + 168} {TOP + HEIGHT}C{LEFT + 170} {TOP + 420} {LEFT + 220} {TOP + 330} {LEFT + 330} {TOP + 312}C{LEFT + 450} {TOP + 320} {LEFT + 500} {TOP + 430} {LEFT + 512} {TOP + HEIGHT}Z" fill="{main}"/>'
        f'<path d="M{LEFT + 300} {TOP + 250}h64v80c-20 22-44 22-64 0Z" fill="{accent}" opacity=".85"/><ellipse cx="{LEFT + 330}" cy="{TOP + 206}" rx="62" ry="78" fill="{accent}"/>'
        f'<path d="M{LEFT + 262} {TOP + 214}C{LEFT + 250} {TOP + 120} {LEFT + 330} {TOP + 96} {LEFT + 376} {TOP + 130}C{LEFT + 424} {TOP + 160} {LEFT + 404} {TOP + 260} {LEFT + 384} {TOP + 280}C{LEFT + 392} {TOP + 220} {LEFT + 370} {TOP + 170} {LEFT + 318} {TOP + 160}C{LEFT + 290} {TOP + 162} {LEFT + 272} {TOP + 184} {LEFT + 262} {TOP + 214}Z" fill="{deep}"/>'
        f'<path d="M{LEFT + 150} {TOP + 452}L{LEFT + 262} {TOP + 428}L{LEFT + 372} {TOP + 456}V{TOP + 524}L{LEFT + 262} {TOP + 498}L{LEFT + 150} {TOP + 522}Z" fill="{ground}"/><path d="M{LEFT + 262} {TOP + 428}v70" stroke="{deep}" stroke-opacity=".4" stroke-width="5"/>'
    )


def photograph(color: str) -> str:
    """Stairs, a doorway, somebody's shadow."""
    deep, main, light, _, ground = PALETTES[color]
    steps = "".join(
        f'<path d="M{LEFT} {TOP + HEIGHT - at * 46}h{WIDTH - at * 74}v-46h-{WIDTH - at * 74}Z" fill="{(deep, main)[at % 2]}" opacity="{1 - at * 0.08:.2f}"/>'
        for at in range(6)
    )
    return (
        f'<rect x="{LEFT}" y="{TOP}" width="{WIDTH}" height="{HEIGHT}" fill="{light}"/><path d="M{LEFT + 330} {TOP}h246v{HEIGHT}h-120Z" fill="{ground}" opacity=".85"/>{steps}'
        f'<path d="M{LEFT + 92} {TOP + 284}v-150a62 62 0 0 1 124 0v150Z" fill="{deep}"/><ellipse cx="{LEFT + 420}" cy="{TOP + 168}" rx="26" ry="32" fill="{deep}" opacity=".8"/><path d="M{LEFT + 384} {TOP + 344}L{LEFT + 396} {TOP + 216}C{LEFT + 410} {TOP + 202} {LEFT + 432} {TOP + 202} {LEFT + 446} {TOP + 216}L{LEFT + 470} {TOP + 344}Z" fill="{deep}" opacity=".8"/>'
    )


def framed(picture: str, color: str, *, mount: int) -> str:
    """On a wall, with a shadow and a narrow frame; `mount` is the width of the white card around it."""
    edge = mount + 20
    frame = "#2d2620" if color != "black" else "#5b4a36"
    return "".join(
        [
            head(),
            "<defs>",
            f'<clipPath id="c"><rect x="{LEFT}" y="{TOP}" width="{WIDTH}" height="{HEIGHT}"/></clipPath>',
            gradient("sheen", "0 0 1 1", (0, "#fff", 0.16), (0.45, "#fff", 0), (1, "#000", 0.08)),
            blur("b14", "16"),
            "</defs>",
            wall(),
            f'<rect x="{LEFT - edge + 14}" y="{TOP - edge + 24}" width="{WIDTH + 2 * edge}" height="{HEIGHT + 2 * edge}" fill="#37312a" opacity=".4" filter="url(#b14)"/>',
            f'<rect x="{LEFT - edge}" y="{TOP - edge}" width="{WIDTH + 2 * edge}" height="{HEIGHT + 2 * edge}" fill="{frame}"/><rect x="{LEFT - mount}" y="{TOP - mount}" width="{WIDTH + 2 * mount}" height="{HEIGHT + 2 * mount}" fill="#fbfaf6"/>',
            f'<g clip-path="url(#c)"><rect x="{LEFT}" y="{TOP}" width="{WIDTH}" height="{HEIGHT}" fill="{PALETTES[color][4]}"/>{picture}<rect x="{LEFT}" y="{TOP}" width="{WIDTH}" height="{HEIGHT}" fill="url(#sheen)"/></g>',
            "</svg>",
        ]
    )


def bronze(color: str) -> str:
    """A turning figure on a plinth."""
    dark, lit = ("#1c1712", "#8a6a3f") if color == "black" else ("#33382f", "#8d977f")
    return "".join(
        [
            head(),
            "<defs>",
            gradient("metal", "0 0 1 1", (0, lit), (0.4, dark), (0.7, lit), (1, dark)),
            gradient("stone", "0 0 1 0", (0, "#f4f2ed"), (0.7, "#dcd8d0"), (1, "#bfbab0")),
            blur("b14", "18"),
            "</defs>",
            wall("#e7e4df", "#c7c1b7"),
            '<ellipse cx="640" cy="846" rx="250" ry="26" fill="#2b261f" opacity=".4" filter="url(#b14)"/><path d="M452 620H748V860H452Z" fill="url(#stone)"/><path d="M440 600H760V624H440Z" fill="#faf9f5"/>',
            '<path d="M548 600C520 520 556 470 590 420C540 380 520 300 560 240C580 204 640 196 664 236C690 282 650 330 628 356C690 372 724 330 742 270C770 262 782 282 774 306C752 380 702 424 650 430C676 480 690 540 668 600Z" fill="url(#metal)"/><circle cx="616" cy="172" r="50" fill="url(#metal)"/>',
            '<path d="M572 262C556 310 574 366 604 396M606 440C580 486 560 530 572 590" fill="none" stroke="#fff" stroke-opacity=".28" stroke-width="9" stroke-linecap="round"/>',
            "</svg>",
        ]
    )


DRAWN = (
    ("abstract", abstract, 0),
    ("landscape", landscape, 0),
    ("still-life", still_life, 46),
    ("figure", figure, 0),
)


def main() -> None:
    for name, draw, mount in DRAWN:
        write(OUT, {f"{name}-{color}": framed(draw(color), color, mount=mount) for color in PALETTES})
    for color in ("black", "grey"):
        write(
            OUT,
            {
                f"photograph-{color}": framed(photograph(color), color, mount=64),
                f"bronze-{color}": bronze(color),
            },
        )


if __name__ == "__main__":
    main()
