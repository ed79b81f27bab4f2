"""Profiles as the Policy tab shows them: whom each is for in one sentence, and one profile as a form. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from app import formats
from app import policy_words as words
from app.document_rows import WHOLE
from app.document_views import Found
from app.policy_views import Choice, Mend, ProfileForm, ProfileRow, QualifierRow, ToolRow, UtmRow
from backend.domains.events.verbs import READING, verb_of
from backend.domains.policy.model import RIGHTS

Json = Mapping[str, Any]
#: Fields of the form that have a message of their own, by the beginning of a path inside the profile; the first that fits.
PLACES: Final = (
    *((f"/match/utm/{name}", f"utm_{name}") for name, _, _ in words.UTM),
    ("/match/consent_required", "consent"),
    ("/match/cookie_segments", "segments"),
    ("/match/qualifiers", "qualifiers"),
    ("/match", "match"),
    ("/context_policy/sources", "sources"),
    ("/context_policy/retrieval_limit", "retrieval_limit"),
    ("/context_policy", "context"),
    ("/tool_policy", "tools"),
    ("/autonomy", "autonomy"),
    ("/compliance", "compliance"),
    ("/priority", "priority"),
    ("/status", "status"),
    ("/name", "name"),
    ("/key", "key"),
)


def rows(found: Json, address: str) -> list[ProfileRow]:
    """Profiles in the order they are looked at, and last what holds where none matches.

    `address` is that of a profile, to be completed with its key.
    """
    visits = found["visits"]
    listed = [
        ProfileRow(
            key=profile["key"],
            name=profile["name"] or profile["key"],
            status=profile["status"],
            priority=str(profile["priority"]),
            whom=whom(profile["match"]),
            autonomy=_named(words.AUTONOMY, profile["autonomy"]),
            compliance=_named(words.COMPLIANCE, profile["compliance"]),
            caught=share(profile["caught"], visits),
            beside=_outranked(profile["outranked"]),
            address=address + profile["key"],
        )
        for profile in found["profiles"]
    ]
    last = ProfileRow(
        key="",
        name=words.DEFAULT_NAME,
        status="default",
        priority="—",
        whom=words.DEFAULT_WORDS,
        autonomy=_named(words.AUTONOMY, "strict"),
        compliance=_named(words.COMPLIANCE, "strict"),
        caught=share(found["default"]["caught"], visits),
    )
    return [*listed, last]


def mends(found: Sequence[Found], draft_id: str) -> list[Mend]:
    """What keeps a draft from being read, each with the way to its place in the Document tab."""
    here = f"?tab=document&draft={draft_id}&at="
    return [
        Mend(one.place, f"{one.text} {one.hint}".strip(), here + quote(one.key or WHOLE, safe=""))
        for one in found
        if one.blocks
    ]


def share(count: int, of: int) -> str:
    """`12 of 40 (30 %)`."""
    if not of:
        return "—"
    return f"{formats.number(count)} of {formats.number(of)} ({100 * count / of:.0f} %)"


def _outranked(count: int) -> str:
    return f"{formats.number(count)} more match it and get a higher one" if count else ""


def whom(match: Json) -> str:
    """Whom a profile is for, in one sentence."""
    parts = [*_campaign(match.get("utm") or {})]
    if consent := match.get("consent_required"):
        parts.append(f"agreed to {_joined(consent, 'and')}")
    if segments := match.get("cookie_segments"):
        noun = "segment" if len(segments) == 1 else "segments"
        parts.append(f"belong to the {noun} {_joined(segments, 'or')} (with their consent)")
    for one in match.get("qualifiers") or ():
        question = str(one.get("question") or "a question").replace("_", " ")
        parts.append(f"answered {question} with {_joined(one.get('answers') or ['…'], 'or')}")
    return f"Buyers who {_joined(parts, 'and')}." if parts else "Everybody."


def _campaign(utm: Json) -> Iterable[str]:
    given = [f"{label.lower()} {_joined(utm[name], 'or')}" for name, label, _ in words.UTM if utm.get(name)]
    if given:
        yield f"came with {_joined(given, 'and')}"


def _joined(items: Sequence[str], last: str) -> str:
    *first, end = [str(item) for item in items]
    return f"{', '.join(first)} {last} {end}" if first else end


def _named(choices: Iterable[tuple[str, str, str]], value: str) -> str:
    return next((text for key, text, _ in choices if key == value), value)


def form(profile: Json, tools: Sequence[Json], *, is_new: bool, found: Sequence[Json] = ()) -> ProfileForm:
    """A profile open to be changed, with what is wrong in it at its fields. `found` as `profile_checks` gives it."""
    match, context, policy = (profile.get(part) or {} for part in ("match", "context_policy", "tool_policy"))
    problems, elsewhere = placed(found)
    utm = match.get("utm") or {}
    return ProfileForm(
        key=str(profile.get("key", "")),
        is_new=is_new,
        name=str(profile.get("name", "")),
        status=profile.get("status", "active"),
        priority=str(profile.get("priority", "")),
        whom=whom(match),
        utm=[
            UtmRow(name, label, hint, list(utm.get(name, ())), problems.get(f"utm_{name}", ""))
            for name, label, hint in words.UTM
        ],
        consent=_choices(words.CONSENTS, match.get("consent_required", ())),
        segments=list(match.get("cookie_segments", ())),
        qualifiers=[
            QualifierRow(
                n, one.get("question", ""), list(one.get("answers", ())), _told_of(found, f"/match/qualifiers/{n}")
            )
            for n, one in enumerate(match.get("qualifiers", ()))
        ],
        sources=_choices(words.SOURCES, context.get("sources", ("listings", "store"))),
        retrieval_limit=str(context.get("retrieval_limit", 8)),
        citations=_choices(words.CITATIONS, [context.get("citations", "claims")]),
        tools=[_tool(tool, policy) for tool in tools],
        autonomy=_choices(words.AUTONOMY, [profile.get("autonomy", "strict")]),
        compliance=_choices(words.COMPLIANCE, [profile.get("compliance", "strict")]),
        problems=problems,
        elsewhere=elsewhere,
        blocks=any(one["blocks"] for one in found),
    )  # fmt: skip


def placed(found: Sequence[Json]) -> tuple[dict[str, str], list[str]]:
    """Messages by field, and those of no field."""
    problems: dict[str, str] = {}
    elsewhere: list[str] = []
    for one in found:
        name = next((name for begin, name in PLACES if one["path"].startswith(begin)), "")
        if not name:
            elsewhere.append(one["message"])
        elif one["message"] not in problems.get(name, ""):
            problems[name] = f"{problems.get(name, '')} {one['message']}".strip()
    return problems, elsewhere


def _told_of(found: Sequence[Json], place: str) -> str:
    return " ".join(
        dict.fromkeys(one["message"] for one in found if f"{one['path']}/".startswith(f"{place}/"))
    )


def _choices(known: Iterable[tuple[str, str, str]], chosen: Iterable[str]) -> list[Choice]:
    on = set(chosen)
    return [Choice(value, text, help_text, value in on) for value, text, help_text in known]


def _tool(tool: Json, policy: Json) -> ToolRow:
    name, verb = tool["name"], verb_of(tool) or ""
    said = words.VERBS.get(verb)
    return ToolRow(
        name=name,
        verb=said[0] if said else "Nobody knows",
        does=tool.get("description") or (said[1] if said else ""),
        acts=verb not in READING and verb not in RIGHTS,
        is_open=verb in RIGHTS,
        asks_itself=bool(tool.get("needs_confirmation")),
        allowed=name in policy.get("allowed", ()),
        confirm=name in policy.get("confirm", ()),
        idempotent=name in policy.get("idempotent", ()),
        problem=""
        if said
        else "What it does cannot be told from its name, so it is never allowed. Give it a verb.",
    )
