"""The mapping grid in flat values: columns by how much they need a person, live rows, understood changes. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app import formats
from app.blueprint_showing import SURE
from app.blueprint_views import (
    AlternativeRow,
    ColumnGroup,
    ColumnRow,
    EvidenceRow,
    LiveCell,
    LiveRow,
    SheetHead,
    UnderstoodChange,
)
from app.blueprint_words import EVIDENCE, GUARDED, TYPES, left_words, target_words, targets_words
from app.views import Labelled

View = Mapping[str, Any]

#: Below it somebody should look.
UNSURE = 0.7
GROUPS = (
    ("ask", "To decide", "Questions, conflicts, and what nothing is sure about."),
    ("check", "Worth a look", "Likely right, and quickly checked."),
    ("sure", "Sure", "Accepted together with one press, or already settled by you."),
    ("left", "Left out", "Not published. Internal figures and personal data stay out unless you insist."),
)
#: Targets that several columns may fill together.
SHARED = ("image_urls", "description", "title")
MOST_CELLS = 24


def columns(found: View, file: View, questions: Iterable[View]) -> list[ColumnRow]:
    """The columns of one sheet or feed, in the order of the groups and within them of the file."""
    asked = {
        str(one["field"]): str(one.get("text") or "")
        for one in questions
        if str(one.get("file_id")) == str(file["id"])
    }
    fields: list[View] = list(found.get("fields") or ())
    published = [one for one in fields if not one.get("left")]
    taken = Counter(str(target) for one in published for target in one.get("targets") or ())
    decided = {str(key) for key in file.get("decided") or ()}
    rows = [_column(one, asked, taken, str(one["key"]) in decided) for one in fields]
    order = [key for key, _, _ in GROUPS]
    return sorted(rows, key=lambda row: order.index(row.group))


def _column(one: View, asked: Mapping[str, str], taken: Counter[str], is_settled: bool) -> ColumnRow:
    key, targets = str(one["key"]), [str(target) for target in one.get("targets") or ()]
    left, confidence = str(one.get("left") or ""), float(one.get("confidence") or 0)
    evidence = list(one.get("evidence") or ())
    question = asked.get(key, "")
    clashes = [target for target in targets if not left and taken[target] > 1 and target not in SHARED]
    if clashes and not question:
        question = f"Another column is {target_words(clashes[0])} too. Keep one of them."
    over, _, title = key.rpartition(" / ")
    percent = round(100 * confidence)
    return ColumnRow(
        key=key,
        group=_group(question, left, confidence, is_settled, targets),
        title=title or key,
        over=over,
        samples=[str(text) for text in (one.get("samples") or ())[:5]],
        targets=targets,
        target="" if left else targets_words(targets),
        type=str(one.get("type") or "text"),
        unit=str(one.get("unit") or ""),
        kind=kind_words(str(one.get("type") or "text"), str(one.get("unit") or "")),
        percent=percent,
        level=level(confidence),
        sure="Settled by you" if is_settled else sure_words(percent),
        question=question,
        left=left,
        left_words=left_words(left) if left else "",
        is_guarded=left in GUARDED,
        is_settled=is_settled,
        evidence=[_evidence(each) for each in evidence],
        alternatives=[_alternative(each) for each in one.get("alternatives") or ()][:4],
        filled=_filled(one),
    )


def _group(question: str, left: str, confidence: float, is_settled: bool, targets: Sequence[str]) -> str:
    if question and not is_settled:
        return "ask"
    if left:
        return "left"
    if is_settled:
        return "sure"
    if confidence < UNSURE or not targets:
        return "ask"
    return "sure" if confidence >= SURE else "check"


def level(confidence: float) -> str:
    """`high`, `medium` or `low`: each has a color and a shape of its own."""
    return "high" if confidence >= SURE else "medium" if confidence >= UNSURE else "low"


def sure_words(percent: int) -> str:
    return f"{percent} percent sure"


def kind_words(kind: str, unit: str) -> str:
    return f"{TYPES.get(kind, kind)}, {unit}" if unit else TYPES.get(kind, kind)


def _evidence(one: View) -> EvidenceRow:
    weight = float(one.get("weight") or 0)
    return EvidenceRow(
        kind=EVIDENCE.get(str(one["kind"]), str(one["kind"]).capitalize()),
        text=str(one["text"]),
        share=round(min(1.0, abs(weight)) * 100),
        against=weight < 0,
    )


def _alternative(one: View) -> AlternativeRow:
    targets = [str(target) for target in one.get("targets") or ()]
    return AlternativeRow(
        targets, targets_words(targets) or "Left out", round(100 * float(one["confidence"]))
    )


def _filled(one: View) -> str:
    share = f"{round(100 * float(one.get('filled', 1)))} % filled"
    distinct = int(one.get("distinct") or 0)
    return f"{share}, {formats.count(distinct, 'different value', 'different values')}" if distinct else share


def groups(rows: Sequence[ColumnRow]) -> list[ColumnGroup]:
    """Only those that hold anything."""
    held = Counter(row.group for row in rows)
    return [ColumnGroup(key, title, words) for key, title, words in GROUPS if held[key]]


def sheet_head(found: View, kind: str, drift: Sequence[str]) -> SheetHead:
    """How the file is read: sheet, header, rows, what was passed over; what differs from the file of last time."""
    pairs = _sheet_facts(found) if kind == "sheet" else _feed_facts(found)
    others = Counter(str(what) for _, what in found.get("other_rows") or ())
    return SheetHead(
        facts=[Labelled(label, text) for label, text in pairs if text],
        notes=[*drift, *(str(note["text"]) for note in found.get("notes") or ())],
        others=[formats.count(n, what, f"{what}s") for what, n in others.items()],
    )


def _sheet_facts(found: View) -> list[tuple[str, str]]:
    header = [str(row) for row in found.get("header_rows") or ()]
    return [
        ("Sheet", str(found.get("sheet") or "")),
        ("Rows", formats.number(int(found.get("row_count") or 0))),
        ("Header", f"row {' and '.join(header)}" if header else "none"),
        ("Kind of thing", str(found.get("domain") or "").replace("_", " ")),
        ("Language", str(found.get("language") or "")),
    ]


def _feed_facts(found: View) -> list[tuple[str, str]]:
    plan = found.get("plan") or {}
    request = plan.get("request") or plan
    paging = plan.get("pagination") or {}
    kind = paging.get("kind") if isinstance(paging, Mapping) else paging
    return [
        ("Request", " ".join(str(request[name]) for name in ("method", "path") if request.get(name))),
        ("Pages", str(kind or "").replace("_", " ")),
        ("Records", str(plan.get("records_path") or plan.get("records") or "")),
        ("Kind of thing", str(found.get("domain") or "").replace("_", " ")),
    ]


# --- live rows --------------------------------------------------------------------------------------------


def live(rows: Sequence[View], found: View) -> tuple[list[str], list[LiveRow]]:
    """Heads and rows as they would be imported, with what was refused and why. `found` is the proposal they follow."""
    targets_of = {
        str(one["key"]): [str(t) for t in one.get("targets") or ()] for one in found.get("fields") or ()
    }
    refused = [_refused(row, targets_of) for row in rows]
    names = list(
        dict.fromkeys(
            name
            for row, bad in zip(rows, refused, strict=True)
            for name in (*(row.get("values") or {}), *bad)
        )
    )[:MOST_CELLS]
    shown = [
        LiveRow(
            str(row.get("row") or ""),
            [_cell((row.get("values") or {}).get(name), bad.get(name)) for name in names],
        )
        for row, bad in zip(rows, refused, strict=True)
    ]
    return [target_words(name) for name in names], shown


def _refused(row: View, targets_of: Mapping[str, Sequence[str]]) -> dict[str, View]:
    """Refused cells by the target they would have filled; those of a column that fills several stand in its first."""
    found: dict[str, View] = {}
    for problem in row.get("problems") or ():
        column = str(problem.get("column") or "")
        found[next(iter(targets_of.get(column, ())), column)] = problem
    return found


def _cell(value: Any, problem: View | None) -> LiveCell:
    if problem is None:
        return LiveCell(value_words(value), "", "")
    reason = str(problem.get("reason") or "cannot be read")
    return LiveCell(value_words(value), str(problem.get("value") or "empty"), reason[:1].upper() + reason[1:])


def rejected(rows: Iterable[View]) -> int:
    return sum(len(row.get("problems") or ()) for row in rows)


def value_words(value: Any) -> str:
    """A value as a person reads it: lists joined, yes and no, nothing as nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list | tuple):
        return ", ".join(value_words(one) for one in value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


# --- clarifying -------------------------------------------------------------------------------------------


def understood(answer: View) -> list[UnderstoodChange]:
    return [
        UnderstoodChange(
            key=str(n),
            column=str(change.get("field") or "All columns"),
            before=_side(change.get("before")),
            after=_side(change.get("after")),
            text=str(change.get("text") or ""),
        )
        for n, change in enumerate(answer.get("changes") or ())
    ]


def misread(problem: View | None) -> str:
    """What of a sentence was not understood, and what is nearest to it."""
    if not problem:
        return ""
    facts = problem.get("facts") or {}
    near = [f"“{one}”" for one in facts.get("columns") or ()]
    near += [f"“{target_words(str(one))}”" for one in facts.get("targets") or ()]
    hint = f" Nearest: {', '.join(near[:4])}." if near else " Name a column as its header has it."
    return f"“{facts.get('part') or ''}” was not understood.{hint}"


def _side(value: Any) -> str:
    """What a column is before or after a change: targets, a reason to leave it out, or a setting."""
    if isinstance(value, Mapping):
        if value.get("left"):
            return f"left out: {left_words(value['left'])}"
        if value.get("targets"):
            return targets_words(value["targets"])
        return ", ".join(
            f"{name} {value_words(one)}" for name, one in value.items() if one not in (None, "", [], {})
        )
    if isinstance(value, list):
        return targets_words(str(one) for one in value)
    return value_words(value)
