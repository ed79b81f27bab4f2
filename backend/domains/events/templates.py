"""Documents to extend, kept as files: `<name>.yaml` or `<name>/event.yaml` in a folder.

The only file access of the domain besides its schemas. What a template is for stands in the comment at its head.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Final

from backend.domains.events.model import Source
from backend.domains.events.reading import LARGEST_BYTES, read

SEEDS: Final = FilePath(__file__).resolve().parents[3] / "seeds"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


@dataclass(frozen=True, slots=True)
class Template:
    """A shipped document as a list shows it. `name` is what others extend; with an inventory come its mapping and rows."""

    name: str
    title: str
    description: str
    domain: str
    has_inventory: bool


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


def list_templates(folder: Folder | None = None) -> list[Template]:
    """What an event can begin from: the documents of the folder that have an id, by title, the defaults last."""
    folder = folder or Folder()
    found = [_template(source.text, name) for name in folder.names() if (source := folder.find(name))]
    templates = [
        Template(name, title, text, domain, (folder.path / name / "mapping.yaml").is_file())
        for name, title, text, domain in filter(None, found)
    ]
    return sorted(templates, key=lambda template: (template.domain == "general", template.title))


@lru_cache(maxsize=64)
def _template(content: str | bytes, name: str) -> tuple[str, str, str, str] | None:
    """Name, title, description and domain; None for what is no event document."""
    document = read(Source(content, name)).value
    if document is None or "id" not in document:
        return None
    head = content.decode("utf-8", "replace") if isinstance(content, bytes) else content
    title, domain = document.get("name") or document["id"], document.get("domain") or "general"
    return name, str(title), _opening_comment(head), str(domain)


def _opening_comment(text: str) -> str:
    """The first paragraph of the comment that a document begins with."""
    lines: list[str] = []
    for line in text.lstrip("\ufeff").splitlines():
        words = line.strip().removeprefix("#").strip()
        if not line.startswith("#") or not words:
            break
        lines.append(words)
    return " ".join(lines)


def read_bounded(file: FilePath) -> bytes:
    """A file's content, or as much of it as shows that it is too large to be a document."""
    with file.open("rb") as stream:
        return stream.read(LARGEST_BYTES + 1)
