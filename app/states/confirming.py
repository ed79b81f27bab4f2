"""The buyer's yes: to what the guide has prepared, and to what the buyer chose beside holding.

Whoever prepared it, only a call of the buyer's own carries it out; the database compares it with what the card said.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import reflex as rx

from app import bridge, confirm_showing
from app.messages import words
from app.states.holding import Holding
from app.states.storefront import Storefront
from app.views import Confirmation
from backend.core.errors import AppError, Conflict
from backend.domains.transactions.model import BuyerRequest, Hold
from backend.flows import confirmed, guarding
from backend.kit.text import storable

NOTHING = Confirmation()
#: What is not asked of a person, and has no details.
DIRECT = frozenset({"hold", "release", "share", "withdraw"})
#: What a person is to read, so that the buyer writes it.
WRITTEN = frozenset({"book", "info", "message", "offer", "remind"})


class Confirming(rx.State):
    """Cards of the conversation, and one dialog. Tokens stay on the server."""

    cards: list[Confirmation] = []
    asked: Confirmation = NOTHING
    needs_words: bool = False
    busy: bool = False

    _prepared: dict[str, dict[str, Any]] = {}
    _of: str = ""

    @rx.event
    async def load(self) -> None:
        """A page that is opened knows whether a person was asked, and what of the guide's still waits for a yes."""
        front = await self.get_state(Storefront)
        self.cards, self.asked, self._prepared, self.busy = [], NOTHING, {}, False
        if front.ready:
            self._show({"confirmations": [one for one in front._waiting if front._may_succeed(one)]}, front)
            await front._read_person()

    @rx.event
    async def request(self, verb: str, listing_id: int = 0):
        """Something the buyer chose: says what it means before anything happens. Never a layer above a layer."""
        front = await self.get_state(Storefront)
        front.detail_open = False
        await bridge.limit(self, "action")
        about = {"listing_id": listing_id} if listing_id else {}
        arguments = about if verb in DIRECT else {**about, "details": {}}
        self.needs_words = verb in WRITTEN
        prepared = await self._prepare(front, verb, arguments)
        self.asked = self._card(prepared, front)
        if not prepared["confirmation"]:
            self.asked = _after(self.asked, "over", confirm_showing.denied(prepared["reasons"]))

    @rx.event
    async def submit(self, form: dict[str, str]):
        """The buyer's yes in the dialog. What was written is prepared with it, so that the yes is to exactly these words."""
        self.busy = True
        yield
        front = await self.get_state(Storefront)
        try:
            said = storable(form.get("words", "")).strip()
            if said:
                kept = self._prepared[self.asked.key]
                arguments = {**kept["arguments"], "details": {"words": said}}
                self._prepared[self.asked.key] = await self._prepare(front, kept["verb"], arguments)
            self.asked = await self._carried_out(self.asked, front)
        finally:
            self.busy = False

    @rx.event
    def dismiss(self) -> None:
        self.asked = NOTHING

    @rx.event
    async def confirm(self, key: str):
        """The buyer's yes to a card. Its key is that of the request, so that a second tap is the same."""
        self.busy = True
        yield
        front = await self.get_state(Storefront)
        try:
            for at, one in enumerate(self.cards):
                if one.key == key and one.state == "open":
                    self.cards[at] = await self._carried_out(one, front)
        finally:
            self.busy = False
        yield rx.call_script(f"document.getElementById('card-{UUID(key)}')?.focus()")

    @rx.event
    async def decline(self, key: str) -> None:
        """Not now: the card goes, and its token is never used."""
        self.cards = [one for one in self.cards if one.key != key]
        kept = self._prepared.pop(key, None)
        if kept is None or not kept["confirmation"]:
            return
        await bridge.limit(self, "action")
        front = await self.get_state(Storefront)
        token = UUID(kept["confirmation"])
        await confirmed.leave(bridge.runtime(), front._buyer(), confirmation=token)

    @rx.event
    async def again(self, key: str):
        """The same, prepared anew under the terms of now."""
        front = await self.get_state(Storefront)
        kept = self._prepared.pop(key, None)
        if kept is None:
            return
        await bridge.limit(self, "action")
        prepared = await self._prepare(front, kept["verb"], kept["arguments"])
        self.cards = [self._card(prepared, front) if one.key == key else one for one in self.cards]

    async def _prepare(self, front: Storefront, verb: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        made = await guarding.prepare(bridge.runtime(), front._buyer(), verb=verb, arguments=arguments)
        until = made.expires_at.isoformat() if made.expires_at else ""
        token = str(made.confirmation) if made.confirmation else None
        return {
            "verb": verb, "arguments": dict(made.arguments), "terms": dict(made.terms), "until": until,
            "confirmation": token, "reasons": list(made.reasons),
        }  # fmt: skip

    def _card(self, prepared: dict[str, Any], front: Storefront) -> Confirmation:
        key = str(uuid4())
        self._prepared[key] = prepared
        listing_id = int(prepared["arguments"].get("listing_id") or 0)
        return confirm_showing.confirmation(prepared, front.head, front._summary(listing_id), key)

    def _show(self, answer: Mapping[str, Any], front: Storefront) -> None:
        """Cards of an answer beside those that wait still; what the guide did itself is said as done."""
        if answer.get("handoff"):
            front.person = confirm_showing.person("open")
        gone, now = set(answer.get("withdrawn") or ()), datetime.now(UTC)
        offered = [
            dict(one) for one in answer.get("confirmations") or () if confirm_showing.is_known(one["verb"])
        ]
        known = {self._prepared[one.key]["confirmation"] for one in self.cards if one.state == "open"}
        fresh = [one for one in offered if one["confirmation"] not in known]
        self.cards = [one for one in self.cards if one.state != "open" or self._waits(one, fresh, gone, now)]
        self.cards = [*self.cards, *(self._card(one, front) for one in fresh)]

    def _waits(
        self, card: Confirmation, fresh: Sequence[Mapping[str, Any]], gone: Collection[str], now: datetime
    ) -> bool:
        """Whether a card can still be confirmed, and none of the same thing takes its place."""
        kept = self._prepared[card.key]
        return (
            kept["confirmation"] not in gone
            and not confirm_showing.has_run_out(kept, now)
            and not any(confirm_showing.is_same(kept, one) for one in fresh)
        )

    async def _carried_out(self, item: Confirmation, front: Storefront) -> Confirmation:
        kept = self._prepared[item.key]
        try:
            await bridge.limit(self, "reserve")
            result = await confirmed.carry_out(
                bridge.runtime(), front._buyer(), verb=kept["verb"], arguments=kept["arguments"],
                confirmation=UUID(kept["confirmation"]) if kept["confirmation"] else None, key=item.key,
            )  # fmt: skip
        except Conflict as error:
            if error.code in confirm_showing.OVER:
                return _after(item, "over", words(error))
            if error.code.startswith("transactions."):
                await front._read_states()
                holding = await self.get_state(Holding)
                holding._lose(error, front, int(kept["arguments"].get("listing_id") or 0))
                return _after(item, "over", words(error))
            return _after(item, "open", words(error))
        except AppError as error:
            return _after(item, "open", words(error))
        if isinstance(result, Hold):
            await front._read_states()
            item.held_until = result.expires_at.isoformat() if item.verb == "hold" else ""
        elif isinstance(result, BuyerRequest) and result.kind == "hand_off":
            front.person = confirm_showing.person(result.status)
        elif item.verb in ("share", "withdraw"):
            front._is_shared = item.verb == "share"
        return _after(item, "done", confirm_showing.done(item.verb))


def _after(item: Confirmation, state: str, said: str) -> Confirmation:
    item.state, item.said = state, said
    return item
