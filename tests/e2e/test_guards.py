"""What is not shown, and what is said instead."""

from __future__ import annotations

import httpx
import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Open, sign_in
from tests.product import PASSWORD, SLUG

PLACES = tuple(f"/cockpit/{name}" for name in ("inbox", "approvals", "library", "members", f"events/{SLUG}"))
STAFF_PAGES = ("/cockpit", *PLACES, "/dealer")


@pytest.mark.parametrize("path", STAFF_PAGES)
async def test_a_stranger_is_sent_to_sign_in_and_back_afterwards(visit: Open, path: str) -> None:
    page = await visit(path)
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert path.split("/")[1] in page.url.partition("next=")[2]


@pytest.mark.parametrize("path", STAFF_PAGES)
def test_the_delivered_page_holds_no_data(running_app: str, path: str) -> None:
    shell = httpx.get(running_app + path).text
    assert "Northbay" not in shell
    assert "example.com" not in shell


async def test_a_wrong_password_is_explained(visit: Open) -> None:
    page = await visit()
    await sign_in(page, "operator@northbay.example.com", "not the password")
    await expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    await expect(page.get_by_label("E-mail")).to_have_value("operator@northbay.example.com")


async def test_after_signing_out_the_cockpit_is_closed(visit: Open) -> None:
    page = await visit()
    await sign_in(page, "operator@northbay.example.com", PASSWORD)
    await expect(page.get_by_role("heading", name="Events")).to_be_visible()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await page.goto("/cockpit")
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


async def test_a_dealer_who_opens_the_cockpit_is_shown_the_portal(visit: Open) -> None:
    page = await visit()
    await sign_in(page, "dealer@cascade.example.com", PASSWORD)
    await page.goto("/cockpit")
    await expect(page.get_by_role("heading", name="Who is looking")).to_be_visible()


async def test_an_unknown_event_and_an_unknown_page_say_what_to_do_next(visit: Open) -> None:
    for path in ("/e/no-such-event", "/no/such/page"):
        page = await visit(path)
        await page.get_by_role("link", name="See the open events").click()
        await expect(page.get_by_role("link", name="Tesla Q1 2026")).to_be_visible()


async def test_an_event_that_is_not_there_leads_back_to_the_list(visit: Open) -> None:
    page = await visit()
    await sign_in(page, "operator@northbay.example.com", PASSWORD)
    await expect(page.get_by_role("heading", name="Events")).to_be_visible()
    await page.goto("/cockpit/events/no-such-event")
    await expect(page.get_by_text("There is no such event")).to_be_visible()
    await page.get_by_role("link", name="Go to your events").click()
    await expect(page.get_by_role("link", name="Tesla Q1 2026")).to_be_visible()


async def test_a_seller_who_opens_the_portal_is_told_whom_it_is_for(visit: Open) -> None:
    page = await visit()
    await sign_in(page, "operator@northbay.example.com", PASSWORD)
    await expect(page.get_by_role("heading", name="Events")).to_be_visible()
    await page.goto("/dealer")
    await expect(page.get_by_text("This page is for dealers")).to_be_visible()


async def test_who_loses_the_network_is_told_so(visit: Open) -> None:
    page = await visit(f"/e/{SLUG}")
    await expect(page.locator(".tile").first).to_be_visible()
    await page.context.set_offline(True)
    await expect(page.get_by_text("You are offline")).to_be_visible()
    await page.context.set_offline(False)
    await expect(page.get_by_text("You are offline")).to_be_hidden()


async def test_an_unknown_route_of_the_api_answers_in_its_own_shape(running_app: str) -> None:
    answer = httpx.get(f"{running_app}/api/v1/nothing")
    assert answer.status_code == 404
    assert answer.json()["code"] == "core.no_such_route"
