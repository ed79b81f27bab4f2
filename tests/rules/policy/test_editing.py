"""The one edit that writes a profile into a text, whoever wrote the profiles before."""

from __future__ import annotations

from typing import Any

import pytest

from backend.domains.events.compiling import compile_document
from backend.domains.events.editing import edited
from backend.domains.events.joining import authored
from backend.domains.events.model import Source
from backend.domains.policy.editing import profile_edit
from tests.rules.events.support import Shelf

BASE = """id: base
policy:
  profiles:
    - { key: inherited, priority: 5, match: { utm: { source: [mail] } } }
    - { key: everybody, priority: 0 }
"""
PLAIN = Shelf({"base": BASE, "empty": "id: empty\n"})


def profiles(text: str) -> list[dict[str, Any]]:
    found = compile_document(Source(text), PLAIN)
    assert found.compiled is not None, found.errors
    return found.compiled.document["policy"]["profiles"]


def written(text: str, **profile: Any) -> str:
    standing = frozenset(one["key"] for one in profiles(text))
    return edited(text, [profile_edit(authored(text), profile, standing)])


@pytest.mark.parametrize(
    "text",
    [
        "id: sale\n",
        "extends: empty\nid: sale\n",
        "extends: base\nid: sale\n# kept\nname: Sale\n",
        "extends: base\nid: sale\npolicy: { snapshot_minutes: 60 }\n",
        "extends: base\nid: sale\npolicy: { profiles: { $append: [{ key: other }] } }\n",
        "extends: base\nid: sale\npolicy: { profiles: { $remove: [inherited] } }\n",
        "extends: base\nid: sale\npolicy: { profiles: { $replace: [{ key: other, priority: 3 }] } }\n",
        "id: sale\npolicy:\n  profiles:\n    - key: other # first\n      priority: 1\n",
        '{"id": "sale"}',
    ],
)
def test_a_profile_is_added_and_then_changed_and_the_others_stay(text: str) -> None:
    before = profiles(text)
    added = written(text, key="new", priority=7, match={"consent_required": ["marketing"]})
    assert [p for p in profiles(added) if p["key"] != "new"] == before
    changed = written(added, key="new", priority=8)
    (new,) = [p for p in profiles(changed) if p["key"] == "new"]
    assert (new["priority"], new["match"].get("consent_required")) == (8, [])
    assert [p for p in profiles(changed) if p["key"] != "new"] == before
    assert "# kept" in changed or "# kept" not in text
    assert "# first" in changed or "# first" not in text


def test_nothing_of_an_inherited_profile_shines_through() -> None:
    changed = written("extends: base\nid: sale\n", key="inherited", priority=9)
    found = {p["key"]: p for p in profiles(changed)}
    assert found["inherited"]["priority"] == 9
    assert found["inherited"]["match"].get("utm", {}).get("source", []) == []
    assert set(found) == {"inherited", "everybody"}
