"""From mentions to filters: values and features that are wanted, ruled out, wished for, or no longer asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from backend.domains.discovery.model import Filter
from backend.domains.discovery.signals import implied, refusals
from backend.domains.discovery.signals.mentions import Clause, Mention
from backend.domains.discovery.signals.reader import Found, Reader
from backend.domains.discovery.signals.refusals import Said
from backend.domains.discovery.signals.terms import Term

_PLACES: Final = frozenset({"location_city", "location_region", "location_country"})
_NO_ZERO: Final = frozenset({"price", "year", "mileage"})


@dataclass(frozen=True, slots=True)
class _Wish:
    mention: Mention
    term: Term
    negated: bool
    soft: bool
    also: bool = False


def read(reader: Reader, taken: Collection[int]) -> Found:
    """Filters by value and feature, what is no longer asked for, and the signals that follow."""
    removed: set[str] = set()
    wishes: list[_Wish] = []
    read = list(_spoken(reader, {*taken, *_compared(reader)}))
    no = refusals.find(reader, [s for m, _, terms in read if (s := _said(reader, m, terms))])
    for mention, clause, terms in read:
        spared = clause.removes and _is_spared(reader, mention, terms, clause)
        if (clause.removes and not spared) or _any_will_do(reader, mention, clause):
            removed |= {t.field for t in (terms or mention.terms)}
        if (clause.removes and not spared) or reader.is_story(clause) or mention.first in no.unsaid:
            continue
        negated = mention.first in no.refused
        if not terms and (terms := _none_of(reader, mention)):
            negated, mention = False, Mention(_none_before(reader, mention.first), mention.end, terms)
        wishes += [_wish(reader, clause, mention, term, negated) for term in terms]
    filters = _filters(reader, _with_others(reader, wishes, removed)) + _unlisted(reader)
    return Found(tuple(filters), tuple(implied.signals(reader, filters)), frozenset(removed))


def _compared(reader: Reader) -> Iterator[int]:
    """Words that only say on which side of a year: the `neuer` of `2018 oder neuer` is no condition."""
    for i, token in enumerate(reader.text.tokens):
        if token.text.isdigit():
            for name in ("newer_after", "older_after"):
                if match := reader.lex.patterns[name].match(reader.text.after(i + 1)):
                    yield from range(i + 1, i + 2 + match.group().count(" "))


def _is_spared(reader: Reader, mention: Mention, terms: Sequence[Term], clause: Clause) -> bool:
    """`n'importe quelle couleur sauf blanc`: anything will do, but not this."""
    named = {
        t.field
        for m in reader.mentions
        if clause.first <= m.first < mention.first
        for t in m.terms
        if t.kind == "noun"
    }
    saving = (t.text in reader.lex.words["saving"] for t in reader.text.tokens[clause.first : mention.first])
    return any(t.field in named for t in terms) and any(saving)


def _wish(reader: Reader, clause: Clause, mention: Mention, term: Term, negated: bool) -> _Wish:
    """`lieber schwarz` is a mere wish, unless it takes the place of what was asked for before."""
    new = not any(f.field == term.field for f in reader.state.filters)
    also = clause.also and term.kind == "value" and not negated
    soft = clause.soft or also or (clause.rather and new and not negated)
    return _Wish(mention, term, negated, soft, also)


def _with_others(reader: Reader, wishes: Sequence[_Wish], removed: Collection[str]) -> list[_Wish]:
    """What would do as well joins what is asked for; where nothing is, it is a mere wish."""
    asked = {w.term.field: w for w in wishes if w.term.kind == "value" and not (w.soft or w.negated)}
    made: list[_Wish] = []
    for wish in wishes:
        field = wish.term.field
        kept = [
            v
            for f in reader.state.filters
            if f.field == field and f.op == "in" and f.group == "must" and field not in removed
            for v in f.value
        ]
        if wish.also and (field in asked or kept):
            values = wish.term.values if field in asked else (*kept, *wish.term.values)
            wish = replace(wish, soft=False, term=replace(wish.term, values=values))
        made.append(wish)
    return made


def _spoken(reader: Reader, taken: Collection[int]) -> Iterator[tuple[Mention, Clause, tuple[Term, ...]]]:
    """Mentions that ask nothing, with what they mean here."""
    for mention in reader.mentions:
        clause = reader.clause(mention.first)
        if clause and not clause.question and not set(range(mention.first, mention.end)) & set(taken):
            yield mention, clause, _meant(reader, mention)


def _said(reader: Reader, mention: Mention, terms: Sequence[Term]) -> Said | None:
    """What a "no" can be said of: something meant, or a number that there should be none of."""
    if terms:
        return Said(mention, terms[0].field, terms[0].kind == "flag")
    field = next(
        (t.field for t in mention.terms if t.kind == "noun" and reader.terms.is_number(t.field)), None
    )
    return Said(mention, field) if field else None


def _meant(reader: Reader, mention: Mention) -> tuple[Term, ...]:
    """The meanings that hold here; none for a mere name of an attribute or an unconfirmed everyday word."""
    terms = [t for t in mention.terms if t.kind != "noun" and (not t.weak or _confirmed(reader, mention, t))]
    flags = tuple(t for t in terms if t.kind in ("flag", "zero", "amount"))
    if flags:
        return flags
    place = _is_place(reader, mention)
    terms = [
        t
        for t in terms
        if (t.field in _PLACES) <= place
        and (
            t.known
            or t.field in _PLACES
            or t.field == "make"
            or "color" in t.field
            or not _after_to(reader, mention)
        )
    ]
    if (
        place
        and any(t.field in _PLACES for t in terms)
        and not any(t.known and t.field not in _PLACES for t in terms)
    ):
        terms = [t for t in terms if t.field in _PLACES]
    if not terms or (any(t.kind == "noun" for t in mention.terms) and len(terms[0].values) != 1):
        return ()
    beside = _noun_beside(reader, mention)
    named = [t for t in terms if t.field in beside]
    ranked = named or sorted(terms, key=lambda t: (t.weak, not t.known, "interior" in t.field))
    return tuple(ranked[:1])


def _noun_beside(reader: Reader, mention: Mention) -> set[str]:
    """Attributes named right after (`blue dial`) or right before a value (`dial: blue`)."""
    fields: set[str] = set()
    for other in reader.mentions:
        if other is not mention and (
            0 <= other.first - mention.end <= 1 or 0 <= mention.first - other.end <= 1
        ):
            fields |= {t.field for t in other.terms if t.kind == "noun"}
    return fields


def _confirmed(reader: Reader, mention: Mention, term: Term) -> bool:
    """An everyday word counts beside its attribute, beside another value, alone in its clause, or as `a used one`."""
    if term.field in _noun_beside(reader, mention):
        return True
    clause = reader.clause(mention.first)
    if clause is None:
        return False
    tokens = reader.text.tokens
    before, after = mention.first - 1, mention.end
    nos = {i for first, end in reader.nos for i in range(first, end)}
    while before >= clause.first and (tokens[before].text in reader.lex.words["links"] or before in nos):
        before -= 1
    while (
        after < clause.end
        and tokens[after].text in reader.lex.words["links"]
        and tokens[after].text not in reader.lex.words["things"]
    ):
        after += 1
    refused = any(i in nos for i in range(before + 1, mention.first))
    alone = (before < clause.first or refused) and after >= clause.end
    spoken = {
        i
        for m in reader.mentions
        if m is not mention and any(t.kind != "noun" for t in m.terms)
        for i in range(m.first, m.end)
    }
    beside = (before in spoken and before >= clause.first) or after in spoken
    words = reader.lex.words
    noun = (  # `ein Rosé aus der Provence`
        mention.first > clause.first
        and tokens[mention.first - 1].text in words["articles"]
        and mention.end < clause.end
        and tokens[mention.end].text in words["origins"]
    )
    return (
        alone or beside or noun or (after < clause.end and tokens[after].text in reader.lex.words["things"])
    )


def _after_to(reader: Reader, mention: Mention) -> bool:
    """`road trips to Tahoe` is no wish for one."""
    return not reader.lex.words["to"].isdisjoint(reader.text.before(mention.first, 12).split()[-1:])


def _is_place(reader: Reader, mention: Mention) -> bool:
    """Names of places are limits after "in", "from", "only", or alone; `delivery to Boise` is none."""
    clause = reader.clause(mention.first)
    words = reader.text.before(mention.first, 24).split()
    if clause is None:
        return False
    if len(words) > 1 and words[-1] in reader.lex.words["definite"]:  # `oder der Türkei`
        words.pop()
    if mention.first == clause.first:
        return mention.end == clause.end or reader.text.tokens[mention.end].text in reader.lex.words["links"]
    return bool(reader.lex.patterns["place"].search(" ".join(words[-2:]))) and (
        words[-1] not in reader.lex.words["no_place_after"]
    )


def _any_will_do(reader: Reader, mention: Mention, clause: Clause) -> bool:
    """`any colour`, `any brand is fine`."""
    if mention.first == clause.first or not any(t.kind == "noun" for t in mention.terms):
        return False
    return bool(reader.lex.patterns["any_word"].fullmatch(reader.text.tokens[mention.first - 1].text))


def _none_of(reader: Reader, mention: Mention) -> tuple[Term, ...]:
    """`no accidents`, `zero HOA`: a countable thing of which there should be none."""
    fields = [t.field for t in mention.terms if t.kind == "noun" and reader.terms.is_number(t.field)]
    fields = [
        f
        for f in fields
        if f not in _NO_ZERO and reader.terms.tail(f) in (reader.lex.less_is_better | reader.lex.counted)
    ]
    words = [
        w for w in reader.text.before(mention.first, 40).split() if w not in reader.lex.words["between_no"]
    ]
    none = (
        bool(words)
        and words[-1] in reader.lex.words["none"]
        and reader.text.before(mention.first).split()[-1] not in reader.lex.words["more"]
    )
    return tuple(Term("zero", f) for f in fields[:1]) if none else ()


def _unlisted(reader: Reader) -> list[Filter]:
    """`Margaux appellation`: a capitalized name right before an attribute whose values are not known."""
    found: list[Filter] = []
    for mention in reader.mentions:
        field = next(
            (t.field for t in mention.terms if t.kind == "noun" and not reader.terms.is_number(t.field)), None
        )
        clause = reader.clause(mention.first)
        if (
            field is None
            or field == "model"
            or reader.terms.values.get(field)
            or clause is None
            or clause.question
            or clause.removes
        ):
            continue
        first = mention.first
        while (
            first > clause.first
            and reader.text.tokens[first - 1].raw[0].isupper()
            and len(reader.text.tokens[first - 1].raw) > 1
        ):
            first -= 1
        if first < mention.first and not any(
            m.first < mention.first and m.end > first for m in reader.mentions
        ):
            name = reader.text.words(first, mention.first)
            found.append(
                reader.filter(field, "in", [name], reader.text.words(first, mention.end), nice=clause.soft)
            )
    return found


def _none_before(reader: Reader, at: int) -> int:
    """The token of a "no" shortly before another, else that one."""
    none = reader.lex.words["none"]
    return next((i for i in range(at - 1, max(-1, at - 4), -1) if reader.text.tokens[i].text in none), at)


def _filters(reader: Reader, wishes: Sequence[_Wish]) -> list[Filter]:
    filters: list[Filter] = []
    listed: dict[tuple[str, bool, bool], list[_Wish]] = defaultdict(list)
    for wish in wishes:
        if wish.term.kind == "value":
            listed[wish.term.field, wish.negated, wish.soft].append(wish)
            continue
        source = reader.text.words(wish.mention.first, wish.mention.end)
        value: Any = {"flag": not wish.negated, "zero": 0, "amount": _plain(wish.term.amount)}[wish.term.kind]
        if wish.negated and wish.term.kind != "flag":
            continue
        filters.append(reader.filter(wish.term.field, "eq", value, source, nice=wish.soft))
    for (field, negated, soft), group in listed.items():
        values = list(dict.fromkeys(v for w in group for v in w.term.values))
        source = reader.text.words(group[0].mention.first, group[-1].mention.end)
        filters.append(reader.filter(field, "not_in" if negated else "in", values, source, nice=soft))
    return filters


def _plain(value: float) -> float:
    return int(value) if float(value).is_integer() else value
