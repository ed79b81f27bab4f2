"""The wall and the words agree: what the database finds changed and risky is what the cockpit shows."""

from __future__ import annotations

import json
import random
from copy import deepcopy
from typing import Any

import psycopg

from backend.domains.events import schema
from backend.domains.events.changes import diff
from backend.domains.events.compiling import compile_document, completed
from backend.domains.events.model import Source
from backend.domains.events.patterns import changed_patterns, pattern_risk
from backend.domains.events.templates import SEEDS, Folder

RISKS = ("none", "low", "medium", "high")


def compiled() -> dict[str, Any]:
    source = Source((SEEDS / "tesla_q1_2026" / "event.yaml").read_bytes())
    result = compile_document(source, Folder()).compiled
    assert result is not None
    return dict(result.document)


def filled(document: Any, standard: Any) -> Any:
    """The defaults with the document over them, as the database compares."""
    if not isinstance(document, dict) or not isinstance(standard, dict):
        return document
    return standard | {name: filled(value, standard.get(name)) for name, value in document.items()}


def mutate(value: Any, chance: random.Random) -> Any:
    """Another document: values replaced, names removed and added, lists shuffled, shortened, lengthened."""
    if isinstance(value, dict):
        changed = {name: mutate(item, chance) for name, item in value.items() if chance.random() > 0.01}
        if chance.random() < 0.02:
            changed[f"new_{chance.randrange(3)}"] = chance.choice([1, "x", {}, [], {"deep": [1]}])
        return changed
    if isinstance(value, list):
        changed = [mutate(item, chance) for item in value if chance.random() > 0.02]
        if chance.random() < 0.05:
            chance.shuffle(changed)
        if chance.random() < 0.05:
            changed.insert(
                chance.randrange(len(changed) + 1), deepcopy(chance.choice(changed)) if changed else "new"
            )
        return changed
    return chance.choice([0, 1, True, None, "other", {}, []]) if chance.random() < 0.01 else value


def test_the_database_has_a_rule_for_every_leaf(owner: psycopg.Connection[Any]) -> None:
    rows = owner.execute("select pattern, reload, risk, permission, lever from private.path_rules").fetchall()
    rules = {tuple(row["pattern"]): row for row in rows}
    for path, leaf in schema.leaves():
        rule = rules[tuple(str(step) for step in path)]
        assert (rule["reload"], rule["risk"], rule["lever"]) == (
            leaf["x-reload"],
            leaf["x-risk"],
            leaf.get("x-lever"),
        ), path


def test_both_find_the_same_patterns_and_the_same_risk(owner: psycopg.Connection[Any]) -> None:
    base = compiled()
    chance = random.Random(7)
    seen = dict.fromkeys(RISKS, 0)
    for _ in range(200):
        document = deepcopy(base)
        for section in chance.sample(sorted(base), 2):
            document[section] = mutate(document[section], chance)
        row = owner.execute(
            "select private.risk_of(%s, %s) as found", (json.dumps(base), json.dumps(document))
        ).fetchone()
        assert row is not None
        found = row["found"]
        document = filled(document, completed({}))
        assert set(found["patterns"]) == {".".join(p) for p in changed_patterns(base, document)}
        assert found["risk"] == pattern_risk(base, document)
        assert RISKS.index(diff(base, document).risk) >= RISKS.index(found["risk"])
        seen[found["risk"]] += 1
    assert min(seen.values()) > 0, seen


def test_a_default_that_is_younger_than_a_version_is_no_change(owner: psycopg.Connection[Any]) -> None:
    now = compiled()
    before = {
        name: value for name, value in now.items() if name not in {"personalization", "voice", "outreach"}
    }
    before["safety"] = {n: v for n, v in now["safety"].items() if n != "force_strict"}
    row = owner.execute(
        "select private.risk_of(%s, %s) as found", (json.dumps(before), json.dumps(now))
    ).fetchone()
    assert row is not None
    assert row["found"]["risk"] == "none"
    row = owner.execute(
        "select private.risk_of(%s, %s) as found",
        (json.dumps(before), json.dumps(now | {"safety": now["safety"] | {"force_strict": True}})),
    ).fetchone()
    assert row is not None
    assert row["found"]["patterns"] == ["safety.force_strict"]
