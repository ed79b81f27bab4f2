"""Words of kinds of goods: what one is called, which family it belongs to, which of its facts are claims. Values only.

A kind that is not here is as welcome: its own name gives the noun, and its data give the rest.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from backend.kit.text import is_device, storable


@dataclass(frozen=True, slots=True)
class Family:
    """Goods that are sold alike. `travels`: sent to the buyer, who need not come. `asks` ends a greeting.

    `financed`: often paid off over time. `color` is the accent of its storefronts.
    """

    name: str
    color: str
    asks: str
    travels: bool = False
    financed: bool = False


VEHICLES: Final = Family("vehicles", "#1F4F94", "What should yours be good at?", financed=True)
BOATS: Final = Family("boats", "#17456B", "Where would you like to go, and with how many?", financed=True)
AIRCRAFT: Final = Family("aircraft", "#2B4A6F", "Which mission do you fly, and with how many?", financed=True)
MACHINES: Final = Family("machines", "#8A5A00", "Which job should it do?", financed=True)
HOMES: Final = Family("homes", "#3B5B3A", "Which place, and how much room do you need?", financed=True)
WATCHES: Final = Family("watches", "#7A4E1D", "What will yours be worn for?", travels=True)
ART: Final = Family(
    "art", "#6B2F3A", "Which place is it for, and what should it do to the room?", travels=True
)
JEWELRY: Final = Family("jewelry", "#6D3A6B", "Whom is it for, and for which day?", travels=True)
WINE: Final = Family("wine", "#7B1E3A", "For which table, or for which year?", travels=True)
MUSIC: Final = Family("music", "#5B4636", "Who will play it, and where?")
ANIMALS: Final = Family("animals", "#6A4B2A", "What would you like to do together?")
THINGS: Final = Family("things", "#0F5C5C", "What matters most to you?", travels=True)

#: A word of a domain → its family, and what one and several are called.
_WORDS: Final[Mapping[str, tuple[Family, str, str]]] = {
    **dict.fromkeys(("car", "auto", "automobile", "ev"), (VEHICLES, "car", "cars")),
    **dict.fromkeys(("vehicle", "motor"), (VEHICLES, "vehicle", "vehicles")),
    "truck": (VEHICLES, "truck", "trucks"),
    "van": (VEHICLES, "van", "vans"),
    **dict.fromkeys(("motorcycle", "motorbike", "bike", "moto"), (VEHICLES, "motorcycle", "motorcycles")),
    **dict.fromkeys(("rv", "rvs", "camper", "motorhome", "caravan"), (VEHICLES, "RV", "RVs")),
    **dict.fromkeys(("boat", "vessel", "marine"), (BOATS, "boat", "boats")),
    "yacht": (BOATS, "yacht", "yachts"),
    **dict.fromkeys(("aircraft", "airplane", "plane", "aviation"), (AIRCRAFT, "aircraft", "aircraft")),
    "jet": (AIRCRAFT, "jet", "jets"),
    "helicopter": (AIRCRAFT, "helicopter", "helicopters"),
    **dict.fromkeys(("equipment", "machinery", "machine"), (MACHINES, "machine", "machines")),
    "tractor": (MACHINES, "tractor", "tractors"),
    **dict.fromkeys(("home", "residential"), (HOMES, "home", "homes")),
    **dict.fromkeys(("house", "wholesale"), (HOMES, "house", "houses")),
    **dict.fromkeys(("property", "estate", "realty", "realestate"), (HOMES, "property", "properties")),
    "land": (HOMES, "plot", "plots"),
    "apartment": (HOMES, "apartment", "apartments"),
    **dict.fromkeys(("watch", "timepiece"), (WATCHES, "watch", "watches")),
    **dict.fromkeys(("art", "artwork", "painting", "sculpture"), (ART, "work", "works")),
    **dict.fromkeys(("jewelry", "jewellery", "jewel"), (JEWELRY, "piece", "pieces")),
    **dict.fromkeys(("wine", "cellar"), (WINE, "wine", "wines")),
    **dict.fromkeys(("spirit", "whisky", "whiskey"), (WINE, "bottle", "bottles")),
    "instrument": (MUSIC, "instrument", "instruments"),
    **dict.fromkeys(("piano", "guitar", "violin", "cello"), (MUSIC, "", "")),
    **dict.fromkeys(("horse", "pony", "dog", "cattle", "livestock"), (ANIMALS, "", "")),
    **dict.fromkeys(("furniture", "antique", "collectible", "fashion"), (THINGS, "piece", "pieces")),
}

#: Words for the same goods, for telling whether a template is of the very kind.
_SAME: Final[Mapping[str, str]] = {
    **dict.fromkeys(("yacht", "vessel"), "boat"),
    **dict.fromkeys(("automobile", "auto"), "car"),
    **dict.fromkeys(("timepiece",), "watch"),
    **dict.fromkeys(("painting", "artwork"), "art"),
}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Words that say nothing about what is sold.
_EMPTY: Final = _words("""
    general other misc unknown item items goods product products listing listings inventory stock list export data
    sheet table catalog catalogue final new used old classic fine vintage preowned pre owned full all sale sales
    event spring summer autumn fall winter january february march april may june july august september october
    november december csv xlsx heavy luxury real copy draft feed report photos test sample file price prices
    dealer seller online website current latest available our the of and for with usa us uk eu de fr en lot lots
    auction
""")
#: Words of facts that a buyer relies on and cannot see: they are stated only with their source.
_CLAIMS: Final = _words("""
    accident authentic authenticated authenticity appraisal appraised battery cert certificate certified
    certification condition damage edition estimate flood genuine grade graded guarantee health hours hull
    inspected inspection lien matching mileage odometer original originality owners papers pedigree provenance
    purity rating rebuilt recall repair restored restoration score service serviced signed status survey tested
    title unrestored vat vet vetted warranty xray arv rent roi yield
""")
#: Attributes by which people name a kind within the kind, such as an SUV or a catamaran.
_SHAPES: Final = _words("""
    style type category class form shape segment discipline breed body vessel property rv
""")
#: Attributes that are a matter of taste.
_LOOKS: Final = _words("""
    color colour style design material finish dial medium theme pattern wood metal stone leather
""")


#: Numbers of which less is better.
_WEAR: Final = _words(
    "hours mileage since time overhaul odometer owners accidents age weight draft consumption cycles landings"
)
#: Truths that nobody asks for.
_BLEMISHES: Final = _words(
    "damage damaged accident accidents salvage flood rebuilt smoker smoked repaint repainted crack cracked defects lien charter"
)
_MONEY: Final = _words("tax taxes fee fees cost costs price hoa dues rent estimate deposit payment insurance")
#: Written in capitals wherever they stand.
_CAPITALS: Final = _words(
    "vat hoa loa gvwr mpg cpo abs gps vin hp ac usb led suv awd fwd rwd arv epa id isbn tv ev rv lwl gmt"
)


def tokens(name: str) -> list[str]:
    """`vehicles_ev` → vehicle, ev."""
    return [singular(word) for word in re.findall(r"[a-z0-9]+", name.casefold())]


def singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes", "zes")):
        return word[:-2]
    return (
        word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
    )


def plural(word: str) -> str:
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return f"{word}es"
    if len(word) > 1 and word.endswith("y") and word[-2] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}s"


def family_of(domain: str) -> Family | None:
    """The family that a domain's name belongs to; the last word that says so decides (`vehicles_ev`: vehicles)."""
    known = [_WORDS[word][0] for word in tokens(domain) if word in _WORDS]
    return known[-1] if known else None


def noun_of(domain: str) -> tuple[str, str] | None:
    """What one and several are called, by the name of a domain: `used_cars` → car, cars; `pianos` → piano, pianos."""
    words = [word for word in tokens(domain) if not word.isdigit()]
    for word in reversed(words):
        if word in _WORDS:
            _, one, many = _WORDS[word]
            return (one, many) if one else (word, plural(word))
    return next(((w, plural(w)) for w in reversed(words) if is_telling(w) and len(w) > 2), None)


def is_telling(word: str) -> bool:
    """Whether a word says anything about what is sold."""
    return word not in _EMPTY and plural(word) not in _EMPTY and not any(letter.isdigit() for letter in word)


def alike(word: str) -> str:
    """One word for several that mean the same goods."""
    return _SAME.get(word, word)


def is_known(word: str) -> bool:
    return word in _WORDS


def is_claim(target: str, more: Collection[str] = ()) -> bool:
    """Whether a fact is one that a buyer has to be able to trust."""
    words = tokens(target.removeprefix("specs."))
    return any(word in _CLAIMS or plural(word) in _CLAIMS or word in more for word in words)


def is_shape(target: str) -> bool:
    return target.startswith("specs.") and bool(_SHAPES & {*tokens(target.removeprefix("specs."))})


def is_wear(target: str) -> bool:
    """Whether less of a number is better."""
    return bool(_WEAR & {*re.findall(r"[a-z]+", target)})


def is_blemish(target: str) -> bool:
    """Whether a yes is nothing to wish for."""
    words = {*re.findall(r"[a-z]+", target)}
    return bool(_BLEMISHES & words) and not words & {"free", "no", "not"}


def is_money(target: str, unit: str | None) -> bool:
    """Whether a number is an amount that nobody wishes for."""
    return bool(_MONEY & {*re.findall(r"[a-z]+", target)}) or bool(unit and re.fullmatch(r"[A-Z]{3}", unit))


def label_of(target: str) -> str:
    """`specs.vat_paid` → VAT paid."""
    words = target.removeprefix("specs.").split("_")
    said = " ".join(word.upper() if word in _CAPITALS else word for word in words if word)
    return said[:1].upper() + said[1:]


def is_look(target: str) -> bool:
    return bool(_LOOKS & {*tokens(target.removeprefix("specs."))})


def listed(words: Iterable[str]) -> str:
    """`a, b and c`."""
    *most, last = [*words]
    return f"{', '.join(most)} and {last}" if most else last


def with_article(noun: str) -> str:
    return f"{'an' if noun[:1].casefold() in 'aeiou' or noun.startswith('RV') else 'a'} {noun}"


def snake(text: str) -> str:
    """`Title status!` → title_status; empty where nothing is left. For names in documents."""
    words = "_".join(re.findall(r"[a-z0-9]+", text.casefold()))[:60].strip("_")
    return words if words[:1].isalpha() else ""


def slug(text: str) -> str:
    """`Pianos, autumn 2026` → pianos-autumn-2026, for an address and for files; empty where too little is left."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = "-".join(re.findall(r"[a-z0-9]+", ascii_text.casefold()))[:60].strip("-")
    if is_device(words):
        return f"{words}-event"
    return words if len(words) > 1 else ""


def clean(text: str, longest: int) -> str:
    """A seller's word as it can stand in a document and on one line of a screen."""
    shown = "".join(letter if letter.isprintable() else " " for letter in storable(text))
    return " ".join(shown.split())[:longest].strip()
