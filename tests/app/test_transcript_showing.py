"""A conversation in words, and requests in the inbox."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from app.inbox_showing import KINDS, details, request_row
from app.transcript_showing import answer_text, buckets, head, limit, plainly, prompt_text, turns
from backend.domains.transactions.inbox import Asked

NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
SESSION = UUID("5e551011-0000-4000-8000-000000000000")
KEPT = {
    "bucket": "retrieval_context", "source": "listings", "id": "7", "field": "price", "sha256": "b" * 64, "tokens": 12,
    "characters": 40, "reason": "",
}  # fmt: skip
SEEN = {
    "system": "You are Claire.",
    "messages": [{"role": "user", "text": "Model 3", "calls": []}],
    "raw": ["Hello."],
    "parsed": None,
}
BUDGET = {
    "type": "BUDGET_RANGE",
    "value": {"max": 40000.0, "min": None},
    "confidence": 0.9,
    "source": "under 40k",
}


def turn(**given: Any) -> dict[str, Any]:
    return {
        "number": 1, "message": "Model 3 under 40k", "reply": "Three fit.", "note": "", "matches": 3, "shown": 3, "claims": [],
        "stance": "answer_safely", "record": {"provider": "builtin"}, "took_ms": 40.0, "at": NOW,
        "understood": {
            "language": "en",
            "signals": [BUDGET],
            "filters": [{"field": "price", "op": "lte", "value": 40000, "group": "must", "default": False}],
        },
        "tools": [], "receipts": [], "exchanges": [],
    } | given  # fmt: skip


def transcript(*said: dict[str, Any], may_see: bool = True) -> dict[str, Any]:
    return {
        "session_id": str(SESSION), "event_id": "e", "event": "E", "version": 2, "began_at": NOW, "last_seen_at": NOW,
        "spent_tokens": 0, "receipt_count": 1, "may_see_prompts": may_see, "turns": list(said), "receipts": [],
    }  # fmt: skip


def test_a_turn_without_a_model_says_so_and_what_was_understood() -> None:
    (shown,) = turns(transcript(turn()))
    assert not shown.asked_model
    assert shown.engine == "The built-in engine"
    signal = shown.signals[0]
    assert (signal.text, signal.value, signal.confidence, signal.source) == (
        "Budget range", "max 40000", "90 %", "under 40k",
    )  # fmt: skip
    assert shown.limits == ["price up to 40000"]
    assert head(transcript(turn())).sum == "1 turn, 1 decision, no model was asked."


def test_what_a_model_saw_is_told_whole_to_who_may_see_it() -> None:
    exchange = {
        "purpose": "answer", "provider": "groq", "model": "m", "outcome": "used", "input_tokens": 900, "output_tokens": 40,
        "took_ms": 1200.0, "provenance": [KEPT], "seen": SEEN,
    }  # fmt: skip
    manifest = {
        "tokens": 300, "budget_tokens": 4000, "kept": [KEPT], "refused": [],
        "cut": [KEPT | {"reason": "retrieval_limit"}],
    }  # fmt: skip
    scores = {"groundedness": 1.0, "fit": 0.5, "tone": 1, "brevity": 0.25, "total": 0.8}
    record = {
        "provider": "groq", "context": manifest, "dropped": ["It is the best."],
        "judgements": [
            {"candidate": "builtin", "chosen": False, "scores": scores},
            {"candidate": "model:1", "chosen": True, "scores": scores},
        ],
    }  # fmt: skip
    (shown,) = turns(transcript(turn(exchanges=[exchange], record=record)))
    told = shown.exchanges[0]
    assert told.prompt == "[system]\nYou are Claire.\n\n[user]\nModel 3"
    assert (told.answer, told.facts, told.is_hidden) == ("Hello.", "1.2 s, 900 tokens in, 40 out", False)
    assert [(b.title, b.sum, len(b.lines)) for b in shown.buckets] == [("Evidence", "12 tokens", 1)]
    assert shown.left[0].why == "beyond the profile’s number of snippets"
    assert [(v.name, v.is_chosen, v.total) for v in shown.variants] == [
        ("The built-in engine", False, "0.80"), ("Wording 1 of the model", True, "0.80"),
    ]  # fmt: skip
    sealed = exchange | {"seen": None}
    for may_see in (True, False):
        (shown,) = turns(transcript(turn(exchanges=[sealed]), may_see=may_see))
        assert (shown.exchanges[0].prompt, shown.exchanges[0].is_hidden) == ("", may_see)


def test_a_burst_of_the_same_decision_is_one_line_that_counts() -> None:
    receipt = {
        "session_id": SESSION, "created_at": NOW, "verb": "hold", "origin": "buyer", "verdict": "deny", "turn": 1,
        "reasons": ["strict"], "previous": None,
    }  # fmt: skip
    receipts = [receipt | {"n": n, "sha256": f"{n}" * 64} for n in range(3)]
    receipts.append(receipt | {"n": 9, "sha256": "9" * 64, "verdict": "allow"})
    (shown,) = turns(transcript(turn(receipts=receipts)))
    assert [(row.verb, row.verdict, row.sha) for row in shown.receipts] == [
        ("Hold, 3 times", "Refused", "0" * 10), ("Hold", "Allowed", "9" * 10),
    ]  # fmt: skip


def test_raw_texts_stay_as_they_were() -> None:
    assert answer_text({"raw": ["{broken", "", "again"], "problem": "core.no_model"}) == "{broken\n\nagain"
    assert answer_text({"raw": [], "problem": "core.no_model"}) == "core.no_model"
    calls = [{"id": "1", "name": "hold_listing", "arguments": {"listing_id": 7}}]
    assert "hold_listing" in prompt_text(
        {"system": "", "messages": [{"role": "assistant", "text": "", "calls": calls}]}
    )


def test_values_and_limits_in_words() -> None:
    assert plainly({"include": ["white", "gray"], "strict": True, "empty": [], "none": None}) == (
        "include white, gray, strict yes"
    )
    assert limit({"field": "specs.color", "op": "not_in", "value": ["red"], "group": "nice"}) == (
        "color is not red (a wish)"
    )
    assert buckets([]) == []


def asked(**given: Any) -> Asked:
    values = {
        "id": uuid4(), "session_id": SESSION, "slug": "tesla", "event": "Tesla", "kind": "book", "listing_id": 7,
        "listing": "Model 3", "details": {"when": "Friday", "words": "Call 555-0142", "phone": "(206) 555-0142"},
        "status": "open", "created_at": NOW, "ended_at": None, "may_end": True,
    }  # fmt: skip
    return Asked(**values | given)


def test_who_may_answer_reads_a_request_as_it_was_written() -> None:
    row = request_row(asked())
    assert [(d.label, d.text) for d in row.details] == [
        ("In their words", "Call 555-0142"), ("When", "Friday"), ("Phone", "(206) 555-0142"),
    ]  # fmt: skip
    assert (row.title, row.listing, row.is_open) == (KINDS["book"], "Model 3", True)
    assert row.talk == f"/cockpit/events/tesla?tab=live&session={SESSION}"


def test_whoever_only_reads_sees_no_numbers_and_addresses() -> None:
    row = request_row(asked(may_end=False, details={"phone": "(206) 555-0142", "email": "pat@example.com"}))
    assert {d.text for d in row.details} == {"[number]", "[e-mail]"}
    assert details({"nothing": None, "a": {"b": ["c", 2]}}, is_plain=True)[0].text == "b c, 2"
