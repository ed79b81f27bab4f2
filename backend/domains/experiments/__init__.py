"""Experiments: which arm a conversation gets, and what came of it."""
