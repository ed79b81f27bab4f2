"""Splits a SQL script into statements, for the record that the Supabase CLI keeps. Pure; judges no SQL."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""
      --[^\n]*                              # comment to the end of the line
    | /\*                                   # comment, may be nested
    | \bE'(?:[^'\\]|\\.|'')*'               # string with escapes
    | '(?:[^']|'')*'
    | "(?:[^"]|"")*"
    | (?P<tag>\$(?:[A-Za-z_]\w*)?\$)        # $$ or $tag$
    | \bBEGIN\s+ATOMIC\b | \bCASE\b | \bEND\b
    | ;
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


_COMMENT_EDGE = re.compile(r"/\*|\*/")


def split(script: str) -> list[str]:
    """The statements in order, without the semicolons between them; comments stay with the statement they precede."""
    found: list[str] = []
    start = position = depth = 0
    says_something = False
    while match := _TOKEN.search(script, position):
        says_something |= not script[position : match.start()].isspace() and position < match.start()
        position = match.end()
        piece = match.group().upper()
        if piece.startswith("--"):
            continue
        if piece == "/*":
            position = _end_of_comment(script, position)
        elif piece == ";" and not depth:
            if says_something:
                found.append(script[start : match.start()].strip())
            start, says_something = position, False
        else:
            says_something = True
            position = _end_of_dollars(script, match) or position
            depth = _depth(depth, piece)
    if says_something or script[position:].strip():
        found.append(script[start:].strip())
    return found


def _depth(depth: int, piece: str) -> int:
    """How many `end` are awaited: within `begin atomic … end`, semicolons belong to the function."""
    if piece.startswith("BEGIN"):
        return 1
    if depth and piece in {"CASE", "END"}:
        return depth + (1 if piece == "CASE" else -1)
    return depth


def _end_of_dollars(script: str, opening: re.Match[str]) -> int | None:
    tag = opening.group("tag")
    if tag is None:
        return None
    closing = script.find(tag, opening.end())
    return len(script) if closing < 0 else closing + len(tag)


def _end_of_comment(script: str, position: int) -> int:
    depth = 1
    while depth:
        match = _COMMENT_EDGE.search(script, position)
        if match is None:
            return len(script)
        depth += 1 if match.group() == "/*" else -1
        position = match.end()
    return position
