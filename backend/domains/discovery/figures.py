"""Numbers of a text, with what each is: money, a distance, a share or something else. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from backend.domains.discovery.folding import folded

_DIGITS: Final = re.compile(r"[0-9]+(?:[.,\u00a0\u202f'’][0-9]+)*")
_MONEY_BEFORE: Final = re.compile(r"(?:[$€£¥₹]|\b(?:usd|eur|gbp|chf|cad|aud)) ?$", re.IGNORECASE)
_AFTER: Final = re.compile(
    r"(?P<scale> ?(?:k|m|million|thousand|tausend|mil)\b)?"
    r"(?P<unit>[ \u00a0\u202f]?(?:%|(?:US|CA|AU|NZ|HK|MX)?[$€£¥₹](?:(?:US|CA|AU|NZ|HK|MX|GB)\b)?|[^\W\d_]{1,12}))?",
    re.IGNORECASE,
)
_SYMBOLS: Final = "$€£¥₹"
_SCALES: Final = {"k": 1e3, "thousand": 1e3, "tausend": 1e3, "mil": 1e3, "m": 1.0, "million": 1e6}
_UNITS: Final[Mapping[str, str]] = {
    unit: kind
    for kind, units in (
        ("percent", "% percent prozent"),
        ("money", "$ € £ ¥ ₹ usd eur gbp chf cad aud dollars euros euro pounds franken"),
        ("distance", "mi miles mile km kilometers kilometres kilometer meilen millas"),
    )
    for unit in units.split()
}


def numbers_in(text: str) -> Iterator[tuple[str, tuple[float, ...], tuple[int, int]]]:
    """Numbers of a text as (kind, readings, place). Kind: money, distance, percent or other; a number within a word is none. The
    mark of a currency behind an amount (`$`, `US$`, `$US`) belongs to its place."""
    for match in _DIGITS.finditer(text):
        if match.start() and (text[match.start() - 1].isalpha() or text[match.start() - 1] == "_"):
            continue
        after = _AFTER.match(text, match.end())
        scale = (after["scale"] or "").strip().casefold() if after else ""
        written = (after["unit"] or "").strip() if after else ""
        end = after.end("unit") if after and any(c in _SYMBOLS for c in written) else match.end()
        is_money = end > match.end() or _MONEY_BEFORE.search(text[max(0, match.start() - 5) : match.start()])
        kind = "money" if is_money else _UNITS.get(folded_unit(written), "other")
        if scale == "m" and kind == "money":
            scale = "million"
        factor = _SCALES.get(scale, 1.0)
        yield kind, tuple(round(value * factor, 2) for value in _read(match.group())), (match.start(), end)


def folded_unit(text: str | None) -> str:
    """A unit as it is looked up."""
    bare = (text or "").strip()
    return folded(bare) or bare


def _read(digits: str) -> Sequence[float]:
    """What a run of digits and marks may mean: `1.234` is two numbers' worth of doubt, `1,234.50` none."""
    bare = re.sub(r"[\u00a0\u202f'’]", "", digits).rstrip(".,")
    marks = {c for c in bare if c in ".,"}
    if not marks:
        return (float(bare),)
    if len(marks) == 2:
        decimal = max(marks, key=bare.rindex)
        return _floats(bare.replace("," if decimal == "." else ".", "").replace(",", "."))
    grouped = re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", bare)
    one = len(re.findall(r"[.,]", bare)) == 1
    readings = [re.sub(r"[.,]", "", bare)] if grouped else []
    return _floats(*readings, *([bare.replace(",", ".")] if one else []))


def _floats(*texts: str) -> tuple[float, ...]:
    return tuple(float(t) for t in texts if re.fullmatch(r"\d+(?:\.\d+)?", t))
