"""Draws what the shared car drawings lack: pickups and minivans. Run `python -m seeds.used_cars_b2b2c_otto.make_photos`.

The other body styles are those of `tesla_q1_2026/photos`; the mapping names both folders.
"""

from __future__ import annotations

from pathlib import Path

from seeds.drawing import write
from seeds.tesla_q1_2026.make_photos import COLORS, Style, views

OUT = Path(__file__).with_name("photos")
STYLES = {
    "pickup": Style(
        wheel=80, front=290, rear=896, sill=590, start=(138, 596), end=(1072, 590),
        top="C120 592 111 578 110 552C108 516 110 486 122 468C138 452 200 438 268 430C316 424 350 420 382 416"
            "C418 362 458 308 524 298C594 290 652 292 694 302C712 328 722 366 726 410L1064 414C1084 416 1092 436 1094 472"
            "C1096 520 1090 564 1072 590",
        glass="M414 412C448 362 480 320 534 313C592 307 642 309 680 318C694 342 702 374 705 404C610 410 510 413 414 412Z",
        pillars=("M562 310L580 309 586 410 564 411Z",),
        doors=("M420 416C408 448 404 508 410 552C413 570 420 580 432 582L574 586",
               "M574 412C580 456 580 542 574 586", "M712 412C718 456 718 542 712 584L574 586", "M738 414V556"),
        shoulder="M112 492C240 446 420 432 640 430C820 430 980 432 1092 440",
        crease="M380 548C520 530 700 526 790 530",
        lamp="M122 470C142 458 178 450 212 446C216 458 198 474 168 481C148 485 128 484 122 470Z",
        tail="M1088 432C1074 428 1060 428 1048 430C1050 452 1052 474 1054 492C1068 492 1082 490 1093 486Z",
        handles=((508, 446), (648, 444)), mirror=(430, 412), cladding=True,
    ),
    "minivan": Style(
        wheel=72, front=284, rear=888, sill=600, start=(136, 602), end=(1068, 598),
        top="C118 598 110 584 109 558C108 530 112 506 124 490C146 462 220 432 316 404C392 352 470 308 570 296"
            "C712 284 900 292 1000 318C1034 346 1052 392 1060 430C1078 446 1087 472 1089 504C1091 544 1084 578 1068 598",
        glass="M366 406C430 358 492 322 574 314C698 304 850 310 956 334C976 352 988 380 982 392C800 410 560 416 366 406Z",
        pillars=("M520 326L538 322 520 412 500 412Z", "M716 306L734 306 738 404 718 405Z"),
        doors=("M404 412C394 446 392 516 398 560C401 578 408 588 420 590L520 594", "M506 414C516 460 518 552 512 594",
               "M728 408C734 452 734 548 728 594L512 594", "M516 470H1000"),
        shoulder="M114 508C240 446 420 424 640 420C820 417 980 424 1088 452",
        crease="M370 560C520 540 700 534 800 540",
        lamp="M122 494C144 474 184 458 222 450C226 462 206 480 174 489C152 495 128 498 122 494Z",
        tail="M1086 470C1074 446 1066 424 1056 410C1046 424 1044 448 1050 470C1062 476 1076 476 1088 478Z",
        handles=((448, 450), (560, 448)), mirror=(404, 406),
    ),
}  # fmt: skip


def main() -> None:
    cars = [views(name, style, color) for name, style in STYLES.items() for color in COLORS]
    write(OUT, {name: drawing for car in cars for name, drawing in car.items()})


if __name__ == "__main__":
    main()
