"""Chooses what every column is, all at once: each target is taken by one column, and the whole fits best.

Source: the assignment problem as `scipy.optimize.linear_sum_assignment` solves it (a modified Jonker-Volgenant algorithm,
Crouse 2016). Confidence is a logistic function of the choice's own evidence and of its lead over the next best.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import linear_sum_assignment

from backend.domains.blueprints.induction.scoring import Option

_NEVER: Final = -1e3
#: Fitted on generated sheets (`mpax bench blueprint`): intercept, score, lead, named, fits.
WEIGHTS: Final = (-2.2, 2.28, 2.03, 2.97, 1.41)


@dataclass(frozen=True, slots=True)
class Choice:
    """What one column is, how sure that is, and what else it could be (each target once)."""

    option: Option
    confidence: float
    others: tuple[Option, ...]


def assign(options: Sequence[Sequence[Option]]) -> list[Choice]:
    """One choice for each column, in order."""
    if not options:
        return []
    slots = sorted({option.slot for each in options for option in each})
    place = {slot: at for at, slot in enumerate(slots)}
    worth = np.full((len(options), len(slots)), _NEVER)
    pick: dict[tuple[int, int], Option] = {}
    for row, each in enumerate(options):
        for option in each:
            column = place[option.slot]
            if option.score > worth[row, column]:
                worth[row, column] = option.score
                pick[row, column] = option
    rows, columns = linear_sum_assignment(worth, maximize=True)
    chosen = {
        int(r): pick[int(r), int(c)] for r, c in zip(rows, columns, strict=True) if (int(r), int(c)) in pick
    }
    return [_choice(chosen.get(row), each) for row, each in enumerate(options)]


def _choice(option: Option | None, options: Sequence[Option]) -> Choice:
    option = option or options[-1]
    others: dict[tuple[str, ...], Option] = {}
    for other in options:
        key = other.targets or (str(other.left),)
        if key != (option.targets or (str(option.left),)) and key not in others:
            others[key] = other
    return Choice(option, confidence(option, tuple(others.values())), tuple(others.values())[:4])


def features(option: Option, others: Sequence[Option]) -> tuple[float, float, float, float, float]:
    """What confidence is computed from: 1, score, lead over the next best, how well named, how well the cells fit."""
    lead = option.score - max((other.score for other in others), default=0.0)
    return 1.0, min(option.score, 1.2), max(-0.5, min(lead, 0.6)), option.named, option.fits


def confidence(option: Option, others: Sequence[Option]) -> float:
    z = sum(weight * value for weight, value in zip(WEIGHTS, features(option, others), strict=True))
    return round(1 / (1 + math.exp(-z)), 3)
