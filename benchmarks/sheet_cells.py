"""Cells as sellers of seven languages write them: the kinds that `sheets.yaml` names. All follow from the generator passed in."""

from __future__ import annotations

import random
import re
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, TypeAlias

_EUROPEAN: Final = frozenset({"de", "es", "it", "nl", "pt"})
_DATES: Final[Mapping[str, Sequence[str]]] = {
    "en": ("%m/%d/%Y", "%Y-%m-%d", "%d %b %Y", "%m/%d/%y"),
    "de": ("%d.%m.%Y", "%d.%m.%y"),
    "fr": ("%d/%m/%Y",),
    "es": ("%d/%m/%Y", "%d-%m-%Y"),
    "it": ("%d/%m/%Y",),
    "nl": ("%d-%m-%Y",),
    "pt": ("%d/%m/%Y",),
}
_STREETS: Final[Mapping[str, str]] = {
    "en": "{n} Maple St", "de": "Lindenweg {n}", "fr": "{n} rue des Lilas", "es": "Calle Mayor {n}",
    "it": "Via Roma {n}", "nl": "Dorpsstraat {n}", "pt": "Rua das Flores {n}",
}  # fmt: skip
_NAMES: Final = (
    "Alex Example", "Sam Sample", "Kim Muster", "Jo Beispiel", "Pat Doe", "Robin Exemple", "Chris Ejemplo", "Lee Esempio",
)  # fmt: skip
_BLANKS: Final = ("", "", "", "n/a", "-", "TBD")


@dataclass(slots=True)
class Manner:
    """How one file writes: decided once, the same for all of its cells. `said` are the words of its language."""

    language: str
    said: Mapping[str, Mapping[str, str]]
    makes: Sequence[str]
    rng: random.Random
    comma: bool = False
    symbol: str = ""
    after: bool = False
    groups: bool = True
    scale_k: bool = False
    dates: str = ""
    yes: str = ""
    no: str = ""
    distance: str = ""
    picks: dict[str, str] = field(default_factory=dict)

    def words(self, name: str) -> list[str]:
        return self.said[name][self.language].split("|")

    def pick(self, name: str) -> str:
        return self.rng.choice(self.words(name))


#: What makes one cell.
Maker: TypeAlias = Callable[[], str]


def manner(language: str, said: Mapping[str, Any], makes: Sequence[str], rng: random.Random) -> Manner:
    how = Manner(language, said, makes, rng)
    how.comma = language in _EUROPEAN or language == "fr"
    how.symbol = rng.choice(("$", "$", "£", "USD ", "") if language == "en" else ("€", "€", "EUR", "CHF", ""))
    how.after = language != "en" and rng.random() < 0.7
    how.groups = rng.random() < 0.75
    how.scale_k = language == "en" and rng.random() < 0.08
    how.dates = rng.choice(_DATES[language])
    which = rng.randrange(len(how.words("true")))
    how.yes, how.no = how.words("true")[which], how.words("false")[min(which, len(how.words("false")) - 1)]
    how.distance = rng.choice(("", "", " mi", "") if language == "en" else ("", "", " km"))
    return how


def grouped(number: int, how: Manner) -> str:
    if not how.groups:
        return str(number)
    return f"{number:,}".replace(",", (" " if how.language == "fr" else ".") if how.comma else ",")


def decimal(number: float, places: int, how: Manner) -> str:
    return f"{number:.{places}f}".replace(".", "," if how.comma else ".")


def money(number: int, how: Manner) -> str:
    if how.rng.random() < 0.03:
        return {"en": "POA", "de": "auf Anfrage", "fr": "sur demande"}.get(how.language, "")
    said = f"{number / 1000:.1f}k" if how.scale_k and number > 2000 else grouped(number, how)
    if not how.symbol:
        return said
    return f"{said} {how.symbol.strip()}" if how.after else f"{how.symbol}{said}"


def maker_of(kind: str, how: Manner) -> Maker:
    """What makes the cells of one column. Raises: KeyError for a kind that does not exist."""
    name, _, rest = kind.partition(" ")
    return _KINDS[name](rest, how)


def with_gaps(make: Maker, share: float, rng: random.Random) -> Maker:
    return lambda: rng.choice(_BLANKS) if rng.random() < share else make()


def _bounds(text: str) -> tuple[float, float]:
    low, high = text.split("-")
    return float(low), float(high)


def _spread(low: float, high: float, rng: random.Random) -> float:
    """Prices and distances are many small and few large."""
    return low * (high / low) ** rng.random() if low > 0 else rng.uniform(low, high)


def _round(number: float) -> int:
    step = 1 if number < 200 else 10 if number < 5000 else 100 if number < 100_000 else 1000
    return max(1, int(number / step) * step)


def _code(pattern: str, how: Manner) -> Maker:
    fixed = {"A": how.rng.choice(string.ascii_uppercase)}

    def part(found: re.Match[str]) -> str:
        inner = found.group(1)
        if inner == "A":
            return fixed["A"]
        low, high = (int(each) for each in inner.split("-"))
        return str(how.rng.randint(low, high))

    return lambda: re.sub(r"\{([^}]+)\}", part, pattern)


def _int(text: str, how: Manner) -> Maker:
    low, high = _bounds(text)
    plain = high < 3000
    return lambda: (str if plain else lambda n: grouped(n, how))(how.rng.randint(int(low), int(high)))


def _dec(text: str, how: Manner) -> Maker:
    span, places = text.split(" ")
    low, high = _bounds(span)
    return lambda: decimal(_spread(low, high, how.rng), int(places), how)


def _money(text: str, how: Manner) -> Maker:
    low, high = _bounds(text)
    return lambda: money(_round(_spread(low, high, how.rng)), how)


def _percent(text: str, how: Manner) -> Maker:
    low, high = _bounds(text)
    sign = how.rng.choice(("%", " %", ""))
    return lambda: f"{decimal(how.rng.uniform(low, high), how.rng.choice((0, 1)), how)}{sign}"


def _unit(text: str, how: Manner) -> Maker:
    span, _, units = text.partition(" ")
    low, high = _bounds(span)
    unit = how.rng.choice(units.split("|"))
    gap = how.rng.choice(("", " ")) if unit != "'" else ""
    places = 1 if high < 60 else 0

    def make() -> str:
        number = _spread(low, high, how.rng)
        said = decimal(number, places, how) if places else grouped(int(number), how)
        return f"{said}{gap}{unit}" if unit else said

    return make


def _pick(text: str, how: Manner) -> Maker:
    values = text.split("|")
    return lambda: how.rng.choice(values)


def _say(text: str, how: Manner) -> Maker:
    return lambda: how.pick(text)


def _date(form: str) -> Callable[[str, Manner], Maker]:
    def kind(_: str, how: Manner) -> Maker:
        shape = form or how.dates
        return lambda: (date(2026, 5, 1) - timedelta(days=how.rng.randrange(900))).strftime(shape)

    return kind


def _words(text: str, how: Manner) -> Maker:
    low, high = (int(each) for each in text.split("-"))

    def make() -> str:
        said = [how.pick("words") for _ in range(how.rng.randint(low, high))]
        return " ".join(said) + (f" {how.rng.randint(1, 90)}" if how.rng.random() < 0.3 else "")

    return make


def _list(_: str, how: Manner) -> Maker:
    mark = how.rng.choice((", ", "; ", " | "))
    return lambda: mark.join(how.rng.sample(how.words("list"), how.rng.randint(2, 4)))


def _distance(_: str, how: Manner) -> Maker:
    return lambda: f"{grouped(_round(_spread(900, 180_000, how.rng)), how)}{how.distance}"


def _vin(_: str, how: Manner) -> Maker:
    letters = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
    return lambda: "".join(how.rng.choice(letters) for _ in range(11)) + str(how.rng.randint(100000, 999999))


def _photos(_: str, how: Manner) -> Maker:
    def make() -> str:
        at, count = how.rng.randint(1, 9999), how.rng.randint(1, 3)
        return ";".join(f"https://img.example.com/{at}/{n}.jpg" for n in range(count))

    return make


def _own(make: Callable[[Manner], str]) -> Callable[[str, Manner], Maker]:
    return lambda _, how: lambda: make(how)


def _phone(how: Manner) -> str:
    return f"{'+1 ' if how.language == 'en' else '0'}555-{how.rng.randint(100, 999)}-{how.rng.randint(1000, 9999)}"


def _zip(how: Manner) -> str:
    number = how.rng.randint(10000, 99999)
    return f"{number % 9000 + 1000} AB" if how.language == "nl" else str(number)


_KINDS: Final[Mapping[str, Callable[[str, Manner], Maker]]] = {
    "code": _code,
    "int": _int,
    "dec": _dec,
    "money": _money,
    "percent": _percent,
    "unit": _unit,
    "pick": _pick,
    "say": _say,
    "date": _date(""),
    "month": _date("%m/%Y"),
    "words": _words,
    "list": _list,
    "distance": _distance,
    "vin": _vin,
    "photos": _photos,
    "bool": _own(lambda how: how.yes if how.rng.random() < 0.6 else how.no),
    "make": _own(lambda how: how.rng.choice(how.makes or ["Aster", "Borealis", "Cygnus"])),
    "person": _own(lambda how: how.rng.choice(_NAMES)),
    "email": _own(lambda how: f"{how.rng.choice(_NAMES).split()[0].lower()}@example.com"),
    "initials": _own(lambda how: how.rng.choice(("JR", "MK", "AL", "TB", "SP"))),
    "slot": _own(lambda how: f"{how.rng.choice('ABCD')}-{how.rng.randint(1, 40)}"),
    "phone": _own(_phone),
    "zip": _own(_zip),
    "city": lambda _, how: lambda: how.pick("city"),
    "region": lambda _, how: lambda: how.pick("region"),
    "country": lambda _, how: lambda: how.pick("country"),
    "prose": lambda _, how: lambda: how.pick("prose"),
    "memo": lambda _, how: lambda: how.pick("memo"),
    "page": _own(lambda how: f"https://www.example.com/listing/{how.rng.randint(1000, 99999)}"),
    "street": _own(lambda how: _STREETS[how.language].format(n=how.rng.randint(1, 240))),
    "dims": _own(lambda how: f"{how.rng.randint(20, 180)} x {how.rng.randint(20, 260)} cm"),
}
