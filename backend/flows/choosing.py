"""Which of several answers a buyer gets: the built-in judge's choice, with a model's opinion beside it where the document asks.

The model is asked once, briefly, for all candidates together; late, broken or beside the point, the built-in judge alone
decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from backend.core.errors import AppError
from backend.core.ports import ChatMessage
from backend.domains.discovery import conversation, opinions, prompting
from backend.domains.discovery.grounding import check, evidence_of
from backend.domains.discovery.judging import Judged, judge
from backend.domains.discovery.model import plain
from backend.domains.discovery.opinions import Opinion
from backend.domains.discovery.service import Turned
from backend.flows.consulting import Desk, ask

#: How long a buyer waits for a second judge. Unit: seconds.
JUDGE_PATIENCE_S: Final = 0.6


@dataclass(frozen=True, slots=True)
class Chosen:
    """The best draft after the check; `text` is empty where the built-in words are as good. `judgements`: of each candidate."""

    text: str
    dropped: tuple[str, ...]
    judgements: tuple[dict[str, Any], ...]


async def choose(desk: Desk, turned: Turned, texts: Sequence[str]) -> Chosen:
    """What is left of the drafts after the check, and the best of it beside the built-in words."""
    document = desk.turn.prepared.document
    evidence = evidence_of(turned.facts, turned.found.listings)
    checked = [check(text, evidence) for text in texts]
    candidates = [conversation.reply(turned.facts), *(one.text for one in checked)]
    dropped = [(), *(one.dropped for one in checked)]
    tone, most = _tone(desk), prompting.most_words(document)
    judged = judge(candidates, evidence, tone=tone, most_words=most, lost=[bool(lost) for lost in dropped])
    told = await _opinions(desk, candidates) if _is_asked(desk, candidates, dropped) else None
    at, totals = judged.index, tuple(one.total for one in judged.scores)
    if told is not None:
        both = opinions.combined(judged, told, [bool(lost) for lost in dropped])
        at, totals = both.index, both.totals
    return Chosen(
        candidates[at] if at else "",
        dropped[at],
        tuple(_judgement(judged, told, totals, n, at) for n in range(len(candidates))),
    )


def _judgement(
    judged: Judged, told: Sequence[Opinion] | None, totals: Sequence[float], n: int, at: int
) -> dict[str, Any]:
    """For the record of the turn."""
    row: dict[str, Any] = {
        "candidate": f"model:{n}" if n else "builtin",
        "chosen": n == at,
        "scores": plain(judged.scores[n]),
    }
    return row if told is None else row | {"opinion": plain(told[n]), "total": totals[n]}


def _is_asked(desk: Desk, candidates: Sequence[str], dropped: Sequence[Sequence[str]]) -> bool:
    """Whether the document has a model judge, several variants, and more than one candidate that may win."""
    asked: dict[str, Any] = desk.turn.prepared.document["preference_extraction"]["variant_generation"]
    if asked.get("judge", "builtin") != "model" or int(asked.get("k", 1)) < 2:
        return False
    open_ = {text for text, lost in zip(candidates, dropped, strict=True) if text.strip() and not lost}
    return len(open_) > 1


async def _opinions(desk: Desk, candidates: Sequence[str]) -> tuple[Opinion, ...] | None:
    """The model's opinion of each candidate; None where it has none in time."""
    words = prompting.most_words(desk.turn.prepared.document)
    system = f"{opinions.opinion_instructions(_tone(desk), words)}\n\n{desk.composed.text}"
    question = ChatMessage("user", opinions.opinion_question(desk.turn.heard.read, candidates))
    schema = opinions.opinion_schema(len(candidates))
    try:
        answer = await ask(
            desk, "judge", [question], system=system, schema=schema, patience_s=JUDGE_PATIENCE_S
        )
    except (AppError, TimeoutError):
        return None
    return opinions.opinions_of(answer.text, len(candidates))


def _tone(desk: Desk) -> str:
    return str(desk.turn.prepared.document["persona"].get("style", {}).get("tone", ""))
