"""What the engine words stands in the buyer's language: reasons, chips, loosenings, questions, comparisons, costs, sources."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.domains.discovery import (
    asking,
    comparing,
    conversation,
    explaining,
    ownership,
    relaxing,
)
from backend.domains.discovery.explaining import Best
from backend.domains.discovery.gaining import Split
from backend.domains.discovery.model import Filter, Loosening, Signal, State
from backend.domains.discovery.origins import in_words, origin_of
from backend.domains.discovery.phrasing import LANGUAGES
from backend.domains.discovery.signal_chips import signal_chips
from backend.domains.discovery.wording import Words, chip_text, listed
from tests.rules.discovery.test_answering import DOCUMENT, SAID, WORDS, listing, scene
from tests.rules.discovery.test_asking import CARS, INDEX, VARIED, questioning, share
from tests.rules.discovery.test_comparing import ONE, OWNING, TWO
from tests.rules.discovery.test_comparing import shown as compared
from tests.rules.discovery.vocabularies import CAR_WORDS

BUDGET = Filter("price", "lte", 20_000)
HEAT = Filter("specs.heat_pump", "eq", True)
NBSP, THIN = "\u00a0", "\u202f"


def words(language: str) -> Words:
    return Words.of(DOCUMENT, CAR_WORDS, language)


def plain(text: str) -> str:
    """With ordinary spaces."""
    return text.replace(NBSP, " ").replace(THIN, " ")


def told(language: str, *filters: Filter) -> explaining.Scene:
    return replace(scene(*filters), words=words(language))


SENTENCES: dict[str, tuple[tuple[tuple[Filter, ...], dict[str, object], tuple[Best, ...], str], ...]] = {
    "en": (
        (SAID, {"color_exterior": "Red"}, (), "Fits your budget with $3,200 to spare, differs in exterior color (Red) and "
         "meets 2 of your 3 other wishes."),
        (SAID, {"mileage": None}, (), "Fits your budget with $3,200 to spare, does not state its mileage and meets 2 of your "
         "3 other wishes."),
        ((HEAT,), {}, (Best("price", 4),), "Has heat pump and has the lowest price of the 4 shown."),
        ((), {}, (), "Is one of 3 here: Long Range AWD."),
    ),
    "de": (
        (SAID, {"color_exterior": "Red"}, (), "Bleibt 3.200 $ unter Ihrem Budget, weicht bei Außenfarbe ab (Red) und erfüllt "
         "2 Ihrer 3 weiteren Wünsche."),
        (SAID, {"mileage": None}, (), "Bleibt 3.200 $ unter Ihrem Budget, macht keine Angabe zu Laufleistung und erfüllt 2 "
         "Ihrer 3 weiteren Wünsche."),
        ((HEAT,), {}, (Best("price", 4),), "Erfüllt Ihren Wunsch „Heat pump“ und hat den niedrigsten Preis der 4 gezeigten "
         "Treffer."),
        ((), {}, (), "Ist eines von 3 Angeboten hier: Long Range AWD."),
    ),
    "fr": (
        (SAID, {"color_exterior": "Red"}, (), "Reste 3 200 $US sous votre budget, diffère sur « couleur extérieure » (Red) et "
         "répond à 2 de vos 3 autres souhaits."),
        (SAID, {"mileage": None}, (), "Reste 3 200 $US sous votre budget, n'indique pas « kilométrage » et répond à 2 de vos 3 "
         "autres souhaits."),
        ((HEAT,), {}, (Best("price", 4),), "Répond à votre souhait « Heat pump » et a le prix le plus bas des 4 résultats "
         "affichés."),
        ((), {}, (), "Fait partie des 3 annonces ici : Long Range AWD."),
    ),
    "es": (
        (SAID, {"color_exterior": "Red"}, (), "Queda 3.200 US$ por debajo de su presupuesto, difiere en color exterior (Red) y "
         "cumple 2 de sus otros 3 deseos."),
        (SAID, {"mileage": None}, (), "Queda 3.200 US$ por debajo de su presupuesto, no indica kilometraje y cumple 2 de sus "
         "otros 3 deseos."),
        ((HEAT,), {}, (Best("price", 4),), "Cumple su deseo «Heat pump» y tiene el precio más bajo de los 4 resultados "
         "mostrados."),
        ((), {}, (), "Es uno de los 3 anuncios aquí: Long Range AWD."),
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentence_of_a_tile(language: str) -> None:
    for filters, values, best, said in SENTENCES[language]:
        assert plain(explaining.why(told(language, *filters), listing(**values), best)) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["$3,200 under your budget", "Lowest mileage of the 5 shown", "White, as you asked", "No accidents recorded"]),
        ("de", ["3.200 $ unter Ihrem Budget", "Niedrigste Laufleistung der 5 gezeigten Treffer", "White, wie gewünscht",
                "Ohne Accidents, laut Angebot"]),
        ("fr", ["3 200 $US sous votre budget", "Kilométrage le plus bas des 5 résultats affichés", "White, comme demandé",
                "Sans Accidents, selon l'annonce"]),
        ("es", ["3.200 US$ por debajo de su presupuesto", "Kilometraje más bajo de los 5 resultados mostrados",
                "White, como pidió", "Sin Accidents, según el anuncio"]),
    ],
)  # fmt: skip
def test_the_reasons_of_a_tile(language: str, said: list[str]) -> None:
    found = explaining.reasons(told(language, *SAID), listing(), (Best("mileage", 5),))
    assert [plain(reason) for reason in found] == said


@pytest.mark.parametrize(
    ("language", "only", "asked"),
    [
        ("en", "Only one in White", "Price on request"),
        ("de", "Nur einmal in White", "Preis auf Anfrage"),
        ("fr", "Exemplaire unique en White", "Prix sur demande"),
        ("es", "Único en White", "Precio a consultar"),
    ],
)
def test_the_badges_of_a_tile(language: str, only: str, asked: str) -> None:
    facets = tuple(replace(f, n=1) if f.value == "white" else f for f in CAR_WORDS.facets)
    rare = replace(told(language), vocabulary=replace(CAR_WORDS, facets=facets))
    found = explaining.badges(rare, listing(price_minor=None))
    assert {badge["text"] for badge in found} == {only, asked}


CHIPS = (
    Filter("price", "lte", 40_000), Filter("price", "between", [15_000, 22_000]), Filter("price", "eq", 35_000, "nice"),
    Filter("year", "gte", 2021), Filter("specs.range", "gte", 300), Filter("specs.battery_health", "gte", 90),
    Filter("specs.tow_hitch", "eq", False), HEAT, Filter("color_exterior", "in", ["White", "Orange"]),
    Filter("color_exterior", "not_in", ["Red", "Ivory"]),
    Filter("geo", "within", {"center": "Austin", "radius": 50, "unit": "mi"}),
)  # fmt: skip


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["Up to $40,000", "$15,000 to $22,000", "Around $35,000", "2021 or newer", "Range from 300 mi",
                "Battery health from 90%", "No tow hitch", "Heat pump", "White or Orange", "Not Red or Ivory",
                "Within 50 mi of Austin"]),
        ("de", ["Bis 40.000 $", "15.000 $ bis 22.000 $", "Etwa 35.000 $", "2021 oder neuer", "Range ab 300 mi",
                "Battery health ab 90 %", "Ohne Tow hitch", "Heat pump", "White oder Orange", "Alles außer Red und Ivory",
                "Im Umkreis von 50 mi um Austin"]),
        ("fr", ["Jusqu'à 40 000 $US", "De 15 000 $US à 22 000 $US", "Environ 35 000 $US", "2021 ou plus récent",
                "Range à partir de 300 mi", "Battery health à partir de 90 %", "Sans Tow hitch", "Heat pump",
                "White ou Orange", "Tout sauf Red et Ivory", "Austin, à 50 mi à la ronde"]),
        ("es", ["Hasta 40.000 US$", "De 15.000 US$ a 22.000 US$", "Alrededor de 35.000 US$", "2021 o más nuevo",
                "Range desde 300 mi", "Battery health desde 90 %", "Sin Tow hitch", "Heat pump", "White u Orange",
                "Todo menos Red e Ivory", "Hasta 50 mi alrededor de Austin"]),
    ],
)  # fmt: skip
def test_a_limit_as_a_chip(language: str, said: list[str]) -> None:
    assert [plain(chip_text(words(language), f)) for f in CHIPS] == said


SIGNALS = (
    Signal("USE_CASE", {"tags": ["family", "road_trip"]}),
    Signal("TIMELINE_URGENCY", {"level": "soon", "deadline": "2026-03-01"}),
    Signal("FINANCING_NEED", {"need": True, "monthly_max": 400}), Signal("FINANCING_NEED", {"need": False}),
    Signal("FEATURES", {"include": ["Heat pump", "leather"]}), Signal("GEO_RADIUS", {"center": "Austin"}),
    Signal("USE_CASE", {"tags": ["Hundesport"]}),
)  # fmt: skip


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["Use: family and road trip", "Timing: soon (Mar 1, 2026)", "Financing: up to $400 a month",
                "Financing: not needed", "Equipment: Heat pump and leather", "Near: Austin", "Use: Hundesport"]),
        ("de", ["Nutzung: Familie und lange Reisen", "Zeitrahmen: bald (01.03.2026)", "Finanzierung: bis 400 $ im Monat",
                "Finanzierung: nicht nötig", "Ausstattung: Heat pump und Leder", "Umgebung: Austin", "Nutzung: Hundesport"]),
        ("fr", ["Usage : famille et longs voyages", "Délai : bientôt (1 mars 2026)",
                "Financement : jusqu'à 400 $US par mois", "Financement : pas nécessaire", "Équipement : Heat pump et cuir",
                "Près de : Austin", "Usage : Hundesport"]),
        ("es", ["Uso: familia y viajes largos", "Plazo: pronto (1 mar 2026)", "Financiación: hasta 400 US$ al mes",
                "Financiación: no hace falta", "Equipamiento: Heat pump y cuero", "Cerca de: Austin", "Uso: Hundesport"]),
    ],
)  # fmt: skip
def test_a_soft_wish_as_a_chip(language: str, said: list[str]) -> None:
    made = [chip for signal in SIGNALS for chip in signal_chips(words(language), [signal], [])]
    assert [plain(chip.text) for chip in made] == said
    assert all(chip.text.startswith(chip.label) for chip in made)


@pytest.mark.parametrize(
    ("language", "alone", "both"),
    [
        ("en", "Without “Heat pump”", "Up to $24,000 and without “Heat pump”"),
        ("de", "Ohne die Vorgabe „Heat pump“", "Bis 24.000 $ und ohne die Vorgabe „Heat pump“"),
        ("fr", "Sans le critère « Heat pump »", "Jusqu'à 24 000 $US et sans le critère « Heat pump »"),
        ("es", "Sin el criterio «Heat pump»", "Hasta 24.000 US$ y sin el criterio «Heat pump»"),
    ],
)
def test_a_loosening(language: str, alone: str, both: str) -> None:
    one = Loosening(HEAT, None, 3)
    pair = Loosening(BUDGET, replace(BUDGET, value=24_000), 3, also=(one,))
    assert relaxing.text_of(words(language), one) == alone
    assert plain(relaxing.text_of(words(language), pair)) == both


@pytest.mark.parametrize(
    ("language", "which", "cost", "use"),
    [
        ("en", "Which exterior color do you have in mind: Black or White?",
         "What should it cost at most? These run from $20,000 to $35,000.", "What will you use it for?"),
        ("de", "Was schwebt Ihnen bei Außenfarbe vor: Black oder White?",
         "Wie viel darf es höchstens kosten? Das Angebot reicht von 20.000 $ bis 35.000 $.", "Wofür möchten Sie es nutzen?"),
        ("fr", "Pour « couleur extérieure », que préférez-vous : Black ou White ?",
         "Combien cela peut-il coûter au maximum ? L'offre va de 20 000 $US à 35 000 $US.", "Quel usage en ferez-vous ?"),
        ("es", "En cuanto a color exterior, ¿qué prefiere: Black o White?",
         "¿Cuánto puede costar como máximo? La oferta va de 20.000 US$ a 35.000 US$.", "¿Para qué lo va a usar?"),
    ],
)  # fmt: skip
def test_the_next_question(language: str, which: str, cost: str, use: str) -> None:
    def ask(document: dict[str, object], state: State, rows: list[dict[str, object]]) -> str:
        question = asking.next_question(words(language), document, state, share(rows), INDEX)
        assert question is not None
        return plain(question.text)

    assert ask(DOCUMENT, State(), CARS) == which
    in_order = questioning(strategy="in_order")
    assert ask(in_order, State(), VARIED) == use
    assert ask(in_order, State(asked=("USE_CASE",)), VARIED) == cost


def test_what_is_asked_for_does_not_depend_on_the_language() -> None:
    shown = asking.Shown(frozenset({"exterior color", "make"}), frozenset())
    for name in ("make", "specs.heat_pump", "price"):
        told_ = Split(name, 1.0, known=9)
        assert len({asking.readiness(words(language), shown, told_) for language in LANGUAGES}) == 1


@pytest.mark.parametrize(
    ("language", "summary", "same", "missing"),
    [
        ("en", "The 2022 Tesla Model 3 No. 1 is best in year (2022), mileage (18,200 mi) and range (330 mi). The 2022 Tesla "
         "Model 3 No. 2 is best in price ($34,000). 0 of 6 facts are the same. 1 value is not stated.",
         "All facts are the same.", "Not stated"),
        ("de", "2022 Tesla Model 3 No. 1 liegt vorn bei Jahr (2022), Laufleistung (18.200 mi) und Range (330 mi). 2022 Tesla "
         "Model 3 No. 2 liegt vorn bei Preis (34.000 $). 0 von 6 Angaben stimmen überein. 1 Angabe fehlt.",
         "Alle Angaben stimmen überein.", "Keine Angabe"),
        ("fr", "2022 Tesla Model 3 No. 1 l'emporte : année (2022), kilométrage (18 200 mi) et Range (330 mi). 2022 Tesla "
         "Model 3 No. 2 l'emporte : prix (34 000 $US). 0 information sur 6 est identique. 1 valeur n'est pas indiquée.",
         "Toutes les informations sont identiques.", "Non indiqué"),
        ("es", "2022 Tesla Model 3 No. 1 destaca en año (2022), kilometraje (18.200 mi) y Range (330 mi). 2022 Tesla Model 3 "
         "No. 2 destaca en precio (34.000 US$). 0 de 6 datos son iguales. Falta 1 dato.",
         "Todos los datos son iguales.", "No consta"),
    ],
)  # fmt: skip
def test_a_comparison(language: str, summary: str, same: str, missing: str) -> None:
    beside = replace(compared(), words=words(language))
    found = comparing.compare(beside, [ONE, TWO])
    assert plain(found.summary) == summary
    assert missing in [cell.text for row in found.rows for cell in row.cells]
    assert comparing.compare(beside, [ONE, listing(2)]).summary == same


@pytest.mark.parametrize(
    ("language", "labels"),
    [
        ("en", ["About per month", "Financing, 60 months at 6%", "Energy, 12,000 mi a year"]),
        ("de", ["Etwa pro Monat", "Finanzierung, 60 Monate zu 6 %", "Energie, 12.000 mi im Jahr"]),
        ("fr", ["Environ par mois", "Financement, 60 mois à 6 %", "Énergie, 12 000 mi par an"]),
        ("es", ["Al mes, aproximadamente", "Financiación, 60 meses al 6 %", "Energía, 12.000 mi al año"]),
    ],
)
def test_what_owning_costs(language: str, labels: list[str]) -> None:
    lines = ownership.costs(words(language), OWNING, 20_000, "USD")
    assert [plain(line["label"]) for line in lines] == labels


@pytest.mark.parametrize(
    ("language", "source"),
    [
        ("en", "row 1, column “Asking” of the seller's list, written “$36.8k”"),
        ("de", "Zeile 1, Spalte „Asking“ der Liste des Verkäufers, geschrieben „$36.8k“"),
        ("fr", "ligne 1, colonne « Asking » de la liste du vendeur, écrit « $36.8k »"),
        ("es", "fila 1, columna «Asking» de la lista del vendedor, escrito «$36.8k»"),
    ],
)
def test_where_a_fact_comes_from(language: str, source: str) -> None:
    one = listing(provenance={"columns": {"price": "Asking"}, "raw": {"price": "$36.8k"}})
    assert in_words(origin_of(one, "price"), language) == source


@pytest.mark.parametrize(
    ("language", "now", "removed", "closest"),
    [
        ("en", "Now: up to $9,000", "Without up to $20,000", "These are closest to the Golf, up to $20,000."),
        ("de", "Jetzt: „bis 9.000 $“", "Entfernt: „bis 20.000 $“", "Dies kommt „Golf“ am nächsten, bis 20.000 $."),
        ("fr", "Désormais : « jusqu'à 9 000 $US »", "Retiré : « jusqu'à 20 000 $US »",
         "Voici ce qui se rapproche le plus de « Golf », jusqu'à 20 000 $US."),
        ("es", "Ahora: «hasta 9.000 US$»", "Quitado: «hasta 20.000 US$»",
         "Esto es lo que más se parece a «Golf», hasta 20.000 US$."),
    ],
)  # fmt: skip
def test_what_a_hand_did_and_more_like_one(language: str, now: str, removed: str, closest: str) -> None:
    own = words(language)
    assert plain(conversation.filter_change(own, "value", BUDGET, replace(BUDGET, value=9_000))) == now
    assert plain(conversation.filter_change(own, "remove", BUDGET, None)) == removed
    assert plain(conversation.closest_to(own, "Golf", [BUDGET])) == closest


@pytest.mark.parametrize(("language", "counts"), [
    ("en", ("0 cars", "1 car", "2 cars")), ("de", ("0 Treffer", "1 Treffer", "2 Treffer")),
    ("fr", ("0 résultat", "1 résultat", "2 résultats")), ("es", ("0 resultados", "1 resultado", "2 resultados")),
])  # fmt: skip
def test_one_and_many(language: str, counts: tuple[str, ...]) -> None:
    assert tuple(words(language).count(n) for n in range(3)) == counts


def test_an_event_of_the_buyers_own_language_keeps_its_noun_and_its_figures() -> None:
    swiss = {
        **DOCUMENT,
        "locale": "de-CH",
        "currency": "CHF",
        "catalogue": {"noun": {"one": "Auto", "many": "Autos"}},
    }
    own, other = Words.of(swiss, CAR_WORDS, "de"), Words.of(swiss, CAR_WORDS, "en")
    assert (own.count(1_200), own.money(1_200)) == ("1’200 Autos", f"CHF{NBSP}1’200")
    assert other.count(2) == "2 matches"


def test_a_label_of_the_sellers_document_stays_as_it_is() -> None:
    document = {
        **DOCUMENT,
        "catalogue": {**DOCUMENT["catalogue"], "attributes": [{"name": "price", "label": "Price"}]},
    }
    assert Words.of(document, CAR_WORDS, "de").label("price") == "Price"
    assert words("de").label("price") == "Preis"
    assert words("de").label("specs.heat_pump") == words("fr").spoken_label("specs.heat_pump") == "Heat pump"
    assert words("fr").spoken_label("price") == "prix"
    assert WORDS.spoken_label("specs.heat_pump") == "heat pump"


@pytest.mark.parametrize(
    ("values", "last", "said"),
    [
        (["Blanco", "Oro"], "o", "Blanco u Oro"), (["Rojo", "Ivory"], "y", "Rojo e Ivory"),
        (["Agua", "Hielo"], "y", "Agua y Hielo"),
        (["7", "8"], "o", "7 u 8"), (["White", "Orange"], "or", "White or Orange"), (["A"], "o", "A"), ([], "y", ""),
    ],
)  # fmt: skip
def test_spanish_joins_words_by_their_sound(values: list[str], last: str, said: str) -> None:
    assert listed(values, last) == said
