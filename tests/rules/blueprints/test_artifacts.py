"""The tree of a blueprint: complete, the same bytes each time, back to the same proposal, without a cell of anybody's."""

from __future__ import annotations

import io
import json
import stat
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backend.core.errors import InvalidInput
from backend.domains.blueprints.artifacts.contract import broken_promises
from backend.domains.blueprints.artifacts.diff import tree_diff
from backend.domains.blueprints.artifacts.files import is_inside, pack, read_tree, unpack, write_tree
from backend.domains.blueprints.artifacts.samples import MARK, synthetic_rows
from backend.domains.blueprints.artifacts.sql import index_migration
from backend.domains.blueprints.artifacts.tree import (
    MANIFEST,
    artifacts_of,
    bundle_of,
    read_synthetic,
    without_private,
)
from backend.domains.blueprints.behavior.proposing import propose_behavior
from backend.domains.blueprints.documents import document_of
from backend.domains.blueprints.model import (
    Box,
    Evidence,
    FeedProposal,
    Left,
    Proposal,
    ReportField,
    ReportItem,
    ReportProposal,
    to_json,
)
from tests.rules.blueprints.inventories import field, piano_proposal, sheet


@pytest.fixture(scope="module")
def piano() -> tuple[Proposal, str, dict[str, bytes]]:
    proposal, facts = piano_proposal(slug="pianos")
    whole = replace(proposal, behavior=propose_behavior(proposal, facts))
    text = document_of(whole, facts)
    return whole, text, artifacts_of(whole, text)


def test_the_tree_is_the_one_of_the_brief(piano: tuple[Proposal, str, dict[str, bytes]]) -> None:
    assert sorted(piano[2]) == [
        "MANIFEST.json",
        "config/behavior_templates/pianos.json",
        "config/sales_events/pianos.json",
        "config/sales_events/pianos.yaml",
        "config/scarcity/pianos.json",
        "config/social_proof/pianos.json",
        "config/transactions/pianos.json",
        "evidence.json",
        "sources/pianos/column_mapping.json",
        "tests/pianos/expected.json",
        "tests/pianos/rows.csv",
        "tests/pianos/test_contract.py",
    ]


def test_the_same_proposal_gives_the_same_bytes_and_comes_back(
    piano: tuple[Proposal, str, dict[str, bytes]],
) -> None:
    proposal, text, tree = piano
    assert pack(artifacts_of(proposal, text)) == pack(tree)
    bundle = bundle_of(unpack(pack(tree)))
    assert (bundle.event, bundle.document) == ("pianos", text)
    assert artifacts_of(bundle.proposal, bundle.document) == tree, "what is read back is written the same"
    assert bundle.mappings["sources/pianos/column_mapping.json"] == proposal.sheets[0].mapping


def test_no_cell_of_a_private_column_leaves(piano: tuple[Proposal, str, dict[str, bytes]]) -> None:
    proposal, text, _ = piano
    sheets = tuple(
        replace(
            each,
            fields=tuple(
                replace(
                    f,
                    evidence=(
                        Evidence("values", "numbers such as 555-0199", 1),
                        Evidence("header", "tel", 1),
                    ),
                )
                for f in each.fields
            ),
        )
        for each in proposal.sheets
    )
    tree = artifacts_of(replace(proposal, sheets=sheets), text)
    for path, content in tree.items():
        assert b"555-0100" not in content, path
        assert b"4,100" not in content, path
    fields = json.loads(tree["evidence.json"])["sheets"][0]["fields"]
    private = [f for f in fields if f["left"]]
    assert [f["samples"] for f in private] == [[], []]
    assert all([e["kind"] for e in f["evidence"]] == ["header"] for f in private)


def test_nothing_quoted_of_a_column_kept_back_later_or_of_a_person_in_a_report_leaves() -> None:
    own = replace(
        field("Lot", "specs.lot"), targets=(), left=Left.INTERNAL, samples=("R7-secret",),
        evidence=(Evidence("default", "Kept under its own name. Cells: “R7-secret”.", 0.3),),
    )  # fmt: skip
    told = ReportField("Prepared for", "", "Ida secret", "Ida secret", 0.9)
    known = ReportField("Hull", "specs.hull", "Steel", "Steel", 0.9)
    report = ReportProposal("r.pdf", "text", ("text",), ((595, 842),), (told, known), ())
    kept = without_private(Proposal(sheets=(sheet([own]),), reports=(report,)))
    assert "secret" not in json.dumps(to_json(kept))
    assert kept.reports[0].fields[1].text == "Steel"


@pytest.mark.parametrize("left", list(Left))
def test_nothing_quoted_of_whatever_is_left_out_leaves(left: Left) -> None:
    own = replace(
        field("Lot", "specs.lot"), targets=(), left=left, samples=("R7-secret",), column={"values": {"R7-secret": []}},
        evidence=(Evidence("values", "Cells: “R7-secret”.", 0.3), Evidence("header", "lot", 0.3)),
    )  # fmt: skip
    item = ReportItem({"Finding": "Keys are with Ida secret"}, Box(1, 1, 1, 2, 2))
    report = ReportProposal("r.pdf", "table", ("table",), ((595, 842),), (), (item,), ("Finding",))
    feed = FeedProposal("shop.yaml", {}, (own,), "pianos")
    kept = without_private(Proposal(sheets=(sheet([own]),), feeds=(feed,), reports=(report,)))
    assert "secret" not in json.dumps(to_json(kept))
    assert [e.kind for e in kept.sheets[0].fields[0].evidence] == ["header"]
    assert kept.reports[0].item_columns == ("Finding",)
    assert without_private(kept) == kept


def test_a_feed_and_a_report_have_their_files_without_values_or_secrets() -> None:
    proposal, facts = piano_proposal(slug="pianos")
    feed = FeedProposal(
        "shop.yaml", {"auth": {"type": "http"}}, (field("price.amount", "price", "number"),), "pianos"
    )
    found = ReportField("Serial", "identifier", "S-991", "S-991", 0.9)
    report = ReportProposal("r.pdf", "text", ("text",), ((1.0, 1.0),), (found,), ())
    whole = replace(proposal, feeds=(feed,), reports=(report,))
    tree = artifacts_of(whole, document_of(whole, facts))
    connector = json.loads(tree["sources/pianos/connector.json"])
    assert connector["mapping"]["columns"]["price.amount"]["target"] == "price"
    assert b"S-991" not in tree["sources/pianos/reports.json"]
    assert json.loads(tree["sources/pianos/reports.json"])[0]["fields"][0]["target"] == "identifier"


def test_several_sheets_have_a_mapping_each() -> None:
    proposal, facts = piano_proposal(slug="pianos")
    (own,) = proposal.sheets
    whole = replace(
        proposal, sheets=(own, replace(own, file="Grand list.csv"), replace(own, file="grand-list.csv"))
    )
    paths = [path for path in artifacts_of(whole, document_of(whole, facts)) if "column_mapping" in path]
    assert paths == [
        "sources/pianos/column_mapping.json",
        "sources/pianos/column_mapping.grand_list.json",
        "sources/pianos/column_mapping.grand_list_3.json",
    ]


# every kind of column at once
WIDE: dict[str, Any] = {
    "schema": "source_mapping.v1",
    "source": "wide",
    "file": {"header_row": 7, "sheet": "Final", "decimal": ",", "dates": "dmy"},
    "currency": "EUR",
    "columns": {
        "Id": "external_id",
        "Vehicle": {"targets": ["title", "year", "make", "model", "trim"], "parse": "vehicle"},
        "Price": "price",
        "Dims": {"targets": ["specs.a", "specs.b"], "split": "/"},
        "Beam": {"target": "specs.beam", "type": "number", "unit": "m"},
        "Cabins": {"target": "specs.cabins", "type": "integer"},
        "VAT": {"target": "specs.vat", "type": "boolean", "yes": ["bezahlt"], "no": ["offen"]},
        "Listed": {"target": "specs.listed", "type": "date"},
        "Hull": {
            "target": "specs.hull",
            "type": "enum",
            "values": {"Steel": ["Stahl"], "GRP": []},
            "closed": True,
        },
        "Extras": {"target": "specs.extras", "type": "list", "separator": ","},
        "Photos": {"target": "image_urls", "prefixes": {"photos/": "/media/x/"}},
        "Km": {"target": "mileage", "unit": "km"},
        "City": "location_city",
    },
    "ignore": {"Cost": "internal", "Owner": "personal"},
}


def test_made_up_rows_are_read_and_refused_by_the_import_itself() -> None:
    read = read_synthetic(synthetic_rows(WIDE), WIDE)
    first = read[0]["values"]
    assert read[0]["refused"] == []
    assert (first["specs.beam"], first["specs.cabins"], first["specs.vat"]) == (14.6, 3, True)
    assert (first["specs.listed"], first["specs.hull"], first["price"]) == ("2025-04-23", "Steel", 12345)
    assert first["image_urls"] == ["/media/x/one.jpg"]
    refused = {cell["column"] for each in read for cell in each["refused"]}
    assert {"Price", "Beam", "Cabins", "VAT", "Listed", "Hull", "Photos", "Km", "Id"} <= refused
    assert MARK not in json.dumps(read)
    assert f"{MARK} 1" in synthetic_rows(WIDE), "the columns that are never read hold something to be found"


def test_a_broken_promise_is_named() -> None:
    promised = read_synthetic(synthetic_rows(WIDE), WIDE)
    assert broken_promises(promised, promised, "rows.csv") == []
    other = {**WIDE, "columns": {**WIDE["columns"], "Cabins": "specs.cabins"}}
    found = broken_promises(promised, read_synthetic(synthetic_rows(WIDE), other), "rows.csv")
    assert any("specs.cabins: promised 3, read as '3'" in sentence for sentence in found)
    leaked = [{"row": 2, "values": {"specs.cost": f"{MARK} 1"}, "refused": []}]
    assert "rows.csv: row 2 shows a column that is left out." in broken_promises(leaked, leaked, "rows.csv")


def test_an_index_is_made_only_beyond_the_numbers_of_search() -> None:
    def document(count: int) -> dict[str, Any]:
        names = [{"name": f"n_{at}", "kind": "number"} for at in range(count)]
        return {"id": "x", "catalogue": {"attributes": [{"name": "year", "kind": "number"}, *names]}}

    assert index_migration(document(8)) is None
    migration = index_migration(document(10))
    assert migration is not None
    assert [line for line in migration.splitlines() if line.startswith("create")] == [
        "create index if not exists listings_specs_n_8 on public.listings (event_id, (specs -> 'n_8')) where specs ? 'n_8';",
        "create index if not exists listings_specs_n_9 on public.listings (event_id, (specs -> 'n_9')) where specs ? 'n_9';",
    ]
    hostile = {
        "id": "x",
        "catalogue": {"attributes": [{"name": "a'; drop table x; --", "kind": "number"}] * 12},
    }
    assert index_migration(hostile) is None
    long = document(8)
    long["catalogue"]["attributes"] += [{"name": "l" * 70, "kind": "number"}]
    assert len(str(index_migration(long)).split("exists ")[1].split(" ")[0]) <= 63


def test_a_changed_or_lost_file_is_named(piano: tuple[Proposal, str, dict[str, bytes]]) -> None:
    tree = piano[2]
    path = "sources/pianos/column_mapping.json"
    for other in ({**tree, path: b"{}"}, {p: c for p, c in tree.items() if p != path}):
        with pytest.raises(InvalidInput) as refused:
            bundle_of(other)
        assert refused.value.code == "blueprints.artifact_changed"
        assert path in [*refused.value.facts["changed"], *refused.value.facts["missing"]]


@pytest.mark.parametrize(
    "manifest",
    [b"", b"[]", b"{}", b"\xff", b'{"format": "mpax.blueprint.v1", "event": "../x", "files": {}}',
     b'{"format": "mpax.blueprint.v1", "event": "x", "files": {"../../etc/passwd": {"sha256": "0"}}}'],
)  # fmt: skip
def test_what_is_no_blueprint_is_refused(manifest: bytes) -> None:
    with pytest.raises(InvalidInput) as refused:
        bundle_of({MANIFEST: manifest})
    assert refused.value.code == "blueprints.no_artifact"


def test_differences_are_told_in_words(piano: tuple[Proposal, str, dict[str, bytes]]) -> None:
    proposal, text, tree = piano
    (own,) = proposal.sheets
    columns = {**own.mapping["columns"], "Built": {"target": "specs.built", "type": "integer"}}
    del columns["Finish"]
    changed = {**own.mapping, "columns": columns, "ignore": {**own.mapping["ignore"], "Finish": "unused"}}
    other = replace(proposal, sheets=(replace(own, mapping=changed),))
    found = tree_diff(tree, artifacts_of(other, text.replace("hold_minutes: 120", "hold_minutes: 60")))
    assert '“Built”: specs.built (type "integer"), before year (type "integer").' in found
    assert '“Finish”: left out as unused, before specs.finish (type "enum").' in found
    assert "conversion.hold_minutes: 60, before 120." in found
    assert tree_diff(tree, tree) == []


@pytest.mark.parametrize(
    "path",
    ["", "/etc/passwd", "../x", "a/../b", "a//b", "a/./b", "C:/x", "c:x", "a\\b", "a\0b", "con", "sub/NUL.txt", "com1.json",
     "a.", "a ", " a", "a/b ", "a\nb", "x" * 300, "/".join("abcdefghijkl"), None, 3, "a?b", "COM¹"],
)  # fmt: skip
def test_names_that_lead_elsewhere_on_any_system(path: object) -> None:
    assert not is_inside(path)


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return buffer.getvalue()


def link() -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("link")
    entry.create_system = 3
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (zipped(("../x", b"")), "unsafe_name"),
        (zipped(("/x", b"")), "unsafe_name"),
        (zipped(("a/b", b""), ("A/B", b"")), "repeated_name"),
        (zipped(("a", b""), ("a/b", b"")), "file_and_folder"),
        (zipped((link(), b"/etc/passwd")), "not_a_file"),
        (zipped(*[(f"f{at}", b"") for at in range(501)]), "too_many_files"),
        (zipped(("bomb", bytes(65_000_000))), "too_large"),
        (b"PK\x03\x04nonsense", "unreadable"),
        (b"", "unreadable"),
    ],
    ids=["up", "absolute", "same_name", "file_and_folder", "link", "many", "bomb", "broken", "empty"],
)  # fmt: skip
def test_an_unsafe_zip_is_refused_before_it_costs_anything(content: bytes, problem: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        unpack(content)
    assert (refused.value.code, refused.value.facts["problem"]) == ("blueprints.unsafe_bundle", problem)


def test_a_zip_that_lies_about_its_size_is_not_believed() -> None:
    content = bytearray(zipped(("bomb", bytes(65_000_000))))
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = (10).to_bytes(4, "little")
    with pytest.raises(InvalidInput) as refused:
        unpack(bytes(content))
    assert refused.value.code == "blueprints.unsafe_bundle"


def test_a_folder_is_written_whole_and_read_back(
    tmp_path: Path, piano: tuple[Proposal, str, dict[str, bytes]]
) -> None:
    tree, out = piano[2], tmp_path / "deep" / "out"
    write_tree(out, tree)
    assert read_tree(out) == tree
    (out / "notes.txt").write_text("mine")
    assert read_tree(out) == tree, "what the manifest does not name is not looked at"
    write_tree(out, {**tree, "sources/x.json": b"1"})
    assert not (out / "notes.txt").exists()
    assert [path.name for path in out.parent.iterdir()] == ["out"], "nothing half-written is left beside it"


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(InvalidInput) as refused:
        write_tree(tmp_path, {MANIFEST: b"{}"})
    assert refused.value.code == "blueprints.out_taken"
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


def test_a_folder_that_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, piano: tuple[Proposal, str, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    write_tree(out, piano[2])

    def interrupted(self: Path, content: bytes) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_tree(out, {MANIFEST: b"{}"})
    assert read_tree(out) == piano[2]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_link_in_a_folder_is_not_followed(
    tmp_path: Path, piano: tuple[Proposal, str, dict[str, bytes]]
) -> None:
    out, secret = tmp_path / "out", tmp_path / "secret"
    write_tree(out, piano[2])
    secret.write_text("secret")
    (out / "evidence.json").unlink()
    (out / "evidence.json").symlink_to(secret)
    with pytest.raises(InvalidInput) as refused:
        read_tree(out)
    assert refused.value.facts["problem"] == "not_a_file"


def test_the_contract_test_runs_with_pytest_alone(
    tmp_path: Path, piano: tuple[Proposal, str, dict[str, bytes]]
) -> None:
    write_tree(tmp_path / "out", piano[2])
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    done = subprocess.run(
        command, cwd=tmp_path / "out", capture_output=True, text=True, check=False, env={"PATH": "/usr/bin"}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 skipped" in done.stdout, "the product is not on that path"
    mapping = tmp_path / "out/sources/pianos/column_mapping.json"
    mapping.write_text(mapping.read_text() + " ")
    done = subprocess.run(
        command, cwd=tmp_path / "out", capture_output=True, text=True, check=False, env={"PATH": "/usr/bin"}
    )
    assert done.returncode == 1


def test_a_mapping_that_reads_an_empty_header_still_has_rows() -> None:
    odd = sheet([field("Id", "external_id"), field("#2", "title"), field("Make", "make")])
    rows = synthetic_rows(odd.mapping)
    assert rows.startswith("Id,Make")


@pytest.mark.parametrize("name", ["Con", "aux", "NUL", "COM1"])
def test_an_event_called_like_a_device_packs_and_unpacks_everywhere(name: str) -> None:
    proposal, facts = piano_proposal(slug=name)
    tree = artifacts_of(proposal, document_of(proposal, facts))
    assert all(map(is_inside, tree))
    assert bundle_of(unpack(pack(tree))).event == f"{name.casefold()}-event"
