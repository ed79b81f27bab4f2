"""What a cell is before its column gives it a meaning: plain text, nothing, or a reason why it was refused. No I/O."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

Cell: TypeAlias = str | int | float | bool | None


class Reason(StrEnum):
    """Why a cell was refused. Permanent: it stands in reports of rejected rows."""

    REQUIRED = "required"
    NOT_MONEY = "not_money"
    OTHER_CURRENCY = "other_currency"
    NOT_A_CURRENCY = "not_a_currency"
    NOT_A_NUMBER = "not_a_number"
    OUT_OF_RANGE = "out_of_range"
    OTHER_UNIT = "other_unit"
    NOT_YES_OR_NO = "not_yes_or_no"
    NOT_A_DATE = "not_a_date"
    NOT_A_YEAR = "not_a_year"
    NOT_LISTED = "not_listed"
    NOT_A_LINK = "not_a_link"
    TOO_LONG = "too_long"
    TOO_MANY_CELLS = "too_many_cells"
    DUPLICATE_ID = "duplicate_id"


@dataclass(frozen=True, slots=True)
class Rejected:
    """A cell that has a content, but none that fits the column."""

    reason: Reason


# fmt: off
_NOTHING: Final = frozenset({
    "-", "--", "---", "–", "—", ".", "..", "...", "…", "?", "n/a", "n.a", "n.a.", "na", "n / a", "n/k", "n.k.", "nil",
    "null",
    "nan", "#n/a", "#na", "#ref!", "#value!", "#div/0!", "#name?", "#null!", "#num!", "tbd", "tba", "tbc", "t.b.d.",
    "t.b.a.", "tmu", "t.m.u.",
    "unknown", "not known", "unspecified", "undisclosed", "not specified", "not available", "not applicable", "not stated",
    "not recorded",
    "poa", "p.o.a", "p.o.a.", "p.o.r.", "call", "ask", "inquire", "enquire", "inquire for price", "enquire for price",
    "call for price", "contact us",
    "contact seller", "contact dealer", "contact for price", "on request", "upon request", "on application",
    "price on request", "price on application",
    "price upon request", "price on enquiry", "ask for price", "request price", "to be confirmed", "to be advised",
    "to be determined", "to be announced",
    "unbekannt", "k.a.", "k. a.", "k.a", "keine angabe", "keine angaben", "ohne angabe", "auf anfrage", "preis auf anfrage",
    "a. a.", "n. v.", "nicht bekannt",
    "nicht verfügbar", "nicht angegeben", "entfällt",
    "inconnu", "inconnue", "sur demande", "prix sur demande", "nous consulter", "nous contacter", "n.c.", "n.c",
    "non communiqué", "non renseigné",
    "non précisé", "non disponible", "à définir", "à préciser", "à confirmer",
    "desconocido", "desconocida", "a consultar", "por consultar", "consultar", "consultar precio", "precio a consultar",
    "s/d", "no disponible", "bajo petición",
    "a convenir", "sin datos", "no consta",
    "sconosciuto", "su richiesta", "prezzo su richiesta", "trattativa riservata", "n.d.", "n.d", "non indicato",
    "da definire", "trattativa privata",
    "onbekend", "op aanvraag", "prijs op aanvraag", "n.v.t.", "n.n.b.", "n.o.t.k.", "notk",
    "sob consulta", "preço sob consulta", "a combinar", "desconhecido", "não informado",
})
# Words that say so of a figure alone: `NC` and `ND` are states elsewhere.
_NO_FIGURE: Final = frozenset({
    "nc", "nd", "por", "offen", "folgt", "contact", "contacto", "empty", "blank", "missing", "nvt", "nnb", "a.a.", "none",
    "keine", "aucun", "*", "x", "/",
})
# fmt: on
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2028\u2029\ufeff]")


def plain(cell: Cell) -> str:
    """The cell as one trimmed line of text; numbers of a workbook as they would be typed."""
    return " ".join(block(cell).split())


def block(cell: Cell) -> str:
    """The cell as text that may have several lines."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if not isinstance(cell, str):
        return str(cell)
    if cell.isascii() and cell.isprintable():
        return cell.strip()
    text = cell.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", unicodedata.normalize("NFC", text)).strip()


def says_nothing(text: str) -> bool:
    """Whether a trimmed cell stands for "no value": empty, a dash, n/a, TBD, POA, Call, sur demande."""
    if not text:
        return True
    low = text.lower()
    return low in _NOTHING or (low[-1] == "!" and low.rstrip("!") in _NOTHING)


def is_no_figure(text: str) -> bool:
    """Whether a trimmed cell stands for "no value" where a number, an amount or a date is due."""
    if text[:1].isdigit():
        return False
    return says_nothing(text) or text.lower().rstrip(".!") in _NO_FIGURE
