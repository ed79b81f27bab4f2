"""Pages that are written from the product say what the product is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click
import httpx
import pytest

from backend.cli import Commands
from backend.core.settings import Settings
from tests.db import schema_page
from tests.postgres import TestPostgres

ROOT = Path(__file__).resolve().parents[2]


def test_the_schema_page_is_todays_database(postgres: TestPostgres) -> None:
    assert schema_page.PAGE.read_text() == schema_page.schema_sql(postgres.dsn(postgres.template)), (
        "run: python -m tests.db.schema_page"
    )


def test_every_setting_is_in_the_example_and_says_what_it_is() -> None:
    example = (ROOT / ".env.example").read_text()
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert f"MPAX_{name.upper()}=" in example, name


def test_every_command_says_what_it_does() -> None:
    group = Commands(name="mpax")
    for name in group.lazy:
        command = group.get_command(click.Context(group), name)
        assert command is not None
        assert command.help, name


def test_links_between_pages_lead_somewhere() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)}: {target}"


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 80


@pytest.fixture(scope="module")
def openapi(api: str) -> dict[str, Any]:
    return httpx.get(f"{api}/api/openapi.json").raise_for_status().json()


def test_every_route_of_the_api_is_described(openapi: dict[str, Any]) -> None:
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            assert operation.get("summary"), f"{method} {path}"
            if path.startswith("/api/v1"):
                shown = {status: str(answer) for status, answer in operation["responses"].items()}
                errors = [text for status, text in shown.items() if status >= "400" and status != "422"]
                assert errors, f"{method} {path} documents no error"
                assert all("Problem" in text for text in errors), f"{method} {path}"


def test_requests_come_with_examples(openapi: dict[str, Any]) -> None:
    bodies = {
        name
        for name in openapi["components"]["schemas"]
        if name in ("Publish", "Start", "Message", "Reserve", "PasswordSignIn")
    }
    assert len(bodies) == 5
    for name in bodies:
        assert "examples" in str(openapi["components"]["schemas"][name]), name


@pytest.mark.parametrize(
    "contract",
    [
        ("post", "/api/v1/admin/sales_event"), ("get", "/api/v1/sales_event/{event_id}"), ("post", "/api/v1/discovery/start"),
        ("post", "/api/v1/discovery/message"), ("post", "/api/v1/transaction/reserve"), ("get", "/api/v1/dealer/prospects"),
        ("get", "/api/v1/analytics/event/{event_id}"),
    ],
)  # fmt: skip
def test_the_stable_contracts_are_there(openapi: dict[str, Any], contract: tuple[str, str]) -> None:
    assert contract[0] in openapi["paths"][contract[1]]
