"""A simulated visit and a replay over the log, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app import formats
from app import policy_words as words
from app.config_views import Option
from app.policy_showing import whom
from app.policy_views import (
    FlipCount,
    FlipRow,
    Question,
    ReasonLine,
    Replayed,
    Simulated,
    TraceRow,
    VerdictRow,
)

Json = Mapping[str, Any]
_UTM = {f"utm.{name}": label.lower() for name, label, _ in words.UTM}


def simulated(found: Json, profiles: Sequence[Json]) -> Simulated:
    """What a visit would get, and why. `profiles` are those of the list, for their rules in words."""
    chosen = found["profile"]
    named = {step["profile"]: step["name"] or step["profile"] for step in found["trace"]}
    rules = {profile["key"]: whom(profile["match"]) for profile in profiles}
    context = found["policy"]["context"]
    sources = ", ".join(text for key, text, _ in words.SOURCES if key in context["sources"]) or "nothing"
    on = [words.reason(name).rstrip(".") for name, is_on in found["switches"].items() if is_on]
    return Simulated(
        profile=chosen,
        name=named.get(chosen, words.DEFAULT_NAME),
        sentence=rules.get(chosen, words.DEFAULT_WORDS),
        trace=[_step(step) for step in found["trace"]],
        verdicts=[_verdict(one) for one in found["verdicts"]],
        context=f"The guide may draw on: {sources}; up to {context['retrieval_limit']} snippets an answer.",
        note=f"Switches that are on are left out here: {'; '.join(on)}." if on else "",
    )


def _step(step: Json) -> TraceRow:
    lines = [_reason(reason) for reason in step["reasons"]]
    return TraceRow(
        key=step["profile"],
        name=step["name"] or step["profile"],
        priority=str(step["priority"]),
        outcome=step["outcome"],
        words=words.OUTCOMES[step["outcome"]],
        reasons=lines,
    )


def _reason(reason: Json) -> ReasonLine:
    wanted, holds = " or ".join(reason["wanted"]), reason["holds"]
    on = str(reason["on"])
    said = {
        "paused": ("It is paused.",) * 2,
        "matches_everybody": ("It asks for nothing.",) * 2,
        "utm": (f"Came with {_UTM.get(on, on)} {wanted}.", f"Did not come with {_UTM.get(on, on)} {wanted}."),
        "consent": (f"Agreed to {wanted}.", f"Has not agreed to {wanted}."),
        "segment": (f"Belongs to {wanted}.", f"Does not belong to {wanted}."),
        "segment_without_consent": ("Segments count only with consent to personalization.",) * 2,
        "answer": (f"Answered {_asked(on)} with {wanted}.", f"Did not answer {_asked(on)} with {wanted}."),
    }
    met, missed = said.get(reason["code"], (f"{on} {wanted}".strip(),) * 2)
    return ReasonLine(met if holds else missed, holds)


def _asked(on: str) -> str:
    return on.removeprefix("answers.").replace("_", " ")


def _verdict(one: Json) -> VerdictRow:
    button, guide = one["buyer"], one["guide"]
    return VerdictRow(
        verb=words.verb(one["verb"]),
        button=button["verdict"],
        button_words=words.VERDICTS[button["verdict"]],
        button_why=" ".join(words.reason(code) for code in button["reasons"]),
        guide=guide["verdict"],
        guide_words=words.VERDICTS[guide["verdict"]],
        guide_why=" ".join(words.reason(code) for code in guide["reasons"]),
    )


def questions(profiles: Iterable[Json], given: Mapping[str, str]) -> list[Question]:
    """Every question that some profile asks about, once, with the answers they know."""
    known: dict[str, dict[str, None]] = {}
    for profile in profiles:
        for one in profile["match"].get("qualifiers") or ():
            known.setdefault(one["question"], {}).update(dict.fromkeys(one["answers"]))
    return [
        Question(
            key,
            given.get(key, ""),
            [Option("", "Not answered"), *(Option(a, a) for a in answers), Option("something else", "Something else")],
        )
        for key, answers in known.items()
    ]  # fmt: skip


def replayed(found: Json, live: str) -> Replayed:
    """`live` is the address of a conversation, to be completed."""
    decisions, flipped = found["decisions"], found["flipped"]
    counted = formats.count(decisions, "decision", "decisions")
    if not decisions:
        summary = "Nothing was decided yet, so there is nothing to replay."
    elif not flipped:
        summary = f"All of the latest {counted} would come out as they did."
    else:
        summary = f"{formats.number(flipped)} of the latest {counted} would come out otherwise."
    left = found["left_out"]
    scope = (
        f"{formats.count(left, 'more was', 'more were')} decided by circumstances, not by a policy, and left out."
        if left
        else ""
    )
    examples = found["examples"]
    return Replayed(
        summary=summary,
        scope=scope,
        counts=[
            FlipCount(kind, *words.FLIPS.get(kind, (kind, "plain")), formats.number(count))
            for kind, count in found["flips"].items()
        ],
        flips=[_flip(one, live) for one in examples],
        more=f"The first {len(examples)} are listed." if len(examples) < flipped else "",
    )


def _flip(one: Json, live: str) -> FlipRow:
    before, after = one["profile_before"], one["profile_after"]
    return FlipRow(
        key=f"{one['session_id']}-{one['n']}",
        at=one["at"],
        verb=words.verb(one["verb"]),
        origin=words.ORIGINS.get(one["origin"], one["origin"]),
        before=words.VERDICTS[one["before"]],
        before_tone=words.VERDICT_TONES[one["before"]],
        after=words.VERDICTS[one["after"]],
        after_tone=words.VERDICT_TONES[one["after"]],
        why=" ".join(words.reason(code) for code in one["reasons"]),
        profiles=before if before == after else f"{before} → {after}",
        session=one["session_id"][:4],
        address=live + one["session_id"],
    )
