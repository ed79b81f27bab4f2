"""Two texts beside each other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.sides import CONTEXT, side_by_side

texts = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=30).map("\n".join)


def test_a_changed_line_stands_beside_its_successor_among_a_few_equal_ones() -> None:
    before = "\n".join(f"line {n}" for n in range(40))
    rows = side_by_side(before, before.replace("line 20", "line twenty"))
    assert [row.kind for row in rows] == ["fold", *["same"] * CONTEXT, "changed", *["same"] * CONTEXT, "fold"]
    changed = rows[1 + CONTEXT]
    assert (changed.old_line, changed.old, changed.new_line, changed.new) == (
        "21",
        "line 20",
        "21",
        "line twenty",
    )
    assert rows[0].old == "17 equal lines"


def test_an_added_and_a_removed_line_leave_the_other_side_empty() -> None:
    (added,) = [row for row in side_by_side("a\nb", "a\nnew\nb") if row.kind != "same"]
    assert (added.kind, added.old_line, added.new_line, added.new) == ("added", "", "2", "new")
    (removed,) = [row for row in side_by_side("a\nold\nb", "a\nb") if row.kind != "same"]
    assert (removed.kind, removed.old, removed.new_line) == ("removed", "old", "")


def test_equal_texts_have_nothing_to_show() -> None:
    assert side_by_side("a\nb", "a\nb") == []


@given(before=texts, after=texts)
def test_both_texts_can_be_read_off_again_and_no_key_comes_twice(before: str, after: str) -> None:
    rows = side_by_side(before, after)
    if before.splitlines() == after.splitlines():
        assert rows == []
        return
    olds = {int(row.old_line): row.old for row in rows if row.old_line}
    news = {int(row.new_line): row.new for row in rows if row.new_line}
    old, new = before.splitlines(), after.splitlines()
    assert all(old[n - 1] == text for n, text in olds.items())
    assert all(new[n - 1] == text for n, text in news.items())
    hidden = sum(int(row.old.split()[0]) for row in rows if row.kind == "fold")
    assert len(olds) + hidden == len(old)
    assert len(news) + hidden == len(new)
    assert len({row.key for row in rows}) == len(rows)
