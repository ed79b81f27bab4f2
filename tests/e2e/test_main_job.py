"""The main job in real browsers: an operator publishes, two buyers want the same car, the board shows both."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from tests.e2e.conftest import PHONE, Open, sign_in
from tests.product import PASSWORD, SLUG

WISH = "Model 3 under 40k, white or grey, no accidents"


def composer(page: Page):
    return page.get_by_role("textbox", name="Write to Claire")


async def ask(page: Page, message: str) -> None:
    """Says something and waits until it has been answered."""
    await expect(composer(page)).to_be_visible()
    turns = await page.locator("article.turn--guide").count()
    await composer(page).fill(message)
    await composer(page).press("Enter")
    await expect(page.locator("article.turn--guide")).to_have_count(turns + 1)


async def test_an_operator_asks_the_admin_publishes_and_two_buyers_meet_over_one_car(visit: Open) -> None:
    operator = await visit()
    await sign_in(operator, "operator@northbay.example.com", PASSWORD)
    await expect(operator.get_by_role("heading", name="Events")).to_be_visible()
    await operator.get_by_role("link", name="Tesla Q1 2026").click()
    before = await _version(operator)
    await submit(operator, "Conversion", "Hold length", "75", "More time to think")
    await expect(operator.get_by_text("In review").first).to_be_visible()
    await operator.get_by_role("link", name="Approvals").last.click()
    await operator.get_by_role("link", name="More time to think").click()
    await expect(operator.get_by_text("so others decide")).to_be_visible()  # own work is approved by others
    await expect(operator.get_by_role("button", name="Send the verdict")).to_have_count(0)

    admin = await visit()
    await sign_in(admin, "admin@northbay.example.com", PASSWORD)
    await admin.get_by_role("navigation", name="Cockpit").get_by_role("link", name="Approvals").click()
    await admin.get_by_role("link", name="More time to think").click()
    await expect(admin.get_by_text("Hold length 24 → 75 minutes")).to_be_visible()
    await expect(admin.get_by_role("button", name="Publish now")).to_have_count(0)
    await admin.get_by_role("radio", name="Approve").check()
    await admin.get_by_label("Reason").fill("Read and agreed")
    await admin.get_by_role("button", name="Send the verdict").click()
    await admin.get_by_role("button", name="Publish now").click()
    await expect(admin.get_by_text(f"Version {before + 1} is in force.")).to_be_visible()
    await expect(operator.get_by_text(f"Version {before + 1}", exact=True)).to_be_visible()  # nobody reloaded
    await expect(operator.get_by_text("Published", exact=True)).to_be_visible()
    await operator.get_by_role("link", name="Live").click()
    await expect(operator.get_by_text("Right now")).to_be_visible()

    one = await visit(f"/e/{SLUG}")
    other = await visit(f"/e/{SLUG}", size=PHONE)
    await ask(one, WISH)
    await ask(other, WISH)
    tiles = one.locator(".tile")
    assert await tiles.count() >= 3
    for at in range(3):
        await expect(tiles.nth(at)).to_contain_text("Model 3")
        await expect(tiles.nth(at).locator(".tile__reason")).not_to_be_empty()
        price = re.search(r"\$([\d,]+)", await tiles.nth(at).locator(".tile__price").inner_text())
        assert price is not None
        assert int(price[1].replace(",", "")) <= 40_000
    await expect(one.get_by_role("button", name=re.compile("^Change: .*40,000"))).to_be_visible()

    wanted = one.locator(".tile--available").first
    tile_id = await wanted.get_attribute("id")
    title = await wanted.locator(".tile__title").inner_text()
    await other.locator(f"#{tile_id} .tile__link").click()
    await other.get_by_role("button", name="Hold it for me").click()

    await wanted.locator(".tile__link").click()
    await one.get_by_role("button", name="Hold it for me").click()
    await one.get_by_role("button", name=re.compile("^Hold until")).click()
    await expect(one.get_by_text("It is yours for now")).to_be_visible()
    await one.get_by_role("button", name="Keep looking").click()
    await expect(one.locator(f"#{tile_id} .tile__state")).to_contain_text("Held for you")

    await expect(other.locator(f"#{tile_id} .tile__state")).to_contain_text("On hold")  # nobody reloaded
    await other.get_by_role("button", name=re.compile("^Hold until")).click()
    await expect(other.get_by_text("Someone was a moment faster")).to_be_visible()
    await expect(other.locator(".nextbest button")).to_have_count(3)

    board = operator.locator("#panel")
    await expect(board.get_by_role("table", name="Holds")).to_contain_text(title)
    assert await board.get_by_role("table", name="Conversations").locator("tbody tr").count() >= 2
    await expect(board).to_contain_text(f"came too late for {title}", timeout=15_000)

    await operator.get_by_role("link", name="Versions").click()
    await operator.get_by_role("button", name=f"Roll back to this… version {before}", exact=True).click()
    report = operator.get_by_role("dialog")
    await expect(report).to_contain_text("runs until the clock ends")  # what is promised is kept
    await expect(report.locator(".honored")).to_contain_text(title)
    await expect(report.locator(".honored")).to_contain_text(f"placed under version {before + 1}")
    await operator.keyboard.press("Escape")
    await expect(report).to_be_hidden()


async def test_a_conversation_survives_a_reload(visit: Open) -> None:
    page = await visit(f"/e/{SLUG}")
    await ask(page, "something with a long range")
    marks = page.locator(".turn .source")
    stated = await marks.count()
    assert stated > 0
    await ask(page, "please hold the first one for me")
    await expect(page.locator(".card")).to_be_visible()
    await composer(page).fill("and while I think")
    await page.reload()
    await expect(page.get_by_text("something with a long range")).to_be_visible()
    await expect(composer(page)).to_have_value("and while I think")
    assert await marks.count() >= stated  # older turns say where statements come from
    card = page.locator(".card")
    await card.get_by_role("button", name="Hold it for me").click()  # the very card, confirmed once
    await expect(card).to_contain_text("It is yours for now.")
    await page.reload()
    await expect(page.get_by_text("something with a long range")).to_be_visible()
    await expect(card).to_have_count(0)


async def test_back_closes_a_listing_and_its_address_can_be_shared(visit: Open) -> None:
    page = await visit("/")
    await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    await page.goto(f"/e/{SLUG}")
    tile = page.locator(".tile--available").first
    number = (await tile.get_attribute("id") or "").rpartition("-")[2]
    sheet = page.locator("dialog.detail")
    for _ in range(2):
        await tile.locator(".tile__link").click()
        await expect(sheet).to_be_visible()
        await page.wait_for_url(f"**/e/{SLUG}?item={number}")
        await page.go_back()
        await expect(sheet).to_be_hidden()
        await expect(tile).to_be_visible()
        assert page.url.endswith(f"/e/{SLUG}")
    await tile.locator(".tile__link").click()
    await page.wait_for_url(f"**/e/{SLUG}?item={number}")
    await page.get_by_role("button", name="Hold it for me").click()
    await expect(page.get_by_role("heading", name="Hold it for you?")).to_be_visible()
    await page.go_back()
    await expect(sheet).to_be_visible()
    await page.wait_for_url(f"**/e/{SLUG}?item={number}")
    await page.get_by_role("button", name="Close").click()
    await expect(sheet).to_be_hidden()
    await page.wait_for_url(f"**/e/{SLUG}")
    await page.go_back()
    await expect(page.get_by_role("link", name="Tesla Q1 2026")).to_be_visible()  # no step is left over
    shared = await visit(f"/e/{SLUG}?item={number}")
    await expect(shared.locator("dialog.detail")).to_be_visible()


async def test_ones_own_hold_from_another_tab_is_known(visit: Open) -> None:
    page = await visit(f"/e/{SLUG}")
    await ask(page, "a car with a heat pump")
    tile = page.locator(".tile--available").nth(3)
    link = f"#{await tile.get_attribute('id')} .tile__link"
    other = await page.context.new_page()
    await other.goto(f"/e/{SLUG}")
    for tab in (page, other):
        await tab.locator(link).click()
        await tab.get_by_role("button", name="Hold it for me").click()
    await page.get_by_role("button", name=re.compile("^Hold until")).click()
    await expect(page.get_by_text("It is yours for now")).to_be_visible()
    await other.get_by_role("button", name=re.compile("^Hold until")).click()
    await expect(other.get_by_text("You already hold this one")).to_be_visible()
    await expect(other.get_by_text("Someone was a moment faster")).to_have_count(0)


async def test_removing_a_wish_ranks_again_and_says_what_changed(visit: Open) -> None:
    page = await visit(f"/e/{SLUG}")
    await ask(page, "under 28k")
    await page.get_by_role("button", name=re.compile("^Remove: .*28,000")).click()
    await expect(page.locator(".shelf__change")).to_contain_text("→")


async def test_what_the_guide_prepares_waits_for_a_yes_and_nothing_found_leads_on(visit: Open) -> None:
    page = await visit(f"/e/{SLUG}")
    await ask(page, "under 40k, no accidents, for family road trips")
    understood = page.get_by_role("button", name=re.compile("^Change: .*40,000"))
    await expect(understood).to_have_attribute("title", re.compile("^You said “.*40k"))
    await expect(page.locator(".chip--nice").first).to_contain_text("family")
    await expect(page.locator(".tile__reason").first).not_to_be_empty()

    await ask(page, "Please hold the first one for me")
    card = page.locator(".card")
    await expect(card).to_contain_text("We keep it for you alone for")
    await expect(page.locator(".tile--mine")).to_have_count(0)  # prepared is not done
    await card.get_by_role("button", name="Hold it for me").click()
    await expect(card).to_contain_text("It is yours for now.")
    await expect(page.locator(".tile--mine .tile__state")).to_contain_text("Held for you")
    assert await page.evaluate(
        "document.activeElement.classList.contains('card')"
    )  # not lost with the button

    await ask(page, "under 9k")
    way = page.locator(".ways button").first
    await expect(page.get_by_role("heading", name="The closest to it")).to_be_visible()
    await way.click()
    await expect(page.get_by_role("heading", name=re.compile("match(es)?$"))).to_be_visible()

    await page.get_by_role("button", name="Talk to a person").click()
    await page.get_by_role("button", name="Ask for a person").click()
    await page.get_by_role("button", name="Go on looking").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_text("Nobody has joined yet")).to_be_visible()


async def test_a_draft_with_a_mistake_shows_its_place_and_cannot_be_put_forward(visit: Open) -> None:
    page = await visit()
    await sign_in(page, "operator@northbay.example.com", PASSWORD)
    await page.get_by_role("link", name="Tesla Q1 2026").click()
    await page.get_by_role("link", name="Document").click()
    editor = page.get_by_role("textbox", name="Event document, YAML")
    await editor.click()
    await page.keyboard.press("Control+Home")
    await page.keyboard.type("personas: {}\n")
    problem = page.locator(".found__one--bad").first
    await expect(problem).to_contain_text("persona")  # the nearest valid name
    await expect(page.get_by_role("button", name=re.compile("^Review and"))).to_have_count(0)
    await page.get_by_role("button", name="Discard").click()
    await page.get_by_role("button", name="Discard the draft").click()
    await expect(page.get_by_text("No draft", exact=True)).to_be_visible()


async def test_a_viewer_reads_and_changes_nothing(visit: Open) -> None:
    page = await visit()
    await sign_in(page, "viewer@northbay.example.com", PASSWORD)
    await page.get_by_role("link", name="Tesla Q1 2026").click()
    await page.get_by_role("link", name="Document").click()
    editor = page.get_by_role("textbox", name="Event document, YAML")
    await expect(editor).to_be_visible()
    await expect(page.get_by_role("button", name=re.compile("Review and"))).to_have_count(0)
    await page.get_by_role("link", name="Levers").click()
    await expect(page.get_by_role("slider", name="Hold length")).to_be_disabled()
    await expect(page.get_by_role("button", name="Stop the AI…")).to_be_disabled()
    await page.get_by_role("link", name="Versions").click()
    await expect(page.get_by_text("in force").first).to_be_visible()
    await expect(page.get_by_role("button", name=re.compile("Roll back|Clone"))).to_have_count(0)


async def test_wishes_are_shared_with_dealers_and_taken_back(visit: Open) -> None:
    buyer = await visit(f"/e/{SLUG}")
    await ask(buyer, WISH)
    dealer = await visit()
    await sign_in(dealer, "dealer@cascade.example.com", PASSWORD)
    await expect(dealer.get_by_role("heading", name="Who is looking")).to_be_visible()
    prospects = dealer.locator(".prospect")
    before = await prospects.count()
    await buyer.get_by_role("button", name="Share my wishes").click()
    await buyer.get_by_role("button", name="Share anonymously").click()
    await expect(prospects).to_have_count(before + 1)  # nobody reloaded
    await expect(prospects.first).to_contain_text("Model 3")
    await expect(prospects.first).not_to_contain_text("30,000")
    await buyer.get_by_role("button", name="Keep sharing").click()
    await ask(buyer, "under 30k")
    await expect(prospects.first).to_contain_text("30,000")  # they see the wishes as they are now
    await expect(prospects).to_have_count(before + 1)
    await buyer.get_by_role("button", name="Dealers see your wishes").click()
    await buyer.get_by_role("button", name="Stop sharing").click()
    await expect(prospects).to_have_count(before)


async def _version(page: Page) -> int:
    text = await page.get_by_text(re.compile(r"^Version \d+$")).inner_text()
    return int(text.split()[-1])


async def submit(page: Page, section: str, field: str, value: str, message: str) -> None:
    """Changes one field on the tab Document and puts the draft forward."""
    await page.get_by_role("link", name="Document").click()
    await page.get_by_role("button", name=section).first.click()
    box = page.get_by_role("spinbutton", name=field)
    await box.fill(value)
    await box.press("Tab")
    await page.get_by_role("button", name="Review and ask for approval").click()
    await page.get_by_label("Title of the draft").fill(message)
    await page.get_by_role("button", name="Save the title").click()
    await page.get_by_label("What changes, and why").fill("Buyers asked for it")
    await page.get_by_role("button", name="Submit for approval").click()
