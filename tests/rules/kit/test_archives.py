"""Zips of strangers: what is honest comes out, everything else is refused before it costs anything."""

from __future__ import annotations

import io
import stat
import struct
import tempfile
import time
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.errors import InvalidInput
from backend.kit.archives import ArchiveLimits, is_safe_name, read_archive

LIMITS = ArchiveLimits(entries=50, entry_bytes=5_000_000, unpacked_bytes=20_000_000)


def zipped(
    path: Path, *entries: tuple[str | zipfile.ZipInfo, bytes], kind: int = zipfile.ZIP_DEFLATED
) -> Path:
    with zipfile.ZipFile(path, "w", kind) as archive:
        for name, content in entries:
            archive.writestr(name, content, kind)
    return path


def refused(path: Path, limits: ArchiveLimits = LIMITS) -> InvalidInput:
    with pytest.raises(InvalidInput) as error:
        list(read_archive(path, limits))
    return error.value


def test_files_come_out_in_order_without_what_systems_add(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "a.zip",
        ("b/2.jpg", b"two"), ("a.jpg", b"one"), ("__MACOSX/._a.jpg", b"x"), (".DS_Store", b"x"), ("b/Thumbs.db", b"x"),
        ("b/.hidden/x.jpg", b"x"), ("empty/", b""), ("inner.zip", b"PK\x03\x04 stays closed"),
    )  # fmt: skip
    assert list(read_archive(path, LIMITS)) == [
        ("a.jpg", b"one"), ("b/2.jpg", b"two"), ("inner.zip", b"PK\x03\x04 stays closed"),
    ]  # fmt: skip
    assert list(read_archive(zipped(tmp_path / "none.zip"), LIMITS)) == []


@pytest.mark.parametrize(
    "name",
    [
        "../evil.jpg",
        "a/../../evil.jpg",
        "/etc/passwd",
        "..\\evil.jpg",
        "C:\\evil.jpg",
        "a\x01b.jpg",
        "x" * 400 + ".jpg",
    ],
)
def test_names_that_leave_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    assert refused(zipped(tmp_path / "a.zip", ("ok.jpg", b"x"), (name, b"x"))).facts["problem"] == "path"


@given(st.text(max_size=40))
def test_a_safe_name_stays_where_it_is(name: str) -> None:
    if is_safe_name(name):
        root = Path("/safe/folder")
        assert (root / name.replace("\\", "/")).resolve().is_relative_to(root)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_refused(tmp_path: Path, kind: int) -> None:
    link = zipfile.ZipInfo("photo.jpg")
    link.external_attr = (kind | 0o777) << 16
    assert refused(zipped(tmp_path / "a.zip", (link, b"/etc/passwd"))).facts["problem"] == "link"


def test_bombs_are_refused_by_ratio_by_size_and_by_number(tmp_path: Path) -> None:
    assert (
        refused(zipped(tmp_path / "a.zip", ("a", b"\0" * 4_000_000))).facts["problem"] == "compression_ratio"
    )
    stored = zipped(tmp_path / "b.zip", ("a", b"\0" * 6_000_000), kind=zipfile.ZIP_STORED)
    assert refused(stored).facts["problem"] == "too_large_unpacked"
    many = [(f"{n}", b"\0" * 900_000) for n in range(30)]
    assert refused(zipped(tmp_path / "c.zip", *many)).facts["problem"] == "too_large_unpacked"
    crowd = [(f"{n}", b"") for n in range(60)]
    assert refused(zipped(tmp_path / "d.zip", *crowd)).facts["problem"] == "too_many_entries"


def test_overlapping_and_repeated_entries_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("a", b"x" * 100), ("b", b"y" * 100))
    content = bytearray(path.read_bytes())
    second = content.rindex(b"PK\x01\x02")
    content[second + 42 : second + 46] = struct.pack("<L", 0)  # both entries point at the first
    path.write_bytes(content)
    assert refused(path).facts["problem"] == "overlapping_entries"
    twice = tmp_path / "b.zip"
    with zipfile.ZipFile(twice, "w") as archive:
        archive.writestr("a", b"1")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a", b"2")
    assert refused(twice).facts["problem"] == "repeated_entries"


def test_an_entry_that_lies_about_its_size_gives_no_more_than_it_said(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("a", b"x" * 500_000))
    content = path.read_bytes().replace(struct.pack("<L", 500_000), struct.pack("<L", 1000))
    path.write_bytes(content)
    assert refused(path).code == "core.unreadable_archive"


def test_locked_and_unknown_entries_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("a", b"secret"))
    content = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        content[content.index(mark) + at] |= 1
    path.write_bytes(content)
    assert refused(path).facts["problem"] == "protected"
    assert (
        refused(zipped(tmp_path / "b.zip", ("a", b"x"), kind=zipfile.ZIP_LZMA)).facts["problem"]
        == "unknown_entry"
    )


def test_a_directory_far_too_large_is_not_even_read(tmp_path: Path) -> None:
    entry = (
        struct.pack("<4sHHHHHHLLLHHHHHLL", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
        + b"a"
    )
    directory = entry * 400_000
    end = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, 3, 3, len(directory), 0, 0)
    path = tmp_path / "a.zip"
    path.write_bytes(directory + end)
    began = time.monotonic()
    assert refused(path).facts["problem"] == "too_many_entries"
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no zip at all" * 10, b"PK\x05\x06" + b"\xff" * 18])
def test_what_is_no_zip_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    assert refused(path).code in ("core.unreadable_archive", "core.unsafe_archive")


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=12))
def test_a_damaged_zip_is_read_or_refused_and_nothing_else(changes: list[tuple[int, int]]) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.jpg", b"hello" * 30)
        archive.writestr("b/c.jpg", zlib.compress(b"world"))
    content = bytearray(out.getvalue())
    for at, value in changes:
        content[at % len(content)] = value
    with tempfile.NamedTemporaryFile(suffix=".zip") as file:
        file.write(content)
        file.flush()
        try:
            list(read_archive(Path(file.name), LIMITS))
        except InvalidInput as error:
            assert error.code in ("core.unreadable_archive", "core.unsafe_archive")  # noqa: PT017
