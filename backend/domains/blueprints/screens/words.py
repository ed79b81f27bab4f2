"""Words on screens: what a part of a tile is, which button does what. Pure.

English, German, French, Spanish, Italian, Dutch and Portuguese; also the placeholders of wireframes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from backend.domains.blueprints.induction.folding import heading_of
from backend.domains.blueprints.induction.lexicon import matches

Part: TypeAlias = Literal["title", "price", "match", "badges", "specs", "media", "reasons", "location", ""]

_NAMED: Final = 0.9
_LONGEST: Final = 120  # characters of a text that is still a part of a tile or a button

#: The actions of the interface contract by what buttons say.
_ACTIONS: Final[Mapping[str, str]] = {
    "Reserve": (
        r"reserve(?: now| it)?|hold(?: it| this)?|book now|put on hold|reservieren|jetzt reservieren|réserver|reservar|"
        r"prenota|reserveren"
    ),
    "Compare": r"(?:add to )?compare|vergleichen|(?:zum )?vergleich|comparer|comparar|confronta|vergelijken?",
    "Schedule Call": (
        r"(?:schedule|book|request|arrange) (?:a )?(?:call|video call|appointment|viewing|test drive|visit)|"
        r"call me(?: back)?|termin (?:vereinbaren|buchen)|rückruf(?: anfordern)?|probefahrt|"
        r"(?:planifier|prendre) (?:un )?(?:appel|rendez-vous)|agendar (?:una )?llamada|programar llamada|"
        r"prenota (?:una )?chiamata|plan (?:een )?gesprek|agendar chamada"
    ),
    "Request Info": (
        r"(?:request|get|ask for|more) (?:more )?(?:info|information|details)|contact(?: us| seller| dealer)?|enquire|"
        r"inquire|ask a question|message seller|info(?:s|rmationen)? anfordern|anfrage(?:n)?|kontakt(?:ieren)?|"
        r"demander (?:des )?(?:infos?|informations)|contacter|(?:solicitar|pedir) (?:más )?(?:info|información)|"
        r"contactar|richiedi info(?:rmazioni)?|contatta|meer info|informatie aanvragen|pedir informações"
    ),
    "Make Offer": (
        r"make (?:an )?offer|angebot machen|faire une offre|hacer (?:una )?oferta|fai un'offerta|bod doen|"
        r"fazer (?:uma )?oferta"
    ),
    "Buy Now": r"buy(?: now| it now)?|purchase|checkout|jetzt kaufen|kaufen|acheter|comprar(?: ahora)?|acquista|kopen",
    "Save": r"save|favou?rite|add to favou?rites|shortlist|wishlist|merken|favori|guardar|salva|bewaren",
    "Share": r"share|teilen|partager|compartir|condividi|delen",
    "View Details": (
        r"(?:view|see|show) (?:details?|more|listing)|details|(?:mehr )?details|voir (?:le )?détails?|ver detalles?|"
        r"dettagli|bekijk"
    ),
}
_BUTTONS: Final = {name: re.compile(rf"\W*(?:{words})\W*", re.IGNORECASE) for name, words in _ACTIONS.items()}
#: What parts of a tile say of themselves, in placeholders and by their form.
_PARTS: Final[Mapping[Part, str]] = {
    "media": r"photos?|images?|picture|pic|img|thumbnail|gallery|foto|bild|imagen|immagine|afbeelding|imagem",
    "title": r"(?:listing |item |car |vehicle )?title|name|headline|titel|titre|título|titolo",
    "price": r"(?:asking )?price|preis|prix|precio|prezzo|prijs|preço|[$€£]\s*[Xx#.,_-]{2,}",
    "specs": r"(?:key )?specs?|key facts|specifications|features|daten|eckdaten|caractéristiques|datos|kenmerken",
    "match": (
        r"match(?: score)?|fit(?: score)?|score|.*\b\d{1,3}\s?%\s*(?:match|fit|passend|correspond\w*)\b.*|"
        r"(?:match|fit)\W*\d{1,3}\s?%?"
    ),
    "badges": (
        r"badges?|new|certified|cpo|hot|reduced|price drop|sold|sale|featured|verified|best value|great deal|"
        r"only \d+ left|just in|exclusive|neu|zertifiziert|reduziert|verkauft|geprüft|nouveau|certifié|vendu|nuevo|"
        r"certificado|vendido|nuovo|nieuw|novo"
    ),
    "reasons": (
        r"reasons?|why (?:this|it)\b.*|because\b.*|great for\b.*|recommended\b.*|warum\b.*|weil\b.*|pourquoi\b.*|"
        r"por qué\b.*"
    ),
    "location": (
        r"location|city|ort|standort|lieu|ubicación|luogo|plaats|[^\W\d][\w' .-]+, [A-Z]{2}|"
        r".*\b\d+ ?(?:mi|km|miles) away\b.*"
    ),
}
_PLACEHOLDERS: Final[Mapping[Part, re.Pattern[str]]] = {
    part: re.compile(rf"\W*(?:{words})\W*", re.IGNORECASE) for part, words in _PARTS.items()
}
_PRICE: Final = re.compile(
    (
        r"\D{0,12}(?:(?:US)?[$€£¥]|USD|EUR|GBP|CHF)\s?\d[\d.,'’ ]*[kKmM]?\W*|"
        r"\D{0,6}\d[\d.,'’ ]*\s?(?:€|£|\$|EUR|USD|CHF|GBP)\W*"
    ),
    re.IGNORECASE,
)
_MEASURE: Final = re.compile(
    r".*\d.*\b(?:mi|km|miles|hp|ps|kw|kwh|sq ?ft|sqft|m²|m2|ft|m|mph|l|cc|h|hrs?|hours|beds?|baths?|mm|cm|s|sec)\b.*",
    re.IGNORECASE,
)
_DISTANCE: Final = re.compile(r"[\d.,' ]+k? ?(?:mi|km|miles)", re.IGNORECASE)
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
#: Words that chips carry beside the names of fields.
_CHIP_WORDS: Final = re.compile(
    r"budget|brand|price|make|model|year|feature|specs?|condition|location|type|size|color|colour|fuel|range|distance|filters?|sort|"
    r"marke|preis|zustand|marque|prix|état|marca|precio|estado|prezzo|merk|prijs|preço",
    re.IGNORECASE,
)


def action_of(text: str) -> str | None:
    """The action that a button of this text stands for."""
    if len(text) > _LONGEST:
        return None
    return next((name for name, words in _BUTTONS.items() if words.fullmatch(text.strip())), None)


def part_of(text: str) -> Part:
    """The part of a tile that a text is by its form; empty where it could be several."""
    content = text.strip()
    if len(content) > _LONGEST:
        return ""
    if _PRICE.fullmatch(content):
        return "price"
    for part, words in _PLACEHOLDERS.items():
        if words.fullmatch(content):
            return part
    return "specs" if _MEASURE.fullmatch(content) and not _YEAR.match(content) else ""


def field_of(label: str) -> str | None:
    """The listing field that a label names, in the form of the interface contract."""
    found = matches(heading_of(label).words)
    if not found or found[0].score < _NAMED or len(found[0].concept.targets) != 1:
        return None
    return found[0].concept.targets[0]


def fact_of(text: str) -> str | None:
    """The listing field that a key fact on a tile shows: `Range 358 mi`, `358 mi range`, `41,230 mi`, `2021`."""
    content = text.strip(" ·•|-–")
    if _YEAR.fullmatch(content):
        return "year"
    words = " ".join(re.findall(r"[^\W\d]{3,}", content))
    named = field_of(words) if words and not _DISTANCE.fullmatch(content) else None
    if named:
        return named
    for word in words.split():
        if (found := field_of(word)) and found.startswith("specs."):
            return found
    return "mileage" if _DISTANCE.fullmatch(content) else None


def may_be_chip(text: str) -> bool:
    """A short label that names a field or a filter."""
    content = text.strip(" ▾▼▽✕×xv+·•")
    if not 2 <= len(content) <= 24 or len(content.split()) > 3 or re.search(r"\d", content):
        return False
    parts = [part.strip() for part in content.split("/")]
    return any(_CHIP_WORDS.fullmatch(part) or field_of(part) for part in parts)


def chip_text(text: str) -> str:
    """A chip's label without its arrow or cross."""
    return re.sub(r"\s*[▾▼▽✕×+·•]+$|\s+[xv]$", "", text.strip()).strip()
