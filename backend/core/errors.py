"""One tree of errors for the whole product.

A domain raises an error with a permanent `code` and typed `facts`; words for people live in `app/messages.py`,
HTTP rendering in `backend/api/errors.py`. This module does not format text.
"""

from __future__ import annotations

from typing import Any, ClassVar


class AppError(Exception):
    """Base of every error the product raises on purpose. `status` is the HTTP status it is shown as."""

    status: ClassVar[int] = 500

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.code} {self.facts}" if self.facts else self.code


class InvalidInput(AppError):
    """The request cannot be understood; `facts` say what, where and how to mend it."""

    status = 422


class NotSignedIn(AppError):
    """No valid identity came with the request."""

    status = 401


class NotAllowed(AppError):
    """The actor is known and may not do this. Hidden rows are NotFound, never NotAllowed."""

    status = 403


class NotFound(AppError):
    """There is no such row, or row-level security hides it."""

    status = 404


class Conflict(AppError):
    """Somebody else was first, or the thing has changed since it was read."""

    status = 409


class Gone(AppError):
    """It was here and is over: a closed event, an expired hold."""

    status = 410


class TooMany(AppError):
    """A rate, a quota or a size limit was reached. `facts.retry_after_s` where waiting helps."""

    status = 429


class Upstream(AppError):
    """A provider answered with an error or with nonsense."""

    status = 502


class Busy(AppError):
    """The database or a provider is not reachable just now; trying again may help."""

    status = 503


KINDS: tuple[type[AppError], ...] = (
    InvalidInput,
    NotSignedIn,
    NotAllowed,
    NotFound,
    Conflict,
    Gone,
    TooMany,
    Upstream,
    Busy,
)
BY_STATUS: dict[int, type[AppError]] = {kind.status: kind for kind in KINDS}
