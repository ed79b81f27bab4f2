"""A yes or a no that is the whole message, in four languages; anything more is none."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domains.discovery import assenting
from backend.domains.discovery.assenting import word_of

SAID = {
    "yes": [
        *(
            "yes",
            "Yes please, do it!",
            "ok",
            "OK.",
            "Sure, go ahead",
            "yes, I confirm",
            "approved",
            "no problem",
        ),
        *("ja", "Ja, bitte.", "gern", "Na klar, machen Sie das!", "von mir aus", "ich bestätige"),
        *("oui", "Oui, s’il vous plaît", "d'accord", "vas-y", "Bien sûr, allez-y !", "je confirme"),
        *("sí", "si", "Sí, por favor", "vale", "claro que sí, hazlo", "de acuerdo, gracias"),
    ],
    "no": [
        *(
            "no",
            "No thanks",
            "not now",
            "leave it",
            "ok, never mind",
            "I changed my mind",
            "cancel it please",
        ),
        *("nein", "Nein, danke.", "lieber nicht", "lass es so", "na gut, vergessen Sie es", "noch nicht"),
        *("non", "Non merci", "pas maintenant", "laissez tomber", "j'ai changé d’avis", "finalement non"),
        *("no, gracias", "ahora no", "déjalo", "mejor no", "olvídalo, gracias", "todavía no"),
    ],
    "": [
        *(
            "",
            "?",
            "please",
            "yes?",
            "yes, the red one",
            "no accidents",
            "ok under 30k",
            "the second one",
            "thanks",
        ),
        *("ja, aber günstiger", "nein, der zweite", "keine Unfälle", "gern in Weiß"),
        *("oui mais moins cher", "pas de rouge", "sí, el segundo", "no tan caro"),
        *("yes " * 13, "hold it", "ok compare them"),
    ],
}


@pytest.mark.parametrize(("said", "message"), [(said, m) for said, many in SAID.items() for m in many])
def test_a_bare_yes_or_no_is_heard(said: str, message: str) -> None:
    assert word_of(message) == said


@given(st.text(max_size=80))
def test_any_text_is_read(message: str) -> None:
    assert word_of(message) in ("yes", "no", "")


def test_every_phrase_of_a_language_says_what_it_stands_under() -> None:
    for language, lists in tomllib.loads(assenting._FILE.read_text("utf-8")).items():
        assert set(lists) == {"yes", "no", "beside"}, language
        for kind, phrases in lists.items():
            assert {word_of(p) for p in phrases} <= {kind.removeprefix("beside")}, (language, kind)
