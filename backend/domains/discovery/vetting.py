"""Whether a sentence is made of known parts alone: courtesies, our own phrases, facts bound to their listing. Pure.

Default-deny: a word that is no small word, no fact of the listing the sentence is about and no name of an attribute lets
the whole sentence fall. Each number belongs to the attribute beside it, and its value to the listing named before it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from backend.domains.discovery.binding import is_bound
from backend.domains.discovery.evidence import Evidence, Source
from backend.domains.discovery.figures import numbers_in
from backend.domains.discovery.folding import words
from backend.domains.discovery.phrasing import LANGUAGES, templates, told

_FILE: Final = Path(__file__).with_name("vetting.toml")
_PLACE: Final = re.compile(r"⟦(\d+)⟧")
_PART: Final = re.compile(r"\s*[,;:–—!?.…]+\s*|\s+-\s+")
_ADDRESS: Final = re.compile(
    r"\[\s*(?:\.|dot|punkt|point|punto)\s*\]|\(\s*(?:\.|dot|punkt|point|punto)\s*\)|\{\s*(?:\.|dot)\s*\}|\bhxxp"
    r"|\w\s*(?:\.|\bdot\b|\bpunkt\b|\bpunto\b)\s*(?:com|net|org|io|co|info|biz|shop|app|dev|xyz|online|site|ru|de|fr|es|uk|me|ly|gg)\b"
    r"|\w\s*(?:@|\[at\]|\(at\))\s*\w|\w/\w+/|www",
    re.IGNORECASE,
)
_SLOT: Final = re.compile(r"\\\{(\w+)\\\}")
_QUOTED: Final = re.compile(r"[“„«\"]([^“”„«»\"]{1,200})[”“»\"]")
_NAMED: Final = frozenset({"fields", "label", "call"})  # what fills these is a name, no statement


@dataclass(frozen=True, slots=True)
class Known:
    """The words of `vetting.toml`, each phrase folded."""

    courtesies: frozenset[str]
    glue: frozenset[str]
    labels: Mapping[str, str]
    negations: frozenset[str]
    pronouns: frozenset[str]
    ordinals: Mapping[str, int]
    units: frozenset[str]
    limits: frozenset[str]
    inside: frozenset[str]
    outside: frozenset[str]
    less: Mapping[str, str]
    more: Mapping[str, str]
    least: Mapping[str, str]
    most: Mapping[str, str]


def is_address(text: str) -> bool:
    """Whether a text leads somewhere else, however the address is taken apart."""
    return _ADDRESS.search(text) is not None


def stands(held: str, titles: Sequence[Source], evidence: Evidence, before: Source | None) -> bool:
    """Whether a sentence, its titles held as `⟦n⟧`, says nothing but what is known. `before`: the listing spoken of so far."""
    plain = folded_text(held)
    if not plain or f" {plain} " in evidence.told:
        return True
    text, quoted = _without_questions(held, evidence)
    if quoted and not folded_text(text):
        return True
    if _is_courteous(text):
        return True
    if any(_fills(match, titles, evidence, before) for match in _phrased(text.strip())):
        return True
    facts = _without_courtesies(text)
    return is_bound(facts, titles, evidence, before, known(), needs_fact=True)


def folded_text(text: str) -> str:
    """The words of a text alone."""
    return " ".join(w.text for w in words(text))


def _without_questions(text: str, evidence: Evidence) -> tuple[str, bool]:
    found = False
    for phrase in evidence.phrases:
        if phrase.endswith("?") and phrase in text:
            text, found = text.replace(phrase, " "), True
    return text, found


def _is_courteous(text: str) -> bool:
    parts = [plain for part in _PART.split(text) if (plain := folded_text(part))]
    return all(part in known().courtesies for part in parts) and not _PLACE.search(text)


def _without_courtesies(text: str) -> str:
    """`Gladly, the first one costs …` without what comes before the facts."""
    while (mark := _PART.search(text)) and folded_text(text[: mark.start()]) in known().courtesies:
        text = text[mark.end() :]
    return text


def _phrased(sentence: str) -> Iterator[re.Match[str]]:
    return (match for pattern in _patterns() if (match := pattern.fullmatch(sentence)))


def _fills(match: re.Match[str], titles: Sequence[Source], evidence: Evidence, before: Source | None) -> bool:
    """Whether what fills the places of a phrase of ours is known too."""
    slots = match.groupdict()
    for name in _NAMED & slots.keys():
        parts = re.split(r", | (?:or|oder|ou|o) ", slots.pop(name) or "")
        if any(f" {folded_text(part)} " not in evidence.exact for part in parts):
            return False
    for name in ("count", "minutes"):
        if name in slots and not _is_count(slots.pop(name) or "", evidence):
            return False
    if "changes" in slots and not _are_changes(slots.pop("changes") or "", evidence):
        return False
    rest = " , ".join(text for text in slots.values() if text)
    return is_bound(rest, titles, evidence, before, known(), needs_fact=False)


def _are_changes(text: str, evidence: Evidence) -> bool:
    """`With “…” instead of “…” and without “…”`: chips in quotes, and the words between them."""
    chips = [m[1] for m in _QUOTED.finditer(text)]
    between = {w.text for w in words(_QUOTED.sub(" ", text))}
    return all(f" {folded_text(chip)} " in evidence.exact for chip in chips) and between <= _changing()


@cache
def _changing() -> frozenset[str]:
    keys = ("instead", "without", "and")
    texts = (re.sub(r"\{\w+\}", " ", templates(one)[key][0]) for one in LANGUAGES for key in keys)
    return frozenset(w.text for text in texts for w in words(text))


def _is_count(text: str, evidence: Evidence) -> bool:
    figures = list(numbers_in(text))
    named = {w.text for w in words(text) if not w.text.isdigit()}
    values = {value for kind, value in evidence.numbers if kind in ("count", "other")}
    return (
        len(figures) == 1
        and any(value in values for value in figures[0][1])
        and named <= evidence.nouns | _counted() | {w for w in known().negations if w == "no"}
    )


@cache
def _counted() -> frozenset[str]:
    return frozenset(
        w.text for one in LANGUAGES for key in ("match.one", "match.many") for w in words(told(one)[key])
    )


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """The sentences of our own phrases in every language, as patterns."""
    sentences = {
        sentence.strip()
        for language in LANGUAGES
        for texts in templates(language).values()
        for text in texts
        for sentence in re.split(r"(?<=[.!?])\s+", text.replace("{held}", ""))
    }
    return tuple(_pattern(s) for s in sorted(sentences) if re.search(r"[.!?]\Z", s))


@cache
def _forms() -> Mapping[str, str]:
    """What stands for one and for many in the places of a phrase that are grammar alone."""
    pairs = {"fit": "fits", "meet": "meets", "stay": "stays", "are": "is"}
    return {
        many: f"(?:{'|'.join(sorted({re.escape(told(la)[key]) for la in LANGUAGES for key in (many, one)}))})"
        for many, one in pairs.items()
    }


def _pattern(sentence: str) -> re.Pattern[str]:
    source = re.escape(sentence)
    for slot, forms in _forms().items():
        source = source.replace(rf"\{{{slot}\}}", forms)
    source = source.replace(r"\{title\}", "(?P<title>⟦\\d+⟧)")
    source = source.replace(r"\{many\}", r"[^\W\d]{1,30}")
    return re.compile(_SLOT.sub(r"(?P<\1>.{0,400}?)", source), re.IGNORECASE)


@cache
def known() -> Known:
    """The words, ready to use."""
    data: dict[str, dict[str, str]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))

    def listed(table: str, key: str = "words") -> frozenset[str]:
        return frozenset(word.replace("_", " ") for word in data[table][key].split())

    def paired(table: str, key: str = "words") -> dict[str, str]:
        pairs = (pair.split("=") for pair in data[table][key].split())
        return {name.replace("_", " "): value for name, value in pairs}

    return Known(
        listed("courtesy", "parts"), listed("glue"), paired("labels"), listed("negations"), listed("pronouns"),
        {name: int(at) for name, at in paired("ordinals").items()}, listed("units"), listed("limits"),
        listed("limits", "inside"), listed("limits", "outside"), paired("comparisons", "less"),
        paired("comparisons", "more"), paired("extremes", "least"), paired("extremes", "most"),
    )  # fmt: skip
