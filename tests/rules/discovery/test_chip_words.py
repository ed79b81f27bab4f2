"""Chips deny nothing twice."""

from __future__ import annotations

import pytest

from backend.domains.catalogue.model import Attribute
from backend.domains.discovery.model import Filter
from backend.domains.discovery.wording import Words, chip_text


@pytest.mark.parametrize(
    ("label", "value", "text"),
    [
        ("Heat pump", True, "Heat pump"),
        ("Heat pump", False, "No heat pump"),
        ("No accidents", True, "No accidents"),
        ("No accidents", False, "Accidents accepted"),
        ("Accident free", False, "Accident accepted"),
        ("Without smokers", False, "Smokers accepted"),
    ],
)
def test_a_feature_and_its_absence(label: str, value: bool, text: str) -> None:
    attribute = Attribute("specs.x", "boolean", label)
    words = Words("en_US", "USD", "mi", "car", "cars", {"specs.x": attribute}, {"specs.x": label})
    assert chip_text(words, Filter("specs.x", "eq", value)) == text
