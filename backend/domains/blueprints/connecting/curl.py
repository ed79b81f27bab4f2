"""Reads what people paste: curl commands (POSIX, Windows, PowerShell) with the answer below them, or an answer alone.

Runs nothing and asks nobody. Secrets are not kept: a request is reduced to where they stood.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final, cast
from urllib.parse import parse_qsl, unquote

from backend.core.errors import InvalidInput
from backend.domains.blueprints.connecting.api import parts_of

_START: Final = re.compile(r"^(?:[^'\"{\[]{0,80}?[>$#%][ \t]{0,20})?[ \t]{0,40}curl(?:\.exe)?\s+(?=\S)", re.I)
_HEADER: Final = re.compile(r"^\s*<?\s*([A-Za-z][A-Za-z0-9-]{1,60}):\s+(\S.*)$")
_TAKES_VALUE: Final = frozenset("AbcCdDeEFHKmoPQrtTuUwxXyYz")
_LONG_VALUE: Final = frozenset({
    "--header", "--user", "--request", "--data", "--data-raw", "--data-binary", "--data-ascii", "--data-urlencode",
    "--json", "--cookie", "--url", "--oauth2-bearer", "--user-agent", "--referer", "--output", "--max-time",
    "--connect-timeout", "--retry", "--proxy", "--cacert", "--cert", "--key", "--write-out", "--form", "--resolve",
    "--url-query", "--cookie-jar", "--dump-header", "--retry-delay", "--limit-rate",
})  # fmt: skip
_SHORT: Final = {
    "H": "--header", "u": "--user", "X": "--request", "d": "--data", "b": "--cookie", "G": "--get", "A": "--user-agent",
}  # fmt: skip
_DATA: Final = frozenset(
    {"--data", "--data-raw", "--data-binary", "--data-ascii", "--data-urlencode", "--json"}
)
_SAMPLE_CHARS: Final = 4_000_000


@dataclass(slots=True)
class Request:
    """One curl command. `form` are pairs of its body where it is no JSON."""

    url: str = ""
    method: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    query: list[tuple[str, str]] = field(default_factory=list)
    cookies: list[tuple[str, str]] = field(default_factory=list)
    form: list[tuple[str, str]] = field(default_factory=list)
    body: dict[str, Any] | None = None
    has_user: bool = False
    has_bearer: bool = False


@dataclass(frozen=True, slots=True)
class Pasted:
    """A request and the answer that was pasted below it; `prose` is what else stands there."""

    request: Request | None
    answer: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    prose: str = ""


def has_curl(text: str) -> bool:
    """Whether a text holds a curl command rather than one document."""
    return any(_START.match(line) for line in text[:200_000].splitlines())


def read_pasted(name: str, text: str) -> tuple[Pasted, ...]:
    """Each curl command with its answer, in order.

    Raises: InvalidInput `blueprints.description_unreadable` (not_a_request) where no command has an address.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff").split("\n")
    starts = [at for at, line in enumerate(lines) if _START.match(line)][:20]
    found: list[Pasted] = []
    above = "\n".join(lines[: starts[0]]) if starts else ""
    for start, end in pairwise([*starts, len(lines)]):
        command, after = _command(lines, start, end)
        request = _request(_words(command))
        if request.url:
            found.append(_answered(request, lines[after:end], above))
    if not found:
        raise InvalidInput("blueprints.description_unreadable", file=name, problem="not_a_request")
    return tuple(found)


def _command(lines: Sequence[str], start: int, end: int) -> tuple[str, int]:
    """The command with its continued lines, and the line after it."""
    pieces, at = [_START.sub("curl ", lines[start])], start + 1
    quote = _open_quote(pieces[0], "")
    while at < end:
        closed = pieces[-1].rstrip()
        if closed.endswith(("\\", "^", "`")) and not closed.endswith("\\\\"):
            pieces[-1] = closed[:-1] + " "
        elif quote:
            pieces[-1] += "\n"
        else:
            break
        pieces.append(lines[at])
        quote = _open_quote(lines[at], quote)
        at += 1
    return "".join(pieces), at


def _open_quote(line: str, quote: str) -> str:
    """The quotation mark that is open at the end of a line, `$` for `$'`; `quote` is the one open at its beginning."""
    before, marks = "", iter(line)
    for mark in marks:
        if mark == "\\" and quote != "'":
            mark += next(marks, "")
        elif quote:
            quote = "" if mark == quote.replace("$", "'") else quote
        elif mark in "'\"":
            quote = "$" if before == "$" and mark == "'" else mark
        before = mark
    return quote


def _words(command: str) -> list[str]:
    if "^" in command and re.search(r"\^[\"&%^{}\[\]<>|\\]", command):
        command = re.sub(r"\^(.)", r"\1", command)
    ansi = _without_ansi(command)
    try:
        return shlex.split(ansi)[1:]
    except ValueError:
        return ansi.replace('"', " ").replace("'", " ").split()[1:]


def _without_ansi(command: str) -> str:
    """`$'it\\'s'` as plain quotation: browsers copy requests so."""
    return re.sub(r"\$'((?:[^'\\]|\\.)*)'", lambda m: shlex.quote(_unescaped(m.group(1))), command)


def _unescaped(text: str) -> str:
    escapes = {"n": "\n", "t": "\t", "r": "\r"}
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m.group(1), 16)), text)
    return re.sub(r"\\(.)", lambda m: escapes.get(m.group(1), m.group(1)), text, flags=re.S)


def _options(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(long name, value) of each option; ("", word) for what is none."""
    left = list(reversed(words))
    while left:
        word = left.pop()
        if word in ("|", ";", "&&", ">", "||"):
            return
        if word.startswith("--"):
            name, equals, value = word.partition("=")
            yield name, value if equals else (left.pop() if name in _LONG_VALUE and left else "")
        elif word.startswith("-") and len(word) > 1:
            for at, letter in enumerate(word[1:], 1):
                if letter in _TAKES_VALUE:
                    yield _SHORT.get(letter, f"-{letter}"), word[at + 1 :] or (left.pop() if left else "")
                    break
                yield _SHORT.get(letter, f"-{letter}"), ""
        else:
            yield "", word


def _request(words: Sequence[str]) -> Request:
    request, data, is_get = Request(), [], False
    for name, value in _options(words):
        if name in ("", "--url"):
            request.url = request.url or value
        elif name == "--header":
            key, _, said = value.partition(":")
            request.headers.append((key.strip(), said.strip()))
        elif name == "--request":
            request.method = value.upper()
        elif name == "--get":
            is_get = True
        elif name == "--user":
            request.has_user = True
        elif name == "--oauth2-bearer":
            request.has_bearer = True
        elif name == "--cookie":
            request.cookies += _cookies(value)
        elif name == "--url-query":
            request.query += parse_qsl(value, keep_blank_values=True)
        elif name in _DATA:
            data.append((name, value))
    _address(request)
    _add_data(request, data, is_get=is_get)
    request.cookies += [
        pair for key, said in request.headers if key.lower() == "cookie" for pair in _cookies(said)
    ]
    return request


def _cookies(text: str) -> list[tuple[str, str]]:
    pairs = (part.partition("=") for part in text.split(";"))
    return [(key.strip(), value.strip()) for key, equals, value in pairs if equals]


def _address(request: Request) -> None:
    url = request.url.strip("<>")
    if url and "://" not in url:
        url = f"https://{url}"
    parts = parts_of(url)
    request.has_user = request.has_user or "@" in parts.netloc
    request.query = parse_qsl(parts.query, keep_blank_values=True) + request.query
    host = parts.netloc.rpartition("@")[2]
    request.url = f"{parts.scheme}://{host}{unquote(parts.path)}" if host else ""


def _add_data(request: Request, data: Sequence[tuple[str, str]], *, is_get: bool) -> None:
    if is_get:
        request.query += [pair for _, value in data for pair in parse_qsl(value, keep_blank_values=True)]
        request.method = request.method or "GET"
        return
    request.method = request.method or ("POST" if data else "GET")
    for _, value in data:
        try:
            body = json.loads(value)
        except (ValueError, RecursionError):
            request.form += parse_qsl(value, keep_blank_values=True)
        else:
            if isinstance(body, dict):
                request.body = {**(request.body or {}), **cast("dict[str, Any]", body)}


def _answered(request: Request, lines: Sequence[str], above: str) -> Pasted:
    headers: dict[str, str] = {}
    prose: list[str] = [above]
    for at, line in enumerate(lines):
        if line.lstrip()[:1] in ("{", "["):
            answer = read_sample("\n".join(lines[at:]))
            if answer is not None:
                return Pasted(request, answer, headers, "\n".join(prose)[:20_000])
        header = _HEADER.match(line)
        if header and not line.lstrip().startswith((">", "#", "//")):
            headers[header.group(1).lower()] = header.group(2).strip()
        else:
            prose.append(line)
    return Pasted(request, None, headers, "\n".join(prose)[:20_000])


def read_sample(text: str) -> Any:
    """The JSON at the beginning of a text, also where somebody shortened it with dots or comments; None if it is none."""
    text = text[:_SAMPLE_CHARS].lstrip("\ufeff \n\t")
    shortened = re.sub(
        r"(?m)^[ \t]*(?://.*|#.*|\.\.\.,?|…,?|/\*.*\*/)[ \t]*$|(?<=[\]}\d\"el,])[ \t]*//[^\"\n]{0,400}$",
        "",
        text,
    )
    shortened = re.sub(r",\s*(?:\.\.\.|…)\s*(?=[\]}])", "", shortened)
    for each in (text, re.sub(r",(\s*[\]}])", r"\1", shortened)):
        try:
            found = json.JSONDecoder().raw_decode(each)[0]
        except (ValueError, RecursionError):
            continue
        return found if isinstance(found, dict | list) else None
    return None
