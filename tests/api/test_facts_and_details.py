"""What a body says of its buyer, and what it asks for, is checked before anything is done with it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from backend.api.discovery import Start
from backend.api.transaction import Ask, Prepare
from backend.core.errors import InvalidInput


def test_campaign_words_have_two_names() -> None:
    assert Start(event_id="e", utm={"utm_source": "newsletter"}).facts().utm == {"source": "newsletter"}
    assert Start(event_id="e", utm={"source": "newsletter"}).facts().utm == {"source": "newsletter"}


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ({"consent": ["<script>"]}, "/consent/0"),
        ({"segments": ["a" * 200]}, "/segments/0"),
        ({"locale": "!!"}, "/locale"),
        ({"answers": {"BAD KEY": "x"}}, "/answers"),
    ],
)
def test_facts_that_no_profile_could_ask_for_are_told(said: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Start(event_id="e", **said).facts()
    assert refused.value.code == "policy.bad_facts"
    assert refused.value.facts["path"] == path


@pytest.mark.parametrize("details", ["text", ["list"], {"words": "x" * 5000}, {"many": [0] * 600}])
def test_what_cannot_be_asked_for_gets_no_token(details: Any) -> None:
    with pytest.raises(ValidationError):
        Prepare(session_id=uuid4(), verb="book", arguments={"listing_id": 1, "details": details})
    with pytest.raises(ValidationError):
        Ask(session_id=uuid4(), kind="book", details=details)


def test_what_can_be_asked_for_is_taken() -> None:
    details = {"when": "Friday afternoon"}
    made = Prepare(session_id=uuid4(), verb="book", arguments={"listing_id": 1, "details": details})
    assert made.arguments["details"] == details
    assert Ask(session_id=uuid4(), kind="book", details=details).details == details
