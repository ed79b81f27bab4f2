"""What belongs to a person is found and masked; what belongs to a listing is not."""

from __future__ import annotations

import string
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domains.discovery import pii

_VIN = st.text(alphabet="ABCDEFGHJKLMNPRSTUVWXYZ0123456789", min_size=17, max_size=17)
_STOCK = st.builds(
    lambda letters, dash, digits: f"{letters}{dash}{digits}",
    st.text(alphabet=string.ascii_uppercase, max_size=3), st.sampled_from(["", "-"]),
    st.integers(100, 99_999_999).map(str),
).filter(lambda s: s[0] != "-")  # fmt: skip
_FACTS = st.one_of(
    _VIN.map("VIN {}".format),
    _STOCK.map("stock {}".format),
    _STOCK,
    st.integers(100, 9_999_999).map("${:,}".format),
    st.integers(100, 9_999_999).map(lambda n: f"{n:,}".replace(",", " ") + " €"),
    st.integers(100, 9_999_999).map(lambda n: f"{n:,}".replace(",", ".") + " EUR"),
    st.integers(0, 300_000).map("{:,} mi".format),
    st.integers(0, 300_000).map("{} km".format),
    st.integers(1900, 2030).map(str),
    st.tuples(st.integers(1900, 2030), st.integers(1900, 2030)).map(lambda y: f"{y[0]}-{y[1]}"),
    st.dates().map(str),
    st.tuples(st.integers(1, 400), st.integers(1, 400)).map(lambda m: f"{m[0]} x {m[1]} cm"),
    st.integers(10**9, 10**10 - 1).map("listing number {}".format),
)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("write to jane.doe@example.com please", "email", "jane.doe@example.com"),
        ("jane (at) example (dot) com", "email", "jane (at) example (dot) com"),
        ("call +1 (555) 010-0199 today", "phone", "+1 (555) 010-0199"),
        ("(555) 010-0199", "phone", "(555) 010-0199"),
        ("555-010-0199", "phone", "555-010-0199"),
        ("+49 30 5550199", "phone", "+49 30 5550199"),
        ("mon portable : 0155501001", "phone", "0155501001"),
        ("01 55 50 10 01", "phone", "01 55 50 10 01"),
        ("my phone number is 5550199", "phone", "5550199"),
        ("my card is 4111 1111 1111 1111", "card", "4111 1111 1111 1111"),
        ("pay from DE89 3704 0044 0532 0130 00", "iban", "DE89 3704 0044 0532 0130 00"),
        ("ssn 123-45-6789", "ssn", "123-45-6789"),
        ("I live at 12 Example Street, Springfield", "address", "12 Example Street, Springfield"),
        ("ich wohne in der Musterstraße 5", "address", "Musterstraße 5"),
        ("my name is Robin Example, hello", "name", "Robin Example"),
        ("je m'appelle Camille", "name", "Camille"),
        ("me llamo Alex de la Prueba", "name", "Alex de la Prueba"),
    ],
)  # fmt: skip
def test_it_is_found_and_masked(text: str, kind: str, value: str) -> None:
    (found,) = pii.find(text)
    assert (found.kind, found.value) == (kind, value)
    assert text[found.start : found.end] == value
    assert pii.masked(text, [found]) == text.replace(value, f"[{kind}]")


@given(st.lists(_FACTS, min_size=1, max_size=6).map(" and ".join))
def test_facts_of_listings_belong_to_nobody(text: str) -> None:
    assert pii.find(f"I like {text}, is it available?") == ()


@given(st.text(max_size=400))
def test_finds_are_where_they_say_and_apart(text: str) -> None:
    found = pii.find(text)
    assert all(text[p.start : p.end] == p.value for p in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@given(
    st.emails(domains=st.just("example.com")).filter(lambda e: e.replace("@", "").replace(".", "").isalnum())
)
def test_what_is_masked_is_gone(email: str) -> None:
    text = f"reach me: {email} thanks"
    assert email not in pii.masked(text, pii.find(text))
