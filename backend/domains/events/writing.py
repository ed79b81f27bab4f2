"""Writes values as YAML that reads back as the same values: the few lines that an edit adds to a text. Pure.

Built on ruamel.yaml, which writes YAML 1.2 as `scalars` reads it; what it would write too plainly is quoted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.scalarstring import (
    DoubleQuotedScalarString,
    LiteralScalarString,
    SingleQuotedScalarString,
)

from backend.domains.events.scalars import BadScalar, resolve

#: Longer lists of single values are written one to a line.
LONGEST_LINE: Final = 90
_ANY_WIDTH: Final = 2**30
_VISIBLE: Final = r"[^\s\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff]"
#: Text over several lines that a literal block holds unchanged.
_LITERAL: Final = re.compile(
    rf"{_VISIBLE}(?:[^\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]*{_VISIBLE})?\n?"
)
_TRAILING_BLANK: Final = re.compile(r"[ \t\xa0](?:\n|\Z)")


@dataclass(frozen=True, slots=True)
class Layout:
    """How far a map stands to the right of its name, and the dashes of a list."""

    step: int = 2
    offset: int = 2


class _Representer(RoundTripRepresenter):
    """Says `null` where ruamel.yaml leaves a blank."""


def _null(representer: Any, _: None) -> Any:
    return representer.represent_scalar("tag:yaml.org,2002:null", "null")


_Representer.add_representer(type(None), _null)


def block_lines(value: Any, layout: Layout, style: str | None = None) -> list[str]:
    """A map or list as lines of block YAML. `style` is the quote that a single value in it had before."""
    if isinstance(value, list):
        held = _dumped(CommentedMap(k=_blocked(value, style, is_outer=True)), layout).rstrip("\n").split("\n")
        return [line[layout.offset :] for line in held[1:]]
    return _dumped(_blocked(value, style, is_outer=True), layout).rstrip("\n").split("\n")


def inline(value: Any, style: str | None = None, *, bare: bool = False) -> str:
    """A value in one line, as it may stand between brackets; `bare` leaves out its own."""
    whole = _dumped(_flowing([value], style), Layout()).rstrip("\n")[1:-1]
    return whole[1:-1] if bare else whole


def whole_document(value: Mapping[str, Any]) -> str:
    """A document written anew."""
    return _dumped(_blocked(value, None, is_outer=True), Layout())


def _dumped(value: Any, layout: Layout) -> str:
    writer = YAML()
    writer.Representer = _Representer
    writer.width = _ANY_WIDTH
    writer.indent(mapping=layout.step, sequence=layout.offset + 2, offset=layout.offset)
    stream = StringIO()
    writer.dump(value, stream)
    return stream.getvalue()


def _blocked(value: Any, style: str | None, *, is_outer: bool = False) -> Any:
    if isinstance(value, Mapping):
        written = CommentedMap((_name(name), _blocked(member, style)) for name, member in value.items())
        return written if value else _flowing(value, style)
    if not isinstance(value, list):
        return _text(value, style, in_flow=False) if isinstance(value, str) else value
    if not is_outer and _is_short(value):
        return _flowing(value, None)
    return CommentedSeq(_blocked(item, style if is_outer else None) for item in value)


def _is_short(values: list[Any]) -> bool:
    return (
        all(not isinstance(item, Mapping | list) for item in values)
        and sum(len(str(item)) + 2 for item in values) <= LONGEST_LINE
    )


def _flowing(value: Any, style: str | None) -> Any:
    if isinstance(value, Mapping):
        flowing = CommentedMap((_name(name), _flowing(member, None)) for name, member in value.items())
    elif isinstance(value, list):
        flowing = CommentedSeq(_flowing(item, style) for item in value)
    else:
        return _text(value, style, in_flow=True) if isinstance(value, str) else value
    flowing.fa.set_flow_style()
    return flowing


def _name(name: str) -> str:
    return DoubleQuotedScalarString(name) if _needs_quotes(name) else name


def _text(text: str, style: str | None, *, in_flow: bool) -> str:
    if not in_flow and "\n" in text and _LITERAL.fullmatch(text) and not _TRAILING_BLANK.search(text):
        return LiteralScalarString(text)
    if style == "'" and text.isprintable():
        return SingleQuotedScalarString(text)
    return DoubleQuotedScalarString(text) if style == '"' or _needs_quotes(text) else text


def _needs_quotes(text: str) -> bool:
    """Whether the text, written plainly, would be read as something else."""
    if (
        not text.isprintable() or text.startswith(("?", ":")) or ":?" in text
    ):  # YAML 1.1 reads those otherwise
        return True
    try:
        return resolve(text, None, plain=True) != text
    except BadScalar:
        return True
