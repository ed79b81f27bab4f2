"""What a request says of a person: exact for its buyer and for whoever works it, masked wherever else staff read."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import psycopg
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from backend.flows import guarding, storefront
from tests.flows.conftest import House
from tests.flows.test_turns import FREE

Owner = psycopg.Connection[dict[str, Any]]
MAIL = "robin@example.com"
MESSAGE = f"Ask the seller to mail me at {MAIL}"
TOOL = {"name": "message_seller", "description": "Writes.", "is_mutating": True}
PROFILE = {
    "key": "e",
    "tool_policy": {"allowed": [TOOL["name"]]},
    "autonomy": "balanced",
    "compliance": "standard",
}


@pytest.mark.parametrize("has_key", [True, False])
async def test_contact_details_of_a_request_are_masked_where_staff_read_them(
    house: House, owner: Owner, has_key: bool
) -> None:
    house.runtime.settings.seal_keys = SecretStr(Fernet.generate_key().decode() if has_key else "")
    await house.publish(agent={"tools": [*FREE, TOOL]}, policy={"profiles": [PROFILE]})
    buyer, _ = await house.start()
    key = str(uuid4())
    answer = await storefront.say(house.runtime, buyer, message=MESSAGE, key=key)
    (card,) = answer["confirmations"]
    assert MAIL in str(card["arguments"])
    for table in ("turns", "tool_calls", "turn_records"):
        kept = owner.execute(
            f"select t::text as kept from public.{table} t where session_id = %s", (buyer.session_id,)
        )
        assert MAIL not in str(kept.fetchall()), table
    again = await storefront.say(house.runtime, buyer, message=MESSAGE, key=key)
    screen = await storefront.resume(house.runtime, buyer)
    for told in (again["confirmations"], screen["turns"][-1]["confirmations"]):
        assert ("sealed_arguments" in told[0]) is False
        assert (told[0]["arguments"] == card["arguments"]) is has_key
    details = card["arguments"]["details"]
    made = await guarding.make_request(
        house.runtime, buyer, kind="message", listing_id=card["arguments"].get("listing_id"), details=details,
        key=str(uuid4()), confirmation=card["confirmation"],
    )  # fmt: skip
    assert MAIL in str(made.details)


async def test_what_is_not_found_is_repeated_without_contact_details(house: House, owner: Owner) -> None:
    buyer, _ = await house.start()
    answer = await house.say(buyer, "hold the 555-010-0199 please")
    assert "0199" not in answer["reply"]
