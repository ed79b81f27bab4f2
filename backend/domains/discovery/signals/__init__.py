"""Reading a buyer's message without a language model, and completing it by one. Pure: no I/O, no clock, no randomness."""

from backend.domains.discovery.signals.agreeing import Agreed, Disagreement, agree
from backend.domains.discovery.signals.proposals import reading_schema
from backend.domains.discovery.signals.reading import index, prepare, understand

__all__ = ["Agreed", "Disagreement", "agree", "index", "prepare", "reading_schema", "understand"]
