"""A sentence as its parts: names of listings, names of attributes, figures, values, small words, and what is unknown. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from backend.domains.discovery.asserting import lexicon
from backend.domains.discovery.evidence import Evidence, Source
from backend.domains.discovery.figures import numbers_in
from backend.domains.discovery.folding import Word, words

if TYPE_CHECKING:
    from backend.domains.discovery.vetting import Known

_PLACE: Final = re.compile(r"⟦(\d+)⟧")
_BREAK: Final = re.compile(r"[,;()–—…!?]")
_REQUEST: Final = ("price on request", "preis auf anfrage", "prix sur demande", "precio a consultar")
_MISSING: Final = (
    "is not stated", "not stated", "is not listed", "ist nicht angegeben", "n est pas indique", "no se indica",
    "no esta indicado", "does not state its", "is not known for certain", "ist nicht sicher bekannt",
    "n est pas connu avec certitude", "no se sabe con certeza",
)  # fmt: skip
_YES: Final = {"yes": True, "ja": True, "oui": True, "si": True}
_AND: Final = frozenset({"and", "und", "et", "y"})


@dataclass(frozen=True, slots=True)
class Item:
    """One part of a sentence. `kind`: subject, break, number, label, value, negation, glue and the other kinds of words."""

    kind: str
    data: Any = None


def items_of(
    text: str, titles: Sequence[Source], evidence: Evidence, known: Known, earlier: Source | None
) -> Iterator[Item]:
    """The parts of a text in their order."""
    text, lines = _with_lines_held(text, evidence)
    vocabulary = _vocabulary(evidence, known)
    marks: dict[int, tuple[int, Item]] = {}
    for m in _PLACE.finditer(text):
        n = int(m[1])
        item = Item("subject", titles[n]) if n < len(titles) else Item("line", lines.get(n, ""))
        marks[m.start()] = (m.end(), item)
    figures = {start: (end, kind, readings) for kind, readings, (start, end) in numbers_in(text)}
    breaks = {
        m.start()
        for m in _BREAK.finditer(text)
        if not any(start <= m.start() < end for start, (end, *_) in figures.items())
    }
    found = [w for w in words(text) if not any(s <= w.start < e for s, (e, _) in marks.items())]
    at, done = 0, 0
    events = sorted({*marks, *figures, *breaks, *(w.start for w in found)})
    for place in events:
        if place < done:
            continue
        while at < len(found) and found[at].start < place:
            at += 1
        if place in marks:
            done, item = marks[place]
            yield item
        elif place in breaks:
            yield Item("break")
        else:
            item, done, size = _read(text, found, at, place, figures, vocabulary, evidence, earlier)
            at += size
            yield item


def _read(
    text: str,
    found: Sequence[Word],
    at: int,
    place: int,
    figures: Mapping[int, tuple[int, str, tuple[float, ...]]],
    vocabulary: Mapping[str, Item],
    evidence: Evidence,
    earlier: Source | None,
) -> tuple[Item, int, int]:
    """The next part, where it ends, and how many words it took."""
    for size in range(min(8, len(found) - at), 0, -1):
        phrase = " ".join(w.text for w in found[at : at + size])
        item = vocabulary.get(phrase)
        if size == 1 and place in figures:
            break
        if item is not None and found[at].start == place:
            item = _pointed(item, found, at, size, vocabulary, evidence, earlier)
            extra = int(item.kind == "subject" and _is_one(found, at + size, evidence))
            return item, found[at + size - 1 + extra].end, size + extra
    if place in figures:
        end, kind, readings = figures[place]
        following = next((w.text for w in found[at:] if w.start >= end), "")
        if following == "k" or text[end : end + 1] in ("k", "K"):
            end += text[end : end + 2].casefold().index("k") + 1
        counted = following in lexicon().kinds["counted"] | evidence.nouns
        return Item("number", (kind, readings, counted)), end, 0
    word = found[at]
    if (value := lexicon().numbers.get(word.text)) is not None:
        return Item("number", ("other", (value,), False)), word.end, 1
    return Item("unknown"), word.end, 1


def _is_one(found: Sequence[Word], at: int, evidence: Evidence) -> bool:
    return at < len(found) and (found[at].text == "one" or found[at].text in evidence.nouns)


def _pointed(
    item: Item,
    found: Sequence[Word],
    at: int,
    size: int,
    vocabulary: Mapping[str, Item],
    evidence: Evidence,
    earlier: Source | None,
) -> Item:
    """`the first one`, `the white one`, `the Model 3` and `it` as the listing they mean; `one owner` as a number."""
    following = found[at + size].text if at + size < len(found) else ""
    if item.kind == "ordinal":
        shown = evidence.sources
        named = _is_one(found, at + size, evidence)
        return Item("subject", shown[item.data]) if named and item.data < len(shown) else Item("unknown")
    if item.kind == "pronoun":
        return Item("pronoun", earlier) if earlier is not None else Item("unknown")
    if item.kind == "value":
        own = [s for s in evidence.sources if any(item.data in phrases_of(v) for v in s.values.values())]
        if _is_one(found, at + size, evidence):
            return Item("subject", own[0]) if len(own) == 1 else Item("unknown")
        of_model = [s for s in own if item.data in phrases_of(s.values.get("model"))]
        return Item("subject", of_model[0]) if of_model else item
    if item.kind == "glue" and found[at].text == "one" and size == 1:
        label = vocabulary.get(following)
        if label is not None and label.kind == "label":
            return Item("number", ("other", (1.0,), False))
    return item


def _with_lines_held(text: str, evidence: Evidence) -> tuple[str, dict[int, str]]:
    """Quotations as places of their own, and whole sentences of tiles where they stand for themselves."""
    held: dict[int, str] = {}
    for n, quotation in enumerate(sorted({q for s in evidence.sources for q in s.quotations.values()}), 5000):
        if quotation in text:
            text = text.replace(quotation, f"⟦{n}⟧")
            held[n] = quotation
    lines = dict.fromkeys(line for s in evidence.sources for line in s.lines)
    for n, line in enumerate(sorted(lines, key=len, reverse=True), 1000):
        bare = line.rstrip(".")
        pattern = rf"(?:(?<=[(,;:–—])|^)(\s*){re.escape(bare)}(?=\s*[),;.!]|\s*\Z)"
        if bare:
            text, times = re.subn(pattern, rf"\1⟦{n}⟧", text, flags=re.IGNORECASE)
            held |= {n: line} if times else {}
    return text, held


def _vocabulary(evidence: Evidence, known: Known) -> dict[str, Item]:
    """Every phrase that is known, with what it is; the more telling kinds come last and win."""
    found: dict[str, Item] = {word: Item("glue") for word in known.glue | known.inside | known.outside}
    found |= {w: Item("unit") for w in known.units | evidence.units}
    found |= {w: Item("glue") for w in evidence.nouns | lexicon().kinds["counted"]}
    values = {p for s in evidence.sources for v in s.values.values() for p in phrases_of(v)}
    found |= {phrase: Item("value", phrase) for phrase in values}
    found |= {w: Item("negation") for w in known.negations}
    found |= {w: Item("pronoun") for w in known.pronouns}
    found |= {w: Item("ordinal", at) for w, at in known.ordinals.items()}
    found |= {w: Item("side", "inside") for w in known.inside} | {
        w: Item("side", "outside") for w in known.outside
    }
    found |= {w: Item("label", name) for w, name in known.labels.items()}
    for label, name in evidence.labels:
        found |= {label: Item("label", name), label.removesuffix("s"): Item("label", name)}
    found |= {f"your {w}": Item("limit") for w in known.limits}
    found |= {w: Item("answer", value) for w, value in _YES.items()}
    found |= {w: Item("and") for w in _AND}
    found |= {p: Item("request") for p in _REQUEST} | {p: Item("missing") for p in _MISSING}
    found |= {p: Item("extreme", (name, True)) for p, name in known.least.items()}
    found |= {p: Item("extreme", (name, False)) for p, name in known.most.items()}
    found |= {p: Item("than", (name, True)) for p, name in known.less.items()}
    return found | {p: Item("than", (name, False)) for p, name in known.more.items()}


def phrases_of(value: Any) -> frozenset[str]:
    """A value in words, folded; the parts of a list each."""
    if isinstance(value, str):
        return frozenset({" ".join(w.text for w in words(value))} - {""})
    if isinstance(value, list | tuple):
        return frozenset().union(*(phrases_of(one) for one in value))  # pyright: ignore[reportUnknownVariableType]
    return frozenset()
