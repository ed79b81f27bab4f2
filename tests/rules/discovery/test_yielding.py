"""Words that give up a limit of absence, whether the event knows the thing or only its absence; in four languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.domains.catalogue.model import Vocabulary
from backend.domains.discovery.model import Filter, State, Understanding
from tests.rules.discovery.test_understanding import read
from tests.rules.discovery.vocabularies import CAR_STATS, CAR_VALUES, CAR_WORDS, CARS, vocabulary

ABSENCES = vocabulary(
    (
        *(row for row in CARS if row[0] != "specs.accidents"),
        ("specs.accident_free", "boolean", "No accidents", None),
        ("specs.smoke_free", "boolean", "No smoking", None),
    ),
    CAR_VALUES,
    CAR_STATS,
    number=9,
)
COUNTED = Filter("specs.accidents", "eq", 0, default=True)
ABSENT = Filter("specs.accident_free", "eq", True, default=True)
KINDS = [(CAR_WORDS, COUNTED), (ABSENCES, ABSENT), (ABSENCES, COUNTED)]


def heard(message: str, words: Vocabulary, limit: Filter) -> Understanding:
    return read(message, vocabulary=words, state=State(filters=(limit,)))


@pytest.mark.parametrize(
    "message",
    [
        "I don't care about accidents",
        "accidents are fine",
        "accidents don't matter",
        "forget the accidents",
        "I don't mind an accident",
        "Previous accidents are okay.",
        "accidents, I don't mind",
        "Unfälle sind mir egal",
        "Unfälle sind kein Problem",
        "ein Unfall macht nichts",
        "Unfälle stören mich nicht",
        "les accidents ne me dérangent pas",
        "peu importe les accidents",
        "les accidents, ce n'est pas grave",
        "no me importan los accidentes",
        "los accidentes están bien",
        "los accidentes no son un problema",
    ],
)
@pytest.mark.parametrize(("words", "limit"), KINDS)
@pytest.mark.parametrize("is_default", [True, False])
def test_what_is_let_in_is_no_longer_kept_out(
    message: str, words: Vocabulary, limit: Filter, is_default: bool
) -> None:
    limit = replace(limit, default=is_default)
    found = heard(message, words, limit)
    assert (found.removed, found.filters, found.signals) == ((limit,), (), ())


@pytest.mark.parametrize(
    "message",
    [
        "no accidents is fine",
        "are accidents fine?",
        "how many accidents are ok?",
        "accidents are not fine",
        "I am not okay with accidents",
        "no accidents, the color doesn't matter",
        "white is fine, no accidents",
        "keine Unfälle, Farbe egal",
        "sans accident, peu importe la couleur",
        "sin accidentes, el color da igual",
        "los accidentes no están bien",
    ],
)
@pytest.mark.parametrize(("words", "limit"), KINDS)
def test_who_names_it_otherwise_keeps_the_limit(message: str, words: Vocabulary, limit: Filter) -> None:
    found = heard(message, words, limit)
    assert not found.removed
    assert found.filters


def test_it_holds_for_any_absence_and_lets_the_rest_of_the_message_stand() -> None:
    smoke = Filter("specs.smoke_free", "eq", True, turn=1)
    assert heard("smoking is fine", ABSENCES, smoke).removed == (smoke,)
    without = Filter("specs.heat_pump", "eq", False, turn=1)
    assert heard("a heat pump is fine", CAR_WORDS, without).filters == ()
    both = heard("accidents are fine, but it must be white", ABSENCES, ABSENT)
    assert [f.field for f in both.filters] == ["color_exterior"]


def test_where_nothing_is_kept_out_nothing_changes() -> None:
    assert heard("accidents are fine", CAR_WORDS, Filter("price", "lte", 9, turn=1)).removed == ()
    wanted = Filter("specs.heat_pump", "eq", True, turn=1)
    assert heard("a heat pump is fine", CAR_WORDS, wanted).removed == ()
