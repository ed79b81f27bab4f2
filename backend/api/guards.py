"""What stands before each route that changes something for staff: our own pages alone, so often and no more."""

from __future__ import annotations

from typing import Any

from fastapi import Depends

from backend.api.asking import Limit
from backend.api.auth import same_origin


def guarded(group: str) -> list[Any]:
    """Dependencies of a route; `group` is what its requests are counted with."""
    return [Depends(same_origin), Depends(Limit(group))]
