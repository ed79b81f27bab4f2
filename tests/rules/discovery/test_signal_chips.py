"""Soft signals as chips: what a limit says already is not said again."""

from __future__ import annotations

from backend.domains.discovery.model import Filter, Signal
from backend.domains.discovery.signal_chips import signal_chips
from tests.rules.discovery.test_answering import WORDS

NICE = Signal("FEATURES", {"include": ["Heat pump", "Tow hitch"]}, 0.8, "with a heat pump and a hitch")


def test_a_feature_that_is_a_limit_has_one_chip() -> None:
    (chip,) = signal_chips(WORDS, [NICE], [Filter("specs.heat_pump", "eq", True)])
    assert (chip.text, chip.source) == ("Equipment: Tow hitch", "with a heat pump and a hitch")
    both = [Filter("specs.heat_pump", "eq", True), Filter("specs.tow_hitch", "eq", True)]
    assert signal_chips(WORDS, [NICE], both) == ()
    (whole,) = signal_chips(WORDS, [NICE], [])
    assert whole.text == "Equipment: Heat pump and Tow hitch"
