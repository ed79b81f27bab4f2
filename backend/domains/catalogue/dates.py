"""Dates as people write them, in seven languages. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, Literal, TypeAlias

from backend.domains.catalogue.cells import Cell, Reason, Rejected, is_no_figure, plain

DateOrder: TypeAlias = Literal["mdy", "dmy", "ymd"]

# fmt: off
_MONTHS: Final = {name: number for number, names in enumerate((
    ("jan", "januar", "jänner", "january", "janv", "janvier", "enero", "ene", "gen", "gennaio", "januari", "janeiro"),
    ("feb", "februar", "feber", "february", "févr", "fév", "fev", "février", "fevrier", "febrero", "febbraio", "februari",
     "fevereiro"),
    ("mar", "mär", "märz", "marz", "mrz", "march", "mars", "marzo", "mrt", "maart", "março"),
    ("apr", "april", "avril", "avr", "abril", "abr", "aprile"),
    ("may", "mai", "mayo", "mag", "maggio", "mei", "maio"),
    ("jun", "juni", "june", "juin", "junio", "giu", "giugno", "junho"),
    ("jul", "juli", "july", "juillet", "juil", "julio", "lug", "luglio", "julho"),
    ("aug", "august", "août", "aout", "agosto", "ago", "augustus"),
    ("sep", "sept", "september", "septembre", "septiembre", "set", "settembre", "setembro"),
    ("oct", "okt", "oktober", "october", "octobre", "octubre", "ott", "ottobre", "out", "outubro"),
    ("nov", "november", "novembre", "noviembre", "novembro"),
    ("dec", "dez", "dezember", "december", "décembre", "decembre", "déc", "diciembre", "dic", "dicembre", "dezembro"),
), 1) for name in names}
_NO_DATE: Final = frozenset({  # what stands where a date is due and there is none
    "neu", "new", "nouveau", "neuf", "neuve", "nuevo", "nuovo", "nieuw", "novo", "exempt", "exempted", "historic", "befreit",
    "exempté", "exento", "esente",
    "vrijgesteld", "isento", "none", "no", "nein", "non", "keine", "keiner", "ohne", "aucun", "aucune", "ninguno", "nessuno",
    "geen", "never", "expired",
    "abgelaufen", "périmé", "caducado", "scaduto", "verlopen", "now", "immediately", "sofort", "ab sofort", "immédiat",
    "immédiate", "immediate",
    "inmediata", "subito", "direct", "per direct", "open",
})
_FILLERS: Final = frozenset({"de", "del", "di", "of", "the", "den", "le", "el", "il"})
# fmt: on
_TIME = re.compile(r"[t ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[ap]m)?( ?z| ?[+-]\d{2}:?\d{2})?$")
_DAY = re.compile(r"(\d+)(?:st|nd|rd|th|er|º|°|\.)")
_SHORT_YEAR = re.compile(r"[^\W\d]{3,}\.?[-/ ]?['’-]\d\d|[^\W\d]{3,}[-/]\d\d")
_SERIAL: Final = (10_000, 80_000)  # days of a workbook: 1927 to 2119
_EPOCH: Final = date(1899, 12, 30)


def iso_date(cell: Cell, *, order: DateOrder = "mdy", monthly: bool = False) -> str | Rejected | None:
    """ISO `YYYY-MM-DD`, or `YYYY-MM` where only a month is given or asked for (`monthly`). Dots always mean day first,
    as in Europe; a bare number of a workbook is its count of days."""
    if isinstance(cell, int | float) and not isinstance(cell, bool) and _SERIAL[0] < cell < _SERIAL[1]:
        found: str | Rejected | None = (_EPOCH + timedelta(days=int(cell))).isoformat()
    else:
        found = _written(plain(cell).lower(), order, monthly)
    return found[:7] if monthly and isinstance(found, str) else found


def _written(content: str, order: DateOrder, monthly: bool) -> str | Rejected | None:
    if is_no_figure(content) or content.rstrip(".!") in _NO_DATE:
        return None
    content = _TIME.sub("", content)
    if compact := re.fullmatch(r"((?:19|20)\d\d)(\d\d)(\d\d)", content):
        content = "-".join(compact.groups())
    content = re.sub(r"^(?:[^\W\d]{2,10}\.?, )(?=\d|[^\W\d]{3,} \d)", "", content)  # a day of the week
    parts = [
        _DAY.sub(r"\1", part) for part in re.split(r"[\s./,’'-]+", content) if part and part not in _FILLERS
    ]
    numbers = [_MONTHS.get(part.rstrip("."), part) for part in parts]
    if not 2 <= len(numbers) <= 3 or not all(isinstance(n, int) or n.isdecimal() for n in numbers):
        return Rejected(Reason.NOT_A_DATE)
    if any(len(part) > 4 for part, n in zip(parts, numbers, strict=True) if isinstance(n, str)):
        return Rejected(Reason.NOT_A_DATE)
    named = next((at for at, n in enumerate(numbers) if isinstance(n, int)), None)
    read = [int(n) for n in numbers]
    if len(read) == 2:
        short = monthly or bool(_SHORT_YEAR.fullmatch(content))
        return _month(read, parts, short and (named is not None or monthly))
    return _calendar(read, parts, named, "dmy" if "." in content and named is None else order)


def _month(numbers: Sequence[int], parts: Sequence[str], short_years: bool) -> str | Rejected:
    first_is_year = len(parts[0]) == 4 and parts[0].isdecimal()
    y, m = (numbers[0], numbers[1]) if first_is_year else (numbers[1], numbers[0])
    if short_years and y < 100 and not first_is_year:
        y = _century(y)
    return f"{y:04d}-{m:02d}" if 1 <= m <= 12 and 1800 <= y <= 2200 else Rejected(Reason.NOT_A_DATE)


def _century(year: int) -> int:
    return year + (2000 if year < 50 else 1900)


def _calendar(
    numbers: Sequence[int], parts: Sequence[str], named: int | None, order: DateOrder
) -> str | Rejected:
    if len(parts[0]) == 4 and parts[0].isdecimal():
        y, m, d = numbers
        return _checked(y, m, d)
    if named is not None:
        m, y = numbers[named], numbers[2]
        d = numbers[1 - named] if named < 2 else 0
    elif order == "ymd":
        y, m, d = numbers if len(parts[2]) <= 2 else (numbers[2], numbers[1], numbers[0])
    else:
        m, d, y = numbers if order == "mdy" else (numbers[1], numbers[0], numbers[2])
    return _checked(_century(y) if y < 100 else y, m, d)


def _checked(y: int, m: int, d: int) -> str | Rejected:
    try:
        return date(y, m, d).isoformat() if 1800 <= y <= 2200 else Rejected(Reason.NOT_A_DATE)
    except ValueError:
        return Rejected(Reason.NOT_A_DATE)
