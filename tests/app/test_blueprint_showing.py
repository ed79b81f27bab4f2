"""The wizard's head, steps and files: what is left to do, how far a file is, what was refused and how to mend it."""

from __future__ import annotations

from typing import Any

import pytest

from app import blueprint_showing as showing
from app.messages import WORDS
from tests.app import blueprint_example as example


def test_steps_say_what_is_left_to_do() -> None:
    steps = {step.key: step for step in showing.steps(example.view(), "mapping")}
    assert list(steps) == list(showing.STEP_KEYS)
    assert (steps["samples"].state, steps["samples"].words) == ("done", "6 files")
    assert (steps["mapping"].state, steps["mapping"].words) == ("now", "1 question")
    assert steps["look"].state == "open"


def test_a_question_less_mapping_is_done_and_an_unmet_gate_is_counted() -> None:
    steps = {step.key: step for step in showing.steps(example.view(open_questions=[]), "publish", unmet=2)}
    assert steps["mapping"].state == "done"
    assert steps["publish"].words == "2 to mend"


@pytest.mark.parametrize(
    ("status", "step"),
    [("open", "samples"), ("previewed", "preview"), ("waiting", "publish"), ("published", "publish")],
)
def test_who_comes_back_goes_on_where_it_was_left(status: str, step: str) -> None:
    row = showing.row(example.view(status=status))
    assert row.address.endswith(f"?step={step}")


def test_what_was_given_up_is_told_from_what_was_rejected() -> None:
    assert showing.head(example.view(status="discarded")).status_words == "Given up"
    assert showing.head(example.view(status="discarded", verdict="reject")).status_words == "Rejected"


def test_a_published_one_has_a_storefront_and_no_other_has() -> None:
    assert showing.head(example.view(status="published", event="pianos")).store == "/e/pianos"
    assert showing.head(example.view(status="previewed", event="pianos")).store == ""


def only(**facts: Any) -> Any:
    view = example.view(files=[example.file(example.SHEET, "pianos.xlsx", "sheet", **facts)])
    return showing.files(view, may_edit=True)[0]


def test_a_file_says_in_words_how_far_it_is() -> None:
    row = only(status="reading", stage="pages", done=3, total=12)
    assert (row.words, row.percent) == ("Pages are read: 3 of 12", 25)
    assert (row.may_cancel, row.may_retry, row.may_remove) == (True, False, False)


def test_a_file_that_nobody_counts_moves_without_a_share() -> None:
    assert (only(status="waiting").words, only(status="waiting").percent) == ("Waits its turn", 0)


def test_a_read_file_says_what_was_found() -> None:
    words = [row.words for row in showing.files(example.view(), may_edit=True)]
    assert words == [
        "48 rows, 10 columns",
        "2 pages, 2 values",
        "1 field",
        "1600 × 1200 pixels",
        "320 × 240 pixels",
        "3 tile fields",
    ]


def test_a_refused_file_says_what_where_and_offers_a_way() -> None:
    problem = {
        "code": "blueprints.empty_file",
        "facts": {"file": "pianos.xlsx", "row": 14, "column": "Price"},
    }
    row = only(status="refused", problem=problem)
    assert row.problem == WORDS["blueprints.empty_file"].format(file="pianos.xlsx")
    assert row.mend == "row 14, column Price"
    assert (row.may_retry, row.may_remove, row.may_cancel) == (True, True, False)


def test_who_may_not_change_anything_is_offered_nothing() -> None:
    for status in ("reading", "refused", "read"):
        view = example.view(files=[example.file(example.SHEET, "pianos.xlsx", "sheet", status=status)])
        row = showing.files(view, may_edit=False)[0]
        assert (row.may_cancel, row.may_retry, row.may_remove) == (False, False, False)


def test_photos_are_one_tab_and_lists_come_first() -> None:
    tabs = showing.file_tabs(example.view())
    assert [tab.kind for tab in tabs] == ["sheet", "feed", "report", "photo"]
    assert (tabs[0].questions, tabs[-1].id, tabs[-1].name) == (1, "photos", "2 photos")


def test_what_is_sure_and_not_settled_is_what_is_accepted_together() -> None:
    view = example.view()
    sure = [one for one in example.FIELDS if one.confidence >= 0.9]
    assert showing.acceptable(view) == len(sure) - 1 + 1  # “Built” is settled; the API brings one


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("grand_pianos-2026.xlsx", "Grand pianos 2026"),
        ("stock.v2.csv", "Stock v2"),
        ("2026-11.csv", ""),
        ("___.csv", ""),
    ],
)
def test_a_blueprint_without_a_name_is_called_after_its_list(file: str, name: str) -> None:
    view = example.view(files=[example.file(example.SHEET, file, "sheet")])
    assert showing.first_name(view) == name
    assert showing.first_name({**view, "title": "Pianos of Autumn"}) == ""


def test_questions_about_a_whole_file_are_told_apart_from_those_about_a_column() -> None:
    asked = [{"file_id": example.SHEET, "field": "", "text": "In which currency are the prices?"}]
    view = example.view(open_questions=[*example.view()["open_questions"], *asked])
    assert showing.whole_questions(view, example.SHEET) == ["In which currency are the prices?"]


def test_a_verdict_is_told_with_its_reason() -> None:
    assert showing.verdict(example.view()) == ""
    assert showing.verdict(example.view(verdict="request_edits", reason="No dates.")).endswith("No dates.")


@pytest.mark.parametrize(("size", "words"), [(12, "12 B"), (184_320, "184 kB"), (2_400_000, "2.4 MB")])
def test_sizes_are_those_of_a_file_manager(size: int, words: str) -> None:
    assert showing.size_words(size) == words
