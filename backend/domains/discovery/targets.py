"""What a wish is about: the listing it names, the amount, the time. Pure; the listing itself is found by others."""

from __future__ import annotations

import re
from typing import Any, Final

_STOCK: Final = re.compile(
    r"\b(?:(?:lot|stock|unit|number|no\.?|nr\.?|los|num[eé]ro|n[uú]mero|#)\s*(?:#\s*)?)([A-Za-z]{0,5}-?\d[\w-]{0,16})\b"
    r"|\b((?=[\w-]{0,12}\d)[A-Z]{1,6}-?\d{2,10}[\w-]{0,12})\b|(?<![\d.,$€£])\b(\d{6,10})\b",
    re.IGNORECASE,
)
_ORDINAL: Final = re.compile(
    r"\b((?:the |that |this )?(?:first|second|third|fourth|fifth|sixth|last|cheapest|newest|1st|2nd|3rd|4th|5th)(?: one| two)?"
    r"|(?:den |die |das )?(?:erste[nrs]?|zweite[nrs]?|dritte[nrs]?|vierte[nrs]?|letzte[nrs]?|günstigste[nrs]?)"
    r"|(?:le |la )(?:premi[eè]re?|deuxi[eè]me|second[e]?|troisi[eè]me|derni[eè]re?)"
    r"|(?:el |la )(?:primer[oa]?|segund[oa]|tercer[oa]?|[uú]ltim[oa])"
    r"|(?:that|this) one|celle-ci|celui-ci|diese[nrs]?\b|ese|esa|este|esta)\b",
    re.IGNORECASE,
)
_PLACE: Final = re.compile(
    r"(?:\bl['’]|(?<![\w-])(?:the|this|that|an?|my|den|die|das|dem|der|le|la|les|un|une|el|los|las|una)\s+)"
    r"(?!(?:hold|visit|viewing|test|deposit|down|seller|dealer|owner|broker|agent|offer|bid|call|appointment|inspection|report|reservation|"
    r"human|person|real|message|note|probefahrt|besichtigung|termin|anzahlung|angebot|gebot|verk[aä]ufer|h[aä]ndler|essai|visite|"
    r"rendez|offre|c[oô]t[eé]|vendeur|conseiller|oferta|cita|prueba|visita|vendedor|due[nñ]o|asesor|se[nñ]al|team|[eé]quipe|equipo)\b)"
    r"([\w'’&.+/-]+(?:\s+(?!(?:for|until|till|on|at|to|with|please|tomorrow|today|when|by|and|if|next|this|in|me|from|whether|aside|as|so|f[uü]r|bis|am|um|bitte|"
    r"de c[oô]t[eé]|mit|zu|und|wenn|reservieren|zur[uü]ck\w*|pour|jusqu|demain|"
    r"s['’]il|avec|et|si|quand|para|hasta|ma[nñ]ana|por|con|y|cuando)\b)[\w'’&.+/-]+){0,5})",
    re.IGNORECASE,
)
_BARE: Final = re.compile(
    r"\b(?:hold|reserve|on|for|about|reservier\w*|r[eé]servez?(?:-moi)?|res[eé]rva\w*|f[uü]r|pour|por)\s+([A-Z][\w'’&.+/-]*(?:\s+[A-Z0-9][\w'’&.+/-]*){0,4})"
)
_AMOUNT: Final = re.compile(
    r"(?<![\w.,-])(?:(?P<before>[$€£]|usd|eur|gbp|chf)\s?)?"
    r"(?P<number>\d{1,3}(?:[., '’\u00a0\u202f]\d{3})+|\d{1,9}(?:[.,]\d{1,2})?)"
    r"\s?(?P<scale>k|m|tausend|mil|thousand|grand)?"
    r"(?:\s?(?P<after>[$€£]|usd|eur|gbp|chf|dollars?|euros?|pounds?|francs?|franken))?(?![\w-])",
    re.IGNORECASE,
)
_CURRENCIES: Final = {
    "$": "USD", "usd": "USD", "dollar": "USD", "dollars": "USD", "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR",
    "£": "GBP", "gbp": "GBP", "pound": "GBP", "pounds": "GBP", "chf": "CHF", "franken": "CHF",
}  # fmt: skip
_DAY: Final = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado|domingo"
    r"|today|tonight|tomorrow|heute|morgen|aujourd['’]hui|demain|hoy|ma[nñ]ana"
    r"|next week|this weekend|the weekend|n[aä]chste woche|la semaine prochaine|la pr[oó]xima semana"
    r"|\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}(?:[./]\d{2,4})?"
)
_TIME: Final = r"\d{1,2}(?::\d{2})?\s?(?:am|pm|uhr|h\d{0,2}|o['’]clock)|\d{1,2}:\d{2}|noon|midday|(?:at|um|à|a las)\s\d{1,2}\b"
_WHEN: Final = re.compile(
    rf"\b(?:{_DAY})\b(?:[\s,]{{1,3}}(?:at |um |à |a las )?(?:{_TIME}))?|\b(?:{_TIME})(?!\w)", re.IGNORECASE
)


def target_of(text: str) -> str:
    """The words that name a listing: a stock number, `the second one`, or a title's words. Empty where none do."""
    if stock := _STOCK.search(text):
        return next(g for g in stock.groups() if g)
    if ordinal := _ORDINAL.search(text):
        return ordinal.group(1).strip()
    for named in _PLACE.finditer(text):
        words = _WHEN.sub("", named.group(1)).strip(" .,")
        if words:
            return words
    bare = _BARE.search(text)
    return bare.group(1).strip(" .,") if bare and not _WHEN.fullmatch(bare.group(1)) else ""


def arguments_of(text: str, verb: str, target: str) -> dict[str, Any]:
    """`amount` and `currency` of an offer or deposit, `when` of an appointment, `text` of a message."""
    found: dict[str, Any] = {}
    if when := _WHEN.search(text):
        found["when"] = when.group().strip()
    if verb in ("offer", "deposit") and (amount := _amount(text.replace(target, " ") if target else text)):
        found |= amount
    if verb == "message":
        found["text"] = text.strip()
    return found


def _amount(text: str) -> dict[str, Any]:
    told = list(_AMOUNT.finditer(_WHEN.sub(" ", text)))
    if not told:
        return {}
    best = max(told, key=lambda m: (bool(m["before"] or m["after"]), bool(m["scale"]), _value(m)))
    code = _CURRENCIES.get((best["before"] or best["after"] or "").casefold())
    return {"amount": _value(best)} | ({"currency": code} if code else {})


def _value(match: re.Match[str]) -> float:
    number = re.sub(r"[ '’\u00a0\u202f]", "", match["number"])
    digits = re.sub(r"[.,](?=\d{3}(?:\D|\Z))", "", number).replace(",", ".")
    scale = (match["scale"] or "").casefold()
    return float(digits) * (1_000_000 if scale == "m" else 1000 if scale else 1)
