# ruff: noqa: E501
"""Draws the photos of the watches: four kinds of watch, five dials, two bands, lying flat in daylight.

Run `python -m seeds.watches_q1_2026.make_photos`. No maker's dial, hands or name.
"""

from __future__ import annotations

from pathlib import Path

from seeds.drawing import blur, gradient, head, wall, write

OUT = Path(__file__).with_name("photos")
X, Y, R = 600, 450, 218
# middle, edge, print
DIALS = {
    "black": ("#33373c", "#0b0c0e", "#f3f1ea"),
    "blue": ("#2f5f9a", "#0d2447", "#f3f1ea"),
    "green": ("#3d6b54", "#10281d", "#f3f1ea"),
    "white": ("#ffffff", "#e9e6df", "#23262a"),
    "silver": ("#f0efed", "#c3c5c8", "#23262a"),
}
STYLES = ("diver", "dress", "chrono", "pilot")
BANDS = ("steel", "leather")


def watch(style: str, color: str, strap: str) -> str:
    middle, edge, ink = DIALS[color]
    return "".join(
        [
            head(),
            "<defs>",
            gradient("steel", "0 0 1 1", (0, "#fafbfc"), (0.35, "#b7bcc2"), (0.55, "#e9ebee"), (1, "#82888f")),
            gradient("side", "0 0 1 0", (0, "#7c828a"), (0.25, "#eef0f2"), (0.75, "#cdd1d6"), (1, "#6d737b")),
            gradient("hide", "0 0 1 0", (0, "#3a2415"), (0.3, "#6b4528"), (0.7, "#5c3a20"), (1, "#2c1a0e")),
            f'<radialGradient id="dial" cx=".42" cy=".36" r=".75"><stop offset="0" stop-color="{middle}"/><stop offset="1" stop-color="{edge}"/></radialGradient>',
            '<radialGradient id="ring"><stop offset=".9" stop-color="#1b1e22"/><stop offset="1" stop-color="#3d4248"/></radialGradient>',
            blur("b14", "22"), blur("b3", "4"),
            "</defs>",
            wall("#efece7", "#cfc9c0"),
            f'<rect x="{X - 150}" y="20" width="330" height="880" rx="60" fill="#3c352c" opacity=".28" filter="url(#b14)"/>',
            f'<circle cx="{X + 18}" cy="{Y + 24}" r="{R + 66}" fill="#2c261f" opacity=".42" filter="url(#b14)"/>',
            band(strap),
            case(style),
            f'<circle cx="{X}" cy="{Y}" r="{R}" fill="url(#dial)"/>',
            f'<g transform="translate({X} {Y})">',
            dial(style, ink, edge),
            hands(style, ink),
            "</g>",
            f'<path d="M{X - 150} {Y - 130}A200 200 0 0 1 {X + 70} {Y - 186}L{X - 40} {Y + 40}Z" fill="#fff" opacity=".08"/>',
            f'<circle cx="{X}" cy="{Y}" r="{R}" fill="none" stroke="#fff" stroke-opacity=".35" stroke-width="2"/>',
            "</svg>",
        ]
    )  # fmt: skip


def band(strap: str) -> str:
    """Above and below the case, out of the picture."""
    if strap == "leather":
        stitches = "".join(
            f'<path d="M{X + side * 104} {first}V{last}" stroke="#d9b891" stroke-width="4" stroke-dasharray="15 11" opacity=".8"/>'
            for side in (-1, 1)
            for first, last in ((0, 225), (675, 900))
        )
        return f'<path d="M{X - 118} -10H{X + 118}L{X + 132} 240H{X - 132}ZM{X - 132} 660H{X + 132}L{X + 118} 910H{X - 118}Z" fill="url(#hide)"/>{stitches}'
    links = []
    for y in (*range(-20, 230, 44), *range(668, 900, 44)):
        for x, width in ((X - 134, 74), (X - 56, 112), (X + 60, 74)):
            links.append(
                f'<rect x="{x}" y="{y}" width="{width}" height="40" rx="9" fill="url(#side)" stroke="#5d636a" stroke-width="1.5"/>'
            )
    return "".join(links)


def case(style: str) -> str:
    lugs = "".join(
        f'<path d="M{X + sx * 100} {Y + sy * 196}L{X + sx * 118} {Y + sy * 268}H{X + sx * 168}L{X + sx * 206} {Y + sy * 120}Z" fill="url(#steel)" stroke="#6b7178" stroke-width="1.5"/>'
        for sx in (-1, 1)
        for sy in (-1, 1)
    )
    crown = f'<rect x="{X + R + 42}" y="{Y - 26}" width="44" height="52" rx="8" fill="url(#side)" stroke="#5d636a" stroke-width="2"/>'
    pushers = "".join(
        f'<rect x="{X + R + 14}" y="{Y + dy}" width="46" height="36" rx="7" fill="url(#side)" stroke="#5d636a" stroke-width="2" transform="rotate({turn} {X + R} {Y + dy + 18})"/>'
        for dy, turn in ((-122, -24), (86, 24))
    )
    body = f'<circle cx="{X}" cy="{Y}" r="{R + 46}" fill="url(#steel)" stroke="#5d636a" stroke-width="2"/>'
    return lugs + crown + (pushers if style == "chrono" else "") + body + bezel(style)


def bezel(style: str) -> str:
    if style in ("dress", "pilot"):
        return f'<circle cx="{X}" cy="{Y}" r="{R + 20}" fill="none" stroke="#fff" stroke-opacity=".6" stroke-width="6"/>'
    marks = "".join(
        f'<path d="M0 -{R + 34}V-{R + (14 if at % 5 == 0 else 26)}" transform="rotate({at * 6})" stroke="#e9e7df" stroke-width="{5 if at % 5 == 0 else 2}"/>'
        for at in range(60)
    )
    pip = f'<circle cx="0" cy="-{R + 22}" r="9" fill="#f6f2dc"/>' if style == "diver" else ""
    return f'<circle cx="{X}" cy="{Y}" r="{R + 38}" fill="url(#ring)"/><g transform="translate({X} {Y})">{marks}{pip}</g>'


def dial(style: str, ink: str, edge: str) -> str:
    track = "".join(
        f'<path d="M0 -{R - 8}V-{R - 18}" transform="rotate({at * 6})" stroke="{ink}" stroke-width="2" opacity=".8"/>'
        for at in range(60)
        if at % 5
    )
    return track + {"diver": _lumes, "dress": _batons, "chrono": _registers, "pilot": _numerals}[style](
        ink, edge
    )


def _lumes(ink: str, edge: str) -> str:
    dots = "".join(
        f'<circle cx="0" cy="-{R - 40}" r="14" transform="rotate({at * 30})" fill="#f6f2dc" stroke="{ink}" stroke-width="3"/>'
        for at in range(12)
        if at % 3
    )
    bars = "".join(
        f'<rect x="-11" y="-{R - 20}" width="22" height="50" rx="4" transform="rotate({at})" fill="#f6f2dc" stroke="{ink}" stroke-width="3"/>'
        for at in (90, 180, 270)
    )
    return f'{dots}{bars}<path d="M-22 -{R - 22}H22L0 -{R - 66}Z" fill="#f6f2dc" stroke="{ink}" stroke-width="3"/>'


def _batons(ink: str, edge: str) -> str:
    bars = "".join(
        f'<rect x="{-5 if at % 3 else -8}" y="-{R - 22}" width="{10 if at % 3 else 16}" height="44" rx="3" transform="rotate({at * 30})" fill="{ink}"/>'
        for at in range(12)
    )
    return f'{bars}<rect x="108" y="-20" width="46" height="40" rx="5" fill="#fbfaf7" stroke="{edge}" stroke-width="3"/><path d="M124 -9V9M138 -9V9" stroke="#23262a" stroke-width="5"/>'


def _registers(ink: str, edge: str) -> str:
    bars = "".join(
        f'<rect x="-5" y="-{R - 22}" width="10" height="36" rx="3" transform="rotate({at * 30})" fill="{ink}"/>'
        for at in range(12)
    )
    small = "".join(
        f'<g transform="translate({x} {y})"><circle r="54" fill="{edge}" stroke="{ink}" stroke-opacity=".5" stroke-width="3"/>'
        + "".join(f'<path d="M0 -50V-40" transform="rotate({at * 30})" stroke="{ink}" stroke-width="3" opacity=".8"/>' for at in range(12))
        + f'<path d="M0 10V-38" transform="rotate({turn})" stroke="{ink}" stroke-width="5" stroke-linecap="round"/></g>'
        for x, y, turn in ((-84, 0, 40), (84, 0, -70), (0, 92, 150))
    )  # fmt: skip
    return bars + small


def _numerals(ink: str, edge: str) -> str:
    numbers = "".join(
        f'<text x="0" y="0" transform="rotate({at * 30}) translate(0 -{R - 58}) rotate({-at * 30}) translate(0 19)" font-family="Helvetica, Arial, sans-serif" font-size="54" font-weight="600" text-anchor="middle" fill="{ink}">{at}</text>'
        for at in range(1, 12)
    )
    return f'{numbers}<path d="M-24 -{R - 68}H24L0 -{R - 26}Z" fill="{ink}"/><path d="M0 30V-{R - 40}" transform="rotate(128)" stroke="#b8412f" stroke-width="6"/>'


def hands(style: str, ink: str) -> str:
    """Ten past ten, as in every shop window."""
    wide = {"diver": 24, "dress": 13, "chrono": 14, "pilot": 22}[style]
    light = "#f6f2dc" if style in ("diver", "pilot") else "#d9dde1"
    shade = '<g opacity=".35" transform="translate(6 8)" filter="url(#b3)"><path d="M0 0V-112" transform="rotate(306)" stroke="#000" stroke-width="18"/><path d="M0 0V-168" transform="rotate(60)" stroke="#000" stroke-width="14"/></g>'
    return (
        shade
        + f'<rect x="-{wide / 2}" y="-120" width="{wide}" height="140" rx="{wide / 2}" transform="rotate(306)" fill="{light}" stroke="{ink}" stroke-opacity=".55" stroke-width="3"/>'
        + f'<rect x="-{wide * 0.4}" y="-176" width="{wide * 0.8}" height="196" rx="{wide * 0.4}" transform="rotate(60)" fill="{light}" stroke="{ink}" stroke-opacity=".55" stroke-width="3"/>'
        + f'<path d="M0 46V-186" transform="rotate(212)" stroke="{"#b8412f" if style == "diver" else ink}" stroke-width="4" stroke-linecap="round"/>'
        + '<circle r="12" fill="url(#steel)" stroke="#3d4248" stroke-width="2"/>'
    )


def main() -> None:
    kinds = [(style, color, strap) for style in STYLES for color in DIALS for strap in BANDS]
    write(OUT, {f"{style}-{color}-{strap}": watch(style, color, strap) for style, color, strap in kinds})


if __name__ == "__main__":
    main()
