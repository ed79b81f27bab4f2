"""What the database knows of the schemas: one row per kind of place of a document, as SQL. Reads the schemas only.

`python -m backend.domains.events.path_rules` writes the migration. Each release that changes a schema brings the
whole table anew, in a migration of its own: `<timestamp>_path_rules.sql`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any, Final

from backend.domains.events import schema
from backend.domains.events.compiling import completed
from backend.domains.events.patterns import Pattern, pattern_of, rule_for
from backend.kit.canonical_json import canonical

_HEAD: Final = """\
-- Generated: python -m backend.domains.events.path_rules (from schemas/; change those instead).
-- What it takes to change each kind of place of an event document. The longest pattern that begins a path counts.
create table if not exists private.path_rules (
  pattern text[] primary key,
  reload text not null check (reload in ('pinned', 'live', 'kill')),
  risk text not null check (risk in ('low', 'medium', 'high')),
  permission text not null,
  lever jsonb
);
alter table private.path_rules enable row level security;

delete from private.path_rules;
insert into private.path_rules (pattern, reload, risk, permission, lever) values
"""

_STANDARD: Final = """
-- What a document says that says nothing. A version older than a path is compared as if it had said this.
create or replace function private.standard_document() returns jsonb
language sql immutable set search_path = '' as $$ select '"""
_END: Final = "'::jsonb $$;\n"


def patterns() -> Iterator[Pattern]:
    """Every leaf, and every map that takes names of the author's own: its members have no rows of theirs."""
    seen: set[Pattern] = set()
    for path in (*_open_maps(schema.resolved()), *(path for path, _ in schema.leaves())):
        pattern = pattern_of(path)
        if pattern not in seen:
            seen.add(pattern)
            yield pattern


def _open_maps(node: Mapping[str, Any], path: Pattern = ()) -> Iterator[Pattern]:
    if "properties" in node and isinstance(node.get("additionalProperties"), dict):
        yield path
    for name, member in node.get("properties", {}).items():
        yield from _open_maps(member, (*path, name))
    if "items" in node:
        yield from _open_maps(node["items"], (*path, "*"))


def migration() -> str:
    """The whole migration. Two runs over the same schemas give the same text."""
    rules = ",\n".join(_row(pattern) for pattern in patterns())
    standard = canonical(completed({})).replace("'", "''")
    return f"{_HEAD}{rules};\n{_STANDARD}{standard}{_END}"


def _row(pattern: Pattern) -> str:
    rule = rule_for(pattern)
    lever = "null" if rule.lever is None else f"'{json.dumps(rule.lever)}'"
    return f"  ('{{{','.join(pattern)}}}', '{rule.reload}', '{rule.risk}', '{rule.permission}', {lever})"


if __name__ == "__main__":
    sys.stdout.write(migration())
