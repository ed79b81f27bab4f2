"""What owning a listing costs per month, from the figures of the event's document. Pure.

An estimate, and always shown as one: an annuity for what is not paid at once, and energy for the distance of a year.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import expm1, log1p
from typing import Any

from backend.domains.discovery.wording import Words


def annuity(principal: float, apr_percent: float, months: int) -> float:
    """The equal monthly payment that pays off `principal`. Unit: as the principal.

    Source: the ordinary annuity, P·r / (1 − (1 + r)^−n) with r the monthly rate; without interest P / n.
    """
    rate = apr_percent / 1200
    if rate * months < 1e-9:  # no interest to speak of, and no division by nothing
        return principal / months
    return principal * rate / -expm1(-months * log1p(rate))


def running(ownership: Mapping[str, Any]) -> float:
    """Energy or fuel for one month. Unit: major units of the event's currency."""
    per_distance = ownership["energy_per_100"] * ownership["energy_price"] / 100
    return float(ownership["distance_per_year"]) * per_distance / 12


def costs(
    words: Words, contract: Mapping[str, Any], price: float | None, currency: str
) -> list[dict[str, str]]:
    """The lines of a tile's cost block; none where the event shows the price alone or there is no price.

    Shape: `[{label, text}]`, the monthly total first, then what it is made of.
    """
    if price is None or contract.get("price_block") != "ownership_cost" or currency != words.currency:
        return []
    ownership = contract["ownership"]
    financed = price * (1 - ownership["down_payment_percent"] / 100)
    payment = annuity(financed, ownership["apr_percent"], ownership["term_months"])
    energy = running(ownership)
    apr = words.percent(ownership["apr_percent"])
    financing = words.counted("cost.financing", ownership["term_months"], apr=apr)
    lines = [
        {"label": words.say("cost.monthly"), "text": words.money(round(payment + energy))},
        {"label": financing, "text": words.money(round(payment))},
    ]
    if energy:
        distance = f"{words.number(ownership['distance_per_year'])} {words.mileage_unit}"
        label = words.say("cost.energy", distance=distance)
        lines.append({"label": label, "text": words.money(round(energy))})
    return lines
