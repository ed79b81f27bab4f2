"""Reading a buyer's message without a language model. Pure: no I/O, no clock, no randomness."""

from backend.domains.discovery.signals.reading import understand

__all__ = ["understand"]
