"""Units of measure: their names in seven languages, and conversion between them. No words of any domain.

The common ones have exact factors here (international mile, pound, foot); the others come from pint. Metric horsepower,
PS, CV and ch count as `hp`, as sellers use them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Final

# dimension, factor to its base unit
_EXACT: Final[Mapping[str, tuple[str, Decimal]]] = {
    "mm": ("length", Decimal("0.001")),
    "cm": ("length", Decimal("0.01")),
    "m": ("length", Decimal(1)),
    "km": ("length", Decimal(1000)),
    "in": ("length", Decimal("0.0254")),
    "ft": ("length", Decimal("0.3048")),
    "mi": ("length", Decimal("1609.344")),
    "nmi": ("length", Decimal(1852)),
    "kg": ("mass", Decimal(1)),
    "lb": ("mass", Decimal("0.45359237")),
    "t": ("mass", Decimal(1000)),
    "hp": ("power", Decimal("0.73549875")),
    "kw": ("power", Decimal(1)),
    "kwh": ("energy", Decimal(1)),
    "wh": ("energy", Decimal("0.001")),
    "sqm": ("area", Decimal(1)),
    "sqft": ("area", Decimal("0.09290304")),
    "l": ("volume", Decimal(1)),
    "cl": ("volume", Decimal("0.01")),
    "ml": ("volume", Decimal("0.001")),
    "cc": ("volume", Decimal("0.001")),
    "gal": ("volume", Decimal("3.785411784")),
    "s": ("time", Decimal(1)),
    "min": ("time", Decimal(60)),
    "h": ("time", Decimal(3600)),
    "km/h": ("speed", Decimal(1)),
    "mph": ("speed", Decimal("1.609344")),
    "%": ("share", Decimal(1)),
    "‰": ("share", Decimal("0.1")),
    "nm": ("torque", Decimal(1)),
    "hh": ("height of a horse", Decimal(1)),  # 15.2 hands are 15 hands and 2 inches: no decimal number
    "l/100km": ("use of fuel", Decimal(1)),
    "kwh/100km": ("use of power", Decimal(1)),
    "mpg": ("distance by fuel", Decimal(1)),
    "rpm": ("turning", Decimal(1)),
    "db": ("loudness", Decimal(1)),
    "°c": ("temperature", Decimal(1)),
    "°f": ("temperature in Fahrenheit", Decimal(1)),
    "°": ("angle", Decimal(1)),
    "mp": ("pixels", Decimal(1)),
}
# dimension, name in pint
_BY_PINT: Final[Mapping[str, tuple[str, str]]] = {
    "yd": ("length", "yard"),
    "fathom": ("length", "fathom"),
    "g": ("mass", "gram"),
    "mg": ("mass", "milligram"),
    "oz": ("mass", "ounce"),
    "ct": ("mass", "carat"),
    "st": ("mass", "stone"),
    "ton": ("mass", "short_ton"),
    "w": ("power", "watt"),
    "mw": ("power", "megawatt"),
    "mwh": ("energy", "megawatt_hour"),
    "acre": ("area", "acre"),
    "ha": ("area", "hectare"),
    "sqkm": ("area", "kilometer**2"),
    "sqmi": ("area", "mile**2"),
    "sqyd": ("area", "yard**2"),
    "sqcm": ("area", "centimeter**2"),
    "sqin": ("area", "inch**2"),
    "dl": ("volume", "deciliter"),
    "hl": ("volume", "hectoliter"),
    "cbm": ("volume", "meter**3"),
    "cuft": ("volume", "foot**3"),
    "cuin": ("volume", "inch**3"),
    "cuyd": ("volume", "yard**3"),
    "qt": ("volume", "quart"),
    "pt": ("volume", "pint"),
    "floz": ("volume", "fluid_ounce"),
    "d": ("time", "day"),
    "week": ("time", "week"),
    "month": ("time", "month"),
    "yr": ("time", "year"),
    "kn": ("speed", "knot"),
    "m/s": ("speed", "meter/second"),
    "lbft": ("torque", "force_pound*foot"),
    "psi": ("pressure", "psi"),
    "bar": ("pressure", "bar"),
    "kpa": ("pressure", "kilopascal"),
    "mpa": ("pressure", "megapascal"),
    "hz": ("frequency", "hertz"),
    "khz": ("frequency", "kilohertz"),
    "mhz": ("frequency", "megahertz"),
    "ghz": ("frequency", "gigahertz"),
    "v": ("voltage", "volt"),
    "a": ("current", "ampere"),
    "ah": ("charge", "ampere_hour"),
    "kva": ("apparent power", "kilovolt_ampere"),
    "mb": ("memory", "megabyte"),
    "gb": ("memory", "gigabyte"),
    "tb": ("memory", "terabyte"),
}
_BASES: Final[Mapping[str, str]] = {
    "length": "meter",
    "mass": "kilogram",
    "power": "kilowatt",
    "energy": "kilowatt_hour",
    "area": "meter**2",
    "volume": "liter",
    "time": "second",
    "speed": "kilometer/hour",
    "torque": "newton*meter",
    "pressure": "bar",
    "frequency": "hertz",
    "voltage": "volt",
    "current": "ampere",
    "charge": "ampere_hour",
    "apparent power": "kilovolt_ampere",
    "memory": "megabyte",
}
_ALIASES: Final[Mapping[str, str]] = {
    alias: unit
    for unit, names in {
        "mi": "mile miles mls meile meilen mille milles milla millas miglia miglio mijl mijlen milhas",
        "km": "kms kilometer kilometern kilometers kilometre kilometres kilomètre kilomètres kilómetro kilómetros kilometros "
        "chilometri "
        "chilometro quilómetros quilômetros tkm",
        "m": "meter metern meters metre metres mètre mètres metro metros metri mtr mtrs",
        "cm": "centimeter centimeters zentimeter centimètre centimètres centímetros centimetri",
        "mm": "millimeter millimeters millimetre millimetres millimètre millimètres milímetros millimetri",
        "in": 'inch inches ″ " ” zoll pouce pouces pulgada pulgadas pollice pollici duim polegadas',
        "ft": "foot feet ' ′ ’ fuß fuss pied pieds pie pies piede piedi voet pés",
        "yd": "yard yards yds",
        "nmi": "nauticalmile nauticalmiles seemeile seemeilen sm millesnautiques millasnáuticas",
        "fathom": "fathoms",
        "kg": "kgs kilo kilos kilogram kilograms kilogramm kilogramme kilogrammes kilogramos chilogrammi",
        "g": "gr gram grams gramm gramme grammes gramo gramos grammi",
        "lb": "lbs pound pounds pfund livres libras libbre",
        "t": "to tonne tonnes tonnen tonelada toneladas tonnellate metrictons metrictonnes",
        "ton": "tons shortton shorttons",
        "oz": "ounce ounces unze unzen once onces onza onzas",
        "ct": "carat carats cts karat quilates quilate carati caraat kt",
        "hp": "ps cv ch bhp pk whp horsepower pferdestärken chevaux caballos cavalli paardenkracht",
        "kw": "kilowatt kilowatts",
        "w": "watt watts",
        "h": "hr hrs hour hours std stdn stunde stunden bh betriebsstunden heure heures hora horas ora ore uur uren oph",
        "s": "sec secs second seconds sek sekunde sekunden seconde secondes segundo segundos secondi",
        "min": "mins minute minutes minuten minuto minutos minuti",
        "d": "day days tag tage jour jours día días giorni dagen",
        "week": "weeks wk wks woche wochen semaine semaines semanas settimane weken",
        "month": "months mo mos monat monate monaten mois mes meses mesi maand maanden",
        "yr": "year years yrs jahr jahre jahren an ans année années año años anno anni jaar",
        "sqft": "sf ft² ft2 sq.ft sq.ft. squarefeet squarefoot sqft. sq-ft quadratfuß piedscarrés",
        "sqm": "m² m2 qm mq squaremeter squaremeters squaremetre squaremetres quadratmeter mètrescarrés metroscuadrados "
        "metriquadri",
        "sqkm": "km² km2",
        "sqmi": "mi² squaremiles",
        "sqyd": "yd² squareyards",
        "sqcm": "cm²",
        "sqin": "in²",
        "acre": "acres ac",
        "ha": "hectare hectares hektar hectárea hectáreas ettari ettaro",
        "l": "liter litern liters litre litres ltr lt lts litro litros litri",
        "dl": "deciliter",
        "cl": "centiliter centilitre centilitres zentiliter",
        "ml": "milliliter millilitre millilitres",
        "hl": "hektoliter hectolitre hectolitres",
        "cc": "ccm cm³ cm3 cmc",
        "cbm": "m³ m3 kubikmeter cubicmeters cubicmetres",
        "cuft": "ft³ cu.ft cubicfeet",
        "cuin": "in³ ci cid cu.in cubicinches",
        "cuyd": "yd³ cubicyards",
        "gal": "gallon gallons gals gallonen galones usgal",
        "floz": "fl.oz fl.oz.",
        "km/h": "kmh kph km/std",
        "mph": "mi/h milesperhour",
        "kn": "kt. kts knot knots knoten nœuds noeuds nudos nodi knopen",
        "%": "percent pct prozent pourcent procent vh",
        "‰": "promille permille permil",
        "nm": "n·m n.m newtonmeter",
        "lbft": "lb-ft ft-lb ftlb lb·ft lbs-ft ft-lbs ftlbs",
        "psi": "lbs/in²",
        "hh": "hand hands hds stockmaßhände",
        "l/100km": "l/ckm",
        "kwh/100km": "kwh/ckm",
        "rpm": "u/min min⁻¹ 1/min upm tr/min",
        "db": "db(a) dba decibel dezibel",
        "v": "volt volts",
        "a": "amp amps ampere",
        "mp": "megapixel megapixels",
        "kva": "kilovoltampere",
        "°": "deg degrees grad",
    }.items()
    for alias in names.split()
}
_SPACES = re.compile(r"\s+")


def canonical_unit(text: str) -> str | None:
    """The known unit a word stands for, or None."""
    word = _SPACES.sub("", text).lower()
    for name in (word, word.strip(".")):
        name = _ALIASES.get(name, name)
        if name in _EXACT or name in _BY_PINT:
            return name
    return None


@cache
def _unit(name: str) -> tuple[str, Decimal]:
    """Dimension of a known unit, and its factor to the base unit of that dimension."""
    if name in _EXACT:
        return _EXACT[name]
    dimension, known = _BY_PINT[name]
    return dimension, _registry().Quantity(Decimal(1), known).to(_BASES[dimension]).magnitude


@cache
def _registry() -> Any:
    import pint  # half a second, for the few who need it

    kind: Any = Decimal  # pint takes it, its stub does not
    return pint.UnitRegistry(non_int_type=kind)


def _dimension(name: str) -> str:
    return _EXACT[name][0] if name in _EXACT else _BY_PINT[name][0]


def convertible(unit: str, other: str) -> bool:
    """Whether both are known and measure the same thing."""
    one, two = canonical_unit(unit), canonical_unit(other)
    return one is not None and two is not None and _dimension(one) == _dimension(two)


def convert(value: Decimal, unit: str, to: str) -> Decimal:
    """Raises: ValueError where the units do not measure the same thing."""
    one, two = canonical_unit(unit), canonical_unit(to)
    if one == two and one is not None:
        return value
    if one is None or two is None or _dimension(one) != _dimension(two):
        raise ValueError(f"{unit} does not convert to {to}")
    return value * _unit(one)[1] / _unit(two)[1]
