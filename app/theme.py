"""Design tokens: colors in light and dark, type, spacing, and the correction of an event's own accent.

`assets/styles/tokens.css` is written from here (`python -m app.theme`); a test keeps the two equal.
"""

from __future__ import annotations

import colorsys
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Mode = Literal["light", "dark"]

#: WCAG 2.2, success criterion 1.4.3: contrast of text below 18 points.
TEXT_CONTRAST = 4.5
#: WCAG 2.2, success criterion 1.4.11: contrast of what a control is recognized by.
CONTROL_CONTRAST = 3.0

COLORS: dict[Mode, dict[str, str]] = {
    "light": {
        "paper": "#FAFAF7",
        "surface": "#FFFFFF",
        "sunken": "#F2F1EB",
        "ink": "#16181D",
        "muted": "#595D65",
        "faint": "#696D74",
        "line": "#E6E4DE",
        "line-strong": "#CFCCC2",
        "control": "#8A8880",
        "accent": "#0F5C5C",
        "on-accent": "#FFFFFF",
        "accent-soft": "#E4EEEC",
        "good": "#1B6442",
        "good-soft": "#E3F0E8",
        "warn": "#7D5200",
        "warn-soft": "#F7ECD8",
        "bad": "#A1251C",
        "bad-soft": "#F9E7E4",
    },
    "dark": {
        "paper": "#0F1113",
        "surface": "#16191C",
        "sunken": "#1C2024",
        "ink": "#ECEAE4",
        "muted": "#A9ABA8",
        "faint": "#92959A",
        "line": "#272B2F",
        "line-strong": "#3B4046",
        "control": "#757A80",
        "accent": "#74C6BD",
        "on-accent": "#0B1615",
        "accent-soft": "#152826",
        "good": "#84CBA2",
        "good-soft": "#15261C",
        "warn": "#E3B767",
        "warn-soft": "#2B2313",
        "bad": "#F19B92",
        "bad-soft": "#301A18",
    },
}

#: Every pair of text and ground that the styles put together; each must reach `TEXT_CONTRAST` in both modes.
TEXT_PAIRS: tuple[tuple[str, str], ...] = (
    *((text, ground) for text in ("ink", "muted", "faint") for ground in ("paper", "surface")),
    ("ink", "sunken"),
    ("muted", "sunken"),
    ("ink", "accent-soft"),
    ("accent", "paper"),
    ("accent", "surface"),
    ("accent", "accent-soft"),
    ("on-accent", "accent"),
    *((tone, ground) for tone in ("good", "warn", "bad") for ground in ("paper", "surface", f"{tone}-soft")),
)
#: What outlines a field or a focused control, against what it lies on.
CONTROL_PAIRS: tuple[tuple[str, str], ...] = (
    ("control", "surface"),
    ("control", "paper"),
    ("accent", "paper"),
    ("accent", "surface"),
)

#: A modular scale (ratio 1.25, base 16), in pixels at the default root size.
TYPE_SCALE = (12, 14, 16, 20, 25, 31, 39)
STYLESHEET = Path(__file__).resolve().parents[1] / "assets" / "styles" / "tokens.css"

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colors, 1 to 21. Source: WCAG 2.2, definition of contrast ratio."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    channels = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in _rgb(color)
    ]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def _rgb(color: str) -> tuple[float, float, float]:
    return tuple(int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))  # type: ignore[return-value]


def _mix(color: str, ground: str, share: float) -> str:
    pairs = zip(_rgb(color), _rgb(ground), strict=True)
    return "#" + "".join(f"{round(255 * (a * share + b * (1 - share))):02X}" for a, b in pairs)


@dataclass(frozen=True, slots=True)
class Accent:
    """An event's accent as the styles use it in one mode."""

    accent: str
    on_accent: str
    accent_soft: str


def corrected_accent(wish: str, mode: Mode) -> Accent:
    """The nearest accent of the same hue that can be read. An unreadable wish is corrected, never refused."""
    colors = COLORS[mode]
    if not _HEX.fullmatch(wish):
        return Accent(colors["accent"], colors["on-accent"], colors["accent-soft"])
    hue, light, saturation = colorsys.rgb_to_hls(*_rgb(wish))
    step = -0.01 if mode == "light" else 0.01
    while True:
        accent = "#" + "".join(f"{round(255 * v):02X}" for v in colorsys.hls_to_rgb(hue, light, saturation))
        soft = _mix(accent, colors["surface"], 0.10)
        if all(
            contrast(accent, ground) >= TEXT_CONTRAST for ground in (colors["paper"], colors["surface"], soft)
        ):
            break
        light = min(1.0, max(0.0, light + step))
    on_accent = max(("#FFFFFF", "#0B0D0E"), key=lambda text: contrast(text, accent))
    return Accent(accent, on_accent, soft)


def accent_style(wish: str) -> dict[str, str]:
    """CSS variables that carry an event's accent in both modes; `base.css` chooses between them."""
    style: dict[str, str] = {}
    for mode in ("light", "dark"):
        accent = corrected_accent(wish, mode)
        style |= {
            f"--{mode}-accent": accent.accent,
            f"--{mode}-on-accent": accent.on_accent,
            f"--{mode}-accent-soft": accent.accent_soft,
        }
    return style


def stylesheet() -> str:
    """The text of `assets/styles/tokens.css`."""
    light, dark = (
        "".join(f"  --{name}: {_value(mode, name)};\n" for name in COLORS[mode]) for mode in ("light", "dark")
    )
    sizes = "".join(f"  --text-{px}: {px / 16:g}rem;\n" for px in TYPE_SCALE)
    return (
        "/* Written by `python -m app.theme`. Change the tokens there. */\n"
        f":root,\n.brand {{\n  color-scheme: light;\n{light}}}\n\n:root {{\n{sizes}}}\n\n"
        f"@media (prefers-color-scheme: dark) {{\n:root:not(.light),\n:root:not(.light) .brand {{\n"
        f"  color-scheme: dark;\n{dark}}}\n}}\n\n"
        f":root.dark,\n:root.dark .brand {{\n  color-scheme: dark;\n{dark}}}\n"
    )


def _value(mode: Mode, name: str) -> str:
    if name in {"accent", "on-accent", "accent-soft"}:
        return f"var(--{mode}-{name}, {COLORS[mode][name]})"
    return COLORS[mode][name]


if __name__ == "__main__":
    STYLESHEET.write_text(stylesheet())
