"""Whether messages of a document can be sent: hours, channels, templates, follow-ups. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from backend.domains.events.model import Document, Path, Severity
from backend.domains.events.table_rules import places
from backend.domains.events.violations import Finding


def quiet_hours_have_a_length(doc: Document) -> Iterator[Finding]:
    quiet = doc["outreach"]["quiet_hours"]
    if quiet["enabled"] and quiet["begin"] == quiet["end"]:
        message = "Quiet hours that end when they begin are no hours, or all of them."
        path: Path = ("outreach", "quiet_hours", "end")
        yield Finding(path, "empty_hours", message, quiet["end"], "another time")


def mail_has_a_subject(doc: Document) -> Iterator[Finding]:
    for path, template in places(doc, ("outreach", "templates", "*")):
        if template["channel"] == "email" and not template["subject"]:
            message = f"The e-mail “{template['key']}” has no subject."
            yield Finding((*path, "subject"), "no_subject", message, None, "a subject line")


def steps_follow_each_other(doc: Document) -> Iterator[Finding]:
    for path, steps in places(doc, ("outreach", "follow_ups", "*", "steps")):
        for index in range(1, len(steps)):
            before, hours = steps[index - 1]["after_hours"], steps[index]["after_hours"]
            if hours <= before:
                message = (
                    f"This message goes out after {hours:g} hours, and the one before it after {before:g}."
                )
                expected = f"more than {before:g}"
                yield Finding(
                    (*path, index, "after_hours"), "steps_out_of_order", message, f"{hours:g}", expected
                )


def channels_are_on(doc: Document) -> Iterator[Finding]:
    """Only where anything is sent at all: a document may bring texts for channels that nobody uses yet."""
    outreach = doc["outreach"]
    used = {step["template"] for _, step in places(doc, ("outreach", "follow_ups", "*", "steps", "*"))}
    for path, template in places(doc, ("outreach", "templates", "*")):
        is_off = not outreach["channels"][template["channel"]]["enabled"]
        if outreach["enabled"] and template["key"] in used and is_off:
            message = f"A follow-up sends “{template['key']}”, and its channel {template['channel']} is off."
            yield Finding(
                (*path, "channel"), "channel_off", message, template["channel"], severity=Severity.WARNING
            )
