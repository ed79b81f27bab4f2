"""A real browser: an installed chromium, or Playwright's own where that is installed."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import psycopg
import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.product import SLUG, Product

Open = Callable[..., Awaitable[Page]]

_FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
_HOW = (
    "The browser tests need chromium. Install it with `apt-get install chromium` (or your system's like), "
    "with `python -m playwright install chromium`, or name one in MPAX_CHROMIUM."
)
DESKTOP, PHONE = (1440, 900), (390, 844)


def _installed() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return os.environ.get("MPAX_CHROMIUM") or next((found for n in names if (found := shutil.which(n))), None)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        try:
            browser = await playwright.chromium.launch(executable_path=_installed(), args=_FLAGS)
        except Exception as error:
            pytest.fail(f"{_HOW}\n{error}")
        yield browser
        await browser.close()


@pytest.fixture(scope="module", autouse=True)
def as_seeded(product: Product) -> None:
    """The demo as it was seeded and nothing that waits, whatever other tests of the run left behind."""
    with psycopg.connect(product.dsn) as conn:
        conn.execute(
            "update public.drafts set status = 'discarded' where status not in ('published', 'discarded')"
        )
        conn.execute("update public.members set permissions = '{}' where permissions <> '{}'")
        conn.execute("delete from public.approval_policies")
        conn.execute("delete from public.organization_flags")
        conn.execute(
            """
            select private.restore_version(e, v, 'rollback', 'as seeded', 'drain')
            from public.events e
            join public.event_versions c on c.id = e.current_version_id
            join public.event_versions v on v.event_id = e.id and v.number = 1 and v.sha256 <> c.sha256
            where e.slug = %s
            """,
            (SLUG,),
        )


@pytest.fixture(autouse=True)
def nothing_held(product: Product) -> None:
    """What other tests hold has run out, so that the first tile is free."""
    with psycopg.connect(product.dsn) as conn:
        conn.execute(
            "update public.holds set expires_at = placed_at + interval '1 millisecond' where status = 'active'"
        )
        conn.execute("update public.listing_units set held_until = now() where state = 'held'")


@pytest.fixture
async def visit(browser: Browser, running_app: str) -> AsyncIterator[Open]:
    """Opens a page as a new person: each call has cookies and storage of its own. Script errors fail the test."""
    contexts: list[Any] = []
    errors: list[str] = []

    async def open_page(path: str = "/", *, size: tuple[int, int] = DESKTOP, scheme: str = "light") -> Page:
        context = await browser.new_context(
            base_url=running_app,
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            reduced_motion="reduce",
            locale="en-US",
            timezone_id="America/Los_Angeles",
        )
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        await page.goto(path)
        return page

    yield open_page
    for context in contexts:
        await context.close()
    assert errors == []


async def sign_in(page: Page, email: str, password: str) -> None:
    """Signs in through the form, wherever the page is."""
    await page.goto("/sign-in")
    await page.get_by_label("E-mail").fill(email)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()
