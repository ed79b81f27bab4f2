"""Everything the parts of a reading share: the message, the event's words, what was said before. No decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from backend.domains.discovery.model import Filter, Settings, Signal, State
from backend.domains.discovery.signals.lexicon import Lexicon
from backend.domains.discovery.signals.mentions import Clause, Mention, clause_at
from backend.domains.discovery.signals.terms import Terms
from backend.domains.discovery.signals.text import Text

_SCOPE: Final = 6  # how many words a "no" reaches


@dataclass(frozen=True, slots=True)
class Reader:
    """One message in its context."""

    text: Text
    lex: Lexicon
    terms: Terms
    state: State
    settings: Settings
    today: date
    clauses: tuple[Clause, ...]
    mentions: tuple[Mention, ...]
    corrects: bool

    def clause(self, token: int) -> Clause | None:
        return clause_at(self.clauses, token)

    def says(self, pattern: str) -> bool:
        return self.lex.patterns[pattern].search(self.text.plain) is not None

    def negates(self, first: int, end: int) -> bool:
        """Whether a "no" of the same clause reaches these tokens, from before or from right behind."""
        clause = self.clause(first)
        if clause is None:
            return False
        for start, stop, _ in self.text.find(self.lex.patterns["negation"]):
            if clause.first <= start and stop <= first <= stop + _SCOPE:
                between = self.text.tokens[stop:first]
                if not any(t.text in ("just", "only") or t.text[0].isdigit() for t in between):
                    return True
        behind = self.text.find(self.lex.patterns["negated_after"])
        return any(0 <= start - end <= 2 and start < clause.end for start, _, _ in behind)

    def stat(self, field: str, name: str) -> float | None:
        """A figure of the inventory, if it is known."""
        attribute = self.terms.attributes.get(field)
        value: Any = attribute.stats.get(name) if attribute else None
        return float(value) if isinstance(value, int | float) else None

    def typical(self, field: str) -> float | None:
        """The median of the inventory, or its largest value."""
        attribute = self.terms.attributes.get(field)
        quantiles: Any = attribute.stats.get("quantiles") if attribute else None
        return float(quantiles[2]) if quantiles and len(quantiles) == 5 else self.stat(field, "max")

    def signal(self, kind: str, value: dict[str, Any], source: str, confidence: float = 0.9) -> Signal:
        return Signal(kind, value, confidence, source, self.state.turn + 1)

    def filter(self, field: str, op: Any, value: Any, source: str, *, nice: bool = False) -> Filter:
        return Filter(field, op, value, "nice" if nice else "must", self.state.turn + 1, source)


@dataclass(frozen=True, slots=True)
class Found:
    """What one part of a reading gives."""

    filters: tuple[Filter, ...] = ()
    signals: tuple[Signal, ...] = ()
    removed: frozenset[str] = frozenset()
    taken: frozenset[int] = frozenset()
