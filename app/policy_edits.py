"""Changes of one profile, as values: what the form says becomes a profile again. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

Profile = dict[str, Any]

#: Where the lists of the form stand in a profile.
LISTS: Final[Mapping[str, tuple[str, ...]]] = {
    **{f"utm_{name}": ("match", "utm", name) for name in ("source", "medium", "campaign", "term", "content")},
    "consent": ("match", "consent_required"),
    "segments": ("match", "cookie_segments"),
    "sources": ("context_policy", "sources"),
}
TEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    "key": ("key",),
    "name": ("name",),
    "status": ("status",),
    "priority": ("priority",),
    "autonomy": ("autonomy",),
    "compliance": ("compliance",),
    "retrieval_limit": ("context_policy", "retrieval_limit"),
    "citations": ("context_policy", "citations"),
}
_NUMBERS: Final = frozenset({"priority", "retrieval_limit"})
#: What a new profile begins with: it looks, and asks before everything else.
BLANK: Final[Mapping[str, Any]] = {
    "key": "",
    "name": "",
    "status": "active",
    "priority": 100,
    "match": {},
    "context_policy": {"sources": ["listings", "store"], "retrieval_limit": 8, "citations": "claims"},
    "tool_policy": {"allowed": [], "confirm": [], "idempotent": []},
    "autonomy": "strict",
    "compliance": "strict",
}


def with_text(profile: Mapping[str, Any], field: str, text: str) -> Profile:
    """Figures that are none stay text: the check says so at their field."""
    value: Any = text.strip()
    if field in _NUMBERS and re.fullmatch(r"-?\d{1,9}", value):
        value = int(value)
    return _put(profile, TEXTS[field], value)


def with_list(profile: Mapping[str, Any], field: str, values: Sequence[str]) -> Profile:
    return _put(profile, LISTS[field], list(values))


def with_tick(profile: Mapping[str, Any], field: str, value: str, is_on: bool) -> Profile:
    """A choice of several is on or off; the order is that of ticking."""
    now = list(_get(profile, LISTS[field]) or ())
    return with_list(profile, field, _ticked(now, value, is_on))


def with_tool(profile: Mapping[str, Any], tool: str, part: str, is_on: bool) -> Profile:
    """`part` is allowed, confirm or idempotent. What is not allowed neither asks nor is repeated."""
    policy = {
        name: list((profile.get("tool_policy") or {}).get(name, ()))
        for name in ("allowed", "confirm", "idempotent")
    }
    if part == "allowed" and not is_on:
        policy = {name: [one for one in listed if one != tool] for name, listed in policy.items()}
    else:
        policy["allowed"] = _ticked(policy["allowed"], tool, is_on=True)
        policy[part] = _ticked(policy[part], tool, is_on)
    return {**profile, "tool_policy": policy}


def with_qualifier(profile: Mapping[str, Any], index: int, **change: Any) -> Profile:
    """One question changed; one behind the last is a new one, `question=None` takes it away."""
    asked = [dict(one) for one in _get(profile, ("match", "qualifiers")) or ()]
    if index >= len(asked):
        asked.append({"question": "", "answers": []})
    elif "question" in change and change["question"] is None:
        del asked[index]
        change = {}
    if change:
        asked[min(index, len(asked) - 1)].update(change)
    return _put(profile, ("match", "qualifiers"), asked)


def to_write(profile: Mapping[str, Any]) -> Profile:
    """As it is written into a document: without match rules that ask for nothing."""
    match = dict(profile.get("match") or {})
    utm = {name: values for name, values in (match.pop("utm", None) or {}).items() if values}
    match = ({"utm": utm} if utm else {}) | {name: value for name, value in match.items() if value}
    rest = {name: value for name, value in profile.items() if name != "match"}
    if not rest.get("name"):
        rest.pop("name", None)
    return ({**rest, "match": match}) if match else rest


def _ticked(listed: Sequence[str], value: str, is_on: bool) -> list[str]:
    others = [one for one in listed if one != value]
    if not is_on:
        return others
    return list(listed) if value in listed else [*others, value]


def _get(profile: Mapping[str, Any], path: Sequence[str]) -> Any:
    value: Any = profile
    for name in path:
        value = (value or {}).get(name)
    return value


def _put(profile: Mapping[str, Any], path: Sequence[str], value: Any) -> Profile:
    name, *rest = path
    return {**profile, name: _put(profile.get(name) or {}, rest, value) if rest else value}
