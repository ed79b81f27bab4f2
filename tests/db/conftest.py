"""What tests of the database share."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.db.gate import LIVE, Gate
from tests.factories import World


@pytest.fixture
def gate(owner: psycopg.Connection[Any], world: World) -> Gate:
    gate = Gate(owner, world)
    gate.direct("system", LIVE)
    return gate
