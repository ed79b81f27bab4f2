"""Sealed secrets: opened by their owner alone, with any key of the settings, sealed anew with the first."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from backend.adapters.sealing import Sealer
from backend.core.errors import AppError, Busy, Conflict

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))


def sealer(*keys: str) -> Sealer:
    return Sealer(SecretStr(",".join(keys)))


def test_a_secret_comes_back_and_cannot_be_seen() -> None:
    sealed = sealer(NEW).seal("c-1", {"value": "s3cret"})
    assert "s3cret" not in sealed
    assert sealer(NEW).open("c-1", sealed) == {"value": "s3cret"}


def test_keys_are_changed_in_three_steps() -> None:
    sealed = sealer(OLD).seal("c-1", {"value": "s"})
    both = sealer(NEW, OLD)
    assert both.is_old(sealed)
    anew = both.seal("c-1", both.open("c-1", sealed))
    assert not both.is_old(anew)
    assert sealer(NEW).open("c-1", anew) == {"value": "s"}
    with pytest.raises(Conflict, match="seal_broken"):
        sealer(NEW).open("c-1", sealed)


@pytest.mark.parametrize(
    "change", [lambda s: s[:-2], lambda s: "A" + s, lambda _: "", lambda _: "ä", lambda s: s.swapcase()]
)
def test_what_was_tampered_with_is_not_opened(change: object) -> None:
    assert callable(change)
    with pytest.raises(Conflict, match="seal_broken"):
        sealer(NEW).open("c-1", change(sealer(NEW).seal("c-1", {"value": "s"})))


def test_a_secret_of_one_is_not_opened_for_another() -> None:
    with pytest.raises(Conflict, match="seal_broken"):
        sealer(NEW).open("c-2", sealer(NEW).seal("c-1", {"value": "s"}))


def test_without_keys_nothing_is_sealed() -> None:
    with pytest.raises(Busy, match="not_configured") as refused:
        sealer().seal("c-1", {})
    assert refused.value.facts["missing"] == ["MPAX_SEAL_KEYS"]
    with pytest.raises(AppError, match="not_configured"):
        sealer("no key")
