"""Error codes into words: what happened, and what to do next. `{name}` is filled from the error's facts.

Every code that the product can raise stands here; a test reads the sources and finds the missing ones.
"""

from __future__ import annotations

from typing import Any

from backend.core.errors import AppError

WORDS: dict[str, str] = {
    # core
    "core.already_exists": "This already exists. Open the existing one, or choose another name.",
    "core.database_unreachable": "We cannot reach our records right now. Nothing was changed; please try again in a moment.",
    "core.files_failed": "The file store could not do that just now. Nothing was changed; please try again in a moment.",
    "core.files_unreachable": "We cannot reach the file store right now. Nothing was changed; please try again in a moment.",
    "core.http": "The request could not be answered. Please try again.",
    "core.immutable": "Records like this one are never changed, so that everybody can rely on them.",
    "core.invalid_request": "Something in the request is missing or has the wrong form. Check what you entered and try again.",
    "core.key_reused": "This action was already sent for something else. Reload the page and try again.",
    "core.model_busy": "The language model has no room right now. We go on without it; you can try again later.",
    "core.model_failed": "The language model gave no usable answer. We go on without it.",
    "core.model_unreachable": "The language model cannot be reached right now. We go on without it.",
    "core.no_such_file": "There is no such file.",
    "core.no_such_route": "There is nothing at this address.",
    "core.not_allowed": "Your role does not include this. An admin of your organization can do it or give you the right to.",
    "core.not_configured": "This installation is not set up yet. Run `mpax up`, or set the connection in the environment.",
    "core.ocr_too_slow": "Reading the text of this picture took too long. Try a smaller or clearer one.",
    "core.refused_value": "One of the values does not fit. Check what you entered and try again.",
    "core.too_large": "That is too large. Make it smaller and try again.",
    "core.too_many_requests": "That was very fast. Please wait a moment and try again.",
    "core.try_again": "Two changes met at the same moment. Please try again.",
    "core.unexpected": "Something went wrong on our side. It has been noted; please try again.",
    "core.unknown": "Something went wrong on our side. It has been noted; please try again.",
    "core.unreadable_image": "This picture cannot be read. Save it anew as JPEG or PNG and try again.",
    "core.wrong_method": "The request could not be answered. Please try again.",
    "core.demo_is_local": "The demo's passwords are public, so it is made on this machine only.",
    # identity
    "identity.bad_email": "This does not look like an e-mail address. Check it and try again.",
    "identity.bad_token": "Your conversation could not be found again on this device. We have begun a new one for you.",
    "identity.foreign_origin": "The form was sent from another website. Open the sign-in page here and try again.",
    "identity.invitation_over": "This invitation has been used or has run out. Ask for a new one.",
    "identity.last_admin": "Every organization needs an admin. Make somebody else one first.",
    "identity.no_such_invitation": "There is no such invitation. Check the link, or ask for a new one.",
    "identity.no_such_organization": "There is no such organization, or you do not belong to it.",
    "identity.not_signed_in": "Please sign in to continue.",
    "identity.provider_failed": "The sign-in service gave no usable answer. Please try again in a moment.",
    "identity.provider_unreachable": "The sign-in service cannot be reached right now. Please try again in a moment.",
    "identity.session_over": "You have been signed out. Sign in again to continue where you were.",
    "identity.too_many_tries": "That were many tries. Please wait a few minutes, then try again.",
    "identity.which_organization": "You belong to several organizations. Say which one this event is for.",
    "identity.wrong_code": "This code is wrong or has run out. Check the newest e-mail, or send another code.",
    "identity.wrong_credentials": "E-mail and password do not belong together. Check both, or let us e-mail you a code.",
    "identity.above_yourself": "You can only give what you may do yourself. Ask somebody with more rights.",
    "identity.last_manager": "Somebody has to be able to manage permissions. Give that right to a colleague first.",
    "identity.needs_permission": "Your permissions do not include this. Whoever manages members can give you the right to.",
    "identity.no_such_member": "There is no such member in this organization.",
    "identity.unknown_permission": "There is no such permission, or it does not take this value.",
    # events
    "events.above_your_risk": "This change is riskier than you may decide on. A colleague with a higher limit can.",
    "events.actions_off": "Holds are paused for the moment. Your wishes are kept; please try again a little later.",
    "events.artifact_changed": "Files of this export were changed or lost. Export it again, or mend the files named.",
    "events.artifact_outdated": "This export comes from another release that reads its document differently. Publish its text.",
    "events.bad_branch_name": "A branch is named with small letters, digits, dots and dashes, and not “main”.",
    "events.base_moved": "Another version came into force since this draft was begun. Bring it up to date, then go on.",
    "events.bad_policy": "This cannot be the policy: {problem}.",
    "events.merge_conflicts": "Both sides changed the same places. Choose what shall stand at each of them.",
    "events.no_proposal": "Name a draft, a text or changes to try out.",
    "events.no_such_choice": "“{found}” is not among what can be chosen here.",
    "events.no_such_preview": "There is no such preview. Previews are kept for an hour; try the document out again.",
    "events.nothing_to_undo": "No lever was moved since the last approved version.",
    "events.preview_over": "This preview is over. Previews are kept for an hour; try the document out again.",
    "events.too_many_scenarios": "At most {limit} messages are tried out at once.",
    "events.branch_exists": "There is a branch of this name already. Choose another name.",
    "events.branch_moved": "Somebody else committed to this branch. Look at their version, then commit yours again.",
    "events.branch_over": "This branch has been merged or closed. Begin a new one.",
    "events.breaking_change": "Open conversations use something that this version no longer has. Choose what becomes of them.",
    "events.draft_expired": "This draft has run out. Begin a new one from its text.",
    "events.draft_invalid": "The draft still has errors. Mend them first; each leads to its place.",
    "events.draft_over": "This draft has been published or discarded. Begin a new one.",
    "events.draft_stale": "Somebody else changed this draft in the meantime. Look at their changes, then save yours again.",
    "events.needs_approval": "This change needs the approval of others before it can be published.",
    "events.no_artifact": "This is no export of a Sales Event: its manifest is missing or cannot be read.",
    "events.no_such_branch": "There is no such branch.",
    "events.no_such_draft": "There is no such draft. It may have been discarded.",
    "events.not_in_review": "This draft is not up for review.",
    "events.not_your_draft": "Only those who worked on a draft can take it back.",
    "events.nothing_changed": "This is equal to the version in force, so there is nothing to do.",
    "events.outside_lever": "This goes beyond what a lever allows. Put it into a draft, so that others can agree.",
    "events.own_draft": "You worked on this draft yourself, so somebody else has to look at it.",
    "events.bad_rename": "A wish can only be renamed from something that is gone to something of its kind that is there.",
    "events.published_already": "This event has been published; it can be paused or closed, not made a draft again.",
    "events.stops_on": "A stop switch is on, and the old version would release it. Release it yourself first, then go back.",
    "events.too_many_drafts": "This event has very many open drafts. Publish or discard some of them first.",
    "events.reason_needed": "Please say why. Those who come after you will want to know.",
    "events.closed_for_good": "What is closed stays closed. Clone the event to begin again.",
    "events.closed": "This event is over. Thank you for your interest.",
    "events.invalid_document": "The document is not right yet. Each problem below leads to its place.",
    "events.may_not_publish": "Your role may look at this event, not publish it. An operator or admin can.",
    "events.never_published": "This event has no published version yet. Publish one first.",
    "events.no_such_place": "That place is no longer in the document. Look at it again.",
    "events.no_such_version": "There is no such version.",
    "events.not_open_yet": "This event has not opened yet. Please come back when it does.",
    "events.wrong_document": "This is the document of another event.",
    "events.not_found": "There is no such event. It may have moved, or the link lost a letter.",
    "events.paused": "This event takes a short break. Your conversation and your wishes are kept; please come back soon.",
    "events.slug_taken": "This address belongs to another event. Choose another id.",
    "events.version_superseded": "The event was updated this very moment. Please try again.",
    "events.version_taken": "Somebody else published in the meantime. Look at their version, then publish yours again.",
    # blueprints
    "blueprints.adapter_refused": "The adapter of {file} does not do what it should: {problem}.",
    "blueprints.adapter_unapproved": "An adapter waits for somebody to read and approve it: {file}.",
    "blueprints.artifact_changed": "Files of this blueprint were changed or lost. Write it again, or mend the files named.",
    "blueprints.cancelled": "This was stopped. Nothing was changed.",
    "blueprints.no_artifact": "This is no blueprint: its manifest is missing or cannot be read.",
    "blueprints.nothing_to_sell": "None of the files has listings in it. Add a spreadsheet, or the description of a feed.",
    "blueprints.unreadable": "This was written by another release and cannot be read ({path}). Make the blueprint anew.",
    "blueprints.unsafe_bundle": "The zip was refused as unsafe ({problem}).",
    # catalogue
    "catalogue.cell_too_large": "A cell in row {row} is longer than {limit} characters. Is a quotation mark never closed?",
    "catalogue.empty_file": "The file has no rows to import.",
    "catalogue.file_not_found": "There is no such file.",
    "catalogue.file_too_large": "The file is larger than we take at once. Split it and import the parts.",
    "catalogue.import_cancelled": "The import was stopped. Nothing was changed.",
    "catalogue.import_running": "Another import into this event is running. Wait for it to end, then try again.",
    "catalogue.mapping_invalid": "The mapping is not right yet: {problem}.",
    "catalogue.mapping_not_found": "There is no such mapping.",
    "catalogue.missing_column": "The file has no column “{column}”. Check the mapping against the file's first row.",
    "catalogue.nul_byte": "The file holds binary data in line {line}; it is not a table of text. Save it as CSV or XLSX.",
    "catalogue.rejects_unwritable": "The report of refused rows cannot be written there. Choose another place.",
    "catalogue.single_column": "The file has only one column. Save it with a comma, semicolon or tab between its columns.",
    "catalogue.too_many_columns": "The file has more columns than we take ({limit}). Remove the ones you do not need.",
    "catalogue.too_many_rejects": "{rejected} of {rows} rows cannot be used. Nothing was imported: mend the mapping or the file.",
    "catalogue.too_many_rows": "The file has more than {limit} rows. Split it and import the parts.",
    "catalogue.undecodable": "Line {line} is not valid {encoding} text. Save the file as UTF-8 and try again.",
    "catalogue.unknown_filter": "We cannot filter by that.",
    "catalogue.unknown_sheet": "The workbook has no sheet “{sheet}”.",
    "catalogue.unmapped_columns": "Some columns are neither mapped nor ignored: {columns}. Decide what they are.",
    "catalogue.unreadable_file": "The file cannot be opened.",
    "catalogue.unreadable_workbook": "The workbook is damaged. Save it anew from your spreadsheet program.",
    "catalogue.unsafe_workbook": "The workbook was refused as unsafe. Save it anew from your spreadsheet program.",
    "catalogue.unsupported_file": "This kind of file cannot be read. Save it as CSV, or as XLSX without a password.",
    "catalogue.no_such_listing": "This one is no longer offered here.",
    # discovery
    "discovery.chip_value": "This value does not fit here. Check it and try again.",
    "discovery.no_such_chip": "This wish has changed in the meantime.",
    "discovery.no_such_session": "Your conversation could not be found. We have begun a new one for you.",
    "discovery.turn_taken": "Two of your messages met on the way. Please send the last one again.",
    "discovery.unknown_action": "This is not something that can be done here.",
    # transactions
    "transactions.already_held": "Another buyer has just taken this one. If they let it go, it is free again for everybody.",
    "transactions.hold_limit": "You already hold {limit}. Give one back and this one can be yours.",
    "transactions.no_such_hold": "This hold is over already.",
    "transactions.sold": "This one has just been sold.",
    # leads
    "leads.no_dealer": "This page is for dealers. Ask a seller you work with to make you a partner.",
    "leads.sharing_off": "Sharing wishes with dealers is switched off for this event.",
    "leads.no_open_lead": "Your wishes are not shared at the moment.",
}

UNKNOWN = WORDS["core.unexpected"]


def words(error: AppError) -> str:
    """What to tell the person in front of the screen."""
    return words_for(error.code, error.facts)


def words_for(code: str, facts: dict[str, Any] | None = None) -> str:
    """Words for a code that arrived without its error, for example in an address."""
    text = WORDS.get(code, UNKNOWN)
    try:
        return text.format_map(facts or {})
    except (KeyError, ValueError, IndexError):
        return UNKNOWN
