"""Keys of an embedded stack: new ones for stacks of earlier releases, kept from then on."""

from __future__ import annotations

from pathlib import Path

from cryptography.fernet import Fernet

from backend.local.keys import make_keys, read_keys, write_keys
from backend.local.layout import Layout


def test_a_stack_of_an_earlier_release_gets_a_key_to_seal_with_and_keeps_its_others(home: Path) -> None:
    layout = Layout(home)
    layout.make_folders()
    made = make_keys(layout)
    write_keys(layout, made)
    lines = layout.keys_env.read_text().splitlines(keepends=True)
    layout.keys_env.write_text("".join(line for line in lines if "SEAL" not in line))
    found = read_keys(layout)
    assert found is not None
    assert found.seal_keys != made.seal_keys
    assert {**found.env, "MPAX_SEAL_KEYS": ""} == {**made.env, "MPAX_SEAL_KEYS": ""}
    write_keys(layout, found)
    assert read_keys(layout) == found


def test_what_is_made_to_seal_with_seals(home: Path) -> None:
    fernet = Fernet(make_keys(Layout(home)).seal_keys)
    assert fernet.decrypt(fernet.encrypt(b"x")) == b"x"
