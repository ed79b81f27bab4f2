# ruff: noqa: E501
"""Draws the photos of the demo inventory: side profiles by body style and color, a detail of each, and interiors.

Run `python -m seeds.tesla_q1_2026.make_photos`. The drawings are generic shapes, no maker's design. Facing left;
1 px is about 5 mm; the canvas is 1200 x 900 and the ground lies at y = 640.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from seeds.drawing import backdrop, gradient, head, write

OUT = Path(__file__).with_name("photos")
GROUND = 640


@dataclass(frozen=True)
class Style:
    """Geometry of a body style: outlines as SVG path data from nose to tail, along the top."""

    wheel: int  # radius of the tyre
    front: int  # x of the axles
    rear: int
    top: str  # from the front bumper over the roof to the rear bumper
    start: tuple[int, int]
    end: tuple[int, int]
    sill: int
    glass: str
    pillars: tuple[str, ...]
    doors: tuple[str, ...]
    shoulder: str
    crease: str
    lamp: str
    tail: str
    handles: tuple[tuple[int, int], ...]
    mirror: tuple[int, int]
    cladding: bool = False
    roof: str = ""


STYLES = {
    "sedan": Style(
        wheel=70, front=288, rear=890, sill=606, start=(134, 606), end=(1072, 602),
        top="C118 601 110 588 109 566C108 545 111 524 122 507C136 487 196 463 262 449C318 437 366 430 404 424"
            "C462 385 528 345 648 340C752 336 846 362 946 408C978 411 1030 413 1066 416C1078 424 1089 452 1092 486"
            "C1095 528 1090 574 1072 602",
        glass="M434 426C486 388 552 357 650 354C738 351 816 371 894 408C902 412 901 419 892 420C800 424 600 430 434 426Z",
        pillars=("M632 352L650 352 656 430 634 430Z", "M812 372L822 376 838 424 826 424Z"),
        doors=("M440 430C428 462 424 520 430 566C433 584 440 592 452 594L644 598",
               "M645 430C650 480 650 560 644 598", "M842 424C846 446 838 468 820 490C804 512 796 560 790 596L644 598"),
        shoulder="M112 520C240 466 420 446 640 443C820 440 980 438 1090 458",
        crease="M380 566C520 546 700 540 800 546",
        lamp="M122 505C142 490 176 478 210 472C214 482 196 496 168 504C148 509 128 511 122 505Z",
        tail="M1084 446C1060 440 1020 438 986 440C990 450 1020 460 1054 461C1072 461 1084 458 1087 456Z",
        handles=((566, 470), (762, 466)), mirror=(452, 426),
        roof="M556 356C588 347 616 343 650 342C730 340 800 356 862 382C790 358 720 349 650 349C616 349 584 352 556 356Z",
    ),
    "suv": Style(
        wheel=78, front=292, rear=886, sill=594, start=(138, 598), end=(1070, 592),
        top="C120 594 111 580 110 556C108 524 112 496 124 478C140 458 200 430 268 414C320 402 362 395 396 390"
            "C446 342 512 290 640 281C768 274 886 288 972 330C1006 348 1034 376 1054 402C1074 412 1088 440 1090 478"
            "C1093 526 1088 566 1070 592",
        glass="M428 390C476 344 544 302 644 296C756 291 862 305 940 342C958 352 964 372 948 376C800 387 600 396 428 390Z",
        pillars=("M628 294L648 293 654 394 632 394Z", "M844 304L857 308 876 386 861 387Z"),
        doors=("M432 396C420 434 416 504 424 552C427 570 434 580 446 582L642 586",
               "M643 394C648 450 648 540 642 586", "M866 386C872 410 864 436 844 462C826 486 812 540 804 584L642 586"),
        shoulder="M112 500C240 432 420 410 640 408C820 406 980 412 1090 440",
        crease="M376 556C520 532 700 524 812 532",
        lamp="M122 478C142 462 178 448 214 442C218 452 200 468 170 477C150 482 128 484 122 478Z",
        tail="M1086 436C1062 426 1024 422 992 424C996 436 1024 448 1058 450C1074 450 1086 448 1089 446Z",
        handles=((562, 438), (768, 434)), mirror=(446, 392), cladding=True,
        roof="M540 312C572 296 604 286 644 283C744 278 838 288 912 314C834 296 740 289 644 290C604 292 570 302 540 314Z",
    ),
    "crossover": Style(
        wheel=77, front=282, rear=916, sill=598, start=(134, 600), end=(1068, 596),
        top="C118 596 112 582 112 560C110 526 112 500 122 484C136 466 188 446 252 436C306 428 350 420 384 412"
            "C436 366 500 318 624 312C760 306 880 322 962 362C976 366 988 368 996 366C1018 384 1040 410 1056 426C1074 438 1084 458 1087 488"
            "C1091 530 1086 570 1068 596",
        glass="M414 410C462 368 530 332 630 327C748 322 850 336 936 372C948 380 948 390 934 392C800 402 590 414 414 410Z",
        pillars=("M620 326L640 325 646 410 624 412Z", "M838 338L850 341 868 398 854 399Z"),
        doors=("M420 414C408 448 404 512 410 558C413 576 420 586 432 588L640 592",
               "M636 412C642 460 644 548 640 592", "M872 398C880 420 870 446 852 468C834 492 826 544 820 588L640 592"),
        shoulder="M114 508C240 452 420 428 640 424C820 421 980 424 1088 456",
        crease="M360 580C470 560 560 500 700 486C780 478 830 480 880 470",
        lamp="M121 486C140 472 174 460 208 455C211 464 198 476 170 484C150 489 128 491 121 486Z",
        tail="M1086 462C1060 448 1010 442 940 440C960 450 1010 458 1050 466C1070 470 1082 472 1088 472Z",
        handles=((556, 456), (774, 450)), mirror=(432, 412), cladding=True,
    ),
    "hatchback": Style(
        wheel=71, front=300, rear=884, sill=604, start=(152, 606), end=(1040, 602),
        top="C136 602 128 588 127 564C125 534 128 510 138 492C152 472 208 448 270 434C314 424 350 418 380 412"
            "C430 362 500 314 612 306C740 298 858 310 944 344C960 350 974 354 984 356C1002 380 1024 420 1036 446C1052 458 1060 480 1062 506"
            "C1065 544 1058 580 1040 602",
        glass="M410 412C456 366 526 326 618 321C724 315 826 325 908 352C924 360 934 384 924 396C920 402 900 404 880 404C760 412 560 418 410 412Z",
        pillars=("M606 320L626 319 632 414 610 415Z", "M812 322L824 324 842 406 828 407Z"),
        doors=("M416 418C404 452 400 516 408 562C411 580 418 590 430 592L630 596",
               "M622 416C628 464 632 550 630 596", "M846 406C852 430 844 452 826 476C808 502 802 560 796 594L630 596"),
        shoulder="M130 512C250 456 420 434 640 430C800 427 940 430 1060 458",
        crease="M390 566C520 542 680 536 790 544",
        lamp="M136 494C156 476 190 462 224 456C228 468 210 484 182 492C162 498 142 500 136 494Z",
        tail="M1030 440C1014 438 1000 446 1000 462C1002 484 1020 498 1058 500C1058 482 1050 458 1030 440Z",
        handles=((548, 462), (758, 458)), mirror=(428, 414),
        roof="M530 328C560 316 584 310 616 308C720 302 812 312 884 332C804 320 716 312 616 316C586 318 558 322 530 328Z",
    ),
    "wagon": Style(
        wheel=74, front=284, rear=898, sill=602, start=(134, 604), end=(1078, 600),
        top="C118 600 110 586 109 564C108 540 111 518 122 500C136 482 196 458 258 444C312 432 358 426 394 420"
            "C450 378 516 336 636 330C760 325 880 334 976 360C990 363 1002 364 1010 362C1030 384 1050 414 1062 434C1082 446 1092 462 1095 494"
            "C1098 534 1092 576 1078 600",
        glass="M424 422C474 382 540 350 642 345C752 340 858 348 944 372C962 380 972 396 960 402C940 408 900 410 880 411C760 418 580 426 424 422Z",
        pillars=("M626 344L646 343 652 424 630 425Z", "M828 348L840 350 856 412 842 413Z"),
        doors=("M430 426C418 458 414 518 420 564C423 582 430 590 442 592L642 596",
               "M641 425C646 476 648 556 642 596", "M860 412C866 434 858 458 840 482C822 508 814 560 808 594L642 596"),
        shoulder="M112 516C240 462 420 440 640 437C820 434 980 436 1094 462",
        crease="M376 568C520 548 700 540 810 546",
        lamp="M122 500C142 486 176 474 210 468C214 478 196 492 168 500C148 505 128 507 122 500Z",
        tail="M1092 464C1064 452 1020 448 980 449C986 460 1020 468 1056 471C1074 472 1088 474 1094 474Z",
        handles=((560, 466), (776, 460)), mirror=(442, 422),
        roof="M548 350C580 338 606 334 640 332C750 327 850 334 930 352C846 341 748 334 640 339C606 341 578 345 548 350Z",
    ),
}  # fmt: skip

# light, body, deep: what the sky, the side and the shade make of a paint
COLORS = {
    "white": ("#ffffff", "#eceef0", "#aeb5bc"),
    "black": ("#4c525a", "#1d2024", "#08090b"),
    "grey": ("#8d959e", "#565d66", "#262a30"),
    "silver": ("#eef1f4", "#b9c0c7", "#747c85"),
    "blue": ("#5d8fd0", "#1f4f94", "#0b2147"),
    "red": ("#e0605a", "#a51a22", "#4c060d"),
    "green": ("#6f9583", "#2f5546", "#122a20"),
}


def profile(style: Style, color: str, view: str = "40 96 1120 840") -> str:
    light, body, deep = COLORS[color]
    arch = style.wheel + 9
    axle = GROUND - style.wheel
    half = math.sqrt(arch**2 - (style.sill - axle) ** 2)
    x0, y0 = style.start
    outline = (
        f"M{x0} {y0}{style.top}L{style.rear + half:.0f} {style.sill}A{arch} {arch} 0 1 0 {style.rear - half:.0f} {style.sill}"
        f"L{style.front + half:.0f} {style.sill}A{arch} {arch} 0 1 0 {style.front - half:.0f} {style.sill}Z"
    )
    pale = color in {"white", "silver"}
    parts = [
        head(view),
        "<defs>",
        gradient("p", "0 0 0 1", (0, light), (0.34, body), (0.62, body), (1, deep)),
        gradient("s", "0 0 0 1", (0, "#fff", 0), (0.5, "#fff", 0.75 if pale else 0.5), (1, "#fff", 0)),
        gradient("d", "0 0 0 1", (0, deep, 0), (1, deep, 0.85)),
        gradient("g", "0 0 0 1", (0, "#46525e"), (0.45, "#232a32"), (1, "#11151a")),
        gradient("f", "0 0 0 1", (0, "#fff", 0.16), (0.5, "#fff", 0)),
        f'<clipPath id="c"><path d="{outline}"/></clipPath><clipPath id="w"><path d="{style.glass}"/></clipPath>'
        f'<clipPath id="l"><path d="{style.lamp}"/></clipPath>',
        '<filter id="b6"><feGaussianBlur stdDeviation="6"/></filter>',
        '<filter id="b14" x="-.3" y="-3" width="1.6" height="7"><feGaussianBlur stdDeviation="14 7"/></filter>',
        '<filter id="b3" x="-.3" y="-2" width="1.6" height="5"><feGaussianBlur stdDeviation="4 2"/></filter>',
        wheel_defs(style.wheel),
        "</defs>",
        backdrop(),
        ground_shadow(style, axle),
        '<g id="car">',
        f'<path d="M{style.front} {style.sill - 60}H{style.rear}V{style.sill + 6}H{style.front}Z" fill="#0c0e10"/>',
        *(well(x, axle, arch, style.sill + 3) for x in (style.front, style.rear)),
        f'<path d="{outline}" fill="url(#p)"/>',
        '<g clip-path="url(#c)">',
        surfaces(style, color, pale),
        "</g>",
        greenhouse(style, deep, body),
        details(style, deep, body, light, pale),
        f'<path d="{outline}" fill="none" stroke="{deep}" stroke-opacity=".55" stroke-width="1.5"/>',
        *(f'<use href="#wheel" x="{x}" y="{axle}"/>' for x in (style.front, style.rear)),
        "</g>",
        f'<g opacity=".2" transform="matrix(1 0 0 -1 0 {GROUND * 2 + 2})"><use href="#car"/></g>',
        '<rect y="640" width="1200" height="320" fill="url(#fade)"/>',
        "</svg>",
    ]
    return "".join(parts)


def well(x: int, axle: int, arch: int, floor: int) -> str:
    """The dark of a wheel arch, cut off at the sill."""
    half = math.sqrt(arch**2 - (floor - axle) ** 2)
    return f'<path d="M{x - half:.0f} {floor}A{arch + 1} {arch + 1} 0 1 1 {x + half:.0f} {floor}Z" fill="#08090b"/>'


def ground_shadow(style: Style, axle: int) -> str:
    middle = (style.front + style.rear) / 2
    return (
        f'<ellipse cx="{middle}" cy="{GROUND + 4}" rx="500" ry="17" fill="#15181b" opacity=".42" filter="url(#b14)"/>'
        f'<ellipse cx="{middle}" cy="{GROUND - 2}" rx="400" ry="9" fill="#0b0d0f" opacity=".55" filter="url(#b14)"/>'
        + "".join(
            f'<ellipse cx="{x}" cy="{GROUND}" rx="{style.wheel * 0.62:.0f}" ry="5" fill="#000" opacity=".75" filter="url(#b3)"/>'
            for x in (style.front, style.rear)
        )
    )


def surfaces(style: Style, color: str, pale: bool) -> str:
    """Light on the body: sky on the shoulder, the dark of the floor below, a soft horizon in between."""
    floor = ".34" if pale else ".6"
    cladding = ""
    if style.cladding:
        rings = "".join(
            f'<circle cx="{x}" cy="{GROUND - style.wheel}" r="{style.wheel + 16}" fill="none" stroke="#1c1f23" stroke-width="16"/>'
            for x in (style.front, style.rear)
        )
        cladding = f'<path d="M90 {style.sill - 18}C400 {style.sill - 12} 800 {style.sill - 14} 1110 {style.sill - 22}V640H90Z" fill="#1c1f23"/>{rings}'
    return (
        f'<path d="{style.shoulder}" fill="none" stroke="#fff" stroke-opacity="{0.85 if pale else 0.5}" stroke-width="13" filter="url(#b6)"/>'
        f'<path d="{style.shoulder}" transform="translate(0 13)" fill="none" stroke="#000" stroke-opacity="{0.16 if pale else 0.3}" stroke-width="10" filter="url(#b6)"/>'
        f'<rect x="90" y="{style.sill - 78}" width="1020" height="90" fill="url(#d)" opacity="{floor}"/>'
        f'<path d="{style.crease}" fill="none" stroke="#fff" stroke-opacity="{0.8 if pale else 0.34}" stroke-width="6" filter="url(#b3)"/>'
        f'<path d="{style.crease}" transform="translate(0 7)" fill="none" stroke="#000" stroke-opacity=".28" stroke-width="5" filter="url(#b3)"/>'
        + cladding
        + f'<path d="M420 {style.sill - 9}H{style.rear - style.wheel - 20}" stroke="#000" stroke-opacity=".5" stroke-width="7"/>'
        f'<path d="M100 {style.sill - 40}C130 {style.sill - 36} 160 {style.sill - 30} 178 {style.sill - 20}L170 {style.sill - 12}C140 {style.sill - 14} 120 {style.sill - 16} 100 {style.sill - 18}Z" fill="#0d0f12" opacity=".75"/>'
        f'<path d="M{style.rear + 96} {style.sill + 12}C{style.rear + 130} {style.sill - 20} 1040 {style.sill - 26} 1110 {style.sill - 30}V640H{style.rear + 96}Z" fill="#14171a" opacity=".85"/>'
    )


def greenhouse(style: Style, deep: str, body: str) -> str:
    roof = f'<path d="{style.roof}" fill="#14181d" opacity=".9"/>' if style.roof else ""
    pillars = "".join(f'<path d="{p}" fill="#0b0e12"/>' for p in style.pillars)
    return (
        f'{roof}<path d="{style.glass}" fill="url(#g)"/><g clip-path="url(#w)">'
        '<path d="M470 440L590 300H668L548 440Z" fill="#fff" opacity=".09"/><path d="M700 440L800 300H826L726 440Z" fill="#fff" opacity=".06"/>'
        '<path d="M520 440C522 396 534 382 552 380C570 380 576 396 576 440ZM742 440C744 398 754 386 770 384C788 384 792 400 794 440Z" fill="#05070a" opacity=".55"/>'
        f'{pillars}<rect x="380" y="280" width="620" height="160" fill="url(#f)"/></g>'
        f'<path d="{style.glass}" fill="none" stroke="#0a0c0f" stroke-width="3"/>'
    )


def details(style: Style, deep: str, body: str, light: str, pale: bool) -> str:
    seam = f'fill="none" stroke="{deep}" stroke-opacity="{0.75 if pale else 0.95}" stroke-width="1.8" stroke-linecap="round"'
    doors = "".join(f'<path d="{d}" {seam}/>' for d in style.doors)
    gleam = "".join(
        f'<path d="{d}" transform="translate(2 1)" fill="none" stroke="#fff" stroke-opacity="{0.5 if pale else 0.16}"/>'
        for d in style.doors
    )
    handles = "".join(
        f'<rect x="{x}" y="{y}" width="48" height="7" rx="3.5" fill="{deep}" opacity=".5"/>'
        f'<rect x="{x}" y="{y}" width="48" height="2.5" rx="1.2" fill="#fff" opacity="{0.7 if pale else 0.35}"/>'
        for x, y in style.handles
    )
    mx, my = style.mirror
    mirror = (
        f'<path d="M{mx} {my}C{mx - 2} {my - 16} {mx + 10} {my - 24} {mx + 30} {my - 24}C{mx + 46} {my - 24} {mx + 52} {my - 16} {mx + 50} {my - 4}'
        f'C{mx + 40} {my + 4} {mx + 14} {my + 6} {mx} {my}Z" fill="{body}" stroke="{deep}" stroke-opacity=".7"/>'
        f'<path d="M{mx + 4} {my - 12}C{mx + 8} {my - 20} {mx + 18} {my - 22} {mx + 30} {my - 22}C{mx + 40} {my - 22} {mx + 46} {my - 18} {mx + 48} {my - 13}Z" fill="{light}" opacity=".7"/>'
        f'<path d="M{mx + 14} {my + 2}L{mx + 18} {my + 12}H{mx + 32}L{mx + 34} {my + 1}Z" fill="#111417"/>'
    )
    led = "C".join(style.lamp.split("C")[:2])  # the upper edge of the lamp
    return (
        doors + gleam + handles + mirror
        + f'<path d="{style.lamp}" fill="#1b2026"/><path d="{style.lamp}" fill="#cfdde8" opacity=".22"/>'
        + f'<g clip-path="url(#l)"><path d="{led}" transform="translate(7 6)" fill="none" stroke="#f4f9ff" stroke-width="3.2" stroke-linecap="round"/>'
        + f'<path d="{led}" transform="translate(2 13) scale(.985 1)" fill="none" stroke="#9fb4c4" stroke-width="1.4" stroke-linecap="round"/></g>'
        + f'<path d="{style.lamp}" fill="none" stroke="#0e1216" stroke-width="1.4"/>'
        + f'<path d="{style.tail}" fill="#8f1017"/><path d="{style.tail}" fill="#ff5a52" opacity=".35" transform="translate(0 -1)"/><path d="{style.tail}" fill="none" stroke="#3c0508" stroke-width="1.4"/>'
    )  # fmt: skip


def wheel_defs(radius: int) -> str:
    rim = radius * 0.78
    spokes = "".join(
        f'<g transform="rotate({angle})"><path d="M{-rim * 0.08:.1f} {-rim * 0.2:.1f}L{-rim * 0.2:.1f} {-rim * 0.93:.1f}'
        f'L{-rim * 0.02:.1f} {-rim * 0.96:.1f}L{rim * 0.03:.1f} {-rim * 0.22:.1f}Z" fill="url(#rim)"/>'
        f'<path d="M{rim * 0.05:.1f} {-rim * 0.22:.1f}L{rim * 0.1:.1f} {-rim * 0.95:.1f}L{rim * 0.24:.1f} {-rim * 0.92:.1f}'
        f'L{rim * 0.12:.1f} {-rim * 0.18:.1f}Z" fill="#6d747c"/></g>'
        for angle in range(0, 360, 40)
    )
    return (
        '<linearGradient id="rim" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#f4f6f8"/>'
        '<stop offset="1" stop-color="#9aa1a9"/></linearGradient>'
        '<radialGradient id="tyre"><stop offset=".76" stop-color="#0d0f11"/><stop offset=".86" stop-color="#2b2f33"/>'
        '<stop offset=".95" stop-color="#1a1d20"/><stop offset="1" stop-color="#0c0d0f"/></radialGradient>'
        f'<g id="wheel"><circle r="{radius}" fill="url(#tyre)"/><circle r="{rim:.1f}" fill="#17191c"/>'
        f'<circle r="{rim * 0.62:.1f}" fill="#50565c"/><circle r="{rim * 0.6:.1f}" fill="#3a3f45"/>'
        f'<path d="M{-rim * 0.66:.1f} {-rim * 0.2:.1f}A{rim * 0.69:.1f} {rim * 0.69:.1f} 0 0 1 {-rim * 0.2:.1f} {-rim * 0.66:.1f}'
        f'L{-rim * 0.13:.1f} {-rim * 0.42:.1f}A{rim * 0.44:.1f} {rim * 0.44:.1f} 0 0 0 {-rim * 0.42:.1f} {-rim * 0.13:.1f}Z" fill="#8e1b20"/>'
        f'{spokes}<circle r="{rim * 0.97:.1f}" fill="none" stroke="#c6ccd2" stroke-width="3.4"/>'
        f'<circle r="{rim * 0.2:.1f}" fill="#c9ced4"/><circle r="{rim * 0.13:.1f}" fill="#2b2f34"/></g>'
    )


INTERIORS = {
    "black": ("#2a2d31", "#17191c", "#43484e"),
    "white": ("#f1efeb", "#cfccc5", "#ffffff"),
    "tan": ("#b98f63", "#86633f", "#d6b189"),
}


def interior(color: str) -> str:
    """Two front seats and a quiet dashboard, seen from behind the middle."""
    seat, shade, light = INTERIORS[color]
    body = []
    for x in (330, 870):
        body.append(
            f'<g transform="translate({x} 0)"><path d="M-190 900C-206 760 -196 560 -150 470C-120 418 120 418 150 470C196 560 206 760 190 900Z" fill="url(#seat)"/>'
            f'<path d="M-84 430C-92 372 -74 318 -52 304C-30 294 30 294 52 304C74 318 92 372 84 430C60 446 -60 446 -84 430Z" fill="url(#seat)"/>'
            f'<path d="M-96 900C-110 740 -100 600 -78 520C-40 498 40 498 78 520C100 600 110 740 96 900Z" fill="{shade}" opacity=".5"/>'
            f'<path d="M-78 520C-100 600 -110 740 -96 900M78 520C100 600 110 740 96 900M-92 640H92M-99 760H99" fill="none" stroke="{light}" stroke-opacity=".5" stroke-width="2"/></g>'
        )
    return "".join(
        [
            head(),
            "<defs>",
            gradient("seat", "0 0 1 1", (0, light), (0.4, seat), (1, shade)),
            gradient("sky", "0 0 0 1", (0, "#c9d5df"), (0.7, "#eef2f4"), (1, "#dfe3e4")),
            gradient("dash", "0 0 0 1", (0, "#3a3e43"), (1, "#17191c")),
            gradient("screen", "0 0 1 1", (0, "#1c2733"), (1, "#0a0e13")),
            '<filter id="b"><feGaussianBlur stdDeviation="10"/></filter></defs>',
            '<rect width="1200" height="900" fill="#1b1d20"/><path d="M40 330C120 120 300 60 600 56C900 60 1080 120 1160 330Z" fill="url(#sky)"/>',
            '<path d="M60 322C300 250 480 232 600 232C720 232 900 250 1140 322V360H60Z" fill="#aab3b8" filter="url(#b)" opacity=".8"/>',
            '<path d="M0 356C240 306 440 296 600 296C760 296 960 306 1200 356V470C960 420 760 410 600 410C440 410 240 420 0 470Z" fill="url(#dash)"/>',
            f'<path d="M0 392C240 342 440 332 600 332C760 332 960 342 1200 392V410C960 362 760 352 600 352C440 352 240 362 0 410Z" fill="{seat}" opacity=".9"/>',
            '<rect x="478" y="300" width="244" height="156" rx="10" fill="#050608"/><rect x="486" y="308" width="228" height="140" rx="5" fill="url(#screen)"/>',
            '<path d="M500 420C560 380 600 400 640 364S700 350 704 340" fill="none" stroke="#5fa8d8" stroke-width="4"/><circle cx="640" cy="364" r="6" fill="#fff"/>',
            '<rect x="500" y="322" width="70" height="8" rx="4" fill="#fff" opacity=".7"/><rect x="500" y="338" width="44" height="6" rx="3" fill="#fff" opacity=".35"/>',
            '<path d="M546 470H654L690 900H510Z" fill="#212429"/><path d="M562 520H638L652 700H548Z" fill="#101214"/>',
            '<g transform="translate(330 384)"><circle r="104" fill="none" stroke="#111316" stroke-width="22"/><circle r="104" fill="none" stroke="#4a5057" stroke-width="3"/>'
            '<path d="M-96 6H96M0 10V100" stroke="#17191c" stroke-width="24"/><circle r="34" fill="#22262a"/></g>',
            *body,
            "</svg>",
        ]
    )


def views(name: str, style: Style, color: str) -> dict[str, str]:
    """A car from the side, and its front wheel and lamp from near."""
    return {
        f"{name}-{color}": profile(style, color),
        f"{name}-{color}-front": profile(style, color, "84 392 380 285"),
    }


def main() -> None:
    cars = [views(name, style, color) for name, style in STYLES.items() for color in COLORS]
    write(OUT, {name: drawing for car in cars for name, drawing in car.items()})
    write(OUT, {f"interior-{color}": interior(color) for color in INTERIORS})


if __name__ == "__main__":
    main()
