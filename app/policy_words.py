"""What the parts of a policy are called on screen: verbs, reasons, sources, modes. Words alone."""

from __future__ import annotations

from typing import Final

#: A verb: what it is called, and what it does.
VERBS: Final = {
    "search": ("Search", "Looks for listings."),
    "similar": ("Similar", "Shows listings like one of them."),
    "compare": ("Compare", "Puts listings side by side."),
    "documents": ("Documents", "Reads from reports and certificates."),
    "hold": ("Hold", "Keeps a unit for the buyer for a while; nobody else can have it."),
    "release": ("Release", "Gives a hold back."),
    "deposit": ("Deposit", "Asks for a deposit to be taken."),
    "book": ("Book", "Asks a person for a call, a visit or a drive."),
    "info": ("Ask for information", "Asks a person for what is not listed."),
    "message": ("Message", "Sends the seller a message."),
    "offer": ("Offer", "Makes an offer in the buyer’s name."),
    "remind": ("Remind", "Asks to be told when something changes."),
    "share": ("Share wishes", "Shows dealers what is looked for, without a name."),
    "withdraw": ("Withdraw", "Takes back what was shared or asked."),
    "reveal": ("Reveal contact", "Tells a dealer who the buyer is."),
    "hand_off": ("Ask for a person", "Brings a person into the conversation."),
    "survey": ("Survey", "Says how it was."),
}
VERDICTS: Final = {"allow": "Allowed", "confirm": "Asks first", "deny": "Refused"}
VERDICT_TONES: Final = {"allow": "good", "confirm": "warn", "deny": "bad"}
ORIGINS: Final = {"buyer": "the buyer’s button", "guide": "the guide", "job": "the system"}

#: Reasons of a verdict, from `private.policy_verdict` and the guard.
REASONS: Final = {
    "always_open": "Nobody can take this from a buyer.",
    "tool_allowed": "The profile allows it.",
    "confirmed": "The buyer said yes to exactly this.",
    "not_in_policy": "The profile does not allow it.",
    "strict": "Autonomy is strict: every act needs a yes.",
    "balanced": "Autonomy is balanced: this tool needs a yes.",
    "tool_confirms": "The tool asks first.",
    "compliance": "Compliance is strict: this needs a yes in any case.",
    "guide": "The guide may prepare it; the buyer says yes.",
    "guide_cannot_confirm": "The guide cannot say yes for the buyer.",
    "ai_off": "The AI is stopped.",
    "mutating_tools_off": "Actions are stopped.",
    "force_strict": "The strict policy is applied to everybody.",
    "unknown_verb": "Nobody knows what this does.",
    "unknown_origin": "Nobody knows who asked.",
    "not_sealed": "There is no key to seal it with.",
    "policy.denied": "Refused by the guard.",
    "policy.confirmation_needed": "It came without the buyer’s yes.",
    "policy.confirmation_stale": "The yes was more than 15 minutes old.",
    "policy.confirmation_used": "The yes had been used already.",
    "policy.confirmation_mismatch": "The yes was to something else.",
    "policy.terms_changed": "Price, terms or listing had changed since the yes.",
    "policy.too_fast": "Too many within a minute.",
    "catalogue.no_such_listing": "The listing is not of this event.",
    "transactions.no_such_hold": "The hold is not the buyer’s own.",
    "events.actions_off": "Actions are stopped.",
    "leads.sharing_off": "Sharing is switched off.",
}

SOURCES: Final = (
    ("listings", "Listings", "Price, facts and reports of what is for sale in this event."),
    ("store", "Store", "What the event says of itself: name, dates, terms of holding and paying."),
    ("content", "Content", "Pages of the seller that are marked as fit for the guide, such as questions and answers."),
)  # fmt: skip
CITATIONS: Final = (
    ("none", "None", "Statements need no source."),
    ("claims", "Claims", "Statements about condition, title and history name theirs."),
    ("all", "All", "Every statement about a listing names its source."),
)
AUTONOMY: Final = (
    ("strict", "Strict", "The guide advises. Every act needs the buyer’s yes, whoever proposes it."),
    ("balanced", "Balanced", "A tool that needs no yes works at the buyer’s click. What the guide proposes needs a yes."),
    ("assisted-auto", "Assisted", "The guide acts on its own where a tool needs no yes. Where one does, it asks."),
)  # fmt: skip
COMPLIANCE: Final = (
    (
        "strict",
        "Strict",
        "Holds, deposits, offers, shared wishes and revealed contacts need a yes in any case.",
    ),
    ("standard", "Standard", "Only autonomy and the tools decide what needs a yes."),
)
CONSENTS: Final = (
    ("functional", "Functional", "Remembering what the page needs."),
    ("analytics", "Analytics", "Being counted."),
    ("personalization", "Personalization", "Being met as somebody known. Segments count only with this."),
    ("marketing", "Marketing", "Being written to."),
)
STATUSES: Final = (("active", "Active"), ("paused", "Paused"))
UTM: Final = (
    ("source", "Source", "newsletter, partner"),
    ("medium", "Medium", "email, cpc"),
    ("campaign", "Campaign", "spring-sale"),
    ("term", "Term", "electric suv"),
    ("content", "Content", "banner-b"),
)
OUTCOMES: Final = {
    "chosen": "Chosen",
    "outranked": "Matches too, ranks lower",
    "missed": "Does not match",
    "paused": "Paused",
}
DEFAULT_NAME: Final = "The strictest policy"
DEFAULT_WORDS: Final = (
    "Holds where no profile matches: only what the page’s own buttons offer, each with a yes."
)

#: From what hurts most to what hurts least, as a replay counts.
FLIPS: Final = {
    "allow_to_deny": ("Allowed, would be refused", "bad"),
    "confirm_to_deny": ("Asked first, would be refused", "bad"),
    "deny_to_allow": ("Refused, would be allowed", "warn"),
    "confirm_to_allow": ("Asked first, would be allowed at once", "warn"),
    "deny_to_confirm": ("Refused, would ask first", "plain"),
    "allow_to_confirm": ("Allowed, would ask first", "plain"),
}

BUCKETS: Final = {
    "hard_context": "The conversation’s own facts",
    "commerce_state": "Holds and matches",
    "profile_context": "What the profile says",
    "retrieval_context": "Evidence",
    "conversation_summary": "What was said before",
}
CUT: Final = {
    "": "told whole",
    "budget": "no room left",
    "retrieval_limit": "beyond the profile’s number of snippets",
    "source_not_allowed": "the profile does not list this source",
    "wrong_bucket": "does not belong there",
    "unknown_source": "from a source nobody knows",
    "other_scope": "from another event",
    "empty": "nothing in it",
    "cut": "cut short",
}


def verb(name: str) -> str:
    return VERBS.get(name, (name.replace("_", " ").capitalize(), ""))[0]


def reason(code: str) -> str:
    """A reason as a sentence; one nobody wrote down is shown as it is."""
    if code.startswith("snapshot"):
        return f"The conversation got its policy, number {code.rpartition('_')[2].rpartition(':')[2]}."
    return REASONS.get(code, code.replace("_", " ").replace(".", ": ").capitalize() + ".")
