"""Fixtures of the whole suite: a real Postgres, a template database, and a fresh clone of it per test that asks.

`owner` is the owner's synchronous connection, `database` the product's two doors, `world` one of everything.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.rows import dict_row
from pydantic import SecretStr

from backend.core.db import Database
from backend.core.ports import Ports
from backend.core.settings import Settings
from tests.factories import World, make_world
from tests.fakes import fake_ports
from tests.postgres import TestPostgres, start_postgres
from tests.product import Product, run_product

ROOT = Path(__file__).resolve().parents[1]
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@pytest.fixture(scope="session")
def postgres() -> Iterator[TestPostgres]:
    """A server of the suite's own, with a migrated template database."""
    with start_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    """The whole stack with the demo in it, once per run."""
    with run_product() as product:
        yield product


@pytest.fixture(scope="session")
def api(product: Product) -> str:
    """Address of an API process."""
    return product.start_api()


@pytest.fixture(scope="session")
def second_api(product: Product) -> str:
    """Address of another API process on the same stack."""
    return product.start_api()


@pytest.fixture(scope="session")
def running_app(product: Product) -> str:
    """Address of the application with its user interface."""
    return product.start_app()


@pytest.fixture
def dsn(postgres: TestPostgres) -> Iterator[str]:
    """The owner's DSN of a fresh, migrated database."""
    name = f"t_{uuid4().hex[:12]}"
    postgres.clone(name)
    yield postgres.dsn(name)
    postgres.drop(name)


@pytest.fixture
def owner(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as conn:
        yield conn


@pytest.fixture
def world(dsn: str) -> World:
    return make_world(dsn)


@pytest.fixture
def ports() -> Ports:
    return fake_ports()


@pytest.fixture
def settings(dsn: str, postgres: TestPostgres, tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path,
        supabase_url="http://127.0.0.1:9",
        publishable_key="sb_publishable_test",
        secret_key=SecretStr("sb_secret_test"),
        jwt_secret=SecretStr("test-" + "0" * 40),
        app_dsn=SecretStr(postgres.as_login(dsn, "app_api")),
        system_dsn=SecretStr(dsn),
        rate_limits=False,
    )


@pytest.fixture
async def database(settings: Settings, ports: Ports) -> AsyncIterator[Database]:
    database = Database(settings, ports)
    await database.open()
    yield database
    await database.close()


MakeWorld = Callable[..., World]


@pytest.fixture
def make(dsn: str) -> MakeWorld:
    def build(**options: Any) -> World:
        return make_world(dsn, **options)

    return build
