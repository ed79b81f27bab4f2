"""In what mood a part of a message is, in four languages; and the forms of verbs that are looked up for it."""

from __future__ import annotations

import pytest

from backend.domains.discovery.folding import words
from backend.domains.discovery.inflecting import forms_of
from backend.domains.discovery.marking import Reading
from backend.domains.discovery.moods import (
    ASK,
    MAY,
    MUST,
    OFFER,
    ORDER,
    SAY,
    SEE,
    WANT,
    WILL,
    mood_of,
)
from backend.domains.discovery.requesting import lexicon


def _mood(text: str) -> str:
    read = Reading(text, words(text), lexicon())
    return mood_of(read, 0, len(read.words)).name


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("Delete the listing", ORDER),
        ("Please just set it to 5", ORDER),
        ("Would you mind shaving a bit off", ORDER),
        ("I need you to publish the draft", ORDER),
        ("Don't let others see it", ORDER),
        ("Could the photos be taken off, please", ORDER),
        ("Bitte die Uhr zurücklegen", ORDER),
        ("Kannst du den Preis ändern", ORDER),
        ("Peux-tu supprimer la photo", ORDER),
        ("Quiero que borres la foto", ORDER),
        ("The price has to be lowered", MUST),
        ("It would be great if the boat cost less", MUST),
        ("I want the sign taken down", MUST),
        ("Der Preis muss runter", MUST),
        ("Il faut supprimer l'annonce", MUST),
        ("Que el velero cueste menos", MUST),
        ("Show me wagons", SEE),
        ("Can you compare the two", SEE),
        ("Zeig mir Kombis", SEE),
        ("What does it cost", ASK),
        ("Was the price dropped recently", ASK),
        ("Wie lange kann man reservieren", ASK),
        ("¿Qué motos hay", ASK),
        ("Can I reserve it", MAY),
        ("Puis-je le réserver", MAY),
        ("Can you deliver to Ohio", OFFER),
        ("I want to reserve it", WILL),
        ("I'd like a wagon", WANT),
        ("Ich suche einen Kombi", SAY),
        ("We're a family of five", SAY),
    ],
)
def test_a_part_has_a_mood(text: str, mood: str) -> None:
    assert _mood(text) == mood


@pytest.mark.parametrize(
    ("phrase", "language", "others"),
    [
        ("delete~", "en", {"deletes", "deleting", "deleted"}),
        ("drop~", "en", {"drops", "dropped", "dropping"}),
        ("modify~", "en", {"modifies", "modified", "modifying"}),
        ("take_down~", "en", {"takes_down", "took_down", "taken_down", "taking_down"}),
        ("put~", "en", {"puts", "putting", "put"}),
    ],
)
def test_the_forms_of_an_english_verb(phrase: str, language: str, others: set[str]) -> None:
    made = list(forms_of(phrase, language, {}))
    assert made[0] == ("", phrase.rstrip("~"))
    assert others <= {form for name, form in made if name == "+"}


def test_the_forms_of_a_stem_are_its_endings() -> None:
    assert [form for _, form in forms_of("setz~", "de", {"de": "- e t"})] == ["setz", "setze", "setzt"]
    assert [form for _, form in forms_of("heb~_auf", "de", {"de": "- e"})] == ["heb_auf", "hebe_auf"]
    assert list(forms_of("dame!~", "es", {})) == [("", "dame")]
    assert list(forms_of("as_is", "en", {})) == [("", "as_is")]
