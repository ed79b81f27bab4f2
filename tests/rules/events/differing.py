"""Random pairs of documents that differ in what people do to documents, and a plain reader of JSON Patch."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

from hypothesis import strategies as st

from backend.domains.events.compiling import compile_document
from backend.domains.events.model import Source
from backend.domains.events.templates import SEEDS, Folder

NAMES = (
    "a",
    "b",
    "id",
    "name",
    "key",
    "conversion",
    "hold_minutes",
    "ui_contract",
    "chips",
    "pricing",
    "safety",
    "*",
)

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-2, 3)
    | st.sampled_from([0.0, 1.0, 0.5])
    | st.sampled_from(["", "x", "y", "z"])
)
elements = st.fixed_dictionaries(
    {"name": st.sampled_from("pqrstu")},
    optional={
        "kind": scalars,
        "values": st.lists(scalars, max_size=3),
        "means": st.none() | st.fixed_dictionaries({"x": st.just(1)}),
    },
)
values = st.recursive(
    scalars | st.lists(scalars, max_size=6) | st.lists(elements, max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=16,
)
documents = st.dictionaries(st.sampled_from(NAMES), values, max_size=5)


@st.composite
def edited(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """A document and what became of it: another one, or itself with some moves, removals, additions and new values."""
    before = draw(documents)
    if draw(st.integers(0, 4)) == 0:
        return before, draw(documents)
    after = deepcopy(before)
    for _ in range(draw(st.integers(0, 4))):
        _edit(draw, draw(st.sampled_from(_containers(after))))
    return before, after


def _containers(value: Any) -> list[Any]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return ([value] if isinstance(value, dict | list) else []) + [
        c for item in inner for c in _containers(item)
    ]


def _edit(draw: st.DrawFn, holder: Any) -> None:
    if isinstance(holder, dict):
        name = draw(st.sampled_from(NAMES))
        holder.pop(name, None) if draw(st.booleans()) else holder.update({name: draw(values)})
        return
    action = draw(st.sampled_from(["move", "drop", "insert", "shuffle"]))
    if action == "insert" or not holder:
        holder.insert(draw(st.integers(0, len(holder))), draw(values))
    elif action == "drop":
        del holder[draw(st.integers(0, len(holder) - 1))]
    elif action == "move":
        item = holder.pop(draw(st.integers(0, len(holder) - 1)))
        holder.insert(draw(st.integers(0, len(holder))), item)
    else:
        holder[:] = draw(st.permutations(holder))


def patched(document: Any, patch: list[dict[str, Any]]) -> Any:
    """What a patch makes of a document. Strict: every place it names must be there. Source: RFC 6902 §4."""
    document = deepcopy(document)
    for operation in patch:
        kind, path = operation["op"], steps(operation["path"])
        if not path:
            assert kind == "replace"
            document = deepcopy(operation["value"])
            continue
        if kind in {"remove", "replace"}:
            _take(document, path)
        value = (
            _take(document, steps(operation["from"])) if kind == "move" else deepcopy(operation.get("value"))
        )
        if kind != "remove":
            _put(document, path, value)
    return document


def steps(pointer: str) -> list[str]:
    assert pointer == "" or pointer.startswith("/")
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def _holder(document: Any, path: list[str]) -> Any:
    for step in path[:-1]:
        document = document[int(step)] if isinstance(document, list) else document[step]
    return document


def _take(document: Any, path: list[str]) -> Any:
    holder = _holder(document, path)
    return holder.pop(int(path[-1]) if isinstance(holder, list) else path[-1])


def _put(document: Any, path: list[str], value: Any) -> None:
    holder = _holder(document, path)
    if isinstance(holder, list):
        assert 0 <= int(path[-1]) <= len(holder)
        holder.insert(int(path[-1]), value)
    else:
        holder[path[-1]] = value


@cache
def _tesla() -> Any:
    found = compile_document(Source((SEEDS / "tesla_q1_2026/event.yaml").read_bytes()), Folder()).compiled
    assert found is not None
    return found.document


def tesla() -> dict[str, Any]:
    """The compiled document of the demo event, to be changed at will."""
    return deepcopy(_tesla())
