"""The sandbox and the gate in flat values: who won a dry run, what is asked before publishing, what would change. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from app import formats
from app.blueprint_views import CheckRow, GateShown, Rehearsal, RehearsalRow
from app.config_showing import REASONS, section_title
from app.config_views import ChangeGroup, ChangeRow, DiffShown
from app.messages import words_for
from app.sides import side_by_side

View = Mapping[str, Any]

#: Where each line of the checklist is mended.
MENDS = (
    ("sample", "samples"),
    ("file", "samples"),
    ("question", "mapping"),
    ("mapping", "mapping"),
    ("column", "mapping"),
    ("row", "mapping"),
    ("photo", "mapping"),
    ("name", "look"),
    ("choice", "look"),
    ("document", "look"),
    ("preview", "preview"),
    ("sandbox", "preview"),
    ("inventory", "preview"),
)
#: The line that is met by building the preview again, and what asks for that in the address of the step.
STALE, BUILD = "preview_current", "&build=again"
#: The rest stands among the changes.
MOST_REASONS = 4
STEP_WORDS = {"samples": "Samples", "mapping": "Mapping", "look": "Look", "preview": "Preview"}


def gate(found: View) -> GateShown:
    checks = [_check(one, n) for n, one in enumerate(found.get("checklist") or ())]
    risk, reasons = _risk(found)
    return GateShown(
        risk=risk,
        reasons=reasons,
        needs=_needs(found.get("needs")),
        checks=sorted(checks, key=lambda one: (one.is_met, not one.is_required)),
        problems=[str(one["message"]) for one in found.get("errors") or ()],
        remarks=[str(one["message"]) for one in found.get("warnings") or ()],
        unmet=sum(one.is_required and not one.is_met for one in checks),
        compared=str(found.get("compared_with") or ""),
        document=str(found.get("document") or ""),
        asks=_asks(found.get("needs")),
    )


def _check(one: View, n: int) -> CheckRow:
    name, is_met = str(one.get("name") or n), bool(one.get("is_met"))
    step = str(one.get("step") or next((step for word, step in MENDS if word in name), ""))
    return CheckRow(
        key=name,
        text=str(one.get("text") or name.replace("_", " ").capitalize()),
        is_met=is_met,
        is_required=bool(one.get("is_required")),
        href=f"?step={step}{BUILD if name == STALE else ''}" if step and not is_met else "",
        step=STEP_WORDS.get(step, ""),
    )


def _risk(found: View) -> tuple[str, list[str]]:
    risk = found.get("risk")
    if isinstance(risk, Mapping):
        level = str(risk.get("level") or risk.get("risk_level") or risk.get("risk") or "")
        return level, [_reason(str(one)) for one in (risk.get("reasons") or ())[:MOST_REASONS]]
    return str(risk or ""), []


def _reason(reason: str) -> str:
    return REASONS.get(reason) or reason[:1].upper() + reason[1:]


def _needs(needs: Any) -> str:
    """Who has to agree: words, or how many people are needed and have agreed."""
    if isinstance(needs, Mapping):
        if needs.get("text"):
            return str(needs["text"])
        needed, given = int(needs.get("needed") or 0), int(needs.get("given") or 0)
        if not needed:
            return "Nobody else has to agree."
        people = formats.count(needed, "person", "people")
        return f"{people} besides you. {given} of {needed} so far."
    return str(needs or "")


def _asks(needs: Any) -> bool:
    """Whether somebody else has to agree before it is published."""
    return isinstance(needs, Mapping) and int(needs.get("needed") or 0) > int(needs.get("given") or 0)


def diff(found: Any, before: str = "", after: str = "") -> DiffShown:
    """A difference in its JSON form, as `diff_view` or `Diff.to_json` give it, for the three readings."""
    if not isinstance(found, Mapping) or not found.get("changes"):
        return DiffShown()
    groups: dict[str, list[ChangeRow]] = {}
    changes: Sequence[View] = found["changes"]
    for n, change in enumerate(changes):
        groups.setdefault(str(change.get("section") or ""), []).append(_change(change, n))
    return DiffShown(
        summary=formats.count(len(changes), "change", "changes") + ".",
        risk=str(found.get("risk") or (found.get("risk_assessment") or {}).get("risk_level") or "none"),
        groups=[ChangeGroup(section_title(name), rows) for name, rows in groups.items()],
        sides=side_by_side(before, after) if after else [],
        patch=json.dumps(found.get("patch") or [], indent=2, ensure_ascii=False),
    )


def _change(change: View, n: int) -> ChangeRow:
    text = str(change.get("text") or change.get("label") or change.get("path") or "")
    return ChangeRow(
        key=str(n),
        kind=str(change.get("kind") or "changed"),
        text=text[:1].upper() + text[1:],
        before="",
        after="",
        risk=str(change.get("risk") or "none"),
        reload=str(change.get("reload") or ""),
        path=str(change.get("path") or ""),
    )


# --- the sandbox ------------------------------------------------------------------------------------------


def rehearsal(found: View, title: str) -> Rehearsal:
    """What became of buyers who wanted one thing at the same moment, and what the clock did then."""
    tries: Sequence[View] = found.get("tries") or ()
    won = next((one for one in tries if one.get("got_it")), {})
    return Rehearsal(
        title=title,
        summary=f"{formats.count(len(tries), 'buyer', 'buyers')} tried at once, {int(found.get('winners') or 0)} got it.",
        until=_at(won.get("until")),
        rows=[_buyer(one) for one in tries],
        notes=list(_clock_words(found)),
    )


def _buyer(one: View) -> RehearsalRow:
    code, place = str(one.get("code") or ""), one.get("position")
    outcome = "holds it" if one.get("got_it") else "came too late"
    if place:
        outcome = f"waits in the queue, number {place}"
    elif code and not one.get("got_it") and code != "transactions.already_held":
        outcome = words_for(code)
    tone = "good" if one.get("got_it") else "warn" if place else "plain"
    return RehearsalRow(str(one["buyer"]), f"Buyer {one['buyer']}", outcome, tone)


def _clock_words(found: View) -> Iterator[str]:
    """What else the dry run proved, as sentences."""
    if seconds := int(found.get("hold_seconds") or 0):
        deposit = "with a deposit" if found.get("deposit_required") else "without a deposit"
        yield f"The hold lasts {formats.seconds(seconds)}, {deposit}."
    if found.get("asking_twice_gives_the_same"):
        yield "The winner asked twice and still has one hold: the clock cannot be wound up again."
    if "free_again_after_the_clock" in found:
        free = found["free_again_after_the_clock"]
        yield (
            "When the clock ran out, the last buyer got it."
            if free
            else "It was not free again after the clock."
        )


def _at(moment: Any) -> str:
    return moment.isoformat() if isinstance(moment, datetime) else str(moment or "")
