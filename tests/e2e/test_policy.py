"""What staff do with a policy in a real browser: change a profile, try it, keep it; read a conversation; answer a request."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import httpx
from playwright.async_api import expect

from tests.e2e.conftest import Open
from tests.e2e.test_cockpit import EVENT, enter
from tests.product import SLUG


def a_buyer_asks_for_a_person(address: str) -> str:
    """Over HTTP: one turn, then a request. Shape: the conversation."""
    with httpx.Client(base_url=f"{address}/api/v1", timeout=30) as client:

        def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
            answer = client.post(path, json=body, headers={"Idempotency-Key": str(uuid4())})
            return answer.raise_for_status().json()

        begun = post("/discovery/start", {"event_id": SLUG})
        client.headers["Authorization"] = f"Bearer {begun['session_token']}"
        session = {"session_id": begun["session_id"]}
        post("/discovery/message", session | {"message": "Model 3 under 40k"})
        details = {"words": "I would rather talk to a person."}
        asked = {"listing_id": None, "details": details}
        prepared = post("/transaction/prepare", session | {"verb": "hand_off", "arguments": asked})
        kind = {"kind": "hand_off", "confirmation": prepared["confirmation"]}
        post("/transaction/request", session | asked | kind)
    return begun["session_id"]


async def test_a_profile_is_changed_tried_and_kept_in_a_draft(visit: Open) -> None:
    page = await enter(visit, "operator", f"{EVENT}?tab=policy")
    await page.get_by_role("link", name="Guests of a drop").click()
    priority = page.get_by_role("spinbutton", name="Priority")
    await priority.fill("5000")
    await expect(page.get_by_text("Expected at most 1000")).to_be_visible()
    await expect(page.get_by_role("button", name="Save to your draft")).to_be_disabled()
    await priority.fill("200")
    await page.get_by_role("checkbox", name="Allow: hold_listing").click()
    await page.get_by_role("button", name="Save to your draft").click()
    await expect(page.get_by_text("Saved to your draft. It is not live.")).to_be_visible()
    simulator = page.get_by_role("region", name="Simulator")
    for name, value in (("medium", "email"), ("campaign", "drop-january")):
        await simulator.get_by_role("textbox", name=f"Campaign {name}").fill(value)
    await expect(simulator.locator(".simulator__name")).to_have_text("Guests of a drop")
    await expect(simulator.get_by_role("row", name=re.compile("^Hold"))).to_contain_text("Refused")
    await page.get_by_role("link", name="Replay", exact=True).click()
    await expect(page.get_by_role("link", name="To the draft")).to_be_visible()
    await page.get_by_role("link", name="Review and publish").click()
    await expect(page.get_by_role("button", name="Review and ask for approval")).to_be_visible()


async def test_a_request_is_answered_after_a_look_at_its_conversation(visit: Open, running_app: str) -> None:
    session = a_buyer_asks_for_a_person(running_app)
    page = await enter(visit, "operator", "/cockpit/inbox")
    row = page.get_by_role("listitem").filter(
        has=page.locator(f"a[href*='{session}']"), has_text="I would rather talk to a person."
    )
    await row.get_by_role("link", name="The conversation").click()
    await expect(page).to_have_url(re.compile(session))
    await expect(
        page.get_by_text("Model 3 under 40k", exact=True)
    ).to_be_visible()  # the list beside quotes buyers too
    await expect(page.get_by_text("No model saw anything of this turn.").first).to_be_visible()
    await page.go_back()
    await row.get_by_role("button", name="Done").click()
    await expect(row).to_have_count(0)
    await page.get_by_role("link", name="Over").click()
    await expect(row).to_contain_text("Done")
