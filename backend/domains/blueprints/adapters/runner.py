"""Runs approved adapters beside an import: a process of its own, limited in memory, time, files and children.

Enforced everywhere: approval by hash, the allow-list of `linted`, an empty environment, isolated Python without site packages,
few builtins, a wall clock for each batch. Enforced on Linux and macOS: memory, processor time, no written files, no opened files,
no children. On Linux also, where user namespaces are allowed: no network.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

from backend.core.errors import InvalidInput
from backend.domains.blueprints.adapters.code import AdapterProposal, linted
from backend.domains.catalogue.normalizers import Cell, plain
from backend.domains.catalogue.readers import Table

_PROCESS: Final = Path(__file__).with_name("process.py")
_BATCH: Final = 500
_MEMORY: Final = 256 << 20
_LONGEST_CELL: Final = 2_000


class Adapter:
    """One running adapter. Raises: InvalidInput `blueprints.adapter_unapproved` for one that nobody has approved."""

    def __init__(
        self, proposal: AdapterProposal, approved: Collection[str], *, wall_s: float = 10.0, seconds: int = 60
    ) -> None:
        if proposal.sha256 not in approved:
            raise InvalidInput("blueprints.adapter_unapproved", file=proposal.file, sha256=proposal.sha256)
        self.proposal = proposal
        self._wall_s = wall_s
        command = [sys.executable, "-I", "-S", str(_PROCESS)]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            text=True,
        )
        self._say({"code": linted(proposal.code), "memory": _MEMORY, "seconds": seconds})

    def __enter__(self) -> Adapter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def split(self, cells: Sequence[str]) -> list[Mapping[str, str | None] | None]:
        """The parts of each cell; None for one that has not the form.

        Raises: InvalidInput `blueprints.adapter_refused` where it takes too long, too much memory, or fails.
        """
        clock = threading.Timer(self._wall_s, self._process.kill)
        clock.start()
        try:
            self._say([cell[:_LONGEST_CELL] for cell in cells])
            assert self._process.stdout is not None
            answer: Any = json.loads(self._process.stdout.readline())
        except (ValueError, OSError) as error:
            raise self._failed() from error
        finally:
            clock.cancel()
        if not isinstance(answer, list) or len(answer) != len(cells):
            raise self._failed()
        return answer

    def _say(self, value: Any) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(value) + "\n")
            self._process.stdin.flush()
        except OSError as error:
            raise self._failed() from error

    def _failed(self) -> InvalidInput:
        problem = "it failed, or took too long or too much memory"
        return InvalidInput("blueprints.adapter_refused", file=self.proposal.file, problem=problem)


def check_adapter(adapter: Adapter) -> None:
    """Runs an approved adapter on the made-up cells it came with. Raises: InvalidInput `blueprints.adapter_refused`."""
    tests = adapter.proposal.tests
    for (cell, wanted), found in zip(tests, adapter.split([cell for cell, _ in tests]), strict=True):
        if found != dict(wanted):
            problem = f"“{cell}” becomes {found}"
            raise InvalidInput("blueprints.adapter_refused", file=adapter.proposal.file, problem=problem)


def adapted(table: Table, adapters: Sequence[Adapter]) -> Table:
    """The table with a column more for each part. A cell that has not the form stands in all of its parts, so that the
    import refuses it by name. Closing the table does not close the adapters."""
    header = (*table.header, *(name for adapter in adapters for name in adapter.proposal.columns))
    return replace(table, header=header, records=_records(table, adapters))


def _records(table: Table, adapters: Sequence[Adapter]) -> Iterator[tuple[int, Sequence[Cell]]]:
    width = len(table.header)
    keys = {" ".join(name.split()).casefold(): at for at, name in reversed(list(enumerate(table.header)))}
    places = [keys.get(" ".join(adapter.proposal.key.split()).casefold()) for adapter in adapters]
    for batch in _batches(table.records):
        whole = [(row, [*cells, *[None] * (width - len(cells))]) for row, cells in batch]
        for adapter, at in zip(adapters, places, strict=True):
            texts = [plain(cells[at]) if at is not None else "" for _, cells in whole]
            known = dict(zip(wanted := list(dict.fromkeys(texts)), adapter.split(wanted), strict=True))
            for (_, cells), text in zip(whole, texts, strict=True):
                cells += _parts(adapter.proposal, text, known[text])
        yield from whole


def _parts(proposal: AdapterProposal, text: str, found: Mapping[str, str | None] | None) -> list[Cell]:
    if found is None:
        return [text or None] * len(proposal.parts)
    return [found.get(part.name) for part in proposal.parts]


def _batches(records: Iterable[Any]) -> Generator[list[Any]]:
    running = iter(records)
    while batch := list(islice(running, _BATCH)):
        yield batch
