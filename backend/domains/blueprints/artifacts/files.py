"""A tree of files as a zip or a folder, and back. What comes in is hostile until shown otherwise.

Reads no further than a tree can be large, follows no link, and lets no name lead out of its folder or mean something else on
another system. A folder is written whole or not at all.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Final

from backend.core.errors import InvalidInput
from backend.kit.text import is_device

#: More than any blueprint needs. Unit: bytes, files.
LARGEST_BYTES: Final = 64_000_000
LARGEST_ZIP: Final = 32_000_000
MOST_FILES: Final = 500
_LONGEST_PATH, _DEEPEST = 240, 10
_MANIFEST: Final = "MANIFEST.json"
#: The earliest moment a zip can say, so that one tree always gives the same bytes.
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
_PLAIN: Final = 0o100644
_FORBIDDEN: Final = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')


def is_inside(path: object) -> bool:
    """Whether a path stays in its tree and means the same file on every system."""
    if not isinstance(path, str) or not 0 < len(path.encode("utf-8", "replace")) <= _LONGEST_PATH:
        return False
    parts = path.split("/")
    return len(parts) <= _DEEPEST and all(map(_is_name, parts))


def _is_name(part: str) -> bool:
    is_dots = part in ("", ".", "..") or part[-1] in ". " or part[0] == " "
    return not (is_dots or _FORBIDDEN.search(part) or is_device(part))


def pack(tree: Mapping[str, bytes]) -> bytes:
    """The tree as one zip; the same tree gives the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(tree):
            entry = zipfile.ZipInfo(path, _NO_TIME)
            entry.external_attr = _PLAIN << 16
            entry.create_system = 3
            archive.writestr(entry, tree[path], zipfile.ZIP_DEFLATED, 6)
    return buffer.getvalue()


def unpack(content: bytes) -> dict[str, bytes]:
    """The files of a zip, in memory. Raises: InvalidInput `blueprints.unsafe_bundle` (problem, entry)."""
    if len(content) > LARGEST_ZIP:
        raise _unsafe("too_large")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _check(entries)
            budget, tree = LARGEST_BYTES, dict[str, bytes]()
            for entry in entries:
                with archive.open(entry) as stream:
                    tree[entry.filename] = _bounded(stream, budget, entry.filename)
                budget -= len(tree[entry.filename])
            return tree
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        OSError,
        EOFError,
        zlib.error,
        ValueError,
    ) as error:
        raise _unsafe("unreadable") from error


def _check(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_FILES:
        raise _unsafe("too_many_files")
    seen: set[str] = set()
    end = 0
    for entry in sorted(entries, key=lambda each: each.header_offset):
        name = entry.filename
        mode = entry.external_attr >> 16
        if not is_inside(name) or not is_inside(entry.orig_filename):
            raise _unsafe("unsafe_name", name)
        if name.casefold() in seen:
            raise _unsafe("repeated_name", name)
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            raise _unsafe("not_a_file", name)
        if entry.flag_bits & 0x1:
            raise _unsafe("protected", name)
        if entry.header_offset < end:
            raise _unsafe("overlapping", name)
        end = entry.header_offset + entry.compress_size
        seen.add(name.casefold())
    parents = {name.rsplit("/", at)[0] for name in seen for at in range(1, name.count("/") + 1)}
    if seen & parents:
        raise _unsafe("file_and_folder")
    if sum(entry.file_size for entry in entries) > LARGEST_BYTES:
        raise _unsafe("too_large")


def _bounded(stream: IO[bytes], budget: int, name: str) -> bytes:
    """A zip says how large a file becomes, and may lie."""
    content = stream.read(budget + 1)
    if len(content) > budget:
        raise _unsafe("too_large", name)
    return content


def _unsafe(problem: str, entry: str = "") -> InvalidInput:
    facts: dict[str, Any] = {"entry": entry[:200]} if entry else {}
    return InvalidInput("blueprints.unsafe_bundle", problem=problem, **facts)


def read_tree(path: Path) -> dict[str, bytes]:
    """The files of a folder that its manifest names, or of a zip.

    Raises: InvalidInput `blueprints.no_artifact`, `blueprints.unsafe_bundle`.
    """
    if not path.is_dir():
        return unpack(_file(path, LARGEST_ZIP))
    root = path.resolve()
    content = _file(root / _MANIFEST, LARGEST_BYTES)
    tree, budget = {_MANIFEST: content}, LARGEST_BYTES
    for name in _named(content):
        if not is_inside(name):
            raise _unsafe("unsafe_name", str(name))
        place = root / name
        if not place.exists():
            continue
        if place.resolve() != place:
            raise _unsafe("not_a_file", name)
        tree[name] = _file(place, budget)
        budget -= len(tree[name])
    return tree


def _named(manifest: bytes) -> list[str]:
    try:
        names = list(json.loads(manifest)["files"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InvalidInput("blueprints.no_artifact", file=_MANIFEST) from error
    if len(names) > MOST_FILES:
        raise _unsafe("too_many_files")
    return names


def _file(path: Path, most: int) -> bytes:
    if not path.is_file():
        raise InvalidInput("blueprints.no_artifact", file=path.name)
    with path.open("rb") as stream:
        return _bounded(stream, most, path.name)


def write_tree(out: Path, tree: Mapping[str, bytes]) -> None:
    """Writes a folder whole or not at all; one that was written before is replaced.

    Raises: InvalidInput `blueprints.out_taken` for a folder with files of others; OSError.
    """
    out = out.absolute()
    if out.exists() and not (out.is_dir() and (not any(out.iterdir()) or (out / _MANIFEST).is_file())):
        raise InvalidInput("blueprints.out_taken", out=str(out))
    out.parent.mkdir(parents=True, exist_ok=True)
    coming = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        for name, content in tree.items():
            place = coming / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        coming.chmod(0o755)
        _replace(out, coming)
    finally:
        shutil.rmtree(coming, ignore_errors=True)


def _replace(out: Path, coming: Path) -> None:
    """Puts a folder in place of another; if that fails, the old one stands."""
    if not out.exists():
        coming.rename(out)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{out.name}.old.", dir=out.parent))
    out.rename(old / "tree")
    try:
        coming.rename(out)
    except BaseException:
        (old / "tree").rename(out)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)
