"""Sections that no engine reads yet: a warning for who writes in them, and none for who is laid over those who did."""

from __future__ import annotations

import pytest

from backend.domains.events.model import Severity
from tests.rules.events.support import compiled


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("voice: {max_tokens: 100}", ["/voice"]),
        ("agent: {integrations: [{type: stripe, credentials_ref: till}]}", ["/agent/integrations"]),
        ("cspe: {trending_signals: [views]}\npricing: {model: usage_based}", ["/cspe", "/pricing"]),
        ("voice: {max_tokens: 150}", []),
        ("persona: {name: Max}", []),
    ],
)
def test_what_nothing_reads_yet_is_said_where_a_document_changes_it(text: str, paths: list[str]) -> None:
    found = compiled(f"id: sale\n{text}\n")
    assert [(p.path, p.code, p.severity) for p in found.problems] == [
        (path, "unread_section", Severity.WARNING) for path in paths
    ]


def test_what_a_template_says_in_a_section_that_nothing_reads_is_not_the_authors_affair() -> None:
    base = "id: base\nvoice: {max_tokens: 100}\n"
    assert compiled("extends: base\nid: sale\n", base=base).problems == ()
    again = compiled("extends: base\nid: sale\nvoice: {max_tokens: 100}\n", base=base)
    assert again.problems == ()
    changed = compiled("extends: base\nid: sale\nvoice: {max_tokens: 120}\n", base=base)
    assert [(p.path, p.line) for p in changed.problems] == [("/voice", 3)]
