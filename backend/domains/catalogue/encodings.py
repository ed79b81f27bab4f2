"""How the bytes of a text file become characters, and what separates its columns. Found by trial; nothing is rewritten.

A byte that several single-byte encodings know is settled by its company: `ü` inside a word is likelier than `Ÿ` or `¸`.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from backend.core.errors import InvalidInput

_CHUNK: Final = 1 << 20
_SAMPLE: Final = 64 * 1024
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SINGLE_BYTE: Final = ("cp1252", "mac-roman", "cp1250", "latin-1")
_USUAL: Final = frozenset("äöüßéèêëàâáãåçñóôõòíîïìúûùæøœąćęłńśźżčďěňřšťůžőűățșÄÖÜÉÈÀÂÅÇÑÓÁÍÚÆØŁŚŻČŘŠŽ")
_SLAVIC: Final = frozenset(
    "čěřůťďňČŘ"
)  # cp1252 reads these as è, ì, ø, ù: letters too, but never beside š and ž
_SIGNS: Final = frozenset("€£¥°²³½¼¾«»“”„‘’‚–—…•·§©®™×Ø±µ¿¡\u00a0")
_SEPARATORS: Final = (",", ";", "\t", "|", "^", "~", ":")
_RARE: Final = frozenset("^~:")


def inspect(path: Path, start: bytes, encoding: str) -> tuple[str, str]:
    """The sha256 of a text file and its encoding, found by decoding all of it.

    Raises: InvalidInput `catalogue.undecodable` (line, byte), `catalogue.nul_byte`.
    """
    candidates = [encoding] if encoding != "auto" else _candidates(start)
    failures: list[InvalidInput] = []
    for candidate in candidates:
        try:
            digest, foreign = _decode_all(path, candidate)
            return digest, candidate if encoding != "auto" or candidate != "cp1252" else likeliest(foreign)
        except InvalidInput as error:
            failures.append(error)
            if error.code == "catalogue.nul_byte" or error.facts.get("multibyte_before"):
                break
    if (
        encoding == "auto"
        and failures[-1].code != "catalogue.nul_byte"
        and not failures[0].facts["multibyte_before"]
    ):
        digest, foreign = _decode_all(path, "latin-1")
        found = likeliest(foreign)
        if _sense(foreign, found) > 0:
            return digest, found
    raise failures[-1] if failures[-1].code == "catalogue.nul_byte" else failures[0]


def _candidates(start: bytes) -> list[str]:
    for bom, name in _BOMS:
        if start.startswith(bom):
            return [name]
    quads, zeros = len(start) // 4, start.count(0)
    if quads and zeros * 2 > len(start):
        return ["utf-32-le" if start[3::4].count(0) > start[::4].count(0) else "utf-32-be"]
    if len(start) >= 4 and start[1::2].count(0) > len(start) // 4:
        return ["utf-16-le"]
    if len(start) >= 4 and start[::2].count(0) > len(start) // 4:
        return ["utf-16-be"]
    return ["utf-8", "cp1252"]


def _decode_all(path: Path, encoding: str) -> tuple[str, bytes]:
    """The sha256, and pieces around bytes beyond ASCII. Raises at the first undecodable byte, with its place, and at a
    NUL."""
    digest, decoder = hashlib.sha256(), codecs.getincrementaldecoder(encoding)()
    done, lines, multibyte, foreign = 0, 0, False, bytearray()
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            digest.update(chunk)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                pending = len(error.object) - len(chunk)
                good = bytes(error.object[: error.start])
                raise InvalidInput(
                    "catalogue.undecodable",
                    file=path.name,
                    encoding=encoding,
                    line=lines + good.count(b"\n") + 1,
                    byte=done - pending + error.start,
                    multibyte_before=multibyte or not good.isascii(),
                ) from error
            if "\x00" in text:
                line = lines + text[: text.index("\x00")].count("\n") + 1
                raise InvalidInput("catalogue.nul_byte", file=path.name, line=line)
            if len(foreign) < _SAMPLE and encoding in _SINGLE_BYTE and not chunk.isascii():
                foreign += b" ".join(re.findall(rb"[^\s]{0,3}[\x80-\xff]+[^\s]{0,3}", chunk)[:5_000])
            lines, multibyte, done = (
                lines + text.count("\n"),
                multibyte or not text.isascii(),
                done + len(chunk),
            )
            if not chunk:
                return digest.hexdigest(), bytes(foreign)


def likeliest(pieces: bytes) -> str:
    """The single-byte encoding under which pieces of words make the most sense; cp1252 where none stands out."""
    scores = {name: _sense(pieces, name) for name in _SINGLE_BYTE}
    best = max(_SINGLE_BYTE, key=lambda name: (scores[name], -_SINGLE_BYTE.index(name)))
    return best if scores["cp1252"] == float("-inf") or scores[best] > scores["cp1252"] + 1 else "cp1252"


def _sense(pieces: bytes, encoding: str) -> float:
    try:
        text = pieces.decode(encoding)
    except UnicodeDecodeError:
        return float("-inf")
    score = 0.0
    for at, char in enumerate(text):
        if char.isascii():
            continue
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        alone = before in {"", " "} and after in {"", " "}
        if char in "€£" and (alone or before.isdigit() or after.isdigit() or before == " "):
            score += 2.0  # an amount has its sign, and no letter
        elif char.isalpha() and (before.isdigit() or after.isdigit() or (alone and char.isupper())):
            score -= 1.5
        elif char.isalpha():
            score += 1.0 if char in _USUAL else 0.0
            score -= 2.0 if char.isupper() and before.islower() else 0.0
        elif before.isalpha() and after.isalpha():
            score -= 0.0 if char in "’·" else 2.0
        else:
            score += 0.5 if char in _SIGNS else -1.0
    slavic = sum(char in _SLAVIC for char in text) if encoding == "cp1250" else 0
    return score + (0.5 * slavic if any(char in "šžý" for char in text) else 0.0)


def sniff_delimiter(path: Path, encoding: str) -> str:
    """The separator that splits the first records into the most columns of equal number."""
    with path.open("rb") as file:
        sample = codecs.getincrementaldecoder(encoding)().decode(file.read(_SAMPLE))
    said = re.match(r"sep=(.)\r?\n", sample.lstrip("\ufeff"), re.IGNORECASE)
    if said:
        return said.group(1)
    lines = sample.splitlines(keepends=True)[:60]
    best, best_score = ",", (0.0, 0)
    for candidate in _SEPARATORS:
        score = _splits(lines, candidate)
        if score > best_score:
            best, best_score = candidate, score
    return best


def _splits(lines: Sequence[str], separator: str) -> tuple[float, int]:
    widths: list[int] = []
    try:
        widths = [len(cells) for cells in csv.reader(lines, delimiter=separator)]
    except csv.Error:
        return 0.0, 0
    wide = [width for width in widths if width > 1]
    mode = max(set(wide), key=wide.count) if wide else 0
    if separator in _RARE and (mode < 3 or wide.count(mode) * 10 < len(widths) * 7):
        return 0.0, 0  # times, dates and remarks have these too
    return wide.count(mode) * min(mode, 3) * (0.9 if separator in _RARE else 1.0), mode
