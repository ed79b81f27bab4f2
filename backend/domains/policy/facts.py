"""What a browser says of a conversation, checked: how much, how long, of what form. Pure.

Whatever comes out of here chooses a profile and grants nothing; it reaches a prompt only as quoted data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from backend.core.errors import InvalidInput
from backend.domains.policy.model import CONSENTS, UTM, SessionFacts
from backend.kit.quoting import visible

MOST_SEGMENTS: Final = 50
MOST_ANSWERS: Final = 20
#: As the schema lets a profile ask for. Unit: characters.
LONGEST: Final = 120
_KEY: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_LOCALE: Final = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}")
CHANNELS: Final = ("web", "api", "voice", "sms", "whatsapp", "email")


def facts_from(said: Mapping[str, Any] | None) -> SessionFacts:
    """The facts of a conversation. Unknown members are left out.

    Campaign words come from strangers' links: those no profile could ask for are left out without a word. What the page
    itself sends must fit. Raises: InvalidInput `policy.bad_facts` with `path` and `expected`.
    """
    said = said or {}
    return SessionFacts(
        utm=dict(sorted(_campaign(_map(said, "utm")))),
        consent=_consent(said),
        segments=_segments(said),
        answers=dict(sorted(_answers(said))),
        locale=_word(said, "locale", _LOCALE, ""),
        channel=_channel(said),
    )


def _campaign(utm: Mapping[Any, Any]) -> Iterator[tuple[str, str]]:
    """Both `source` and `utm_source` name a campaign word."""
    for name in UTM:
        value = utm.get(f"utm_{name}", utm.get(name))
        if isinstance(value, str) and len(value) <= 4 * LONGEST:
            text = " ".join(visible(value).split())
            if text and len(text) <= LONGEST:
                yield name, text


def _consent(said: Mapping[str, Any]) -> frozenset[str]:
    purposes = _list(said, "consent", len(CONSENTS))
    for index, purpose in enumerate(purposes):
        if purpose not in CONSENTS:
            raise _bad(f"/consent/{index}", f"one of {', '.join(CONSENTS)}")
    return frozenset(purposes)


def _segments(said: Mapping[str, Any]) -> frozenset[str]:
    segments = _list(said, "segments", MOST_SEGMENTS)
    for index, segment in enumerate(segments):
        if not isinstance(segment, str) or not _KEY.fullmatch(segment):
            raise _bad(f"/segments/{index}", "a key of small letters, digits, - and _")
    return frozenset(segments)


def _answers(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    answers = _map(said, "answers")
    if len(answers) > MOST_ANSWERS:
        raise _bad("/answers", f"at most {MOST_ANSWERS} answers")
    for question, answer in answers.items():
        if not isinstance(question, str) or not _KEY.fullmatch(question):
            raise _bad("/answers", "keys of small letters, digits, - and _")
        if not isinstance(answer, str) or len(answer) > LONGEST:
            raise _bad(f"/answers/{question}", f"a text of at most {LONGEST} characters")
        if text := " ".join(visible(answer).split()):
            yield question, text


def _channel(said: Mapping[str, Any]) -> str:
    channel = said.get("channel") or "web"
    if channel not in CHANNELS:
        raise _bad("/channel", f"one of {', '.join(CHANNELS)}")
    return str(channel)


def _word(said: Mapping[str, Any], name: str, form: re.Pattern[str], default: str) -> str:
    value = said.get(name) or default
    if not isinstance(value, str) or (value and not form.fullmatch(value)):
        raise _bad(f"/{name}", "a language tag such as en-US")
    return value


def _map(said: Mapping[str, Any], name: str) -> Mapping[Any, Any]:
    value = said.get(name) or {}
    if not isinstance(value, Mapping):
        raise _bad(f"/{name}", "a map")
    return value


def _list(said: Mapping[str, Any], name: str, most: int) -> tuple[Any, ...]:
    value = said.get(name) or ()
    if isinstance(value, set | frozenset):
        value = tuple(sorted(value, key=str))
    if not isinstance(value, list | tuple) or len(value) > most:
        raise _bad(f"/{name}", f"a list of at most {most}")
    if not all(isinstance(item, str) for item in value):
        raise _bad(f"/{name}", "a list of texts")
    return tuple(value)


def _bad(path: str, expected: str) -> InvalidInput:
    return InvalidInput("policy.bad_facts", path=path, expected=expected)
