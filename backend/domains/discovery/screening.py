"""A message made readable: nothing invisible, nothing disguised, no payload. Pure, never raises, linear in the text.

Says what a text looks like, not what it asks for: that is `requests`. A payload (markup, code, a formula, an address
of the web, an encoded block) is taken out of the text and kept beside it, so that it is never understood as a wish.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from backend.domains.discovery.decoding import decoded
from backend.domains.discovery.folding import HOMOGLYPHS

#: Longer texts are cut: no buyer writes this much, and nothing beyond is read by anything.
LONGEST: Final = 8000


@dataclass(frozen=True, slots=True)
class Payload:
    """A part that is no prose: `kind` is markup, code, encoded or url; `decoded` what an encoded one says."""

    kind: str
    text: str
    decoded: str = ""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """`flags`: zero_width bidi control fullwidth homoglyph markup code encoded url."""

    text: str
    flags: frozenset[str]
    payloads: tuple[Payload, ...] = ()


_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufff9-\ufffb]")
_ZERO_WIDTH: Final = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200d\u2060-\u2065\u206a-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e01ef]"
)
#: What an override turns round is not readable as it is shown: the whole span goes.
_OVERRIDDEN: Final = re.compile("\u202e[^\u202c\n]*")
_BIDI: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_MARKS: Final = re.compile("([\u0300-\u036f]{2})[\u0300-\u036f]+")
_KEPT: Final = frozenset("²³¹ºª½¼¾…™№")
_WORD: Final = re.compile(r"[^\W\d_]+")

_MARKUP: Final = re.compile(
    r"<!--(?:.{0,2000}?-->|.{0,2000})"
    r"|<(?:script|style)\b(?:.{0,2000}?</(?:script|style)\s*>|.{0,2000})"
    r"|</?[a-z!?][^<>]{0,400}(?:>|\Z)"
    r"|!?\[[^\[\]\n]{0,200}\]\((?:[^()\n]|\([^()\n]{0,100}\)){0,400}\)"
    r"|@import\b[^\n]{0,200}",
    re.IGNORECASE | re.DOTALL,
)
_URL: Final = re.compile(
    r"\b(?:https?|ftps?|file|ldaps?|gopher|wss?|s3)://[^\s<>\"']{0,400}"
    r"|\b(?:javascript|vbscript|data):[^\s]{1,400}|\bwww\.[^\s<>\"']{3,200}",
    re.IGNORECASE,
)
_SQL: Final = (
    r"(?:['\")]{1,3}\s{0,3};\s{0,3})?\b(?:drop|truncate|alter|create)\s+(?:table|database|schema|index|view|user|role)\b[^\n.!?]{0,200}"
    r"|\bselect\s+(?:\*|distinct\b|@@|\w+\s*\(|\w+(?:\s*,\s*\w+){1,9}\s+from\b)[^\n]{0,300}"
    r"|\bselect\s+\w+\s+from\s+\w+\s*(?:where\b|limit\b|;|--)[^\n]{0,300}"
    r"|\binsert\s+into\s+\w+\s*(?:\(|values\b)[^\n]{0,300}"
    r"|\bupdate\s+[\w.]+\s+set\s+\w+\s*=[^\n]{0,300}"
    r"|\bdelete\s+from\s+(?!my\b|the\b|this\b|our\b)\w+[^\n]{0,300}"
    r"|\bunion\s+(?:all\s+)?select\b[^\n]{0,300}"
    r"|(?:['\"]\s{0,3})?\b(?:or|and)\s+(['\"]?)\d+\1\s*=\s*\1\d+[^\n]{0,200}"
    r"|\b(?:pg_sleep|pg_catalog|information_schema|xp_cmdshell|waitfor\s+delay)\b[^\n]{0,200}"
    r"|['\"]\s{0,3}\)?\s{0,3};?\s{0,3}--[^\n]{0,200}"
)
_CODE: Final = re.compile(
    _SQL
    + r"|```(?:.{0,2000}?```|.{0,2000})|`[^`\n]{3,300}`"
    + r"|\{\{[^{}]{0,300}\}\}|\$\{[^{}]{0,300}\}|\{%[^{}]{0,300}%\}|<%.{0,300}?%>|#\{[^{}]{0,300}\}"
    + r"|^[ \t]*[=@+][ \t]*[a-z.]{2,30}[(|][^\n]{0,400}|^[ \t]*=[ \t]*[a-z]{1,3}\d{1,7}\b[^\n]{0,200}"
    + r"|\brm\s+-[rf]{1,2}\b[^\n]{0,100}|\b(?:curl|wget)\s+[-\w./:]{4,200}|\$\([^()\n]{1,200}\)|(?:\.\./){2,20}\S{0,100}"
    + r"|\b(?:python3?|node|perl|ruby|bash|sh|powershell)\s+-(?:c|e)\b[^\n]{0,300}|/etc/(?:passwd|shadow)\b"
    + r"|\b(?:alert|eval|exec|fetch|require|system|popen|__import__|print|getenv)\s*\([^)\n]{0,200}\)?"
    + r"|\bimport\s+\w+\s*;|\b(?:os|sys)\.\w+|\bdocument\.cookie\b"
    + r"|\b[a-z]+(?:_[a-z]+)+\s*\([^()\n]{0,300}\)"
    + r"|\{\s*\"(?:[^{}\n]|\{[^{}\n]{0,200}\}){0,400}\}"
    + r"|(?:^|(?<=[.!?]\s))[ \t]*(?:assistant|tool(?:[ _](?:result|output|response|call))?)"
    + r"\s?:\s[^\n.!?]{0,400}",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)


def cleaned(message: str) -> Cleaned:
    """The readable prose of a text, with what was found in it."""
    flags: set[str] = set()
    text = _visible(message[:LONGEST], flags)
    text, blocks = _without_blocks(text, flags)
    text = re.sub(r"[ \t]{2,}", _gap, text).strip()
    return Cleaned(text, frozenset(flags), blocks)


def _gap(match: re.Match[str]) -> str:
    return "  "  # two spaces stay two: they part words whose letters are spaced out


def _visible(text: str, flags: set[str]) -> str:
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for flag, pattern, other in (
        ("bidi", _OVERRIDDEN, " "), ("bidi", _BIDI, ""), ("zero_width", _ZERO_WIDTH, ""), ("control", _CONTROL, " "),
    ):  # fmt: skip
        changed = pattern.sub(other, text)
        if changed != text:
            flags.add(flag)
            text = changed
    if text.isascii():
        return text
    narrow = "".join(map(_narrow, text))
    if narrow != text:
        flags.add("fullwidth")
    return _WORD.sub(lambda m: _one_script(m, flags), unicodedata.normalize("NFC", _MARKS.sub(r"\1", narrow)))


def _narrow(char: str) -> str:
    """A disguised form of an ASCII character as that character: full width, mathematical, circled."""
    if char.isascii() or char in _KEPT:
        return char
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 and plain.isascii() and not (char.isspace() and plain == " ") else char


def _one_script(match: re.Match[str], flags: set[str]) -> str:
    """A word of two alphabets is spelt in Latin where each foreign letter looks like a Latin one."""
    word = match.group()
    if word.isascii() or not any(c in HOMOGLYPHS for c in word) or not any(c.isascii() for c in word):
        return word
    flags.add("homoglyph")
    return "".join(HOMOGLYPHS.get(c, c) for c in word)


def _without_blocks(text: str, flags: set[str]) -> tuple[str, tuple[Payload, ...]]:
    payloads: list[Payload] = []
    for kind, pattern in (("markup", _MARKUP), ("code", _CODE), ("url", _URL)):
        if _may_hold(kind, text):
            text = pattern.sub(lambda m, k=kind: _taken(k, m.group(), payloads), text)
    text = "".join(_without_encoded(text, payloads))
    flags.update(p.kind for p in payloads)
    return text, tuple(payloads)


_HINTS: Final = {
    "markup": re.compile(r"[<\[@]"),
    "url": re.compile(r"[:.]"),
    "code": re.compile(
        r"['\"`{(=]|--|\.\./|/etc/|\b(?:table|database|schema|select|insert|update|delete|union|rm|curl|wget|role|view|user|index"
        r"|pg_|waitfor|information_schema|document|assistant|tool|python|bash|sh|node|perl|ruby|powershell)",
        re.IGNORECASE,
    ),
}


def _may_hold(kind: str, text: str) -> bool:
    return _HINTS[kind].search(text) is not None


def _taken(kind: str, text: str, payloads: list[Payload]) -> str:
    payloads.append(Payload(kind, text.strip()))
    return " "


def _without_encoded(text: str, payloads: list[Payload]) -> Iterator[str]:
    at = 0
    for start, end, meaning in decoded(text):
        payloads.append(Payload("encoded", text[start:end], meaning))
        yield text[at:start] + " "
        at = end
    yield text[at:]
