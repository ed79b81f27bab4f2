"""Turns what somebody says of a file ("treat 'Ext. Color' as exterior colour") into typed changes, without a model. Pure.

Nothing is applied here: changes are shown first. What a description means is asked of the engine that reads headers
(`describe`), so that "exterior colour" and a column of that name become the same thing. Sentences are split and columns
found in `clarifying_columns`; patterns and vocabularies are in `clarifying_words`, changes in `clarifying_changes`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from backend.domains.blueprints.clarifying import words as words
from backend.domains.blueprints.clarifying.changes import (
    Change,
    Clarified,
    Misread,
    becoming,
    leaving,
    merged,
    reading,
    spec_name,
)
from backend.domains.blueprints.clarifying.columns import Clauses, Columns, Known, currency_of, unit_of
from backend.domains.blueprints.model import CORE_TARGETS, FieldProposal, Left

#: What a column with this description would become; None where the words mean nothing known.
Describe = Callable[[Known, str], FieldProposal | None]

_SURE: Final = 0.5
_KEPT_BACK: Final = (Left.INTERNAL, Left.PERSONAL, Left.COUNTER)
_SPEC: Final = re.compile(r"specs\.[a-z][a-z0-9_]{0,59}")
_UNIT_IN: Final = re.compile(
    r"^(?:(?P<y>.+?),? )?(?:in|en|measured in|gemessen in) (?P<unit>[^\s]+(?: [^\s]+)?)$", re.IGNORECASE
)
_SOLD: Final = re.compile(
    r"^(?:not |nicht )?(?:sold|available|reserved|verkauft|verfügbar|vendu|disponible|vendido)$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Talk:
    """What a sentence is read against, and the column that was named last."""

    columns: Columns
    describe: Describe
    clauses: Clauses
    last: tuple[Known, ...] = ()
    changes: list[Change] = field(default_factory=list["Change"])
    misread: list[Misread] = field(default_factory=list["Misread"])


def clarified(text: str, columns: Columns, describe: Describe) -> Clarified:
    """The changes a text stands for. A part that says nothing known is told with what is nearest."""
    talk = _Talk(columns, describe, Clauses.of(text, columns, _says))
    parts = list(talk.clauses.parts)
    at = 0
    while at < len(parts):
        after = parts[at + 1] if at + 1 < len(parts) else None
        if after is not None and _explained(talk, parts[at], after):
            at += 2
            continue
        if not any(rule(talk, parts[at]) for rule in _RULES):
            talk.misread.append(_misread(talk, parts[at]))
        at += 1
    return Clarified(tuple(merged(talk.changes)), tuple(talk.misread))


def _says(part: str) -> bool:
    """Whether a part can stand alone: it begins a statement of its own."""
    patterns = (*words.LEAVE, *words.PUBLISH, *words.TARGET, *words.WEAK, *words.VALUE)
    return any(pattern.match(part) for pattern in patterns)


def _explained(talk: _Talk, first: str, second: str) -> bool:
    """“'Lot' is where it is parked, leave it out”: the first half is the reason of the second."""
    said = next((m for p in words.WEAK if (m := p.match(first))), None)
    told = next((m for p in words.LEAVE if (m := p.match(second))), None)
    if said is None or told is None or told["x"].casefold() not in words.PRONOUNS:
        return False
    found = talk.columns.find(talk.clauses.plain(said["x"]))
    if not found:
        return False
    talk.last = found
    for one in found:
        meant = talk.describe(one, talk.clauses.plain(said["y"]))
        known = meant.left if meant and meant.left else one.field.left
        left = _left_of(said["y"]) or (known if known in _KEPT_BACK else None) or Left.INTERNAL
        talk.changes.append(leaving(one, left))
    return True


def _whole_file(talk: _Talk, part: str) -> bool:
    """Currencies, units of distance, order of dates, decimal marks: of every sheet, unless a column is named."""
    plain = talk.clauses.plain(part)
    if not words.IS.search(plain) and "=" not in plain:
        return False
    values = dict(_file_values(plain))
    if not values or _is_about_a_column(talk, part):
        return False
    for file_id, before in talk.columns.files.items():
        was = {name: before.get(name) for name in values}
        talk.changes.append(Change(file_id, "", was, {"mapping": values}, _file_text(values)))
    return bool(talk.columns.files)


def _is_about_a_column(talk: _Talk, part: str) -> bool:
    """“'KM' is mileage in km” speaks of that column, not of the file."""
    matches = (match for patterns in (words.TARGET, words.WEAK) for p in patterns if (match := p.match(part)))
    return any(talk.columns.exactly(talk.clauses.plain(match["x"])) for match in matches)


def _file_values(part: str) -> Iterator[tuple[str, str]]:
    if words.DATES.search(part):
        order = next((name for name, pattern in words.ORDERS if pattern.search(part)), None)
        if order:
            yield "dates", order
    if words.DECIMALS.search(part):
        mark = next((mark for mark, pattern in words.MARKS if pattern.search(part)), None)
        if mark:
            yield "decimal", mark
    if words.PRICES.search(part) or words.CURRENCY_WORD.search(part):
        tail = re.split(r"\b(?:in|en|is|are|ist|sind|est|sont|es|son)\b|=", part, flags=re.IGNORECASE)[-1]
        if currency := currency_of(tail):
            yield "currency", currency
    if words.DISTANCES.search(part):
        unit = unit_of(re.split(r"\b(?:in|en)\b", part)[-1])
        if unit in ("mi", "km"):
            yield "mileage_unit", unit


def _file_text(values: Mapping[str, str]) -> str:
    said = {
        "currency": "Prices are in {}.",
        "dates": "Dates are written {}.",
        "decimal": "“{}” is the decimal mark.",
        "mileage_unit": "Distances driven are in {}.",
    }
    orders = {"dmy": "day first", "mdy": "month first", "ymd": "year first"}
    return " ".join(said[name].format(orders.get(value, value)) for name, value in values.items())


def _leave(talk: _Talk, part: str) -> bool:
    for pattern in words.LEAVE:
        match = pattern.match(part)
        found = _columns(talk, match["x"]) if match else ()
        if found:
            talk.changes += [leaving(one, one.field.left or Left.UNUSED) for one in found]
            return True
    return False


def _publish(talk: _Talk, part: str) -> bool:
    for pattern in words.PUBLISH:
        match = pattern.match(part)
        found = _columns(talk, match["x"]) if match else ()
        if not match or not found:
            continue
        named = match.groupdict().get("y")
        for one in found:
            targets = _targets(talk, one, named) if named else _publishable(one)
            talk.changes.append(becoming(one, targets, {}))
        return True
    return False


def _publishable(one: Known) -> tuple[str, ...]:
    """Where a column goes that was kept back: where it was going, else under its own name."""
    if one.field.targets:
        return one.field.targets
    other = next((each.targets for each in one.field.alternatives if each.targets), ())
    return other or (spec_name(one.key),)


def _value(talk: _Talk, part: str) -> bool:
    """“yes means certified”, “in 'CPO', J means yes”."""
    for pattern in words.VALUE:
        match = pattern.match(part)
        if not match:
            continue
        value, meaning = talk.clauses.plain(match["v"]), talk.clauses.plain(match["y"])
        if talk.columns.find(value) and not match["x"]:
            continue
        named = _columns(talk, match["x"]) if match["x"] else ()
        holding = [one for one in named or talk.columns.all if talk.columns.holds(one, value)]
        change = _value_change(talk, holding, value, meaning, is_named=bool(named))
        if change is not None:
            talk.changes += change
            return True
        if len(holding) > 1:
            talk.misread.append(
                Misread(talk.clauses.plain(part), tuple(one.key for one in holding[:8]), (), "which_column")
            )
            return True
    return False


def _value_change(
    talk: _Talk, holding: Sequence[Known], value: str, meaning: str, *, is_named: bool
) -> list[Change] | None:
    """Yes or no of a column, another word for one of its values, or the attribute that a yes stands for."""
    truth = "yes" if meaning.casefold() in words.YES else "no" if meaning.casefold() in words.NO else None
    if truth and (is_named or len(holding) == 1):
        kept = [list(one.field.column.get(truth, ())) for one in holding]
        return [
            reading(
                one, {truth: [*dict.fromkeys([*before, value])]}, f"In “{one.key}”, “{value}” means {truth}."
            )
            for one, before in zip(holding, kept, strict=True)
        ]
    if value.casefold() in words.YES | words.NO and not _SOLD.match(meaning):
        return _attribute_change(talk, holding, meaning)
    if is_named or len(holding) == 1:
        return [
            reading(
                one, {"values": {**one.field.column.get("values", {}), meaning: [value]}},
                f"In “{one.key}”, “{value}” means “{meaning}”.",
            )
            for one in holding
        ]  # fmt: skip
    return None


def _attribute_change(talk: _Talk, holding: Sequence[Known], meaning: str) -> list[Change] | None:
    """Of the columns that hold the value, the one this meaning fits, or the only one."""
    meant = [(one, talk.describe(one, meaning)) for one in holding]
    fitting = [one for one, found in meant if found and found.targets and set(found.targets) & _near(one)]
    chosen = fitting if len(fitting) == 1 else list(holding) if len(holding) == 1 else []
    return [becoming(one, _targets(talk, one, meaning), {"type": "boolean"}) for one in chosen] or None


def _near(one: Known) -> set[str]:
    return {*one.field.targets, *(t for other in one.field.alternatives for t in other.targets)}


def _target(talk: _Talk, part: str) -> bool:
    for strong, patterns in ((True, words.TARGET), (False, words.WEAK)):
        for pattern in patterns:
            match = pattern.match(part)
            found = _columns(talk, match["x"]) if match else ()
            if (
                match
                and found
                and _retarget(talk, found, talk.clauses.plain(match["y"]).strip(), strong=strong)
            ):
                return True
    return False


def _retarget(talk: _Talk, found: Sequence[Known], meaning: str, *, strong: bool) -> bool:
    left = _left_of(meaning)
    if left is not None and not strong:
        talk.changes += [leaving(one, left) for one in found]
        return True
    changes: list[Change] = []
    for one in found:
        change = _described(talk, one, meaning, strong=strong)
        if change is None:
            return False
        changes.append(change)
    talk.changes += changes
    return True


def _described(talk: _Talk, one: Known, meaning: str, *, strong: bool) -> Change | None:
    """“mileage in km”, “in kg”, “the VIN”: a target, a unit, a currency, or what keeps the column back."""
    entry: dict[str, Any] = {}
    within = _UNIT_IN.match(meaning)
    if within:
        unit, currency = unit_of(within["unit"]), currency_of(within["unit"])
        if unit or currency:
            entry, meaning = ({"unit": unit} if unit else {"currency": currency}), within["y"] or ""
    if entry and not meaning:
        return reading(one, entry, f"“{one.key}” is in {next(iter(entry.values()))}.")
    targets = _targets(talk, one, meaning, invent=strong)
    if targets:
        return becoming(one, targets, entry)
    meant = talk.describe(one, meaning)
    left = meant.left if meant else None
    return leaving(one, left) if left and left in _KEPT_BACK else None


def _targets(talk: _Talk, one: Known, meaning: str | None, *, invent: bool = True) -> tuple[str, ...]:
    """The targets a description stands for; several joined by “and” are a combined column."""
    parts = [p for p in re.split(r",| and | und | et | y |/|&", meaning or "") if p.strip()]
    found = [
        name for p in parts if (name := _one_target(talk, one, p.strip(), invent=invent and len(parts) == 1))
    ]
    return tuple(dict.fromkeys(found)) if len(found) == len(parts) else ()


def _one_target(talk: _Talk, one: Known, meaning: str, *, invent: bool) -> str | None:
    plain = re.sub(
        r"^(?:(?:the|a|an|die|der|das|le|la|el|los|un|une|ein|eine) |l['’])", "", meaning, flags=re.IGNORECASE
    ).strip(" .!")
    name = plain.replace(" ", "_").casefold()
    if name in CORE_TARGETS or _SPEC.fullmatch(name):
        return name
    meant = talk.describe(one, plain)
    if meant and meant.targets and meant.confidence >= _SURE:
        return meant.targets[0]
    if meant and meant.left in _KEPT_BACK:
        return None
    return spec_name(plain) if invent and len(plain.split()) <= 4 and plain[:1].isalpha() else None


def _left_of(meaning: str) -> Left | None:
    return next((Left(name) for name, pattern in words.REASONS.items() if pattern.search(meaning)), None)


def _columns(talk: _Talk, said: str) -> tuple[Known, ...]:
    """The columns that words name, several joined by “and”; all of them or none."""
    if said.strip().casefold() in words.PRONOUNS and talk.last:
        return talk.last
    found = talk.columns.find_all(said, talk.clauses)
    if found:
        talk.last = found
    return found


def _misread(talk: _Talk, part: str) -> Misread:
    plain = talk.clauses.plain(part)
    return Misread(plain, talk.columns.nearest(plain), talk.columns.nearest_targets(plain))


_RULES: Final = (_leave, _whole_file, _publish, _value, _target)
