"""Changes one value in a YAML text and leaves every other line as its author wrote it. Pure.

Positions come from libyaml, ruamel.yaml writes only what is new: a full round trip through it would also rewrite the
spacing, indentation and comments of lines that nobody touched. Gives no promise about the outcome: anchors and unusual
forms are beyond it, so whoever splices (`editing`) reads the result again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import yaml

from backend.domains.events import schema
from backend.domains.events.model import Path
from backend.domains.events.writing import Layout, block_lines, inline

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_COLON: Final = re.compile(r"[ \t]*:")
_NOTE: Final = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\n|\Z)")
_NOTHING: Final = re.compile(r"(?:[ \t\n]|(?<=[ \t\n])#[^\n]*)*")


class CannotSplice(Exception):
    """The text is written in a form that is beyond splicing."""


@dataclass(frozen=True, slots=True)
class _Spot:
    """A value and what it hangs from: `mark` is the end of its colon or dash, `column` that of its name or dash."""

    node: Any
    path: Path
    in_flow: bool
    mark: int | None = None
    column: int = 0


class Sheet:
    """One text, its lines ended by \\n alone, and where its values stand. Every verb gives a new text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._root: Any = yaml.compose(text, Loader=_Loader)
        self._layout = self._layout_of(self._root)

    def set_value(self, path: Path, value: Any) -> str:
        """Puts a value in place of another."""
        return self._replaced(self._spot(path), value)

    def add_member(self, path: Path, value: Any) -> str:
        """Adds a member that is not there to a map that is, where its schema lists it."""
        spot, name = self._spot(path[:-1]), str(path[-1])
        if not isinstance(spot.node, yaml.MappingNode):
            raise CannotSplice
        before = self._predecessor(spot, name)
        if not spot.node.value:
            return self._replaced(spot, {name: value})
        if spot.node.flow_style or spot.in_flow:
            return self._added_in_flow(self._members(spot), before, inline({name: value}, bare=True))
        return self._added_in_block(spot, before, {name: value})

    def remove(self, path: Path) -> str:
        """Takes a member out of a map or an element out of a list."""
        spot = self._spot(path[:-1])
        at = self._index(spot.node, path[-1])
        if spot.node.flow_style or spot.in_flow:
            return self._cut_from_flow(self._members(spot), at)
        if len(spot.node.value) == 1:
            return self._emptied(spot)
        start, stop = self._lines_of(spot, at)
        if self._is_first_in_line(start):
            return self._without(self._line_start(start), stop)
        following, _ = self._lines_of(spot, at + 1)
        _, end = self._members(spot)[at]
        if "#" in self._text[end:following]:
            return self._text[:start].rstrip(" ") + self._text[self._line_end(end) :]
        return self._text[:start] + self._text[following:]

    def insert(self, path: Path, value: Any) -> str:
        """Adds an element to a list, before the one that stands at the position."""
        spot, at = self._spot(path[:-1]), path[-1]
        if not isinstance(spot.node, yaml.SequenceNode) or not isinstance(at, int):
            raise CannotSplice
        if not spot.node.value:
            return self._replaced(spot, [value])
        if spot.node.flow_style or spot.in_flow:
            return self._added_in_flow(self._members(spot), at - 1, inline(value))
        return self._with_element(spot, at, self._element_lines(value, self._column(spot.node)))

    def move(self, path: Path, to: int) -> str:
        """Moves an element of a list, with what is written beside and above it."""
        spot, at = self._spot(path[:-1]), path[-1]
        if not isinstance(spot.node, yaml.SequenceNode) or not isinstance(at, int):
            raise CannotSplice
        start, end = self._members(spot)[at]
        if spot.node.flow_style or spot.in_flow:
            chunk = self._text[start:end]
            rest = Sheet(self._cut_from_flow(self._members(spot), at))
            return rest._added_in_flow(rest._members(rest._spot(path[:-1])), to - 1, chunk)
        first, stop = self._lines_of(spot, at)
        if not self._is_first_in_line(first):
            raise CannotSplice
        begin = self._lead(first)
        lines = self._text[begin:stop].splitlines()
        rest = Sheet(self._without(begin, stop))
        return rest._with_element(rest._spot(path[:-1]), to, lines)

    def _spot(self, path: Path) -> _Spot:
        spot = _Spot(self._root, (), False)
        for step in path:
            node, in_flow = spot.node, spot.in_flow or bool(getattr(spot.node, "flow_style", False))
            at = self._index(node, step)
            here = (*spot.path, step)
            if isinstance(node, yaml.MappingNode):
                key, child = node.value[at]
                colon = _COLON.match(self._text, key.end_mark.index)
                spot = _Spot(child, here, in_flow, colon.end() if colon else None, key.start_mark.column)
            elif in_flow:
                spot = _Spot(node.value[at], here, in_flow)
            else:
                dash = self._dash(node, at)
                spot = _Spot(node.value[at], here, in_flow, dash + 1, self._column(node))
        return spot

    def _index(self, node: Any, step: str | int) -> int:
        if isinstance(node, yaml.MappingNode):
            for index, (key, _) in enumerate(node.value):
                if key.value == step:
                    return index
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            return step
        raise CannotSplice

    def _members(self, spot: _Spot) -> list[tuple[int, int]]:
        """Where each member of a map or list begins and ends, comments left out."""
        if isinstance(spot.node, yaml.MappingNode):
            return [
                (key.start_mark.index, max(key.end_mark.index, self._end(v))) for key, v in spot.node.value
            ]
        return [(item.start_mark.index, self._end(item)) for item in spot.node.value]

    def _end(self, node: Any) -> int:
        start, end = node.start_mark.index, node.end_mark.index
        if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
            return start + len(self._text[start:end].rstrip())
        if isinstance(node, yaml.ScalarNode) or node.flow_style or not node.value:
            return end
        last = node.value[-1]
        return self._end(last[1] if isinstance(node, yaml.MappingNode) else last)

    def _dash(self, node: Any, at: int) -> int:
        place = node.start_mark.index
        if at:
            place = self._line_end(self._end(node.value[at - 1])) + 1
            while (note := _NOTE.match(self._text, place)) and note.end() > place:
                place = note.end()
            place += len(self._text[place:]) - len(self._text[place:].lstrip(" "))
        if self._text[place : place + 1] != "-":
            raise CannotSplice
        return place

    def _lines_of(self, spot: _Spot, at: int) -> tuple[int, int]:
        """Where a member of a block begins (name or dash) and where its last line ends, deeper comments included."""
        start, end = self._members(spot)[at]
        if isinstance(spot.node, yaml.SequenceNode):
            start = self._dash(spot.node, at)
        column = start - self._line_start(start)
        stop = self._line_end(max(start, end))
        while (note := re.compile(r"\n( *)#[^\n]*").match(self._text, stop)) and len(note[1]) > column:
            stop = note.end()
        return start, stop

    def _replaced(self, spot: _Spot, value: Any) -> str:
        node, text = spot.node, self._text
        start, end = node.start_mark.index, self._end(node)
        style = node.style if isinstance(node, yaml.ScalarNode) else None
        if spot.in_flow or spot.mark is None:
            if not spot.in_flow:
                raise CannotSplice
            return text[:start] + (" " if start == end else "") + inline(value, style) + text[end:]
        is_map = self._is_member(spot)
        lines = block_lines({"k": value} if is_map else [value], self._layout, style)
        head, tail = lines[0][2:] if is_map else lines[0][1:], self._indented(lines[1:], spot.column)
        if self._line_start(start) <= spot.mark:
            gap = (
                text[spot.mark : start]
                if start > spot.mark and head
                else head[: len(head) - len(head.lstrip())]
            )
            stop = self._line_end(end)
            return text[: spot.mark] + gap + head.lstrip() + text[end:stop] + tail + text[stop:]
        first, stop = self._line_start(start), self._line_end(end)
        cut = text[spot.mark : first].removesuffix("\n")
        return text[: spot.mark] + head + cut + tail + text[stop:]

    def _is_member(self, spot: _Spot) -> bool:
        return self._text[(spot.mark or 1) - 1] == ":"

    def _emptied(self, spot: _Spot) -> str:
        nothing = "{}" if isinstance(spot.node, yaml.MappingNode) else "[]"
        start, stop = self._lines_of(spot, 0)
        end = self._members(spot)[0][1]
        if spot.mark is None or self._line_start(start) <= spot.mark:
            return self._text[:start] + nothing + self._text[max(start + 1, end) :]
        between = self._text[spot.mark : self._line_start(start)]
        return self._text[: spot.mark] + f" {nothing}" + between.removesuffix("\n") + self._text[stop:]

    def _predecessor(self, spot: _Spot, name: str) -> int:
        """The member that a new one follows; -1 when it comes first."""
        present = {key.value: index for index, (key, _) in enumerate(spot.node.value)}
        order = list((schema.at(spot.path) or {}).get("properties", ()))
        if name not in order or not present.keys() & set(order):
            return len(present) - 1
        earlier = [present[known] for known in order[: order.index(name)] if known in present]
        return earlier[-1] if earlier else -1

    def _added_in_flow(self, members: Sequence[tuple[int, int]], before: int, chunk: str) -> str:
        if not members:
            raise CannotSplice
        if before < 0:
            start = members[0][0]
            return f"{self._text[:start]}{chunk}, {self._text[start:]}"
        end = members[min(before, len(members) - 1)][1]
        return f"{self._text[:end]}, {chunk}{self._text[end:]}"

    def _cut_from_flow(self, members: Sequence[tuple[int, int]], at: int) -> str:
        text, (start, end) = self._text, members[at]
        gap = _NOTHING.match(text, end)
        after = gap.end() if gap else end
        if text[after : after + 1] == ",":
            rest = text[after + 1 :]
            return text[:start] + text[end:after] + (rest.lstrip(" ") if text[start - 1] in " [{" else rest)
        if at == 0:
            return text[:start] + text[end:]
        comma = text.find(",", members[at - 1][1], start)
        return text[:comma] + text[comma + 1 : start].rstrip(" ") + text[end:]

    def _added_in_block(self, spot: _Spot, before: int, member: dict[str, Any]) -> str:
        column = self._column(spot.node)
        added = self._indented(block_lines(member, self._layout), column)
        first = self._lines_of(spot, 0)[0]
        if before < 0 and self._is_first_in_line(first):
            start = self._lead(first) if self._lead(first) else self._line_start(first)
            return self._text[:start] + added.removeprefix("\n") + "\n" + self._text[start:]
        stop = self._lines_of(spot, max(before, 0))[1]
        if not spot.path and "\n" in added.strip() and self._stands_apart(spot):
            added = "\n" + added
        return self._text[:stop] + added + self._text[stop:]

    def _stands_apart(self, spot: _Spot) -> bool:
        """Whether the author leaves a blank line between sections."""
        starts = [self._line_start(start) for start, _ in self._members(spot)[1:]]
        return any(not self._text[self._line_start(s - 1) : s].strip() for s in map(self._lead, starts) if s)

    def _with_element(self, spot: _Spot, at: int, lines: Sequence[str]) -> str:
        if at >= len(spot.node.value):
            stop = self._lines_of(spot, len(spot.node.value) - 1)[1]
            return self._text[:stop] + "".join(f"\n{line}" for line in lines) + self._text[stop:]
        start = self._dash(spot.node, at)
        whole = "\n".join(lines) + "\n"
        if self._is_first_in_line(start):
            start = self._lead(start)
            return self._text[:start] + whole + self._text[start:]
        return self._text[:start] + whole.lstrip(" ") + " " * self._column(spot.node) + self._text[start:]

    def _element_lines(self, value: Any, column: int) -> list[str]:
        return [f"{' ' * column}{line}" if line else line for line in block_lines([value], self._layout)]

    def _indented(self, lines: Sequence[str], column: int) -> str:
        return "".join(f"\n{' ' * column}{line}" if line else "\n" for line in lines)

    def _layout_of(self, node: Any, column: int | None = None) -> Layout:
        """How the author indents: by the first map and the first list that stand below a name."""
        step = offset = None
        waiting = [node]
        while waiting and (step is None or offset is None):
            node = waiting.pop(0)
            if not isinstance(node, yaml.MappingNode) or node.flow_style:
                continue
            for key, child in node.value:
                further = child.start_mark.column - key.start_mark.column
                if isinstance(child, yaml.MappingNode) and not child.flow_style:
                    step = further if step is None and 0 < further <= 8 else step
                    waiting.append(child)
                elif isinstance(child, yaml.SequenceNode) and not child.flow_style and offset is None:
                    offset = further if 0 <= further <= 8 else None
        return Layout(step or 2, 2 if offset is None else offset)

    def _column(self, node: Any) -> int:
        return node.start_mark.column

    def _without(self, start: int, stop: int) -> str:
        """The text less whole lines."""
        return self._text[:start] + self._text[stop + 1 :]

    def _lead(self, place: int) -> int:
        """The start of the line, or of the comment lines right above it that are indented alike."""
        start = self._line_start(place)
        indent = re.compile(r" *").match(self._text, start)
        column = len(indent[0]) if indent else 0
        while start:
            above = self._line_start(start - 1)
            line = self._text[above:start]
            if not line.lstrip(" ").startswith("#") or len(line) - len(line.lstrip(" ")) != column:
                break
            start = above
        return start

    def _is_first_in_line(self, place: int) -> bool:
        return not self._text[self._line_start(place) : place].strip()

    def _line_start(self, place: int) -> int:
        return self._text.rfind("\n", 0, place) + 1

    def _line_end(self, place: int) -> int:
        """The end of the line without its break."""
        end = self._text.find("\n", place)
        return len(self._text) if end < 0 else end
