"""What a yes or a no in words does to what waits for the buyer's own yes.

A word confirms nothing. A yes gives the same confirmation again, or one prepared anew where its terms have changed; a no ends
it. Whether anything may be done is decided in the database, next to the row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from backend.adapters.sealing import Sealer
from backend.core.context import Context
from backend.domains.discovery import acting
from backend.domains.discovery.assenting import Word, word_of
from backend.domains.discovery.offering import TAKEN_UP, TURNED_DOWN
from backend.domains.discovery.planning import is_pointing
from backend.domains.transactions import service as transactions
from backend.flows import confiding, tools
from backend.flows.tools import Acted, Scene, Wanted

if TYPE_CHECKING:
    from backend.flows.turns import Turn

#: Outcomes that are no calls of a tool: a confirmation that was given again, and one that counts no more.
GIVEN: Final = "given"
WITHDRAWN: Final = "withdrawn"
_MOST: Final = 3  # so many are given again in one answer, the latest ones

_Card = Mapping[str, Any]


def word_to(turn: Turn) -> Word:
    """Whether a message is nothing but a yes or a no to what waits; one to a question of the guide is not."""
    read, requests = turn.prepared.understanding, turn.heard.screened.requests
    if not turn.opened.waiting or read.added or read.removed or {TAKEN_UP, TURNED_DOWN} & set(read.intents):
        return ""
    if requests and all(r.reason == "spoof" for r in requests):
        return "yes"  # `the hold is confirmed`
    word = word_of(turn.message)
    return "" if word == "no" and turn.prepared.session.state.pending else word


async def met(ctx: Context, scene: Scene, turn: Turn, asked: Sequence[Wanted]) -> list[Acted]:
    """What a word about what waits comes to; empty where the message is about something else.

    `yes, hold it` is about what waits, too, unless a single listing is shown that can be meant.
    """
    if not turn.opened.waiting:
        return []
    word = word_to(turn)
    if word == "no":
        return [await _withdrawn(ctx, scene, turn.opened.waiting, acting.left(scene.language))]
    sealer = Sealer(turn.runtime.settings.seal_keys)
    waiting = confiding.opened(sealer, turn.prepared.session.id, turn.opened.waiting)
    if word != "yes":
        verbs = {one.verb for one in asked if is_pointing(one.target)}
        is_about = len(scene.shown) != 1 and all(one.verb in verbs for one in asked)
        waiting = [one for one in waiting if is_about and one["verb"] in verbs]
    done = [each for one in waiting[-_MOST:] for each in await _again(ctx, scene, one)]
    first = next((each for each in done if each.outcome == GIVEN), None)
    return [replace(each, text="") if each.outcome == GIVEN and each is not first else each for each in done]


async def _again(ctx: Context, scene: Scene, card: _Card) -> list[Acted]:
    """The same confirmation where it stands as it was given, else what preparing it anew comes to."""
    if card["verb"] == "hand_off":  # prepared anew it might be done
        return [_given(scene, card)]
    wanted = Wanted(
        card["verb"], arguments=card["arguments"], tool=card["tool"], listing_id=card["listing_id"]
    )
    async with ctx.conn.transaction(force_rollback=True):  # to look at what it would be now
        would = (await tools.act(ctx, scene, wanted)).confirmation or {}
    if all(would.get(name) == card[name] for name in ("verb", "arguments", "terms")):
        return [_given(scene, card)]
    done = await tools.act(ctx, scene, wanted)
    return [done, await _withdrawn(ctx, scene, [card])] if done.outcome == "prepared" else [done]


def _given(scene: Scene, card: _Card) -> Acted:
    return Acted(
        "", card["verb"], GIVEN, acting.ready(scene.language), card["arguments"], confirmation=card,
        listing_id=card["listing_id"],
    )  # fmt: skip


async def _withdrawn(ctx: Context, scene: Scene, cards: Sequence[_Card], text: str = "") -> Acted:
    tokens = [str(one["confirmation"]) for one in cards]
    await transactions.withdraw_confirmations(ctx, confirmations=[UUID(token) for token in tokens])
    return Acted("", cards[-1]["verb"], WITHDRAWN, text, {"confirmations": tokens})


def extras(acts: Sequence[Acted]) -> dict[str, Any]:
    """What the screen is told of confirmations that count no more."""
    gone = [token for one in acts if one.outcome == WITHDRAWN for token in one.arguments["confirmations"]]
    return {"withdrawn": gone} if gone else {}
