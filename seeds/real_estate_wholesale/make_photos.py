# ruff: noqa: E501
"""Draws the photos of the houses: four kinds of house in four colors, from the street.

Run `python -m seeds.real_estate_wholesale.make_photos`. No house stands anywhere.
"""

from __future__ import annotations

from pathlib import Path

from seeds.drawing import blur, gradient, head, write

OUT = Path(__file__).with_name("photos")
GROUND = 690
# lit wall, shaded wall, roof, door
COLORS = {
    "brick": ("#b56b50", "#8d4d38", "#4a4641", "#2f3d3a"),
    "cream": ("#efe3c8", "#d3c29f", "#6b5546", "#7a2e2a"),
    "sage": ("#a9b79c", "#86967a", "#4d4a45", "#e7dcc2"),
    "slate": ("#8d9aa6", "#6b7884", "#34383d", "#c98a3c"),
}


def window(x: float, y: float, width: float, height: float, *, bars: bool = True) -> str:
    cross = (
        f'<path d="M{x + width / 2} {y}V{y + height}M{x} {y + height / 2}H{x + width}" stroke="#f6f4ef" stroke-width="5"/>'
        if bars
        else ""
    )
    return (
        f'<rect x="{x - 9}" y="{y - 9}" width="{width + 18}" height="{height + 18}" fill="#f6f4ef"/><rect x="{x}" y="{y}" width="{width}" height="{height}" fill="url(#glass)"/>'
        f'<path d="M{x} {y + height}L{x + width * 0.62} {y}H{x + width * 0.86}L{x + width * 0.2} {y + height}Z" fill="#fff" opacity=".16"/>{cross}'
        f'<rect x="{x - 15}" y="{y + height + 9}" width="{width + 30}" height="10" fill="#fff"/><rect x="{x - 15}" y="{y + height + 19}" width="{width + 30}" height="5" fill="#000" opacity=".18"/>'
    )


def door(x: float, color: str, *, width: float = 86, height: float = 168) -> str:
    top = GROUND - height
    return (
        f'<rect x="{x - 12}" y="{top - 14}" width="{width + 24}" height="{height + 14}" fill="#f6f4ef"/><rect x="{x}" y="{top}" width="{width}" height="{height}" fill="{color}"/>'
        f'<path d="M{x + 14} {top + 18}h{width - 28}v56h-{width - 28}ZM{x + 14} {top + 92}h{width - 28}v58h-{width - 28}Z" fill="#000" opacity=".14"/>'
        f'<circle cx="{x + width - 13}" cy="{top + 88}" r="5" fill="#e3c77c"/><path d="M{x - 26} {GROUND}h{width + 52}v14h-{width + 52}ZM{x - 40} {GROUND + 14}h{width + 80}v14h-{width + 80}Z" fill="#cbc6bc"/>'
    )


def siding(x: int, y: int, width: int, height: int) -> str:
    lines = "".join(f"M{x} {y + step}h{width}" for step in range(20, height, 20))
    return f'<path d="{lines}" stroke="#000" stroke-opacity=".09" stroke-width="3"/>'


def house(color: str) -> str:
    lit, _, roof, entry = COLORS[color]
    return (
        f'<rect x="330" y="420" width="540" height="270" fill="{lit}"/>{siding(330, 420, 540, 270)}'
        f'<rect x="752" y="262" width="58" height="130" fill="#8a5443"/><path d="M290 430L600 232L910 430Z" fill="{roof}"/><path d="M290 430L600 232L910 430H872L600 258L328 430Z" fill="#fff" opacity=".16"/>'
        f'<rect x="300" y="424" width="600" height="18" fill="#f6f4ef"/><rect x="330" y="442" width="540" height="26" fill="#000" opacity=".13"/>'
        f"{window(562, 316, 76, 74)}{window(392, 500, 110, 116)}{window(704, 500, 110, 116)}{door(557, entry)}"
    )


def townhouse(color: str) -> str:
    lit, shade, roof, entry = COLORS[color]
    parts = []
    for at, wall in enumerate((shade, lit, shade)):
        x = 246 + at * 236
        parts.append(
            f'<rect x="{x}" y="236" width="236" height="454" fill="{wall}"/>{siding(x, 236, 236, 454)}<path d="M{x - 6} 236h248l-12 -44h-224Z" fill="{roof}"/>'
            f'<rect x="{x - 6}" y="232" width="248" height="16" fill="#f6f4ef"/>{window(x + 32, 284, 62, 96)}{window(x + 142, 284, 62, 96)}{window(x + 32, 486, 72, 112)}{door(x + 140, entry, width=66)}'
        )
    return "".join(parts)


def duplex(color: str) -> str:
    lit, shade, roof, entry = COLORS[color]
    return (
        f'<rect x="250" y="330" width="350" height="360" fill="{lit}"/><rect x="600" y="330" width="350" height="360" fill="{shade}"/>{siding(250, 330, 700, 360)}'
        f'<path d="M214 342L360 214H840L986 342Z" fill="{roof}"/><path d="M214 342L360 214H840L850 222H372L250 342Z" fill="#fff" opacity=".16"/><rect x="226" y="334" width="748" height="18" fill="#f6f4ef"/>'
        + "".join(window(x, 392, 82, 92) for x in (296, 436, 680, 820))
        + "".join(window(x, 548, 82, 84) for x in (296, 820))
        + door(480, entry) + door(634, entry)
        + f'<path d="M452 508h296v14h-296Z" fill="{roof}"/><path d="M600 352V690" stroke="#000" stroke-opacity=".2" stroke-width="4"/>'
    )  # fmt: skip


def condo(color: str) -> str:
    lit, shade, roof, entry = COLORS[color]
    floors = []
    for y in (176, 306, 436):
        floors.append("".join(window(x, y, 96, 78, bars=False) for x in (316, 478, 640, 802)))
        floors.append(
            "".join(
                f'<path d="M{x - 20} {y + 78}h136v34h-136Z" fill="#fff" opacity=".55"/><path d="M{x - 20} {y + 78}h136M{x} {y + 78}v34M{x + 24} {y + 78}v34M{x + 48} {y + 78}v34M{x + 72} {y + 78}v34M{x + 96} {y + 78}v34" stroke="{roof}" stroke-width="4"/>'
                for x in (316, 802)
            )
        )
    return (
        f'<rect x="270" y="130" width="660" height="560" fill="{lit}"/><rect x="456" y="130" width="288" height="560" fill="{shade}"/><rect x="256" y="112" width="688" height="26" fill="{roof}"/>'
        + "".join(floors)
        + window(316, 574, 96, 86, bars=False)
        + window(802, 574, 96, 86, bars=False)
        + door(556, entry, height=138)
        + f'<path d="M520 530h160v12h-160Z" fill="{roof}"/>'
    )


KINDS = {"house": house, "townhouse": townhouse, "duplex": duplex, "condo": condo}


def tree(x: int, height: int, leaf: str) -> str:
    top = GROUND - height
    return (
        f'<rect x="{x - 9}" y="{GROUND - height * 0.45}" width="18" height="{height * 0.45}" fill="#5b4636"/><ellipse cx="{x}" cy="{top + height * 0.32}" rx="{height * 0.3}" ry="{height * 0.36}" fill="{leaf}"/>'
        f'<ellipse cx="{x - height * 0.08}" cy="{top + height * 0.24}" rx="{height * 0.17}" ry="{height * 0.2}" fill="#fff" opacity=".1"/>'
    )


def photo(kind: str, color: str) -> str:
    return "".join(
        [
            head(),
            "<defs>",
            gradient("sky", "0 0 0 1", (0, "#b9d3e6"), (0.7, "#e6eef0"), (1, "#f6f0e2")),
            gradient("lawn", "0 0 0 1", (0, "#9db07a"), (1, "#6f8654")),
            gradient("glass", "0 0 1 1", (0, "#7d94a6"), (0.5, "#3c4b57"), (1, "#2a343d")),
            blur("b14", "16"),
            "</defs>",
            f'<rect width="1200" height="900" fill="url(#sky)"/><rect y="{GROUND - 6}" width="1200" height="216" fill="url(#lawn)"/>',
            '<ellipse cx="250" cy="160" rx="210" ry="34" fill="#fff" opacity=".55" filter="url(#b14)"/><ellipse cx="930" cy="110" rx="170" ry="26" fill="#fff" opacity=".5" filter="url(#b14)"/>',
            tree(150, 330, "#6f8b5a"), tree(1070, 290, "#7c9563"),
            f'<ellipse cx="600" cy="{GROUND + 10}" rx="440" ry="24" fill="#2e3a22" opacity=".4" filter="url(#b14)"/>',
            KINDS[kind](color),
            f'<path d="M0 820H1200V900H0Z" fill="#8c8f92"/><path d="M0 804H1200V824H0Z" fill="#c9c6bf"/><path d="M556 {GROUND + 28}H644L676 806H524Z" fill="#d8d3c8"/>',
            *(f'<ellipse cx="{x}" cy="{GROUND + 4}" rx="{r}" ry="{r * 0.62}" fill="#5d7748"/><ellipse cx="{x - 8}" cy="{GROUND - 6}" rx="{r * 0.55}" ry="{r * 0.32}" fill="#fff" opacity=".1"/>' for x, r in ((286, 40), (350, 30), (856, 32), (918, 42))),
            "</svg>",
        ]
    )  # fmt: skip


def main() -> None:
    write(OUT, {f"{kind}-{color}": photo(kind, color) for kind in KINDS for color in COLORS})


if __name__ == "__main__":
    main()
