"""`mpax event create`: a blueprint checked anywhere, and taken live with its rows and photos by an operator."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pytest

from backend.cli import wiring
from backend.core.settings import Settings
from backend.domains.blueprints.artifacts.files import pack, read_tree, write_tree
from backend.domains.blueprints.artifacts.sql import index_migration
from backend.domains.blueprints.artifacts.tree import artifacts_of, bundle_of
from tests.services.blueprints.shop import call_blueprint, call_event, write_list, write_photos
from tests.services.events.cli import at_the_test_database

__all__ = ["at_the_test_database"]


@pytest.fixture(autouse=True)
def with_test_settings(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setattr(wiring, "load_settings", lambda: settings)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("shop")
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setenv("MPAX_HOME", str(tmp_path_factory.mktemp("home")))
    samples = (write_list(folder / "autumn_pianos.csv"), write_photos(folder / "photos.zip"))
    done = call_blueprint(*samples, "--out", folder / "out", "--slug", "grands")
    assert done.exit_code == 0, done.output
    yield folder / "out"
    monkeypatch.undo()


def listings(conn: psycopg.Connection[Any]) -> list[Any]:
    return conn.execute(
        "select l.external_id, l.specs, l.media from public.listings l join public.events e on e.id = l.event_id "
        "where e.slug = 'grands' order by l.external_id"
    ).fetchall()


def test_a_blueprint_is_checked_without_a_stack(written: Path, tmp_path: Path) -> None:
    done = call_event("create", "--from", written, "--check")
    assert (done.exit_code, "all promises kept" in done.output) == (0, True), done.output
    (tmp_path / "grands.zip").write_bytes(pack(read_tree(written)))
    assert call_event("create", "--from", tmp_path / "grands.zip", "--check").exit_code == 0


def altered(written: Path, path: str, content: bytes) -> dict[str, bytes]:
    """The tree with another file in it, as if it had been written so."""
    tree = {**read_tree(written), path: content}
    manifest = json.loads(tree["MANIFEST.json"])
    manifest["files"][path] = {"sha256": sha256(content).hexdigest(), "bytes": len(content)}
    return {**tree, "MANIFEST.json": json.dumps(manifest).encode()}


def test_a_promise_that_does_not_hold_is_named(written: Path, tmp_path: Path) -> None:
    path = "tests/grands/expected.json"
    promised = json.loads(read_tree(written)[path])
    promised[0]["values"]["price"] = 1
    write_tree(tmp_path / "out", altered(written, path, json.dumps(promised).encode()))
    done = call_event("create", "--from", tmp_path / "out", "--check")
    assert done.exit_code == 3
    assert "row 2, price: promised 1, read as" in done.stderr


@pytest.mark.parametrize("content", [b"[1]", b"{}x", b"[{}]", b'{"row": 1}', b"\xff"])
def test_a_promise_that_is_none_is_named_too(written: Path, tmp_path: Path, content: bytes) -> None:
    write_tree(tmp_path / "out", altered(written, "tests/grands/expected.json", content))
    done = call_event("create", "--from", tmp_path / "out", "--check")
    assert done.exit_code == 3, done.output
    assert "tests/grands/rows.csv" in done.stderr


@pytest.mark.parametrize("content", [b"[]", b"{}x", b'{"sheets": [{}]}', b"\xff", b"[" * 100_000])
def test_evidence_that_is_none_is_refused(written: Path, tmp_path: Path, content: bytes) -> None:
    write_tree(tmp_path / "out", altered(written, "evidence.json", content))
    done = call_event("create", "--from", tmp_path / "out", "--publish")
    assert done.exit_code == 1, done.output


def test_a_file_changed_by_hand_is_named(written: Path, tmp_path: Path) -> None:
    write_tree(tmp_path / "out", read_tree(written))
    (tmp_path / "out/config/sales_events/grands.yaml").write_text("id: other\n")
    done = call_event("create", "--from", tmp_path / "out", "--publish")
    assert done.exit_code == 1
    assert "config/sales_events/grands.yaml" in done.stderr


def test_it_goes_live_with_rows_and_photos_and_again_changes_nothing(
    written: Path, owner: psycopg.Connection[Any], settings: Settings
) -> None:
    done = call_event("create", "--from", written, "--publish", "--organization", "seller")
    assert done.exit_code == 0, done.output
    assert f"{settings.base_url}/e/grands" in done.output
    assert "40 added" in done.output
    assert "3 photos attached" in done.output
    assert "stays as it is: its adapter was not approved" in done.stderr
    rows = listings(owner)
    assert len(rows) == 40
    assert rows[0]["external_id"] == "PN-1000"
    assert len(rows[0]["media"]) == 1
    status = owner.execute("select status from public.events where slug = 'grands'").fetchone()
    assert status == {"status": "live"}
    again = json.loads(call_event("create", "--from", written, "--publish", "--json").stdout)
    assert (again["version"], again["imports"][0]["added"], again["imports"][0]["updated"]) == (1, 0, 0)


def test_a_new_event_needs_to_be_somebodys_and_nothing_stays_of_a_refusal(
    written: Path, owner: psycopg.Connection[Any]
) -> None:
    done = call_event("create", "--from", written, "--publish")
    assert done.exit_code == 1
    assert "--organization" in done.stderr
    assert owner.execute("select slug from public.events where slug = 'grands'").fetchall() == []


def test_rows_that_are_nowhere_are_asked_for(
    written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MPAX_HOME", str(tmp_path / "other"))
    write_tree(tmp_path / "out", read_tree(written))
    done = call_event("create", "--from", tmp_path / "out", "--publish", "--organization", "seller")
    assert done.exit_code == 1
    assert "autumn_pianos.csv" in done.stderr
    assert "--samples" in done.stderr
    command = ("create", "--from", tmp_path / "out", "--publish", "--organization", "seller")
    assert call_event(*command, "--samples", written.parent).exit_code == 0


def test_a_tree_of_others_reaches_no_file_of_this_machine(written: Path, tmp_path: Path) -> None:
    write_list(tmp_path / "private.csv")
    bundle = bundle_of(read_tree(written))
    for name in (str(tmp_path / "private.csv"), "../private.csv"):
        sheets = tuple(replace(sheet, file=name) for sheet in bundle.proposal.sheets)
        tree = artifacts_of(replace(bundle.proposal, sheets=sheets), bundle.document)
        write_tree(tmp_path / "deep/out", {**tree, "samples.local.json": b"{}"})
        done = call_event("create", "--from", tmp_path / "deep/out", "--publish", "--organization", "seller")
        assert done.exit_code == 1, name
        assert "--samples" in done.stderr


def test_an_approved_adapter_fills_its_columns_and_the_journal_says_so(
    written: Path, owner: psycopg.Connection[Any]
) -> None:
    (adapter,) = bundle_of(read_tree(written)).adapters
    name = f"{adapter.file}@{adapter.sha256}"
    command = ("create", "--from", written, "--publish", "--organization", "seller")
    assert call_event(*command, "--approve", "case.py@0").exit_code == 2
    done = call_event(*command, "--approve", name)
    assert done.exit_code == 0, done.output
    specs = listings(owner)[0]["specs"]
    assert (specs["height"], specs["width"], specs["depth"]) == (100, 140, 60)
    kept = owner.execute(
        "select facts from public.journal where kind = 'blueprint.adapter_approved'"
    ).fetchall()
    assert [row["facts"]["sha256"] for row in kept] == [adapter.sha256]


def test_the_migration_of_an_event_runs_again_without_harm(owner: psycopg.Connection[Any]) -> None:
    numbers = [{"name": f"measure_{at}", "kind": "number"} for at in range(10)]
    migration = index_migration({"id": "x", "catalogue": {"attributes": numbers}})
    assert migration is not None
    for _ in range(2):
        owner.execute(migration.encode())
    names = owner.execute(
        "select indexname from pg_indexes where indexname like 'listings_specs_%' order by 1"
    ).fetchall()
    assert [row["indexname"] for row in names] == ["listings_specs_measure_8", "listings_specs_measure_9"]


def test_either_check_or_publish() -> None:
    assert call_event("create", "--from", ".").exit_code == 2
