"""The wizard in a real browser: from a dealer's files to a live event, by mouse, by keyboard, on a phone, and for readers."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, Route, expect

from tests.e2e import blueprint_samples as samples
from tests.e2e.conftest import DESKTOP, PHONE, Open, sign_in
from tests.e2e.test_every_page import SCHEMES, check
from tests.product import PASSWORD

MOST_CLICKS = 12
READ_MS = 30_000


class Clicks:
    """Counts what a person presses, and the time it takes."""

    def __init__(self) -> None:
        self.count, self.began = 0, time.monotonic()

    async def __call__(self, control: Locator, **how: Any) -> None:
        await control.click(**how)
        self.count += 1

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began


async def enter(visit: Open, who: str = "operator", **how: Any) -> Page:
    page = await visit("/", **how)
    await sign_in(page, f"{who}@northbay.example.com", PASSWORD)
    await expect(page.get_by_role("heading", name="Events")).to_be_visible()
    return page


async def begin(page: Page) -> None:
    """A new blueprint, at the step Samples."""
    await page.goto("/cockpit/blueprints")
    await page.get_by_role("button", name=re.compile("From samples|Start from samples")).first.click()
    await expect(page.get_by_label("Drop files here, or choose them")).to_be_visible()


async def drop(page: Page, *files: Path) -> None:
    await page.get_by_label("Drop files here, or choose them").set_input_files(list(files))


def line(page: Page, name: str) -> Locator:
    return page.get_by_role("listitem").filter(has_text=name)


async def to_mapping(page: Page, *files: Path) -> None:
    await begin(page)
    await drop(page, *files)
    await page.get_by_role("link", name="Check the mapping").click(timeout=READ_MS)
    await expect(page.get_by_role("grid", name="Columns and what they become")).to_be_visible()


async def test_three_samples_of_an_unknown_category_go_live_with_zero_edits(
    visit: Open, tmp_path: Path
) -> None:
    page = await enter(visit, "admin")
    files = samples.everything(tmp_path)
    await page.goto("/cockpit/blueprints")
    click = Clicks()
    await click(page.get_by_role("button", name=re.compile("From samples|Start from samples")).first)
    await drop(page, *files)
    click.count += 1
    await click(page.get_by_role("link", name="Check the mapping"), timeout=READ_MS)
    await expect(page.get_by_role("row", name=re.compile("Asking Price.*Price")).first).to_be_visible()
    await click(page.get_by_role("link", name="See how it looks"))
    await expect(page.locator(".tile").first).to_be_visible()
    await click(page.get_by_role("link", name="Preview it"))
    await expect(page.get_by_text("Nobody outside your organization can see this")).to_be_visible(
        timeout=READ_MS
    )
    previewed = click.seconds
    await click(page.get_by_role("link", name="Go to publish"))
    await click(page.get_by_role("button", name="Publish", exact=True), timeout=READ_MS)
    await expect(page.get_by_role("heading", name="It is live")).to_be_visible(timeout=READ_MS)
    print(f"previewed after {previewed:.1f} s, live after {click.seconds:.1f} s and {click.count} clicks")
    assert click.count <= MOST_CLICKS
    address = await page.locator(".live-now__address").get_attribute("href")
    buyer = await visit(address or "")
    await expect(buyer.locator(".tile").first).to_be_visible()
    await expect(buyer.get_by_text("24 ").first).to_be_visible()
    await expect(buyer.locator("body")).not_to_contain_text("7,790")  # nobody outside sees a reserve price


async def test_what_is_no_sample_is_refused_in_words_and_removed(visit: Open, tmp_path: Path) -> None:
    page = await enter(visit)
    await begin(page)
    await drop(page, samples.refused(tmp_path / samples.REFUSED), samples.workbook(tmp_path / "pianos.xlsx"))
    refused = line(page, samples.REFUSED)
    await expect(refused.get_by_text("Refused")).to_be_visible(timeout=READ_MS)
    await expect(refused).to_contain_text("no spreadsheet, PDF, API description or picture")
    await expect(line(page, "pianos.xlsx")).to_contain_text("24 rows", timeout=READ_MS)
    await refused.get_by_role("button", name=f"Remove {samples.REFUSED}").click()
    await expect(refused).to_have_count(0)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Pianos")


async def test_a_file_that_is_being_sent_is_stopped_and_nothing_is_kept(visit: Open, tmp_path: Path) -> None:
    page = await enter(visit)
    await begin(page)
    arrived = asyncio.Event()

    async def never(route: Route) -> None:
        arrived.set()

    await page.route("**/api/v1/blueprints/*/files", never)
    await drop(page, samples.workbook(tmp_path / "pianos.xlsx"))
    await asyncio.wait_for(arrived.wait(), 15)
    await page.get_by_role("button", name="Cancel pianos.xlsx").click()
    await expect(line(page, "pianos.xlsx")).to_have_count(0)
    await page.reload()
    await expect(page.get_by_text("Drop a file to go on.")).to_be_visible()


async def test_a_file_that_is_being_read_is_stopped_and_taken_up_again(visit: Open, tmp_path: Path) -> None:
    page = await enter(visit)
    await begin(page)
    await drop(page, samples.scan(tmp_path / "scan.pdf"))
    file = line(page, "scan.pdf")
    await expect(file.get_by_role("progressbar", name="Reading scan.pdf")).to_be_visible(timeout=READ_MS)
    await file.get_by_role("button", name="Cancel scan.pdf").click()
    await expect(file).to_contain_text("Stopped before it was read")
    await file.get_by_role("button", name="Try again scan.pdf").click()
    await expect(file).to_contain_text("6 pages", timeout=3 * READ_MS)


async def test_the_grid_is_worked_with_the_keyboard_alone(visit: Open, tmp_path: Path) -> None:
    page = await enter(visit)
    await to_mapping(page, samples.workbook(tmp_path / "pianos.xlsx"))
    rows = page.locator(".grid__row")
    await rows.first.focus()
    await page.keyboard.press("?")
    await expect(page.get_by_text("take an alternative")).to_be_visible()
    first = await rows.first.get_attribute("data-key")
    await page.keyboard.press("Enter")
    await expect(page.locator(f'.grid__row[data-key="{first}"]')).to_contain_text("Settled")
    await expect(page.locator(".grid__row:focus")).to_have_count(1)
    finish = page.locator('.grid__row[data-key="Finish"]')
    await finish.focus()
    await page.keyboard.press("/")
    search = page.get_by_role("combobox", name="What Finish is")
    await expect(search).to_be_focused()
    await page.keyboard.type("exterior")
    await page.keyboard.press("Enter")
    await expect(finish).to_contain_text("Exterior color")
    await expect(finish).to_contain_text("Settled")
    await expect(finish).to_be_focused()
    await page.keyboard.press("x")
    await expect(page.locator(".grid__group--left")).to_contain_text("Finish")
    await finish.focus()
    await page.keyboard.press("u")
    await expect(finish).not_to_contain_text("Settled")


async def test_a_reserve_price_is_published_only_by_somebody_who_insists(visit: Open, tmp_path: Path) -> None:
    page = await enter(visit)
    await to_mapping(page, samples.workbook(tmp_path / "pianos.xlsx"))
    reserve = page.locator('.grid__group--left .grid__row[data-key="Reserve Price"]')
    await expect(reserve).to_contain_text("Internal figure")
    await reserve.click()
    await page.get_by_role("button", name="Publish anyway…").click()
    await page.keyboard.type("reserve")
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("internal figure")
    await dialog.get_by_role("button", name="Keep it out").click()
    await expect(dialog).to_be_hidden()
    await expect(reserve).to_contain_text("Internal figure")


async def test_a_sentence_shows_what_it_changes_before_it_does(visit: Open, tmp_path: Path) -> None:
    page = await enter(visit)
    await to_mapping(page, samples.workbook(tmp_path / "pianos.xlsx"))
    await page.get_by_label("Say in words what is different").fill("treat Finish as exterior color")
    await page.keyboard.press("Enter")
    understood = page.get_by_role("status").filter(has_text="Understood:")
    await expect(understood).to_contain_text("Exterior color")
    await understood.get_by_role("button", name="Apply").click()
    await expect(page.locator('.grid__row[data-key="Finish"]')).to_contain_text("Settled")
    await expect(understood).to_have_count(0)


async def test_everything_sure_is_accepted_in_one_press_and_stays_so(visit: Open, tmp_path: Path) -> None:
    page = await enter(visit)
    await to_mapping(page, samples.workbook(tmp_path / "pianos.xlsx"))
    bulk = page.get_by_role("button", name=re.compile("Accept all ≥ 90"))
    await bulk.click()
    await expect(bulk).to_have_count(0)
    await page.reload()
    await expect(page.locator(".grid__row", has_text="Settled").first).to_be_visible()
    await expect(bulk).to_have_count(0)


async def test_a_blueprint_is_given_up_after_asking(visit: Open) -> None:
    page = await enter(visit)
    await begin(page)
    address = page.url
    await page.get_by_role("button", name="Give it up…").click()
    await page.get_by_role("dialog").get_by_role("button", name="Give it up").click()
    await expect(page.get_by_role("heading", name="Events in the making")).to_be_visible()
    await page.goto(address)
    await expect(page.get_by_text("Given up", exact=True)).to_be_visible()
    await expect(page.get_by_label("Drop files here, or choose them")).to_have_count(0)


async def test_an_archive_goes_out_and_comes_back(visit: Open, tmp_path: Path) -> None:
    page = await enter(visit)
    await to_mapping(page, samples.workbook(tmp_path / "pianos.xlsx"))
    await page.get_by_role("navigation", name="Steps").get_by_role("link", name="Publish").click()
    async with page.expect_download() as coming:
        await page.get_by_role("link", name="Download the artifacts").click(timeout=READ_MS)
    archive = tmp_path / "pianos.zip"
    await (await coming.value).save_as(archive)
    await page.goto("/cockpit/blueprints")
    rows = page.locator(".table__name a")
    await expect(rows.first).to_be_visible()
    before = await rows.count()
    await page.get_by_text("Import a bundle").click()
    await page.get_by_label("Drop a bundle here, or choose one").set_input_files(archive)
    await expect(rows).to_have_count(before + 1, timeout=READ_MS)


async def test_an_address_of_nothing_says_so(visit: Open) -> None:
    page = await enter(visit)
    await page.goto("/cockpit/blueprints/no-such-thing")
    await expect(page.get_by_text("There is nothing at this address.")).to_be_visible()
    await page.goto("/cockpit/blueprints/00000000-0000-4000-8000-000000000000")
    await expect(page.get_by_text("There is no such blueprint")).to_be_visible()


async def test_a_viewer_sees_everything_and_no_button_that_changes(visit: Open, tmp_path: Path) -> None:
    page = await enter(visit)
    await to_mapping(page, samples.workbook(tmp_path / "pianos.xlsx"))
    address = re.sub(r"\?.*", "", page.url)
    reader = await enter(visit, "viewer")
    await reader.goto("/cockpit/blueprints")
    await expect(reader.get_by_role("button", name=re.compile("samples"))).to_have_count(0)
    await reader.goto(f"{address}?step=samples")
    await expect(line(reader, "pianos.xlsx")).to_be_visible()
    await expect(reader.get_by_label("Drop files here, or choose them")).to_have_count(0)
    await expect(
        reader.get_by_role("button", name=re.compile("^(Remove|Cancel|Try again|Read it)"))
    ).to_have_count(0)
    await reader.goto(f"{address}?step=mapping")
    await expect(reader.get_by_role("grid", name="Columns and what they become")).to_be_visible()
    changing = re.compile("Accept|Leave out|Publish|Understand|Apply|Undo")
    await expect(reader.get_by_role("button", name=changing)).to_have_count(0)
    await reader.goto(f"{address}?step=publish")
    await expect(reader.get_by_role("heading", name="Before it goes live")).to_be_visible(timeout=READ_MS)
    await expect(reader.get_by_role("button", name=changing)).to_have_count(0)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_every_step_stands_still_and_breaks_no_rule(
    visit: Open, tmp_path: Path, size: tuple[int, int], scheme: str
) -> None:
    page = await enter(visit, size=size, scheme=scheme)
    await page.goto("/cockpit/blueprints")
    await expect(page.get_by_role("heading", name="Events in the making")).to_be_visible()
    name = f"{'phone' if size == PHONE else 'desktop'}-{scheme}"
    await check(page, f"blueprints-{name}")
    await to_mapping(page, *samples.everything(tmp_path))
    address = re.sub(r"\?.*", "", page.url)
    tabs = (
        await page.get_by_role("navigation", name="Files")
        .get_by_role("link")
        .evaluate_all("all => all.map(a => a.href)")
    )
    live = page.get_by_role("region", name="Rows as they would be imported")
    for part, place, sign in (
        ("samples", f"{address}?step=samples", page.get_by_role("list", name="Samples")),
        ("mapping", tabs[0], live.get_by_role("row").nth(1)),
        ("report", tabs[1], page.get_by_role("table", name="Values found")),
        ("photos", tabs[2], page.get_by_role("combobox", name="Row of P-1001_front.jpg")),
        ("look", f"{address}?step=look", page.locator(".tile").first),
        (
            "preview",
            f"{address}?step=preview",
            page.get_by_text("Nobody outside your organization can see this"),
        ),
        ("publish", f"{address}?step=publish", page.get_by_role("heading", name="Before it goes live")),
    ):
        await page.goto(place)
        await expect(sign).to_be_visible(timeout=READ_MS)
        await page.wait_for_load_state("networkidle")
        await check(page, f"blueprint-{part}-{name}")
