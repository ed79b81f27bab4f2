"""What columns become: own lists of several goods and languages, none of which the lexicon was written for."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.adapters.embeddings import LocalEmbedder
from backend.domains.blueprints.induction import FileFacts, propose_fields, propose_sheet
from backend.domains.blueprints.model import FieldProposal, Left, Remembered, SheetProposal
from backend.domains.catalogue import service as catalogue

TELESCOPES = """Scope ID,Brand,Type,Aperture (mm),Focal Length [mm],Mfg Yr,Goto?,Sticker,What We Paid,Vendor Mobile,Located
TS-01,Corvus,Refractor,102,714,2018,Y,"$1,450","$900",(555) 010-2201,"Tucson, AZ"
TS-02,Corvus,Dobsonian,254,1200,2015,N,"$1,120","$640",(555) 010-2202,"Boise, ID"
TS-03,Lyra,Refractor,120,900,2020,Y,"$2,380","$1,500",(555) 010-2203,"Reno, NV"
TS-04,Lyra,Cassegrain,203,2032,2012,Y,call,"$700",(555) 010-2204,"Tucson, AZ"
TS-05,Altair,Dobsonian,305,1525,2019,N,"$1,990","$1,200",(555) 010-2205,"Boise, ID"
TS-06,Altair,Refractor,80,480,2021,N,"$890","$500",(555) 010-2206,"Reno, NV"
TS-07,Corvus,Cassegrain,150,1500,2016,Y,"$1,310","$880",(555) 010-2207,"Tucson, AZ"
TS-08,Lyra,Refractor,90,600,2022,N,"$760","$430",(555) 010-2208,"Reno, NV"
"""
FAHRRAEDER = """Nr.;Rahmennr.;Marke;Modell;Rahmenhöhe (cm);Gewicht;Erstzulassung;Licht;VK;Händler-EK;Zustand;Filiale
1;WTU123A456;Kettwald;Trail 5;52;12,4 kg;03.2021;ja;1.899,00 €;1.240,00 €;gut;Ulm
2;WTU123A457;Kettwald;Trail 7;56;11,9 kg;11.2020;nein;2.349,50 €;1.600,00 €;sehr gut;Köln
3;WTU123A458;Bergfink;City;50;15,2 kg;07.2022;ja;VB;780,00 €;gut;Ulm
4;WTU123A459;Bergfink;Cargo XL;54;28,0 kg;01.2019;ja;3.990,00 €;2.900,00 €;gebraucht;Köln
5;WTU123A460;Kettwald;Trail 5;54;12,4 kg;05.2021;nein;1.799,00 €;1.190,00 €;gut;Ulm
6;WTU123A461;Bergfink;City;48;15,0 kg;09.2023;ja;1.150,00 €;800,00 €;neu;Köln
7;WTU123A462;Kettwald;Trail 9;58;11,2 kg;02.2024;nein;4.290,00 €;3.000,00 €;neu;Ulm
8;WTU123A463;Bergfink;Cargo XL;52;28,4 kg;10.2018;ja;3.490,00 €;2.500,00 €;gut;Köln
"""


@cache
def embedder() -> LocalEmbedder:
    return LocalEmbedder()


def sheet(text: str, tmp_path: Path, **known: object) -> SheetProposal:
    file = tmp_path / "stock list.csv"
    file.write_text(text, "utf-8")
    return propose_sheet(catalogue.survey(file), embedder=embedder(), file=file.name, **known)  # type: ignore[arg-type]


def fields_of(text: str, *, kind: str = "sheet") -> dict[str, FieldProposal]:
    header, *rows = list(csv.reader(io.StringIO(text)))
    columns = catalogue.profile_records(header, rows)
    facts = FileFacts(kind, rows=rows)  # type: ignore[arg-type]
    return {f.key: f for f in propose_fields(columns, facts=facts, embedder=embedder())}


def test_goods_nobody_thought_of(tmp_path: Path) -> None:
    found = sheet(TELESCOPES, tmp_path)
    targets = {f.key: f.targets for f in found.fields}
    assert targets["Scope ID"] == ("external_id",)
    assert targets["Brand"] == ("make",)
    assert targets["Mfg Yr"] == ("year",)
    assert targets["Sticker"] == ("price",)
    assert targets["Located"] == ("location_city", "location_region")
    assert targets["Aperture (mm)"][0].startswith("specs.")
    by_key = {f.key: f for f in found.fields}
    assert (by_key["Aperture (mm)"].unit, by_key["Aperture (mm)"].type) == ("mm", "integer")
    assert by_key["Goto?"].type == "boolean"
    assert found.currency == "USD"
    assert {f.key: f.left for f in found.fields if f.left} == {
        "What We Paid": Left.INTERNAL, "Vendor Mobile": Left.PERSONAL,
    }  # fmt: skip


def test_a_german_list_is_read_as_it_is_written(tmp_path: Path) -> None:
    found = sheet(FAHRRAEDER, tmp_path)
    by_key = {f.key: f for f in found.fields}
    assert (found.language, found.currency) == ("de", "EUR")
    assert found.mapping["file"]["decimal"] == ","
    assert by_key["VK"].targets == ("price",)
    assert by_key["Händler-EK"].left is Left.INTERNAL
    assert by_key["Rahmennr."].targets == ("identifier",)
    assert by_key["Filiale"].targets == ("location_city",)
    assert by_key["Erstzulassung"].type == "date"
    assert by_key["Gewicht"].unit == "kg"
    rows = catalogue.preview_rows(tmp_path / "stock list.csv", found.mapping)
    weight, first = by_key["Gewicht"].targets[0], by_key["Erstzulassung"].targets[0]
    assert [row.values.get("price") for row in rows[:3]] == [1899, 2349.5, None]
    assert (rows[0].values[weight], rows[0].values[first]) == (12.4, "2021-03")


def test_the_mapping_is_complete_and_reads_the_file(tmp_path: Path) -> None:
    found = sheet(TELESCOPES, tmp_path)
    mapping = catalogue.mapping_of(found.mapping)
    assert not mapping.strict
    rows = catalogue.preview_rows(tmp_path / "stock list.csv", mapping)
    assert len(rows) == found.row_count == 8
    assert rows[0].values["location_region"] == "AZ"
    assert "price" not in rows[3].values  # “call” is no price


def test_each_target_is_taken_once(tmp_path: Path) -> None:
    text = "Ref,Price,List Price,Asking Price,Model,Model\n" + "".join(
        f"R{n},{n}00,{n}50,{n}70,A,B{n}\n" for n in range(1, 12)
    )
    targets = [t for f in sheet(text, tmp_path).fields for t in f.targets]
    assert len(targets) == len(set(targets))


@pytest.mark.parametrize(
    "header",
    ["Cost", "Dealer cost", "EK", "Einkaufspreis netto", "Prix d'achat HT", "Precio de coste", "Prezzo d'acquisto", "Inkoop",
     "Custo", "Wholesale $", "Margin %", "Marge", "Reserve price", "Mindestpreis", "Internal remarks", "Notes (internal)",
     "Provision", "Commissione", "Lockbox code", "Prix de réserve", "Lagerplatz", "Our margin", "Salesperson"],
)  # fmt: skip
def test_what_is_for_the_house_stays_inside(header: str) -> None:
    text = f"Ref,Make,Price,{header}\n" + "".join(f"A{n},Corvus,{n}000,{n}10\n" for n in range(1, 15))
    assert fields_of(text)[header].left is Left.INTERNAL


@pytest.mark.parametrize(
    ("header", "cells"),
    [("Contact", "owner{n}@example.com"), ("Col 7", "owner{n}@example.com"), ("Besitzer", "Familie Kern"),
     ("Tel", "+1 555 010 22{n:02d}"), ("x", "(555) 010-22{n:02d}"), ("Propriétaire", "Mme Roux"), ("Propietario", "A. Serra")],
)  # fmt: skip
def test_people_stay_out_by_name_or_by_cells(header: str, cells: str) -> None:
    text = f"Ref,Make,Price,{header}\n" + "".join(
        f"A{n},Corvus,{n}000,{cells.format(n=n)}\n" for n in range(1, 15)
    )
    assert fields_of(text)[header].left is Left.PERSONAL


def test_amounts_below_the_price_in_every_row_are_held_back() -> None:
    rows = "".join(f'A{n},Corvus,"${n},900","${n},{300 + 7 * n}"\n' for n in range(1, 30))
    found = fields_of(f"Ref,Make,Price,Zeta\n{rows}")["Zeta"]
    assert found.left is Left.INTERNAL
    assert any(e.kind == "neighbors" and "Price" in e.text for e in found.evidence)
    above = "".join(f'A{n},Corvus,"${n},300","${n},{500 + 7 * n}"\n' for n in range(1, 30))
    assert fields_of(f"Ref,Make,Price,Zeta\n{above}")["Zeta"].left is None


def test_empty_doubled_and_counting_columns_are_left_out() -> None:
    rows = "".join(f"{n},R-{n * 7},Corvus,,R-{n * 7}\n" for n in range(1, 20))
    found = fields_of(f"#,Ref,Make,Extra,Ref again\n{rows}")
    assert [found[key].left for key in ("#", "Extra", "Ref again")] == [
        Left.COUNTER,
        Left.EMPTY,
        Left.DUPLICATE,
    ]
    assert found["Ref"].targets == ("external_id",)


def test_what_a_seller_confirmed_wins() -> None:
    known = [
        Remembered("scope id", ("identifier",), said="it is the serial"),
        Remembered("located", (), left=Left.INTERNAL),
    ]
    columns = catalogue.profile_records(*_table(TELESCOPES))
    found = {
        f.key: f for f in propose_fields(columns, facts=FileFacts(), embedder=embedder(), remembered=known)
    }
    assert found["Scope ID"].targets == ("identifier",)
    assert found["Scope ID"].confidence > 0.98
    assert "it is the serial" in found["Scope ID"].evidence[0].text
    assert found["Located"].left is Left.INTERNAL


def test_memory_never_brings_out_what_the_cells_say_is_private() -> None:
    known = [Remembered("name", ("title",)), Remembered("contact", ("seller",))]
    keys = ["Ref", "Owner / Name", "Boat / Name", "Contact"]
    rows = [[f"R{n}", "Familie Kern", f"Dorado {n}", f"own{n}@example.com"] for n in range(1, 20)]
    plain = catalogue.profile_records(keys, rows)
    grouped = [
        replace(c, header=c.key.rsplit(" / ", 1)[-1], group=c.key.rsplit(" / ", 1)[0] if "/" in c.key else "")
        for c in plain
    ]
    found = {
        f.key: f
        for f in propose_fields(grouped, facts=FileFacts(rows=rows), embedder=embedder(), remembered=known)
    }
    assert found["Owner / Name"].left is Left.PERSONAL
    assert found["Contact"].left is Left.PERSONAL
    assert found["Boat / Name"].targets == ("title",)


def test_a_double_of_what_is_private_is_private() -> None:
    rows = "".join(f"R-{n},Corvus,(555) 010-22{n:02d},(555) 010-22{n:02d}\n" for n in range(1, 20))
    found = fields_of(f"Ref,Make,Owner Phone,Owner Tel\n{rows}")
    assert [found[key].left for key in ("Owner Phone", "Owner Tel")] == [Left.PERSONAL, Left.PERSONAL]


@pytest.mark.parametrize(
    ("header", "cell", "scale"),
    [
        ("Price (cents)", "129900", 0.01), ("price_cents", "129900", 0.01), ("Price minor", "129900", 0.01),
        ("Price (k$)", "31", 1000), ("Preis in T€", "31", 1000), ("Price ($000)", "31", 1000), ("Price kEUR", "31", 1000),
        ("Price (cents)", "1299.50", None), ("Price (cents)", "$1299", None), ("Price (k$)", "31k", None),
        ("Price (k$)", "31500", None), ("Price $", "31", None), ("Price", "129900", None),
    ],
)  # fmt: skip
def test_amounts_in_cents_and_thousands_are_scaled(header: str, cell: str, scale: float | None) -> None:
    rows = "".join(f"R-{n},Ford,F{n % 3},{cell.replace('1', str(1 + n % 2))}\n" for n in range(20))
    price = fields_of(f"Ref,Make,Model,{header}\n{rows}")[header]
    assert (price.targets, price.column.get("scale")) == (("price",), scale)


@pytest.mark.parametrize("header", ["é" * 200, "ß" * 90, "a b " * 60, "数" * 80, "x" * 60_000])
def test_long_headers_still_make_a_mapping(header: str, tmp_path: Path) -> None:
    rows = "".join(f"R{n},Corvus,{n}00,v{n % 3}\n" for n in range(1, 15))
    found = sheet(f"Ref,Make,Price,{header}\n{rows}", tmp_path)
    assert len(catalogue.mapping_of(found.mapping).columns) == 4


def _table(text: str) -> tuple[list[str], list[list[str]]]:
    header, *rows = list(csv.reader(io.StringIO(text)))
    return header, rows


@pytest.mark.parametrize(
    ("days", "order"),
    [(["3/14/2024", "12/25/2024"], "mdy"), (["14/3/2024", "25/12/2024"], "dmy")],
)
def test_the_order_of_dates_is_that_of_the_whole_column(days: list[str], order: str, tmp_path: Path) -> None:
    rows = "".join(
        f'A{n},Corvus,"${n},000",{days[n % 2] if n % 5 == 0 else f"0{n % 9 + 1}/0{n % 8 + 1}/2024"}\n'
        for n in range(1, 31)
    )
    found = sheet(f"Ref,Make,Price,Listed on\n{rows}", tmp_path)
    field = next(f for f in found.fields if f.key == "Listed on")
    assert field.type == "date"
    assert field.column.get("dates", found.mapping["file"]["dates"]) == order
    assert not field.question


def test_dates_that_do_not_show_their_order_are_asked_about() -> None:
    rows = "".join(f'A{n},Corvus,"${n},000",0{n % 9 + 1}/0{n % 8 + 1}/2024\n' for n in range(1, 31))
    assert "first" in fields_of(f"Ref,Make,Price,Listed on\n{rows}")["Listed on"].question


def test_a_currency_nobody_names_is_not_guessed(tmp_path: Path) -> None:
    rows = "".join(f"A{n},Corvus,{n}000\n" for n in range(1, 12))
    found = sheet(f"Ref,Make,Price\n{rows}", tmp_path)
    assert found.currency is None
    assert "currency" not in found.mapping
    assert "currency" in next(f for f in found.fields if f.targets == ("price",)).question


def test_a_file_without_numbers_or_names_still_makes_listings(tmp_path: Path) -> None:
    rows = "".join(f'{n} Elm St,Boise,{n % 4 + 1},"${n}00,000"\n' for n in range(1, 12))
    found = sheet(f"Street address,City,Bedrooms,Price\n{rows}", tmp_path)
    assert found.mapping["title"] == "{specs.address} {location_city}"
    rows_read = catalogue.preview_rows(tmp_path / "stock list.csv", catalogue.mapping_of(found.mapping))
    assert len({row.values["external_id"] for row in rows_read}) == 11


def test_paths_of_a_feed_are_read_step_by_step() -> None:
    text = (
        "id,pricing.list.amount,pricing.internal_cost,location.city,photos[].url,specs.seatCount\n"
        + "".join(
            f"L{n},{n}500,{n}100,Boise,https://img.example.com/{n}.jpg,{n % 3 + 2}\n" for n in range(1, 15)
        )
    )
    found = fields_of(text, kind="feed")
    assert {key: f.targets for key, f in found.items() if f.targets} == {
        "id": ("external_id",), "pricing.list.amount": ("price",), "location.city": ("location_city",),
        "photos[].url": ("image_urls",), "specs.seatCount": ("specs.seats",),
    }  # fmt: skip
    assert found["pricing.internal_cost"].left is Left.INTERNAL


def test_an_unsure_column_asks_and_says_what_else_it_could_be() -> None:
    rows = "".join(f'A{n},Corvus,"${n},000",qx{n % 3}\n' for n in range(1, 20))
    found = fields_of(f"Ref,Make,Price,Zq\n{rows}")["Zq"]
    assert found.targets == ("specs.zq",)
    assert found.confidence < 0.6
    assert found.question


@settings(max_examples=60, deadline=None)
@given(
    header=st.lists(st.text(max_size=30), min_size=1, max_size=12),
    cells=st.lists(
        st.one_of(st.none(), st.text(max_size=40), st.floats(), st.integers()), min_size=12, max_size=36
    ),
)
def test_anything_is_proposed_for_without_failing(header: list[str], cells: list[object]) -> None:
    keys = [f"{name}#{at}" for at, name in enumerate(header)]
    rows = [[cells[(at * 5 + n) % len(cells)] for at in range(len(keys))] for n in range(9)]
    columns = catalogue.profile_records(keys, rows)  # type: ignore[arg-type]
    found = propose_fields(columns, facts=FileFacts(rows=rows), embedder=None)  # type: ignore[arg-type]
    assert [f.key for f in found] == keys
    targets = [t for f in found for t in f.targets]
    assert len(targets) == len(set(targets))
    assert all(0 <= f.confidence <= 1 and (f.targets or f.left) for f in found)
