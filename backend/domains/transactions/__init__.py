"""Holds: who has which unit, and until when."""
