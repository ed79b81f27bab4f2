"""The forms of a verb, from its base (English) or its stem (German, French, Spanish). Pure.

Only as right as looking words up needs: a form too many finds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

_PASTS: Final = """
become became|begin began begun|bind bound|bring brought|build built|buy bought|cast|choose chose chosen|come came
cost|cut|deal dealt|do did done|draw drew drawn|drive drove driven|fall fell fallen|find found
forget forgot forgotten|freeze froze frozen|get got gotten|give gave given|go went gone|hang hung|hide hid hidden|hit
hold held|keep kept|lay laid|lead led|leave left|let|lose lost|make made|pay paid|put|quit|read|reset
rewrite rewrote rewritten|ring rang rung|rise rose risen|say said|see saw seen|sell sold|send sent|set
shake shook shaken|shoot shot|show shown|shrink shrank shrunk|shut|slide slid|speak spoke spoken|split|spread
stick stuck|strike struck|sweep swept|swing swung|take took taken|tell told|think thought|throw threw thrown
undo undid undone|wear wore worn|wind wound|withdraw withdrew withdrawn|withhold withheld|write wrote written
override overrode overridden|overwrite overwrote overwritten|outbid|bid|bet|feed fed|fling flung
forgive forgave forgiven|rebuild rebuilt|resend resent|resell resold|retake retook retaken|redo redid redone
unfreeze unfroze unfrozen"""
_IRREGULAR: Final[Mapping[str, tuple[str, ...]]] = {
    base: tuple(past) for base, *past in (told.split() for told in re.split(r"[|\n]", _PASTS.strip()))
}


def forms_of(phrase: str, language: str, endings: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Forms of the word of a phrase that is marked `~`, each with its name: empty for base and stem forms, `+` for the others.

    An unmarked phrase is itself, and so is one marked `!`.
    """
    first, mark, rest = phrase.partition("~")
    if not mark or first.endswith("!"):
        yield "", first.rstrip("!")
        return
    before, joint, word = first.rpartition("_")
    if rest == "" and "_" in first:  # the first word of a verb of several words is inflected: `hand_over~`
        word, joint, rest = first.partition("_")
        rest, before, joint = joint + rest, "", ""
    if language == "en":
        yield "", f"{before}{joint}{word}{rest}"
        for form in dict.fromkeys(_english(word)):
            yield "+", f"{before}{joint}{form}{rest}"
        return
    for ending in endings[language].split():
        yield "", f"{before}{joint}{word}{ending.strip('-')}{rest}"


def _english(word: str) -> Iterator[str]:
    """Past, participles and third person of an English verb."""
    stem = word[:-1] if word.endswith("e") else word
    sibilant = re.search(r"(?:s|x|z|ch|sh|o)\Z", word)
    soft = re.search(r"[^aeiou]y\Z", word)
    yield f"{word[:-1]}ies" if soft else f"{word}es" if sibilant else f"{word}s"
    yield f"{word}ing" if word.endswith("ee") else f"{stem}ing"
    doubled = word + word[-1] if re.search(r"[^aeiou][aeiou][^aeiouwxy]\Z", word) else ""
    if doubled:
        yield f"{doubled}ing"
    if word in _IRREGULAR:
        yield from _IRREGULAR[word] or (word,)
        return
    yield f"{word[:-1]}ied" if soft else f"{stem}ed"
    if doubled:
        yield f"{doubled}ed"
