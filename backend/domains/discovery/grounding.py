"""The checker of every answer: a sentence with a number, a name or a claim that has no source is dropped. Pure.

Used on a model's words and on ours alike. It knows no truth beyond the evidence: what is not there may not be said. Links,
markup, addresses and phone numbers never get out, sourced or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from backend.domains.discovery import pii, vetting
from backend.domains.discovery.asserting import claims_stand, lexicon
from backend.domains.discovery.evidence import Evidence, Source, evidence_of, with_texts
from backend.domains.discovery.figures import numbers_in
from backend.domains.discovery.folding import Word, words
from backend.domains.discovery.screening import cleaned

__all__ = ["Checked", "Evidence", "check", "evidence_of", "with_texts"]


@dataclass(frozen=True, slots=True)
class Checked:
    """What may be said, and the sentences that may not."""

    text: str
    dropped: tuple[str, ...]


_LONGEST: Final = 8000
_END: Final = re.compile(r"(?<=[.!?])[\"”’)]*\s+(?=[^a-zß-ÿ\s])|\n+")
_SHORT: Final = re.compile(
    r"\b(?:no|nr|mr|mrs|ms|dr|st|ca|approx|vs|bzw|z\.b|e\.g|i\.e|mme|sr|sra)\.\s*\Z", re.IGNORECASE
)
_HELD_PLACE: Final = re.compile(r"⟦(\d+)⟧")
_QUOTED: Final = re.compile(r"[“„«\"]\s?([^“”„«»\"]{1,200}?)\s?[”“»\"]")
_PAYLOADS: Final = frozenset({"markup", "url", "encoded"})
_PERSONAL: Final = frozenset({"email", "phone", "card", "iban", "ssn"})
_CASELESS: Final = frozenset({"de"})  # all nouns have a capital there
_NO_FIGURES: Final = frozenset({"très"})  # French for `very`; without its accent it is three in Spanish
_TITLES: Final = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "dr",
        "herr",
        "herrn",
        "frau",
        "monsieur",
        "madame",
        "mme",
        "senor",
        "senora",
        "sr",
        "sra",
    ]
)


def check(reply: str, evidence: Evidence) -> Checked:
    """The reply without the sentences that say more than the evidence. A reply that passes stays byte for byte."""
    reply = reply[:_LONGEST]
    held, titles = _with_titles_held(reply, evidence)
    kept: list[str] = []
    dropped: list[str] = []
    before: Source | None = None
    for sentence in _sentences(held):
        whole = _restored(sentence, titles)
        stands = not whole.strip() or (
            _stands(sentence, whole, titles, evidence) and vetting.stands(sentence, titles, evidence, before)
        )
        (kept if stands else dropped).append(whole)
        before = next((one for one in reversed(_named(sentence, titles))), before)
    if not dropped:
        return Checked(reply, ())
    return Checked(" ".join(s.strip() for s in kept if s.strip()), tuple(s.strip() for s in dropped))


def _with_titles_held(reply: str, evidence: Evidence) -> tuple[str, list[Source]]:
    """Titles of listings stand as places, so that no full stop or number in them is read."""
    titles = sorted((s for s in evidence.sources if len(s.title) > 2), key=lambda s: -len(s.title))
    text = reply.replace("⟦", "[").replace("⟧", "]")
    for at, source in enumerate(titles):
        if source.title in text:
            text = text.replace(source.title, f"⟦{at}⟧")
    return text, titles


def _restored(sentence: str, titles: Sequence[Source]) -> str:
    return _HELD_PLACE.sub(lambda m: titles[int(m[1])].title if int(m[1]) < len(titles) else "", sentence)


def _sentences(text: str) -> Iterator[str]:
    start = 0
    for mark in _END.finditer(text):
        if "\n" not in mark.group() and _SHORT.search(text[max(0, mark.start() - 8) : mark.end()]):
            continue
        yield text[start : mark.end()]
        start = mark.end()
    yield text[start:]


def _stands(sentence: str, whole: str, titles: Sequence[Source], evidence: Evidence) -> bool:
    """Whether everything in a sentence has a source."""
    clean = cleaned(whole)
    if any(p.kind in _PAYLOADS for p in clean.payloads) or clean.flags & {"bidi", "control"}:
        return False
    if any(p.kind in _PERSONAL for p in pii.find(whole)):
        return False
    if vetting.is_address(_HELD_PLACE.sub(" , ", sentence)):
        return False
    named = _named(sentence, titles)
    rest = _without_quotes(_HELD_PLACE.sub(" , ", sentence), evidence)
    found = words(rest)
    about = named or _meant(found, evidence)
    return (
        _numbers_stand(rest, found, about, bool(named), evidence)
        and _names_stand(rest, found, evidence)
        and claims_stand(found, about, evidence)
    )


def _named(sentence: str, titles: Sequence[Source]) -> list[Source]:
    return [titles[int(m[1])] for m in _HELD_PLACE.finditer(sentence) if int(m[1]) < len(titles)]


def _without_quotes(text: str, evidence: Evidence) -> str:
    """The sentence without what it quotes of chips, questions and sellers, word for word."""
    known = {p.casefold() for p in evidence.phrases}
    known |= {q[1:-1].casefold() for s in evidence.sources for q in s.quotations.values()}
    text = _QUOTED.sub(lambda m: " , " if m[1].casefold() in known else m[0], text)
    for phrase in evidence.phrases:
        if len(phrase) > 3 and phrase in text:
            text = text.replace(phrase, " , ")
    return text


def _meant(found: Sequence[Word], evidence: Evidence) -> list[Source]:
    """The listings whose model a sentence names, where that is not all of them."""
    said = {w.text for w in found}
    meant = [
        s
        for s in evidence.sources
        if (own := {w.text for w in words(str(s.facts.get("model") or ""))}) and own <= said
    ]
    return meant if len(meant) < len(evidence.sources) else []


def _numbers_stand(
    text: str, found: Sequence[Word], about: Sequence[Source], named: bool, evidence: Evidence
) -> bool:
    lex = lexicon()
    said = {w.text for w in found}
    sources = about if about else evidence.sources
    allowed = set().union(*(s.numbers for s in sources)) | (
        set() if named and not said & lex.kinds["limits"] else evidence.limits
    )
    general = evidence.numbers
    for kind, readings, (start, end) in numbers_in(text):
        if _is_part_of_name(text, start, end, evidence):
            continue
        if kind == "other" and _is_counted(text, end, evidence):
            if not any(("count", value) in general for value in readings):
                return False
        elif not any(
            _has(kind, value, allowed) or _has(kind, value, general, counts=not named) for value in readings
        ):
            return False
    return all(
        _has("other", lex.numbers[w.text], allowed | general, counts=True)
        for w in found
        if w.text in lex.numbers and text[w.start : w.end].casefold() not in _NO_FIGURES
    )


def _has(
    kind: str,
    value: float,
    numbers: set[tuple[str, float]] | frozenset[tuple[str, float]],
    *,
    counts: bool = False,
) -> bool:
    """Whether a number of a kind is in the evidence; one of no kind may be of any."""
    if kind != "other":
        return (kind, value) in numbers
    kinds = ("other", "money", "distance", "percent", *(("count",) if counts else ()))
    return any((k, value) in numbers for k in kinds)


def _is_counted(text: str, end: int, evidence: Evidence) -> bool:
    after = words(text[end : end + 40])[:2]
    counted = lexicon().kinds["counted"] | evidence.nouns
    return any(w.text in counted for w in after[:1]) or " ".join(w.text for w in after) == "of them"


def _is_part_of_name(text: str, start: int, end: int, evidence: Evidence) -> bool:
    """`3` of `Model 3` and `4` of `4Runner` belong to the name, which is checked as one."""
    if re.match(r"-?[A-Za-z]{2,}", text[end : end + 4]) and _word_at(text, start) in evidence.names.union(
        *(s.names for s in evidence.sources)
    ):
        return True
    before = words(text[max(0, start - 24) : start])[-1:]
    pair = f"{before[0].text} {text[start:end]}" if before else ""
    return any(pair in s.pairs for s in evidence.sources)


def _word_at(text: str, start: int) -> str:
    match = re.compile(r"[\w'’-]+").match(text, start)
    return words(match.group())[0].text if match and words(match.group()) else ""


def _names_stand(text: str, found: Sequence[Word], evidence: Evidence) -> bool:
    """Whether every name is of the evidence: names of the world in any case, others by their capital within a sentence."""
    lex = lexicon()
    names = evidence.names.union(*(s.names for s in evidence.sources))
    for at, word in enumerate(found):
        raw = text[word.start : word.end]
        if word.text in names or raw.isdigit():
            continue
        mixed = any(c.isdigit() for c in raw) and any(c.isalpha() for c in raw) and not _is_measure(raw)
        if mixed or (word.text in lex.world and raw[:1].isupper()):
            return False
        if (
            raw[:1].isupper()
            and not _begins(text, word, at)
            and evidence.language not in _CASELESS
            and not _is_plain(raw)
        ):
            return False
        begins = raw[:1].isupper() and _begins(text, word, at) and evidence.language not in _CASELESS
        if begins and _is_full_name(text, found, at, names):
            return False
        if at and raw[:1].isupper() and found[at - 1].text in _TITLES:
            return False
    return True


def _is_measure(raw: str) -> bool:
    return (
        re.fullmatch(
            r"\d[\d.,]*(?:k|m|km|mi|hp|ps|kw|kwh|mph|cc|ft|in|cm|mm|kg|lb|lbs|h|hrs?|s|x|l|st|nd|rd|th|am|pm|w|v|cv|ch|mph)",
            raw,
            re.IGNORECASE,
        )
        is not None
    )


def _is_plain(raw: str) -> bool:
    return raw in ("I", "AI", "OK", "KI", "IA", "Ok") or raw.startswith(("I'", "I’"))


def _begins(text: str, word: Word, at: int) -> bool:
    return (
        at == 0
        or re.search(r"[.!?:;“„«\"(¿¡]\s*\Z|^\s*[-*•]\s*\Z", text[max(0, word.start - 3) : word.start])
        is not None
    )


def _is_full_name(text: str, found: Sequence[Word], at: int, names: frozenset[str]) -> bool:
    """Two words with capitals at the beginning, none of them known: a person or a place."""
    if at + 1 >= len(found) or text[found[at].end : found[at + 1].start] != " ":
        return False
    following = found[at + 1]
    return (
        text[following.start].isupper()
        and following.text not in names
        and not _is_plain(text[following.start : following.end])
    )
