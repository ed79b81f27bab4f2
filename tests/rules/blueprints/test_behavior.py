"""What an event should do is read from its inventory, and seeded from a template only where one is near."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domains.blueprints.behavior.proposing import propose_behavior
from backend.domains.blueprints.documents import document_of
from backend.domains.blueprints.inventory import InventoryFacts, inventory_of
from backend.domains.blueprints.model import (
    BehaviorProposal,
    Choices,
    FeedProposal,
    Proposal,
    ReportField,
    ReportProposal,
    ScreenProposal,
)
from backend.domains.events import schema, service
from backend.domains.events.model import Compilation, Source
from tests.rules.blueprints.inventories import Row, field, piano_proposal, pianos, sheet


def said(behavior: BehaviorProposal) -> dict[str, Any]:
    return {each.path: each.value for each in behavior.values}


def compiled(proposal: Proposal, facts: InventoryFacts) -> Compilation:
    return service.check(Source(document_of(proposal, facts)), service.shipped_templates())


WATCH_FIELDS = (
    field("Lot", "external_id"),
    field("Brand", "make", "enum"),
    field("Ref", "specs.reference", "enum"),
    field("Diameter", "specs.case_diameter", "number", "mm"),
    field("Case", "specs.case_material", "enum"),
    field("Movement", "specs.movement", "enum"),
    field("Dial", "specs.dial_color", "enum"),
    field("Box", "specs.box", "boolean"),
    field("Papers", "specs.papers", "boolean"),
    field("Authenticated", "specs.authenticated", "boolean"),
    field("Ask", "price", "number"),
)


def watches(*, authenticated: bool) -> tuple[Proposal, InventoryFacts]:
    chance = random.Random(3)
    rows = [
        Row(
            {
                "external_id": f"W{at}",
                "make": chance.choice(["Orio", "Tessel", "Vanta"]),
                "specs.reference": f"{at}.10",
                "specs.case_diameter": chance.choice([36, 38, 40, 42]),
                "specs.case_material": chance.choice(["Steel", "Titanium"]),
                "specs.movement": chance.choice(["Automatic", "Quartz"]),
                "specs.dial_color": chance.choice(["Blue", "Black"]),
                "specs.box": chance.random() < 0.5,
                "specs.papers": chance.random() < 0.5,
                **({"specs.authenticated": True} if authenticated else {}),
                "price": chance.randrange(2_000, 20_000),
                "currency": "EUR",
            }
        )
        for at in range(60)
    ]
    fields = WATCH_FIELDS if authenticated else [f for f in WATCH_FIELDS if f.key != "Authenticated"]
    own = sheet(fields, domain="watches", file="list.csv", currency="EUR")
    return Proposal(sheets=(own,)), inventory_of(rows, own.mapping)


def test_a_category_without_a_template_has_its_own_noun_attributes_and_openings() -> None:
    proposal, facts = piano_proposal()
    behavior = propose_behavior(proposal, facts)
    values = said(behavior)
    assert (behavior.template, behavior.domain) == ("platform_defaults", "pianos")
    assert values["/extends"] == "platform_defaults"
    assert (values["/catalogue/noun/one"], values["/catalogue/noun/many"]) == ("piano", "pianos")
    names = {each["name"]: each for each in values["/catalogue/attributes"]}
    assert names["length"] == {"name": "length", "label": "Length", "kind": "number", "unit": "cm"}
    assert set(names["category"]["values"]) == {"Grand", "Baby grand", "Upright"}
    assert names["make"]["label"] == "Maker", "a seller's own name for a common fact is kept"
    assert "city" not in names
    assert any(make in values["/persona/openings"][0] for make in names["make"]["values"])
    assert 3 <= len(values["/persona/openings"]) <= 4


def test_nothing_that_is_left_out_leaves_a_trace() -> None:
    proposal, facts = piano_proposal()
    text = document_of(proposal, facts)
    assert "Cost" not in text
    assert "4,100" not in text
    assert "555-0100" not in text


def test_the_document_compiles_and_warns_only_of_what_nothing_reads_yet() -> None:
    for proposal, facts in (piano_proposal(), watches(authenticated=True), watches(authenticated=False)):
        compilation = compiled(proposal, facts)
        assert not compilation.errors
        assert {problem.code for problem in compilation.problems} <= {"unread_section"}


def test_each_path_is_one_of_the_schemas_and_says_what_the_template_does_not() -> None:
    proposal, facts = piano_proposal(transaction_mode="human_handoff", deposit_required=True)
    template = service.check(
        Source("extends: platform_defaults\nid: x-1\n"), service.shipped_templates()
    ).compiled
    assert template is not None
    for each in propose_behavior(proposal, facts).values:
        path = tuple(each.path.split("/")[1:])
        assert schema.at(path) is not None, each.path
        assert each.reason.endswith("."), each
        assert 0 < each.confidence <= 1
        below: Any = template.document
        for step in path:
            below = below.get(step) if isinstance(below, dict) else None
        assert below != each.value or path[0] in ("id", "name", "extends"), each.path


def test_a_template_is_extended_where_what_it_begins_with_holds() -> None:
    behavior = propose_behavior(*watches(authenticated=True))
    assert (behavior.template, said(behavior)["/extends"]) == ("watches_q1_2026", "watches_q1_2026")
    # what is true of the template's own seller alone is said anew
    assert "bench" not in said(behavior)["/persona/greeting"]
    assert said(behavior)["/sdme/drop_calendar"] == []
    assert said(behavior)["/branding/hero"] == ""


def test_values_are_taken_over_one_by_one_where_its_filter_would_leave_nothing() -> None:
    proposal, facts = watches(authenticated=False)
    behavior = propose_behavior(proposal, facts)
    assert (behavior.template, said(behavior)["/extends"]) == ("watches_q1_2026", "platform_defaults")
    assert said(behavior)["/persona/style/tone"] == "calm_expert", "as in the template"
    document = compiled(proposal, facts).compiled
    assert document is not None
    assert document.document["search_defaults"]["filters"] == {}
    assert document.document["catalogue"]["noun"] == {"one": "watch", "many": "watches"}


def test_what_the_seller_chose_wins() -> None:
    proposal, facts = piano_proposal(
        transaction_mode="human_handoff",
        deposit_required=True,
        hold_minutes=90,
        compliance=("CITES papers",),
        name="Autumn grands",
        slug="grands",
        currency="cad",
    )
    values = said(propose_behavior(proposal, facts))
    assert values["/conversion/mode"] == "human_handoff"
    assert values["/conversion/actions"] == ["Schedule Call", "Request Info"]
    assert values["/conversion/hold_minutes"] == 90
    assert values["/conversion/deposit_required"] is True
    assert values["/safety/claims_review"][0] == "cites_papers"
    assert (values["/id"], values["/name"], values["/currency"]) == ("grands", "Autumn grands", "CAD")
    assert not compiled(proposal, facts).errors


def test_a_deposit_that_nobody_chose_is_as_in_the_template() -> None:
    proposal, facts = watches(authenticated=True)
    document = compiled(proposal, facts).compiled
    assert document is not None
    assert document.document["conversion"]["deposit_required"] is True
    proposal, facts = piano_proposal()
    assert "/conversion/deposit_required" not in said(propose_behavior(proposal, facts))


def test_without_partners_the_guide_shares_nothing_with_them() -> None:
    proposal, facts = piano_proposal(transaction_mode="direct_sale")
    document = compiled(proposal, facts).compiled
    assert document is not None
    tools = [tool["name"] for tool in document.document["agent"]["tools"]]
    assert "hold_listing" in tools
    assert "share_lead" not in tools


@pytest.mark.parametrize("mode", ["direct_sale", "lead_generation", "human_handoff"])
@pytest.mark.parametrize("template", ["", "used_cars_b2b2c_otto", "real_estate_wholesale", "watches_q1_2026"])
def test_every_mode_and_template_gives_a_document_that_compiles(mode: Any, template: str) -> None:
    proposal, facts = piano_proposal(transaction_mode=mode, template=template, deposit_required=True)
    assert not compiled(proposal, facts).errors


def test_a_screenshot_decides_what_is_shown_as_far_as_the_rows_have_it() -> None:
    proposal, facts = piano_proposal()
    drawn = ScreenProposal(
        "tiles.png",
        ("media", "title", "price", "specs"),
        ("Length", "Finish", "Engine hours"),
        ("Price", "Finish", "Silent system"),
        ("length", "restored"),
        ("Compare", "Book a visit"),
    )
    values = said(propose_behavior(replace(proposal, screens=(drawn,)), facts))
    assert values["/ui_contract/tile_specs"] == ["specs.length", "specs.finish"]
    assert values["/ui_contract/chips"] == ["Budget", "Finish", "Silent system"]
    assert values["/ui_contract/comparison_fields"] == ["key_specs", "specs.length", "specs.restored"]
    assert values["/ui_contract/actions"] == ["Compare", "Book a visit"]
    assert values["/ui_contract/tile_fields"] == ["media", "title", "price", "specs"]


def test_weights_sum_to_one_and_follow_the_inventory() -> None:
    proposal, _ = piano_proposal()
    alone = [Row({**row.values, "model": f"only {at}"}) for at, row in enumerate(pianos())]
    many = [Row({**row.values, "model": "M1"}) for row in pianos()]
    found: list[float] = []
    for rows in (alone, many):
        document = compiled(proposal, inventory_of(rows, proposal.sheets[0].mapping)).compiled
        assert document is not None
        found.append(document.document["ranking_weights"]["scarcity"])
    assert found[0] < found[1], "where each is the only one, rarity sets nothing apart"


def test_dear_single_pieces_are_held_longer_and_one_at_a_time() -> None:
    proposal, _ = piano_proposal()
    cheap = [Row({**row.values, "price": 300}) for row in pianos()]
    dear = [Row({**row.values, "price": 600_000, "model": f"only {at}"}) for at, row in enumerate(pianos())]
    minutes = [
        said(propose_behavior(proposal, inventory_of(rows, proposal.sheets[0].mapping)))
        for rows in (cheap, dear)
    ]
    assert minutes[0]["/conversion/hold_minutes"] < 60 < minutes[1]["/conversion/hold_minutes"]
    assert minutes[1]["/conversion/hold_limit"] == 1


def test_facts_that_a_report_proves_are_claims() -> None:
    proposal, facts = piano_proposal()
    report = ReportProposal(
        "a.pdf",
        "text",
        ("text",),
        ((1.0, 1.0),),
        (ReportField("Length", "specs.length", 180, "180", 1.0),),
        (),
    )
    assert "length" not in said(propose_behavior(proposal, facts))["/safety/claims_review"]
    assert (
        "length"
        in said(propose_behavior(replace(proposal, reports=(report,)), facts))["/safety/claims_review"]
    )


def test_the_same_proposal_gives_the_same_bytes() -> None:
    proposal, facts = piano_proposal()
    own = proposal.sheets[0]
    again = inventory_of(pianos(), own.mapping)
    assert document_of(proposal, facts) == document_of(proposal, again)


def test_an_inventory_without_prices_names_or_rows_still_gives_a_document() -> None:
    empty = sheet([field("Id", "external_id"), field("Text", "title")], currency=None, file="export_2026.csv")
    for rows in ([], [Row({"external_id": "1", "title": "A"})]):
        compilation = compiled(Proposal(sheets=(empty,)), inventory_of(rows, empty.mapping))
        assert not compilation.errors


def test_a_feed_without_rows_foretells_its_attributes() -> None:
    fields = (
        field("price.amount", "price", "number"),
        field("make", "make"),
        field("km", "mileage", "integer"),
    )
    more = (field("dims.len", "specs.length", "number", "m"), field("sold", "specs.sold", "boolean"))
    feed = FeedProposal("shop.yaml", {}, (*fields, *more), "boats")
    proposal = Proposal(feeds=(feed,))
    behavior = propose_behavior(proposal, inventory_of(()))
    values = said(behavior)
    assert {each["name"] for each in values["/catalogue/attributes"]} == {"length", "sold"}
    assert "Budget" in values["/ui_contract/chips"]
    assert "/sdme/scarcity_badges" not in values, "nothing is known of rarity yet"
    assert not compiled(proposal, inventory_of(())).errors


def test_openings_wish_for_what_is_there_and_for_less_of_what_wears() -> None:
    fields = [
        field("Id", "external_id"),
        field("H", "specs.engine_hours", "number", "h"),
        field("T", "specs.annual_taxes", "number"),
    ]
    rows = [
        Row({"external_id": str(at), "specs.engine_hours": 100 * at, "specs.annual_taxes": 50 * at})
        for at in range(1, 40)
    ]
    own = sheet(fields, domain="boats")
    (first, *_) = said(propose_behavior(Proposal(sheets=(own,)), inventory_of(rows, own.mapping)))[
        "/persona/openings"
    ]
    assert first == "Engine hours under 2,000 h"


_TEXT = st.text(min_size=1, max_size=90)
_VALUES = st.one_of(
    _TEXT, st.integers(-5, 10**9), st.booleans(), st.floats(0, 1e6), st.lists(_TEXT, max_size=3)
)


@settings(max_examples=25, deadline=None)
@given(
    rows=st.lists(
        st.dictionaries(
            st.sampled_from(["make", "model", "year", "condition", "location_city", "specs.a", "specs.b", "specs.title_status"]),
            _VALUES,
        ),
        max_size=12,
    ),
    price=st.one_of(st.none(), st.floats(0.01, 1e9)),
    name=st.text(max_size=40),
    label=_TEXT,
)  # fmt: skip
def test_whatever_the_rows_hold_the_document_compiles(
    rows: list[dict[str, Any]], price: float | None, name: str, label: str
) -> None:
    fields = [field("A", "specs.a", "enum", label=label[:60]), field("P", "price", "number")]
    own = sheet(fields, domain="pianos")
    priced = [Row({**row, "price": price, "currency": "EUR"} if price else row) for row in rows]
    proposal = Proposal(sheets=(own,), choices=Choices(name=name))
    compilation = compiled(proposal, inventory_of(priced, own.mapping))
    assert not compilation.errors, compilation.errors
