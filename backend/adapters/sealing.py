"""Seals what must be read again but never be read by others: credentials, messages, what models were asked.

Keys come from the settings.

Source: Fernet (AES-128-CBC with HMAC-SHA-256), https://github.com/fernet/spec.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, cast

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import SecretStr

from backend.core.errors import Busy, Conflict

_MOST: Final = 4_000_000  # what a model was asked and said, at its longest


class Sealer:
    """Seals with the first key and opens with any: to rotate, put a new key in front and drop the old one later."""

    def __init__(self, keys: SecretStr) -> None:
        texts = [key.strip() for key in keys.get_secret_value().split(",") if key.strip()]
        try:
            self._keys = [Fernet(text) for text in texts]
        except ValueError as error:
            raise Busy("core.not_configured", missing=["MPAX_SEAL_KEYS"], mend="it holds no key") from error

    def seal(self, owner: str, secret: Mapping[str, Any]) -> str:
        """Bound to `owner`: what was sealed for one cannot be put under another. Raises: Busy `core.not_configured`."""
        content = json.dumps({"owner": owner, "secret": dict(secret)}).encode()
        return self._whole().encrypt(content).decode()

    def open(self, owner: str, sealed: str) -> dict[str, Any]:
        """Raises: Busy `core.not_configured`; Conflict `core.seal_broken` where no key fits or it is not the owner's."""
        try:
            found = cast("dict[str, Any]", json.loads(self._whole().decrypt(sealed[:_MOST].encode())))
        except (InvalidToken, ValueError) as error:
            raise Conflict("core.seal_broken") from error
        if found.get("owner") != owner:
            raise Conflict("core.seal_broken")
        return cast("dict[str, Any]", found["secret"])

    def renewed(self, sealed: str) -> str:
        """The same under the first key, whoever's it is. Raises: Conflict `core.seal_broken` where no key fits."""
        try:
            return self._whole().rotate(sealed.encode()).decode()
        except InvalidToken as error:
            raise Conflict("core.seal_broken") from error

    def is_old(self, sealed: str) -> bool:
        """Whether it should be sealed anew with the first key."""
        self._whole()
        try:
            self._keys[0].decrypt(sealed.encode())
        except InvalidToken:
            return True
        return False

    def _whole(self) -> MultiFernet:
        if not self._keys:
            raise Busy("core.not_configured", missing=["MPAX_SEAL_KEYS"], mend="run `mpax up`, or set it")
        return MultiFernet(self._keys)
