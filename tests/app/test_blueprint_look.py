"""Reports, photos, the look and the gate as the wizard shows them."""

from __future__ import annotations

from typing import Any

import pytest

from app import blueprint_gate, blueprint_look, blueprint_reading
from app.blueprint_showing import proposal_of
from app.config_views import Option
from tests.app import blueprint_example as example


def report() -> Any:
    view = example.view()
    return blueprint_reading.report(proposal_of(view, view["files"][1]), example.REPORT, [])


def test_boxes_lie_in_percent_of_their_page_and_lead_to_their_value() -> None:
    shown = report()
    box = shown.pages[0].boxes[0]
    assert (box.key, box.x, box.y, box.width) == (shown.lines[0].key, 10.0, 10.0, 20.0)
    assert shown.pages[1].boxes[0].key == shown.findings[0].key
    assert shown.pages[0].ratio == pytest.approx(612 / 792, abs=0.001)


def test_a_value_without_a_place_is_listed_and_has_no_box() -> None:
    shown = report()
    assert (shown.lines[1].text, shown.lines[1].page) == ("211 cm", 0)
    assert sum(len(page.boxes) for page in shown.pages) == 2


def test_a_box_beyond_the_pages_is_left_out() -> None:
    view = example.view()
    found = dict(proposal_of(view, view["files"][1]), page_sizes=[[612, 792]])
    assert [len(page.boxes) for page in blueprint_reading.report(found, "x", []).pages] == [1]


def test_findings_follow_the_printed_heads() -> None:
    assert report().findings[0].cells == ["Soundboard", "Hairline crack", "B"]


def test_photos_without_a_row_come_first_with_what_is_wrong() -> None:
    first, second = blueprint_reading.photos(example.view())
    assert (first.name, first.warnings, first.duplicate_of) == (
        "copy.jpg",
        ["Small", "Blurred"],
        "P-1001_front.jpg",
    )
    assert (second.listing, second.linked) == ("P-1001", "Linked by its file name")


def test_rows_are_offered_by_number_and_name() -> None:
    options = blueprint_reading.listing_options(example.ROWS)
    assert options[0] == Option("P-1001", "P-1001 · Bergmann B 211")


def test_tiles_are_made_of_own_rows_with_the_proposed_facts() -> None:
    view = example.view()
    tiles = blueprint_look.tiles(example.ROWS, view["proposal"], blueprint_look.own_photos(view))
    assert (tiles[0].title, tiles[0].price) == ("1987 Bergmann B 211", "$48,500")
    assert [(fact.label, fact.text) for fact in tiles[0].specs] == [("Length", "211 cm"), ("Year", "1987")]
    assert example.PHOTO in tiles[0].photo
    assert (tiles[1].price, tiles[1].photo) == ("Price on request", "/photo-missing.svg")


def test_yen_have_no_hundredths() -> None:
    assert blueprint_look.price_words({"price": 120000, "currency": "JPY"}, "") == "¥120,000"


def test_the_interface_says_where_each_part_comes_from() -> None:
    parts = {part.title: part for part in blueprint_look.look_parts(example.view()["proposal"])}
    assert (parts["Key facts"].shows, parts["Key facts"].reason) == (
        ["Length", "Year"],
        "They tell pianos apart.",
    )
    assert parts["Chips"].reason == "As drawn in wireframe.png."


def test_proposals_stand_by_section_with_their_reason() -> None:
    groups = blueprint_look.reasons(example.view()["proposal"])
    assert [group.title for group in groups] == ["Persona", "Conversion"]
    assert groups[1].rows[0].label == "Hold length"
    assert groups[1].rows[0].reason == "Pianos are looked at before they are bought."


def test_choices_go_there_and_back() -> None:
    shown = blueprint_look.choices(example.view())
    assert (shown.deposit_required, shown.hold_minutes) == ("true", "1440")
    form = {
        "name": " Pianos ",
        "deposit_required": "",
        "hold_minutes": "60",
        "transaction_mode": "direct_sale",
    }
    chosen = blueprint_look.chosen(form)
    assert (chosen["name"], chosen["deposit_required"], chosen["hold_minutes"]) == ("Pianos", None, 60)
    assert chosen["compliance"] == []
    assert blueprint_look.chosen({**form, "must:gdpr": "on"})["compliance"] == ["gdpr"]


def test_the_gate_puts_what_is_missing_first_and_leads_there() -> None:
    checks = [
        {"name": "files_read", "is_met": True, "text": "Every file has been read."},
        {"name": "preview_holds_rehearsed", "is_met": False, "text": "Rehearse a hold."},
        {"name": "preview_current", "is_met": False, "is_required": True, "text": "Open the preview again."},
    ]
    found = {"risk": "medium", "checklist": checks, "needs": {"needed": 1, "given": 0}}
    shown = blueprint_gate.gate(found | {"errors": [], "warnings": [{"message": "Nothing reads it yet."}]})
    assert (shown.problems, shown.remarks) == ([], ["Nothing reads it yet."])
    first, second, third = shown.checks
    assert (first.href, first.step, shown.unmet) == ("?step=preview&build=again", "Preview", 1)
    assert (second.href, second.is_required, third.href) == ("?step=preview", False, "")
    assert (shown.needs, shown.asks) == ("1 person besides you. 0 of 1 so far.", True)


def test_a_dry_run_tells_who_won_and_what_the_clock_did() -> None:
    tries = [
        {"buyer": 1, "got_it": True, "until": "2026-11-22T09:00:00+00:00"},
        {"buyer": 2, "got_it": False, "code": "transactions.already_held"},
    ]
    found = {"tries": tries, "winners": 1, "hold_seconds": 3600, "free_again_after_the_clock": True}
    shown = blueprint_gate.rehearsal(found, "B 211")
    assert shown.summary == "2 buyers tried at once, 1 got it."
    assert [(row.outcome, row.tone) for row in shown.rows] == [
        ("holds it", "good"),
        ("came too late", "plain"),
    ]
    assert shown.until.startswith("2026-11-22")
    assert shown.notes[-1] == "When the clock ran out, the last buyer got it."
