"""A crowd: many open conversations, each with a turn now and then, over HTTP against one process, and against two.

The pace is open: when a turn is due it is sent, however slow the ones before were, and its time counts from when it was
due. So a process that falls behind shows it. Each conversation goes on: limits of earlier turns stay.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
from dataclasses import dataclass, field
from typing import Any, Final

from backend.local.layout import HOST
from benchmarks.corpus import questions
from benchmarks.ground import Ground
from benchmarks.measure import Findings, Goal
from benchmarks.stock import stock_of
from benchmarks.web import Web, run_web

_EVERY_S: Final = 30.0  # one turn of one conversation
_BEGUN_AT_ONCE: Final = 8
_CONNECTIONS: Final = 32
_PROCESSES: Final = (1, 2)
_LENGTH: Final = re.compile(r"^content-length: *(\d+)", re.IGNORECASE | re.MULTILINE)
_FOLLOWING: Final = (
    "No red ones.",
    "Actually, 2024 or newer.",
    "Which one is the cheapest?",
    "White would be nice.",
)


@dataclass(slots=True)
class _Seen:
    """What came of the turns. Unit: ms."""

    turns: list[float] = field(default_factory=list[float])
    floor: list[float] = field(default_factory=list[float])
    late: list[float] = field(default_factory=list[float])
    failed: list[str] = field(default_factory=list[str])


async def run(ground: Ground) -> Findings:
    found = Findings("crowd")
    stock = await stock_of(ground, min(ground.sizes.listings))
    for processes in _PROCESSES:
        with run_web(ground, stock.slug, processes=processes) as web:
            if web is None:
                found.skipped = "the application does not start here yet"
                return found
            seen = await _drive(ground, web, stock.slug)
            memory = web.memory_mb()
        served_by = "one process" if processes == 1 else f"{processes} processes"
        _report(ground, found, seen, f"{stock.listings:,} listings, {served_by}", memory)
    return found


def _report(ground: Ground, found: Findings, seen: _Seen, where: str, memory: int) -> None:
    found.add(
        f"{ground.sizes.crowd:,} conversations, a turn each {_EVERY_S:g} s, {where}: a turn from when it was due",
        seen.turns,
        floor=("the health check on the same connections", seen.floor),
        goal=Goal("p95", "<=", 200),
        note=f"{len(seen.turns)} turns answered in {ground.sizes.crowd_seconds} s",
    )
    found.add("… of it: how late the client itself was", seen.late)
    found.add("… turns that failed", [float(len(seen.failed))], unit="", goal=Goal("p95", "<=", 0))
    found.notes += [f"Failed: {problem}" for problem in dict.fromkeys(seen.failed[:3])]
    found.notes.append(f"Memory of a process that answered them, at the end: {memory} MB.")


class _Line:
    """One connection that is kept open. Plain streams: a client of comforts would take the cores from whom it measures."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, body: dict[str, Any] | None = None, token: str = "") -> bytes:
        """The answer's body. Raises: OSError, EOFError; RuntimeError for another status than 200."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(HOST, self._port)
        reader, writer = self._streams
        data = json.dumps(body).encode() if body is not None else b""
        head = f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {len(data)}\r\n"
        head += "Content-Type: application/json\r\n" + (f"Authorization: Bearer {token}\r\n" if token else "")
        writer.write(head.encode() + b"\r\n" + data)
        told = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = int(_LENGTH.findall(told)[0])
        answer = await reader.readexactly(length)
        if told.split(" ", 2)[1] != "200":
            raise RuntimeError(f"{path}: {told.splitlines()[0]} {answer[:200]!r}")
        return answer

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
        self._streams = None


class _Lines:
    """So many connections; who finds none free waits for one."""

    def __init__(self, port: int, count: int) -> None:
        self._free: asyncio.Queue[_Line] = asyncio.Queue()
        for _ in range(count):
            self._free.put_nowait(_Line(port))

    async def ask(self, method: str, path: str, body: dict[str, Any] | None = None, token: str = "") -> bytes:
        line = await self._free.get()
        try:
            return await line.ask(method, path, body, token)
        except BaseException:
            line.close()
            raise
        finally:
            self._free.put_nowait(line)

    def close(self) -> None:
        while not self._free.empty():
            self._free.get_nowait().close()


async def _drive(ground: Ground, web: Web, slug: str) -> _Seen:
    lines = _Lines(web.port, _CONNECTIONS)
    try:
        open_ones = await _begin_all(lines, slug, ground.sizes.crowd)
        return await _pace(lines, open_ones, ground.sizes.crowd_seconds)
    finally:
        lines.close()


async def _begin_all(lines: _Lines, slug: str, count: int) -> list[tuple[str, str]]:
    """Shape: session and token of each conversation."""
    at_once = asyncio.Semaphore(_BEGUN_AT_ONCE)

    async def one() -> tuple[str, str]:
        async with at_once:
            body = json.loads(await lines.ask("POST", "/api/v1/discovery/start", {"event_id": slug}))
            return body["session_id"], body["session_token"]

    return list(await asyncio.gather(*(one() for _ in range(count))))


async def _pace(lines: _Lines, open_ones: list[tuple[str, str]], seconds: int) -> _Seen:
    """Each conversation begins at a moment of its own within the first interval, and keeps its pace."""
    seen, chance = _Seen(), random.Random(5)
    clock = asyncio.get_running_loop().time
    began = clock() + 0.2
    texts = [question.text for question in questions(len(open_ones) // 3 + 1, seed=31)]

    async def converse(at: int) -> None:
        due, turn = began + chance.random() * _EVERY_S, 0
        while due < began + seconds:
            await asyncio.sleep(max(0.0, due - clock()))
            text = texts[at % len(texts)] if turn == 0 else _FOLLOWING[(at + turn) % len(_FOLLOWING)]
            await _turn(lines, seen, open_ones[at], text, due)
            due, turn = due + _EVERY_S, turn + 1

    await asyncio.gather(*(converse(at) for at in range(len(open_ones))))
    return seen


async def _turn(lines: _Lines, seen: _Seen, session: tuple[str, str], text: str, due: float) -> None:
    clock = asyncio.get_running_loop().time
    seen.late.append(max(0.0, clock() - due) * 1e3)
    body = {"session_id": session[0], "message": text}
    try:
        await lines.ask("POST", "/api/v1/discovery/message", body, session[1])
    except (OSError, EOFError, RuntimeError) as error:
        seen.failed.append(f"{type(error).__name__}: {error}"[:200])
        return
    seen.turns.append((clock() - due) * 1e3)
    if len(seen.turns) % 10 == 1:
        began = clock()
        await lines.ask("GET", "/api/health")
        seen.floor.append((clock() - began) * 1e3)
