"""However a message is made, twice as much of it takes about twice as long to hear."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable

import pytest

from backend.domains.discovery.hearing import hear
from backend.domains.discovery.pii import find

PLAIN = "I look for a calm white car with heated seats and low mileage, near the coast. "
_ENCODED = base64.b64encode(bytes(n * 97 % 256 for n in range(4000))).decode()


def again(part: str) -> Callable[[int], str]:
    return lambda size: (part * size)[:size]


HOSTILE: dict[str, Callable[[int], str]] = {
    "one letter": again("a"),
    "one digit": again("1"),
    "numbers": lambda size: " ".join(map(str, range(size)))[:size],
    "negations": again("not "),
    "declined": again("don't hold it, "),
    "quoted": again('"hold it" '),
    "quoted in quotes": again("“hold “it "),
    "quotes": again("8”"),
    "brackets": again('{"a":('),
    "asked again": again("hold the first one please, "),
    "wondered": again("do you hold it and "),
    "numbered": again("hold no. 5, "),
    "invisible": again("h\u200bold\u200d it "),
    "hard spaces": lambda size: "hold lot" + "\u00a0" * (size - 15) + " please",
    "encoded": lambda size: _ENCODED[:size],
    "encoded words": lambda size: " ".join(_ENCODED[n : n + 24] for n in range(0, size, 25))[:size],
    "telegraph": lambda size: ("." + " " * (size // 6)) * 5 + "x",
    "telephone": again("+" + "1" * 40 + " "),
    "many addresses": again("ab@example.com "),
    "many calls": again("555-010-0100 "),
}


def spent(text: str, times: int) -> float:
    """The best of several. Unit: seconds of this process."""
    best = float("inf")
    for _ in range(times):
        began = time.process_time()
        hear(text)
        best = min(best, time.process_time() - began)
    return best


@pytest.mark.parametrize("name", HOSTILE)
def test_twice_the_text_takes_no_three_times_as_long(name: str) -> None:
    make = HOSTILE[name]
    hear(make(2000))
    ratios: list[float] = []
    for _ in range(4):  # a busy machine gets another chance
        ratios.append(spent(make(2000), 4) / spent(make(1000), 4))
        if ratios[-1] < 3:
            return
    raise AssertionError(f"grows {min(ratios):.1f} times with twice the text")


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_takes_much_longer_than_a_plain_one(name: str) -> None:
    hear(PLAIN)
    plain = spent(again(PLAIN)(2000), 4)
    assert spent(HOSTILE[name](2000), 2) < 6 * plain


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("+155 50100", "+155 50100"),
        ("call +(155)50100 now", "+(155)50100"),
        ("+15550100", "+15550100"),
        ("+1 (555) 010-0199, thanks", "+1 (555) 010-0199"),
        ("+1 55501", ""),
        ("+" + "5" * 40, ""),
    ],
)
def test_a_number_is_found_whole_or_not_at_all(text: str, value: str) -> None:
    assert [one.value for one in find(text)] == ([value] if value else [])
