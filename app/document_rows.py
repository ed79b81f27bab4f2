"""The lines of the form: one section of a draft, flat, in words. Pure.

Groups and opened entries stand indented below their heading, so that one loop draws everything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app import formats
from app.config_views import Option
from app.document_edits import option_text
from app.document_form import ROOT_SECTION, Field, Path, field_at, section_of, sections, words
from app.document_look import MISSING, Look, path_of
from app.document_views import FieldRow, Found, SectionRow
from app.document_words import flow, item_name, item_sketch, lever_words, option_words, origin_words, shown
from backend.domains.events.model import Problem, Severity, Source, pointer

#: How problems name the draft itself.
DOCUMENT = Source("").file
#: How an address names a problem of no place in particular.
WHOLE = "/"
RELOADS = {
    "pinned": "New conversations only",
    "live": "Reaches open conversations too",
    "kill": "Reaches everybody at once",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What a form is drawn from: the draft, what it began from, and which entries are opened.

    `problems` are those of the text as it stands, `seen` is its last reading that was one.
    """

    seen: Look
    base: Look
    problems: Sequence[Problem] = ()
    opened: Collection[str] = ()
    rights: Collection[str] = ()
    refused: Mapping[str, str] = field(default_factory=dict[str, str])

    def may_edit(self, spec: Field) -> bool:
        return spec.permission in self.rights


def section_rows(standing: Standing) -> list[SectionRow]:
    """The list of sections with what is own, changed and wrong in each."""
    wrong: dict[str, int] = {}
    for problem in standing.problems:
        name = section_of(path_of(problem.path))
        wrong[name] = wrong.get(name, 0) + (problem.severity is Severity.ERROR)
    rows: list[SectionRow] = []
    for section in sections():
        paths = list(_leaf_paths(section, () if section.name == ROOT_SECTION else (section.name,)))
        own = sum(standing.seen.is_own(path) for path in paths)
        changed = sum(_is_changed(standing, path) for path in paths)
        counts = (own, changed, wrong.get(section.name, 0))
        rows.append(
            SectionRow(
                section.name,
                section.title,
                *(str(count) if count else "" for count in counts),
                summary=_summary(*counts),
                is_unread=section.is_unread,
            )
        )
    return rows


def _summary(own: int, changed: int, wrong: int) -> str:
    said = (
        f"{own} set here" if own else "",
        f"{changed} changed" if changed else "",
        f"{wrong} {'problem' if wrong == 1 else 'problems'}" if wrong else "",
    )
    return ", ".join(filter(None, said))


def form_rows(section: Field, standing: Standing) -> list[FieldRow]:
    """The lines of one section."""
    if section.name == ROOT_SECTION:
        return [row for member in section.members for row in _rows(member, (member.name,), 0, standing)]
    path: Path = (section.name,)
    if section.kind == "group":
        return [row for member in section.members for row in _rows(member, (*path, member.name), 0, standing)]
    return list(_rows(section, path, 0, standing))


def found_rows(problems: Sequence[Problem]) -> list[Found]:
    """The problems with their way back."""
    return [_found(problem) for problem in problems]


def found_at(found: Sequence[Found], place: str) -> Found | None:
    """The first problem at a place that an address names."""
    return next((one for one in found if (one.key or WHOLE) == place), None)


def found_words(found: Sequence[Found]) -> str:
    """How many keep the document from being published, and how many only warn."""
    wrong = sum(problem.blocks for problem in found)
    counts = ((wrong, "problem"), (len(found) - wrong, "warning"))
    return ", ".join(formats.count(number, word, f"{word}s") for number, word in counts if number)


def _found(problem: Problem) -> Found:
    here = problem.file == DOCUMENT
    if problem.nearest:
        hint = f"Did you mean “{problem.nearest}”?"
    else:
        hint = f"Expected {problem.expected}." if problem.expected else ""
    place = place_words(path_of(problem.path))
    return Found(
        key=problem.path,
        line=problem.line if here else 0,
        column=problem.column,
        place=place if here else f"{words(problem.file)}: {place}",
        text=problem.message,
        hint="" if hint.rstrip(".?") in problem.message else hint,
        blocks=problem.severity is Severity.ERROR,
    )


def place_words(path: Path) -> str:
    """A path as a person reads it: Conversion, Hold length."""
    said: list[str] = []
    path = tuple(step for step in path if not str(step).startswith("$"))  # how a list is laid over another
    for length in range(1, len(path) + 1):
        step, known = path[length - 1], field_at(path[:length])
        said.append(
            f"no. {step + 1}"
            if isinstance(step, int)
            else known.title
            if known and known.title
            else words(step)
        )
    return " › ".join(said) or "The whole document"


def element_id(key: str) -> str:
    """The id of a line in the page."""
    return "field" + "".join(c if c.isalnum() else "-" for c in key)


def _rows(spec: Field, path: Path, depth: int, standing: Standing) -> Iterator[FieldRow]:
    if spec.kind == "group":
        heading = _heading(spec, path, depth, standing)
        heading.origin, heading.may_inherit = "", False  # each member says so for itself
        yield heading
        for member in spec.members:
            yield from _rows(member, (*path, member.name), depth + 1, standing)
    elif spec.kind == "objects":
        yield _heading(spec, path, depth, standing)
        yield from _items(spec, path, depth + 1, standing)
    elif spec.kind == "map":
        yield _heading(spec, path, depth, standing)
        yield from _entries(spec, path, depth + 1, standing)
    else:
        yield _leaf(spec, path, depth, standing)


def _heading(spec: Field, path: Path, depth: int, standing: Standing) -> FieldRow:
    row = _row(spec, path, depth, standing)
    row.kind = "heading"
    return row


def _items(spec: Field, path: Path, depth: int, standing: Standing) -> Iterator[FieldRow]:
    values = standing.seen.value(path)
    values = values if isinstance(values, list) else []
    may_edit = standing.may_edit(spec)
    assert spec.item is not None
    for at, value in enumerate(values):
        key = pointer((*path, at))
        yield FieldRow(
            key=key,
            id=element_id(key),
            kind="item",
            label=item_name(value, at),
            help=item_sketch(value),
            depth=depth,
            is_open=key in standing.opened,
            is_changed=_is_changed(standing, (*path, at)),
            problem=_problem(standing, (*path, at), within=True),
            may_remove=may_edit,
            may_move_up=may_edit and at > 0,
            may_move_down=may_edit and at < len(values) - 1,
        )
        if key in standing.opened:
            for member in spec.item.members:
                yield from _rows(member, (*path, at, member.name), depth + 1, standing)
    if may_edit:
        key = pointer((*path, len(values)))
        yield FieldRow(
            key=key,
            id=element_id(key) + "-add",
            kind="add",
            label=f"Add to {spec.title.lower()}",
            depth=depth,
        )


def _entries(spec: Field, path: Path, depth: int, standing: Standing) -> Iterator[FieldRow]:
    values = standing.seen.value(path)
    may_edit = standing.may_edit(spec)
    assert spec.item is not None
    for name in values if isinstance(values, dict) else ():
        for at, row in enumerate(_rows(_named(spec.item, name), (*path, name), depth, standing)):
            row.may_remove = at == 0 and may_edit and standing.seen.is_own((*path, name))
            yield row
    if may_edit:
        key = pointer(path)
        yield FieldRow(
            key=key,
            id=element_id(key) + "-entry",
            kind="entry",
            label=f"Add to {spec.title.lower()}",
            depth=depth,
        )


def _named(item: Field, name: str) -> Field:
    changed = {slot: getattr(item, slot) for slot in Field.__dataclass_fields__}
    return Field(**changed | {"name": name, "title": str(name)})


def _leaf(spec: Field, path: Path, depth: int, standing: Standing) -> FieldRow:
    value = standing.seen.value(path)
    row = _row(spec, path, depth, standing)
    if spec.kind == "chips":
        row.tokens = [shown(entry) for entry in value] if isinstance(value, list) else []
    else:
        row.value = "" if value is MISSING else flow(value) if spec.kind == "value" else shown(value)
    row.options = [Option(option_text(option), option_words(option)) for option in spec.options]
    if spec.kind == "choice" and (spec.may_be_empty or value is MISSING):
        row.options.insert(0, Option("", "Not set"))
    row.low, row.high, row.step = _bound(spec.low), _bound(spec.high), _step(spec)
    row.unit, row.placeholder = spec.unit, spec.expected
    return row


def _row(spec: Field, path: Path, depth: int, standing: Standing) -> FieldRow:
    key = pointer(path)
    seen = standing.seen
    # a member of a list has the list's origin and goes back to it with the whole list
    in_list = any(isinstance(step, int) for step in path)
    return FieldRow(
        key=key,
        id=element_id(key),
        kind=spec.kind,
        label=spec.title,
        help=spec.help,
        depth=depth,
        origin="" if in_list else origin_words(seen.origin(path)),
        is_own=seen.is_own(path) and not in_list,
        is_changed=_is_changed(standing, path),
        may_inherit=standing.may_edit(spec) and seen.is_own(path) and not in_list and path != ("id",),
        is_locked=not standing.may_edit(spec),
        reload=spec.reload if not spec.is_compound else "",
        reload_words=RELOADS.get(spec.reload, spec.reload),
        risk=spec.risk if not spec.is_compound else "",
        lever=lever_words(spec),
        problem=standing.refused.get(key) or _problem(standing, path, within=spec.kind in {"chips", "value"}),
    )


def _leaf_paths(spec: Field, path: Path) -> Iterator[Path]:
    if spec.kind == "group":
        for member in spec.members:
            yield from _leaf_paths(member, (*path, member.name))
    else:
        yield path


def _is_changed(standing: Standing, path: Path) -> bool:
    return standing.seen.value(path) != standing.base.value(path)


def _problem(standing: Standing, path: Path, *, within: bool) -> str:
    key = pointer(path)
    said = [
        problem.message
        for problem in standing.problems
        if problem.path == key or (within and problem.path.startswith(key + "/"))
    ]
    return " ".join(dict.fromkeys(said))


def _bound(bound: float | None) -> str:
    return "" if bound is None else f"{bound:g}"


def _step(spec: Field) -> str:
    if spec.lever and spec.lever.get("step"):
        return f"{spec.lever['step']:g}"
    return "1" if spec.is_integer else "any"
