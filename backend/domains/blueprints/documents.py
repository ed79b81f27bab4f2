"""The event document of a proposal, as a person would write it: YAML that extends a template, with the reasons as comments.

What it means is decided in `behavior`; what is right in it, by the compiler of `events`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from backend.domains.blueprints.behavior.proposing import propose_behavior
from backend.domains.blueprints.inventory import InventoryFacts
from backend.domains.blueprints.model import BehaviorProposal, Proposal, ValueProposal
from backend.domains.events import service as events

_HEAD: Final = ("extends", "id", "name", "domain", "locale", "currency", "timezone")
_ORDER: Final = (
    "branding",
    "persona",
    "preference_extraction",
    "catalogue",
    "search_defaults",
    "ranking_weights",
    "ui_contract",
    "conversion",
    "sdme",
    "cspe",
    "safety",
    "dealer_matching",
    "privacy",
    "pricing",
    "agent",
    "analytics",
    "experiments",
)
_WIDTH: Final = 118
#: Below it, a reason says that somebody should look.
_UNSURE: Final = 0.5


def document_of(proposal: Proposal, facts: InventoryFacts) -> str:
    """The authored text. The same proposal gives the same bytes."""
    behavior = proposal.behavior or propose_behavior(proposal, facts)
    said = _tree(behavior.values)
    parts = [_head(behavior, proposal, facts), _envelope(behavior, said)]
    sections = sorted((name for name in said if name not in _HEAD), key=_place)
    parts += [_section(name, said[name], _reasons(behavior.values, name)) for name in sections]
    return "\n".join(parts)


def _place(section: str) -> tuple[int, str]:
    return (_ORDER.index(section) if section in _ORDER else len(_ORDER), section)


def _tree(values: Sequence[ValueProposal]) -> dict[str, Any]:
    """The values as one document; of two at one path the later one counts."""
    whole: dict[str, Any] = {}
    for each in values:
        *way, last = each.path.split("/")[1:]
        holder = whole
        for step in way:
            holder = holder.setdefault(step, {})
        holder[last] = each.value
    return whole


def _head(behavior: BehaviorProposal, proposal: Proposal, facts: InventoryFacts) -> str:
    files = [part.file for part in (*proposal.sheets, *proposal.feeds, *proposal.reports, *proposal.screens)]
    many = next((each.value for each in behavior.values if each.path == "/catalogue/noun/many"), "listings")
    shown = ", ".join(files[:6]) + (f" and {len(files) - 6} more" if len(files) > 6 else "")
    photos = f" and {len(proposal.photos)} photos" if proposal.photos else ""
    text = f"{facts.rows:,} {many}, as proposed from {shown or 'no files'}{photos}."
    return "\n".join(
        [
            *_comment(text),
            "#",
            *_comment(
                "Each section says why. Change what is not right; nothing is sold before it is published."
            ),
            "",
        ]
    )


def _envelope(behavior: BehaviorProposal, said: Mapping[str, Any]) -> str:
    reasons = {each.path.removeprefix("/"): each for each in behavior.values}
    lines: list[str] = []
    for name in _HEAD:
        if name in said:
            lines += _comment(_worded(reasons[name])) if name != "id" else []
            lines += _written({name: said[name]})
    return "\n".join([*lines, ""])


def _section(name: str, value: Any, reasons: Sequence[str]) -> str:
    comment = [line for reason in reasons for line in _comment(reason)]
    return "\n".join([*comment, *_written({name: value}), ""])


def _reasons(values: Sequence[ValueProposal], section: str) -> list[str]:
    """Each reason once, with the values that it stands for."""
    found: dict[str, list[str]] = {}
    unsure: set[str] = set()
    for each in values:
        first, *rest = each.path.split("/")[1:]
        if first == section:
            found.setdefault(each.reason, []).append(".".join(rest))
            if each.confidence < _UNSURE:
                unsure.add(each.reason)
    only = len(found) == 1
    return [
        (reason if only or not any(names) else f"{', '.join(names)}: {reason}")
        + (" Please check." if reason in unsure else "")
        for reason, names in found.items()
    ]


def _worded(proposed: ValueProposal) -> str:
    is_told = proposed.confidence >= _UNSURE or proposed.reason.endswith("please check.")
    return proposed.reason if is_told else f"{proposed.reason} Please check."


def _comment(text: str) -> list[str]:
    plain = "".join(c if c.isprintable() else " " for c in text)
    return [f"# {line}" for line in textwrap.wrap(plain, _WIDTH)]


def _written(section: Mapping[str, Any]) -> list[str]:
    """Block YAML; maps inside a list of its own stand on one line each, because a table is read as a table."""
    ((name, value),) = section.items()
    tables = (
        {key: member for key, member in value.items() if _is_table(member)} if isinstance(value, dict) else {}
    )
    rest = {key: member for key, member in value.items() if key not in tables} if tables else value
    lines = events.written({name: rest}).rstrip("\n").split("\n") if rest or not tables else [f"{name}:"]
    for key, rows in tables.items():
        lines += [f"  {key}:", *(f"    - {events.written_inline(row)}" for row in rows)]
    return lines


def _is_table(value: Any) -> bool:
    return bool(value) and isinstance(value, list) and all(_is_flat(row) for row in cast("list[Any]", value))


def _is_flat(row: Any) -> bool:
    if not isinstance(row, dict):
        return False
    return not any(isinstance(member, dict) for member in cast("dict[str, Any]", row).values())
