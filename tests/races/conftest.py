"""The desk at which people change an event, as the tests of its services have it."""

from __future__ import annotations

from tests.services.events.conftest import desk

__all__ = ["desk"]
