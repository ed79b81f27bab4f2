"""What in a text belongs to a person: found by form, so that it can be sealed and masked. Pure, linear in the text.

Stock numbers, VINs, prices, years and mileages are none of it: a number is a phone number only in the form of one, or
beside a word that says so. Addresses and names count in clear patterns alone ("I live at", "my name is").
Source: ISO 13616 (IBAN, mod 97), ISO/IEC 7812 (cards, Luhn), ITU-T E.164 (phones, at most 15 digits).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Pii:
    """One find; `kind` is email, iban, card, ssn, phone, address or name."""

    kind: str
    value: str
    start: int
    end: int


_DIGIT: Final = re.compile(r"\d")
_SPELT_AT: Final = re.compile(r"\bat\b", re.IGNORECASE)
_EMAIL: Final = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"
    r"|(?<![\w.+-])[\w.+-]{1,64}\s?[(\[]\s?at\s?[)\]]\s?[\w-]{1,63}\s?(?:[(\[]\s?dot\s?[)\]]|\.)\s?[a-z]{2,10}\b"
    r"|(?<![\w.+-])[\w.+-]{1,64} at [\w-]{1,63} dot (?:com|net|org|io|de|fr|es|eu|uk)\b",
    re.IGNORECASE,
)
_IBAN: Final = re.compile(
    r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])"
)
_CARD: Final = re.compile(r"(?<![\d.,-])\d(?:[ -]?\d){12,18}(?![\d-])")
_SSN: Final = re.compile(r"(?<![\d-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])")
_ISSUERS: Final = re.compile(
    r"(?:4\d{12}(?:\d{3}){0,2}|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|(?:6011|65\d\d|35\d\d)\d{12}|3[068]\d{12})\Z"
)
_PHONE: Final = re.compile(
    r"(?<![\w+])\+\(?\d{1,3}\)?(?:[ ./-]?\(?\d{1,5}+\)?){2,7}(?![\w-])"  # +1 (555) 010-0199
    r"|(?<![\w+-])(?:1[ .-])?\(\d{3}\)[ .-]?\d{3}[ .-]\d{4}(?![\w-])"  # (555) 010-0199
    r"|(?<![\w+.,-])(?:1[.-])?\d{3}([.-])\d{3}\1\d{4}(?![\w-])"  # 555-010-0199
    r"|(?<![\w+.,-])0\d(?:[ .]\d{2}){4}(?![\w-])"  # 01 55 50 10 01
    r"|(?<![\w+.,-])\(?0\d{2,5}\)?[ /-]\d{3,4}(?:[ -]?\d{2,5}){1,3}(?![\w-])"  # 030 555 0199, (0555) 1234 567
)
_LOOSE: Final = re.compile(r"(?<![\w+.,$€£-])\(?\d(?:[ ./()-]{0,2}\d){6,12}(?![\w-])")
_CALLS: Final = re.compile(
    r"\b(?:phone|tel|telephone|cell|mobile|whatsapp|call me|reach me|ring me|text me|sms|fax|my number"
    r"|telefon|handy|mobil|meine nummer|erreichbar|ruf"
    r"|t[eé]l[eé]phone|portable|appelez|mon num[eé]ro|joignable|tel[eé]fono|m[oó]vil|celular|ll[aá]m[ae]me|mi n[uú]mero)"
    r"\w*\W{0,3}(?:\w+\W{1,3}){0,3}\Z",
    re.IGNORECASE,
)
_REFERENCE: Final = re.compile(
    r"(?:\b(?:stock|lot|vin|serial|ref|reference|hull|no|nr|unit|model|part|art|id|item|listing|invoice|mls|engine|frame|code|sku)\b|#)\W{0,3}"
    r"(?:number|no|nr|#)?\W{0,3}\Z",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(
    r"\b(?:i live (?:at|on|in)|my (?:home )?address is|(?:deliver|ship|bring|send) it to"
    r"|ich wohne (?:in der|in|am|im)|meine adresse (?:ist|lautet)"
    r"|j['’]habite(?: au| à)?|mon adresse est|vivo en(?: la)?|mi direcci[oó]n es)\W{1,3}"
    r"(?P<value>(?=[^\n]{0,80}\d)[^\n,.;!?]{4,60}(?:,\s?[^\n,.;!?]{2,30}){0,2})",
    re.IGNORECASE,
)
_NAME: Final = re.compile(
    r"\b(?i:my name is|my name['’]s|my full name is|i am called|ich hei(?:ß|ss)e|mein name ist"
    r"|je m['’]appelle|mon nom est|me llamo|mi nombre es)\s{1,3}"
    r"(?P<value>[A-ZÀ-ÖØ-Þ][\w'’-]{1,30}(?:\s(?:(?:von|van|de|la|del)\s){0,2}[A-ZÀ-ÖØ-Þ][\w'’-]{1,30}){0,3})"
)
_SIZES: Final = """AT20 BE16 BG22 CH21 CY28 CZ24 DE22 DK18 EE20 ES24 FI18 FR27 GB22 GR27 HR21 HU28 IE22 IT27 LI21 LT20 LU20 LV21
MC27 MT31 NL18 NO15 PL28 PT25 RO24 SE24 SI19 SK24"""
_IBAN_SIZES: Final = {code[:2]: int(code[2:]) for code in _SIZES.split()}


def find(text: str) -> tuple[Pii, ...]:
    """Everything personal in a text, in its order; no two overlap."""
    found: list[Pii] = []
    digits = len(_DIGIT.findall(text))
    for least, finder in _FINDERS:
        for one in finder(text) if digits >= least else ():
            at = bisect_right(
                found, one.start, key=lambda other: other.end
            )  # the first that ends after it begins
            if at == len(found) or one.end <= found[at].start:
                found.insert(at, one)
    return tuple(found)


def masked(text: str, found: Sequence[Pii]) -> str:
    """The text with `[email]` for an address of one, and so on."""
    pieces: list[str] = []
    at = 0
    for one in sorted(found, key=lambda p: p.start):
        pieces += [text[at : one.start], f"[{one.kind}]"]
        at = one.end
    return "".join((*pieces, text[at:]))


def _emails(text: str) -> Iterator[Pii]:
    if "@" in text or _SPELT_AT.search(text):
        yield from (Pii("email", m.group(), m.start(), m.end()) for m in _EMAIL.finditer(text))


def _ibans(text: str) -> Iterator[Pii]:
    for match in _IBAN.finditer(text):
        code = match.group().replace(" ", "")
        if _IBAN_SIZES.get(code[:2]) == len(code):
            number = int("".join(str(int(c, 36)) for c in code[4:] + code[:4]))
            if number % 97 == 1:
                yield Pii("iban", match.group(), match.start(), match.end())


def _cards(text: str) -> Iterator[Pii]:
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if _ISSUERS.match(digits) and _luhn(digits):
            yield Pii("card", match.group(), match.start(), match.end())


def _luhn(digits: str) -> bool:
    doubled = (int(d) * (1 + at % 2) for at, d in enumerate(reversed(digits)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _ssns(text: str) -> Iterator[Pii]:
    for match in _SSN.finditer(text):
        if not _REFERENCE.search(text[max(0, match.start() - 24) : match.start()]):
            yield Pii("ssn", match.group(), match.start(), match.end())


def _phones(text: str) -> Iterator[Pii]:
    for match in _PHONE.finditer(text):
        if _counts(match.group(), 8) and not _REFERENCE.search(
            text[max(0, match.start() - 24) : match.start()]
        ):
            yield Pii("phone", match.group(), match.start(), match.end())
    for match in _LOOSE.finditer(text):
        if _counts(match.group(), 7) and _CALLS.search(text[max(0, match.start() - 40) : match.start()]):
            yield Pii("phone", match.group(), match.start(), match.end())


def _counts(number: str, least: int) -> bool:
    return least <= sum(c.isdigit() for c in number) <= 15


def _stated(kind: str, pattern: re.Pattern[str]) -> Callable[[str], Iterator[Pii]]:
    return lambda text: (
        Pii(kind, m["value"], m.start("value"), m.end("value")) for m in pattern.finditer(text)
    )


#: Each with so many digits as it needs to find anything.
_FINDERS: Final[tuple[tuple[int, Callable[[str], Iterator[Pii]]], ...]] = (
    (0, _emails), (8, _ibans), (13, _cards), (9, _ssns), (7, _phones), (1, _stated("address", _ADDRESS)),
    (0, _stated("name", _NAME)),
)  # fmt: skip
