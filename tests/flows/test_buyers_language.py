"""A whole conversation stays in the buyer's language: not a word of the product's English in anything a screen shows."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest

from backend.domains.discovery import phrasing
from backend.flows import storefront
from tests.flows.conftest import SLUG, House

TALKS: Final = {
    "de": (
        "Guten Tag, ich suche ein Model 3 bis 40.000 $, weiß oder grau, unfallfrei",
        "gern mit Wärmepumpe, für die Familie, bis Ende März",
        "Wie groß ist die Reichweite?",
        "Welches ist das günstigste?",
        "Wie viele gibt es in weiß?",
        "Warum zeigen Sie mir das erste?",
        "Wie hoch ist die Anzahlung?",
        "Vergleichen Sie bitte die ersten zwei",
        "Mehr wie das erste",
        "Reservieren Sie bitte das erste",
        "unter 900 $",
        "Heat pump",
        "Ich möchte mit einem Menschen sprechen",
        "Danke",
    ),
    "fr": (
        "Bonjour, je cherche une Model 3 jusqu'à 40 000 $, blanche ou grise, sans accident",
        "de préférence avec pompe à chaleur, pour la famille, avant fin mars",
        "Quelle est l'autonomie ?",
        "Laquelle est la moins chère ?",
        "Pourquoi montrez-vous la première ?",
        "Que recommandez-vous ?",
        "Comparez les deux premières",
        "Réservez la première, s'il vous plaît",
        "moins de 900 $",
        "Heat pump",
        "Je voudrais parler à une personne",
        "Merci",
    ),
    "es": (
        "Hola, busco un Model 3 hasta 40.000 $, blanco o gris, sin accidentes",
        "si es posible con bomba de calor, para la familia",
        "¿Qué autonomía tiene?",
        "¿Cuál es el más barato?",
        "¿Qué colores hay?",
        "¿Qué recomienda?",
        "Compare los dos primeros",
        "Reserve el primero, por favor",
        "menos de 900 $",
        "Heat pump",
        "Quiero hablar con una persona",
        "Gracias",
    ),
}
_FOLDER: Final = Path(phrasing.__file__).parent
#: Parts of an answer that are no words of the product: values, addresses, codes, and the buyer's own words.
_CODE_NAMES: Final = """value change changed id chip_id field op group kind type event events media url listing_id title state
held_until currency verb tool trigger action urgency unavailable arguments terms confirmation until stance language signals
actions created_at message request place"""
_CODES: Final = frozenset(_CODE_NAMES.split())
_QUOTED: Final = re.compile(r"„[^“]*“|«[^»]*»|“[^”]*”")
_WORD: Final = re.compile(r"[^\W\d_]+")


def own_words(language: str) -> set[str]:
    """Every word of the product's phrases in a language."""
    said = [*phrasing.told(language).values()]
    said += [text for texts in phrasing.templates(language).values() for text in texts]
    for name in ("acting", "taken"):
        said += texts_of(tomllib.loads((_FOLDER / f"{name}.toml").read_text("utf-8"))[language])
    return words_of(re.sub(r"%\(\w+\)s|\{\w+\}", " ", " ".join(said)))


def words_of(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}


def texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            if not (key in _CODES or (key == "source" and "chip" in str(value.get("id", "chip")))):
                yield from texts_of(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts_of(one)


def sellers_words(house: House, answer: dict[str, Any]) -> set[str]:
    """What the seller wrote: titles, names of attributes, values of those shown, and all of the document."""
    bundle = house.runtime.bundles.current(SLUG)
    told = {word for text in texts_of(dict(bundle.document["catalogue"])) for word in words_of(text)}
    return told.union(*(words_of(tile["title"]) for tile in answer["tiles"]))


def english_in(house: House, answer: dict[str, Any], language: str) -> set[str]:
    """Words of the product's English in what a screen shows, that are none of the language's nor the seller's."""
    foreign = own_words("en") - own_words(language) - sellers_words(house, answer)
    shown = " ".join(_QUOTED.sub(" ", text) for text in texts_of(answer))
    return words_of(shown) & foreign


async def test_english_is_found_where_it_is(house: House) -> None:
    buyer, _ = await house.start()
    answer = await house.say(buyer, "Model 3 under 40k, white or grey, no accidents")
    assert {"budget", "your"} & english_in(house, answer, "de")


@pytest.mark.parametrize("language", TALKS)
async def test_a_conversation_has_no_english_sentence(house: House, language: str) -> None:
    buyer, _ = await house.start()
    for message in TALKS[language]:
        answer = await house.say(buyer, message)
        assert answer["language"] == language, message
        assert english_in(house, answer, language) == set(), message
    assert answer["tiles"]


@pytest.mark.parametrize("language", TALKS)
async def test_what_is_looked_at_beside_it_has_none_either(house: House, language: str) -> None:
    buyer, _ = await house.start()
    said = await house.say(buyer, TALKS[language][0])
    ids = [tile["listing_id"] for tile in said["tiles"][:3]]
    seen = {
        "tiles": said["tiles"],
        "table": await storefront.compare(house.runtime, buyer, listing_ids=ids),
        "alike": await storefront.similar(house.runtime, buyer, listing_id=ids[0], than=["cheaper"]),
        "listing": await storefront.listing(house.runtime, buyer, listing_id=ids[0]),
    }
    seen["listing"] = {**seen["listing"], "description": "", "groups": _headed(seen["listing"])}
    assert english_in(house, seen, language) == set()
    chip = next(chip for chip in said["chips"] if not chip["default"])
    changed = await storefront.change_chip(
        house.runtime, buyer, chip_id=chip["id"], change="remove", value=None, key=str(uuid4())
    )
    assert changed["language"] == language
    assert english_in(house, changed, language) == set()
    again = await storefront.resume(house.runtime, buyer)
    screen = {name: again[name] for name in ("tiles", "chips", "note")}
    assert english_in(house, screen, language) == set()


def _headed(listing: dict[str, Any]) -> list[dict[str, Any]]:
    """Groups with their headings and where each fact is from; names and values of facts may be the seller's."""
    return [
        {"heading": group["title"], "from": [fact["source"] for fact in group["facts"]]}
        for group in listing["groups"]
    ]


async def test_a_break_is_announced_in_the_language_of_the_conversation(house: House) -> None:
    buyer, _ = await house.start()
    await house.say(buyer, TALKS["de"][0])
    await house.publish(safety={"ai_off": True})
    rested = await house.say(buyer, "weiß, bitte")
    assert rested["reply"] == phrasing.phrase("de", "resting")
    assert rested["language"] == "de"
