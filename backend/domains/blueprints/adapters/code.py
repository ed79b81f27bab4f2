"""Small generated programs that take apart cells no declarative normalizer can: `LOA 14.6 / beam 4.5 m`. Pure; runs none.

One is made from a typed template: a pattern with named parts, and constants in quotes. It only splits text; what the parts mean
and in which unit they are is said by the mapping, and read by the ordinary normalizers. `linted` lets through nothing that could
do more. A person reads and approves it by its hash before `adapter_runner` runs it, apart from everything else.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final

from backend.core.errors import InvalidInput
from backend.domains.blueprints.behavior.words import clean, snake
from backend.domains.blueprints.model import FieldProposal, Left
from backend.kit.text import is_device

LONGEST_CODE: Final = 10_000
#: The share of different cells that must have the form, and how many there must be.
_LEAST_SHARE, _LEAST_CELLS = 0.9, 5
_MOST_PARTS: Final = 6
#: Below this confidence a column's meaning is hardly known.
_HARDLY: Final = 0.7
_LONGEST_CELL: Final = 200
_NUMBER: Final = r"\d+(?:[.,]\d+)*"
#: A number with the word before it, or after it: `LOA 14.6 m`, `3 beds`.
_PIECE: Final = re.compile(
    rf"(?P<before>[^\W\d_][^\W\d_. ]*(?: [^\W\d_]+)?)?[ .:=]*(?P<number>{_NUMBER}) ?(?P<after>[^\W\d_]+\.?[²³]?|['\"%])?"
)
_BETWEEN: Final = re.compile(r"[\s/|,;+×x&·•–-]*")
#: A unit → what a number in it is, where no word says so.
_UNITS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("m", "cm", "mm", "ft", "in", "'", '"'), "length"),
    **dict.fromkeys(("kg", "lb", "lbs", "t"), "weight"),
    **dict.fromkeys(("sqft", "m²", "sqm"), "area"),
    **dict.fromkeys(("hp", "kw", "ps"), "power"),
    **dict.fromkeys(("h", "hrs"), "hours"),
    **dict.fromkeys(("km", "mi"), "distance"),
    "l": "volume",
    "%": "share",
}

_TEMPLATE: Final = '''\
"""Takes apart the cells of one column. Made from a template; read it before you approve it. It only splits text."""

import re

PATTERN = re.compile({pattern!r}, re.IGNORECASE)
PARTS = {parts!r}


def adapt(cell):
    found = PATTERN.fullmatch(cell.strip())
    if found is None:
        return None
    return {{part: found.group(part) for part in PARTS}}
'''


@dataclass(frozen=True, slots=True)
class Part:
    """One value inside a cell. `column` is its entry in a source mapping, under the key `<column> → <name>`."""

    name: str
    column: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AdapterProposal:
    """A program for one column. `fits` of `values` different cells have its form. `tests` are made-up cells with their parts."""

    file: str
    source: str
    key: str
    code: str
    parts: tuple[Part, ...]
    fits: int
    values: int
    tests: tuple[tuple[str, Mapping[str, str]], ...]

    @property
    def sha256(self) -> str:
        return digest_of(self.code)

    @property
    def columns(self) -> dict[str, dict[str, Any]]:
        """Its entries in a source mapping; an import without the approved program refuses them."""
        mark = f"{self.file}@{self.sha256}"
        return {f"{self.key} → {part.name}": {**part.column, "adapter": mark} for part in self.parts}


def propose_adapters(
    source: str, fields: Iterable[FieldProposal], cells: Mapping[str, Mapping[str, int]]
) -> list[AdapterProposal]:
    """Programs for columns of a list that are kept as text, or hardly known; `cells` are by column. Each has its own name."""
    found: dict[str, AdapterProposal] = {}
    for one in fields:
        is_open = one.confidence < _HARDLY or all(name.startswith("specs.") for name in one.targets)
        if one.type not in ("text", "enum", "list") or one.left not in (None, Left.UNUSED) or not is_open:
            continue
        if made := propose_adapter(source, one.key, cells.get(one.key, {})):
            name = made.file if made.file not in found else f"{made.file[:-3]}_{len(found) + 1}.py"
            found[name] = replace(made, file=name)
    return list(found.values())


def digest_of(code: str) -> str:
    return sha256(code.encode()).hexdigest()


def propose_adapter(source: str, key: str, cells: Mapping[str, int]) -> AdapterProposal | None:
    """A program for a column whose cells hold several labelled numbers, or None. `cells` are its different cells."""
    texts = [" ".join(text.split()) for text in cells if text.strip()]
    forms = Counter(form for text in texts if len(text) <= _LONGEST_CELL and (form := _form(text)))
    if len(texts) < _LEAST_CELLS or not forms:
        return None
    form, _ = forms.most_common(1)[0]
    names = _names(form)
    pattern = _pattern(form, names)
    fits = sum(re.fullmatch(pattern, text, re.IGNORECASE) is not None for text in texts)
    if names is None or fits / len(texts) < _LEAST_SHARE:
        return None
    code = _TEMPLATE.format(pattern=pattern, parts=tuple(names))
    tests = tuple(_test(form, names, start) for start in (2, 7))
    parts = tuple(Part(name, _entry(name, piece)) for name, piece in zip(names, _united(form), strict=True))
    name = snake(key) or "column"
    return AdapterProposal(
        f"column_{name}.py" if is_device(name) else f"{name}.py",
        source,
        key,
        linted(code),
        parts,
        fits,
        len(texts),
        tests,
    )


#: For each number: the word before it and the word after it, in lower case.
_Form = tuple[tuple[str, str], ...]


def _form(text: str) -> _Form | None:
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        piece = _PIECE.match(text, at)
        if piece is None or len(found) == _MOST_PARTS:
            return None
        found.append(((piece["before"] or "").casefold(), (piece["after"] or "").casefold()))
        between = _BETWEEN.match(text, piece.end())
        at = between.end() if between else piece.end()
    return tuple(found) if len(found) > 1 else None


def _names(form: _Form) -> list[str] | None:
    """What the parts are called: by the word before, the unit, or the word after. None where one has no name of its own."""
    names = [snake(before) or _UNITS.get(after) or snake(after) for before, after in form]
    return names if all(names) and len(set(names)) == len(names) else None


def _pattern(form: _Form, names: Sequence[str] | None) -> str:
    pieces: list[str] = []
    for at, (before, after) in enumerate(form):
        name = names[at] if names else f"part_{at}"
        label = rf"{re.escape(before)}[ .:=]*" if before else ""
        is_unit = after in _UNITS
        number = rf"(?P<{name}>{_NUMBER}{' ?' + re.escape(after) if is_unit else ''})"
        pieces.append(label + number + (rf" ?{re.escape(after)}" if after and not is_unit else ""))
    return _BETWEEN.pattern.join(pieces)


def _united(form: _Form) -> list[str]:
    """The unit of each part; a unit after the last one stands for those before it that have none."""
    units = [after if after in _UNITS else "" for _, after in form]
    last = units[-1] if form[-1][0] else ""
    return [unit or last for unit in units]


def _entry(name: str, unit: str) -> dict[str, Any]:
    label = clean(name.replace("_", " "), 60)
    entry: dict[str, Any] = {
        "target": f"specs.{name}",
        "type": "number",
        "label": label[:1].upper() + label[1:],
    }
    return entry | ({"unit": unit} if unit else {}) | {"on_error": "blank"}


def _test(form: _Form, names: Sequence[str], start: int) -> tuple[str, dict[str, str]]:
    pieces: list[str] = []
    parts: dict[str, str] = {}
    for at, ((before, after), name) in enumerate(zip(form, names, strict=True)):
        number = f"{start + at}.5"
        parts[name] = f"{number} {after}" if after in _UNITS else number
        pieces.append(" ".join(word for word in (before, number, after) if word))
    return " / ".join(pieces), parts


_NODES: Final = (
    ast.Module, ast.Expr, ast.Constant, ast.Import, ast.alias, ast.Assign, ast.Name, ast.Load, ast.Store, ast.Tuple, ast.List,
    ast.Dict, ast.Call, ast.Attribute, ast.FunctionDef, ast.arguments, ast.arg, ast.If, ast.IfExp, ast.Return, ast.Compare,
    ast.Is, ast.IsNot, ast.Eq, ast.NotEq, ast.In, ast.NotIn, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.BoolOp, ast.And, ast.Or,
    ast.UnaryOp, ast.Not, ast.Subscript, ast.DictComp, ast.ListComp, ast.GeneratorExp, ast.comprehension, ast.keyword,
)  # fmt: skip
_CALLS: Final = frozenset(
    {"len", "str", "dict", "list", "tuple", "zip", "enumerate", "any", "all", "min", "max"}
)
_MEMBERS: Final = frozenset({
    "compile", "IGNORECASE", "fullmatch", "match", "search", "group", "groupdict", "strip", "lstrip", "rstrip", "lower", "upper",
    "casefold", "split", "partition", "rpartition", "startswith", "endswith", "items", "keys", "values", "get", "isdigit",
})  # fmt: skip


def linted(code: str) -> str:
    """The code, if it can do nothing but take text apart. Raises: InvalidInput `blueprints.adapter_refused` (problem, line)."""
    if len(code) > LONGEST_CODE:
        raise _refused("it is too long", 1)
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _refused("it is no Python", getattr(error, "lineno", 1) or 1) from error
    for node in ast.walk(tree):
        problem = _problem(node)
        if problem:
            raise _refused(problem, getattr(node, "lineno", 1))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    if [function.name for function in functions] != ["adapt"] or len(functions[0].args.args) != 1:
        raise _refused("it must have one function, adapt(cell)", 1)
    return code


def _problem(node: ast.AST) -> str:
    """What a part of the program may not be; empty where it may."""
    if not isinstance(node, _NODES):
        return f"{type(node).__name__} is not allowed"
    if isinstance(node, ast.Import) and [(alias.name, alias.asname) for alias in node.names] != [
        ("re", None)
    ]:
        return "only re may be imported"
    if isinstance(node, ast.Attribute) and node.attr not in _MEMBERS:
        return f".{node.attr} is not allowed"
    if isinstance(node, ast.Name) and (
        node.id.startswith("_") or (isinstance(node.ctx, ast.Store) and node.id in _CALLS)
    ):
        return f"the name {node.id} is not allowed"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id not in _CALLS:
        return f"{node.func.id}() is not allowed"
    if isinstance(node, ast.Call) and not isinstance(node.func, ast.Name | ast.Attribute):
        return "only functions and methods by name may be called"
    if isinstance(node, ast.FunctionDef) and (
        node.decorator_list or node.args.defaults or node.args.vararg or node.args.kwarg
    ):
        return "adapt takes one cell and nothing else"
    return (
        "a constant is too large" if isinstance(node, ast.Constant) and len(repr(node.value)) > 2_000 else ""
    )


def _refused(problem: str, line: int) -> InvalidInput:
    return InvalidInput("blueprints.adapter_refused", file=f"line {line}", problem=problem, line=line)
