"""What a sample is, by its bytes: names lie, contents do not."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domains.blueprints.deciding import decided_fields, entry_for
from backend.domains.blueprints.kinds import kind_of, media_type_of
from backend.domains.blueprints.model import CORE_TARGETS, FieldProposal, Left


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("list.pdf", b"a;b\n1;2\n", "sheet"),
        ("list.csv", b"%PDF-1.7\n...", "report"),
        ("a.txt", "Länge\tPreis\n3\t4\n".encode("utf-16"), "sheet"),
        ("a.csv", "Name;Preis\nA;1\nB;2\n".encode("utf-16-le"), "sheet"),
        ("a.csv", "Länge;Preis\n3;4\n".encode("cp1252"), "sheet"),
        ("book", zipped("[Content_Types].xml", "xl/workbook.xml"), "sheet"),
        ("photos.xlsx", zipped("a.jpg", "b.jpg"), None),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "sheet"),
        ("api", b'{"openapi": "3.1.0", "paths": {}}', "feed"),
        ("api.yaml", b"# a comment\nopenapi: 3.0.0\npaths: {}\n", "feed"),
        ("how.txt", b"$ curl -H 'X-Key: ...' https://api.example.com/things\n\n{}", "feed"),
        ("list.csv", b"Name,Note\nA,see openapi docs\n", "sheet"),
        ("IMG_0001.jpg", b"\xff\xd8\xff\xe1Exif" + b"\0" * 40, "photo"),
        ("Screenshot 2026.png", PNG, "screen"),
        ("wireframe.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 40, "screen"),
        ("tool.csv", b"MZ\x00\x01\x02", None),
        ("empty.csv", b"  \n", None),
    ],
)
def test_the_content_says_what_it_is(name: str, head: bytes, kind: str | None) -> None:
    assert kind_of(name, head) == kind


@given(st.text(max_size=40), st.binary(max_size=400))
def test_nothing_breaks_the_look_and_nothing_is_stored_as_a_page(name: str, head: bytes) -> None:
    kind = kind_of(name, head)
    assert media_type_of(kind, name, head) in (
        "application/pdf",
        "image/png",
        "image/jpeg",
        "application/octet-stream",
    )


targets = st.sampled_from([*CORE_TARGETS[:6], "specs.range", "specs.color"])
decisions = st.dictionaries(
    st.sampled_from(["A", "B", "C", "D"]),
    st.one_of(
        st.builds(lambda t: {"targets": [t]}, targets),
        st.sampled_from([{"left": "internal"}, {"column": {"unit": "km"}}]),
    ),
)


@given(st.lists(targets, min_size=4, max_size=4, unique=True), decisions)
def test_a_decision_holds_and_no_undecided_column_keeps_what_it_took(
    found: list[str], said: dict[str, dict[str, object]]
) -> None:
    fields = [
        FieldProposal(key, (target,), 0.8, column={"target": target})
        for key, target in zip("ABCD", found, strict=True)
    ]
    after = {one.key: one for one in decided_fields(fields, said, {})}
    for key, decision in said.items():
        if "targets" in decision:
            assert list(after[key].targets) == decision["targets"]
        if "left" in decision:
            assert (after[key].targets, after[key].left) == ((), Left.INTERNAL)
    taken = [target for key in said for target in after[key].targets]
    for key, one in after.items():
        assert bool(one.targets) != bool(one.left), one
        assert not one.targets or (one.column.get("target") == one.targets[0])
        assert key in said or not set(one.targets) & set(taken)


def test_a_new_target_keeps_how_the_cells_are_read() -> None:
    one = FieldProposal(
        "KM",
        ("specs.km",),
        0.5,
        type="number",
        unit="km",
        column={"target": "specs.km", "type": "number", "unit": "km"},
    )
    assert entry_for(one, ("mileage",)) == {"target": "mileage", "unit": "km"}
    assert entry_for(one, ("specs.km",)) == dict(one.column)
    assert entry_for(one, ("specs.driven",)) == {"target": "specs.driven", "unit": "km", "type": "number"}
