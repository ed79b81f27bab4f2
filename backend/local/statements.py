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


def split(script: str) -> list[str]:
    """The statements in order, without the semicolons between them; comments stay with the statement they precede."""
    found: list[str] = []
    start = position = depth = 0
    while match := _TOKEN.search(script, position):
        position = match.end()
        piece = match.group().upper()
        if piece == "/*":
            position = _end_of_comment(script, position)
        elif tag := match.group("tag"):
            closing = script.find(tag, position)
            position = len(script) if closing < 0 else closing + len(tag)
        elif piece.startswith("BEGIN"):
            depth = 1
        elif depth and piece == "CASE":
            depth += 1
        elif depth and piece == "END":
            depth -= 1
        elif piece == ";" and not depth:
            found.append(script[start : match.start()].strip())
            start = position
    found.append(script[start:].strip())
    return [statement for statement in found if _says_something(statement)]


def _end_of_comment(script: str, position: int) -> int:
    depth = 1
    while depth:
        match = re.compile(r"/\*|\*/").search(script, position)
        if match is None:
            return len(script)
        depth += 1 if match.group() == "/*" else -1
        position = match.end()
    return position


def _says_something(statement: str) -> bool:
    return bool(re.sub(r"--[^\n]*|/\*.*?\*/|\s", "", statement, flags=re.DOTALL))
