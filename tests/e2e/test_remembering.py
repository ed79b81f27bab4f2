"""Wishes for the next visit: asked for quietly, found again in a new conversation, deleted when taken back."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.e2e.conftest import PHONE, Open
from tests.e2e.test_every_page import check
from tests.e2e.test_main_job import ask

EVENT = "watches-q1-2026"


async def visitors(page: Page) -> str:
    return str(await page.evaluate("localStorage.getItem('mpax.visitor') || ''"))


async def next_visit(page: Page) -> None:
    """The same browser later: its conversation is over."""
    # The dialog's own step in the history is still being taken back, which ends any other navigation.
    await page.wait_for_function("!history.state?.layer")
    await page.evaluate("localStorage.removeItem('mpax.buyer')")
    await page.goto(f"/e/{EVENT}")
    await expect(page.locator(".tile").first).to_be_visible()


async def test_wishes_are_remembered_by_consent_and_forgotten_on_demand(visit: Open) -> None:
    page = await visit(f"/e/{EVENT}", size=PHONE, scheme="dark")
    await ask(page, "a steel diver under 20k")
    chips = page.locator(".chip")
    wishes = await chips.count()
    assert wishes > 0
    assert EVENT not in await visitors(page)  # no secret without a yes
    await page.get_by_role("button", name="Remember my wishes for my next visit").click()
    await expect(page.get_by_role("heading", name="Remember my wishes")).to_be_visible()
    await check(page, "remember-phone-dark")
    await page.get_by_role("button", name="Remember my wishes", exact=True).click()
    await page.get_by_role("button", name="Keep them").click()
    await expect(page.get_by_role("button", name="Your wishes are remembered")).to_be_visible()
    assert EVENT in await visitors(page)

    await next_visit(page)
    await expect(page.get_by_text("I remember what you wished for last time")).to_be_visible()
    await expect(page.get_by_text("a steel diver under 20k")).to_have_count(0)
    await expect(chips).to_have_count(wishes)

    await page.get_by_role("button", name="Your wishes are remembered").click()
    await page.get_by_role("button", name="Forget them").click()
    await expect(page.get_by_role("button", name="Remember my wishes for my next visit")).to_be_visible()
    assert EVENT not in await visitors(page)
    await next_visit(page)
    await expect(page.get_by_text("I remember what you wished for last time")).to_have_count(0)
