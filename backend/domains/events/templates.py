"""Documents to extend, kept as files: `<name>.yaml` or `<name>/event.yaml` in a folder.

The only file access of the domain besides its schemas.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Final

from backend.domains.events.model import Source
from backend.domains.events.reading import LARGEST_BYTES

SEEDS: Final = FilePath(__file__).resolve().parents[3] / "seeds"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


@dataclass(frozen=True, slots=True)
class Folder:
    """Implements `Library` on a folder of documents."""

    path: FilePath = SEEDS

    def find(self, name: str) -> Source | None:
        if not _NAME.fullmatch(name):
            return None
        for place in (f"{name}.yaml", f"{name}/event.yaml", f"{name}.json"):
            if (file := self.path / place).is_file():
                return Source(read_bounded(file), place)
        return None

    def names(self) -> Sequence[str]:
        flat = [file.stem for pattern in ("*.yaml", "*.json") for file in self.path.glob(pattern)]
        return sorted([*flat, *(file.parent.name for file in self.path.glob("*/event.yaml"))])


def read_bounded(file: FilePath) -> bytes:
    """A file's content, or as much of it as shows that it is too large to be a document."""
    with file.open("rb") as stream:
        return stream.read(LARGEST_BYTES + 1)
