"""What a seller wrote in short, as it may be spoken: no address, no markup, nothing unseen, no words to the guide. Pure.

A title is quoted within the guide's own sentences; what is not a name would read as the guide's word. Ordinary texts stay
as they are, byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

LONGEST: Final = 90
_LONGEST_TEXT: Final = 2000
_ADDRESS: Final = re.compile(r"https?://\S+", re.IGNORECASE)  # a column of addresses stays one
_SHORT: Final = (
    "condition", "make", "model", "trim", "color_exterior", "color_interior", "location_city", "location_region",
    "location_country",
)  # fmt: skip
_UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)
#: From here on a text is no name any more.
_FOREIGN: Final = re.compile(
    r"!?\[[^\]\n]*\]\s*\(|</?[a-z!?/][^>]*>?|<!--|`|\{\{|\$\{|⟦|[\"']\s*\bon[a-z]{3,20}\s*="
    r"|\bh(?:tt|xx)ps?:|\b(?:javascript|data|mailto):|\bwww\.|\b[\w-]+(?:\.|\[\.\]|\(\.\))(?:com|net|org|io|info|biz|shop|xyz|ru)\b|\S+@\S+\.\w"
    r"|\(?\b\d{3}\)?[-. ]\d{3}[-. ]\d{4}\b"
    r"|\b(?:ignore|disregard|forget|override)\s+(?:\w+\s+){0,3}(?:rules?|instructions?|prompts?|above|previous|everything|limits?)\b"
    r"|\b(?:system\s+prompt|you\s+(?:are\s+now|must|should)\b|assistant\s*:)"
    r"|\b(?:verified|approved|guaranteed|certified|recommended)\s+by\s+(?:mpax|us|the\s+(?:guide|platform|site))\b"
    r"|\b(?:reserved|held|kept)\s+for\s+you\b|\b(?:send|wire|transfer|pay)\s+(?:\w+\s+){0,3}(?:payment|money|deposit|funds|bitcoin|crypto)\b"
    r"|\b(?:tell|inform|convince)\s+(?:the\s+)?(?:buyers?|users?|customers?)\b|\b(?:click|tap)\s+(?:here|the|this)\b|\bwhats\s?app\b|\btelegram\b"
    r"|\bignor(?:iere|ieren|ez|e)\s+(?:\w+\s+){0,3}(?:regeln|anweisungen|règles|instructions|reglas|instrucciones)\b",
    re.IGNORECASE,
)
_TAIL: Final = " \t-–—,;:|/([{.!•·\"'“"


def spoken_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A listing's row with its title, its short columns and its texts as they may be spoken."""
    short = {name: spoken(value) if (value := row.get(name)) else value for name in _SHORT if name in row}
    title = str(row.get("title") or "")
    specs = {name: _spoken_value(value) for name, value in row["specs"].items()}
    media = tuple({**one, "alt": spoken(str(one.get("alt") or ""))} for one in row["media"])
    return {
        **row,
        **short,
        "media": media,
        "specs": specs,
        "title": title and spoken_title(title, {**row, **short}),
    }


def spoken_title(title: str, row: Mapping[str, Any]) -> str:
    """The title, or where nothing of it is a name, year, make and model."""
    own = spoken(title)
    names = (row.get("year"), row.get("make"), row.get("model"))
    return own or " ".join(str(one) for one in names if one) or str(row.get("external_id") or "")[:LONGEST]


@lru_cache(maxsize=16384)
def spoken(text: str, longest: int = LONGEST) -> str:
    """A text up to where it stops being a name, at most so many characters; empty where nothing is left."""
    bare = _UNSEEN.sub(" ", text)
    if found := _FOREIGN.search(bare):
        bare = bare[: found.start()].rstrip(_TAIL)
    if bare != text:
        bare = " ".join(bare.split())
    return bare if len(bare) <= longest else bare[: longest - 1].rsplit(" ", 1)[0].rstrip(_TAIL) + "…"


def _spoken_value(value: Any) -> Any:
    if isinstance(value, str):
        return value if _ADDRESS.fullmatch(value) else spoken(value, _LONGEST_TEXT)
    if isinstance(value, list):
        parts: list[Any] = value  # pyright: ignore[reportUnknownVariableType]
        return [_spoken_value(one) for one in parts]
    return value
