# ruff: noqa: E501 (documents, one line each)
"""Descriptions that are wrong, endless or bombs: refused in bounded time and memory, or read as far as they make sense."""

from __future__ import annotations

import json
import random
import time
import tracemalloc
from typing import Any

import pytest

from backend.core.errors import AppError, InvalidInput
from backend.domains.blueprints.connecting.documents import MAX_CHARS, read_document
from backend.domains.blueprints.connecting.proposing import propose_feed
from tests.fakes import HashEmbedder
from tests.rules.blueprints.descriptions import DESCRIPTIONS, N, S, arr, obj, ok


def propose(text: str, name: str = "api.yaml") -> Any:
    return propose_feed(name, text, embedder=HashEmbedder())


def document(paths: Any, **more: Any) -> str:
    return json.dumps(
        {"openapi": "3.0.3", "info": {}, "servers": [{"url": "https://t.example"}], "paths": paths, **more}
    )


def laughs(depth: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, depth)]
    return "openapi: 3.0.0\npaths: {}\n" + "\n".join(lines)


@pytest.mark.parametrize(
    "text",
    [
        laughs(12),
        "openapi: 3.0.0\npaths: &p\n  a: *p\n",
        "openapi: 3.0.0\npaths:\n  x: &x {<<: [*x]}\n",
        "[" * 100_000,
        "{" * 100_000,
        '{"a":' * 50_000,
        "- " * 50_000,
        "a: &a " + "x" * 200_000 + "\nb: [" + ", ".join(["*a"] * 1_000) + "]",
        json.dumps([[0]] * 600_000),
        "\x00\x01\x02",
        "",
        "just words",
        "%PDF-1.7",
        "<html><body>Not found</body></html>",
        "!!python/object/apply:os.system [echo]",
        "openapi: !!python/name:os.system\npaths: {}",
        "a: b: c",
        "\ud800",
        "null",
        "[]",
        "{}",
        "[1, 2]",
        "curl",
        "curl -H",
        "curl 'https://x.example",
        "curl -X POST https://x.example/cars -d '{\"a\":1}'",
        "curl https://x.example/cars\n\n<html>",
        document({}),
        document({"/x": None}),
        document({"/x": {"get": {"responses": {"200": {"$ref": "#/nowhere"}}}}}),
        document({"/x": {"get": {"responses": {"200": {"$ref": "https://evil.example/a.json"}}}}}),
        document(
            {"/x": {"get": {"responses": [], "parameters": {"a": 1}}}},
            components=[],
            servers="x",
            security={"a": 1},
        ),
    ],
)
def test_what_makes_no_sense_is_refused_clearly(text: str) -> None:
    started = time.monotonic()
    with pytest.raises(InvalidInput) as refused:
        propose(text)
    assert refused.value.code in {"blueprints.description_unreadable", "blueprints.no_list_operation"}
    assert refused.value.facts["file"] == "api.yaml"
    assert time.monotonic() - started < 25


def test_a_description_beyond_the_limit_is_not_even_parsed() -> None:
    with pytest.raises(InvalidInput, match="description_too_large"):
        read_document("api.json", " " * (MAX_CHARS + 1))


def test_a_bomb_costs_this_process_nothing() -> None:
    tracemalloc.start()
    with pytest.raises(InvalidInput) as refused:
        read_document("api.yaml", laughs(12))
    assert refused.value.facts["problem"] == "too_many_values"
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_references_that_lead_in_circles_are_read_once() -> None:
    thing = {
        "allOf": [{"$ref": "#/components/schemas/Thing"}, {"$ref": "#/components/schemas/Base"}],
        "properties": {"price": N, "make": S, "related": arr({"$ref": "#/components/schemas/Thing"})},
    }
    schemas = {
        "Thing": thing,
        "Base": obj(id=S, vin=S, parent={"$ref": "#/components/schemas/Thing"}),
        "Loop": {"$ref": "#/components/schemas/Pool"},
        "Pool": {"$ref": "#/components/schemas/Loop"},
        "Page": {
            "anyOf": [
                obj(items=arr({"$ref": "#/components/schemas/Thing"})),
                {"$ref": "#/components/schemas/Loop"},
            ]
        },
    }
    feed = propose(
        document(
            {"/cars": {"get": {"responses": ok({"$ref": "#/components/schemas/Page"})}}},
            components={"schemas": schemas},
        )
    )
    assert feed.plan["records_path"] == "items"
    assert {field.key for field in feed.fields} == {"id", "vin", "price", "make"}


def test_schemas_that_branch_without_end_are_cut() -> None:
    schemas = {
        f"S{n}": obj(
            **{f"p{k}": {"$ref": f"#/components/schemas/S{(n + k + 1) % 40}"} for k in range(10)}, price=N
        )
        for n in range(40)
    }
    paths = {"/cars": {"get": {"responses": ok(arr({"$ref": "#/components/schemas/S0"}))}}}
    started = time.monotonic()
    feed = propose(document(paths, components={"schemas": schemas}))
    assert time.monotonic() - started < 20
    assert len(feed.fields) <= 400


def test_thousands_of_operations_are_looked_through_in_time() -> None:
    car = obj(**{f"field_{n}": S for n in range(40)}, price=N, vin=S, id=S)
    paths = {f"/group{n}/things": {"get": {"responses": ok(arr(car))}} for n in range(1_500)}
    paths["/vehicles"] = {
        "get": {
            "responses": ok(arr({**car, "properties": {**car["properties"], "make": S, "photos": arr(S)}}))
        }
    }
    text = document(paths)
    started = time.monotonic()
    assert propose(text).plan["list_operation"]["path"] == "/vehicles"
    assert time.monotonic() - started < 25


def test_yaml_keeps_dates_and_numbers_of_versions_as_text() -> None:
    read = read_document(
        "api.yaml",
        "openapi: 3.0.0\ninfo: {version: 2024-01-31}\npaths: {}\nresponses: {200: ok, true: yes}\nbase: &b {a: 1}\nmore: {<<: *b}",
    )
    assert read["info"]["version"] == "2024-01-31"
    assert read["responses"] == {"200": "ok", "true": True}
    assert read["more"] == {"a": 1}


def test_whatever_is_changed_in_a_description_the_answer_is_a_plan_or_a_refusal() -> None:
    """Random damage: keys lost, values of another kind, texts cut."""
    dice = random.Random(4711)

    def damaged(node: Any) -> Any:
        if dice.random() < 0.02:
            return dice.choice([None, 7, "x", [], {}, True, [{"$ref": "#"}], {"$ref": 5}])
        if isinstance(node, dict):
            return {key: damaged(value) for key, value in node.items() if dice.random() > 0.02}
        return [damaged(value) for value in node] if isinstance(node, list) else node

    def outcome(text: str, name: str) -> str:
        try:
            return propose(text, name).file
        except AppError as error:
            return error.code

    whole = json.loads(DESCRIPTIONS["oauth.json"])
    outcomes = {outcome(json.dumps(damaged(whole)), "plan") for _ in range(25)}
    for name in ("win.txt", "chrome.txt", "token.txt"):
        text = DESCRIPTIONS[name]
        cuts = [sorted(dice.sample(range(len(text)), 2)) for _ in range(12)]
        outcomes |= {outcome(text[:start] + text[end:], "plan") for start, end in cuts}
    refusals = {"description_unreadable", "no_list_operation", "plan_invalid"}
    assert "plan" in outcomes
    assert outcomes <= {"plan", *(f"blueprints.{code}" for code in refusals)}


@pytest.mark.parametrize(
    "text",
    [
        "curl 'https://t.example/x \n" + "a line\n" * 100_000,
        "curl https://t.example/x\n[{" + "\n " * 500_000,
        "curl https://t.example/x\n[" + "1//" * 200_000 + '"',
        "$" + " " * 150_000 + "\n[1]",
        "\n" * 50_000 + "{",
    ],
    ids=["open quotation", "blank lines", "comments", "prompt", "empty lines"],
)
def test_endless_pastes_take_no_endless_time(text: str) -> None:
    begun = time.monotonic()
    with pytest.raises(AppError):
        propose(text, "pasted.txt")
    assert time.monotonic() - begun < 10
