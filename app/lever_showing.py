"""Levers as the cockpit shows them: their range, where they stand, and who moved them last. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from app.config_showing import section_title
from app.config_views import Alert, KillSwitch, LeverRow, Option, OrganizationStop
from backend.domains.events.levers import LeverView
from backend.domains.events.lifecycle import Flag


@dataclass(frozen=True, slots=True)
class Stop:
    """The words of a stop switch: what it is, the two ways to use it, what it does, and what it says while it is on."""

    label: str
    use: str
    end: str
    help: str
    on: str


#: The stop switches of the section `safety`.
STOPS = {
    "ai_off": Stop(
        "The AI",
        "Stop the AI",
        "Start the AI again",
        "The guide answers with fixed words only; no language model is asked.",
        "The AI is stopped; the guide answers with fixed words.",
    ),
    "mutating_tools_off": Stop(
        "Actions",
        "Stop actions",
        "Allow actions again",
        "Nobody can hold, reserve or share anything new. What is held stays held.",
        "Actions are stopped; nobody can hold anything new.",
    ),
    "force_strict": Stop(
        "Strict policy",
        "Apply the strict policy",
        "End the strict policy",
        "The strictest policy applies to everybody, whatever the event says.",
        "The strict policy applies to everybody.",
    ),
}
SAFETY = "/safety/"
#: A unit of the schemas that people read in percent.
SHARE = "share of 1"
CONTROLS = {"number": "slider", "toggle": "toggle", "choice": "choice"}


def lever_row(view: LeverView, me: str) -> LeverRow:
    """`me` is the reader's e-mail."""
    toggle = view.kind == "toggle"
    low, high, step = grid(view)
    return LeverRow(
        key=f"{view.path}@{view.value}",
        path=view.path,
        group=section_title(view.section),
        label=view.label,
        help=view.help,
        control=CONTROLS[view.kind],
        value=_text(view.value),
        shown="" if toggle else _shown(view.value, view.unit),
        unit=view.unit,
        low=low,
        high=high,
        step=step,
        options=[Option(_text(value), _shown(value, view.unit)) for value in view.options],
        baseline=_text(view.baseline) if view.kind == "number" else "",
        approved="" if view.value == view.baseline else f"last approved: {_shown(view.baseline, view.unit)}",
        moved=_moved(view, me),
        moved_at=view.moved_at.isoformat() if view.moved_at else "",
        may_undo=view.may_undo,
    )


def kill_switch(view: LeverView) -> KillSwitch | None:
    """A stop switch, or None for any other lever."""
    found = STOPS.get(view.path.removeprefix(SAFETY)) if view.path.startswith(SAFETY) else None
    if found is None:
        return None
    return KillSwitch(view.path, found.label, found.use, found.end, found.help, view.value is True)


def stop_alerts(document: Mapping[str, Any]) -> list[Alert]:
    """The stop switches that are on."""
    safety = document.get("safety") or {}
    return [
        Alert(key, "bad", stop.on, "Levers", "?tab=levers")
        for key, stop in STOPS.items()
        if safety.get(key) is True
    ]


def organization_stops(flags: Iterable[Flag], me: str) -> list[OrganizationStop]:
    """The same switches for every event of an organization, with who turned each last. `me` is the reader's e-mail."""
    said = {flag.name: flag for flag in flags}
    return [_organization_stop(name, stop, said.get(name), me) for name, stop in STOPS.items()]


def _organization_stop(name: str, stop: Stop, flag: Flag | None, me: str) -> OrganizationStop:
    who = "" if flag is None else "you" if flag.updated_by == me else flag.updated_by or "the command line"
    return OrganizationStop(
        name=name,
        label=f"{stop.label}, everywhere",
        use=f"{stop.use} in every event",
        end=f"{stop.end} in every event",
        help=stop.help,
        on=bool(flag and flag.is_on),
        words=stop.on,
        who=f"{'Turned on' if flag and flag.is_on else 'Turned off'} by {who}" if flag else "",
        at=flag.updated_at.isoformat() if flag else "",
        note=flag.note if flag else "",
    )


def grid(view: LeverView) -> tuple[str, str, str]:
    """Both ends and the step of a slider. A browser counts steps from the low end, so the ends are brought onto the steps.

    A value that stands between two steps keeps its place: the slider then goes without steps.
    """
    if view.low is None or view.high is None:
        return "", "", "any"
    if not view.step:
        return _text(view.low), _text(view.high), "any"
    step = Decimal(str(view.step))
    low = (Decimal(str(view.low)) / step).to_integral_value(ROUND_CEILING) * step
    high = (Decimal(str(view.high)) / step).to_integral_value(ROUND_FLOOR) * step
    if Decimal(str(view.value)) % step or low > high:
        return _text(view.low), _text(view.high), "any"
    return _text(float(low)), _text(float(high)), _text(view.step)


def _moved(view: LeverView, me: str) -> str:
    if view.moved_at is None:
        return ""
    who = "you" if view.moved_by and view.moved_by == me else view.moved_by or "the command line"
    before = "" if view.previous is None else f" from {_shown(view.previous, view.unit)}"
    return f"Moved{before} by {who}"


def _text(value: Any) -> str:
    """As HTML and JSON have it."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return value if isinstance(value, str) else json.dumps(value)


def _shown(value: Any, unit: str) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if unit == SHARE:
        return f"{_text(100 * value)} %"
    text = _text(value).replace("_", " ") if isinstance(value, str) else _text(value)
    return f"{text} {unit}".strip()
