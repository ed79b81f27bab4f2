"""Sentences about columns, in four languages: what is understood, what is asked back, what needs a second look."""

from __future__ import annotations

from typing import Any

import pytest

from backend.domains.blueprints.clarifying.changes import Clarified, spec_name
from backend.domains.blueprints.clarifying.columns import Columns, Known
from backend.domains.blueprints.clarifying.reading import clarified
from backend.domains.blueprints.model import Alternative, FieldProposal, Left

MEANINGS = {
    ("exterior colour", "exterior color", "außenfarbe", "couleur extérieure", "color exterior"): "color_exterior",
    ("mileage", "kilometerstand", "kilométrage", "kilometraje", "odometer"): "mileage",
    ("vin", "chassis number", "numéro de série", "fahrgestellnummer"): "identifier",
    ("price", "verkaufspreis", "prix de vente", "precio de venta"): "price",
    ("make", "marke", "marque", "marca"): "make",
    ("model", "modell"): "model",
    ("certified",): "specs.certified",
}  # fmt: skip
LEFT = {
    "where it is parked": Left.INTERNAL,
    "wo es steht": Left.INTERNAL,
    "our cost": Left.INTERNAL,
    "owner's name": Left.PERSONAL,
}
COLUMNS: tuple[tuple[str, tuple[str, ...], Left | None, tuple[str, ...]], ...] = (
    ("Stock #", ("external_id",), None, ("A-1",)),
    ("Ext. Color", ("specs.ext_color",), None, ("Red",)),
    ("KM", (), Left.UNUSED, ("12000",)),
    ("Price (net)", ("price",), None, ("12.500",)),
    ("Chassis", (), Left.UNUSED, ("WDB1",)),
    ("Lot", ("external_id",), None, ("R4",)),
    ("Zip", (), Left.UNUSED, ("10115",)),
    ("CPO", (), Left.UNUSED, ("yes", "no", "j")),
    ("Reserve", (), Left.INTERNAL, ("9000",)),
    ("Owner", (), Left.PERSONAL, ("R. Sample",)),
    ("K", ("specs.k",), None, ("1",)),
    ("Weight", ("specs.weight",), None, ("900",)),
)  # fmt: skip


def describe(one: Known, text: str) -> FieldProposal | None:
    """Stands for the engine that reads headers: knows some names by heart."""
    word = text.lower().strip()
    for names, target in MEANINGS.items():
        if word in names:
            return FieldProposal(one.key, (target,), 0.95)
    return FieldProposal(one.key, (), 0.9, LEFT[word]) if word in LEFT else None


def proposed(key: str, targets: tuple[str, ...], left: Left | None) -> FieldProposal:
    other = (Alternative(("specs.certified",), 0.3),) if key == "CPO" else ()
    return FieldProposal(key, targets, 0.6, left, alternatives=other)


@pytest.fixture
def columns() -> Columns:
    known = [
        Known("f1", key, at, proposed(key, targets, left), left, frozenset(values))
        for at, (key, targets, left, values) in enumerate(COLUMNS)
    ]
    return Columns(known, {"f1": {"currency": None, "mileage_unit": None}})


def understood(columns: Columns, text: str) -> dict[str, Any]:
    """Column → what is decided of it; nothing may be left over."""
    found = clarified(text, columns, describe)
    assert found.misread == (), found.misread
    return {change.field: brief(dict(change.after)) for change in found.changes}


def brief(after: dict[str, Any]) -> Any:
    if "left" in after:
        return after["left"]
    if "mapping" in after:
        return after["mapping"]
    return (after["targets"], after["column"]) if after["column"] else after["targets"]


LEAVE_ZIP = {"Zip": "unused"}
COLOUR = {"Ext. Color": ["color_exterior"]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("treat 'Ext. Color' as exterior colour", COLOUR),
        ("Please map Ext. Color to the exterior color.", COLOUR),
        ('"Ext. Color" should be color_exterior', COLOUR),
        ("Behandle „Ext. Color“ als Außenfarbe", COLOUR),
        ("traite «\u00a0Ext. Color\u00a0» comme couleur extérieure", COLOUR),
        ("Trata 'Ext. Color' como color exterior", COLOUR),
        ("'KM' is mileage in km", {"KM": (["mileage"], {"unit": "km"})}),
        ("KM ist der Kilometerstand in km", {"KM": (["mileage"], {"unit": "km"})}),
        ("KM est le kilométrage en km", {"KM": (["mileage"], {"unit": "km"})}),
        ("KM es el kilometraje en km", {"KM": (["mileage"], {"unit": "km"})}),
        ("column 5 is the VIN", {"Chassis": ["identifier"]}),
        ("Spalte E ist die Fahrgestellnummer", {"Chassis": ["identifier"]}),
        ("la colonne 5 est le numéro de série", {"Chassis": ["identifier"]}),
        ("'Chassis' = VIN", {"Chassis": ["identifier"]}),
        ("Chassis means hull tag", {"Chassis": ["specs.hull_tag"]}),
        ("map Chassis to make and model", {"Chassis": ["make", "model"]}),
        ("ignore column K", {"K": "unused"}),
        ("ignore column 7", LEAVE_ZIP),
        ("leave out Zip", LEAVE_ZIP),
        ("leave the Zip column out", LEAVE_ZIP),
        ("don't import Zip", LEAVE_ZIP),
        ("Zip can be ignored", LEAVE_ZIP),
        ("Zip bitte weglassen", LEAVE_ZIP),
        ("lass Zip weg", LEAVE_ZIP),
        ("ignorez Zip", LEAVE_ZIP),
        ("laisse Zip de côté", LEAVE_ZIP),
        ("ne publiez pas Zip", LEAVE_ZIP),
        ("deja fuera Zip", LEAVE_ZIP),
        ("no publiques Zip", LEAVE_ZIP),
        ("ignore Zip, KM and 'Chassis'", {"Zip": "unused", "KM": "unused", "Chassis": "unused"}),
        ("'Lot' is where it is parked, leave it out", {"Lot": "internal"}),
        ("Lot ist wo es steht, lass es weg", {"Lot": "internal"}),
        ("Zip is internal", {"Zip": "internal"}),
        ("Weight is in kg", {"Weight": (["specs.weight"], {"unit": "kg"})}),
        ("Price (net) is in US dollars", {"Price (net)": (["price"], {"currency": "USD"})}),
        ("prices are in euros", {"": {"currency": "EUR"}}),
        ("All prices are in Swiss francs.", {"": {"currency": "CHF"}}),
        ("the currency is GBP", {"": {"currency": "GBP"}}),
        ("Preise sind in Euro", {"": {"currency": "EUR"}}),
        ("les prix sont en euros", {"": {"currency": "EUR"}}),
        ("los precios están en dólares", {"": {"currency": "USD"}}),
        ("dates are day first", {"": {"dates": "dmy"}}),
        ("Dates are in American format", {"": {"dates": "mdy"}}),
        ("Datumsangaben sind Tag zuerst", {"": {"dates": "dmy"}}),
        ("les dates sont jour d'abord", {"": {"dates": "dmy"}}),
        ("las fechas son día primero", {"": {"dates": "dmy"}}),
        ("the decimal mark is a comma", {"": {"decimal": ","}}),
        ("mileage is in miles", {"": {"mileage_unit": "mi"}}),
        ("yes means certified", {"CPO": (["specs.certified"], {"type": "boolean"})}),
        ("in CPO, j means yes", {"CPO": ([], {"yes": ["j"]})}),
        ("prices are in euros, dates are day first and ignore Zip", {"": {"currency": "EUR", "dates": "dmy"}, "Zip": "unused"}),
        ("'KM' is mileage; it is in km", {"KM": (["mileage"], {"unit": "km"})}),
        ("treat 'Ext. Color' as exterior colour and leave out Zip. Chassis is the VIN!",
         {"Ext. Color": ["color_exterior"], "Zip": "unused", "Chassis": ["identifier"]}),
    ],
)  # fmt: skip
def test_a_sentence_becomes_typed_changes(columns: Columns, text: str, expected: dict[str, Any]) -> None:
    assert understood(columns, text) == expected


def test_what_was_kept_back_is_published_only_after_a_second_look(columns: Columns) -> None:
    for text in ("publish the Reserve anyway", "Reserve trotzdem veröffentlichen", "affiche Reserve quand même",
                 "publica Reserve de todos modos", "treat Reserve as reserve amount"):  # fmt: skip
        found = clarified(text, columns, describe)
        (change,) = found.changes
        assert change.needs_confirmation, text
        assert change.after["targets"][0].startswith("specs.reserve"), text
        assert "kept back as internal" in change.text
    (price,) = clarified("publish Reserve as price", columns, describe).changes
    assert (price.after["targets"], price.needs_confirmation) == (["price"], True)
    (plain,) = clarified("show 'Ext. Color'", columns, describe).changes
    assert not plain.needs_confirmation


def test_before_and_after_are_shown_in_words(columns: Columns) -> None:
    found = clarified("'KM' is mileage in km; leave out Zip", columns, describe)
    assert found.understood == "“KM” becomes the mileage in km. “Zip” is left out."
    assert found.changes[0].before == {"targets": [], "left": "unused", "unit": None}
    assert found.changes[0].to_json()["file_id"] == "f1"


def test_what_is_not_understood_offers_what_is_nearest(columns: Columns) -> None:
    found = clarified("treat 'Ext Colr' as exterior colour", columns, describe)
    assert found.misread == () or found.misread[0].columns[0] == "Ext. Color"
    found = clarified("the weather is nice and ignore Zip", columns, describe)
    assert [change.field for change in found.changes] == ["Zip"]
    assert found.misread[0].part == "the weather is nice"
    found = clarified("make Wieght the heaviest milage of all", columns, describe)
    assert "Weight" in found.misread[0].columns
    assert found.misread[0].to_json()["code"] == "blueprints.not_understood"


def test_a_value_of_several_columns_asks_which(columns: Columns) -> None:
    more = Known(
        "f1",
        "Clean title",
        12,
        FieldProposal("Clean title", ("specs.clean",), 0.6),
        None,
        frozenset({"yes", "no"}),
    )
    found = clarified("yes means sunroof", Columns([*columns.all, more], columns.files), describe)
    assert found.changes == ()
    assert (found.misread[0].reason, found.misread[0].columns) == ("which_column", ("CPO", "Clean title"))


def test_a_column_of_two_files_is_clarified_in_both(columns: Columns) -> None:
    twin = Known("f2", "zip", 0, FieldProposal("zip", (), 0.5, Left.UNUSED))
    both = Columns([*columns.all, twin], {**columns.files, "f2": {}})
    assert [(c.file_id, c.field) for c in clarified("leave out zip", both, describe).changes] == [
        ("f1", "Zip"),
        ("f2", "zip"),
    ]


@pytest.mark.parametrize(
    "text", ["", "   ", "‹0›", "'", "ignore", "ignore '‹99›'", "is is is", "a" * 2000, "\n;;;..", "= = ="]
)
def test_nothing_anybody_writes_breaks_it(columns: Columns, text: str) -> None:
    assert isinstance(clarified(text, columns, describe), Clarified)


def test_names_of_attributes_are_names() -> None:
    assert [spec_name(text) for text in ("Hull colour", "2nd owner?", "Länge (m)")] == [
        "specs.hull_colour", "specs.c_2nd_owner", "specs.lange_m",
    ]  # fmt: skip
