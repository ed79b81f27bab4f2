"""Where the samples of a blueprint lie on this machine: kept beside the stack, never in the tree.

A tree comes from anywhere; what it says of paths would be somebody else's wish to have files of this machine imported.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from backend.domains.blueprints.artifacts.tree import MANIFEST
from backend.local.layout import Layout


def note(tree: Mapping[str, bytes], files: Mapping[str, Path]) -> None:
    """Remembers the files of a tree that was written here. Where that cannot be kept, `--samples` says it later."""
    places = {name: str(path.resolve()) for name, path in files.items()}
    try:
        place = _place(tree)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(places, ensure_ascii=False), "utf-8")
    except OSError:
        return


def noted(tree: Mapping[str, bytes]) -> dict[str, Path]:
    """What was remembered of this very tree, as far as it is still there."""
    try:
        places: dict[str, str] = json.loads(_place(tree).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {name: Path(path) for name, path in places.items() if Path(path).is_file()}


def _place(tree: Mapping[str, bytes]) -> Path:
    return Layout.from_env().home / "samples" / f"{sha256(tree[MANIFEST]).hexdigest()}.json"
