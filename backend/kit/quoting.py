"""Text of strangers as data: nothing invisible in it, and quoted so that it cannot end its own quotation. Pure."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Final

#: Everything that breaks a line somewhere. Source: Unicode 16, UAX #14, and Python's str.splitlines.
_BREAKS: Final = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
#: What a reader does not see and a machine does: controls, joiners, direction marks, variation selectors, tags, fillers,
#: private use, halves of pairs. Source: Unicode 16, Default_Ignorable_Code_Point, categories Cc, Cf, Cs, Co.
_UNSEEN: Final = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2"
    "\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\ue000-\uf8ff\U000110bd\U000110cd\U00013430-\U0001345f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_text: Final = json.JSONEncoder(ensure_ascii=False).encode


def visible(text: str) -> str:
    """What a person would see of a text, in composed form; line breaks of all kinds become one."""
    if text.isascii() and text.isprintable():
        return text
    return unicodedata.normalize("NFC", _UNSEEN.sub("", _BREAKS.sub("\n", text)))


def quoted(text: str) -> str:
    """A text as a JSON string on one line, without `<` and `>`: no mark-up can begin or end inside it."""
    return _text(text).replace("<", "\\u003c").replace(">", "\\u003e")
