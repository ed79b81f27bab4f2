"""The life of a version in a real browser: levers, rollback, branches, members, templates."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from tests.e2e.conftest import Open, sign_in
from tests.product import PASSWORD, SLUG

EVENT = f"/cockpit/events/{SLUG}"


async def enter(visit: Open, who: str, path: str) -> Page:
    """Signed in, at a page of the cockpit."""
    page = await visit()
    await sign_in(page, f"{who}@northbay.example.com", PASSWORD)
    await expect(page.get_by_role("heading", name="Events")).to_be_visible()
    await page.goto(path)
    return page


async def version(page: Page) -> int:
    text = await page.get_by_text(re.compile(r"^Version \d+$")).first.inner_text()
    return int(text.split()[-1])


async def test_a_lever_is_moved_and_undone_with_the_keyboard(visit: Open) -> None:
    page = await enter(visit, "operator", f"{EVENT}?tab=levers")
    slider = page.get_by_role("slider", name="Results")
    await expect(slider).to_be_enabled()
    before, value = await version(page), await slider.input_value()
    await slider.focus()
    await page.keyboard.press("ArrowRight")
    await expect(
        page.get_by_text(f"Version {before}", exact=True)
    ).to_be_visible()  # nothing moves before it is said
    moved = await slider.input_value()
    assert moved != value
    await page.keyboard.press("Enter")
    await expect(page.get_by_text(f"Version {before + 1}", exact=True)).to_be_visible()
    await expect(slider).to_have_value(moved)
    await page.get_by_role("button", name="Undo the move of Results").click()
    await expect(page.get_by_text(f"Version {before + 2}", exact=True)).to_be_visible()
    await expect(slider).to_have_value(value)


async def test_a_stop_switch_asks_once_and_says_so_above_every_tab(visit: Open) -> None:
    page = await enter(visit, "operator", f"{EVENT}?tab=levers")
    await page.get_by_role("button", name="Stop actions…").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("What is held stays held")
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(page).to_have_url(re.compile(r"\?tab=levers$"))
    await page.get_by_role("button", name="Stop actions…").click()
    await dialog.get_by_role("button", name="Stop actions").click()
    warning = page.get_by_text("Actions are stopped; nobody can hold anything new.")
    await expect(warning).to_be_visible()
    await page.get_by_role("button", name="Allow actions again…").click()
    await page.get_by_role("dialog").get_by_role("button", name="Allow actions again").click()
    await expect(warning).to_be_hidden()


async def test_going_back_says_first_what_it_means(visit: Open) -> None:
    page = await enter(visit, "operator", f"{EVENT}?tab=levers")
    before = await version(page)
    await page.get_by_role("switch", name="Experiments on").click()
    await expect(page.get_by_text(f"Version {before + 1}", exact=True)).to_be_visible()
    await page.get_by_role("link", name="Versions").click()
    await page.get_by_role("button", name=f"Roll back to this… version {before}", exact=True).click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text(f"Version {before + 1} is taken back; it stays in the history.")
    await dialog.get_by_label("Why").fill("Only to see")
    await dialog.get_by_role("button", name=f"Roll back to version {before}").click()
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_text(f"Version {before + 2}", exact=True).first).to_be_visible()
    await expect(page.get_by_text(f"Back to version {before}: Only to see")).to_be_visible()
    await expect(page.get_by_text("rolled back", exact=True).first).to_be_visible()


async def test_two_versions_are_compared_at_an_address_and_back_works(visit: Open) -> None:
    page = await enter(visit, "operator", f"{EVENT}?tab=versions")
    await page.get_by_role("link", name=re.compile("^What changed in version")).first.click()
    await expect(page).to_have_url(re.compile(r"before=\d+&after=\d+"))
    await expect(page.get_by_role("group", name="How to read the changes")).to_be_visible()
    await page.get_by_text("JSON Patch").click()
    await expect(page.get_by_role("region", name="JSON Patch, RFC 6902")).to_contain_text('"op"')
    await page.get_by_role("link", name="Branches").click()
    await expect(page.get_by_role("heading", name="New branch")).to_be_visible()
    await page.go_back()
    await expect(page.get_by_role("group", name="How to read the changes")).to_be_visible()


async def test_a_branch_is_opened_written_on_and_merged(visit: Open) -> None:
    page = await enter(visit, "operator", f"{EVENT}?tab=branches")
    before = await version(page)
    await page.get_by_label("Name").fill("next-quarter")
    await page.get_by_label("What for").fill("What comes after")
    await page.get_by_role("button", name="Open the branch").click()
    await expect(page.get_by_text("The branch equals the version in force.")).to_be_visible()
    await page.get_by_text("Edit the branch").click()
    await page.get_by_role("textbox", name="Document of the branch, YAML").click()
    await page.keyboard.press("Control+End")
    await page.keyboard.type("\nflags: { encore: true }\n")
    await page.get_by_label("What this step does").fill("An encore next quarter")
    await page.get_by_role("button", name="Commit to the branch").click()
    await expect(page.get_by_text("An encore next quarter")).to_be_visible()
    await expect(page.locator(".change")).to_have_count(1)
    await page.get_by_label("What the merge brings, and why").fill("Next quarter begins")
    await page.get_by_role("button", name="Merge into the version in force").click()
    await expect(page.get_by_text(f"Version {before + 1}", exact=True)).to_be_visible()
    await page.get_by_role("link", name="All branches").click()
    await expect(page.get_by_role("row", name=re.compile("next-quarter.*merged"))).to_be_visible()


async def test_a_branch_that_nobody_wants_is_closed(visit: Open) -> None:
    page = await enter(visit, "operator", f"{EVENT}?tab=branches")
    await page.get_by_label("Name").fill("an-idea")
    await page.get_by_role("button", name="Open the branch").click()
    await page.get_by_role("button", name="Close the branch").click()
    await expect(page.get_by_text("closed", exact=True)).to_be_visible()
    await expect(page.get_by_role("button", name="Merge into the version in force")).to_have_count(0)


async def test_an_admin_gives_a_permission_and_takes_it_back(visit: Open) -> None:
    page = await enter(visit, "admin", "/cockpit/members")
    tick = page.get_by_role("checkbox", name=re.compile("^Move levers.*specialist@"))
    await expect(tick).not_to_be_checked()
    await tick.click()
    await expect(
        page.get_by_role("checkbox", name=re.compile("^Move levers.*specialist.*given beyond"))
    ).to_be_checked()
    await page.get_by_role("button", name="As the role says for specialist@northbay.example.com").click()
    await expect(tick).not_to_be_checked()
    own = page.get_by_role("checkbox", name=re.compile("^Say who may do what, admin@"))
    await own.click()
    await expect(page.get_by_role("alert")).to_be_visible()  # who is last stays
    await expect(own).to_be_checked()


async def test_a_viewer_reads_the_matrix(visit: Open) -> None:
    page = await enter(visit, "viewer", "/cockpit/members")
    await expect(page.get_by_role("checkbox", name=re.compile("^Move levers.*admin@"))).to_be_disabled()
    await expect(page.get_by_role("button", name="Save the policy")).to_have_count(0)


async def test_an_event_begins_from_a_template(visit: Open) -> None:
    page = await enter(visit, "admin", "/cockpit")
    await page.get_by_role("link", name="New event").click()
    await page.get_by_role("button", name="New event from Watches Q1 2026").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("Watches of Autumn")
    await dialog.get_by_label("Name").press("Tab")
    await expect(dialog.get_by_label("Id")).to_have_value("watches-of-autumn")
    await dialog.get_by_role("button", name="Make the event").click()
    await expect(page.get_by_role("heading", name="Watches of Autumn")).to_be_visible()
    await expect(page.get_by_text("Version 1", exact=True)).to_be_visible()


async def test_an_event_is_cloned_as_a_draft(visit: Open) -> None:
    page = await enter(visit, "operator", f"{EVENT}?tab=versions")
    await page.get_by_role("button", name="Clone this event").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("Tesla Encore")
    await dialog.get_by_label("Name").press("Tab")
    await dialog.get_by_role("button", name="Clone the event").click()
    await expect(page.get_by_role("heading", name="Tesla Encore")).to_be_visible()
    await expect(page.get_by_text("Nothing is published yet.")).to_be_visible()
