"""Reading what the services write: the last lines of a log, and new ones as they come."""

from __future__ import annotations

import contextlib
import os
import time
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from backend.local.faults import Fault
from backend.local.layout import Layout


def find_logs(layout: Layout, service: str | None = None) -> list[Path]:
    """The logs of all services, or of one.

    Raises: Fault naming those there are.
    """
    files = sorted(layout.logs.glob("*.log"))
    wanted = [file for file in files if service in {None, file.stem}]
    if not wanted:
        there = ", ".join(file.stem for file in files) or "none"
        raise Fault(
            f"There is no log{f' of {service}' if service else ''} in {layout.logs}.", f"There are: {there}."
        )
    return wanted


def tail(file: Path, lines: int) -> list[str]:
    """The last lines."""
    with file.open(errors="replace") as text:
        return [line.rstrip("\n") for line in deque(text, maxlen=lines)]


def follow(files: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """New lines of any of the files, for as long as they are asked for."""
    with contextlib.ExitStack() as stack:
        readers = [(file, stack.enter_context(file.open(errors="replace"))) for file in files]
        for _, reader in readers:
            reader.seek(0, os.SEEK_END)
        while True:
            for file, reader in readers:
                for line in reader:
                    yield file, line.rstrip("\n")
            time.sleep(0.2)
