"""What is remembered: a long conversation summed up for a model, and wishes carried to the next visit. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from backend.domains.discovery.model import State, TurnRow
from backend.domains.discovery.signal_chips import signal_chips
from backend.domains.discovery.wording import Words, chip_text
from backend.kit.tokens import estimated_tokens

_RECENT: Final = 4


@dataclass(frozen=True, slots=True)
class Remembered:
    """A conversation within its length: the latest turns word for word, what was before in a summary."""

    recent: tuple[TurnRow, ...]
    summary: str
    is_compressed: bool


def compressed(words: Words, state: State, turns: Sequence[TurnRow], *, above: int) -> Remembered:
    """The turns, oldest first; with more than `above` tokens only the last few stay, and a summary says the rest.

    The same turns give the same summary. Unit: tokens.
    """
    length = sum(estimated_tokens(turn.message) + estimated_tokens(turn.reply) for turn in turns)
    if length <= above:
        return Remembered(tuple(turns), "", False)
    recent: list[TurnRow] = []
    left = above // 2
    for turn in list(reversed(turns))[:_RECENT]:
        left -= estimated_tokens(turn.message) + estimated_tokens(turn.reply)
        if left < 0 and recent:
            break
        recent.insert(0, turn)
    return Remembered(tuple(recent), summary(words, state, len(turns) - len(recent)), True)


def summary(words: Words, state: State, earlier: int) -> str:
    """What is understood so far, in one line a point."""
    must = [chip_text(words, f) for f in state.filters if f.group == "must"]
    nice = [chip_text(words, f) for f in state.filters if f.group == "nice"]
    soft = [chip.text for chip in signal_chips(words, state.signals, state.filters)]
    lines = [
        f"{earlier} earlier messages are left out." if earlier else "",
        f"Must: {'; '.join(must)}." if must else "",
        f"Nice to have: {'; '.join([*nice, *soft])}." if nice or soft else "",
        f"Asked already: {', '.join(words.spoken_label(field) for field in state.asked)}."
        if state.asked
        else "",
        f"{words.count(state.matches)} fit." if state.matches is not None else "",
    ]
    return "\n".join(line for line in lines if line)


def is_remembered(state: State) -> bool:
    """Whether wishes of an earlier visit still stand: the buyer's own, from before a word was said."""
    return any(f.turn == 0 and not f.default for f in state.filters) or any(
        s.turn == 0 for s in state.signals
    )


def recalled(opening: State, stored: Mapping[str, Any] | None) -> State | None:
    """What a conversation begins with for somebody who comes back; None where nothing was wished for.

    Wishes of the event's beginning are those of today; the buyer's own are added, as of turn 0.
    """
    if not stored:
        return None
    before = State.from_json(stored)
    wishes = tuple(replace(f, turn=0) for f in before.filters if not f.default)
    signals = tuple(replace(s, turn=0) for s in before.signals)
    if not wishes and not signals:
        return None
    named = {(f.field, f.op) for f in wishes}
    fields = {f.field for f in wishes}
    kept = tuple(f for f in opening.filters if (f.field, f.op) not in named and f.field not in fields)
    return replace(
        opening, filters=(*kept, *wishes), signals=signals, text=before.text, language=before.language
    )
