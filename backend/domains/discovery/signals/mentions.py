"""Where a message speaks of things the event knows: values, features, names of attributes; and in which clause, how.

Polarity, softness and removal are properties of a clause or of the words just before a mention.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from backend.domains.discovery.signals.lexicon import Lexicon
from backend.domains.discovery.signals.terms import Term, Terms
from backend.domains.discovery.signals.text import Text

_JOINTS: Final = frozenset("-–./&'")
_SENTENCE: Final = frozenset(".!?;\n")
_CLAUSE: Final = frozenset(",()[]–—:|")
_MOST_CORRECTIONS: Final = 8
_MOST: Final = 64  # mentions in one message


@dataclass(frozen=True, slots=True)
class Mention:
    """A phrase of the index in the message. `end` is exclusive."""

    first: int
    end: int
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of a message that stands or falls together."""

    first: int
    end: int
    sentence: int
    soft: bool = False
    removes: bool = False
    question: bool = False
    rather: bool = False  # a wish where nothing was said of it before, else a correction
    also: bool = False  # what would do as well


def corrected(text: Text, terms: Terms, lex: Lexicon) -> list[str]:
    """The stems of the message, misspelled names mended: one letter off, two of nine and more, same first letter."""
    stems = [t.stem for t in text.tokens]
    left = _MOST_CORRECTIONS
    for i, token in enumerate(text.tokens):
        word = stems[i]
        if (
            left == 0
            or len(word) < 5
            or not word.isalpha()
            or word in terms.known
            or word in lex.known
            or token.text in lex.known
            or _is_word(word, lex)
        ):
            continue
        left -= 1
        choices = [w for w in terms.words if w[0] == word[0] and abs(len(w) - len(word)) <= 2]
        best = process.extractOne(word, choices, scorer=OSA.distance, score_cutoff=1 if len(word) < 9 else 2)
        if best is not None:
            stems[i] = best[0]
    return stems


def _is_word(word: str, lex: Lexicon) -> bool:
    return (
        word in lex.numbers
        or word in lex.months
        or word in lex.weekdays
        or word in lex.units
        or word in lex.currencies
    )


def find(text: Text, terms: Terms, lex: Lexicon) -> list[Mention]:
    """Mentions from left to right, the longest first, none within another."""
    stems = corrected(text, terms, lex)
    found: list[Mention] = []
    at = 0
    while at < len(stems) and len(found) < _MOST:
        mention = _longest(text, terms, stems, at)
        if mention is None:
            at += 1
        else:
            found.append(mention)
            at = mention.end
    return [m for m in found if _written_right(text, m)]


def _longest(text: Text, terms: Terms, stems: Sequence[str], at: int) -> Mention | None:
    for phrase, meanings in terms.phrases.get(stems[at], ()):
        end = _match(stems, at, phrase)
        if end is None:
            continue
        kept = tuple(t for t in meanings if _as_written(text, at, t))
        if kept and not (len(phrase) == 1 and phrase[0].isdigit()):
            return Mention(at, end, kept)
    return None


def _match(stems: Sequence[str], at: int, phrase: Sequence[str]) -> int | None:
    i = at
    for n, word in enumerate(phrase):
        while n and i < len(stems) and stems[i] in _JOINTS:
            i += 1
        if i >= len(stems) or stems[i] != word:
            return None
        i += 1
    return i


def _as_written(text: Text, at: int, term: Term) -> bool:
    raw = text.tokens[at].raw
    return not (term.upper and not raw.isupper()) and not (term.capital and not raw[0].isupper())


def _written_right(text: Text, mention: Mention) -> bool:
    """`Model 3 400` is a model and a number, `in 3` is no model; `0-60` is a name."""
    words = text.words(mention.first, mention.end)
    return any(c.isalpha() for c in words) or (
        mention.end - mention.first > 2 and all(t.kind == "noun" for t in mention.terms)
    )


def clauses(text: Text, lex: Lexicon, found: Sequence[Mention] = ()) -> list[Clause]:
    """Clauses with their cues; a question that is no request is marked. `found`: the mentions of the message."""
    wanted = frozenset(m.first for m in found if any(t.kind != "noun" and not t.weak for t in m.terms))
    spans = _spans(text, lex)
    soft = [f for f, _, _ in text.find(lex.patterns["soft"])]
    removing = [f for f, _, _ in text.find(lex.patterns["remove"])]
    also = [f for f, _, _ in text.find(lex.patterns["also_fine"])]
    rather = _rather(text, lex)
    made: list[Clause] = []
    for first, end, sentence in spans:
        has = any(first <= f < end for f in soft)
        removes = any(first <= f < end for f in removing) or _is_needless(text, lex, first, end)
        made.append(
            Clause(
                first,
                end,
                sentence,
                soft=has,
                removes=removes,
                rather=any(first <= i < end for i in rather),
                also=any(first <= f < end for f in also),
            )
        )
    return _questions(text, lex, made, wanted)


def _rather(text: Text, lex: Lexicon) -> list[int]:
    """Words for a preference (`lieber`, `plutôt`, `gern`) that neither correct nor compare nor only ask politely."""
    words, tokens = lex.words, [t.text for t in text.tokens]
    corrects = any(
        not words["rather"].issuperset(m.group().split()) for _, _, m in text.find(lex.patterns["correct"])
    )
    found: list[int] = []
    for i, word in enumerate(tokens):
        if word in words["gladly"] and words["asking"].isdisjoint(tokens[max(0, i - 4) : i]):
            found.append(i)
        compares = tokens[i + 1 : i + 2] and tokens[i + 1] in words["comparing"]
        names = i and tokens[i - 1] in words["definite"]
        if word in words["rather"] and not (corrects or compares or names):
            found.append(i)
    return found


def _is_needless(text: Text, lex: Lexicon, first: int, end: int) -> bool:
    """`no wooden case needed` asks for none of it, and rules none out."""
    none = any(t.text in lex.words["none"] for t in text.tokens[first:end])
    return none and text.tokens[end - 1].text in lex.words["needless"]


def _spans(text: Text, lex: Lexicon) -> list[tuple[int, int, int]]:
    spans: list[tuple[int, int, int]] = []
    first = sentence = 0
    turning = {at for at, _, _ in text.find(lex.patterns["turning"])}
    for i, token in enumerate(text.tokens):
        closing = token.text in _SENTENCE and not _is_joint(text, i)
        gap = "\n" in text.raw[text.tokens[i - 1].end : token.start] if i else False
        opens = (
            i in turning
            or (
                not is_except(text, lex, i)
                and token.text in lex.words["turns"]
                and not (i and text.tokens[i - 1].text in lex.words["all"])
            )
            or (token.text in lex.words["then"] and _is_command(text, lex, i + 1))
        )
        dash = token.text == "-" and _is_spaced(text, i)
        if (token.text in _CLAUSE and not _is_dash_within(text, i)) or closing or opens or dash or gap:
            if i > first:
                spans.append((first, i, sentence))
            first = i if gap or opens else i + 1
        sentence += closing or gap
    if first < len(text.tokens):
        spans.append((first, len(text.tokens), sentence))
    return spans


def _is_command(text: Text, lex: Lexicon, at: int) -> bool:
    """`and drop`, `and I want`: something new begins."""
    words = [t.text for t in text.tokens[at : at + 2]]
    if words and words[0] in lex.words["speakers"]:
        words.pop(0)
    return bool(words) and words[0] in lex.words["commands"]


def is_except(text: Text, lex: Lexicon, at: int) -> bool:
    """The "but" of `any dial but green`."""
    before = (t.text for t in text.tokens[max(0, at - 3) : at])
    return text.tokens[at].text in lex.words["excepting"] and any(w in lex.words["whichever"] for w in before)


def _is_joint(text: Text, at: int) -> bool:
    """A point inside a name, such as `ID.4`."""
    if text.tokens[at].text != "." or at == 0 or at + 1 >= len(text.tokens):
        return False
    return (
        text.tokens[at - 1].end == text.tokens[at].start and text.tokens[at + 1].start == text.tokens[at].end
    )


def _is_dash_within(text: Text, at: int) -> bool:
    """A long dash inside a name or a range: `0–60`, `20–30k`."""
    if text.tokens[at].text not in "–—" or at == 0 or at + 1 >= len(text.tokens):
        return False
    before, after = text.tokens[at - 1], text.tokens[at + 1]
    touching = before.end == text.tokens[at].start and after.start == text.tokens[at].end
    return touching and before.text[-1].isalnum() and after.text[0].isdigit()


def _is_spaced(text: Text, at: int) -> bool:
    if at == 0 or at + 1 >= len(text.tokens):
        return False
    return (
        text.tokens[at - 1].end < text.tokens[at].start
        and text.tokens[at + 1].start > text.tokens[at].end
        and not (text.tokens[at - 1].text[0].isdigit() and text.tokens[at + 1].text[0].isdigit())
    )


def _questions(text: Text, lex: Lexicon, made: list[Clause], wanted: Collection[int]) -> list[Clause]:
    asked: set[int] = set()
    for _, group in groupby(made, key=lambda c: c.sentence):
        parts = list(group)
        first, end = parts[0].first, parts[-1].end
        marked = end < len(text.tokens) and text.tokens[end].text == "?"
        for start in {first, *(c.first for c in parts)}:
            says_what = any(start <= at < end for at in wanted)
            if _asks(text, lex, start, end, marked, says_what):
                asked |= {c.sentence * 1000 + c.first for c in parts if c.first >= start}
    return [replace(c, question=c.sentence * 1000 + c.first in asked) for c in made]


def _asks(text: Text, lex: Lexicon, first: int, end: int, marked: bool, says_what: bool) -> bool:
    """Whether words ask something; `which SUVs do you have` asks for SUVs, `which colors do you have` only asks."""
    body = text.plain[text.offsets[first] : text.offsets[end - 1] + len(text.tokens[end - 1].text)]
    opening = lex.patterns["opening"].match(body)
    body = body[opening.end() + 1 :] if opening else body
    if lex.patterns["request"].match(body):
        return False
    if not lex.words["orders"].isdisjoint(body.split()[1:4]):  # `can you remove the price limit?`
        return False
    if lex.patterns["question"].match(body):
        is_open = lex.patterns["open_question"].match(body) is not None
        says_what = says_what or re.search(r"\d", body) is not None
        return not (says_what and lex.patterns["offering"].search(body)) if is_open else marked
    return marked and not re.search(r"\d", body)


def clause_at(made: Sequence[Clause], token: int) -> Clause | None:
    """The clause of a token; None for a mark between clauses."""
    at = bisect_right([c.first for c in made], token) - 1
    return made[at] if at >= 0 and token < made[at].end else None
