"""Answers of the services as values of the screen. Pure: no rule is decided here, nothing is fetched."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from app import answer_showing, formats, theme
from app.views import (
    Action,
    Badge,
    Chip,
    CompareCell,
    CompareHead,
    CompareRow,
    EventHead,
    Fact,
    FactGroup,
    Labelled,
    Listing,
    Photo,
    Tile,
    Turn,
)
from backend.domains.events.verbs import ACTING, verb_of_action

Answer = Mapping[str, Any]
#: Own holds: listing → end of the hold.
Own = Mapping[int, str]

#: What would let somebody be called or written to. A name cannot be told from other words.
_ADDRESS = re.compile(r"\S*@\S*")
_DIALED = re.compile(r"(?<![\w$€£.,])\+?\(?\d(?:[ ()./\-]{0,3}\d){6,}(?!\w)")
_OWN_PLACE = frozenset({"hold", "release", "share", "withdraw", "hand_off"})
NO_PHOTO = "/photo-missing.svg"
NOT_STATED = "Not stated"


def event_head(event: Answer) -> EventHead:
    """What stands above the conversation."""
    persona, branding, noun = event["persona"], event["branding"], event["noun"]
    conversion = event["conversion"]
    return EventHead(
        slug=event["event_id"],
        name=event["name"],
        dates=formats.event_dates(event),
        tagline=branding.get("tagline") or "",
        guide=persona["name"],
        guide_role=persona.get("role") or "an AI guide",
        initial=persona["name"][:1],
        style=theme.accent_style(branding.get("accent") or ""),
        placeholder=f"Tell {persona['name']} what matters to you",
        noun=noun["one"],
        nouns=noun["many"],
        deposit_required=conversion["deposit_required"],
        hold_minutes=float(conversion["hold_minutes"]),
        notice=_stopped(event, persona["name"]),
        comparison=event["flags"].get("comparison", True),
        sharing=event["flags"].get("sharing", True),
        actions=actions(event.get("ui", {}).get("actions", ())),
    )


def actions(labels: Iterable[str]) -> list[Action]:
    """What can be asked for beside holding and comparing, which have places of their own; each once."""
    asked = [(verb_of_action(str(label)), str(label)) for label in labels]
    kept = {
        verb: Action(verb, label)
        for verb, label in reversed(asked)
        if verb in ACTING and verb not in _OWN_PLACE
    }
    return list(reversed(kept.values()))


def _stopped(event: Answer, guide: str) -> str:
    """What kill switches mean for the buyer, in one calm line."""
    if event["ai_off"]:
        return f"{guide} is taking a short break. Your wishes are kept, and you can go on looking."
    return "Holds are paused for the moment. You can go on looking." if event["actions_off"] else ""


def tokens(stored: str) -> dict[str, str]:
    """What the browser keeps of its conversations, by event; nothing where it was tampered with."""
    try:
        known = json.loads(stored)
    except ValueError:
        return {}
    return {str(k): str(v) for k, v in known.items()} if isinstance(known, dict) else {}


def campaign(query: Mapping[str, str]) -> dict[str, str]:
    """What the address says of where a buyer comes from, by its short names: `utm_source` is `source`."""
    names = ("source", "medium", "campaign", "term", "content")
    return {name: said[:200] for name in names if (said := query.get(f"utm_{name}", ""))}


def tiles(items: Iterable[Answer], own: Own, *, fits: bool = True) -> list[Tile]:
    """Tiles in their order; `fits` is False where nothing meets every must and these only come close."""
    return [_tile(item, own, fits) for item in items]


def _tile(item: Answer, own: Own, fits: bool) -> Tile:
    listing_id = int(item["listing_id"])
    photo = next(iter(item.get("media") or ()), {"url": NO_PHOTO, "alt": ""})
    reasons = [str(reason) for reason in item.get("reasons") or ()]
    return Tile(
        id=listing_id,
        title=item["title"],
        price=item.get("price_text") or "Price on request",
        costs=labelled(item.get("costs") or ()),
        match=int(item["match"]),
        reason=item.get("why") or next(iter(reasons), ""),
        reasons=reasons,
        badges=[Badge(badge["kind"], badge["text"]) for badge in item.get("badges") or ()],
        specs=labelled(item.get("specs") or ())[:3],
        photo=photo["url"],
        photo_sizes=sizes(photo, "image/webp"),
        photo_avif=sizes(photo, "image/avif"),
        photo_alt=photo.get("alt") or "",
        state=item["state"],
        held_until=own.get(listing_id) or item.get("held_until") or "",
        mine=item["state"] == "held" and listing_id in own,
        shares=answer_showing.shares(item.get("parts") or {}),
        score=formats.points(float(item.get("score") or 0)),
        fits=fits,
    )


def sizes(photo: Answer, kind: str) -> str:
    """The sizes of a photo in one format as `srcset`; empty where there are none."""
    found = [one for one in photo.get("variants") or () if one["type"] == kind]
    return ", ".join(f"{one['url']} {one['width']}w" for one in found)


def labelled(items: Iterable[Answer]) -> list[Labelled]:
    return [Labelled(str(item["label"]), str(item["text"])) for item in items]


def chips(items: Iterable[Answer], group: str) -> list[Chip]:
    return [_chip(item) for item in items if item["group"] == group]


def _chip(item: Answer) -> Chip:
    return Chip(
        id=item["id"],
        group=item["group"],
        field=item["field"],
        label=item["label"],
        op=_op(item),
        value=_editable(item["value"]),
        text=item["text"],
        why=_why(item),
        kind=item.get("kind") or "filter",
    )


def _why(item: Answer) -> str:
    if item.get("default"):
        return "This event begins with it."
    return answer_showing.why(item.get("source") or "", item.get("confidence"))


def _op(item: Answer) -> str:
    """The kind of limit; a soft signal is typed like a list where it is one."""
    if item.get("kind") != "signal":
        return str(item["op"])
    return "in" if isinstance(item["value"], list | tuple) else "eq"


def _editable(value: Any) -> str:
    """A value as a person types it: `40000`, `white, gray`, `2021 - 2023`."""
    if isinstance(value, list | tuple):
        numeric = len(value) == 2 and all(isinstance(part, int | float) for part in value)
        return (" - " if numeric else ", ").join(_editable(part) for part in value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def typed_value(op: str, text: str) -> Any:
    """What a person typed into a chip, in the form its kind of limit takes."""
    if op in {"lte", "gte", "within"}:
        return _number(text)
    if op == "between":
        low, _, high = text.replace("–", "-").replace(" to ", "-").partition("-")
        return [_number(low), _number(high)]
    if op in {"in", "not_in"}:
        return [part.strip() for part in text.split(",") if part.strip()]
    return _number(text) if text.strip().lstrip("-").isdigit() else text.strip()


def _number(text: str) -> Any:
    """A number, or the text as it is: what does not fit is refused by the service, in its words."""
    cleaned = text.strip().strip("$€£").replace(",", "").replace(" ", "")
    factor = 1000 if cleaned[-1:].lower() == "k" else 1
    try:
        return float(cleaned.rstrip("kK")) * factor
    except ValueError:
        return text.strip()


def masked(text: str) -> str:
    """A buyer's words without e-mail addresses and what looks like a telephone number."""
    return _DIALED.sub("[number]", _ADDRESS.sub("[e-mail]", text))


def turns(items: Iterable[Answer]) -> list[Turn]:
    shown: list[Turn] = []
    for item in items:
        shown.append(Turn(f"{item['number']}a", "you", item["message"]))
        shown.append(answer_showing.said(f"{item['number']}b", item["reply"], item.get("claims") or ()))
    return shown


def headline(matches: int, head: EventHead, fresh: bool) -> str:
    """`214 cars`, then `12 cars match` once something has been said."""
    if matches == 0:
        return "The closest to it"
    many = formats.count(matches, head.noun, head.nouns)
    return many if fresh else f"{many} {'matches' if matches == 1 else 'match'}"


def change(before: int, after: int, head: EventHead) -> str:
    """What a wish did to the number of matches: `111 → 28 cars`."""
    if before == after:
        return ""
    return f"{formats.number(before)} → {formats.count(after, head.noun, head.nouns)}"


def listing(item: Answer, own: Own, tile: Tile | None) -> Listing:
    """One listing in full; what depends on the conversation comes from its tile."""
    listing_id = int(item["listing_id"])
    photos = [
        Photo(photo["url"], photo.get("alt") or "", sizes(photo, "image/webp"))
        for photo in item.get("media") or ()
    ]
    return Listing(
        id=listing_id,
        title=item["title"],
        price=item.get("price_text") or "Price on request",
        costs=tile.costs if tile else labelled(item.get("costs") or ()),
        match=tile.match if tile else int(item.get("match") or 0),
        reasons=tile.reasons if tile else list(item.get("reasons") or ()),
        badges=tile.badges if tile else [Badge(b["kind"], b["text"]) for b in item.get("badges") or ()],
        description=item.get("description") or "",
        photos=photos or [Photo(NO_PHOTO, "")],
        groups=[_group(group) for group in item.get("groups") or ()],
        state=item["state"],
        held_until=own.get(listing_id) or item.get("held_until") or "",
        mine=item["state"] == "held" and listing_id in own,
        priced=item.get("price") is not None,
        shares=tile.shares if tile else [],
        score=tile.score if tile else "",
        fits=tile.fits if tile else True,
    )


def summary(tile: Tile) -> Listing:
    """A listing as far as its tile tells."""
    return Listing(
        id=tile.id,
        title=tile.title,
        price=tile.price,
        match=tile.match,
        photos=[Photo(tile.photo, tile.photo_alt, tile.photo_sizes)],
        state=tile.state,
        held_until=tile.held_until,
        mine=tile.mine,
    )


def _group(group: Answer) -> FactGroup:
    facts = [Fact(fact["label"], fact["text"], fact.get("source") or "") for fact in group["facts"]]
    return FactGroup(group["title"], facts)


def comparison(items: list[Listing]) -> tuple[list[CompareHead], list[CompareRow], list[CompareRow]]:
    """Columns, what differs, what is equal: of the facts that listings state, where nobody has judged them."""
    facts = [{fact.label: fact.text for group in item.groups for fact in group.facts} for item in items]
    labels = list(dict.fromkeys(label for known in facts for label in known))
    rows = [
        CompareRow(
            label, [CompareCell(known.get(label, NOT_STATED), missing=label not in known) for known in facts]
        )
        for label in labels
    ]
    differing = [row for row in rows if len({cell.text for cell in row.cells}) > 1]
    return [_head(item) for item in items], differing, [row for row in rows if row not in differing]


def compared(
    answer: Answer, items: Mapping[int, Listing]
) -> tuple[list[CompareHead], list[CompareRow], list[CompareRow]]:
    """The same of a comparison as the service gives it, with the best values marked. `items` are those on screen."""
    heads = [
        _head(items[head["listing_id"]])
        if head["listing_id"] in items
        else CompareHead(head["listing_id"], head["title"], head["price_text"], 0, NO_PHOTO, head["state"])
        for head in answer["heads"]
    ]
    rows: dict[bool, list[CompareRow]] = {True: [], False: []}
    for row in answer["rows"]:
        cells = [CompareCell(c["text"], bool(c["is_best"]), c["value"] is None) for c in row["cells"]]
        rows[bool(row["differs"])].append(CompareRow(row["label"], cells))
    return heads, rows[True], rows[False]


def _head(item: Listing) -> CompareHead:
    return CompareHead(item.id, item.title, item.price, item.match, item.photos[0].url, item.state)
