"""Words of the terminal for feeds that cannot be read, asked or imported."""

from __future__ import annotations

from typing import Final

from backend.cli import sources
from backend.core.errors import AppError

_WORDS: Final = {
    "core.address_not_allowed": "{host} is no address of the public internet. MPAX_FEED_NETWORKS opens networks of the house.",
    "core.bad_network": "{network} is no network, such as 10.1.0.0/16.",
    "core.seal_broken": "The credentials cannot be opened with MPAX_SEAL_KEYS. Give them again: mpax connector secret.",
    "blueprints.bad_credentials": "The credentials are not in a form that can be sent ({name}). Enter them again.",
    "blueprints.cancelled": "This was stopped. Nothing was changed.",
    "blueprints.connector_running": "This feed is being fetched already. Wait for it to end.",
    "blueprints.connector_without_event": "The connector {name} belongs to no event yet.",
    "blueprints.credentials_missing": "The feed asks who we are ({needs}). Give its credentials: mpax connector secret.",
    "blueprints.description_too_large": "{file} is larger than any description of an API we read ({limit} characters).",
    "blueprints.description_unreadable": "{file} cannot be read as an API description, a curl command or JSON ({problem}).",
    "blueprints.feed_answer": "The feed gave an answer that cannot be used ({problem}). Nothing was changed.",
    "blueprints.feed_down": "{host} keeps failing. We ask again in a minute.",
    "blueprints.feed_leaves_host": "The feed leads to another host ({host}). It is not followed there.",
    "blueprints.feed_limited": "{host} asks us to wait {retry_after_s} seconds. Try again then.",
    "blueprints.feed_loops": "The feed leads in a circle after {pages} pages. Nothing was changed.",
    "blueprints.feed_no_records": "The feed's answer has no list at {path}. Check its plan.",
    "blueprints.feed_refused": "The feed refused us (status {status}). Check the address and the credentials.",
    "blueprints.feed_too_large": "The feed has more than {records} records or {pages} pages. Nothing was changed.",
    "blueprints.no_base_url": "The description names no host. Write it into the plan, or give --base-url.",
    "blueprints.no_list_operation": "{file} describes nothing that lists what is for sale. Add a sample answer.",
    "blueprints.no_such_connector": 'There is no connector "{connector_id}" of this event. Try `mpax connector list`.',
    "blueprints.open_values": "The feed needs values that its description does not give: {names}. Write them into the plan.",
    "blueprints.plan_invalid": "The connector's plan is not right ({path}): {problem}.",
}


def sentence(error: AppError) -> str:
    """What went wrong, in one sentence for the terminal."""
    facts = {
        name: ", ".join(map(str, value)) if isinstance(value, list) else value
        for name, value in error.facts.items()
    }
    try:
        return _WORDS[error.code].format(**facts)
    except KeyError:
        return sources.sentence(error)
