"""Edits of any document an author may have written: read again, the text says exactly what was asked."""

from __future__ import annotations

import copy
import json
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domains.events.editing import Edit, applied, edited, edits_between
from backend.domains.events.patterns import same
from backend.domains.events.writing import whole_document
from tests.rules.events.support import paths_of, value_of
from tests.rules.events.test_editing import TRICKY

names = st.sampled_from(["a", "b", "id", "no", "10", "persona", "name", "a b", "~"])
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**6), 10**6)
    | st.floats(-1e6, 1e6)
    | st.sampled_from(TRICKY)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)
documents = st.dictionaries(names, values, min_size=1, max_size=5)


@st.composite
def written(draw: st.DrawFn, value: Any, indent: int = 0, *, in_flow: bool = False) -> str:
    """A value as an author may have written it: block or flow, with comments and blank lines strewn in."""
    pad = " " * indent
    if isinstance(value, dict | list) and value and not in_flow and draw(st.integers(0, 3)):
        parts: list[str] = []
        for number, item in enumerate(value.items() if isinstance(value, dict) else value):
            if draw(st.integers(0, 3)) == 0:
                parts.append(draw(st.sampled_from(["", f"{pad}# note {indent}-{number}"])))
            name, member = item if isinstance(value, dict) else ("", item)
            head = f"{pad}{json.dumps(name)}:" if isinstance(value, dict) else f"{pad}-"
            body = draw(written(member, indent + draw(st.sampled_from([2, 4]))))
            parts.append(head + body)
        return ("\n" if indent else "") + "\n".join(parts)
    space = " " if not in_flow else ""
    note = draw(st.sampled_from(["", "  # beside"])) if not in_flow else ""
    if isinstance(value, dict):
        inner = ", ".join([f"{json.dumps(k)}: {draw(written(v, 0, in_flow=True))}" for k, v in value.items()])
        return f"{space}{{{draw(st.sampled_from(['', ' ']))}{inner}}}{note}"
    if isinstance(value, list):
        return f"{space}[{', '.join([draw(written(item, 0, in_flow=True)) for item in value])}]{note}"
    return space + _escaped(value) + note


def _escaped(value: Any) -> str:
    text = json.dumps(value)
    if isinstance(value, str):  # a pair of surrogates is JSON's way, not YAML's
        body = "".join(c if (c.isalnum() and c.isascii()) or c == " " else f"\\U{ord(c):08x}" for c in value)
        return f'"{body}"'
    return text


def _naively(value: dict[str, Any], edit: Edit) -> dict[str, Any]:
    """What an edit of a place that is there means, spelled out once more."""
    whole = copy.deepcopy(value)
    holder: Any = whole
    for step in edit.path[:-1]:
        holder = holder[step]
    last: Any = edit.path[-1]
    if edit.op == "set":
        holder[last] = edit.value
    elif edit.op == "remove":
        del holder[last]
    elif edit.op == "insert":
        holder.insert(last, edit.value)
    else:
        holder.insert(edit.value, holder.pop(last))
    return whole


@st.composite
def edits(draw: st.DrawFn, value: dict[str, Any]) -> list[Edit]:
    found: list[Edit] = []
    for _ in range(draw(st.integers(1, 4))):
        holders = [path for path in paths_of(value) if isinstance(_at(value, path), dict | list)]
        path = draw(st.sampled_from(holders))
        holder = _at(value, path)
        found.append(draw(_edit(holder, path)))
        value = _naively(value, found[-1])
    return found


@st.composite
def _edit(draw: st.DrawFn, holder: Any, path: tuple[str | int, ...]) -> Edit:
    steps: list[str | int] = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
    op = draw(
        st.sampled_from(
            ["set", "remove", "insert", "move"] if isinstance(holder, list) else ["set", "new", "remove"]
        )
    )
    if op == "insert":
        return Edit("insert", (*path, draw(st.integers(0, len(holder)))), draw(values))
    if op == "new" or not steps:
        if isinstance(holder, list):
            return Edit("insert", (*path, 0), draw(values))
        return Edit("set", (*path, draw(names)), draw(values))
    at = draw(st.sampled_from(steps))
    if op == "move":
        return Edit("move", (*path, at), draw(st.sampled_from(steps)))
    return Edit("remove", (*path, at)) if op == "remove" else Edit("set", (*path, at), draw(values))


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_reading_the_edited_text_gives_the_edited_value(data: st.DataObject) -> None:
    value = data.draw(documents)
    text = data.draw(written(value)) + "\n"
    assert same(value_of(text), value)
    wanted = data.draw(edits(value))
    after = value
    for edit in wanted:
        after = _naively(after, edit)
    assert same(applied(value, wanted), after)
    assert same(value_of(edited(text, wanted)), after)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_notes_beside_other_values_stay(data: st.DataObject) -> None:
    """Each leaf of the document in a line of its own with its own note: the notes of all others are still there."""
    value = data.draw(documents)
    lines, notes = _annotated(value, ())
    text = "\n".join(lines) + "\n"
    edit = data.draw(_edit(value, ()))
    touched = [edit.path]
    kept = [note for path, note in notes.items() if path[: len(touched[0])] != touched[0]]
    found = edited(text, [edit])
    assert [note for note in kept if found.count(note) != 1] == []


def _annotated(value: Any, path: tuple[str | int, ...]) -> tuple[list[str], dict[tuple[str | int, ...], str]]:
    if not isinstance(value, dict | list) or not value:
        note = f"# at {'/'.join(map(str, path))}."
        return [f" {_escaped(value)} {note}"], {path: note}
    lines: list[str] = []
    notes: dict[tuple[str | int, ...], str] = {}
    for step, item in value.items() if isinstance(value, dict) else enumerate(value):
        inner, more = _annotated(item, (*path, step))
        lead = f"# above {'/'.join(map(str, (*path, step)))}."
        notes |= more | {(*path, step, "above"): lead}
        head = f"{json.dumps(step)}:" if isinstance(value, dict) else "-"
        is_leaf = len(inner) == 1 and inner[0].startswith(" ")
        pad = "  " * len(path)
        lines += [f"{pad}{lead}", f"{pad}{head}{inner[0] if is_leaf else ''}", *([] if is_leaf else inner)]
    return lines, notes


@settings(max_examples=300, deadline=None)
@given(documents, documents)
def test_the_edits_between_two_documents_lead_from_one_to_the_other(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert same(applied(before, edits_between(before, after)), after)
    assert edits_between(before, before) == []


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_document_is_brought_to_any_other_in_its_own_text(data: st.DataObject) -> None:
    before, after = data.draw(documents), data.draw(documents)
    text = data.draw(written(before)) + "\n"
    assert same(value_of(edited(text, edits_between(before, after))), after)


def test_indicators_of_yaml_are_text_within_a_text() -> None:
    """Every text of two of them, alone and behind a letter, in a block, in one line, and as a name."""
    ends = [*_INDICATORS, "", "a"]
    texts = sorted({"".join(parts) for parts in product(["", "a"], ends, ends)})
    for part in (texts[at : at + 400] for at in range(0, len(texts), 400)):
        document = {
            "flow": [[text, 1] for text in part],
            "block": {f"of {n}": text for n, text in enumerate(part)},
            "names": dict.fromkeys(part, 1),
            "deep": [{"in": [text]} for text in part],
        }
        assert value_of(whole_document(document)) == document


_INDICATORS = ":?-,[]{}#&*!|>'\"%@`~=<\\ "
