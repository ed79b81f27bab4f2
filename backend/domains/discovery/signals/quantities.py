"""Numbers as people say them: `40k`, `forty grand`, `1.2m`, `20-30k`, `half an acre`, `under`, `or more`, `-ish`.

A quantity is what stands in the text; which attribute it limits is decided in `limits`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

from backend.domains.discovery.signals.lexicon import Lexicon
from backend.domains.discovery.signals.text import Text
from backend.kit.units import plain_number

_NUMBER: Final = re.compile(r"(\d+(?:[.,]\d+)*)([^\W\d_]*)$")
_HUNDRED: Final = 100
_QUARTER: Final = 0.25
_HALF: Final = 0.5
_MOST: Final = 32  # figures of one message; nobody means more, and each costs time
_ABOUT: Final = "~"
_LARGEST: Final = 10**12


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure and what is said around it. A range has `high`; `op` is `lte`, `gte`, `about`, `exact` or empty.

    `newer` and `older` are the words for years (`since`, `before`); `switch` marks what a correction leaves behind.
    """

    first: int
    end: int
    value: float
    high: float | None = None
    unit: str = ""
    currency: str = ""
    scale: float = 1
    letter: str = ""
    op: str = ""
    newer: bool = False
    older: bool = False
    negated: bool = False
    monthly: bool = False
    down: bool = False
    age: bool = False
    decade: bool = False
    budget: bool = False
    vague: bool = False
    owned: bool = False  # "have", "got": a limit of money alone
    said: int = 0
    switch: bool = False
    field: str = ""  # where a correction says what the figure is of


def figures(text: Text, lex: Lexicon, taken: Collection[int]) -> list[Quantity]:
    """Quantities from left to right, ranges joined, without their comparators."""
    found: list[Quantity] = []
    at = 0
    while at < len(text.tokens) and len(found) < _MOST:
        quantity = None if at in taken else _at(text, lex, at, taken)
        if quantity is None:
            at += 1
            continue
        found.append(quantity)
        at = quantity.end
    return _ranges(text, lex, found)


def _at(text: Text, lex: Lexicon, at: int, taken: Collection[int]) -> Quantity | None:
    i, currency = at, ""
    if len(text.tokens[i].text) in (1, 3) and text.tokens[i].text in lex.currencies:
        currency = lex.currencies[text.tokens[i].text]
        i += 1
    if i >= len(text.tokens) or i in taken:
        return None
    read = _figure(text, lex, i)
    if read is None:
        return None
    value, suffix, i, decade = read
    if not suffix and (end := _and_a_half(text, lex, i)):
        value, i = value + _HALF, end
    quantity = Quantity(at, i, value, currency=currency, decade=decade)
    return _suffixed(text, lex, quantity, suffix) if suffix else _measured(text, lex, quantity)


def _figure(text: Text, lex: Lexicon, at: int) -> tuple[float, str, int, bool] | None:
    """Value, attached letters, next token, whether it is a decade."""
    word = text.tokens[at].text
    if (part := _fraction(text, at)) is not None:
        return part, "", at + 3, False
    if match := _NUMBER.match(word):
        digits, suffix = match.groups()
        if suffix in lex.words["decade_ends"] and len(digits) == 4 and not digits.endswith("0"):
            suffix = ""  # `only 2022s`
        if suffix in lex.words["decade_ends"] and len(digits) in (2, 4) and digits.endswith("0"):
            if len(digits) == 2 and int(digits) < 50 and (within := _within_tens(text, lex, at)):
                return int(digits) + within, _ABOUT, at + 1, False
            return _decade(digits), "", at + 1, True
        if suffix and suffix not in lex.scales and suffix not in lex.units and suffix not in lex.words["ish"]:
            return None
        number = plain_number(digits)
        if not suffix and len(digits) == 2 and digits[1] == "0" and _is_decade(text, lex, at, at + 1):
            return _decade(digits), "", at + 1, True
        return None if number is None or number > _LARGEST else (float(number), suffix, at + 1, False)
    if word in lex.decades:
        return float(lex.decades[word]), "", at + 1, True
    if word in lex.numbers and lex.patterns["decade_before"].search(text.before(at, 16)):
        value, end = _spoken(text, lex, at)  # `années soixante-dix`, `los ochenta`
        if 20 <= value < _HUNDRED and value % 10 == 0 and _is_decade(text, lex, at, end):
            return _decade(str(int(value))), "", end, True
    if word in lex.numbers or (
        word in lex.words["articles"]
        and at + 1 < len(text.tokens)
        and text.tokens[at + 1].text in lex.words["alone"]
    ):
        value, end = _spoken(text, lex, at)
        return value, "", end, False
    return None


def _and_a_half(text: Text, lex: Lexicon, at: int) -> int:
    """The token after `and a half`, `et demi`, `y media`; 0 where it does not stand there."""
    if _word(text, at) not in lex.words["range_ands"]:
        return 0
    half = at + 1 + (_word(text, at + 1) in lex.words["articles"])
    following = _word(text, half + 1)
    return (
        half + 1
        if lex.numbers.get(_word(text, half)) == _HALF and following not in lex.words["articles"]
        else 0
    )


def _fraction(text: Text, at: int) -> float | None:
    """`1/2`, `3/4`."""
    words = [t.text for t in text.tokens[at : at + 3]]
    if len(words) < 3 or words[1] != "/" or words[0] not in "13" or words[2] not in ("2", "4"):
        return None
    return int(words[0]) / int(words[2]) if int(words[0]) < int(words[2]) else None


def _within_tens(text: Text, lex: Lexicon, at: int) -> float:
    """`the mid 20s` of an amount: how far into its ten; 0 where no word says so."""
    word = text.tokens[at - 1].text if at else ""
    return {"low": 2.5, "mid": 5.0, "high": 7.5}.get(word, 0) if word in lex.words["tens"] else 0


def _is_decade(text: Text, lex: Lexicon, at: int, end: int) -> bool:
    """`années 70`; in other languages the ending says it. `de los 80 mil` is none."""
    before, word = text.before(at, 16), _word(text, end)
    return (
        lex.patterns["decade_before"].search(before) is not None
        and not lex.patterns["lte"].search(before)
        and not (word in lex.scales or word in lex.units or word in lex.currencies)
    )


def _decade(digits: str) -> float:
    number = int(digits)
    return number if number > 100 else (1900 if number >= 30 else 2000) + number


def _spoken(text: Text, lex: Lexicon, at: int) -> tuple[float, int]:
    """`forty`, `twenty five`, `three hundred`, `half a`."""
    total, i = 0.0, at
    while i < len(text.tokens):
        word = text.tokens[i].text
        if (
            (word == "-" or word in lex.words["number_joins"])
            and i + 1 < len(text.tokens)
            and text.tokens[i + 1].text in lex.numbers
            and (total >= 20 or (total == 4 and text.tokens[i + 1].text in lex.words["scores"]))
        ):
            i += 1
            continue
        if total == 4 and word in lex.words["scores"]:  # `quatre-vingts`
            total, i = 80.0, i + 1
            continue
        if word in lex.words["articles"] and (i == at or 0 < total < 1):
            i += 1
            continue
        number = lex.numbers.get(word)
        if number == _QUARTER and 1 <= total < 4:  # `three quarters`
            total, i = total * _QUARTER, i + 1
            break
        if number is None or (
            total
            and number != _HUNDRED
            and not (total % 10 == 0 and number < _teens(lex, total) and total >= 20)
        ):
            break
        total = (total or 1) * _HUNDRED if number == _HUNDRED else total + number
        i += 1
    return total or 1, i


def _teens(lex: Lexicon, total: float) -> int:
    """How far a ten is counted on: `soixante-quinze` in French, `sixty-nine` elsewhere."""
    return 20 if lex.words["scores"] and total in (60, 80) else 10


def _suffixed(text: Text, lex: Lexicon, q: Quantity, suffix: str) -> Quantity:
    if suffix == _ABOUT or suffix in lex.words["ish"]:
        return replace(_measured(text, lex, q), op="about")
    if suffix == "m":
        return _measured(text, lex, replace(q, letter="m"))
    if suffix in lex.units and suffix not in ("k",):
        return replace(q, unit=lex.units[suffix])
    return _measured(text, lex, replace(q, scale=lex.scales[suffix]))


def _measured(text: Text, lex: Lexicon, q: Quantity) -> Quantity:
    """Takes up scale, unit and currency words after the figure."""
    i = q.end
    word = _word(text, i)
    if (
        q.scale == 1
        and not q.letter
        and word in lex.scales
        and not (word in ("m", "mm", "mil", "g") and not _is_money(text, q))
    ):
        q, i = replace(q, scale=lex.scales[word]), i + 1
        q, i = _with_hundreds(text, lex, q, i)
    elif q.value < 1 and word in lex.words["figure_links"] and _word(text, i + 1) in lex.words["articles"]:
        return _measured(text, lex, replace(q, end=i + 1))  # `three quarters of a million`
    elif word in lex.words["articles"] and _word(text, i + 1) in (*lex.scales, *lex.units) and q.value < 1:
        i += 1
        return _measured(text, lex, replace(q, end=i))
    if _word(text, i) == "-" and _word(text, i + 1) in lex.units and _touching(text, i):
        i += 1
    elif _word(text, i) == "+" and any(text.between(i + 1, i + 1 + n) in lex.units for n in (1, 2, 3)):
        q, i = replace(q, op="gte"), i + 1
    for length in (3, 2, 1):
        words = " ".join(_word(text, i + n) for n in range(length)).strip()
        if words in lex.currencies and not q.currency:
            return replace(q, currency=lex.currencies[words], end=i + length)
        if words in lex.units and not (
            words in ("m", "in", "s", "l", "ac", "ct", "mi", "t") and length == 1 and not _is_unit(text, i)
        ):
            return replace(q, unit=lex.units[words], end=i + length)
    return replace(q, end=i)


def _with_hundreds(text: Text, lex: Lexicon, q: Quantity, at: int) -> tuple[Quantity, int]:
    """`nineteen thousand five hundred`, where the thousands are words too."""
    first = at + (_word(text, at) in lex.words["range_ands"])
    spoken = q.scale == _HUNDRED * 10 and text.tokens[q.first].text in lex.numbers
    if not spoken or _word(text, first) not in lex.numbers:
        return q, at
    value, end = _spoken(text, lex, first)
    return (replace(q, value=q.value + value / q.scale), end) if _HUNDRED <= value < q.scale else (q, at)


def _is_unit(text: Text, at: int) -> bool:
    """A lone letter or short word after a number: `12 m or more`, not `40 in total`."""
    if _word(text, at) == "s":  # `4 s`, not `4 S class`
        return _word(text, at + 1) not in ("class", "-")
    return _word(text, at) in ("m", "mi", "l", "t", "ct", "ac") or _word(text, at + 1) in ("", ",", ".", "or")


def _is_money(text: Text, q: Quantity) -> bool:
    return bool(q.currency) or q.value == 0.5 or _word(text, q.end) == "mil"


def _touching(text: Text, at: int) -> bool:
    return at > 0 and text.tokens[at - 1].end == text.tokens[at].start


def _word(text: Text, at: int) -> str:
    return text.tokens[at].text if at < len(text.tokens) else ""


def _ranges(text: Text, lex: Lexicon, found: list[Quantity]) -> list[Quantity]:
    joined: list[Quantity] = []
    for q in found:
        last = joined[-1] if joined else None
        if last is not None and last.high is None and _is_range(text, lex, last, q):
            joined[-1] = _joined(last, q)
        else:
            joined.append(q)
    return joined


def _is_range(text: Text, lex: Lexicon, a: Quantity, b: Quantity) -> bool:
    join = _word(text, a.end)
    joins, ands = lex.words["range_joins"], lex.words["range_ands"]
    if b.first - a.end != 1 or join not in joins | ands or (a.unit and b.unit and a.unit != b.unit):
        return False
    if join not in joins and not lex.patterns["between"].search(text.before(a.first, 24)):
        return False
    scaled = a.value * a.scale <= b.value * b.scale
    return scaled and not (a.letter and b.letter == "" and b.unit != "")


def _joined(a: Quantity, b: Quantity) -> Quantity:
    low = a.value * (a.scale if a.scale > 1 else b.scale)
    if low > b.value * b.scale:
        low = a.value * a.scale
    return replace(
        b, first=a.first, value=low / b.scale, high=b.value, currency=a.currency or b.currency, unit=b.unit or a.unit,
        letter=b.letter or a.letter,
    )  # fmt: skip
