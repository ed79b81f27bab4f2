"""Encoded blocks in a text and what they say: base64, base32, hexadecimal, percent, entities, binary, decimals. Pure.

A block counts where it decodes to readable text, so that stock numbers and long words are never taken for one.
Source: RFC 4648 (base16, base32, base64), RFC 3986 §2.1 (percent), HTML 5.4 §13.5 (entities).
"""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import unquote

_BLOCK: Final = re.compile(
    r"(?P<percent>(?:%[0-9A-Fa-f]{2}[^\s%]{0,40}){2,1000})"
    r"|(?P<entity>(?:&(?:\#\d{2,6}|\#x[0-9a-fA-F]{2,5}|lt|gt|quot|amp|apos);[^\s&]{0,20}){1,1000})"
    r"|(?P<escape>(?:\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})[^\s\\]{0,20}){2,1000})"
    r"|(?P<binary>\b(?:[01]{8}[ ,]?){3,2000})"
    r"|(?P<decimal>\b(?:(?:3[2-9]|[4-9]\d|1[01]\d|12[0-6])(?:[ ,;]+|\b)){8,2000})"
    r"|(?P<hex>\b(?:0x)?(?:[0-9a-fA-F]{2}[ :]?){8,4000}(?![0-9a-zA-Z]))"
    r"|(?P<base32>\b[A-Z2-7]{24,2000}={0,6}(?![0-9a-z]))"
    r"|(?P<base64>(?<![\w+/=-])[A-Za-z0-9+/_-]{10,4000}={0,2}(?![\w+/]))"
    r"|(?P<morse>(?:[.\-·–]{1,6}(?:\s+(?:/\s*)?|/)){7,2000}[.\-·–]{0,6})",
)
_HINT: Final = re.compile(r"[%&\\]|[01]{8}|\d\d[ ,;]+\d\d[ ,;]+\d\d|[\w+/-]{10}|[.\-·–]\s+[.\-·–]")
#: These may begin amid a word; the whole word is read.
_WITHIN_WORDS: Final = frozenset({"percent", "entity", "escape"})
_SIGNS: Final = """.-=a -...=b -.-.=c -..=d .=e ..-.=f --.=g ....=h ..=i .---=j -.-=k .-..=l --=m -.=n ---=o .--.=p --.-=q
.-.=r ...=s -=t ..-=u ...-=v .--=w -..-=x -.--=y --..=z"""
_MORSE: Final[dict[str, str]] = {
    sign: letter for sign, _, letter in (s.partition("=") for s in _SIGNS.split())
}


def decoded(text: str) -> Iterator[tuple[int, int, str]]:
    """Blocks as (start, end, what they say), in order."""
    if not _HINT.search(text):
        return
    at = 0
    for match in _BLOCK.finditer(text):
        kind, start = match.lastgroup or "", match.start()
        if kind in _WITHIN_WORDS:
            before = max(at, start - 40)
            start = max(before, text.rfind(" ", before, start) + 1)
        block = text[start : match.end()]
        meaning = _READERS[kind](block)
        if _is_prose(meaning, block):
            yield start, match.end(), meaning
            at = match.end()


def rot13(text: str) -> str:
    """Each letter thirteen places on."""
    return codecs.encode(text, "rot13")


def _is_prose(meaning: str, block: str) -> bool:
    """Readable, other than the block itself, with letters in it."""
    if len(meaning) < 3 or meaning == block:
        return False
    letters = sum(c.isalpha() for c in meaning)
    return letters * 2 >= len(meaning) and all(c.isprintable() or c in "\n\t" for c in meaning)


def _bytes(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return text if all(c.isascii() or c.isalpha() for c in text) else ""


def _base64(block: str) -> str:
    body = block.rstrip("=")
    if block.isdigit() or (body.islower() and body.isalpha()) or (len(body) < 16 and body == block):
        return ""
    plain = body.replace("-", "+").replace("_", "/")
    try:
        return _bytes(base64.b64decode(plain[: len(plain) - (len(plain) % 4 == 1)] + "=" * (-len(plain) % 4)))
    except (binascii.Error, ValueError):
        return ""


def _base32(block: str) -> str:
    body = block.rstrip("=")
    try:
        return _bytes(base64.b32decode(body + "=" * (-len(body) % 8)))
    except (binascii.Error, ValueError):
        return ""


def _hex(block: str) -> str:
    digits = re.sub(r"0x|[ :]", "", block)
    return _bytes(bytes.fromhex(digits)) if len(digits) % 2 == 0 else ""


def _escape(block: str) -> str:
    return re.sub(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))", lambda m: chr(int(m[1] or m[2], 16)), block)


def _binary(block: str) -> str:
    return "".join(chr(int(b, 2)) for b in re.findall(r"[01]{8}", block))


def _decimal(block: str) -> str:
    return "".join(chr(int(n)) for n in re.findall(r"\d+", block))


def _morse(block: str) -> str:
    marks = block.replace("·", ".").replace("–", "-")
    return " ".join(
        "".join(_MORSE.get(sign, "") for sign in word.split()) for word in re.split(r"\s*/\s*|\s{3,}", marks)
    ).strip()


_READERS: Final[dict[str, Callable[[str], str]]] = {
    "percent": unquote, "entity": html.unescape, "escape": _escape, "binary": _binary, "decimal": _decimal,
    "hex": _hex, "base32": _base32, "base64": _base64, "morse": _morse,
}  # fmt: skip
