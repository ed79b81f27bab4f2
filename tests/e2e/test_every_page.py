"""Every page on desktop and phone, light and dark: it stands still, nothing is cut off, no rule of axe is broken."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from app.serve import ROOT
from tests.e2e.conftest import DESKTOP, PHONE, Open, sign_in
from tests.e2e.test_main_job import WISH, ask
from tests.product import PASSWORD, SLUG

AXE = ROOT / ".web" / "node_modules" / "axe-core" / "axe.min.js"
SHOTS = ROOT / ".local-test" / "screenshots"
SIZES = {"desktop": DESKTOP, "phone": PHONE}
SCHEMES = ("light", "dark")

SHIFT = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) sum += e.value; })
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => done(sum), 300);
})"""


async def check(page: Page, name: str) -> None:
    """Axe, no sideways scrolling, no layout shift; leaves a screenshot behind."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=SHOTS / f"{name}.png")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
        "the page scrolls sideways"
    )
    assert await page.evaluate(SHIFT) <= 0.05
    await page.add_script_tag(path=Path(AXE))
    found = await page.evaluate("axe.run({resultTypes: ['violations']})")
    broken = [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in found["violations"]]
    assert broken == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", SIZES)
class TestEveryPage:
    async def test_start(self, visit: Open, size: str, scheme: str) -> None:
        page = await visit("/", size=SIZES[size], scheme=scheme)
        await expect(page.get_by_role("link", name="Tesla Q1 2026")).to_be_visible()
        await check(page, f"start-{size}-{scheme}")

    async def test_sign_in(self, visit: Open, size: str, scheme: str) -> None:
        page = await visit("/sign-in?error=identity.wrong_credentials", size=SIZES[size], scheme=scheme)
        await expect(page.get_by_role("alert")).to_be_visible()
        await check(page, f"sign-in-{size}-{scheme}")

    async def test_not_found(self, visit: Open, size: str, scheme: str) -> None:
        page = await visit("/no/such/page", size=SIZES[size], scheme=scheme)
        await expect(page.get_by_role("link", name="See the open events")).to_be_visible()
        await check(page, f"not-found-{size}-{scheme}")

    async def test_storefront(self, visit: Open, size: str, scheme: str) -> None:
        page = await visit(f"/e/{SLUG}", size=SIZES[size], scheme=scheme)
        await expect(page.locator(".tile").first).to_be_visible()
        await check(page, f"storefront-{size}-{scheme}")
        await ask(page, WISH)
        await check(page, f"storefront-asked-{size}-{scheme}")
        await page.locator(".chip__edit").first.click()
        await check(page, f"wish-{size}-{scheme}")
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="Talk to a person").click()
        await expect(page.get_by_role("heading", name="Bring in a person?")).to_be_visible()
        await check(page, f"person-{size}-{scheme}")
        await page.keyboard.press("Escape")
        await page.locator(".tile--available .tile__link").first.click()
        await expect(page.get_by_role("button", name="Hold it for me")).to_be_visible()
        await check(page, f"detail-{size}-{scheme}")
        await page.get_by_role("button", name="Hold it for me").click()
        await expect(page.get_by_role("heading", name="Hold it for you?")).to_be_visible()
        await check(page, f"hold-{size}-{scheme}")
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("button", name="Hold it for me")).to_be_visible()  # back in the sheet
        await page.keyboard.press("Escape")
        await expect(page.locator("dialog[open]")).to_have_count(0)
        if size == "desktop":
            for at in range(2):
                await page.get_by_role("button", name=re.compile("^Compare ")).nth(at).click()
            await page.get_by_role("button", name="Compare", exact=True).click()
            await expect(page.get_by_role("heading", name="Side by side")).to_be_visible()
            await check(page, f"compare-{size}-{scheme}")
            await page.keyboard.press("Escape")
        await ask(page, "please hold the first one for me")
        await expect(page.locator(".card")).to_be_visible()
        await check(page, f"card-{size}-{scheme}")
        await ask(page, "under 9k")
        await expect(page.locator(".ways")).to_be_visible()
        await check(page, f"storefront-nothing-{size}-{scheme}")

    async def test_cockpit(self, visit: Open, size: str, scheme: str) -> None:
        page = await visit("/", size=SIZES[size], scheme=scheme)
        await sign_in(page, "operator@northbay.example.com", PASSWORD)
        await expect(page.get_by_role("link", name="Tesla Q1 2026")).to_be_visible()
        await check(page, f"cockpit-{size}-{scheme}")
        await page.goto(f"/cockpit/events/{SLUG}")
        tabs = page.get_by_role("navigation", name="Parts of the event")
        for tab in (
            "Overview",
            "Document",
            "Policy",
            "Versions",
            "Approvals",
            "Branches",
            "Levers",
            "Live",
            "Experiments",
        ):
            await tabs.get_by_role("link", name=tab).click()
            await expect(tabs.get_by_role("link", name=tab)).to_have_attribute("aria-current", "page")
            await page.wait_for_load_state("networkidle")
            await check(page, f"event-{tab.lower()}-{size}-{scheme}")

    async def test_organization(self, visit: Open, size: str, scheme: str) -> None:
        page = await visit("/", size=SIZES[size], scheme=scheme)
        await sign_in(page, "admin@northbay.example.com", PASSWORD)
        for place in ("Inbox", "Approvals", "Library", "Members"):
            await page.get_by_role("navigation", name="Cockpit").get_by_role("link", name=place).click()
            await expect(page.get_by_role("heading", name=place, exact=True).first).to_be_visible()
            await check(page, f"{place.lower()}-{size}-{scheme}")

    async def test_dealer(self, visit: Open, size: str, scheme: str) -> None:
        page = await visit("/", size=SIZES[size], scheme=scheme)
        await sign_in(page, "dealer@rainier.example.com", PASSWORD)
        await expect(page.get_by_role("heading", name="Who is looking")).to_be_visible()
        await expect(page.locator(".prospect").or_(page.get_by_text("Nobody yet")).first).to_be_visible()
        await check(page, f"dealer-{size}-{scheme}")


async def test_the_whole_way_to_a_hold_works_with_the_keyboard_alone(visit: Open) -> None:
    page = await visit(f"/e/{SLUG}")
    await expect(page.locator(".tile").first).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the results")).to_be_focused()
    await page.get_by_role("textbox", name="Write to Claire").focus()
    await page.keyboard.type(WISH)
    await page.keyboard.press("Enter")
    await expect(page.locator("article.turn--guide")).to_have_count(2)
    link = page.locator(".tile--available .tile__link").first
    await link.focus()
    await page.keyboard.press("Enter")
    sheet = page.locator("dialog.detail")
    await expect(sheet).to_be_visible()
    assert await page.evaluate("document.activeElement.closest('dialog.detail') !== null")
    await page.keyboard.press("Escape")
    await expect(sheet).to_be_hidden()
    await expect(link).to_be_focused()
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Hold it for me").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Hold it for you?")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("heading", name="Hold it for you?")).to_be_hidden()
