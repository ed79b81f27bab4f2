"""`mpax event export` and `import` against the real database: there and back to the same hash."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from backend.core.errors import InvalidInput, NotFound
from tests.services.events.cli import at_the_test_database, call, published, said, sale, write

__all__ = ["at_the_test_database", "sale"]


@pytest.fixture
def out(sale: Path, tmp_path: Path) -> Path:
    """An export of version 1, while version 2 is in force."""
    published(sale, "--message", "First")
    published(write(sale, 60))
    done = call("export", "summer-sale", "--out", tmp_path / "tree", "--version", 1)
    assert done.exit_code == 0, done.output
    return tmp_path / "tree"


def test_there_and_back_to_the_same_hash(out: Path) -> None:
    first = said("versions", "summer-sale")[-1]
    assert json.loads((out / "manifest.json").read_text())["sha256"] == first["sha256"]
    assert "# as on the posters" in (out / "sources/summer-sale/event.yaml").read_text()
    back = said("import", out)
    assert (back["number"], back["sha256"], back["is_authored"]) == (3, first["sha256"], True)
    assert back["message"] == "First"
    assert "is in force already" in call("import", out).output


def test_the_newest_version_is_exported_unless_told_otherwise(out: Path, tmp_path: Path) -> None:
    told = said("export", "summer-sale", "--out", tmp_path / "newest")
    assert told["version"] == 2
    assert "manifest.json" in told["files"]
    assert isinstance(call("export", "nobody", "--out", tmp_path / "x").exception, NotFound)
    assert isinstance(
        call("export", "summer-sale", "--version", 9, "--out", tmp_path / "x").exception, NotFound
    )


def test_a_check_publishes_nothing(out: Path, tmp_path: Path) -> None:
    done = call("import", out, "--check")
    assert done.exit_code == 3
    assert "all files as exported; other than version 2 in force" in done.output
    assert len(said("versions", "summer-sale")) == 2
    said("export", "summer-sale", "--out", tmp_path / "newest")
    told = said("import", tmp_path / "newest", "--check")
    assert (told["is_equal"], told["in_force"], told["broken"]) == (True, 2, [])


def test_a_changed_file_is_named_and_nothing_published(out: Path) -> None:
    file = out / "config/transactions/summer-sale.json"
    file.write_text(file.read_text().replace("24", "25").replace("30", "31"))
    refused = call("import", out, "--json")
    assert refused.exit_code == 1
    told = json.loads(refused.stdout)
    assert (told["code"], told["facts"]["changed"]) == (
        "events.artifact_changed",
        ["config/transactions/summer-sale.json"],
    )
    file.unlink()
    lost = call("import", out, "--check").exception
    assert isinstance(lost, InvalidInput)
    assert lost.facts["missing"] == ["config/transactions/summer-sale.json"]
    assert len(said("versions", "summer-sale")) == 2


def test_as_a_zip(out: Path, tmp_path: Path) -> None:
    for name in ("one.zip", "two.zip"):
        said("export", "summer-sale", "--version", 1, "--zip", "--out", tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert {*archive.namelist()} == {str(f.relative_to(out)) for f in out.rglob("*") if f.is_file()}
    assert said("import", tmp_path / "one.zip")["number"] == 3


def test_another_machine_needs_an_organization_for_a_new_event(out: Path) -> None:
    text = (out / "sources/summer-sale/event.yaml").read_text().replace("summer-sale", "autumn-sale")
    (out / "autumn.yaml").write_text(text)
    published(out / "autumn.yaml")
    told = said("export", "autumn-sale", "--out", out / "autumn")
    assert told["event"] == "autumn-sale"
    assert call("import", out / "autumn", "--organization", "nobody").exception is not None


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04broken"])
def test_what_is_no_export(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.zip"
    file.write_bytes(content)
    refused = call("import", file).exception
    assert isinstance(refused, InvalidInput)
    assert refused.code == "events.no_artifact"
    assert isinstance(call("import", tmp_path).exception, InvalidInput)


@pytest.mark.parametrize("name", ["../escape.txt", "/tmp/escape.txt"])
def test_a_zip_never_writes_or_reads_outside(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("manifest.json", "{}")
        archive.writestr(name, "x")
    assert isinstance(call("import", tmp_path / "evil.zip").exception, InvalidInput)
    assert not (tmp_path.parent / "escape.txt").exists()


def test_a_zip_that_grows_beyond_measure_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", b"0" * 40_000_000)
    refused = call("import", tmp_path / "bomb.zip").exception
    assert isinstance(refused, InvalidInput)
    assert refused.code == "events.no_artifact"
