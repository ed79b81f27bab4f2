"""Values as the screen shows them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from app import formats, showing
from app.states.board import timeline
from app.states.dealer import portrait
from app.states.event_page import _filter, _label
from app.views import CompareCell, EventHead, Fact, FactGroup, Listing, Photo
from backend.domains.analytics.model import LiveBoard, LiveSession

NOW = datetime(2026, 1, 5, tzinfo=UTC)

HEAD = EventHead(noun="car", nouns="cars")


def tile(**changes: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "listing_id": 7,
        "title": "2022 Model 3",
        "price": 29450.0,
        "price_text": "$29,450",
        "currency": "USD",
        "match": 91,
        "reasons": ["White, as you asked", "No accidents recorded"],
        "badges": [{"kind": "verified", "text": "Clean title"}],
        "specs": [{"label": f"Spec {n}", "text": str(n)} for n in range(5)],
        "media": [{"url": "/a.svg", "alt": "side"}],
        "state": "available",
        "held_until": None,
        "costs": [],
    }
    return base | changes


def test_a_tile_shows_one_reason_and_three_key_facts() -> None:
    (shown,) = showing.tiles([tile()], {})
    assert shown.reason == "White, as you asked"
    assert len(shown.specs) == 3
    assert (shown.state, shown.held_until, shown.mine) == ("available", "", False)


def test_a_listing_without_price_or_photo_is_still_whole() -> None:
    (shown,) = showing.tiles([tile(price=None, price_text="", media=[], reasons=[])], {})
    assert shown.price == "Price on request"
    assert shown.photo.endswith(".svg")
    assert shown.reason == ""


def test_own_holds_are_told_apart_from_those_of_others() -> None:
    held = tile(state="held", held_until="2026-11-21T10:00:00+00:00")
    (mine,) = showing.tiles([held], {7: "2026-11-21T10:00:00+00:00"})
    (theirs,) = showing.tiles([held], {})
    assert (mine.mine, theirs.mine) == (True, False)


@pytest.mark.parametrize(
    ("op", "text", "value"),
    [
        ("lte", "40000", 40000.0),
        ("lte", "$40,000", 40000.0),
        ("lte", "40k", 40000.0),
        ("gte", "2021", 2021.0),
        ("between", "2021 - 2023", [2021.0, 2023.0]),
        ("between", "20k to 30k", [20000.0, 30000.0]),
        ("in", "white, gray", ["white", "gray"]),
        ("eq", "0", 0.0),
        ("eq", "Model 3", "Model 3"),
        ("lte", "cheap", "cheap"),  # the service refuses it, in its words
        ("lte", "", ""),
    ],
)
def test_what_is_typed_into_a_wish(op: str, text: str, value: Any) -> None:
    assert showing.typed_value(op, text) == value


@pytest.mark.parametrize(
    ("op", "value"),
    [("lte", 40000.0), ("between", [2021, 2023]), ("in", ["white", "gray"]), ("eq", "Model 3")],
)
def test_a_wish_that_is_opened_and_applied_unchanged_stays_the_same(op: str, value: Any) -> None:
    (chip,) = showing.chips(
        [{"id": "x", "group": "must", "field": "f", "label": "F", "op": op, "value": value, "text": "F"}],
        "must",
    )
    assert showing.typed_value(op, chip.value) == value


@pytest.mark.parametrize(
    ("value", "op", "typed"),
    [
        (["family", "road trip"], "in", ["family", "road trip"]),
        ("soon", "eq", "soon"),
        (60000, "eq", 60000.0),
    ],
)
def test_a_soft_signal_is_typed_as_what_it_is(value: Any, op: str, typed: Any) -> None:
    kept = {"id": "signal:USE_CASE", "group": "nice", "field": "USE_CASE", "label": "Use", "op": "signal", "value": value,
            "text": "Use: family", "kind": "signal", "confidence": 0.7, "source": "with the kids"}  # fmt: skip
    (chip,) = showing.chips([kept], "nice")
    assert (chip.op, chip.kind, showing.typed_value(chip.op, chip.value)) == (op, "signal", typed)
    assert "with the kids" in chip.why


def test_where_a_buyer_comes_from_is_read_from_the_address() -> None:
    query = {"utm_source": "newsletter", "utm_campaign": "x" * 300, "utm_evil": "y", "item": "7"}
    assert showing.campaign(query) == {"source": "newsletter", "campaign": "x" * 200}


def test_headlines_and_changes_in_words() -> None:
    assert showing.headline(2340, HEAD, fresh=True) == "2,340 cars"
    assert showing.headline(12, HEAD, fresh=False) == "12 cars match"
    assert showing.headline(1, HEAD, fresh=False) == "1 car matches"
    assert showing.headline(0, HEAD, fresh=False) == "The closest to it"
    assert showing.change(111, 28, HEAD) == "111 → 28 cars"
    assert showing.change(28, 28, HEAD) == ""


def test_a_comparison_puts_differences_first_and_names_what_is_not_known() -> None:
    def listing(listing_id: int, **facts: str) -> Listing:
        group = FactGroup("Facts", [Fact(label, text, "") for label, text in facts.items()])
        return Listing(id=listing_id, title="Car", photos=[Photo("/a.svg", "")], groups=[group])

    _, differing, equal = showing.comparison(
        [listing(1, Range="300 mi", Make="Tesla"), listing(2, Make="Tesla")]
    )
    (row,) = differing
    assert (row.label, row.cells) == (
        "Range",
        [CompareCell("300 mi"), CompareCell("Not stated", missing=True)],
    )
    assert [row.label for row in equal] == ["Make"]


def test_a_comparison_of_the_service_keeps_its_marks() -> None:
    def cell(text: str, value: Any, best: bool = False) -> dict[str, Any]:
        return {"text": text, "value": value, "is_best": best}

    answer = {
        "heads": [
            {"listing_id": 1, "title": "One", "price_text": "$9", "state": "held"},
            {"listing_id": 2, "title": "Two", "price_text": "$8", "state": "available"},
        ],
        "rows": [
            {
                "label": "Range",
                "differs": True,
                "cells": [cell("300 mi", 300, best=True), cell("Not stated", None)],
            },
            {"label": "Make", "differs": False, "cells": [cell("Tesla", "Tesla"), cell("Tesla", "Tesla")]},
        ],
    }
    known = {1: Listing(id=1, title="One", price="$9", match=91, photos=[Photo("/a.svg", "")], state="held")}
    heads, differing, equal = showing.compared(answer, known)
    assert [(head.title, head.match, head.photo) for head in heads] == [
        ("One", 91, "/a.svg"),
        ("Two", 0, showing.NO_PHOTO),
    ]
    assert differing[0].cells == [CompareCell("300 mi", best=True), CompareCell("Not stated", missing=True)]
    assert [row.label for row in equal] == ["Make"]


def test_dates_are_those_of_the_events_own_zone() -> None:
    event = {
        "locale": "en-US",
        "timezone": "America/Los_Angeles",
        "dates": {"opens_at": "2026-01-05T09:00:00-08:00", "closes_at": "2026-04-01T00:30:00+00:00"},
    }
    assert formats.event_dates(event).replace("\u2009", " ") == "Jan 5 – Mar 31, 2026"
    assert formats.event_dates({"dates": {}}) == ""


def test_spans_are_short_and_have_units() -> None:
    assert [formats.seconds(v) for v in (None, 38, 300, 7200)] == ["—", "38 s", "5 min", "2 h"]


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ([("Price", "up to 40,000"), ("Model", "Model 3")], "Looking for Model 3, price up to 40,000"),
        ([("Exterior", "White, Gray"), ("No accidents", "True")], "Looking for White or Gray, no accidents"),
        ([("Tow hitch", "no")], "Looking for without tow hitch"),
        ([("No accidents", "False")], "Looking for no accidents: no"),
        ([], "Looking for something like what you have"),
    ],
)
def test_a_prospect_is_a_sentence(wishes: list[tuple[str, str]], words: str) -> None:
    found = {"wishes": [{"label": label, "text": text} for label, text in wishes], "timeline": "not said"}
    assert portrait(found) == words
    assert portrait(found | {"timeline": "no rush"}) == f"{words}, no rush"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("I am jane.roe@example.com, call +1 (415) 555-0199", "I am [e-mail] call [number]"),
        ("call 555-0199 or 4155550199", "call [number] or [number]"),
        ("under $35,000, from 2021, 300 miles", "under $35,000, from 2021, 300 miles"),
    ],
)
def test_what_reaches_a_person_is_not_on_the_board(written: str, shown: str) -> None:
    assert showing.masked(written) == shown


def _board() -> LiveBoard:
    session = LiveSession(
        id=UUID(int=7),
        version=1,
        created_at=NOW,
        last_seen_at=NOW,
        first_match_at=None,
        turns=2,
        last_message="Jane Roe here, 415 555 0199",
        wishes=("Model 3", "No accidents"),
    )
    return LiveBoard(UUID(int=1), UUID(int=2), "spring", (session,), (), (), NOW)


def test_who_may_only_look_on_reads_wishes_and_no_messages() -> None:
    texts = " ".join(item.text for item in timeline(_board(), quotes=False))
    assert "0000 wrote, 2 turns so far, looks for Model 3, No accidents" in texts
    assert "Jane" not in texts


def test_who_runs_the_event_reads_messages_without_numbers() -> None:
    texts = " ".join(item.text for item in timeline(_board(), quotes=True))
    assert "“Jane Roe here, [number]”" in texts


def test_what_is_shown_first_reads_as_words() -> None:
    document = {"catalogue": {"attributes": [{"name": "accident_free", "label": "No accidents"}]}}
    label = _label(document, "specs.accident_free")
    assert _filter(label, True) == "No accidents"
    assert _filter(label, False) == "No accidents: no"
    assert _filter(_label(document, "year"), {"min": 2021}) == "Year from 2021"


@pytest.mark.parametrize(
    ("ai_off", "actions_off", "said"),
    [
        (False, False, ""),
        (True, False, "Claire is taking"),
        (True, True, "Claire is taking"),
        (False, True, "Holds are paused"),
    ],
)
def test_a_kill_switch_is_told_in_one_calm_line(ai_off: bool, actions_off: bool, said: str) -> None:
    event = {
        "event_id": "sale", "name": "Sale", "dates": {}, "branding": {}, "persona": {"name": "Claire"}, "locale": "en-US",
        "timezone": "UTC", "noun": {"one": "car", "many": "cars"}, "conversion": {"deposit_required": False, "hold_minutes": 24},
        "ai_off": ai_off, "actions_off": actions_off, "flags": {"comparison": False},
    }  # fmt: skip
    head = showing.event_head(event)
    assert head.notice.startswith(said)
    assert (head.comparison, head.sharing) == (False, True)


@pytest.mark.parametrize("stored", ["", "no json", "[]", "null", "3"])
def test_tokens_that_were_tampered_with_are_none(stored: str) -> None:
    assert showing.tokens(stored) == {}


def test_a_photo_in_sizes_names_them_by_width_and_format() -> None:
    sizes = [
        {"url": f"/p/{width}.{kind}", "width": width, "height": 9, "type": f"image/{kind}"}
        for width, kind in ((320, "webp"), (640, "avif"), (640, "webp"))
    ]
    (shown,) = showing.tiles([tile(media=[{"url": "/p/640.webp", "alt": "", "variants": sizes}])], {})
    assert shown.photo_sizes == "/p/320.webp 320w, /p/640.webp 640w"
    assert shown.photo_avif == "/p/640.avif 640w"
    (plain,) = showing.tiles([tile()], {})
    assert (plain.photo_sizes, plain.photo_avif) == ("", "")
