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

from backend.core.db import Database
from backend.core.ports import Ports
from backend.core.settings import Settings
from backend.domains.catalogue import finding
from tests.factories import World, make_world
from tests.fakes import fake_ports
from tests.postgres import Filled, TestPostgres, make_settings, start_postgres
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


@pytest.fixture(scope="session")
def worlds(postgres: TestPostgres) -> Iterator[Filled[World]]:
    """Fresh databases with one of everything."""
    filled = Filled(postgres, make_world)
    yield filled
    filled.drop()


@pytest.fixture
def cloned(request: pytest.FixtureRequest, postgres: TestPostgres) -> Iterator[tuple[str, World | None]]:
    """The owner's DSN of a fresh, migrated database, and the world in it where the test asks for one."""
    name, world = f"t_{uuid4().hex[:12]}", None
    if "world" in request.fixturenames:
        finding.forget()  # ids come again with each clone
        world = request.getfixturevalue("worlds").clone(name)
    else:
        postgres.clone(name)
    yield postgres.dsn(name), world
    postgres.drop(name)


@pytest.fixture
def dsn(cloned: tuple[str, World | None]) -> str:
    return cloned[0]


@pytest.fixture
def owner(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as conn:
        yield conn


@pytest.fixture
def world(cloned: tuple[str, World | None]) -> World:
    assert cloned[1] is not None
    return cloned[1]


@pytest.fixture
def ports() -> Ports:
    return fake_ports()


@pytest.fixture
def settings(dsn: str, postgres: TestPostgres, tmp_path: Path) -> Settings:
    return make_settings(postgres, dsn, tmp_path)


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
