"""Which listing a photo belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.ports import Word
from backend.domains.blueprints.model import Evidence, PhotoProposal
from backend.domains.blueprints.photos.links import keys_of, link_photos, natural, need_text

VIN_A, VIN_B = "1HGCM82633A004352", "5YJ3E1EA7KF317000"
CARS: list[dict[str, Any]] = [
    {"external_id": "A100003", "identifier": VIN_A, "title": "2019 Honda Accord"},
    {"external_id": "A-100.004", "identifier": VIN_B},
    {"external_id": "A100005"},
]


def photo(name: str, **facts: Any) -> PhotoProposal:
    plain: dict[str, Any] = {
        "sha256": name.ljust(64, "0")[:64],
        "width": 10,
        "height": 10,
        "rotated": 0,
        "phash": "",
    }
    return PhotoProposal(name, **plain | facts)


def links(names: Sequence[str], listings: Sequence[dict[str, Any]] = CARS) -> list[tuple[str | None, str]]:
    return [(one.listing, one.linked_by) for one in link_photos([photo(name) for name in names], listings)]


def linked(name: str, listings: Sequence[dict[str, Any]] = CARS) -> str | None:
    """By its name alone: two more photos that nothing is known of keep the order from fitting."""
    (first, *_) = link_photos([photo(name), *(photo(f"zz{n}.jpg") for n in range(len(listings)))], listings)
    return first.listing if first.linked_by == "file_name" else None


@pytest.mark.parametrize(
    "name",
    [
        "A100003.jpg", "A100003_2.jpg", "a100003-front.JPG", "A100003 (3).jpeg", "A100003front.jpg", "A100003b.jpg",
        "IMG_A100003_0042.jpg", "photos/A100003/front.jpg", "export\\A100003\\001.jpg", "lot 7/A100003/IMG_2210.jpg",
        f"{VIN_A}.jpg", f"{VIN_A.lower()}_1.jpg", f"{VIN_A}/DSC01234.jpg", "004352_3.jpg",
        "A-100003-rear.jpg", "A_100_003.jpg", "stock A 100003 interior.webp",
    ],
)  # fmt: skip
def test_a_name_that_carries_the_number_links(name: str) -> None:
    assert linked(name) == "A100003"


def test_numbers_are_compared_without_their_signs() -> None:
    assert linked("A100004_1.jpg") == linked("A-100.004.jpg") == "A-100.004"


@pytest.mark.parametrize(
    "name",
    [
        "A10000.jpg",
        "A1000031.jpg",
        "B100003.jpg",
        "front.jpg",
        "IMG_100003.jpg",
        "IMG_20240315_100003.jpg",
        "100.jpg",
        "",
    ],
)
def test_a_name_that_carries_another_number_does_not(name: str) -> None:
    assert linked(name) is None


def test_short_numbers_must_stand_where_a_number_stands() -> None:
    lots = [{"external_id": "12"}, {"external_id": "7"}, {"external_id": "2021"}]
    assert linked("12.jpg", lots) == "12"
    assert linked("12_1.jpg", lots) == "12"
    assert linked("7/IMG_0012.jpg", lots) == "7"
    assert linked("2021.jpg", lots) == "2021"
    assert linked("2021 Tesla front.jpg", lots) is None
    assert linked("IMG_12.jpg", lots) is None
    assert linked("DSC00012.jpg", lots) is None
    assert linked("photo 7.jpg", lots) is None


def test_camera_counters_are_nobodys_number() -> None:
    stock = [{"external_id": "104512"}, {"external_id": "104513"}]
    assert linked("IMG_104512.jpg", stock) is None
    assert (
        linked("PXL_20240101_104512.jpg", stock) == "104512"
    )  # a guess the seller sees; not right behind the mark
    assert linked("104512-2.jpg", stock) == "104512"


def test_a_picture_that_the_list_names_belongs_there() -> None:
    listings = [
        {"external_id": "1", "image_urls": "https://cdn.example.com/x/front-9921.jpg?w=800 | second.png"},
        {"external_id": "2", "image_urls": ["pics/IMG_0001.jpg"]},
    ]
    found = link_photos([photo("IMG_0001.jpg"), photo("a/Second.PNG"), photo("front-9921.jpg")], listings)
    assert [one.listing for one in found] == ["2", "1", "1"]
    assert min(one.confidence for one in found) > 0.95


def test_a_name_and_a_folder_that_disagree_are_asked_about() -> None:
    (found, *_) = link_photos([photo("A100003/A100005_1.jpg"), photo("x.jpg")], CARS)
    assert found.listing is None
    assert "A100005" in found.evidence[0].text
    assert "A100003" in found.evidence[0].text


def test_a_number_of_two_listings_links_neither() -> None:
    twins = [
        {"external_id": "1", "identifier": "SERIAL-5544"},
        {"external_id": "2", "identifier": "SERIAL-5544"},
    ]
    assert linked("serial5544.jpg", twins) is None


def test_the_longest_number_wins() -> None:
    listings = [{"external_id": "A100"}, {"external_id": "A100-200"}]
    assert linked("A100-200.jpg", listings) == "A100-200"
    assert linked("A100-front.jpg", listings) == "A100"


# what is written in the picture ----------------------------------------------------------------------------------


def word(text: str, confidence: float = 0.95) -> Word:
    return Word(text, confidence, 0, 0, 1, 1)


@pytest.mark.parametrize(
    ("text", "listing"),
    [
        (f"VIN: {VIN_A}", "A100003"),
        (f"VIN {VIN_A[:9]} {VIN_A[9:]}", "A100003"),
        (VIN_A.replace("0", "O").replace("1", "I"), "A100003"),
        ("Stock # A100005", "A100005"),
        ("A100005 $31,900", "A100005"),
        ("XA100005X", None),
        ("100005", None),
        ("", None),
    ],
)
def test_a_plate_or_a_label_links(text: str, listing: str | None) -> None:
    one = photo("IMG_1.jpg")
    (found, *_) = link_photos([one, photo("IMG_2.jpg")], CARS, texts={one.sha256: [word("SALE"), word(text)]})
    assert found.listing == listing
    assert found.linked_by == ("text_in_image" if listing else "")


def test_what_was_misread_is_less_certain_and_two_numbers_say_nothing() -> None:
    one, other = photo("IMG_1.jpg"), photo("IMG_2.jpg")
    sure, unsure = link_photos(
        [one, other], CARS, texts={one.sha256: [word(VIN_A)], other.sha256: [word(VIN_A.replace("0", "O"))]}
    )
    assert sure.confidence > unsure.confidence > 0.5
    both, _ = link_photos([one, other], CARS, texts={one.sha256: [word(VIN_A), word(VIN_B)]})
    assert both.listing is None


def test_text_is_wanted_only_of_photos_whose_names_say_nothing() -> None:
    photos = [photo("A100003.jpg"), photo("IMG_1.jpg"), photo("IMG_2.jpg", duplicate_of="IMG_1.jpg")]
    chosen = photo("IMG_3.jpg", listing="A100005", linked_by="chosen")
    assert need_text([*photos, chosen], CARS) == (photos[1].sha256,)
    assert need_text(photos, [{"external_id": "12"}]) == ()  # too short to be found in a picture


# by order, and what stays ----------------------------------------------------------------------------------------


def test_the_order_counts_only_where_the_numbers_fit() -> None:
    assert links(["IMG_10.jpg", "IMG_9.jpg", "IMG_2.jpg"]) == [
        ("A100005", "order"), ("A-100.004", "order"), ("A100003", "order"),
    ]  # fmt: skip
    assert links(["IMG_1.jpg", "IMG_2.jpg"]) == [(None, ""), (None, "")]
    six = links([f"IMG_{n}.jpg" for n in range(6)])
    assert [listing for listing, _ in six] == [
        "A100003",
        "A100003",
        "A-100.004",
        "A-100.004",
        "A100005",
        "A100005",
    ]
    assert links(["A100003.jpg", "x1.jpg", "x2.jpg"])[1:] == [("A-100.004", "order"), ("A100005", "order")]
    assert links(["A100003.jpg", "x1.jpg", "x2.jpg", "x3.jpg", "x4.jpg"])[1:] == [(None, "")] * 4


def test_a_guess_by_order_says_so() -> None:
    found = link_photos([photo(f"IMG_{n}.jpg") for n in range(3)], CARS)
    assert max(one.confidence for one in found) < 0.5
    assert all("please check" in one.evidence[-1].text for one in found)


def test_duplicates_take_no_place_in_the_order() -> None:
    photos = [photo("1.jpg"), photo("2.jpg", duplicate_of="1.jpg"), photo("3.jpg"), photo("4.jpg")]
    assert [one.listing for one in link_photos(photos, CARS)] == ["A100003", None, "A-100.004", "A100005"]


def test_what_a_person_chose_stays_and_linking_again_changes_nothing() -> None:
    chosen = photo("A100003.jpg", listing="A100005", linked_by="chosen", confidence=1.0)
    none = photo("A100004.jpg", listing=None, linked_by="chosen", confidence=1.0)
    measured = (Evidence("file", "sharpness 3"),)
    photos = [chosen, none, replace(photo("A100003_2.jpg"), evidence=measured), photo("A100003/A100005.jpg")]
    once = link_photos(photos, CARS)
    assert once[:2] == (chosen, none)
    assert once[2].evidence[0] == measured[0]
    assert link_photos(once, CARS) == once


def test_listings_without_a_number_link_nothing() -> None:
    assert links(["a.jpg"], [{"title": "Nice"}]) == [(None, "")]
    assert links([], CARS) == []
    assert keys_of([{"external_id": None}, {"external_id": "  "}]).order == ()


@given(st.lists(st.text(max_size=30), max_size=8), st.lists(st.text(max_size=12), max_size=6))
def test_any_name_is_survived_and_nobody_is_linked_to_what_is_not_there(
    names: list[str], ids: list[str]
) -> None:
    listings = [{"external_id": one} for one in ids]
    known = {one.strip() for one in ids}
    for found in link_photos([photo(name) for name in names], listings):
        assert found.listing is None or found.listing in known
        assert 0 <= found.confidence <= 1


def test_names_sort_as_people_count() -> None:
    assert sorted(["10.jpg", "9.jpg", "a2", "a10", "a1b"], key=natural) == [
        "9.jpg",
        "10.jpg",
        "a1b",
        "a2",
        "a10",
    ]
