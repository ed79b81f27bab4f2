"""Memory: what every one keeps to, and Zep's through its real library against its protocol."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.adapters.zep_memory import Episode, ZepMemory, superfluous
from backend.core.errors import Busy
from backend.core.ports import Memory
from tests.adapters.zep_server import Zep, zep_server
from tests.fakes import KeptInMind

KEY, BUYER = "z_very-secret-4711", "buyer-17"
BUDGET = {"most_minor": 4_000_000, "currency": "USD"}
TODAY = datetime(2026, 11, 21, tzinfo=UTC)


async def tell(memory: Memory, facts: Mapping[str, Any], ttl_days: int = 10, hour: float = 0.0) -> None:
    await memory.remember(BUYER, facts, ttl_days, as_of=TODAY + timedelta(hours=hour))


async def known(memory: Memory, subject: str = BUYER) -> dict[str, Any]:
    return {name: one.fact for name, one in (await memory.recall(subject)).items()}


@pytest.fixture
def there() -> Iterator[Zep]:
    with zep_server() as made:
        yield made


class Days:
    def __init__(self) -> None:
        self.passed = 0.0

    def now(self) -> datetime:
        return TODAY + timedelta(days=self.passed)


@pytest.fixture
def days() -> Days:
    return Days()


@pytest.fixture
async def zep(there: Zep, days: Days) -> AsyncIterator[ZepMemory]:
    made = ZepMemory(KEY, base_url=there.url, timeout_s=1.0, now=days.now)
    yield made
    await made.close()


@pytest.fixture(params=["zep", "fake"])
def kept(
    request: pytest.FixtureRequest, zep: ZepMemory, days: Days
) -> tuple[Memory, Callable[[float], None]]:
    fake = KeptInMind()

    def pass_days(count: float) -> None:
        days.passed += count
        fake.today += count

    return (zep if request.param == "zep" else fake), pass_days


async def test_a_memory_keeps_what_it_is_told(kept: tuple[Memory, Callable[[float], None]]) -> None:
    memory, pass_days = kept
    assert await memory.recall(BUYER) == {}
    await tell(memory, {"budget": BUDGET, "color": ["white", "grey"]}, 90)
    await tell(memory, {"color": ["blue"], "größe": "Kombi"}, 30, hour=1)
    await memory.remember("buyer-18", {"color": ["red"]}, 90, as_of=TODAY)
    assert await known(memory) == {"budget": BUDGET, "color": ["blue"], "größe": "Kombi"}
    assert (await memory.recall(BUYER))["color"].as_of == TODAY + timedelta(hours=1)
    pass_days(30)
    assert await known(memory) == {"budget": BUDGET}, "an older word does not come back"
    await tell(memory, {"body": "suv"}, 90, hour=2)
    assert await known(memory) == {"budget": BUDGET, "body": "suv"}
    pass_days(60)
    assert await known(memory) == {"body": "suv"}
    await memory.forget(BUYER)
    await memory.forget(BUYER)
    assert await memory.recall(BUYER) == {}
    assert await known(memory, "buyer-18") == {}


async def test_a_word_that_arrives_late_does_not_take_back_a_newer_one(
    kept: tuple[Memory, Callable[[float], None]],
) -> None:
    memory, pass_days = kept
    await tell(memory, {"color": "blue"}, hour=2)
    await tell(memory, {"color": "white", "body": "suv"}, hour=1)
    assert await known(memory) == {"color": "blue", "body": "suv"}
    await tell(memory, {"color": "red"}, hour=3)
    assert await known(memory) == {"color": "red", "body": "suv"}
    pass_days(10)
    assert await known(memory) == {}, "what is over is not told, though nothing was written since"


async def test_nothing_but_facts_goes_to_zep(zep: ZepMemory, there: Zep) -> None:
    await zep.remember("someone@example.com", {"color": "white"}, 10, as_of=TODAY)
    method, path, headers, body = there.asked[2]
    assert (method, path.split("/")[3], headers["authorization"]) == ("POST", "episodes", f"Api-Key {KEY}")
    assert json.loads(body["data"]) == {
        "facts": {"color": "white"}, "as_of": "2026-11-21T00:00:00+00:00", "until": "2026-12-01T00:00:00+00:00",
    }  # fmt: skip
    assert "someone" not in json.dumps([(path, body) for _, path, _, body in there.asked])


async def test_what_is_over_or_overtaken_is_taken_away(zep: ZepMemory, there: Zep, days: Days) -> None:
    for color in ("white", "grey", "blue", "red"):
        await tell(zep, {"color": color})
    (episodes,) = there.episodes.values()
    assert len(episodes) == 1
    days.passed += 10
    await tell(zep, {"body": "suv"})
    assert [json.loads(one["content"])["facts"] for one in next(iter(there.episodes.values()))] == [
        {"body": "suv"}
    ]


async def test_what_others_wrote_is_left_alone(zep: ZepMemory, there: Zep) -> None:
    await tell(zep, {"color": "white"})
    (episodes,) = there.episodes.values()
    episodes.append({"uuid": "1", "content": "They like boats."})
    episodes.append({"uuid": "2", "content": '{"facts": 3, "until": "x"}'})
    nowhere = {"facts": {"color": "red"}, "as_of": "2026-11-21T00:00:00", "until": "2026-12-01T00:00:00"}
    episodes.append({"uuid": "3", "content": json.dumps(nowhere)})
    await tell(zep, {"color": "grey"})
    assert await known(zep) == {"color": "grey"}
    assert {"1", "2", "3"} <= {one["uuid"] for one in next(iter(there.episodes.values()))}


@pytest.mark.parametrize("trouble", [(500, {}), (503, {}), (429, {"retry-after": "0"})])
async def test_trouble_that_passes_is_tried_again(
    zep: ZepMemory, there: Zep, trouble: tuple[int, dict[str, str]]
) -> None:
    await tell(zep, {"color": "white"})
    there.troubles = [trouble]
    assert await known(zep) == {"color": "white"}


async def test_a_writing_that_is_tried_again_is_the_same(zep: ZepMemory, there: Zep) -> None:
    await tell(zep, {"color": "white"})
    there.asked.clear()

    def written() -> list[str]:
        return [h["idempotency-key"] for _, path, h, _ in there.asked if path.endswith("/episodes")]

    there.troubles = [0.0, (500, {})]
    await tell(zep, {"color": "grey"})
    assert len(written()) == 2
    assert len(set(written())) == 1


@pytest.mark.parametrize(
    ("trouble", "facts"),
    [
        (8.0, {"timeout_s": 0.6}),
        ((429, {"retry-after": "60"}), {"status": 429, "retry_after_s": 60.0}),
        ((500, {}), {"status": 500}),
        ((401, {}), {"status": 401}),
        ((302, {"location": "/elsewhere"}), {"status": 302}),
    ],
)
async def test_trouble_that_stays_ends_in_time(there: Zep, trouble: object, facts: dict[str, object]) -> None:
    zep = ZepMemory(KEY, base_url=there.url, timeout_s=0.6)
    for work in (
        lambda: zep.recall(BUYER),
        lambda: tell(zep, {"color": "white"}, 1),
        lambda: zep.forget(BUYER),
    ):
        there.troubles = [trouble] * 12  # type: ignore[list-item]
        began = time.monotonic()
        with pytest.raises(Busy) as error:
            await work()
        assert error.value.code == "core.memory_unreachable"
        assert facts.items() <= error.value.facts.items()
        assert time.monotonic() - began < 1.0
        assert KEY not in str(error.value)
        assert error.value.__cause__ is None
    await zep.close()


async def test_tidying_that_fails_does_not_undo_a_writing(zep: ZepMemory, there: Zep) -> None:
    await tell(zep, {"color": "white"})
    there.troubles = [0.0, 0.0, (401, {})]
    await tell(zep, {"color": "grey"})
    assert await known(zep) == {"color": "grey"}


async def test_two_first_writings_make_one_user(zep: ZepMemory, there: Zep) -> None:
    await asyncio.gather(tell(zep, {"color": "white"}), tell(zep, {"body": "suv"}))
    assert len(there.users) == 1
    assert await known(zep) == {"color": "white", "body": "suv"}


async def test_neither_key_nor_facts_are_logged(
    zep: ZepMemory, there: Zep, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        there.troubles = [(401, {})]
        with pytest.raises(Busy):
            await tell(zep, {"color": "ultramarine"})
        await tell(zep, {"color": "ultramarine"})
    assert KEY not in caplog.text
    assert "ultramarine" not in caplog.text


def test_what_is_superfluous() -> None:
    over, holds = TODAY - timedelta(1), TODAY + timedelta(1)
    newest_first = [
        Episode("over, hides an older word", TODAY, over, {"a": 1}), Episode("holds", TODAY, holds, {"a": 0, "b": 1}),
        Episode("overtaken", TODAY, holds, {"a": 2}), Episode("over", TODAY, over, {"c": 1}),
    ]  # fmt: skip
    assert superfluous(newest_first, TODAY) == ["overtaken", "over"]
    assert superfluous([], TODAY) == []
