"""The one error of the embedded stack: a sentence an operator can act on. Not part of the product's error tree."""

from __future__ import annotations


class Fault(Exception):
    """Something on this machine stands in the way. `mend` says what to do about it."""

    def __init__(self, problem: str, mend: str = "") -> None:
        super().__init__(f"{problem} {mend}".strip())
        self.problem = problem
        self.mend = mend
