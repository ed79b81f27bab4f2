"""A conversation with every decision, in words: `flows.transcripts` to what the cockpit shows. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, Final

from app import formats
from app import policy_words as words
from app.policy_views import ReceiptRow
from app.receipt_showing import receipt_row
from app.transcript_views import (
    BucketShown,
    ContextLine,
    ExchangeShown,
    RequestLine,
    SignalLine,
    ToolLine,
    TranscriptHead,
    TurnShown,
    VariantRow,
)

Json = Mapping[str, Any]
STANCES: Final = {
    "answer_safely": ("Answered", "plain"),
    "refuse": ("Refused", "bad"),
    "ask_confirmation": ("Asked for a yes", "warn"),
    "treat_as_text": ("Taken as text", "plain"),
}
OUTCOMES: Final = {
    "ran": ("done", "good"),
    "prepared": ("waits for a yes", "warn"),
    "executed": ("done", "good"),
    "refused": ("refused", "bad"),
    "failed": ("failed", "bad"),
}
PURPOSES: Final = {
    "read": "Reading the message",
    "repair": "Reading it again",
    "answer": "Wording the answer",
    "variant": "Another wording",
    "judge": "Choosing a wording",
}
HEARD: Final = {
    "used": ("used", "good"),
    "unused": ("not used", "plain"),
    "invalid": ("not usable", "warn"),
    "failed": ("failed", "bad"),
}
FLAGS: Final = {
    "zero_width": "invisible characters",
    "bidi": "reversed text",
    "control": "control characters",
    "markup": "markup",
    "code": "code",
    "encoded": "encoded text",
    "homoglyph": "look-alike letters",
    "fullwidth": "full-width letters",
}
_OPS: Final = {
    "lte": "up to",
    "gte": "from",
    "eq": "is",
    "in": "is one of",
    "not_in": "is not",
    "within": "within",
    "between": "between",
}
_BUILTIN: Final = "The built-in engine"
_HEXES: Final = 10


def head(found: Json) -> TranscriptHead:
    session = found["session_id"]
    turns = formats.count(len(found["turns"]), "turn", "turns")
    receipts = formats.count(found["receipt_count"], "decision", "decisions")
    tokens = found["spent_tokens"]
    spent = f", {formats.number(tokens)} tokens of models" if tokens else ", no model was asked"
    return TranscriptHead(
        session=session,
        short=session[:4],
        began_at=found["began_at"].isoformat(),
        last_at=found["last_seen_at"].isoformat(),
        version=f"Version {found['version']}",
        sum=f"{turns}, {receipts}{spent}.",
        may_see_prompts=found["may_see_prompts"],
        receipts=folded([receipt_row(one, "") for one in found["receipts"]]),
    )


def turns(found: Json) -> list[TurnShown]:
    return [_turn(turn, found["may_see_prompts"]) for turn in found["turns"]]


def _turn(turn: Json, may_see: bool) -> TurnShown:
    record, understood = turn["record"], turn["understood"] or {}
    context = record.get("context") or {}
    provider = record.get("provider") or "builtin"
    stance, tone = STANCES.get(turn["stance"], (turn["stance"], "plain"))
    return TurnShown(
        key=str(turn["number"]),
        number=str(turn["number"]),
        at=turn["at"].isoformat(),
        message=turn["message"],
        reply=turn["reply"],
        note=turn["note"],
        stance=stance,
        stance_tone=tone,
        engine=_BUILTIN if provider == "builtin" else f"{provider} worded the answer",
        took=took(turn["took_ms"]),
        found=_found(turn),
        language=str(understood.get("language", "")),
        signals=[_signal(one) for one in understood.get("signals") or ()],
        limits=[limit(one) for one in understood.get("filters") or () if not one.get("default")],
        requests=[_request(one) for one in record.get("requests") or ()],
        flags=", ".join(FLAGS.get(flag, flag) for flag in record.get("flags") or ()),
        tools=[_tool(one) for one in turn["tools"]],
        receipts=folded([receipt_row(one, "") for one in turn["receipts"]]),
        statements=_statements(turn["claims"]),
        dropped=[str(text) for text in record.get("dropped") or ()],
        asked_model=bool(turn["exchanges"]),
        room=_room(context),
        buckets=buckets(context.get("kept") or ()),
        left=[_line(one) for part in ("cut", "refused") for one in context.get(part) or ()],
        exchanges=[_exchange(one, may_see) for one in turn["exchanges"]],
        variants=[_variant(one) for one in record.get("judgements") or ()],
    )


def took(ms: float | None) -> str:
    if ms is None:
        return ""
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"


def _found(turn: Json) -> str:
    shown, matches = turn["shown"], turn["matches"]
    return f"{formats.number(shown)} of {formats.number(matches)} shown" if matches else ""


def _statements(claims: Sequence[Json]) -> str:
    return f"{formats.count(len(claims), 'statement', 'statements')} with a source" if claims else ""


def _signal(one: Json) -> SignalLine:
    return SignalLine(
        text=one["type"].replace("_", " ").capitalize(),
        value=plainly(one.get("value")),
        confidence=f"{100 * float(one.get('confidence', 0)):.0f} %",
        source=str(one.get("source", "")),
    )


def plainly(value: Any) -> str:
    """A value of a signal in a few words: `max 40000, currency USD`."""
    if isinstance(value, Mapping):
        parts = (
            f"{str(k).replace('_', ' ')} {plainly(v)}"
            for k, v in value.items()
            if v not in (None, "", [], {})
        )
        return ", ".join(parts)
    if isinstance(value, list | tuple):
        return ", ".join(plainly(one) for one in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)  # fmt: skip


def limit(one: Json) -> str:
    """`price up to 40000`, `color is white`; wishes say that they are."""
    name = str(one["field"]).removeprefix("specs.").replace("_", " ")
    wish = " (a wish)" if one.get("group") == "nice" else ""
    return f"{name} {_OPS.get(one['op'], one['op'])} {plainly(one['value'])}{wish}"


def _request(one: Json) -> RequestLine:
    stance, _ = STANCES.get(one["stance"], (one["stance"], ""))
    verb = words.verb(one["verb"]) if one["verb"] else ""
    why = str(one["reason"]).replace("_", " ")
    return RequestLine(f"{verb or 'Something'}: {stance.lower()}{f', {why}' if why else ''}", one["words"])


def _tool(one: Json) -> ToolLine:
    outcome, tone = OUTCOMES.get(one["outcome"], (one["outcome"], "plain"))
    told = plainly(one.get("arguments") or {})
    return ToolLine(
        text=f"{one['tool']}{f' ({told})' if told else ''}",
        outcome=outcome,
        tone=tone,
        why=" ".join(dict.fromkeys(words.reason(code) for code in one["reasons"])),
        took=took(one["took_ms"]),
    )


def folded(rows: Sequence[ReceiptRow]) -> list[ReceiptRow]:
    """Those that say the same one after the other are one line that counts them, with the first hash."""
    alike = groupby(rows, key=lambda row: (row.verb, row.origin, row.verdict, row.why))
    lines: list[ReceiptRow] = []
    for _, group in alike:
        first, *others = group
        lines.append(replace(first, verb=f"{first.verb}, {len(others) + 1} times") if others else first)
    return lines


def _room(context: Json) -> str:
    if not context:
        return ""
    return f"{formats.number(context['tokens'])} of {formats.number(context['budget_tokens'])} tokens used"


def buckets(kept: Iterable[Json]) -> list[BucketShown]:
    """What was told, by bucket, in the order in which it was told."""
    found: dict[str, list[Json]] = {}
    for one in kept:
        found.setdefault(one["bucket"], []).append(one)
    return [
        BucketShown(
            title=words.BUCKETS.get(bucket, bucket),
            sum=f"{formats.number(sum(one['tokens'] for one in lines))} tokens",
            lines=[_line(one) for one in lines],
        )
        for bucket, lines in found.items()
    ]


def _line(one: Json) -> ContextLine:
    place = " · ".join(part for part in (one["id"], one["field"]) if part)
    return ContextLine(
        source=one["source"].capitalize(),
        place=place,
        tokens=str(one["tokens"]) if one["tokens"] else "",
        sha=one["sha256"][:_HEXES],
        why=words.CUT.get(one["reason"], one["reason"]) if one["reason"] else "",
    )


def _exchange(one: Json, may_see: bool) -> ExchangeShown:
    outcome, tone = HEARD.get(one["outcome"], (one["outcome"], "plain"))
    tokens = f"{formats.number(one['input_tokens'])} tokens in, {formats.number(one['output_tokens'])} out"
    facts = ", ".join(part for part in (took(one["took_ms"]), tokens) if part)
    seen = one.get("seen")
    return ExchangeShown(
        title=PURPOSES.get(one["purpose"], one["purpose"]),
        model=" ".join(part for part in (one["provider"], one["model"]) if part) or "No model answered",
        outcome=outcome,
        tone=tone,
        facts=facts,
        prompt=prompt_text(seen) if seen else "",
        answer=answer_text(seen) if seen else "",
        is_hidden=may_see and seen is None,
    )


def prompt_text(seen: Json) -> str:
    """Exactly what was sent, message by message."""
    parts = [f"[system]\n{seen.get('system') or ''}"]
    for message in seen.get("messages") or ():
        calls = message.get("calls")
        told = f"\n{_as_json(calls)}" if calls else ""
        parts.append(f"[{message.get('role', '')}]\n{message.get('text', '')}{told}")
    return "\n\n".join(parts)


def answer_text(seen: Json) -> str:
    """Exactly what came back, every attempt of it; why nothing came, where nothing did."""
    raw = [str(one) for one in seen.get("raw") or () if one]
    return "\n\n".join(raw) or str(seen.get("problem") or "")


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


def _variant(one: Json) -> VariantRow:
    name, scores = str(one["candidate"]), one["scores"]
    number = name.partition(":")[2]
    return VariantRow(
        name=f"Wording {number} of the model" if number else _BUILTIN,
        is_chosen=bool(one["chosen"]),
        **{
            part: f"{float(scores[part]):.2f}" for part in ("total", "groundedness", "fit", "tone", "brevity")
        },
    )
