"""A version as a tree of files that people and machines can keep, review and carry to another machine. Pure.

Source: the brief's artifact layout: `config/`, `sources/`, `sql/`, `tests/`, one manifest with the hash of each file.
Reads and writes no files: a tree is a map from path to content. What comes back is checked file by file, and compiles
to the hash it left with, whatever templates the other machine has.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any, Final

from backend.core.errors import InvalidInput
from backend.domains.events.compiling import compile_document
from backend.domains.events.contract import contract_of, contract_problems
from backend.domains.events.layers import follow
from backend.domains.events.model import Compiled, Document, Library, Source
from backend.kit.canonical_json import canonical

Tree = dict[str, bytes]

MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
#: Sections that have a file of their own, for those who review only them.
PARTS: Final[Mapping[str, Sequence[str]]] = {
    "transactions": ("conversion", "pricing", "privacy"),
    "scarcity": ("sdme",),
    "social_proof": ("cspe",),
}
_NO_MIGRATION: Final = (
    "# {id}\n\nThis event needs no migration of its own: its attributes ({attributes}) are kept in `listings.specs` and\n"
    "found through the indexes that every event has.\n"
)


@dataclass(frozen=True, slots=True)
class Export:
    """What goes into a tree: one version, and how its seller's columns become listings, where that is known."""

    document: Document
    source: str
    sha256: str
    number: int
    message: str = ""
    mappings: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Artifact:
    """What came back. `source` compiles with `library` to the document that was exported.

    `is_authored` is false where the author's text no longer gives that document, because a template has changed since;
    `source` is then the compiled document itself. `broken`: what of its contract test does not hold here.
    """

    id: str
    sha256: str
    number: int
    message: str
    source: Source
    library: Library
    is_authored: bool
    broken: tuple[str, ...]


class Enclosed:
    """The templates of a tree; implements `Library`."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources

    def find(self, name: str) -> Source | None:
        return self._sources.get(name)

    def names(self) -> Sequence[str]:
        return sorted(self._sources)


def tree_of(version: Export, library: Library) -> Tree:
    """Every file of a version, the manifest last. `library` has the templates that the author's text extends."""
    document, name = version.document, str(version.document["id"])
    tree: Tree = {f"config/sales_events/{name}.json": canonical(document).encode()}
    for folder, sections in PARTS.items():
        tree[f"config/{folder}/{name}.json"] = _text({s: document[s] for s in sections if s in document})
    template = _template(version, library)
    if template is not None:
        tree[_template_path(document)] = _text(template)
    tree[f"sources/{name}/event.yaml"] = version.source.encode()
    if version.mappings:
        tree[f"sources/{name}/column_mapping.json"] = _text(version.mappings[0])
    for mapping in version.mappings[1:]:
        tree[f"sources/{name}/column_mapping.{_file_name(mapping)}.json"] = _text(mapping)
    attributes = ", ".join(item["name"] for item in document["catalogue"]["attributes"]) or "none"
    tree[f"sql/migrations/{name}/README.md"] = _NO_MIGRATION.format(id=name, attributes=attributes).encode()
    tree[f"tests/{name}/contract_test.json"] = _text(contract_of(document, version.sha256))
    tree[MANIFEST] = _text(_manifest(version, tree, template))
    return tree


def read_tree(tree: Mapping[str, bytes]) -> Artifact:
    """What a tree holds, if each file is as it was exported.

    Raises: InvalidInput `events.no_artifact`; `events.artifact_changed` with `changed` and `missing` files;
    `events.artifact_outdated` where this product reads the document otherwise than the one that exported it.
    """
    manifest = manifest_of(tree)
    _check_files(manifest, tree)
    name = manifest["event"]
    compiled = _document(manifest, tree, f"config/sales_events/{name}.json")
    source, library, is_authored = _source(manifest, tree, compiled)
    broken = _broken_promises(compiled, tree, f"tests/{name}/contract_test.json")
    return Artifact(
        compiled.id,
        compiled.sha256,
        manifest["version"],
        manifest["message"],
        source,
        library,
        is_authored,
        broken,
    )


def manifest_of(tree: Mapping[str, bytes]) -> dict[str, Any]:
    """The manifest, if it is one of this product and names only files inside the tree. Raises: `events.no_artifact`."""
    try:
        manifest = json.loads(tree.get(MANIFEST, b""))
        is_fit = (
            manifest["format"] == FORMAT
            and all(isinstance(manifest[key], str) for key in ("event", "sha256", "message"))
            and isinstance(manifest["version"], int)
            and all(
                is_inside(path) and isinstance(facts["sha256"], str)
                for path, facts in manifest["files"].items()
            )
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        is_fit = False
        manifest = {}
    if not is_fit:
        raise InvalidInput("events.no_artifact", file=MANIFEST)
    return manifest


def is_inside(path: str) -> bool:
    """Whether a path stays in its tree."""
    parts = PurePosixPath(path).parts
    return bool(parts) and not path.startswith("/") and ".." not in parts and not set(path) & set("\\:\0")


def _check_files(manifest: Mapping[str, Any], tree: Mapping[str, bytes]) -> None:
    files: Mapping[str, Any] = manifest["files"]
    missing = sorted(path for path in files if path not in tree)
    changed = sorted(path for path in files if path in tree and _digest(tree[path]) != files[path]["sha256"])
    if missing or changed:
        raise InvalidInput("events.artifact_changed", changed=changed, missing=missing)


def _document(manifest: Mapping[str, Any], tree: Mapping[str, bytes], path: str) -> Compiled:
    content = _member(tree, path)
    if _digest(content) != manifest["sha256"]:
        raise _changed(path)
    compiled = compile_document(Source(content, path), Enclosed({})).compiled
    if compiled is None or compiled.sha256 != manifest["sha256"]:
        found = compiled.sha256 if compiled else None
        raise InvalidInput("events.artifact_outdated", file=path, expected=manifest["sha256"], found=found)
    if compiled.id != manifest["event"]:
        raise _changed(path)
    return compiled


def _broken_promises(compiled: Compiled, tree: Mapping[str, bytes], path: str) -> tuple[str, ...]:
    try:
        contract = json.loads(_member(tree, path))
        return tuple(contract_problems(compiled.document, compiled.sha256, contract))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _changed(path) from error


def _source(
    manifest: Mapping[str, Any], tree: Mapping[str, bytes], compiled: Compiled
) -> tuple[Source, Library, bool]:
    """The author's text with the enclosed template, if together they still give the document; else the document."""
    library = Enclosed({})
    extends = manifest.get("extends")
    if isinstance(extends, dict) and extends.get("file") in tree:
        library = Enclosed({extends["name"]: Source(tree[extends["file"]], extends["file"])})
    path = f"sources/{compiled.id}/event.yaml"
    authored = Source(_member(tree, path), path)
    found = compile_document(authored, library).compiled
    if found is not None and found.sha256 == compiled.sha256:
        return authored, library, True
    return Source(compiled.canonical, f"config/sales_events/{compiled.id}.json"), Enclosed({}), False


def _member(tree: Mapping[str, bytes], path: str) -> bytes:
    if path not in tree:
        raise InvalidInput("events.artifact_changed", changed=[], missing=[path])
    return tree[path]


def _changed(path: str) -> InvalidInput:
    return InvalidInput("events.artifact_changed", changed=[path], missing=[])


def _template(version: Export, library: Library) -> dict[str, Any] | None:
    """All that the event is laid over, merged into one document; None where it extends nothing, or nothing there is."""
    layers = follow(Source(version.source), library)
    if layers.problems or not layers.names:
        return None
    layers.readings = layers.readings[1:]
    return {"id": layers.names[0]} | layers.merged()


def _template_path(document: Document) -> str:
    return f"config/behavior_templates/{document['domain']}.json"


def _manifest(version: Export, tree: Tree, template: Mapping[str, Any] | None) -> dict[str, Any]:
    document = version.document
    extends = {"name": template["id"], "file": _template_path(document)} if template else None
    return {
        "format": FORMAT,
        "event": document["id"],
        "name": document["name"],
        "version": version.number,
        "message": version.message,
        "sha256": version.sha256,
        "extends": extends,
        "files": {
            path: {"sha256": _digest(content), "bytes": len(content)}
            for path, content in sorted(tree.items())
        },
    }


def _file_name(mapping: Mapping[str, Any]) -> str:
    return "".join(c if c.isalnum() else "_" for c in str(mapping.get("source", "other")).casefold())


def _text(value: Any) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True) + "\n").encode()


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()
