"""What tools and buttons do, whatever a document calls them. Pure.

A verb is what the guard knows: it decides on `hold`, never on `hold_car` or `Reserve`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

#: Verbs that only look.
READING: Final = ("search", "compare", "similar", "documents")
#: Verbs that change something, each guarded where its row changes.
ACTING: Final = (
    *("hold", "release", "deposit", "book", "info", "message", "offer"),
    *("remind", "share", "withdraw", "reveal", "hand_off", "survey"),
)
VERBS: Final = (*READING, *ACTING)

#: The first word of a tool's name, and what such a tool does.
_BY_FIRST_WORD: Final[Mapping[str, str]] = {
    **dict.fromkeys(("search", "find", "list"), "search"),
    **dict.fromkeys(("compare",), "compare"),
    **dict.fromkeys(("similar", "suggest", "recommend"), "similar"),
    **dict.fromkeys(("documents", "document", "read", "explain"), "documents"),
    **dict.fromkeys(("hold", "reserve", "keep"), "hold"),
    **dict.fromkeys(("release", "unhold"), "release"),
    **dict.fromkeys(("deposit", "pay"), "deposit"),
    **dict.fromkeys(("book", "schedule"), "book"),
    **dict.fromkeys(("request", "info"), "info"),
    **dict.fromkeys(("message", "ask", "contact"), "message"),
    **dict.fromkeys(("offer", "submit", "bid"), "offer"),
    **dict.fromkeys(("remind", "notify"), "remind"),
    **dict.fromkeys(("share",), "share"),
    **dict.fromkeys(("withdraw", "unshare"), "withdraw"),
    **dict.fromkeys(("reveal",), "reveal"),
    **dict.fromkeys(("hand", "escalate", "transfer"), "hand_off"),
    **dict.fromkeys(("survey",), "survey"),
}

#: Words of a button, the telling ones first: “Request Viewing” books, “Request Info” asks.
_BY_ANY_WORD: Final[tuple[tuple[str, frozenset[str]], ...]] = (
    ("compare", frozenset({"compare"})),
    ("offer", frozenset({"offer", "bid"})),
    ("deposit", frozenset({"deposit", "pay", "earnest"})),
    ("hold", frozenset({"reserve", "reservation", "hold", "keep", "buy", "purchase"})),
    ("reveal", frozenset({"reveal"})),
    ("share", frozenset({"share"})),
    ("remind", frozenset({"remind", "reminder", "notify", "alert"})),
    ("hand_off", frozenset({"person", "human", "specialist", "representative"})),
    (
        "book",
        frozenset(
            {"schedule", "book", "call", "callback", "visit", "viewing", "tour", "walkthrough", "appointment"}
            | {"drive", "meeting", "inspection", "inspect"}
        ),
    ),
    ("message", frozenset({"message", "contact", "write", "chat", "mail", "email"})),
    ("similar", frozenset({"similar", "alike"})),
    ("documents", frozenset({"report", "documents", "certificate", "papers"})),
    (
        "info",
        frozenset({"info", "information", "details", "ask", "question", "inquire", "enquire", "request"}),
    ),
)


def verb_of(tool: Mapping[str, Any]) -> str | None:
    """What a tool of a document does: as it says itself, else by the first word of its name. None: nobody knows."""
    return tool.get("verb") or _BY_FIRST_WORD.get(str(tool.get("name", "")).partition("_")[0])


def verb_of_action(label: str) -> str | None:
    """What a button of a document is for, by its words. None where they do not say."""
    words = set(label.casefold().replace("-", " ").replace("/", " ").split())
    return next((verb for verb, telling in _BY_ANY_WORD if telling & words), None)
