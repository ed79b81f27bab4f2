"""A streamed answer is the same however it is cut into chunks, and no chunk can do more than make it none."""

from __future__ import annotations

import contextlib
import json
from types import SimpleNamespace as Some
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from backend.adapters.chat_gathering import Gathering
from backend.adapters.model_answers import Failed
from backend.core.ports import ToolCall

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=60)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["choices", "index", "delta", "content", "tool_calls", "function", "arguments", "name", "id", "finish_reason", "usage"]
    ), inner, max_size=6),
    max_leaves=25,
)  # fmt: skip


def chunk(delta: Any, finish: str | None = None) -> Any:
    return Some(choices=[Some(index=0, delta=delta, finish_reason=finish)], usage=None)


def gathered(*chunks: Any) -> Any:
    gathering = Gathering("groq", "small", {})
    for one in chunks:
        gathering.add(one)
    return gathering.answer()


@st.composite
def cut(draw: st.DrawFn, text: str) -> list[str]:
    places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    return [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]


@given(st.data(), TEXT, st.lists(st.dictionaries(TEXT, st.integers() | TEXT, max_size=3), max_size=3))
def test_an_answer_is_the_same_however_it_is_cut(
    data: st.DataObject, text: str, calls: list[dict[str, Any]]
) -> None:
    chunks = [chunk(Some(content=piece)) for piece in data.draw(cut(text))]
    pieces = [data.draw(cut(json.dumps(arguments))) for arguments in calls]
    for place in range(len(calls)):
        part = Some(index=place, id=f"id{place}", function=Some(name=f"tool{place}", arguments=""))
        chunks.append(chunk(Some(content=None, tool_calls=[part])))
    for turn in range(max(map(len, pieces), default=0)):
        for place, own in enumerate(pieces):
            if turn < len(own):
                part = Some(index=place, id=None, function=Some(name=None, arguments=own[turn]))
                chunks.append(chunk(Some(content=None, tool_calls=[part])))
    answer = gathered(*chunks, chunk(Some(content=""), "stop"))
    assert answer.text == text
    assert answer.calls == tuple(ToolCall(f"id{n}", f"tool{n}", given) for n, given in enumerate(calls))


def some(value: Any) -> Any:
    """JSON as a library hands it on, unchecked."""
    if isinstance(value, dict):
        return Some(**{name: some(inner) for name, inner in value.items()})
    return [some(inner) for inner in value] if isinstance(value, list) else value


@given(st.lists(JSON, max_size=4))
def test_nonsense_is_a_failure_or_a_text(chunks: list[Any]) -> None:
    with contextlib.suppress(Failed):
        answer = gathered(*map(some, chunks), chunk(Some(content="x"), "stop"))
        assert isinstance(answer.text, str)
        assert all(isinstance(call.name, str) and isinstance(call.arguments, dict) for call in answer.calls)
