# ruff: noqa: E501
"""Draws the photos of the yachts: three kinds in three hull colors, by day and in the evening.

Run `python -m seeds.yachts_q2_2026.make_photos`. No builder's lines, no name at the stern.
"""

from __future__ import annotations

from pathlib import Path

from seeds.drawing import blur, gradient, head, write

OUT = Path(__file__).with_name("photos")
WATER = 640
# light, hull, shade, boot stripe
HULLS = {
    "white": ("#ffffff", "#eef0f1", "#a9b4bd", "#1f3f66"),
    "blue": ("#4f7db5", "#1d3f6e", "#0c1f3a", "#c9a25c"),
    "grey": ("#a4adb5", "#6d777f", "#363d43", "#f1efe9"),
}
# sky from the top down, sun, water from the horizon down, hills
LIGHTS = {
    "": (("#a9cfe8", "#d8ebf3", "#f3f6f2"), "#ffffff", ("#7fb3c4", "#2f7793", "#1c566f"), "#8fa9b0"),
    "-evening": (("#5d6f9c", "#d79a88", "#f6cf9a"), "#ffe9bf", ("#d39f83", "#6c6785", "#2d3557"), "#6c6584"),
}


def sail() -> str:
    hull = f"M196 {WATER - 74}C330 {WATER - 60} 760 {WATER - 62} 1016 {WATER - 92}C1000 {WATER - 40} 960 {WATER} 910 {WATER + 4}H262C228 {WATER - 8} 206 {WATER - 40} 196 {WATER - 74}Z"
    return (
        f'<path d="M604 {WATER - 84}V66" stroke="#d4d8dc" stroke-width="12"/><path d="M604 66V{WATER - 84}" stroke="#6f777e" stroke-width="3"/>'
        f'<path d="M616 84C690 240 730 400 736 {WATER - 128}L616 {WATER - 118}Z" fill="url(#cloth)" transform="translate(1232 0) scale(-1 1)"/>'
        f'<path d="M622 78C760 270 880 450 996 {WATER - 100}C860 {WATER - 130} 740 {WATER - 140} 622 {WATER - 150}Z" fill="url(#cloth)"/>'
        f'<path d="M622 250C700 250 760 262 800 280M622 380C740 372 830 384 900 404" fill="none" stroke="#000" stroke-opacity=".09" stroke-width="4"/>'
        f'<path d="M604 {WATER - 118}H372" stroke="#b6bcc2" stroke-width="11"/><path d="M604 66L206 {WATER - 78}M604 66L1010 {WATER - 92}" stroke="#59616a" stroke-width="2" opacity=".7"/>'
        f'<path d="M430 {WATER - 68}L470 {WATER - 112}C560 {WATER - 122} 680 {WATER - 116} 770 {WATER - 74}Z" fill="#f7f7f4"/><path d="M486 {WATER - 84}L500 {WATER - 102}C580 {WATER - 108} 650 {WATER - 104} 700 {WATER - 84}Z" fill="#28323a"/>'
        f'<path d="{hull}" fill="url(#hull)"/>'
    )


def catamaran() -> str:
    hull = f"M176 {WATER - 80}C330 {WATER - 70} 800 {WATER - 72} 1030 {WATER - 94}L1022 {WATER - 26}C1012 {WATER} 990 {WATER + 4} 960 {WATER + 4}H250C214 {WATER + 2} 182 {WATER - 30} 176 {WATER - 80}Z"
    return (
        f'<path d="M600 {WATER - 190}V54" stroke="#d4d8dc" stroke-width="12"/><path d="M614 74C760 260 862 400 950 {WATER - 196}L614 {WATER - 208}Z" fill="url(#cloth)"/>'
        f'<path d="M586 70C520 250 420 420 330 {WATER - 206}L586 {WATER - 206}Z" fill="url(#cloth)" opacity=".96"/><path d="M600 {WATER - 200}H330" stroke="#b6bcc2" stroke-width="11"/>'
        f'<path d="M600 54L1024 {WATER - 94}M600 54L190 {WATER - 82}" stroke="#59616a" stroke-width="2" opacity=".7"/>'
        f'<path d="M290 {WATER - 76}V{WATER - 176}H700C790 {WATER - 170} 850 {WATER - 130} 880 {WATER - 82}Z" fill="#f7f7f4"/><path d="M270 {WATER - 190}H720V{WATER - 174}H270Z" fill="#e4e6e6"/>'
        f'<path d="M430 {WATER - 108}V{WATER - 158}H690C750 {WATER - 154} 800 {WATER - 132} 822 {WATER - 108}Z" fill="#28323a"/><path d="M560 {WATER - 158}V{WATER - 108}M690 {WATER - 158}V{WATER - 108}" stroke="#f7f7f4" stroke-width="9"/>'
        f'<path d="{hull}" fill="url(#hull)"/><path d="M470 {WATER - 46}h70v20h-70ZM600 {WATER - 46}h70v20h-70ZM730 {WATER - 46}h70v20h-70Z" fill="#28323a"/>'
    )


def motor() -> str:
    hull = f"M150 {WATER - 96}C420 {WATER - 92} 780 {WATER - 116} 1082 {WATER - 172}C1050 {WATER - 84} 1000 {WATER - 10} 950 {WATER + 4}H206C170 {WATER} 152 {WATER - 50} 150 {WATER - 96}Z"
    return (
        f'<path d="M250 {WATER - 100}V{WATER - 206}H640C740 {WATER - 200} 820 {WATER - 170} 890 {WATER - 128}Z" fill="#f7f7f4"/><path d="M360 {WATER - 122}V{WATER - 188}H640C712 {WATER - 184} 770 {WATER - 160} 812 {WATER - 128}Z" fill="#28323a"/>'
        f'<path d="M500 {WATER - 188}V{WATER - 122}M640 {WATER - 188}V{WATER - 126}" stroke="#f7f7f4" stroke-width="9"/><path d="M230 {WATER - 224}H660C700 {WATER - 222} 730 {WATER - 214} 756 {WATER - 202}L230 {WATER - 204}Z" fill="#e4e6e6"/>'
        f'<path d="M330 {WATER - 224}L350 {WATER - 276}H560L640 {WATER - 224}Z" fill="#f7f7f4"/><path d="M560 {WATER - 276}L640 {WATER - 224}H668L600 {WATER - 280}Z" fill="#28323a" opacity=".85"/>'
        f'<path d="M300 {WATER - 340}H610V{WATER - 326}H300Z" fill="#e9eaea"/><path d="M330 {WATER - 326}L350 {WATER - 224}M580 {WATER - 326}L560 {WATER - 276}M440 {WATER - 340}V{WATER - 396}" stroke="#cfd3d6" stroke-width="9"/>'
        f'<path d="{hull}" fill="url(#hull)"/><path d="M430 {WATER - 66}C600 {WATER - 72} 760 {WATER - 84} 880 {WATER - 104}L866 {WATER - 74}C740 {WATER - 56} 600 {WATER - 44} 440 {WATER - 40}Z" fill="#28323a"/>'
        f'<path d="M760 {WATER - 142}C880 {WATER - 156} 980 {WATER - 172} 1076 {WATER - 196}" fill="none" stroke="#c9ced2" stroke-width="5"/>'
    )


KINDS = {"sail": sail, "catamaran": catamaran, "motor": motor}


def photo(kind: str, color: str, light: str) -> str:
    bright, body, deep, stripe = HULLS[color]
    sky, sun, water, hills = LIGHTS[light]
    waves = "".join(
        f'<path d="M{x} {y}q40 -9 80 0t80 0" fill="none" stroke="#fff" stroke-opacity="{0.34 - (y - WATER) / 1400:.2f}" stroke-width="4" stroke-linecap="round"/>'
        for x, y in ((60, 700), (330, 744), (760, 716), (980, 780), (160, 812), (560, 836), (870, 862), (420, 690))
    )  # fmt: skip
    return "".join(
        [
            head(),
            "<defs>",
            gradient("sky", "0 0 0 1", (0, sky[0]), (0.6, sky[1]), (1, sky[2])),
            gradient("sea", "0 0 0 1", (0, water[0]), (0.35, water[1]), (1, water[2])),
            gradient("hull", "0 0 0 1", (0, bright), (0.45, body), (1, deep)),
            gradient("cloth", "0 0 1 .4", (0, "#ffffff"), (1, "#dfdccf" if not light else "#f2cfa6")),
            gradient("fade", "0 0 0 1", (0, "#fff"), (1, "#000")),
            blur("b14", "18"),
            blur("b3", "3"),
            f'<mask id="m"><rect y="{WATER}" width="1200" height="170" fill="url(#fade)"/></mask>',
            "</defs>",
            f'<rect width="1200" height="{WATER - 60}" fill="url(#sky)"/><circle cx="{930 if light else 240}" cy="{470 if light else 130}" r="62" fill="{sun}" opacity=".85" filter="url(#b14)"/>',
            f'<path d="M0 {WATER - 60}L120 {WATER - 118}L260 {WATER - 82}L430 {WATER - 140}L600 {WATER - 88}L780 {WATER - 126}L960 {WATER - 78}L1200 {WATER - 112}V{WATER - 40}H0Z" fill="{hills}" opacity=".7" filter="url(#b3)"/>',
            f'<rect y="{WATER - 60}" width="1200" height="320" fill="url(#sea)"/>',
            f'<g id="boat">{KINDS[kind]()}<path d="M216 {WATER - 14}C420 {WATER - 6} 760 {WATER - 8} 968 {WATER - 18}" fill="none" stroke="{stripe}" stroke-width="8"/></g>',
            f'<g mask="url(#m)"><use href="#boat" transform="matrix(1 0 0 -.6 0 {WATER * 1.6 + 4})" opacity=".4" filter="url(#b3)"/></g>',
            f'<ellipse cx="590" cy="{WATER + 6}" rx="410" ry="9" fill="#0c2430" opacity=".35" filter="url(#b3)"/>',
            waves,
            "</svg>",
        ]
    )


def main() -> None:
    shots = [(kind, color, light) for kind in KINDS for color in HULLS for light in LIGHTS]
    write(OUT, {f"{kind}-{color}{light}": photo(kind, color, light) for kind, color, light in shots})


if __name__ == "__main__":
    main()
