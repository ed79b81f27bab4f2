"""The way out that the last answer asked about (`Shall we loosen that one?`), and a bare yes or no to it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from backend.domains.discovery.assenting import word_of
from backend.domains.discovery.model import Answer, Filter, State, Understanding, plain
from backend.domains.discovery.phrasing import phrase

#: What a bare yes or no makes of a message: the intent it is understood as.
TAKEN_UP: Final = "assent"
TURNED_DOWN: Final = "dissent"
_ASKING: Final = ("loosen_one", "loosen_many")


def remembered(state: State, answer: Answer) -> State:
    """The state with what the answer offers: the first way out, where its words ask whether to take it."""
    ways: Sequence[Mapping[str, Any]] = answer.extras.get("loosenings", ())
    offer = [ways[0], *ways[0]["also"]] if ways and _asks(answer) else []
    return replace(state, offer=tuple(_change(one) for one in offer))


def _asks(answer: Answer) -> bool:
    """Whether the words ask to loosen: the built-in ones, or a model's own that end in a question about nothing else."""
    if any(phrase(answer.language, key) in answer.reply for key in _ASKING):
        return True
    about_else = (
        answer.matches or answer.quick_replies or {"confirmations", "question"} & answer.extras.keys()
    )
    return not about_else and answer.reply.rstrip().endswith("?")


def _change(one: Mapping[str, Any]) -> dict[str, Any]:
    return {"chip_id": one["chip_id"], "change": one["change"], "value": plain(one["value"])}


def in_light_of(read: Understanding, message: str, state: State) -> Understanding:
    """The understanding with what the open offer of the state makes of a bare yes or no."""
    word = word_of(message) if state.offer and not (read.added or read.removed or read.questions) else ""
    if word == "no":
        return replace(read, intents=(TURNED_DOWN,))  # the thanks of `no, thanks` are none
    return _taken_up(read, state) if word == "yes" else read


def _taken_up(read: Understanding, state: State) -> Understanding:
    """With each limit as it was offered; one that is there no more is left out."""
    changes = {one["chip_id"]: one for one in state.offer}
    filters = [(f, _changed(f, changes.get(f.id), state.turn + 1)) for f in state.filters]
    return replace(
        read,
        filters=tuple(to for _, to in filters if to is not None),
        added=tuple(to for f, to in filters if to is not None and to is not f),
        removed=tuple(f for f, to in filters if to is None),
        intents=(TAKEN_UP,),
    )


def _changed(f: Filter, change: Mapping[str, Any] | None, turn: int) -> Filter | None:
    if change is None:
        return f
    if change["change"] == "remove":
        return None
    return replace(f, value=change["value"], default=False, turn=turn, source="")
