"""Everything the parts of a reading share: the message, the event's words, what was said before. No decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from backend.domains.discovery.model import Filter, Settings, Signal, State
from backend.domains.discovery.signals.lexicon import Lexicon
from backend.domains.discovery.signals.mentions import Clause, Mention, clause_at
from backend.domains.discovery.signals.terms import Terms
from backend.domains.discovery.signals.text import Text, Token

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
    nos: tuple[tuple[int, int], ...] = ()
    nos_after: tuple[int, ...] = ()

    def clause(self, token: int) -> Clause | None:
        return clause_at(self.clauses, token)

    def says(self, pattern: str) -> bool:
        return self.lex.patterns[pattern].search(self.text.plain) is not None

    def is_story(self, clause: Clause) -> bool:
        """What the buyer or somebody else has or had is no wish."""
        return any(clause.first <= first < clause.end for first, _, _ in self.text.find(self.lex.story))

    def reaches(self, no: tuple[int, int], first: int) -> bool:
        """Whether a "no" is of the same clause, and nothing before this token has taken it up."""
        clause = self.clause(first)
        if clause is None or no[0] < clause.first or not no[1] <= first <= no[1] + _SCOPE:
            return False
        return not any(self._takes_up(token) for token in self.text.tokens[no[1] : first])

    def _takes_up(self, token: Token) -> bool:
        word = token.text
        return (
            word[0].isdigit()
            or word in self.lex.words["spent"]
            or (word in self.lex.numbers and word not in self.lex.words["one"])
        )

    def is_refused_after(self, end: int, start: int) -> bool:
        """Whether a "no" that begins at `start` is said of what ends at `end`: `red is out`."""
        clause = self.clause(end - 1)
        return clause is not None and 0 <= start - end <= 2 and start < clause.end

    def negates(self, first: int, end: int) -> bool:
        """Whether a "no" reaches these tokens before it reaches something that the event knows."""
        known = [m for m in self.mentions if m.end <= first and any(not t.weak for t in m.terms)]
        return any(
            self.reaches(no, first) and not any(m.first >= no[1] for m in known) for no in self.nos
        ) or any(self.is_refused_after(end, start) for start in self.nos_after)

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
